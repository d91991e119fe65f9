// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

#include <QByteArray>
#include <QHash>

namespace holdpoint {

/// The values of some columns of a row as bytes that are equal where a foreign key takes them as equal;
/// empty if one is NULL, or if the row is.
[[nodiscard]] QByteArray keyBytes(const Row& row, const QList<int>& columns);

/// Which row change an undo takes a key away with, and which brings it back. Rows are numbered from `first`.
class KeyChanges
{
public:
    KeyChanges(const TableEffects& table, const QList<int>& columns, int first);

    static constexpr int none = -1;
    [[nodiscard]] int broughtBackBy(const QByteArray& key) const { return m_broughtBack.value(key, none); }
    [[nodiscard]] int takenAwayBy(const QByteArray& key) const { return m_takenAway.value(key, none); }
    [[nodiscard]] bool isEmpty() const { return m_broughtBack.isEmpty() && m_takenAway.isEmpty(); }
    [[nodiscard]] const QHash<QByteArray, int>& broughtBack() const { return m_broughtBack; }

private:
    QHash<QByteArray, int> m_broughtBack;
    QHash<QByteArray, int> m_takenAway;
};

} // namespace holdpoint
