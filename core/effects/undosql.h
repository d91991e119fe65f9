// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "schema/table.h"
#include "session/statement.h"

namespace holdpoint {

/// A name of the rowid that no column hides; empty if all are hidden.
[[nodiscard]] QByteArray sqliteRowidName(const QStringList& columns);

/// Makes the rows of a materialized view anew, PostgreSQL.
[[nodiscard]] QString refreshText(const TableName& view);

/// Writes the statements that the row commands cannot say: one row named by all its values, which is any one of several
/// equal rows, first the one that stands where the run left it, if that is equal; and, on SQLite, a row that goes back
/// to the rowid that it had, unless another row has that by now.
class UndoSql
{
public:
    /// `written` are the columns that can be written, places in `table.columns`.
    UndoSql(EngineKind engine, const TableEffects& table, const Table& described, const QList<int>& written)
        : m_engine(engine)
        , m_table(table)
        , m_described(described)
        , m_written(written)
    {
    }

    // A column of `cascaded` may also have the value of `before` already.
    [[nodiscard]] Statement deleteOne(const RowChange& row, const QList<int>& cascaded);
    [[nodiscard]] Statement updateOne(const RowChange& row, const QList<int>& set, const QList<int>& cascaded);
    /// The row of before at `rowid`.
    [[nodiscard]] Statement insertAt(const RowChange& row, qint64 rowid);

private:
    [[nodiscard]] QByteArray tableText() const;
    [[nodiscard]] QByteArray onlyText() const;
    [[nodiscard]] QByteArray rowName() const;
    [[nodiscard]] QByteArray placed(qint64 rowid);
    [[nodiscard]] QByteArray whereOne(const QByteArray& name, const QByteArray& conditions, const QByteArray& first,
                                      const QByteArray& order) const;
    [[nodiscard]] QByteArray notYetFirst(const Row& after, const QList<int>& cascaded);
    [[nodiscard]] QByteArray oneRow(const RowChange& row, const QList<int>& cascaded);
    [[nodiscard]] QByteArray ifFree(qint64 rowid);
    [[nodiscard]] QByteArray holds(int column, const Value& value);
    [[nodiscard]] QByteArray holdsSqlite(const QByteArray& column, const Value& value);
    [[nodiscard]] QByteArray holdsPostgres(const QByteArray& column, const Value& value, bool comparable);
    [[nodiscard]] QByteArray parameter(const Value& value);
    [[nodiscard]] QByteArray columnText(int column) const;
    [[nodiscard]] Statement statement(const QByteArray& text);

    EngineKind m_engine;
    const TableEffects& m_table;
    const Table& m_described;
    const QList<int>& m_written;
    QList<Value> m_parameters;
};

} // namespace holdpoint
