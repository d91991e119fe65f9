// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/arguments.h"
#include "cli/batchsource.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "compose.h"
#include "journal/runjson.h"
#include "keychain/keychain.h"

#include <QCoreApplication>

#include <cstdio>
#include <cstdlib>
#include <malloc.h>
#include <sqlite3.h>

using namespace Qt::StringLiterals;
using namespace holdpoint;
using namespace holdpoint::cli;

namespace {

// One call of the command line; every function returns the exit code.
class Call
{
public:
    Call(Arguments arguments, const Terminal& terminal, Cancellation cancellation)
        : m_arguments(std::move(arguments))
        , m_terminal(terminal)
        , m_progress(terminal, m_arguments.timing)
    {
        m_options.connection = m_arguments.connection;
        m_options.verifyFully = m_arguments.verifyFully;
        m_options.cancellation = std::move(cancellation);
        m_options.acceptDifferences = m_arguments.acceptDifferences;
        m_options.progress = m_progress.callback();
    }

    int check()
    {
        const auto batch = readBatchSource(m_arguments);
        if (!batch)
            return fail(batch.error());
        const auto counted = [](qsizetype count, const QString& what) {
            return u"%1 %2%3"_s.arg(count).arg(what, count == 1 ? QString() : u"s"_s);
        };
        m_terminal.print(u"%1: %2 on %3"_s.arg(m_arguments.file, counted(batch->commands.size(), u"command"_s),
                                               counted(batch->targets.size(), u"target"_s)));
        return 0;
    }

    void sayTimes() { m_progress.sayTimes(); }

    int run()
    {
        const auto composed = compose(m_arguments.journal, std::make_shared<Keychain>())
                                  .result(); // not taken: a continuation is not started yet
        if (!composed)
            return fail(composed.error());
        m_workbench = composed->workbench;
        switch (m_arguments.verb) {
        case Verb::Preview:
        case Verb::Apply: return previewOrApply();
        case Verb::Undo: return undo();
        case Verb::Queue: return queue();
        case Verb::Log: return m_arguments.run.isEmpty() ? logList() : logOne();
        case Verb::Resolve: return resolve();
        case Verb::Check:
        case Verb::Help:
        case Verb::Version: break;
        }
        Q_UNREACHABLE();
    }

private:
    int undo()
    {
        auto undone = m_arguments.expect.isEmpty()
            ? m_workbench->undo(m_arguments.run, m_arguments.applyUndo, m_options)
            : m_workbench->applyUndo(m_arguments.run, m_arguments.expect, m_options);
        return show(undone.takeResult());
    }

    int fail(const Error& error)
    {
        m_progress.clear();
        m_terminal.complain(error);
        return exitCode(error);
    }

    int previewOrApply()
    {
        const bool applies = m_arguments.verb == Verb::Apply;
        auto batch = readBatchSource(m_arguments, [&](const QByteArray& json) {
            if (applies)
                m_workbench->journal().expectIntent(json);
        });
        if (!batch)
            return fail(batch.error());
        m_batch = std::move(batch).value();
        auto run = applies ? m_workbench->apply(m_batch, m_arguments.expect, m_options).takeResult()
                           : m_workbench->preview(m_batch, m_options).takeResult();
        if (!run)
            return fail(run.error());
        m_run = std::move(run).value();
        return show(m_run);
    }

    int show(const Result<Run>& run, RunJsonOptions jsonOptions = {})
    {
        if (!run)
            return fail(run.error());
        m_progress.clear();
        if (m_arguments.json) {
            jsonOptions.maxRows = m_arguments.maxRows.value_or(-1);
            m_terminal.print(runToJson(*run, jsonOptions));
        } else {
            m_terminal.print(runText(*run, m_terminal, m_arguments.maxRows.value_or(defaultRowsShown)));
        }
        if (run->cause == "cancelled"_L1)
            m_terminal.say(u"Cancelled; everything was rolled back"_s);
        return exitCode(*run);
    }

    int queue()
    {
        switch (m_arguments.queueVerb) {
        case QueueVerb::List: return queueList();
        case QueueVerb::Add: return queueAdd();
        case QueueVerb::Remove: return queueChanged(m_workbench->journal().dequeue(*m_arguments.queueId).takeResult());
        case QueueVerb::Move:
            return queueChanged(
                m_workbench->journal().moveInQueue(*m_arguments.queueId, m_arguments.queuePosition).takeResult());
        case QueueVerb::Apply: return queueApply();
        }
        Q_UNREACHABLE();
    }

    int queueList()
    {
        const auto entries = m_workbench->journal().queue().takeResult();
        if (!entries)
            return fail(entries.error());
        if (m_arguments.json)
            m_terminal.print(queueJson(*entries));
        else
            m_terminal.print(queueText(*entries, m_terminal));
        return 0;
    }

    int queueChanged(const Result<void>& changed) { return changed ? queueList() : fail(changed.error()); }

    int queueAdd()
    {
        const auto batch = readBatchSource(m_arguments);
        if (!batch)
            return fail(batch.error());
        const auto queued = m_workbench->enqueue(*batch, m_options).takeResult();
        if (!queued)
            return fail(queued.error());
        if (!queued->entry)
            return show(queued->preview);
        m_progress.clear();
        if (m_arguments.json)
            m_terminal.print(queueJson({ *queued->entry }));
        else
            m_terminal.print(queueText({ *queued->entry }, m_terminal));
        return 0;
    }

    // Without an ID: all, in order, until one is not committed.
    int queueApply()
    {
        QList<qint64> ids;
        if (m_arguments.queueId) {
            ids.append(*m_arguments.queueId);
        } else {
            const auto entries = m_workbench->journal().queue().takeResult();
            if (!entries)
                return fail(entries.error());
            for (const QueueEntry& entry : *entries)
                ids.append(entry.id);
        }
        for (const qint64 id : ids) {
            const RunJsonOptions oneLine { ids.size() == 1, -1, ids.size() == 1 };
            if (const int code = show(m_workbench->applyQueued(id, m_options).takeResult(), oneLine); code != 0)
                return code;
        }
        return 0;
    }

    int logList()
    {
        const auto runs = m_workbench->journal().runs(m_arguments.filter).takeResult();
        if (!runs)
            return fail(runs.error());
        if (m_arguments.json)
            printLines(*runs);
        else
            m_terminal.print(runListText(*runs, m_terminal));
        return 0;
    }

    int logOne()
    {
        const auto run = m_workbench->journal().run(m_arguments.run).takeResult();
        if (!run)
            return fail(run.error());
        show(run);
        return 0; // that it could be told is the success of this call
    }

    int resolve()
    {
        const auto runs = m_workbench->resolve(m_arguments.run, m_options).takeResult();
        if (!runs)
            return fail(runs.error());
        if (runs->isEmpty() && !m_arguments.run.isEmpty())
            return nothingToResolve();
        if (m_arguments.json)
            printLines(*runs);
        else if (runs->isEmpty())
            m_terminal.print(u"no runs in doubt"_s);
        else
            m_terminal.print(runListText(*runs, m_terminal));
        const bool open = std::ranges::any_of(*runs, [](const Run& run) { return run.outcome == Outcome::InDoubt; });
        return open ? 5 : 0;
    }

    // A mistyped RUN must not look like one that is settled.
    int nothingToResolve()
    {
        const auto run = m_workbench->journal().run(m_arguments.run).takeResult();
        if (!run)
            return fail(run.error());
        const bool runs = run->cause == "running"_L1;
        m_terminal.say(runs ? u"Run %1 is still under way"_s.arg(run->id)
                            : u"Run %1 is not in doubt: it is %2"_s.arg(run->id, outcomeName(run->outcome)));
        return 0;
    }

    void printLines(const QList<Run>& runs) const
    {
        for (const Run& run : runs)
            m_terminal.print(runToJson(run, { false, -1, false }));
    }

    Arguments m_arguments;
    const Terminal& m_terminal;
    ProgressLine m_progress;
    RunOptions m_options;
    std::shared_ptr<Workbench> m_workbench;
    // Large, and still needed when the process ends: then to give them back piece by piece is wasted time.
    Batch m_batch;
    Run m_run;
};

// Before the first thread and the first database: few threads, that seldom allocate at once, but a lot.
void prepareMemory()
{
    constexpr int atOnce = 32 << 20; // bytes; each piece less is a call less
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TOP_PAD, atOnce);
    mallopt(M_TRIM_THRESHOLD, 2 * atOnce);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); // what nobody asks for is not counted
}

} // namespace

int main(int argc, char* argv[])
{
    prepareMemory();
    const Cancellation cancellation;
    const InterruptWatch watch(cancellation);
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"holdpoint"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(HOLDPOINT_VERSION));

    const auto arguments = parseArguments(QCoreApplication::arguments());
    const Terminal terminal(arguments ? arguments->noColor : true, arguments ? arguments->quiet : false);
    if (!arguments) {
        terminal.complain(arguments.error());
        return exitCode(arguments.error());
    }
    switch (arguments->verb) {
    case Verb::Help: terminal.print(helpText()); return 0;
    case Verb::Version: terminal.print("holdpoint "_L1 + QCoreApplication::applicationVersion()); return 0;
    case Verb::Check:
    case Verb::Preview:
    case Verb::Apply:
    case Verb::Undo:
    case Verb::Queue:
    case Verb::Log:
    case Verb::Resolve: break;
    }
    // All is durable and said when a call returns; the process ends without waiting for its threads to wind down.
    auto* call = new Call(*arguments, terminal, cancellation);
    const int code = arguments->verb == Verb::Check ? call->check() : call->run();
    call->sayTimes();
    std::fflush(nullptr);
    std::_Exit(code);
}
