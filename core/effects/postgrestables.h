// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/capture.h"
#include "effects/postgrescandidates.h"
#include "effects/postgrescopies.h"
#include "effects/postgreslatetable.h"
#include "effects/postgrestoldtables.h"
#include "effects/postgrestouched.h"

namespace holdpoint {

class PostgresLookup;

/// Finds the changed rows of touched relations, each by the way that fits it. Rows of partitions come together under
/// their root.
class PostgresTables
{
public:
    PostgresTables(const PostgresWorlds& worlds, const PostgresCopies& copies, const Capture::Advance& advance)
        : m_worlds(worlds)
        , m_copies(copies)
        , m_advance(advance)
    {
    }

    /// `counted`: the relations' counters can be believed.
    [[nodiscard]] Result<void> add(const QList<PostgresRelation>& relations, bool counted,
                                   const PostgresCandidateTables& candidates, PostgresToldTables& told,
                                   Verification verification);
    /// Tables of which a part is only known after the transaction's end. Before take().
    [[nodiscard]] std::vector<PostgresLateTable> takeLate();
    /// What else add() found, the rows of partitions that moved paired by their key.
    [[nodiscard]] std::vector<PostgresFoundTable> take();

    /// Tables that were rewritten or dropped without a lock before: others may have changed what the copy tells.
    [[nodiscard]] Result<QList<TableName>> unlocked() const;

private:
    [[nodiscard]] PostgresFoundTable& shown(const PostgresRelation& relation);
    [[nodiscard]] Result<PostgresShape> shapeNow(const PostgresRelation& relation);
    [[nodiscard]] Result<void> addCounted(const QList<PostgresRelation>& relations,
                                          const PostgresCandidateTables& candidates, PostgresToldTables& told);
    void addTold(const PostgresRelation& relation, PostgresTold& told, PostgresLookup* lookup);
    [[nodiscard]] Result<RowChanges> addScanned(const PostgresRelation& relation, bool counted);
    [[nodiscard]] Result<void> addBest(PostgresLookup& lookup, QList<PostgresRelation> open);
    [[nodiscard]] Result<void> addExclusive(const PostgresRelation& relation);
    [[nodiscard]] Result<PostgresCopy> copyNow(const PostgresRelation& relation);
    [[nodiscard]] Result<PostgresCopy> copyOfNew(const PostgresRelation& relation);
    [[nodiscard]] PostgresFoundTable& shownAs(const PostgresRelation& relation, const PostgresShape& shape,
                                              CaptureWay way);
    void addRows(const PostgresRelation& relation, const PostgresShape& shape, PostgresFoundRows rows, CaptureWay way);
    void addIncomplete(const PostgresRelation& relation, const QString& reason);

    const PostgresWorlds& m_worlds;
    const PostgresCopies& m_copies;
    const Capture::Advance& m_advance;
    std::vector<PostgresFoundTable> m_found;
    QHash<qint64, PostgresShape> m_shapes;
    std::vector<PostgresLatePart> m_late;
    QList<qint64> m_unlocked;
};

} // namespace holdpoint
