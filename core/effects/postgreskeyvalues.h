// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

#include <QHash>

#include <optional>

namespace holdpoint {

/// Values of some columns of changed rows, as PostgreSQL reads them back; a null text is NULL.
using PostgresKeyTexts = QList<QStringList>;

/// As the server reads it back; none where JSON cannot say it.
[[nodiscard]] std::optional<QString> keyText(const Value& value);

/// Which of a changed row's two images.
enum class KeySide {
    Kept, ///< values that stand in changed rows now, and did not before
    Gone ///< values that stood in changed rows and do so no more
};

/// Each once. A value with a NULL refers to nothing and equals nothing, so it is left out, unless `nullsAreEqual`. None
/// if the effects cannot tell: not all rows or columns are in them, or a value that text cannot say.
[[nodiscard]] std::optional<PostgresKeyTexts> changedKeyTexts(const TableEffects& table, const QStringList& columns,
                                                              KeySide side, bool nullsAreEqual = false);

/// How many more rows have each value than before the effects. None: the effects cannot tell.
[[nodiscard]] std::optional<QHash<QStringList, qint64>> keyGains(const TableEffects& table, const QStringList& columns);

inline constexpr qsizetype keysAtOnce = 10000;

/// Those from `first` on, keysAtOnce at most, as one JSON array a column.
[[nodiscard]] QList<Value> keyArrays(const PostgresKeyTexts& keys, qsizetype first, qsizetype columns);

} // namespace holdpoint
