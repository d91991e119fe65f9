// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "journal/run.h"
#include "session/session.h"

namespace holdpoint {

struct RunFilter
{
    std::optional<Outcome> outcome {};
    QString target {}; ///< a target's name or URI
    QDateTime since {};
    int limit = -1; ///< -1: all
};

struct QueueEntry
{
    qint64 id = 0;
    int position = 0; ///< from 1
    QString title;
    QString reason;
    QStringList targets;
    QString digest; ///< of the effects that were previewed
    QDateTime added;
    friend bool operator==(const QueueEntry&, const QueueEntry&) = default;
};

/// A run whose outcome the journal does not have yet, or has as in doubt.
struct UnsettledRun
{
    Run run; ///< with targets' evidence as far as it was written
    QList<Target> targets;
    bool commitSent = false; ///< false: no COMMIT was ever sent, so everything was rolled back
    bool alive = false; ///< its process still runs
};

/// The durable log of runs and the queue: a SQLite database (WAL, synchronous=FULL) of its own, outside
/// every target, readable by its owner only. Append-only for runs; the intent is durable before the first statement,
/// `committing` before the first COMMIT, the outcome after the last. What a crash tore is found by unsettled(). Any
/// thread may call; each call posts to the journal's own session and its future holds the answer.
class Journal
{
public:
    /// Opens or creates the file; an unreadable one or one of another format is an error that names it, and is left as
    /// it is.
    [[nodiscard]] static QFuture<Result<std::shared_ptr<Journal>>> open(const QString& path);
    /// journal.db in the user's data directory.
    [[nodiscard]] static QString defaultPath();
    ~Journal();

    // A run, in this order. Previews are written whole at their end by outcome() alone.
    /// May precede intent(): has a batch's text compressed in the journal's thread while the caller still reads it.
    void expectIntent(const QByteArray& batchText);
    [[nodiscard]] QFuture<Result<void>> intent(const Run& run, const Batch& batch);
    /// May precede committing(): has the effects compressed in the journal's thread while the caller still compares
    /// them.
    void expectCommitting(const QList<TargetEffects>& effects);
    [[nodiscard]] QFuture<Result<void>> committing(const Run& run); ///< effects, digest and each target's evidence
    [[nodiscard]] QFuture<Result<void>> outcome(const Run& run); ///< also of a run settled later

    /// Newest first, without effects and commands. A run that has no outcome yet is shown as in doubt ("running" or
    /// "crashed"); as rolled back ("crashed") if its process died before a COMMIT was sent.
    [[nodiscard]] QFuture<Result<QList<Run>>> runs(const RunFilter& filter);
    [[nodiscard]] QFuture<Result<Run>> run(const RunId& id); ///< whole; a unique beginning of an id is enough
    [[nodiscard]] QFuture<Result<Batch>> batchOf(const RunId& id);
    /// Whether it keeps a preview (of a run or of the queue) with this digest.
    [[nodiscard]] QFuture<Result<bool>> hasPreview(const QString& digest);
    /// The effects of the latest of these previews, if there is one.
    [[nodiscard]] QFuture<Result<std::optional<QList<TargetEffects>>>> previewedEffects(const QString& digest);
    [[nodiscard]] QFuture<Result<QList<UnsettledRun>>> unsettled();

    [[nodiscard]] QFuture<Result<QueueEntry>> enqueue(const Batch& batch, const Run& preview);
    [[nodiscard]] QFuture<Result<QList<QueueEntry>>> queue();
    [[nodiscard]] QFuture<Result<Batch>> queuedBatch(qint64 id);
    [[nodiscard]] QFuture<Result<QList<TargetEffects>>> queuedEffects(qint64 id);
    [[nodiscard]] QFuture<Result<void>> dequeue(qint64 id);
    [[nodiscard]] QFuture<Result<void>> moveInQueue(qint64 id, int position);

private:
    struct Live;
    Journal(std::shared_ptr<Session> session, QString path, std::shared_ptr<Live> live);
    template <typename T, typename F> [[nodiscard]] QFuture<Result<T>> post(F work);

    std::shared_ptr<Session> m_session;
    QString m_path;
    std::shared_ptr<Live> m_live;
};

[[nodiscard]] RunId newRunId();

} // namespace holdpoint
