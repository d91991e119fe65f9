// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/effectsondump.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

bool removeRow(QList<Row>& rows, const Row& row)
{
    const auto found = std::ranges::lower_bound(rows, row, comesBefore);
    if (found == rows.end() || comesBefore(row, *found))
        return false;
    rows.erase(found);
    return true;
}

Row keyOf(const TableEffects& table, const Row& row)
{
    Row key;
    for (const int column : table.keyColumns)
        key.append(row.value(column));
    return key;
}

bool isNamedByKey(const Row& key)
{
    return !key.isEmpty() && std::ranges::none_of(key, &Value::isNull);
}

QStringList countProblems(const TableEffects& table)
{
    const auto count = [&](ChangeKind kind) { return std::ranges::count(table.rows, kind, &RowChange::change); };
    QStringList problems;
    if (count(ChangeKind::Insert) != table.inserted || count(ChangeKind::Update) != table.updated
        || count(ChangeKind::Delete) != table.deleted)
        problems.append(u"%1: the counts are not those of the rows"_s.arg(table.name.table));
    if (!table.complete)
        problems.append(u"%1 is incomplete: %2"_s.arg(table.name.table, table.incompleteReason));
    return problems;
}

// One key that is deleted and inserted is an update; an update changes something.
QStringList netProblems(const TableEffects& table)
{
    QStringList problems;
    QList<Row> deleted;
    for (const RowChange& change : table.rows) {
        if (change.change == ChangeKind::Update && change.before == change.after)
            problems.append(u"%1: an update changes nothing: %2"_s.arg(table.name.table, rowText(change.after)));
        if (change.change == ChangeKind::Delete && isNamedByKey(keyOf(table, change.before)))
            deleted.append(keyOf(table, change.before));
    }
    for (const RowChange& change : table.rows) {
        if (change.change == ChangeKind::Insert && deleted.contains(keyOf(table, change.after)))
            problems.append(u"%1: deleted and inserted: %2"_s.arg(table.name.table, rowText(change.after)));
    }
    return problems;
}

// The name now of each table that was given another one: its old name's change has its new definition.
QMap<QString, QString> renamed(const TargetEffects& effects, const SqliteDump& after)
{
    QMap<QString, QString> newNames;
    for (const SchemaChange& change : effects.schemaChanges) {
        const QString old = change.object.section(u'.', 1);
        if (change.kind != "alter"_L1 || !change.object.startsWith("table "_L1) || after.tables.contains(old))
            continue;
        for (const QString& name : after.tables.keys()) {
            if (after.schema.contains(u"table "_s + name + u' ' + change.after))
                newNames.insert(old, name);
        }
    }
    return newNames;
}

/// Keeps of each row what both ends have by name: a column that came or went is the schema's change.
class Projection
{
public:
    Projection(const QStringList& from, const QStringList& both)
    {
        for (const QString& column : both)
            m_places.append(from.indexOf(column));
    }
    [[nodiscard]] Row of(const Row& row) const
    {
        Row kept;
        for (const qsizetype place : m_places)
            kept.append(place < 0 ? Value::text(u"no such column"_s) : row.value(place));
        return kept;
    }
    [[nodiscard]] QList<Row> of(QList<Row> rows) const
    {
        for (Row& row : rows)
            row = of(row);
        return sortedRows(rows);
    }

private:
    QList<qsizetype> m_places;
};

TableEffects projected(TableEffects table, const QStringList& both)
{
    const Projection projection(table.columns, both);
    for (qsizetype row = 0; row < table.rows.size(); ++row) {
        table.rows.edit(row, [&](RowChange& change) {
            change.before = change.before.isEmpty() ? Row() : projection.of(change.before);
            change.after = change.after.isEmpty() ? Row() : projection.of(change.after);
        });
    }
    return table;
}

QStringList applied(const TableEffects& table, QList<Row>& rows)
{
    QStringList problems;
    for (const RowChange& change : table.rows) {
        if (!change.before.isEmpty() && !removeRow(rows, change.before))
            problems.append(u"%1: was not there before: %2"_s.arg(table.name.table, rowText(change.before)));
    }
    for (const RowChange& change : table.rows) {
        if (!change.after.isEmpty())
            rows.append(change.after);
    }
    rows = sortedRows(rows);
    return problems;
}

// Virtual tables with rows of their own; another table's rows are told there.
SqliteDump withVirtualRows(SqliteDump dump)
{
    for (const QString& name : dump.virtualTables.keys()) {
        const bool spatial = dump.columns.value(name).value(0) == "id"_L1;
        if (spatial || dump.tables.contains(name + "_content"_L1))
            dump.tables.insert(name, dump.virtualTables.value(name));
    }
    return dump;
}

} // namespace

QString effectsProblems(const TargetEffects& effects, const SqliteDump& fileBefore, const SqliteDump& fileAfter)
{
    const SqliteDump before = withVirtualRows(fileBefore);
    const SqliteDump after = withVirtualRows(fileAfter);
    const QMap<QString, QString> newNames = renamed(effects, after);
    SqliteDump expected;
    SqliteDump seen;
    seen.tables = after.tables;
    QMap<QString, QStringList> bothColumns;
    for (const QString& old : before.tables.keys()) {
        const QString name = newNames.value(old, old);
        QStringList both = before.columns.value(old);
        if (after.tables.contains(name))
            both.removeIf([&](const QString& column) { return !after.columns.value(name).contains(column); });
        expected.tables.insert(name, Projection(before.columns.value(old), both).of(before.tables.value(old)));
        if (after.tables.contains(name))
            seen.tables.insert(name, Projection(after.columns.value(name), both).of(after.tables.value(name)));
        bothColumns.insert(name, both);
    }
    QStringList problems;
    for (const TableEffects& table : effects.tables) {
        const QString& name = table.name.table;
        if (table.name.schema == "temp"_L1)
            continue; // gone with the run
        if (table.internal && !before.tables.contains(name) && !after.tables.contains(name))
            continue; // left out of the dumps
        problems += countProblems(table) + netProblems(table);
        problems += applied(projected(table, bothColumns.value(name, table.columns)), expected.tables[name]);
    }
    // A table that came or went without a row is the schema's change.
    const auto isEmpty = [](auto table) { return table->isEmpty(); };
    expected.tables.removeIf(isEmpty);
    seen.tables.removeIf(isEmpty);
    return (problems + QStringList(expected.differences(seen))).join(u'\n').trimmed();
}

} // namespace holdpoint
