// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrescandidates.h"

#include "effects/packedvalue.h"

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
        std::string& texts = m_keyTexts.begin();
        for (int i = 0; i < key.size(); ++i) {
            const QByteArrayView text = answer.text(row, keyColumns.at(i));
            packed::appendContent(texts, packed::Mark::Text, text.data(), static_cast<size_t>(text.size()));
        }
        m_keyPlaces.push_back(m_keyTexts.end());
    }
}

QByteArrayView PostgresCandidates::keyText(size_t row, qsizetype column) const
{
    const std::string_view text = packed::contentOf(packed::valueAt(m_keyTexts.at(m_keyPlaces[row]), column));
    return { text.data(), static_cast<qsizetype>(text.size()) };
}

} // namespace holdpoint
