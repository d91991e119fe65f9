// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/undosql.h"

#include "effects/postgresplaces.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QByteArray quotedName(const QString& name)
{
    return '"' + name.toUtf8().replace('"', "\"\"") + '"';
}

QByteArray quotedName(const TableName& name)
{
    return quotedName(name.schema) + '.' + quotedName(name.table);
}

/// Nested a little: SQLite takes no chain of more than a thousand.
QByteArray allOf(const QByteArrayList& conditions)
{
    constexpr qsizetype together = 50;
    QByteArrayList groups;
    for (qsizetype first = 0; first < conditions.size(); first += together)
        groups.append('(' + conditions.mid(first, together).join(" AND ") + ')');
    return groups.isEmpty() ? "1 = 1"_ba : groups.join(" AND ");
}

} // namespace

QByteArray sqliteRowidName(const QStringList& columns)
{
    for (const QByteArray& name : { "rowid"_ba, "_rowid_"_ba, "oid"_ba }) {
        if (!columns.contains(QString::fromLatin1(name), Qt::CaseInsensitive))
            return name;
    }
    return {};
}

QString refreshText(const TableName& view)
{
    return QString::fromUtf8("REFRESH MATERIALIZED VIEW " + quotedName(view));
}

QByteArray UndoSql::tableText() const
{
    return quotedName(m_table.name);
}

// Of a table that others inherit from, the effects hold its own rows; of a partitioned one, those of its partitions.
QByteArray UndoSql::onlyText() const
{
    const bool inherited
        = m_engine == EngineKind::PostgreSQL && m_described.kind == TableKind::Table && m_described.hasChildren;
    return (inherited ? "ONLY "_ba : QByteArray()) + tableText();
}

QByteArray UndoSql::rowName() const
{
    if (m_described.withoutRowid) {
        QByteArrayList key;
        for (const QString& column : m_described.primaryKey())
            key.append(quotedName(column));
        return key.size() == 1 ? key.first() : '(' + key.join(", ") + ')';
    }
    return m_engine == EngineKind::SQLite ? sqliteRowidName(m_table.columns) : "ctid"_ba;
}

QByteArray UndoSql::columnText(int column) const
{
    return quotedName(m_table.columns.at(column));
}

QByteArray UndoSql::parameter(const Value& value)
{
    m_parameters.append(value);
    return (m_engine == EngineKind::SQLite ? '?' : '$') + QByteArray::number(m_parameters.size());
}

// Neither the column's collation nor a number's other type may take another row for this one.
QByteArray UndoSql::holdsSqlite(const QByteArray& column, const Value& value)
{
    const QByteArray place = parameter(value);
    return column + " IS " + place + " COLLATE BINARY AND typeof(" + column + ") = typeof(" + place + ')';
}

// Equal is not the same: 1.0 and 1.00. The printed form decides, where a type has one beside its equality.
QByteArray UndoSql::holdsPostgres(const QByteArray& column, const Value& value, bool comparable)
{
    if (value.isNull())
        return column + " IS NULL";
    const QByteArray place = parameter(value);
    if (!comparable)
        return column + "::text = " + place + "::text";
    QByteArray text = column + " = " + place;
    if (value.kind() == Value::Kind::Text)
        text += " AND " + column + "::text = " + place + "::text";
    return text;
}

QByteArray UndoSql::holds(int column, const Value& value)
{
    const QByteArray name = columnText(column);
    if (m_engine == EngineKind::SQLite)
        return holdsSqlite(name, value);
    const int described = m_described.columnIndex(m_table.columns.at(column));
    return holdsPostgres(name, value, described < 0 || m_described.columns.at(described).comparable);
}

/// Of equal rows, one that is not put back yet.
QByteArray UndoSql::notYetFirst(const Row& after, const QList<int>& cascaded)
{
    QByteArrayList asRunLeftIt;
    for (const int column : cascaded)
        asRunLeftIt.append(holds(column, after.at(column)));
    if (asRunLeftIt.isEmpty())
        return {};
    return "CASE WHEN " + asRunLeftIt.join(" AND ") + " THEN 0 ELSE 1 END";
}

QByteArray UndoSql::placed(qint64 rowid)
{
    if (m_engine == EngineKind::SQLite)
        return rowName() + " = " + parameter(Value::integer(rowid));
    const QByteArray place = ctidOf(static_cast<PostgresPlace>(rowid));
    return rowName() + " = " + parameter(Value::text(QString::fromLatin1(place))) + "::tid";
}

/// `name` of the row that is `first`, else of any.
QByteArray UndoSql::whereOne(const QByteArray& name, const QByteArray& conditions, const QByteArray& first,
                             const QByteArray& order) const
{
    const QByteArray columns = name.startsWith('(') ? name.mid(1, name.size() - 2) : name;
    const QByteArray select = "(SELECT " + columns + " FROM " + onlyText() + " WHERE ";
    const QByteArray one = (order.isEmpty() ? QByteArray() : " ORDER BY " + order) + " LIMIT 1)";
    const QByteArray any = select + conditions + one;
    if (first.isEmpty())
        return name + " = " + any;
    return name + " = coalesce(" + select + first + " AND " + conditions + one + ", " + any + ')';
}

QByteArray UndoSql::oneRow(const RowChange& row, const QList<int>& cascaded)
{
    QByteArrayList held;
    for (const int column : m_written) {
        const QByteArray asItIs = holds(column, row.after.at(column));
        if (cascaded.contains(column))
            held.append("((" + asItIs + ") OR (" + holds(column, row.before.at(column)) + "))");
        else
            held.append(asItIs);
    }
    const QByteArray conditions = allOf(held);
    // Of equal rows the very one; but VACUUM may have moved it.
    const QByteArray first = row.rowid ? placed(*row.rowid) : QByteArray();
    const QByteArray order = notYetFirst(row.after, cascaded);
    if (m_described.kind != TableKind::Partitioned)
        return " WHERE " + whereOne(rowName(), conditions, first, order);
    // Two questions must mean the same row. One about both columns would read every partition for each row.
    const QByteArray strict = (order.isEmpty() ? QByteArray() : order + ", ") + "tableoid, ctid";
    return " WHERE " + whereOne(rowName(), conditions, first, strict) + " AND "
        + whereOne("tableoid", conditions, first, strict);
}

// NULL otherwise.
QByteArray UndoSql::ifFree(qint64 rowid)
{
    const QByteArray place = parameter(Value::integer(rowid));
    return "(SELECT " + place + " WHERE NOT EXISTS (SELECT 1 FROM " + tableText() + " WHERE " + rowName() + " = "
        + place + "))";
}

Statement UndoSql::insertAt(const RowChange& row, qint64 rowid)
{
    QByteArray columns = rowName();
    QByteArray values = ifFree(rowid); // SQLite chooses one instead of NULL
    for (const int column : m_written) {
        columns += ", " + columnText(column);
        values += ", " + parameter(row.before.at(column));
    }
    return statement("INSERT INTO " + tableText() + " (" + columns + ") VALUES (" + values + ')');
}

Statement UndoSql::deleteOne(const RowChange& row, const QList<int>& cascaded)
{
    return statement("DELETE FROM " + onlyText() + oneRow(row, cascaded));
}

Statement UndoSql::updateOne(const RowChange& row, const QList<int>& set, const QList<int>& cascaded)
{
    QByteArray assignments;
    for (const int column : set) {
        if (!assignments.isEmpty())
            assignments += ", ";
        assignments += columnText(column) + " = " + parameter(row.before.at(column));
    }
    if (row.formerRowid)
        assignments += ", " + rowName() + " = coalesce(" + ifFree(*row.formerRowid) + ", " + rowName() + ')';
    return statement("UPDATE " + onlyText() + " SET " + assignments + oneRow(row, cascaded));
}

Statement UndoSql::statement(const QByteArray& text)
{
    return { text, std::exchange(m_parameters, {}) };
}

} // namespace holdpoint
