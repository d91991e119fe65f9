// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreshypothesis.h"

#include <algorithm>

namespace holdpoint {

namespace {

template <typename T> QList<PostgresPlace> sortedPlaces(const QHash<PostgresPlace, T>& versions)
{
    QList<PostgresPlace> places = versions.keys();
    std::ranges::sort(places);
    return places;
}

} // namespace

PostgresHypothesis::PostgresHypothesis(PostgresRelation relation, PostgresShape shape,
                                       const PostgresCandidates* candidates)
    : m_relation(std::move(relation))
    , m_shape(std::move(shape))
    , m_candidates(candidates)
{
}

bool PostgresHypothesis::isConfirmed() const
{
    return m_known
        || (m_written.size() == m_relation.inserted + m_relation.updated
            && m_old.size() == m_fresh.size() + m_relation.deleted - m_relation.inserted);
}

qint64 PostgresHypothesis::writesMissing() const
{
    return m_known ? 0 : m_relation.inserted + m_relation.updated - m_written.size();
}

void PostgresHypothesis::addWritten(const QList<PostgresPlace>& places)
{
    m_written.reserve(m_written.size() + places.size());
    for (const PostgresPlace place : places)
        m_written.insert(place);
}

void PostgresHypothesis::addFresh(QList<PostgresVersion> versions)
{
    m_fresh.reserve(m_fresh.size() + versions.size());
    for (PostgresVersion& version : versions) {
        m_written.insert(version.place);
        m_fresh.insert(version.place, std::move(version));
    }
}

void PostgresHypothesis::addOld(PostgresVersion version, PostgresPlace successor)
{
    const PostgresPlace place = version.place;
    m_notNoted.append(place);
    m_old.insert(place, { std::move(version), successor });
}

void PostgresHypothesis::noteEnded()
{
    for (const PostgresPlace place : std::exchange(m_notNoted, {})) {
        const Old& old = *m_old.constFind(place);
        m_ended.append({ old.version.row, m_fresh.value(old.successor).row });
    }
}

void PostgresHypothesis::learn(const QList<PostgresFoundRow>& rows)
{
    m_ended.clear();
    for (const PostgresFoundRow& row : rows) {
        if (!row.change.before.isEmpty())
            m_ended.append({ row.change.before, row.change.after });
    }
}

QList<PostgresFoundRow> PostgresHypothesis::rows() const
{
    QList<PostgresVersion> old;
    QList<PostgresPlace> successors;
    for (const PostgresPlace place : sortedPlaces(m_old)) {
        const Old& each = *m_old.constFind(place);
        old.append(each.version);
        successors.append(each.successor);
    }
    QList<PostgresVersion> fresh;
    for (const PostgresPlace place : sortedPlaces(m_fresh))
        fresh.append(*m_fresh.constFind(place));
    return pairVersions(std::move(old), successors, std::move(fresh));
}

} // namespace holdpoint
