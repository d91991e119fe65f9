// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreshypothesis.h"

namespace holdpoint {

PostgresHypothesis::PostgresHypothesis(PostgresRelation relation, PostgresShape shape,
                                       const PostgresCandidates* candidates)
    : m_relation(std::move(relation))
    , m_shape(std::move(shape))
    , m_candidates(candidates)
{
}

bool PostgresHypothesis::isConfirmed() const
{
    return m_learned
        || (m_written.size() == m_relation.inserted + m_relation.updated
            && m_old.kept().size() == m_fresh.kept().size() + m_relation.deleted - m_relation.inserted);
}

qint64 PostgresHypothesis::writesMissing() const
{
    return m_learned ? 0 : m_relation.inserted + m_relation.updated - m_written.size();
}

void PostgresHypothesis::addWritten(const PostgresPlaces& places)
{
    for (const PostgresPlace place : places)
        m_written.insert(place);
}

void PostgresHypothesis::addFresh(qsizetype version)
{
    m_written.insert(m_fresh.place(version));
    m_fresh.keep(version);
}

void PostgresHypothesis::addFreshFrom(qsizetype version)
{
    for (; version < m_fresh.size(); ++version)
        addFresh(version);
}

void PostgresHypothesis::addOld(qsizetype version, PostgresPlace successor)
{
    m_old.setSuccessor(version, successor);
    m_old.keep(version);
    m_notNoted.push_back(version);
}

void PostgresHypothesis::noteEnded()
{
    for (const qsizetype version : std::exchange(m_notNoted, {}))
        m_ended.push_back({ version, m_fresh.kept().find(m_old.successor(version)) });
}

PostgresHypothesis::EndedRow PostgresHypothesis::ended(size_t row) const
{
    const Ended& ended = m_ended[row];
    if (m_learned) {
        RowChange change = m_learned->at(ended.old);
        return { std::move(change.before), std::move(change.after) };
    }
    return { m_old.row(ended.old), ended.fresh ? m_fresh.row(*ended.fresh) : Row() };
}

void PostgresHypothesis::learn(const RowChanges& rows)
{
    m_learned = rows;
    m_ended = {};
    for (qsizetype row = 0; row < rows.size(); ++row) {
        if (rows.view(row).change() != ChangeKind::Insert)
            m_ended.push_back({ row, {} });
    }
}

} // namespace holdpoint
