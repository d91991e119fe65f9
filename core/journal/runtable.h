// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/journal.h"
#include "journal/runlocks.h"

namespace holdpoint {

/// The journal's tables of runs: runs, commits, outcomes. Lives on the journal's connection, in its thread.
class RunTable
{
public:
    RunTable(Connection& connection, RunLocks& locks)
        : m_connection(connection)
        , m_locks(locks)
    {
    }

    [[nodiscard]] Result<void> writeIntent(const Run& run, const QList<Target>& targets,
                                           const Value& batch); ///< packed
    [[nodiscard]] Result<void> writeCommit(const Run& run, const Value& effects); ///< packed
    /// `withEffects` false: they are those of the commit.
    [[nodiscard]] Result<void> writeOutcome(const Run& run, bool withEffects);

    [[nodiscard]] Result<QList<Run>> runs(const RunFilter& filter);
    [[nodiscard]] Result<Run> run(const RunId& id);
    [[nodiscard]] Result<Batch> batchOf(const RunId& id);
    [[nodiscard]] Result<bool> hasPreview(const QString& digest);
    [[nodiscard]] Result<std::optional<QList<TargetEffects>>> previewedEffects(const QString& digest);
    [[nodiscard]] Result<QList<UnsettledRun>> unsettled();

private:
    [[nodiscard]] Result<void> insertRun(const Run& run, const QByteArray& targets, const Value& batch);
    [[nodiscard]] Result<RunId> wholeId(const RunId& beginning);
    [[nodiscard]] Result<Run> readHead(const Row& row) const;
    [[nodiscard]] Result<UnsettledRun> readUnsettled(const Row& row) const;

    Connection& m_connection;
    RunLocks& m_locks;
};

} // namespace holdpoint
