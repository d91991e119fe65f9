// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"

#include <string>
#include <string_view>

struct sqlite3_stmt;
struct sqlite3_value;

namespace holdpoint {

/// Rows as SQLite gave them, packed one after the other: two images of equal bytes are equal rows.
/// Made to be filled within SQLite's hooks, where every microsecond counts; Values are made only of what is shown.
class SqliteImages
{
public:
    using Place = qint64;
    static constexpr Place nowhere = -1;

    void reserve(size_t bytes) { m_bytes.reserve(bytes); }
    /// Begins an image; add() its values one by one.
    [[nodiscard]] Place start() const { return static_cast<Place>(m_bytes.size()); }
    void add(sqlite3_value* value);
    void addInteger(qint64 value);
    /// The columns of the statement's current row, from `first`.
    [[nodiscard]] Place addRow(sqlite3_stmt* statement, int first);
    /// Forgets everything from `place` on.
    void cut(Place place) { m_bytes.resize(static_cast<size_t>(place)); }

    /// The bytes of `count` values.
    [[nodiscard]] std::string_view image(Place place, qsizetype count) const;
    /// The bytes of the value `index` of an image.
    [[nodiscard]] std::string_view value(Place place, qsizetype index) const;
    [[nodiscard]] Row row(Place place, qsizetype count) const;
    /// The same row where it has the same bytes as the image at `earlier`, whose values are `like`.
    [[nodiscard]] Row row(Place place, Place earlier, const Row& like) const;

    /// The bytes of one value, with whole REALs as INTEGERs: SQLite takes 1 and 1.0 for the same key.
    static void appendKey(QByteArray& key, sqlite3_value* value);
    [[nodiscard]] static Value decoded(std::string_view value);
    [[nodiscard]] static bool isNull(std::string_view value);
    /// Binds a value's bytes to a parameter; they must live until the statement is reset.
    [[nodiscard]] static int bind(sqlite3_stmt* statement, int position, std::string_view value);
    /// How long the first value of `bytes` is.
    [[nodiscard]] static size_t length(std::string_view bytes);

private:
    std::string m_bytes;
};

} // namespace holdpoint
