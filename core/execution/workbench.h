// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "journal/journal.h"
#include "schema/table.h"
#include "session/sessionpool.h"

#include <QThreadPool>

namespace holdpoint {

/// How far a run is: for a progress bar. Called in the run's own threads, at most some ten times a second.
struct Progress
{
    enum class Phase { Connecting, Running, Capturing, Comparing, Committing };
    Phase phase = Phase::Connecting;
    QString target;
    qint64 done = 0;
    qint64 total = 0; ///< 0: unknown
};

struct RunOptions
{
    ConnectionOptions connection;
    Cancellation cancellation;
    std::function<void(const Progress&)> progress;
    bool acceptDifferences = false; ///< of an undo: rows that it would not restore exactly do not stop it
    /// Of an undo, by target: references to nothing that the undone run took away, SQLite (Caution texts).
    QHash<QString, QStringList> dangledBefore {};
    bool verifyFully = false; ///< PostgreSQL: every touched table is scanned, see Verification
};

/// What both front ends stand on: preview, apply and undo of batches over pools of sessions, kept in
/// the journal. Any thread may call; the work is done in threads of its own, one run at a time a target.
/// A future's Error is only what prevented a run from existing (the journal cannot be written); all else,
/// an unreachable target included, is in the Run.
class Workbench
{
public:
    Workbench(std::shared_ptr<Journal> journal, std::shared_ptr<SecretSource> secrets);
    ~Workbench(); ///< waits for the runs under way; cancel them first

    [[nodiscard]] QFuture<Result<Run>> preview(const Batch& batch, const RunOptions& options);
    /// With `expected` (a digest): applies if the effects have it. Without: previews first, in the same call.
    [[nodiscard]] QFuture<Result<Run>> apply(const Batch& batch, const QString& expected, const RunOptions& options);
    /// Previews the inverse of a committed run; with `apply`, applies it. An undo that would not restore exactly what
    /// was there fails with the cause "undo-differs", unless RunOptions::acceptDifferences; its drift tells the rows.
    /// A target that cannot be reached fails it as a preview or an apply.
    [[nodiscard]] QFuture<Result<Run>> undo(const RunId& run, bool apply, const RunOptions& options);
    /// As undo() with `apply`, if the inverse has the effects that were previewed: `expected` is their digest.
    [[nodiscard]] QFuture<Result<Run>> applyUndo(const RunId& run, const QString& expected, const RunOptions& options);

    /// Previews the batch and queues it with the effects; a failed preview is not queued.
    struct Queued
    {
        Run preview;
        std::optional<QueueEntry> entry;
    };
    [[nodiscard]] QFuture<Result<Queued>> enqueue(const Batch& batch, const RunOptions& options);
    /// Applies a queued batch if its effects are still the previewed ones, and removes it once committed.
    [[nodiscard]] QFuture<Result<Run>> applyQueued(qint64 id, const RunOptions& options);

    /// Settles runs without an outcome, with evidence from their targets; an empty id means all.
    [[nodiscard]] QFuture<Result<QList<Run>>> resolve(const RunId& run, const RunOptions& options);

    /// For browsing: the tables of a target, one table, and a page of its rows in key order.
    [[nodiscard]] QFuture<Result<QList<Table>>> tables(const Target& target, const ConnectionOptions& options);
    struct Page
    {
        Table table;
        Rowset rows;
        bool more = false;
    };
    [[nodiscard]] QFuture<Result<Page>> page(const Target& target, const TableName& table, int limit,
                                             const ConnectionOptions& options);

    [[nodiscard]] Journal& journal() const;

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace holdpoint
