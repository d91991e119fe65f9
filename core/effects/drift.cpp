// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/drift.h"

#include "effects/comparedtables.h"
#include "effects/rowdrift.h"

#include <algorithm>
#include <functional>
#include <tuple>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

DriftRow remark(const QString& target, const TableName& table, const QString& text)
{
    DriftRow row;
    row.target = target;
    row.table = table;
    row.text = text;
    return row;
}

QString qualifiedName(const TableName& name)
{
    return name.schema.isEmpty() ? name.table : name.schema + '.'_L1 + name.table;
}

QString shapeText(const TableEffects& table)
{
    QStringList key;
    for (const int column : table.keyColumns)
        key.append(table.columns.value(column));
    return u"columns (%1), key (%2)"_s.arg(table.columns.join(", "_L1), key.join(", "_L1));
}

QString countText(const TableEffects& table)
{
    QString text = u"%1 inserted, %2 updated, %3 deleted"_s.arg(table.inserted).arg(table.updated).arg(table.deleted);
    if (!table.complete)
        text += u" (not all rows seen: %1)"_s.arg(table.incompleteReason);
    return text;
}

bool sameCounts(const TableEffects& left, const TableEffects& right)
{
    return std::tie(left.inserted, left.updated, left.deleted, left.complete)
        == std::tie(right.inserted, right.updated, right.deleted, right.complete);
}

class Comparison
{
public:
    explicit Comparison(QString target)
        : m_target(std::move(target))
    {
    }

    void compareTables(const QList<TableEffects>& preview, const QList<TableEffects>& now);
    void compareSchemaChanges(const QList<SchemaChange>& preview, const QList<SchemaChange>& now);
    [[nodiscard]] QList<DriftRow> result() && { return std::move(m_found); }

private:
    void compareTable(const TableEffects& preview, const TableEffects& now);
    void remarkSchemaChange(const SchemaChange& change, QLatin1StringView when);

    QString m_target;
    QList<DriftRow> m_found;
};

void Comparison::compareTable(const TableEffects& preview, const TableEffects& now)
{
    if (preview.columns != now.columns || preview.keyColumns != now.keyColumns) {
        m_found.append(remark(m_target, preview.name,
                              u"%1 has another shape: at preview %2; now %3"_s.arg(
                                  qualifiedName(preview.name), shapeText(preview), shapeText(now))));
        return;
    }
    const qsizetype foundBefore = m_found.size();
    compareRows(m_target, preview, now, m_found);
    const bool rowsTellAll = m_found.size() > foundBefore && preview.complete && now.complete;
    if (!rowsTellAll && !sameCounts(preview, now)) {
        m_found.append(remark(
            m_target, preview.name,
            u"%1: at preview %2; now %3"_s.arg(qualifiedName(preview.name), countText(preview), countText(now))));
    }
}

void Comparison::compareTables(const QList<TableEffects>& preview, const QList<TableEffects>& now)
{
    const auto nameOf = [](const TableEffects& table) { return std::tie(table.name.schema, table.name.table); };
    const auto untouched = [](const TableEffects& like) {
        TableEffects none;
        none.name = like.name;
        none.columns = like.columns;
        none.keyColumns = like.keyColumns;
        return none;
    };
    auto left = preview.begin();
    auto right = now.begin();
    while (left != preview.end() || right != now.end()) {
        if (right == now.end() || (left != preview.end() && nameOf(*left) < nameOf(*right))) {
            compareTable(*left, untouched(*left));
            ++left;
        } else if (left == preview.end() || nameOf(*right) < nameOf(*left)) {
            compareTable(untouched(*right), *right);
            ++right;
        } else {
            compareTable(*left++, *right++);
        }
    }
}

void Comparison::remarkSchemaChange(const SchemaChange& change, QLatin1StringView when)
{
    QString text = u"schema change %1: %2 %3"_s.arg(when, change.kind, change.object);
    if (!change.after.isEmpty())
        text += " as "_L1 + change.after;
    if (!change.before.isEmpty())
        text += " from "_L1 + change.before;
    m_found.append(remark(m_target, {}, text));
}

void Comparison::compareSchemaChanges(const QList<SchemaChange>& preview, const QList<SchemaChange>& now)
{
    QList<SchemaChange> unmatched = now;
    for (const SchemaChange& change : preview) {
        if (!unmatched.removeOne(change))
            remarkSchemaChange(change, "at preview, not now"_L1);
    }
    for (const SchemaChange& change : std::as_const(unmatched))
        remarkSchemaChange(change, "now, not at preview"_L1);
}

bool changesAnything(const TargetEffects& effects)
{
    return std::ranges::any_of(effects.tables, isCompared) || !effects.schemaChanges.isEmpty();
}

QList<TableEffects> comparedTables(const QList<TableEffects>& tables)
{
    QList<TableEffects> result;
    for (const TableEffects& table : tables) {
        if (isCompared(table))
            result.append(table.internal ? comparedPart(table) : table);
    }
    return result;
}

QList<DriftRow> compareTarget(const TargetEffects& preview, const TargetEffects& now)
{
    Comparison comparison(preview.target);
    comparison.compareTables(comparedTables(preview.tables), comparedTables(now.tables));
    comparison.compareSchemaChanges(preview.schemaChanges, now.schemaChanges);
    return std::move(comparison).result();
}

} // namespace

QList<DriftRow> compareEffects(const QList<TargetEffects>& preview, const QList<TargetEffects>& now)
{
    QList<DriftRow> found;
    for (const TargetEffects& left : preview) {
        const auto right = std::ranges::find(now, left.target, &TargetEffects::target);
        if (right != now.end())
            found += compareTarget(left, *right);
        else if (changesAnything(left))
            found.append(remark(left.target, {}, u"%1 was changed at preview, not now"_s.arg(left.target)));
    }
    for (const TargetEffects& right : now) {
        const auto left = std::ranges::find(preview, right.target, &TargetEffects::target);
        if (left == preview.end() && changesAnything(right))
            found.append(remark(right.target, {}, u"%1 is changed now, not at preview"_s.arg(right.target)));
    }
    return found;
}

} // namespace holdpoint
