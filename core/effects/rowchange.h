// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"

#include <optional>

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
    friend bool operator==(const RowChange&, const RowChange&) = default;
};

} // namespace holdpoint
