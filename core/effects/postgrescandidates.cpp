// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrescandidates.h"

namespace holdpoint {

void PostgresCandidates::add(const PostgresAnswer& answer, int placeColumn, const QList<int>& keyColumns, Wrote wrote,
                             const QStringList& key)
{
    if (m_keys.isEmpty()) {
        m_key = key;
        m_keys.resize(key.size());
    }
    const bool keyed = wrote == Wrote::Updated && m_key == key;
    for (int row = 0; row < answer.rows(); ++row) {
        PostgresPlaces& places = wrote == Wrote::Deleted ? m_deleted : m_written;
        places.push_back(placeOf(answer.text(row, placeColumn)));
        for (int i = 0; keyed && i < key.size(); ++i)
            m_keys[i].append(answer.text(row, keyColumns.at(i)));
    }
}

} // namespace holdpoint
