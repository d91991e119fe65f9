// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgrescandidates.h"
#include "effects/postgresversions.h"

namespace holdpoint {

/// What is thought to be all that a batch changed in one table, and how the server's counters confirm it.
///
/// Let W be the versions known to be written by the batch, N those of them that it still sees, E versions that the old
/// world sees and the batch does not. Each insert and update that the server counted wrote one version in a place of
/// its own; so if W has as many places, no other was written and N is complete. Each version that was written and is
/// gone, like each of the old world that is gone, was ended by one counted update or delete; so E is complete if it has
/// deletes - inserts more than N. What a subtransaction wrote and took back is counted and not in W; what it only ended
/// and took back would make E too small: neither can be confirmed.
class PostgresHypothesis
{
public:
    PostgresHypothesis(PostgresRelation relation, PostgresShape shape, const PostgresCandidates* candidates);

    [[nodiscard]] const PostgresRelation& relation() const { return m_relation; }
    [[nodiscard]] const PostgresShape& shape() const { return m_shape; }
    [[nodiscard]] const PostgresCandidates* candidates() const { return m_candidates; } ///< may be null

    [[nodiscard]] bool isConfirmed() const;
    /// How many of the versions that the server counted as written are not known.
    [[nodiscard]] qint64 writesMissing() const;

    void addWritten(const PostgresPlaces& places);
    [[nodiscard]] bool isWritten(PostgresPlace place) const { return m_written.contains(place); }
    /// What was read of either world, of which only what is added counts.
    [[nodiscard]] PostgresVersions& fresh() { return m_fresh; }
    [[nodiscard]] PostgresVersions& old() { return m_old; }
    void addFresh(qsizetype version);
    void addFreshFrom(qsizetype version); ///< and all that were read after it
    [[nodiscard]] bool knowsOld(PostgresPlace place) const { return m_old.kept().contains(place); }
    /// One that it does not know.
    void addOld(qsizetype version, PostgresPlace successor);

    /// Rows that the batch ended, in the order of discovery.
    [[nodiscard]] size_t endedRows() const { return m_ended.size(); }
    /// What these columns were in such a row; nothing if they still are it, or if one was NULL.
    [[nodiscard]] std::optional<Row> keyGone(size_t row, const QList<int>& columns) const;
    /// What was added since the last call becomes ended rows.
    void noteEnded();
    /// All rows are known otherwise: nothing needs to be looked for.
    void learn(const RowChanges& rows);

    [[nodiscard]] PostgresFoundRows rows() const { return pairVersions(m_shape, m_old, m_fresh); }

private:
    /// Numbers of versions; or of a learned row.
    struct Ended
    {
        qsizetype old;
        std::optional<qsizetype> fresh;
    };
    PostgresRelation m_relation;
    PostgresShape m_shape;
    const PostgresCandidates* m_candidates;
    std::optional<RowChanges> m_learned;
    PostgresPlaceMap m_written;
    PostgresVersions m_fresh;
    PostgresVersions m_old;
    SpillVector<qsizetype> m_notNoted;
    SpillVector<Ended> m_ended;
};

} // namespace holdpoint
