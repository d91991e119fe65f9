// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/journal.h"

#include "journal/journalfile.h"
#include "journal/packed.h"
#include "journal/queuetable.h"
#include "journal/runtable.h"

#include <QFileInfo>
#include <QPromise>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace holdpoint {

/// What belongs to the runs that are under way here. Used in the journal's thread only.
struct Journal::Live
{
    explicit Live(const QString& path)
        : locks(path)
    {
    }
    RunLocks locks;
    std::optional<std::pair<QByteArray, QByteArray>> packedText; ///< what expectIntent() made ready
    std::optional<std::pair<QList<TargetEffects>, Value>> packed; ///< what expectCommitting() made ready
    std::map<RunId, QList<TargetEffects>> committed; ///< what committing() wrote

    [[nodiscard]] Value packedBatchOf(const Batch& batch)
    {
        const auto ready = std::exchange(packedText, {});
        const BatchText* text = batch.text();
        if (!text)
            return packedBatch(batch);
        const bool isReady = ready && ready->first == text->json;
        return packedBatch(*text, isReady ? ready->second : holdpoint::packedText(text->json));
    }
};

Journal::Journal(std::shared_ptr<Session> session, QString path, std::shared_ptr<Live> live)
    : m_session(std::move(session))
    , m_path(std::move(path))
    , m_live(std::move(live))
{
}

Journal::~Journal() = default;

QString Journal::defaultPath()
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
    return folder + "/holdpoint/journal.db"_L1;
}

QFuture<Result<std::shared_ptr<Journal>>> Journal::open(const QString& path)
{
    using Opened = Result<std::shared_ptr<Journal>>;
    const QString file = QFileInfo(path).absoluteFilePath();
    if (const auto made = makeJournalFile(file); !made)
        return QtFuture::makeReadyFuture(Opened(made.error()));
    Target target;
    target.name = u"journal"_s;
    target.address = file;
    ConnectionOptions options;
    options.statementTimeout = std::chrono::milliseconds(0);
    const auto promise = std::make_shared<QPromise<Opened>>();
    promise->start();
    const auto answer = [promise](const Opened& opened) {
        promise->addResult(opened);
        promise->finish();
        return Result<void>();
    };
    Session::open(target, options, nullptr, [file, answer](const Session::Opened& session) {
        if (!session) {
            static_cast<void>(answer(journalError(file, session.error())));
            return;
        }
        static_cast<void>((*session)->run([file, answer, owner = *session](Connection& connection) -> Result<void> {
            if (const auto prepared = prepareJournal(connection, file); !prepared)
                return answer(journalError(file, prepared.error()));
            const auto live = std::make_shared<Live>(file);
            live->locks.removeStale();
            return answer(std::shared_ptr<Journal>(new Journal(owner, file, live)));
        }));
    });
    return promise->future();
}

template <typename T, typename F> QFuture<Result<T>> Journal::post(F work)
{
    return m_session->run([path = m_path, live = m_live, work = std::move(work)](Connection& connection) -> Result<T> {
        Result<T> result = work(connection, *live);
        if (!result)
            return journalError(path, result.error());
        return result;
    });
}

void Journal::expectIntent(const QByteArray& batchText)
{
    std::ignore = post<void>([batchText](Connection&, Live& live) -> Result<void> {
        live.packedText.emplace(batchText, packedText(batchText));
        return {};
    });
}

QFuture<Result<void>> Journal::intent(const Run& run, const Batch& batch)
{
    return post<void>([run, batch](Connection& connection, Live& live) -> Result<void> {
        // Held first: nobody may ever see the run without its lock.
        if (const auto held = live.locks.hold(run.id); !held)
            return held;
        const auto written
            = RunTable(connection, live.locks).writeIntent(run, batch.targets, live.packedBatchOf(batch));
        if (!written)
            live.locks.release(run.id);
        return written;
    });
}

void Journal::expectCommitting(const QList<TargetEffects>& effects)
{
    std::ignore = post<void>([effects](Connection&, Live& live) -> Result<void> {
        live.packed.emplace(effects, packedEffects(effects));
        return {};
    });
}

QFuture<Result<void>> Journal::committing(const Run& run)
{
    return post<void>([run](Connection& connection, Live& live) -> Result<void> {
        const auto packed = std::exchange(live.packed, {});
        const bool isReady = packed && packed->first == run.effects;
        const auto written
            = RunTable(connection, live.locks).writeCommit(run, isReady ? packed->second : packedEffects(run.effects));
        if (written)
            live.committed[run.id] = run.effects;
        return written;
    });
}

QFuture<Result<void>> Journal::outcome(const Run& run)
{
    return post<void>([run](Connection& connection, Live& live) -> Result<void> {
        live.packed.reset();
        const auto committed = live.committed.find(run.id);
        const bool sameEffects = committed != live.committed.end() && committed->second == run.effects;
        const auto written = RunTable(connection, live.locks).writeOutcome(run, !sameEffects);
        if (written) {
            live.committed.erase(run.id);
            live.locks.release(run.id);
        }
        return written;
    });
}

QFuture<Result<QList<Run>>> Journal::runs(const RunFilter& filter)
{
    return post<QList<Run>>(
        [filter](Connection& connection, Live& live) { return RunTable(connection, live.locks).runs(filter); });
}

QFuture<Result<Run>> Journal::run(const RunId& id)
{
    return post<Run>([id](Connection& connection, Live& live) { return RunTable(connection, live.locks).run(id); });
}

QFuture<Result<Batch>> Journal::batchOf(const RunId& id)
{
    return post<Batch>(
        [id](Connection& connection, Live& live) { return RunTable(connection, live.locks).batchOf(id); });
}

QFuture<Result<bool>> Journal::hasPreview(const QString& digest)
{
    return post<bool>(
        [digest](Connection& connection, Live& live) { return RunTable(connection, live.locks).hasPreview(digest); });
}

QFuture<Result<std::optional<QList<TargetEffects>>>> Journal::previewedEffects(const QString& digest)
{
    return post<std::optional<QList<TargetEffects>>>([digest](Connection& connection, Live& live) {
        return RunTable(connection, live.locks).previewedEffects(digest);
    });
}

QFuture<Result<QList<UnsettledRun>>> Journal::unsettled()
{
    return post<QList<UnsettledRun>>(
        [](Connection& connection, Live& live) { return RunTable(connection, live.locks).unsettled(); });
}

QFuture<Result<QueueEntry>> Journal::enqueue(const Batch& batch, const Run& preview)
{
    return post<QueueEntry>(
        [batch, preview](Connection& connection, Live&) { return QueueTable(connection).append(batch, preview); });
}

QFuture<Result<QList<QueueEntry>>> Journal::queue()
{
    return post<QList<QueueEntry>>([](Connection& connection, Live&) { return QueueTable(connection).entries(); });
}

QFuture<Result<Batch>> Journal::queuedBatch(qint64 id)
{
    return post<Batch>([id](Connection& connection, Live&) { return QueueTable(connection).batch(id); });
}

QFuture<Result<QList<TargetEffects>>> Journal::queuedEffects(qint64 id)
{
    return post<QList<TargetEffects>>(
        [id](Connection& connection, Live&) { return QueueTable(connection).effects(id); });
}

QFuture<Result<void>> Journal::dequeue(qint64 id)
{
    return post<void>([id](Connection& connection, Live&) { return QueueTable(connection).remove(id); });
}

QFuture<Result<void>> Journal::moveInQueue(qint64 id, int position)
{
    return post<void>(
        [id, position](Connection& connection, Live&) { return QueueTable(connection).move(id, position); });
}

} // namespace holdpoint
