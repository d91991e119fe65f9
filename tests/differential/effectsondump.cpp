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

QString renamedFrom(const TargetEffects& effects, const QString& table)
{
    for (const SchemaChange& change : effects.schemaChanges) {
        const QString old = change.object.section(u'.', 1);
        if (change.kind == "alter"_L1 && change.object.startsWith("table main."_L1) && old != table
            && (change.after.contains(u"TABLE \"%1\""_s.arg(table))
                || change.after.contains(u"TABLE %1("_s.arg(table))))
            return old;
    }
    return {};
}

// Tables whose columns changed are compared by their counts only: which old value became which is not the dump's to
// tell.
bool isReshaped(const TargetEffects& effects, const QString& table)
{
    return std::ranges::any_of(effects.schemaChanges, [&](const SchemaChange& change) {
        return change.kind == "alter"_L1 && change.object == "table main."_L1 + table;
    });
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

} // namespace

QString effectsProblems(const TargetEffects& effects, const SqliteDump& before, const SqliteDump& after)
{
    SqliteDump expected;
    expected.tables = before.tables;
    SqliteDump seen;
    seen.tables = after.tables;
    QStringList problems;
    for (const TableEffects& table : effects.tables) {
        problems += countProblems(table) + netProblems(table);
        const QString old = renamedFrom(effects, table.name.table);
        if (!old.isEmpty())
            expected.tables.insert(table.name.table, expected.tables.take(old));
        if (isReshaped(effects, old.isEmpty() ? table.name.table : old)) {
            expected.tables.remove(table.name.table);
            seen.tables.remove(table.name.table);
        } else {
            problems += applied(table, expected.tables[table.name.table]);
        }
    }
    for (const auto& name : before.tables.keys()) {
        const bool unchanged = before.tables.value(name) == expected.tables.value(name);
        if (isReshaped(effects, name) && unchanged) { // its rows kept every value that is still there
            expected.tables.remove(name);
            seen.tables.remove(name);
        }
    }
    // A table that came or went without a row is the schema's change.
    const auto isEmpty = [](auto table) { return table->isEmpty(); };
    expected.tables.removeIf(isEmpty);
    seen.tables.removeIf(isEmpty);
    const QString differences = expected.differences(seen);
    return (problems + QStringList(differences)).join(u'\n').trimmed();
}

} // namespace holdpoint
