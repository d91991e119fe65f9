// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"

#include <QByteArrayView>

#include <functional>
#include <optional>

namespace holdpoint {

/// Where a version of a row stands in its table (its ctid): sorts as the table is laid out. 0 is no place.
using PostgresPlace = quint64;

[[nodiscard]] PostgresPlace placeOf(QByteArrayView ctid);
[[nodiscard]] PostgresPlace placeOn(qint64 page, quint16 number);
[[nodiscard]] qint64 pageOf(PostgresPlace place);
[[nodiscard]] QByteArray ctidOf(PostgresPlace place);

/// The literal of a one-dimensional array, made element by element.
class PostgresArray
{
public:
    void append(QByteArrayView text);
    void append(PostgresPlace place) { append(QByteArrayView(ctidOf(place))); }
    /// Of a value that PostgreSQL gave; not NULL.
    void append(const Value& value);
    [[nodiscard]] bool isEmpty() const { return m_elements.isEmpty(); }
    /// The next elements belong in another one: while a question is sent its arrays are in memory several times. From
    /// the memory limit of SpillFile.
    [[nodiscard]] bool isFull() const;
    [[nodiscard]] Value literal() const;

private:
    QByteArray m_elements;
};

/// Literals of one array after the other, none after the last, each made when it is its turn.
using PostgresArrays = std::function<std::optional<Value>()>;
/// So many places in arrays that are not large. What `placeAt` needs must live until the last one.
[[nodiscard]] PostgresArrays arraysOf(size_t count, std::function<PostgresPlace(size_t)> placeAt);

} // namespace holdpoint
