// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "effects/spillvector.h"

#include <memory>

namespace holdpoint {

/// Keys of the preview that are others now, in ascending order.
class MovedKeys
{
public:
    /// Both sorted, as many of each: key i of then is key i of today.
    MovedKeys(const SpillVector<qint64>& then, const SpillVector<qint64>& today);

    [[nodiscard]] bool isEmpty() const { return m_keys.empty(); }
    [[nodiscard]] bool contains(qint64 then) const;
    [[nodiscard]] bool contains(qint64 then, qint64 today) const;

private:
    struct Key
    {
        qint64 then = 0;
        qint64 today = 0;
        friend auto operator<=>(const Key&, const Key&) = default;
    };
    SpillVector<Key> m_keys;
};

/// Which cells of one table may hold copies of keys that have moved: a reference, an audit row, a text.
class TableKeyCopies
{
public:
    /// No key has moved that could have been copied into this table.
    [[nodiscard]] bool isEmpty() const { return m_moved.isEmpty(); }
    /// Whether the previewed value can be a copy of a key that has moved, or a text with one in it.
    [[nodiscard]] bool mayBeCopy(int column, const Value& preview) const;
    /// Whether the two values differ by keys that have moved, and in nothing else.
    [[nodiscard]] bool isCopy(int column, const Value& preview, const Value& now) const;

    void add(int column, const std::shared_ptr<const MovedKeys>& moved);

private:
    QHash<int, QList<std::shared_ptr<const MovedKeys>>> m_moved; // by column
};

/// The keys that SQLite gave to inserted rows at the preview and gives to the same rows now, rowids that are no column
/// among them. A table's rowids ascend as rows are inserted, so the first key of then is the first of now, and so on;
/// where their number differs, nothing is known.
class KeyCopies
{
public:
    KeyCopies(const TargetEffects& preview, const TargetEffects& now);

    /// By what `now`, a table of now, says of its columns (TableEffects::keySources).
    [[nodiscard]] TableKeyCopies in(const TableEffects& now) const;

private:
    QHash<TableName, std::shared_ptr<const MovedKeys>> m_moved;
};

} // namespace holdpoint
