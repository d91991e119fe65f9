// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/batchpass.h"

#include "effects/undoable.h"
#include "execution/foreignkeycheck.h"
#include "execution/passreport.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QList<Target> usedTargets(const Batch& batch)
{
    QSet<QString> names;
    for (const StoreCommandPtr& command : batch.commands)
        names.insert(command->target());
    QList<Target> used;
    std::ranges::copy_if(batch.targets, std::back_inserter(used),
                         [&](const Target& target) { return names.contains(target.name); });
    return used;
}

// Two names of one database would wait for each other's locks for ever.
Result<void> checkTargets(const QList<Target>& targets)
{
    QHash<QString, QString> nameByAddress;
    for (const Target& target : targets) {
        if (const auto known = nameByAddress.constFind(target.address); known != nameByAddress.constEnd())
            return makeError(ErrorKind::Usage, u"Targets %1 and %2 are the same database"_s.arg(*known, target.name),
                             {}, u"Use one name for it in the batch"_s);
        nameByAddress.insert(target.address, target.name);
    }
    return {};
}

QHash<QString, QList<TableName>> rewrittenTables(const BatchPass& pass)
{
    QHash<QString, QList<TableName>> rewritten = pass.rewritten;
    for (const StoreCommandPtr& command : pass.batch.commands) {
        const Target* target = pass.batch.target(command->target());
        const QList<TableName> tables = target ? command->rewrittenTables(target->engine) : QList<TableName>();
        if (!tables.isEmpty())
            rewritten[command->target()] += tables;
    }
    return rewritten;
}

class Pass
{
public:
    Pass(const BatchPass& pass, Run& run)
        : m_pass(pass)
        , m_run(run)
        , m_targets(usedTargets(pass.batch))
    {
    }

    [[nodiscard]] Volatility volatility() const { return m_volatility; }
    [[nodiscard]] const QList<Target>& targets() const { return m_targets; }

    Result<void> handle(RequestContext& context)
    {
        if (const auto connected = connect(context); !connected)
            return connected.error();
        if (const auto ran = runAll(context); !ran)
            return ran.error();
        if (const auto collected = collect(context); !collected)
            return collected.error();
        if (m_run.failure)
            return {}; // a preview shows its errors and the effects of the rest
        return m_pass.beforeCommit ? m_pass.beforeCommit(context, m_run) : Result<void>();
    }

private:
    void report(Progress::Phase phase, const QString& target, qint64 done = 0, qint64 total = 0) const
    {
        if (m_pass.options.progress)
            m_pass.options.progress({ phase, target, done, total });
    }

    // In one order for every run of this program, so that two cannot wait for each other.
    Result<void> connect(RequestContext& context)
    {
        QList<Target> inOrder = m_targets;
        std::ranges::sort(inOrder, {}, &Target::address);
        for (const Target& target : inOrder) {
            report(Progress::Phase::Connecting, target.name);
            auto lease = context.transaction(target);
            if (!lease)
                return fail(target.name, lease.error());
            auto evidence = lease->run([](TransactionContext& transaction) { return transaction.commitEvidence(); });
            if (!evidence)
                return fail(target.name, evidence.error());
            targetReport(m_run, target.name).evidence = *evidence;
        }
        return {};
    }

    // Neighbouring commands of one target travel together.
    Result<void> runAll(RequestContext& context)
    {
        const QList<StoreCommandPtr>& commands = m_pass.batch.commands;
        m_run.commands = skippedReports(commands);
        int first = 0;
        while (first < commands.size()) {
            int last = first;
            while (last + 1 < commands.size() && commands.at(last + 1)->target() == commands.at(first)->target())
                ++last;
            const auto ran = runSegment(context, first, last);
            if (!ran)
                return ran.error();
            first = last + 1;
        }
        return {};
    }

    Result<void> runSegment(RequestContext& context, int first, int last)
    {
        const QString name = m_pass.batch.commands.at(first)->target();
        auto lease = context.transaction(*m_pass.batch.target(name));
        if (!lease)
            return fail(name, lease.error());
        const auto done = [&](qint64 count) {
            report(Progress::Phase::Running, name, first + count, m_pass.batch.commands.size());
        };
        done(0);
        const auto ran = lease->run([&](TransactionContext& transaction) -> Result<bool> {
            std::vector<IndexedCommand> segment;
            segment.reserve(static_cast<std::size_t>(last - first + 1));
            for (int index = first; index <= last; ++index)
                segment.push_back({ index, m_pass.batch.commands.at(index) });
            auto result = runCommands(transaction, segment, m_pass.onError, done);
            fillReports(m_run.commands, m_pass.batch, first, last, transaction, m_pass.onError);
            return result;
        });
        recordFirstFailure(m_run);
        if (!ran)
            return m_run.failure ? Result<void>(m_run.failure->error) : fail(name, ran.error());
        if (!*ran && m_pass.onError == OnError::Stop)
            return m_run.failure.value_or(Failure()).error;
        return {};
    }

    Result<void> collect(RequestContext& context)
    {
        for (const Target& target : m_targets) {
            report(Progress::Phase::Capturing, target.name);
            auto lease = context.transaction(target);
            if (!lease)
                return fail(target.name, lease.error());
            auto effects = lease->run([&](TransactionContext& transaction) -> Result<TargetEffects> {
                auto collected = transaction.collect();
                if (!collected)
                    return collected;
                if (m_pass.options.connection.suppressTriggers) {
                    if (const auto intact = checkForeignKeys(transaction, *collected); !intact)
                        return intact.error();
                }
                if (m_pass.decision == UnitOfWork::Decision::Commit)
                    return collected;
                const auto volatility = transaction.mayBeVolatile(*collected);
                if (!volatility)
                    return volatility.error();
                m_volatility = std::max(m_volatility, *volatility);
                return collected;
            });
            if (!effects)
                return fail(target.name, effects.error());
            effects->target = target.name;
            cautionOfObstacles(*effects);
            m_run.effects.append(std::move(effects).value());
        }
        return {};
    }

    Error fail(const QString& target, const Error& error)
    {
        if (!m_run.failure)
            m_run.failure = Failure { {}, target, error };
        return error;
    }

    const BatchPass& m_pass;
    Run& m_run;
    QList<Target> m_targets;
    Volatility m_volatility = Volatility::None;
};

// A command of a program's own may make up values itself.
bool isUnknownCommandIn(const Batch& batch)
{
    static const QSet<QString> known { u"insert"_s, u"update"_s, u"delete"_s, u"import"_s, u"sql"_s };
    return !std::ranges::all_of(batch.commands,
                                [](const StoreCommandPtr& command) { return known.contains(command->operation()); });
}

} // namespace

Volatility runPass(const PoolSource& pools, const BatchPass& pass, Run& run)
{
    Pass handler(pass, run);
    run.targets = targetReports(handler.targets());
    if (const auto checked = checkTargets(handler.targets()); !checked) {
        run.failure = Failure { {}, {}, checked.error() };
        concludeUntouched(run, pass.decision);
        return Volatility::None;
    }
    UnitOfWorkOptions options;
    options.connection = pass.options.connection;
    options.connection.laterClock = pass.laterClock;
    using Observe = TransactionContext::Observe;
    options.observe = pass.options.verifyFully ? Observe::EffectsFully : Observe::Effects;
    options.rewritten = rewrittenTables(pass);
    options.cancellation = pass.options.cancellation;

    TransactionLayer layer(pools);
    auto answered = layer.run(
        options, [&](RequestContext& context) { return handler.handle(context); }, pass.decision);
    for (TargetEffects& effects : run.effects) {
        if (const auto completed = answered.finished->completeEffects(effects.target, effects); !completed)
            effects.cautions.append({ u"capture-end"_s, completed.error().text() });
        cautionOfObstacles(effects); // some tables are read at the end
    }
    if (pass.decision == UnitOfWork::Decision::RollBack && answered.response && !run.failure)
        run.digest = digest(run.effects);
    answered.finished.reset(); // gives the sessions back
    conclude(run, pass.decision, answered.response, answered.ends);
    return isUnknownCommandIn(pass.batch) ? std::max(handler.volatility(), Volatility::Possible) : handler.volatility();
}

} // namespace holdpoint
