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

std::optional<Row> PostgresHypothesis::keyGone(size_t row, const QList<int>& columns) const
{
    const Ended& ended = m_ended[row];
    const RowChange learned = m_learned ? m_learned->at(ended.old) : RowChange();
    const auto now = [&](int column) {
        if (m_learned)
            return learned.after.isEmpty() ? std::nullopt : std::optional(learned.after.at(column));
        return ended.fresh ? std::optional(m_fresh.value(*ended.fresh, column)) : std::nullopt;
    };
    Row key;
    bool isGone = false;
    for (const int column : columns) {
        key.append(m_learned ? learned.before.at(column) : m_old.value(ended.old, column));
        if (key.constLast().isNull())
            return {};
        isGone = isGone || now(column) != key.constLast();
    }
    return isGone ? std::optional(key) : std::nullopt;
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
