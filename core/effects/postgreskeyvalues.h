// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "effects/dangling.h"
#include "effects/effects.h"
#include "effects/postgresrelation.h"

#include <QHash>
#include <QSet>

#include <functional>
#include <optional>

namespace holdpoint {

/// Values of some columns of changed rows, as PostgreSQL reads them back; a null text is NULL.
using PostgresKeyTexts = QList<QStringList>;

/// The changed table that is shown under this name; null: there is none.
[[nodiscard]] const TableEffects* shownTable(const TargetEffects& effects, const TableName& name);

/// As the server reads it back; none where JSON cannot say it.
[[nodiscard]] std::optional<QString> keyText(const Value& value);

/// Which of a changed row's two images.
enum class KeySide {
    Kept, ///< values that stand in changed rows now, and did not before
    Gone ///< values that stood in changed rows and do so no more
};

/// Some columns of the changed rows' one side, handed over in lists of keysAtOnce at most, each value once in its
/// list. A value with a NULL refers to nothing and equals nothing, so it is left out, unless `nullsAreEqual`. False:
/// the effects cannot tell, as not all rows or columns are in them, or text cannot say a value. An error is that of
/// `take`.
[[nodiscard]] Result<bool> changedKeyTexts(const TableEffects& table, const QStringList& columns, KeySide side,
                                           bool nullsAreEqual,
                                           const std::function<Result<void>(const PostgresKeyTexts& keys)>& take);
/// Whether one of these columns has such a value, in one pass.
[[nodiscard]] bool changesAnyOf(const TableEffects& table, const QStringList& columns, KeySide side);

/// Of each changed table whose `referring` or `referred` columns have such a value, the id under which it is shown.
[[nodiscard]] QList<qint64> tablesChanging(const QList<PostgresRelation>& relations, const TargetEffects& effects,
                                           QStringList PostgresRelation::*columns, KeySide side);

using PostgresKeyCounts = QHash<QStringList, qint64>;
/// How many more rows have each of these values than before the effects. None: the effects cannot tell.
[[nodiscard]] std::optional<PostgresKeyCounts> keyGains(const TableEffects& table, const QStringList& columns,
                                                        const QSet<QStringList>& values);

inline constexpr qsizetype keysAtOnce = 10000;

/// One JSON array a column.
[[nodiscard]] QList<Value> keyArrays(const PostgresKeyTexts& keys, qsizetype columns);
/// What the first columns of an answer to them say.
[[nodiscard]] QStringList keyIn(const Row& row, qsizetype columns);

/// As danglingTexts() has them, in the order of their texts.
[[nodiscard]] QList<DanglingValue> danglingValues(const PostgresKeyCounts& rows);

} // namespace holdpoint
