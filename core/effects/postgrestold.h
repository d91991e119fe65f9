// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresattribution.h"
#include "effects/postgrescandidates.h"
#include "effects/postgrescells.h"
#include "effects/postgresrelation.h"

#include <functional>

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

    /// Whole rows of a statement, in the columns behind that of their place. `settingsAlike`: where settings decide how
    /// values look, it will be found out whether they were those of the old world; if not, giveUp().
    void add(const PostgresAnswer& answer, int placeColumn, PostgresCandidates::Wrote wrote, const PostgresTouch& touch,
             bool settingsAlike);
    /// Nothing that it was told counts.
    void giveUp();

    /// Asks for old rows whose key is one of these, an array literal, before it is told which were updated. `kept`: as
    /// Statement says.
    void askNamed(PostgresConnection& before, const TableName& name, const QByteArray& keys, bool kept = false);
    /// There are updated rows whose old ones are not known and were not asked for, and no question for them is open.
    [[nodiscard]] bool mustAsk() const;
    /// For so many as fit a question.
    void ask(PostgresConnection& before, const TableName& name);
    /// What stood before the question failed.
    void fail(const Error& error) { m_error = m_error ? m_error : error; }
    /// After the answer: that the question failed. Told once.
    [[nodiscard]] std::optional<Error> takeError() { return std::exchange(m_error, std::nullopt); }
    /// What can be done while a server works.
    void decode();

    [[nodiscard]] bool explains(const PostgresRelation& relation);
    /// Once, of what explains() its table: one row after the other.
    void take(const std::function<void(PostgresFoundRow&& row)>& each);

private:
    struct Part
    {
        PostgresTouch touch;
        bool updated = false;
        qsizetype end = 0; // of its rows
    };
    /// Rows, decoded as far as that was done.
    struct Side
    {
        PostgresCells cells;
        QList<Row> rows;
    };
    void submit(PostgresConnection& before, const Statement& question);
    [[nodiscard]] bool pair();
    [[nodiscard]] bool pairByKey();
    [[nodiscard]] bool isSameKey(qsizetype old, qsizetype fresh) const;
    [[nodiscard]] PostgresFoundRow takeUpdated(qsizetype fresh, qsizetype old);
    [[nodiscard]] static Row takeRow(Side& side, qsizetype row);
    [[nodiscard]] static Row rowLike(const Row& known, const Side& ofKnown, qsizetype knownRow, const Side& side,
                                     qsizetype row);

    PostgresShape m_shape;
    Side m_fresh;
    Side m_old;
    SpillVector<PostgresPlace> m_places; // of the fresh rows, where no key names them
    QList<Part> m_parts;
    SpillVector<qsizetype> m_updated; // of the fresh rows
    SpillVector<qsizetype> m_partners; // of the updated rows: the old ones
    std::optional<Error> m_error;
    size_t m_asked = 0; // of the updated rows
    int m_openQuestions = 0;
    int m_questions = 0; // whose answers m_old holds: the same row may be in several
    bool m_paired = false;
    bool m_givenUp = false;
};

} // namespace holdpoint
