// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrestold.h"

#include "effects/postgresversions.h"
#include "session/postgresvalues.h"

#include <QHash>

#include <algorithm>

namespace holdpoint {

namespace {

/// Of PostgresCells or a PostgresAnswer.
template <typename Rows, typename Index> QByteArray keyOf(const Rows& rows, Index row, const QList<int>& columns)
{
    QByteArray key;
    for (const int column : columns) {
        const QByteArrayView text = rows.text(row, column);
        key += QByteArray::number(text.size());
        key += ':';
        key += text;
    }
    return key;
}

} // namespace

void PostgresTold::giveUp()
{
    m_givenUp = true;
    m_fresh.clear();
    m_parts.clear();
    m_updated.clear();
    m_rows.clear();
    m_old.clear();
}

void PostgresTold::add(const PostgresAnswer& answer, int firstColumn, PostgresCandidates::Wrote wrote,
                       const PostgresTouch& touch, bool settingsAlike)
{
    using Wrote = PostgresCandidates::Wrote;
    if (m_givenUp || answer.rows() == 0)
        return;
    const qsizetype first = m_fresh.rows();
    if (wrote == Wrote::Deleted || !m_fresh.add(answer, firstColumn) || m_fresh.columns() != m_shape.names.size()
        || !(settingsAlike || m_fresh.allPrintAlike()))
        return giveUp();
    m_parts.append({ touch, wrote == Wrote::Updated, m_fresh.rows() });
    if (wrote != Wrote::Updated)
        return;
    m_updated.reserve(m_updated.size() + answer.rows());
    for (qsizetype row = first; row < m_fresh.rows(); ++row)
        m_updated.append(row);
}

void PostgresTold::ask(PostgresConnection& before, const TableName& name)
{
    QStringList columns;
    QList<PostgresArray> values(m_shape.key.size());
    for (qsizetype i = 0; i < m_shape.key.size(); ++i) {
        columns.append(m_shape.names.at(m_shape.key.at(i)));
        for (const qsizetype row : m_updated)
            values[i].append(m_fresh.text(row, m_shape.key.at(i)));
    }
    before.submitLooking(
        versionsByKey(before, name, m_shape, PostgresTouching::None, columns, values),
        [this](const PostgresAnswer& old) { pair(old); },
        [this](const Result<Rowset>& rows) {
            if (!rows)
                m_error = rows.error();
        });
}

void PostgresTold::decode()
{
    if (m_givenUp || !m_rows.isEmpty())
        return;
    m_rows.reserve(m_fresh.rows());
    for (qsizetype row = 0; row < m_fresh.rows(); ++row)
        m_rows.append(m_fresh.row(row));
}

bool PostgresTold::isSameKey(const PostgresAnswer& old, int row, qsizetype fresh) const
{
    return std::ranges::all_of(m_shape.key,
                               [&](int column) { return old.text(row, column) == m_fresh.text(fresh, column); });
}

/// Each old row has a fresh one with its key, and no two the same.
bool PostgresTold::match(const PostgresAnswer& old)
{
    m_partners.assign(static_cast<size_t>(old.rows()), 0);
    int row = 0;
    while (row < old.rows() && isSameKey(old, row, m_updated.at(row))) { // both often come in the order of the key
        m_partners[static_cast<size_t>(row)] = m_updated.at(row);
        ++row;
    }
    QHash<QByteArray, qsizetype> byKey;
    for (qsizetype i = row; i < m_updated.size(); ++i)
        byKey.insert(keyOf(m_fresh, m_updated.at(i), m_shape.key), m_updated.at(i));
    for (; row < old.rows(); ++row) {
        const auto partner = byKey.constFind(keyOf(old, row, m_shape.key));
        if (partner == byKey.cend())
            return false;
        m_partners[static_cast<size_t>(row)] = *partner;
        byKey.erase(partner);
    }
    return byKey.isEmpty();
}

/// What did not change is shared with the fresh row.
Row PostgresTold::oldRow(const PostgresAnswer& old, int row, qsizetype fresh) const
{
    Row values;
    values.reserve(m_fresh.columns());
    for (int column = 0; column < m_fresh.columns(); ++column) {
        const bool isNull = old.isNull(row, column);
        const QByteArrayView text = isNull ? QByteArrayView() : old.text(row, column);
        if (isNull == m_fresh.isNull(fresh, column) && text == m_fresh.text(fresh, column))
            values.append(m_rows.at(fresh).at(column));
        else
            values.append(isNull ? Value() : postgresValue(m_fresh.type(column), text));
    }
    return values;
}

void PostgresTold::pair(const PostgresAnswer& old)
{
    if (m_givenUp || old.rows() != m_updated.size() || old.columns() != m_fresh.columns() || !match(old))
        return;
    for (int column = 0; column < old.columns(); ++column) {
        if (old.type(column) != m_fresh.type(column))
            return;
    }
    decode();
    m_old.resize(m_fresh.rows());
    for (int row = 0; row < old.rows(); ++row) {
        const qsizetype fresh = m_partners[static_cast<size_t>(row)];
        m_old[fresh] = oldRow(old, row, fresh);
    }
    m_paired = true;
}

bool PostgresTold::explains(const PostgresRelation& relation) const
{
    return !m_givenUp && relation.oid == m_shape.of && relation.root == 0 && relation.deleted == 0
        && relation.updated == m_updated.size() && relation.inserted == m_fresh.rows() - m_updated.size()
        && (m_paired || m_updated.isEmpty());
}

QList<PostgresFoundRow> PostgresTold::takeRows()
{
    decode();
    m_old.resize(m_fresh.rows());
    QList<PostgresFoundRow> found;
    found.reserve(m_fresh.rows());
    qsizetype row = 0;
    for (const Part& part : std::as_const(m_parts)) {
        for (; row < part.end; ++row) {
            if (part.updated && m_old.at(row) == m_rows.at(row))
                continue; // as if it had not been touched
            PostgresFoundRow& each = found.emplaceBack();
            each.change.change = part.updated ? ChangeKind::Update : ChangeKind::Insert;
            each.change.before = std::move(m_old[row]);
            each.change.after = std::move(m_rows[row]);
            each.first = part.updated ? part.touch : PostgresTouch();
            each.last = part.touch;
        }
    }
    giveUp();
    return found;
}

} // namespace holdpoint
