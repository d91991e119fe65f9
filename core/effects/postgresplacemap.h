// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresplaces.h"
#include "effects/spillvector.h"

#include <optional>

namespace holdpoint {

using PostgresPlaces = SpillVector<PostgresPlace>;

/// Numbers by place; past a limit they are in a temporary file. Much may be inserted, then much looked for: it is put
/// in order in between.
class PostgresPlaceMap
{
public:
    /// The least number of a place counts.
    void insert(PostgresPlace place, qsizetype number = 0) { m_entries.push_back({ place, number }); }
    [[nodiscard]] qsizetype size() const;
    [[nodiscard]] bool contains(PostgresPlace place) const { return find(place).has_value(); }
    [[nodiscard]] std::optional<qsizetype> find(PostgresPlace place) const;
    /// The number of the place at this position, in the order of the places.
    [[nodiscard]] qsizetype at(qsizetype position) const;

private:
    struct Entry
    {
        PostgresPlace place;
        qsizetype number;
    };
    void settle() const;

    mutable SpillVector<Entry> m_entries; // those before m_settled in order, each place once
    mutable size_t m_settled = 0;
};

} // namespace holdpoint
