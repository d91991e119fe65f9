// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrestables.h"

#include "effects/postgreslookup.h"
#include "effects/postgrespairing.h"
#include "effects/postgresscan.h"
#include "effects/postgresshown.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

bool exceeds(const RowCounts& found, const PostgresRelation& relation)
{
    return found.inserted > relation.inserted || found.updated > relation.updated || found.deleted > relation.deleted;
}

} // namespace

PostgresFoundTable& PostgresTables::shown(const PostgresRelation& relation)
{
    const auto found = std::ranges::find(m_found, relation.shownOid(), &PostgresFoundTable::oid);
    if (found != m_found.end())
        return *found;
    PostgresFoundTable& table = m_found.emplace_back();
    table.oid = relation.shownOid();
    table.effects.name = relation.shownName();
    return table;
}

Result<PostgresShape> PostgresTables::shapeNow(const PostgresRelation& relation)
{
    const qint64 oid = relation.shownOid();
    if (const auto known = m_shapes.constFind(oid); known != m_shapes.constEnd())
        return *known;
    auto shape = readShape(m_worlds.now, oid);
    if (shape)
        m_shapes.insert(oid, *shape);
    return shape;
}

Result<void> PostgresTables::add(const QList<PostgresRelation>& relations, bool counted,
                                 const PostgresCandidateTables& candidates, PostgresToldTables& told,
                                 Verification verification)
{
    QList<PostgresRelation> guessable;
    for (const PostgresRelation& relation : relations) {
        if (relation.exclusive) {
            if (auto added = addExclusive(relation); !added)
                return added;
        } else if (counted && !relation.isCounted()) {
            continue;
        } else if (!relation.readable) {
            addIncomplete(relation, u"this user may not read it; the server counted %1"_s.arg(relation.countersText()));
        } else if (counted && verification == Verification::Cheapest) {
            guessable.append(relation);
        } else if (auto scanned = addScanned(relation, counted); !scanned) {
            return scanned.error();
        }
    }
    return guessable.isEmpty() ? Result<void>() : addCounted(guessable, candidates, told);
}

Result<void> PostgresTables::addCounted(const QList<PostgresRelation>& relations,
                                        const PostgresCandidateTables& candidates, PostgresToldTables& told)
{
    PostgresLookup lookup(m_worlds);
    QList<PostgresRelation> open = relations;
    const auto explained = std::ranges::stable_partition(open, [&](const PostgresRelation& relation) {
        PostgresTold* const each = told.find(relation.name);
        return each == nullptr || !each->explains(relation);
    });
    for (const PostgresRelation& relation : explained)
        addTold(relation, *told.find(relation.name), explained.begin() == open.begin() ? nullptr : &lookup);
    open.erase(explained.begin(), explained.end());
    if (open.isEmpty())
        return {};
    for (const PostgresRelation& relation : open) {
        const auto shape = shapeNow(relation);
        if (!shape)
            return shape.error();
        const auto hints = candidates.find({ relation.name.schema, relation.name.table });
        lookup.add(relation, *shape, hints != candidates.end() ? &hints->second : nullptr);
    }
    if (auto looked = lookup.run(); !looked)
        return looked;
    return addBest(lookup, open);
}

/// What changed in it may lead to the rows of others.
void PostgresTables::addTold(const PostgresRelation& relation, PostgresTold& told, PostgresLookup* lookup)
{
    m_shapes.insert(relation.oid, told.shape());
    if (lookup == nullptr) {
        PostgresFoundTable& table = shownAs(relation, told.shape(), CaptureWay::LookedUp);
        table.told = std::make_shared<PostgresTold>(std::move(told));
        return;
    }
    PostgresFoundRows rows;
    told.take([&rows](const PostgresFoundRow& row) { rows.append(row); });
    lookup->addKnown(relation, told.shape(), rows.changes());
    addRows(relation, told.shape(), std::move(rows), CaptureWay::LookedUp);
}

/// The small ones are scanned first: what they tell may spare the large ones.
Result<void> PostgresTables::addBest(PostgresLookup& lookup, QList<PostgresRelation> open)
{
    std::ranges::stable_sort(open, {}, &PostgresRelation::pages);
    while (!open.isEmpty()) {
        const auto confirmed
            = std::ranges::stable_partition(open, [&](const auto& each) { return !lookup.isConfirmed(each.oid); });
        for (const PostgresRelation& relation : confirmed)
            addRows(relation, m_shapes.value(relation.shownOid()), lookup.rows(relation.oid), CaptureWay::LookedUp);
        open.erase(confirmed.begin(), confirmed.end());
        if (open.isEmpty())
            break;
        const PostgresRelation smallest = open.takeFirst();
        const auto rows = addScanned(smallest, true);
        if (!rows)
            return rows.error();
        lookup.learn(smallest.oid, *rows);
        if (auto looked = open.isEmpty() ? Result<void>() : lookup.run(); !looked)
            return looked;
    }
    return {};
}

Result<RowChanges> PostgresTables::addScanned(const PostgresRelation& relation, bool counted)
{
    const auto shape = shapeNow(relation);
    if (!shape)
        return shape.error();
    auto rows = scanChanges(m_worlds, relation, *shape, m_advance);
    if (!rows)
        return rows.error();
    RowChanges changes = rows->changes();
    const RowCounts counts = countsOf(changes);
    const QString counters = relation.countersText();
    addRows(relation, *shape, std::move(*rows), CaptureWay::Scanned);
    const bool allSeen = counts.inserted == relation.inserted && counts.updated == relation.updated
        && counts.deleted == relation.deleted;
    if (counted && exceeds(counts, relation))
        addIncomplete(relation, u"the rows found do not agree with the server, which counted %1"_s.arg(counters));
    else if (relation.filtered && !allSeen)
        addIncomplete(relation,
                      u"row level security may hide rows from this user; the server counted %1"_s.arg(counters));
    return changes;
}

PostgresFoundTable& PostgresTables::shownAs(const PostgresRelation& relation, const PostgresShape& shape,
                                            CaptureWay way)
{
    PostgresFoundTable& table = shown(relation);
    table.effects.columns = shape.names;
    table.effects.keyColumns = shape.key;
    table.effects.generated = shape.generated;
    table.effects.way = std::max(table.effects.way, way);
    return table;
}

void PostgresTables::addRows(const PostgresRelation& relation, const PostgresShape& shape, PostgresFoundRows rows,
                             CaptureWay way)
{
    if (!rows.isEmpty())
        holdpoint::addRows(shownAs(relation, shape, way), relation, std::move(rows));
}

void PostgresTables::addIncomplete(const PostgresRelation& relation, const QString& reason)
{
    holdpoint::addIncomplete(shown(relation), relation, reason);
}

Result<PostgresCopy> PostgresTables::copyNow(const PostgresRelation& relation)
{
    PostgresCopy copy;
    auto shape = shapeNow(relation); // of a dropped partition the root may be there still
    if (!shape)
        return shape.error();
    copy.shape = std::move(*shape);
    if (relation.dropped)
        return copy;
    auto versions = readVersions(m_worlds.now, relation.name, copy.shape, PostgresTouching::Birth);
    if (!versions)
        return versions.error();
    copy.versions = std::move(*versions);
    return copy;
}

/// Without rows. The root of a new partition may have other columns now.
Result<PostgresCopy> PostgresTables::copyOfNew(const PostgresRelation& relation)
{
    PostgresCopy copy;
    if (relation.root == 0)
        return copy;
    auto shape = readShape(m_worlds.before(), relation.root);
    if (!shape)
        return shape.error();
    copy.shape = std::move(*shape);
    return copy;
}

Result<void> PostgresTables::addExclusive(const PostgresRelation& relation)
{
    if (!relation.readable) {
        addIncomplete(
            relation,
            u"this user may not read it; the server counted %1, without what TRUNCATE and ALTER TABLE do"_s.arg(
                relation.countersText()));
        return {};
    }
    const PostgresCopy* before = m_copies.find(relation.oldOid());
    if (before != nullptr && !relation.dropped && !relation.isCounted() && before->fileNode == relation.fileNode) {
        const auto shape = shapeNow(relation);
        if (!shape)
            return shape.error();
        if (*shape == before->shape)
            return {}; // locked, or altered without a row of it
    }
    const bool rewritten = relation.dropped || before == nullptr || before->fileNode != relation.fileNode;
    if (rewritten && !relation.isNew() && !m_copies.isLocked(relation.oldOid()))
        m_unlocked.append(relation.oldOid());
    auto after = copyNow(relation);
    if (!after)
        return after.error();
    if (before == nullptr && !relation.isNew()) {
        shown(relation).effects.way = CaptureWay::Copied;
        m_late.push_back({ relation, std::move(*after), m_copies.whyNot(relation.oldOid()) });
        return {};
    }
    const auto none = before == nullptr ? copyOfNew(relation) : PostgresCopy();
    if (!none)
        return none.error();
    addDifference(shown(relation), relation, before != nullptr ? *before : *none, *after);
    return {};
}

Result<QList<TableName>> PostgresTables::unlocked() const
{
    QList<TableName> names;
    if (m_unlocked.isEmpty())
        return names;
    const auto rows = m_worlds.before().query({ "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n"
                                                " ON n.oid = c.relnamespace WHERE c.oid = ANY ($1::int8[]::oid[])",
                                                { arrayOf(m_unlocked) } });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows)
        names.append({ row.at(0).toText(), row.at(1).toText() });
    return names;
}

std::vector<PostgresLateTable> PostgresTables::takeLate()
{
    std::vector<PostgresLateTable> tables;
    for (PostgresLatePart& part : std::exchange(m_late, {})) {
        const qint64 oid = part.relation.shownOid();
        auto known = std::ranges::find(tables, oid, [](const PostgresLateTable& late) { return late.found.oid; });
        if (known == tables.end()) {
            const auto found = std::ranges::find(m_found, oid, &PostgresFoundTable::oid);
            tables.push_back({ std::move(*found), m_shapes.value(oid), {} });
            m_found.erase(found);
            known = std::prev(tables.end());
        }
        known->parts.push_back(std::move(part));
    }
    return tables;
}

std::vector<PostgresFoundTable> PostgresTables::take()
{
    for (PostgresFoundTable& table : m_found) {
        pairRows(table, m_shapes.value(table.oid));
        countRows(table);
    }
    std::erase_if(m_found, [](const PostgresFoundTable& table) {
        return table.rows.isEmpty() && !table.told && table.effects.complete;
    });
    return std::move(m_found);
}

} // namespace holdpoint
