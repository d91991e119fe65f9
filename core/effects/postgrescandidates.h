// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/namedvalue.h"
#include "effects/postgresplacemap.h"
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
    /// The values of each column of the key, so many at a time as one question may ask about.
    [[nodiscard]] const QList<QList<PostgresArray>>& keys() const { return m_keys; }

private:
    PostgresPlaces m_written;
    PostgresPlaces m_deleted;
    std::optional<QStringList> m_key;
    QList<QList<PostgresArray>> m_keys;
};

/// By schema and table.
using PostgresCandidateTables = std::map<std::pair<QString, QString>, PostgresCandidates>;

} // namespace holdpoint
