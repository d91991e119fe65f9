// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

#include <QMultiHash>

namespace holdpoint {

/// The keys that SQLite gave to inserted rows at the preview and gives to the same rows now. A table's rowids ascend
/// as rows are inserted, so the first key of then is the first of now, and so on; where their number differs,
/// nothing is known. Other cells may hold copies of such keys: a reference, an audit row, a text.
class KeyCopies
{
public:
    KeyCopies(const TargetEffects& preview, const TargetEffects& now);

    /// No key has moved.
    [[nodiscard]] bool isEmpty() const { return m_moved.isEmpty(); }
    /// Whether the previewed value can be a copy of a key that has moved, or a text with one in it.
    [[nodiscard]] bool mayBeCopy(const Value& preview) const;
    /// Whether the two values differ by keys that have moved, and in nothing else.
    [[nodiscard]] bool isCopy(const Value& preview, const Value& now) const;

private:
    void add(const TableEffects& preview, const TableEffects& now);
    [[nodiscard]] bool isCopy(const QString& preview, const QString& now) const;

    QMultiHash<qint64, qint64> m_moved;
};

} // namespace holdpoint
