// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/postgreseffects.h"

#include <QSet>

using namespace Qt::StringLiterals;

namespace holdpoint::differential {

namespace {

const QString largeObjects = u"pg_largeobject."_s;

/// As the server prints it.
QString textOf(const Value& value)
{
    switch (value.kind()) {
    case Value::Kind::Boolean: return value.toBoolean() ? u"t"_s : u"f"_s;
    case Value::Kind::Integer: return QString::number(value.toInteger());
    case Value::Kind::Blob: return u"\\x"_s + QString::fromLatin1(value.toBytes().toHex());
    case Value::Kind::Text: return value.toText();
    default: return u"unexpected: "_s + value.display();
    }
}

DumpRow rowOf(const TableEffects& table, const QString& partition, const Row& values)
{
    DumpRow row { table.name.schema + u'.' + table.name.table, partition, {} };
    for (qsizetype i = 0; i < values.size(); ++i) {
        QString column = table.columns.at(i);
        if (column.endsWith(" (dropped)"_L1))
            column.chop(10);
        if (!values.at(i).isNull())
            row.values.insert(column, textOf(values.at(i)));
    }
    return row;
}

QStringList linesOf(const Dump& dump)
{
    QStringList lines;
    for (const DumpRow& row : dump.rows) {
        if (row.table != largeObjects)
            lines.append(row.text());
    }
    return lines;
}

void addFaultsOf(const TableEffects& table, QStringList& faults)
{
    const QString name = table.name.table;
    if (!table.complete)
        faults.append(name + u" is not complete: "_s + table.incompleteReason);
    qint64 counts[3] = { 0, 0, 0 };
    QSet<QString> deleted;
    QSet<QString> inserted;
    for (const RowChange& row : table.rows) {
        ++counts[static_cast<int>(row.change)];
        if (row.change == ChangeKind::Update && row.before == row.after)
            faults.append(name + u": an update that changes nothing"_s);
        QString key;
        for (const int column : table.keyColumns)
            key += textOf((row.before.isEmpty() ? row.after : row.before).at(column)) + u'\x1f';
        if (!key.isEmpty() && row.change != ChangeKind::Update)
            (row.change == ChangeKind::Insert ? inserted : deleted).insert(key);
    }
    if (counts[0] != table.inserted || counts[1] != table.updated || counts[2] != table.deleted)
        faults.append(name + u": the counts are not those of the rows"_s);
    if (inserted.intersects(deleted))
        faults.append(name + u": one row is deleted and inserted"_s);
}

/// Rows of one dump that the other lacks, and the other way round.
QStringList compared(QStringList found, QStringList expected, const QString& tooMuch, const QString& missing)
{
    found.sort();
    expected.sort();
    QStringList faults;
    qsizetype i = 0;
    qsizetype j = 0;
    while (i < found.size() || j < expected.size()) {
        if (j == expected.size() || (i < found.size() && found.at(i) < expected.at(j)))
            faults.append(tooMuch + found.at(i++));
        else if (i == found.size() || expected.at(j) < found.at(i))
            faults.append(missing + expected.at(j++));
        else
            ++i, ++j;
    }
    return faults;
}

QString maskedText(DumpRow row, const QStringList& columns)
{
    for (const QString& column : columns)
        row.values.remove(column);
    return row.text();
}

} // namespace

QList<EffectRow> effectRows(const Run& run)
{
    QList<EffectRow> rows;
    for (const TargetEffects& target : run.effects) {
        for (const TableEffects& table : target.tables) {
            for (const RowChange& change : table.rows) {
                EffectRow row;
                if (!change.before.isEmpty())
                    row.before = rowOf(table, change.partition, change.before);
                if (!change.after.isEmpty())
                    row.after = rowOf(table, change.partition, change.after);
                for (const int column : change.volatileColumns)
                    row.volatileColumns.append(table.columns.at(column));
                rows.append(row);
            }
        }
    }
    return rows;
}

QStringList faultsOf(const Run& run)
{
    QStringList faults;
    for (const TargetEffects& target : run.effects) {
        for (const TableEffects& table : target.tables)
            addFaultsOf(table, faults);
    }
    return faults;
}

QStringList differences(const Dump& before, const QList<EffectRow>& effects, const Dump& after)
{
    QStringList old;
    QStringList fresh;
    QStringList oldPlaces;
    QStringList freshPlaces;
    for (const EffectRow& row : effects) {
        if (row.before)
            old.append(row.before->text());
        if (row.after)
            fresh.append(row.after->text());
        if (row.before && !row.after)
            oldPlaces.append(row.before->textWithPartition());
        if (row.after)
            freshPlaces.append(row.after->textWithPartition());
    }
    // before + fresh = after + old, and each old row was there, each fresh one is there, in its partition.
    QStringList faults
        = compared(linesOf(before) + fresh, linesOf(after) + old, u"missing or wrong: "_s, u"too much or wrong: "_s);
    for (const auto& [places, dump, what] :
         { std::tuple(oldPlaces, before, u"was not there: "_s), std::tuple(freshPlaces, after, u"is not there: "_s) }) {
        const QStringList rows = dump.sortedRows();
        const QSet<QString> all(rows.cbegin(), rows.cend());
        for (const QString& place : places) {
            if (!all.contains(place))
                faults.append(what + place);
        }
    }
    return faults;
}

QStringList differences(const Dump& product, const QList<EffectRow>& effects, const Dump& copy, bool& exact)
{
    QMultiMap<QString, QStringList> masks;
    for (const EffectRow& row : effects) {
        if (row.after && !row.volatileColumns.isEmpty())
            masks.insert(row.after->textWithPartition(), row.volatileColumns);
    }
    QMap<QString, QList<DumpRow>> left; // of the copy, by their text
    for (const DumpRow& row : copy.rows)
        left[row.textWithPartition()].append(row);
    QList<DumpRow> other;
    for (const DumpRow& row : product.rows) {
        const auto same = left.find(row.textWithPartition());
        if (same == left.end()) {
            other.append(row);
            continue;
        }
        same->removeLast();
        if (same->isEmpty())
            left.erase(same);
    }
    exact = other.isEmpty() && left.isEmpty();
    QList<DumpRow> rest;
    for (const QList<DumpRow>& rows : std::as_const(left))
        rest += rows;
    QStringList faults;
    for (const DumpRow& row : std::as_const(other)) {
        const QStringList mask = masks.take(row.textWithPartition());
        const auto match = std::find_if(rest.begin(), rest.end(), [&](const DumpRow& each) {
            return each.table == row.table && maskedText(each, mask) == maskedText(row, mask);
        });
        if (match == rest.end())
            faults.append(u"not in the copy: "_s + row.text());
        else
            rest.erase(match);
    }
    for (const DumpRow& row : std::as_const(rest))
        faults.append(u"only in the copy: "_s + row.text());
    return faults;
}

} // namespace holdpoint::differential
