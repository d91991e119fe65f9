// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrescells.h"

#include "session/postgresvalues.h"

#include <algorithm>
#include <array>

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
    if (m_width == 0) {
        m_types = types;
        m_width = static_cast<size_t>(types.size());
    }
    if (types != m_types || m_width == 0)
        return false;
    m_cells.reserve(std::max(m_cells.capacity(), m_cells.size() + static_cast<size_t>(answer.rows()) * m_width));
    for (int row = 0; row < answer.rows(); ++row) {
        for (int column = firstColumn; column < answer.columns(); ++column) {
            if (answer.isNull(row, column)) {
                m_cells.push_back({});
                continue;
            }
            const QByteArrayView text = answer.text(row, column);
            m_cells.push_back({ m_bytes.size(), static_cast<int>(text.size()) });
            m_bytes.append(text);
        }
    }
    return true;
}

QByteArrayView PostgresCells::text(qsizetype row, int column) const
{
    const Cell& found = cell(row, column);
    return found.size < 0 ? QByteArrayView() : QByteArrayView(m_bytes.constData() + found.start, found.size);
}

Row PostgresCells::row(qsizetype row) const
{
    Row values;
    values.reserve(columns());
    for (int column = 0; column < columns(); ++column)
        values.append(isNull(row, column) ? Value() : postgresValue(m_types.at(column), text(row, column)));
    return values;
}

} // namespace holdpoint
