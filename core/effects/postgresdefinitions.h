// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace holdpoint::postgres {

/// Kind of object and oid of every object whose catalog rows changed. "@changed@" stands for the condition on one
/// catalog row, in which "@." stands for it.
extern const QByteArray changedObjects;

// Queries of name and definition of one object, $1 its oid, for a kind that changedObjects gives.

/// For people. It is written by code that locks the tables behind the object.
[[nodiscard]] QByteArray definitions(const QString& kind);
/// Only to be compared with that of the other world; takes no lock.
[[nodiscard]] QByteArray rawDefinitions(const QString& kind);

} // namespace holdpoint::postgres
