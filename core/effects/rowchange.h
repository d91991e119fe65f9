// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"

#include <optional>
#include <tuple>

namespace holdpoint {

enum class ChangeKind { Insert, Update, Delete };
[[nodiscard]] QLatin1StringView changeName(ChangeKind change); ///< "update"

enum class Origin { Direct, Indirect };

/// The net change of one row: `before` and `after` hold all columns in the order of
/// TableEffects::columns; an insert has no before, a delete no after.
struct RowChange
{
    ChangeKind change = ChangeKind::Update;
    Origin origin = Origin::Direct;
    std::optional<int> command; ///< index in the batch of the command that caused it; none if it cannot be known
    Row before;
    Row after;
    QString partition; ///< the partition that holds it, for rows shown under the root
    QList<int> volatileColumns; ///< indexes of columns whose new value differs between two runs of the same batch
    bool assignedKey = false; ///< SQLite gave the key: it is the rowid that came next; its column is volatile
    /// SQLite, of a table whose rowid is no column: where the row stands, or stood before it was deleted. PostgreSQL,
    /// of a table without a primary key: the place (PostgresPlace) where the batch left it.
    std::optional<qint64> rowid;
    std::optional<qint64> formerRowid; ///< SQLite, of an updated row that stood elsewhere before

    /// Where the row stood before, if that is known.
    [[nodiscard]] std::optional<qint64> rowidBefore() const { return formerRowid ? formerRowid : rowid; }
    /// The rowids are no part of what happened: the same batch may meet or give others.
    friend bool operator==(const RowChange& left, const RowChange& right)
    {
        const auto effect = [](const RowChange& row) {
            return std::tie(row.change, row.origin, row.command, row.before, row.after, row.partition,
                            row.volatileColumns, row.assignedKey);
        };
        return effect(left) == effect(right);
    }
};

} // namespace holdpoint
