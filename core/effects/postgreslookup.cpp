// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreslookup.h"

#include "effects/postgresversionquestions.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr int mostRounds = 100; // of foreign keys that lead from table to table

QList<int> indexesOf(const PostgresShape& shape, const QStringList& names)
{
    QList<int> indexes;
    for (const QString& name : names) {
        if (const auto index = static_cast<int>(shape.names.indexOf(name)); index >= 0)
            indexes.append(index);
    }
    return indexes;
}

} // namespace

void PostgresLookup::add(const PostgresRelation& relation, const PostgresShape& shape,
                         const PostgresCandidates* candidates)
{
    m_hypotheses.emplace(relation.oid, PostgresHypothesis(relation, shape, candidates));
}

void PostgresLookup::addKnown(const PostgresRelation& relation, const PostgresShape& shape, const RowChanges& rows)
{
    m_hypotheses.emplace(relation.oid, PostgresHypothesis(relation, shape, nullptr)).first->second.learn(rows);
}

bool PostgresLookup::isConfirmed(qint64 oid) const
{
    return m_hypotheses.at(oid).isConfirmed();
}

QList<qint64> PostgresLookup::open() const
{
    QList<qint64> oids;
    for (const auto& [oid, table] : m_hypotheses) {
        if (!table.isConfirmed())
            oids.append(oid);
    }
    return oids;
}

void PostgresLookup::learn(qint64 oid, const RowChanges& rows)
{
    m_hypotheses.at(oid).learn(rows);
    for (Path& path : m_paths ? *m_paths : QList<Path>()) {
        if (path.link.parent == oid)
            path.seen = 0;
    }
}

Result<void> PostgresLookup::run()
{
    if (!std::exchange(m_begun, true)) {
        if (auto searched = searchDirect(); !searched)
            return searched;
        if (!open().isEmpty()) {
            if (auto searched = searchAppended(); !searched)
                return searched;
        }
    }
    return open().isEmpty() || m_givenUp ? Result<void>() : searchLinks();
}

PostgresStatements PostgresLookup::atPlaces(PostgresConnection& connection, const PostgresHypothesis& table,
                                            const PostgresPlaces& places) const
{
    const auto touching = &connection == &m_worlds.now ? PostgresTouching::Birth : PostgresTouching::End;
    return aboutEach(arraysOf(places.size(), [&places](size_t index) { return places[index]; }),
                     [&connection, &table, touching](const Value& array) {
                         return versionsWhere(connection, table.relation().name, table.shape(), touching,
                                              "t.ctid = ANY ($1::tid[])", { array });
                     });
}

Statement PostgresLookup::byKey(const PostgresHypothesis& table, const QStringList& columns,
                                const QList<PostgresArray>& values) const
{
    QList<Value> literals;
    for (const PostgresArray& each : values)
        literals.append(each.literal());
    return versionsByKey(m_worlds.before(), table.relation().name, table.shape(), PostgresTouching::End, columns,
                         literals);
}

PostgresStatements PostgresLookup::byToldKeys(const PostgresHypothesis& table,
                                              const PostgresCandidates& candidates) const
{
    return [this, &table, &candidates, next = size_t(0)]() mutable -> std::optional<Statement> {
        if (next == candidates.toldKeys())
            return {};
        QList<PostgresArray> values(candidates.key().size());
        for (; next < candidates.toldKeys() && std::ranges::none_of(values, &PostgresArray::isFull); ++next) {
            for (qsizetype i = 0; i < values.size(); ++i)
                values[i].append(candidates.keyText(next, i));
        }
        return byKey(table, candidates.key(), values);
    };
}

Result<void> PostgresLookup::searchDirect()
{
    Searches searches;
    for (auto& [oid, table] : m_hypotheses) {
        const PostgresCandidates* candidates = table.candidates();
        if (candidates == nullptr)
            continue;
        Search search;
        search.table = &table;
        search.written = &candidates->written();
        if (!candidates->written().empty())
            search.fresh = atPlaces(m_worlds.now, table, candidates->written());
        if (!candidates->deleted().empty())
            search.old.append(atPlaces(m_worlds.before(), table, candidates->deleted()));
        for (const PostgresPlace place : candidates->deleted())
            search.deleted.insert(place);
        if (candidates->toldKeys() > 0)
            search.old.append(byToldKeys(table, *candidates));
        searches.push_back(std::move(search));
    }
    return search(std::move(searches));
}

Result<void> PostgresLookup::readPaths()
{
    QList<qint64> oids;
    for (const auto& [oid, table] : m_hypotheses)
        oids.append(oid);
    auto links = readLinks(m_worlds.before(), oids);
    if (!links)
        return links.error();
    m_paths.emplace();
    for (PostgresLink& link : *links)
        m_paths->append(Path { std::move(link), 0 });
    return {};
}

/// Rows that referenced what the parent's ended rows no longer are. None: there is nothing that may have been
/// referenced.
PostgresStatements PostgresLookup::throughLink(Path& path, const PostgresHypothesis& child)
{
    const PostgresHypothesis& parent = m_hypotheses.at(path.link.parent);
    const QList<int> columns = indexesOf(parent.shape(), path.link.parentColumns);
    if (columns.isEmpty() || columns.size() != path.link.parentColumns.size())
        return {};
    const size_t end = parent.endedRows();
    size_t next = std::exchange(path.seen, end);
    while (next < end && !parent.keyGone(next, columns))
        ++next;
    if (next == end)
        return {};
    return [this, &parent, &child, columns, childColumns = path.link.childColumns, next,
            end]() mutable -> std::optional<Statement> {
        QList<PostgresArray> values(columns.size());
        for (; next < end && std::ranges::none_of(values, &PostgresArray::isFull); ++next) {
            const auto key = parent.keyGone(next, columns);
            for (qsizetype i = 0; key && i < columns.size(); ++i)
                values[i].append(key->at(i));
        }
        return values.constFirst().isEmpty() ? std::nullopt : std::optional(byKey(child, childColumns, values));
    };
}

Result<void> PostgresLookup::searchLinks()
{
    if (!m_paths) {
        if (auto read = readPaths(); !read)
            return read;
    }
    for (int round = 0; round < mostRounds && !m_givenUp; ++round) {
        std::map<qint64, Search> searches;
        for (Path& path : *m_paths) {
            PostgresHypothesis& child = m_hypotheses.at(path.link.child);
            if (child.isConfirmed())
                continue;
            if (auto question = throughLink(path, child)) {
                searches[path.link.child].table = &child;
                searches[path.link.child].unsure = true;
                searches[path.link.child].old.append(std::move(question));
            }
        }
        if (searches.empty())
            break;
        Searches all;
        for (auto& [oid, each] : searches)
            all.push_back(std::move(each));
        if (auto searched = search(std::move(all)); !searched)
            return searched;
    }
    return {};
}

} // namespace holdpoint
