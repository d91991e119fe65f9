// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresattribution.h"
#include "effects/postgrescandidates.h"
#include "effects/postgrescells.h"
#include "effects/postgresrelation.h"

namespace holdpoint {

/// The shortest way to the changed rows of one table: what direct INSERTs and UPDATEs returned are the new rows, and
/// the old world is asked for the old ones by the primary keys of the updated. It counts only if the server's counters
/// leave room for nothing else.
///
/// Let the server have counted i inserts, u updates and no delete, the INSERTs have returned i rows, the UPDATEs u rows
/// with u different keys, and the old world have a row of each of these keys. Then no update changed a key: the first
/// that did would have met the old row of its new key, which nothing had removed, and the key is checked at once. So
/// each old row was updated exactly once, into the returned row of its key; all returned rows are still there, because
/// nothing is left that could have ended one; and nothing else was written.
class PostgresTold
{
public:
    explicit PostgresTold(PostgresShape shape)
        : m_shape(std::move(shape))
    {
    }
    [[nodiscard]] const PostgresShape& shape() const { return m_shape; }

    /// Whole rows of a statement, in the columns from `firstColumn` on. `settingsAlike`: where settings decide how
    /// values look, it will be found out whether they were those of the old world; if not, giveUp().
    void add(const PostgresAnswer& answer, int firstColumn, PostgresCandidates::Wrote wrote, const PostgresTouch& touch,
             bool settingsAlike);
    /// Nothing that it was told counts.
    void giveUp();

    /// Submits the question for the old rows.
    void ask(PostgresConnection& before, const TableName& name);
    [[nodiscard]] bool canAsk() const
    {
        return !m_givenUp && !m_updated.isEmpty() && !m_shape.key.isEmpty() && m_shape.keyAtOnce;
    }
    /// After the answer: that the question failed.
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    /// What can be done while the old world searches.
    void decode();

    [[nodiscard]] bool explains(const PostgresRelation& relation) const;
    /// Once, of what explains() its table.
    [[nodiscard]] QList<PostgresFoundRow> takeRows();

private:
    struct Part
    {
        PostgresTouch touch;
        bool updated = false;
        qsizetype end = 0; // of its rows
    };
    void pair(const PostgresAnswer& old);
    [[nodiscard]] bool isSameKey(const PostgresAnswer& old, int row, qsizetype fresh) const;
    [[nodiscard]] bool match(const PostgresAnswer& old);
    [[nodiscard]] Row oldRow(const PostgresAnswer& old, int row, qsizetype fresh) const;

    PostgresShape m_shape;
    PostgresCells m_fresh;
    QList<Part> m_parts;
    QList<qsizetype> m_updated; // of the fresh rows
    QList<Row> m_rows; // the fresh rows, decoded
    std::vector<qsizetype> m_partners; // of the old rows: the fresh ones
    QList<Row> m_old; // beside the fresh ones; empty: inserted
    std::optional<Error> m_error;
    bool m_paired = false;
    bool m_givenUp = false;
};

} // namespace holdpoint
