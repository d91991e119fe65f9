// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/namedvalue.h"
#include "effects/postgresplacemap.h"
#include "effects/spillbytes.h"
#include "session/postgresanswer.h"

#include <map>
#include <optional>

namespace holdpoint {

/// What the direct statements of a batch told of the rows of one table: places of versions that they wrote, places of
/// versions that they deleted, and the keys of what they updated. Hints where to look, no more.
class PostgresCandidates
{
public:
    enum class Wrote { Inserted, Updated, Deleted };
    /// The columns of the answer that hold the place and the key, if there is one.
    void add(const PostgresAnswer& answer, int placeColumn, const QList<int>& keyColumns, Wrote wrote,
             const QStringList& key);

    [[nodiscard]] const PostgresPlaces& written() const { return m_written; }
    [[nodiscard]] const PostgresPlaces& deleted() const { return m_deleted; }
    [[nodiscard]] QStringList key() const { return m_key.value_or(QStringList()); }
    /// How many rows told their key.
    [[nodiscard]] size_t toldKeys() const { return m_keyPlaces.size(); }
    /// What PostgreSQL gave as the value of a column of the key.
    [[nodiscard]] QByteArrayView keyText(size_t row, qsizetype column) const;

private:
    PostgresPlaces m_written;
    PostgresPlaces m_deleted;
    std::optional<QStringList> m_key;
    SpillBytes m_keyTexts; // of each row one after the other, packed
    SpillVector<SpillBytes::Place> m_keyPlaces;
};

/// By schema and table.
using PostgresCandidateTables = std::map<std::pair<QString, QString>, PostgresCandidates>;

} // namespace holdpoint
