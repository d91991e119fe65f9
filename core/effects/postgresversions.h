// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgrescells.h"
#include "effects/postgresfoundrows.h"
#include "effects/postgresplacemap.h"
#include "effects/postgresrelation.h"

namespace holdpoint {

/// Versions of the rows of one table, as the server sent them; past a limit they are in a temporary file. Numbered in
/// the order in which they came. Those that are kept are also known by their place.
class PostgresVersions
{
public:
    /// Takes rows of a question that asks for versions (postgresversionquestions.h). `taken`: an error if they have
    /// other columns than those before. Both must live until the answer is there.
    [[nodiscard]] PostgresLook look(Result<void>& taken);

    [[nodiscard]] qsizetype size() const { return static_cast<qsizetype>(m_heads.size()); }
    [[nodiscard]] PostgresPlace place(qsizetype version) const { return head(version).place; }
    [[nodiscard]] const PostgresTouch& touch(qsizetype version) const { return head(version).touch; }
    [[nodiscard]] Row row(qsizetype version) const;
    [[nodiscard]] Value value(qsizetype version, int column) const { return m_cells.value(version, column); }
    /// The places of these, which must live as long as what it gives.
    [[nodiscard]] PostgresArrays places(const SpillVector<qsizetype>& versions) const;

    /// Where the newest version of the same row is.
    [[nodiscard]] PostgresPlace successor(qsizetype version) const { return head(version).successor; }
    void setSuccessor(qsizetype version, PostgresPlace place)
    {
        m_heads[static_cast<size_t>(version)].successor = place;
    }

    void keep(qsizetype version) { m_kept.insert(place(version), version); }
    /// Each place once.
    [[nodiscard]] const PostgresPlaceMap& kept() const { return m_kept; }

private:
    struct Head
    {
        PostgresPlace place;
        PostgresPlace successor;
        PostgresTouch touch;
    };
    [[nodiscard]] bool add(const PostgresAnswer& answer);
    [[nodiscard]] const Head& head(qsizetype version) const { return m_heads[static_cast<size_t>(version)]; }

    SpillVector<Head> m_heads;
    PostgresCells m_cells;
    PostgresPlaceMap m_kept;
};

/// Rows of one table out of the versions that only the old world sees, which know their successors, and those that only
/// the batch sees: of both what is kept.
[[nodiscard]] PostgresFoundRows pairVersions(const PostgresShape& shape, const PostgresVersions& old,
                                             const PostgresVersions& fresh);

/// What will find the row again where no key names it.
[[nodiscard]] std::optional<qint64> rowidOf(const PostgresShape& shape, PostgresPlace place);

} // namespace holdpoint
