// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrestold.h"

#include "effects/postgresversionquestions.h"
#include "effects/postgresversions.h"
#include "effects/spillindex.h"
#include "session/postgresvalues.h"

#include <algorithm>

namespace holdpoint {

namespace {

constexpr qsizetype mostDecoded = 100000; // rows that are kept decoded

QByteArray keyOf(const PostgresCells& cells, qsizetype row, const QList<int>& columns)
{
    QByteArray key;
    for (const int column : columns) {
        const QByteArrayView text = cells.text(row, column);
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
    m_fresh = {};
    m_old = {};
    m_places = {};
    m_parts.clear();
    m_updated = {};
    m_partners = {};
}

void PostgresTold::add(const PostgresAnswer& answer, int placeColumn, PostgresCandidates::Wrote wrote,
                       const PostgresTouch& touch, bool settingsAlike)
{
    using Wrote = PostgresCandidates::Wrote;
    if (m_givenUp)
        return;
    PostgresCells& cells = m_fresh.cells;
    const qsizetype first = cells.rows();
    if (wrote == Wrote::Deleted || !cells.add(answer, placeColumn + 1) || cells.columns() != m_shape.names.size()
        || !(settingsAlike || cells.allPrintAlike()))
        return giveUp();
    const bool updated = wrote == Wrote::Updated;
    if (m_parts.isEmpty() || m_parts.constLast().touch != touch || m_parts.constLast().updated != updated)
        m_parts.append({ touch, updated, 0 });
    m_parts.last().end = cells.rows();
    for (int row = 0; m_shape.key.isEmpty() && row < answer.rows(); ++row)
        m_places.push_back(placeOf(answer.text(row, placeColumn)));
    if (!updated)
        return;
    for (qsizetype row = first; row < cells.rows(); ++row)
        m_updated.push_back(row);
}

void PostgresTold::submit(PostgresConnection& before, const Statement& question)
{
    ++m_openQuestions;
    ++m_questions;
    before.submitLooking(
        question,
        [this](const PostgresAnswer& answer) {
            if (!m_givenUp && !m_old.cells.add(answer, 0))
                giveUp();
        },
        [this](const Result<Rowset>& rows) {
            --m_openQuestions;
            if (!rows)
                fail(rows.error());
        });
}

void PostgresTold::askNamed(PostgresConnection& before, const TableName& name, const QByteArray& keys, bool kept)
{
    const QString literal = QString::fromUtf8(keys);
    const QStringList columns { m_shape.names.at(m_shape.key.constFirst()) };
    Statement question
        = versionsByKey(before, name, m_shape, PostgresTouching::None, columns, { Value::text(literal) });
    question.kept = kept;
    submit(before, question);
}

bool PostgresTold::mustAsk() const
{
    return !m_givenUp && m_openQuestions == 0 && m_asked < m_updated.size() && !m_shape.key.isEmpty()
        && m_shape.keyAtOnce && static_cast<size_t>(m_old.cells.rows()) < m_updated.size();
}

void PostgresTold::ask(PostgresConnection& before, const TableName& name)
{
    if (m_asked == 0) {
        m_old = {};
        m_questions = 0;
    }
    QStringList columns;
    QList<PostgresArray> keys(m_shape.key.size());
    for (const int column : m_shape.key)
        columns.append(m_shape.names.at(column));
    for (; m_asked < m_updated.size() && std::ranges::none_of(keys, &PostgresArray::isFull); ++m_asked) {
        for (qsizetype i = 0; i < keys.size(); ++i)
            keys[i].append(m_fresh.cells.text(m_updated[m_asked], m_shape.key.at(i)));
    }
    QList<Value> literals;
    for (const PostgresArray& each : keys)
        literals.append(each.literal());
    submit(before, versionsByKey(before, name, m_shape, PostgresTouching::None, columns, literals));
}

void PostgresTold::decode()
{
    Side& side = m_old.cells.rows() > 0 ? m_old : m_fresh;
    if (m_givenUp || (side.rows.isEmpty() && !m_fresh.rows.isEmpty()))
        return;
    for (qsizetype row = side.rows.size(); row < std::min(side.cells.rows(), mostDecoded); ++row)
        side.rows.append(side.cells.row(row));
}

bool PostgresTold::isSameKey(qsizetype old, qsizetype fresh) const
{
    return std::ranges::all_of(
        m_shape.key, [&](int column) { return m_old.cells.text(old, column) == m_fresh.cells.text(fresh, column); });
}

/// Finds each updated row an old one of its own with the same key.
bool PostgresTold::pair()
{
    const auto known = static_cast<size_t>(m_old.cells.rows());
    if (known < m_updated.size() || m_shape.key.isEmpty() || !m_shape.keyAtOnce)
        return false;
    if (m_old.cells.columns() != m_fresh.cells.columns())
        return false;
    for (int column = 0; column < m_fresh.cells.columns(); ++column) {
        if (m_old.cells.type(column) != m_fresh.cells.type(column))
            return false;
    }
    m_partners = {};
    // Both often come in the order of the key; the answer to one question has each key once.
    while (m_questions == 1 && m_partners.size() < m_updated.size()) {
        const size_t row = m_partners.size();
        if (!isSameKey(static_cast<qsizetype>(row), m_updated[row]))
            break;
        m_partners.push_back(static_cast<qsizetype>(row));
    }
    return (m_partners.size() == m_updated.size() && m_partners.size() == known) || pairByKey();
}

bool PostgresTold::pairByKey()
{
    SpillIndex byKey; // each once, whatever was answered twice
    const auto hasKey = [this](const QByteArray& key) {
        return [this, &key](qint64 row) { return keyOf(m_old.cells, row, m_shape.key) == key; };
    };
    for (qsizetype row = 0; row < m_old.cells.rows(); ++row) {
        const QByteArray key = keyOf(m_old.cells, row, m_shape.key);
        const quint64 hash = SpillIndex::hashOf(key);
        if (byKey.find(hash, hasKey(key)) == SpillIndex::none)
            byKey.insert(hash, row);
    }
    m_partners = {};
    for (const qsizetype fresh : std::as_const(m_updated)) {
        const QByteArray key = keyOf(m_fresh.cells, fresh, m_shape.key);
        const qint64 partner = byKey.take(SpillIndex::hashOf(key), hasKey(key));
        if (partner == SpillIndex::none)
            return false;
        m_partners.push_back(partner);
    }
    return true;
}

bool PostgresTold::explains(const PostgresRelation& relation)
{
    const auto updated = static_cast<qint64>(m_updated.size());
    if (m_givenUp || relation.oid != m_shape.of || relation.root != 0 || relation.deleted != 0
        || relation.updated != updated || relation.inserted != m_fresh.cells.rows() - updated)
        return false;
    m_paired = m_paired || updated == 0 || pair();
    return m_paired;
}

Row PostgresTold::takeRow(Side& side, qsizetype row)
{
    return row < side.rows.size() ? std::move(side.rows[row]) : side.cells.row(row);
}

/// What is equal on both sides is shared.
Row PostgresTold::rowLike(const Row& known, const Side& ofKnown, qsizetype knownRow, const Side& side, qsizetype row)
{
    Row values;
    values.reserve(side.cells.columns());
    for (int column = 0; column < side.cells.columns(); ++column) {
        const bool isNull = side.cells.isNull(row, column);
        const QByteArrayView text = side.cells.text(row, column);
        if (isNull == ofKnown.cells.isNull(knownRow, column) && text == ofKnown.cells.text(knownRow, column))
            values.append(known.at(column));
        else
            values.append(isNull ? Value() : postgresValue(side.cells.type(column), text));
    }
    return values;
}

PostgresFoundRow PostgresTold::takeUpdated(qsizetype fresh, qsizetype old)
{
    PostgresFoundRow row;
    if (old >= m_old.rows.size() && fresh < m_fresh.rows.size()) { // decoded already
        row.change.after = takeRow(m_fresh, fresh);
        row.change.before = rowLike(row.change.after, m_fresh, fresh, m_old, old);
    } else {
        row.change.before = takeRow(m_old, old);
        row.change.after = rowLike(row.change.before, m_old, old, m_fresh, fresh);
    }
    m_old.cells.passed(old);
    return row;
}

void PostgresTold::take(const std::function<void(PostgresFoundRow&& row)>& each)
{
    qsizetype row = 0;
    size_t updated = 0;
    for (const Part& part : std::as_const(m_parts)) {
        for (; row < part.end; ++row) {
            PostgresFoundRow found;
            if (part.updated) {
                found = takeUpdated(row, m_partners[updated++]);
                found.first = part.touch;
            } else {
                found.change.after = takeRow(m_fresh, row);
                if (!m_places.empty())
                    found.change.rowid = rowidOf(m_shape, m_places[static_cast<size_t>(row)]);
            }
            m_fresh.cells.passed(row);
            found.last = part.touch;
            found.change.change = part.updated ? ChangeKind::Update : ChangeKind::Insert;
            if (!part.updated || found.change.before != found.change.after) // else as if it had not been touched
                each(std::move(found));
        }
    }
    giveUp();
}

} // namespace holdpoint
