// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgrescandidates.h"
#include "effects/postgresversions.h"

#include <QHash>
#include <QSet>

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
    /// Its rows are known otherwise: nothing needs to be looked for.
    void setKnown() { m_known = true; }
    /// How many of the versions that the server counted as written are not known.
    [[nodiscard]] qint64 writesMissing() const;

    void addWritten(const QList<PostgresPlace>& places);
    [[nodiscard]] bool isWritten(PostgresPlace place) const { return m_written.contains(place); }
    void addFresh(QList<PostgresVersion> versions);
    [[nodiscard]] bool knowsOld(PostgresPlace place) const { return m_old.contains(place); }
    void addOld(PostgresVersion version, PostgresPlace successor);

    /// A row that the batch ended, in the order of discovery; its new values, if there are any.
    struct EndedRow
    {
        Row before;
        Row after;
    };
    [[nodiscard]] const QList<EndedRow>& ended() const { return m_ended; }
    /// What was added since the last call becomes ended rows.
    void noteEnded();
    /// What another way found is as good.
    void learn(const QList<PostgresFoundRow>& rows);

    [[nodiscard]] QList<PostgresFoundRow> rows() const;

private:
    struct Old
    {
        PostgresVersion version;
        PostgresPlace successor = 0;
    };
    PostgresRelation m_relation;
    PostgresShape m_shape;
    const PostgresCandidates* m_candidates;
    bool m_known = false;
    QSet<PostgresPlace> m_written;
    QHash<PostgresPlace, PostgresVersion> m_fresh;
    QHash<PostgresPlace, Old> m_old;
    QList<PostgresPlace> m_notNoted;
    QList<EndedRow> m_ended;
};

} // namespace holdpoint
