// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrescells.h"

#include "session/postgresvalues.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace holdpoint {

namespace {

// bool, bytea (which is read in either form), name, int8, int2, int4, text, oid, json, cidr, macaddr, inet, bpchar,
// varchar, bit, varbit, numeric, uuid, jsonb.
constexpr std::array<quint32, 19> plainTypes { 16,  17,  19,   20,   21,   23,   25,   26,   114, 650,
                                               829, 869, 1042, 1043, 1560, 1562, 1700, 2950, 3802 };

} // namespace

bool printsAlike(quint32 type)
{
    return std::ranges::binary_search(plainTypes, type);
}

bool PostgresCells::add(const PostgresAnswer& answer, int firstColumn)
{
    QList<quint32> types;
    for (int column = firstColumn; column < answer.columns(); ++column)
        types.append(answer.type(column));
    if (m_types.isEmpty())
        m_types = types;
    if (types != m_types || types.isEmpty())
        return false;
    for (int row = 0; row < answer.rows(); ++row) {
        if (!addRow(answer, row, firstColumn))
            return false;
    }
    return true;
}

bool PostgresCells::addRow(const PostgresAnswer& answer, int row, int firstColumn)
{
    const size_t width = static_cast<size_t>(m_types.size()) * sizeof(quint32);
    m_record.assign(width, 0);
    for (int column = 0; column < columns(); ++column) {
        const bool isNull = answer.isNull(row, firstColumn + column);
        const QByteArrayView text = isNull ? QByteArrayView() : answer.text(row, firstColumn + column);
        m_record.append(text.data(), static_cast<size_t>(text.size()));
        if (m_record.size() - width >= nullFlag)
            return false;
        const quint32 end = static_cast<quint32>(m_record.size() - width) | (isNull ? nullFlag : 0);
        std::memcpy(m_record.data() + static_cast<size_t>(column) * sizeof end, &end, sizeof end);
    }
    m_rows.push_back(m_bytes.append(m_record));
    return true;
}

quint32 PostgresCells::end(qsizetype row, int column) const
{
    quint32 end = 0;
    std::memcpy(&end, record(row) + static_cast<size_t>(column) * sizeof end, sizeof end);
    return end;
}

QByteArrayView PostgresCells::text(qsizetype row, int column) const
{
    const quint32 start = column > 0 ? end(row, column - 1) & ~nullFlag : 0;
    const quint32 length = (end(row, column) & ~nullFlag) - start;
    return { record(row) + static_cast<size_t>(columns()) * sizeof start + start, static_cast<qsizetype>(length) };
}

void PostgresCells::passed(qsizetype row) const
{
    const auto place = static_cast<size_t>(row);
    if (place + 1 < m_rows.size() && !SpillBytes::isSamePart(m_rows[place], m_rows[place + 1]))
        m_bytes.passed(m_rows[place]);
}

Value PostgresCells::value(qsizetype row, int column) const
{
    return isNull(row, column) ? Value() : postgresValue(m_types.at(column), text(row, column));
}

Row PostgresCells::row(qsizetype row) const
{
    Row values;
    values.reserve(columns());
    for (int column = 0; column < columns(); ++column)
        values.append(value(row, column));
    return values;
}

} // namespace holdpoint
