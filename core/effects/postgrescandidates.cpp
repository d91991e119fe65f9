// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrescandidates.h"

#include <algorithm>

namespace holdpoint {

void PostgresCandidates::add(const PostgresAnswer& answer, int placeColumn, const QList<int>& keyColumns, Wrote wrote,
                             const QStringList& key)
{
    if (!m_key)
        m_key = key;
    const bool keyed = wrote == Wrote::Updated && m_key == key && !key.isEmpty();
    for (int row = 0; row < answer.rows(); ++row) {
        PostgresPlaces& places = wrote == Wrote::Deleted ? m_deleted : m_written;
        places.push_back(placeOf(answer.text(row, placeColumn)));
        if (!keyed)
            continue;
        if (m_keys.isEmpty() || std::ranges::any_of(m_keys.constLast(), &PostgresArray::isFull))
            m_keys.append(QList<PostgresArray>(key.size()));
        for (int i = 0; i < key.size(); ++i)
            m_keys.last()[i].append(answer.text(row, keyColumns.at(i)));
    }
}

} // namespace holdpoint
