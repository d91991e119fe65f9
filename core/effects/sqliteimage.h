// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/rowview.h"
#include "effects/spillbytes.h"

struct sqlite3_stmt;
struct sqlite3_value;

namespace holdpoint {

/// Rows as SQLite gave them, packed as effects are: two images of equal bytes are equal rows.
/// Made to be filled within SQLite's hooks, where every microsecond counts.
class SqliteImages
{
public:
    using Place = qint64;
    static constexpr Place nowhere = -1;

    /// Begins an image; add() its values one by one. One that does not come to its end is forgotten.
    void begin() { m_image = &m_bytes.begin(); }
    void add(sqlite3_value* value);
    [[nodiscard]] Place end() { return static_cast<Place>(m_bytes.end()); }
    /// The columns of the statement's current row, from `first`.
    [[nodiscard]] Place addRow(sqlite3_stmt* statement, int first);

    /// The bytes of `count` values.
    [[nodiscard]] std::string_view image(Place place, qsizetype count) const;
    /// The bytes of the value `index` of an image.
    [[nodiscard]] std::string_view value(Place place, qsizetype index) const;
    [[nodiscard]] PackedRow row(Place place, qsizetype count) const { return { count, image(place, count) }; }

    /// The bytes of one value, with whole REALs as INTEGERs: SQLite takes 1 and 1.0 for the same key.
    static void appendKey(QByteArray& key, sqlite3_value* value);
    [[nodiscard]] static bool isNull(std::string_view value) { return packed::markOf(value) == packed::Mark::Null; }
    /// Binds a value's bytes to a parameter; they must live until the statement is reset.
    [[nodiscard]] static int bind(sqlite3_stmt* statement, int position, std::string_view value);

private:
    SpillBytes m_bytes;
    std::string* m_image = nullptr; // the one that is begun
};

} // namespace holdpoint
