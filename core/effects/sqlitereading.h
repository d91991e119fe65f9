// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>

#include <memory>

struct sqlite3;
struct sqlite3_stmt;

namespace holdpoint {

/// A query of our own, straight on the handle: it may be used within SQLite's hooks, where a Connection may not.
class SqliteReading
{
public:
    SqliteReading() = default;
    SqliteReading(sqlite3* handle, const QByteArray& text);

    [[nodiscard]] sqlite3_stmt* statement() const { return m_statement.get(); }
    [[nodiscard]] bool isPrepared() const { return m_statement != nullptr; }
    /// The next row; false at the end, and after an error.
    [[nodiscard]] bool next();
    [[nodiscard]] bool failed() const;
    /// The error of a failed reading. Ask before the handle does anything else.
    [[nodiscard]] Error error() const;
    /// Ready to be run again, with its parameters unbound.
    void rewind();

    [[nodiscard]] QByteArray bytes(int column) const;
    [[nodiscard]] QString text(int column) const { return QString::fromUtf8(bytes(column)); }
    [[nodiscard]] qint64 integer(int column) const;
    [[nodiscard]] bool isNull(int column) const;

private:
    struct Deleter
    {
        void operator()(sqlite3_stmt* statement) const;
    };
    sqlite3* m_handle = nullptr;
    QByteArray m_text;
    std::unique_ptr<sqlite3_stmt, Deleter> m_statement;
    int m_code = 0;
};

[[nodiscard]] QByteArray quotedSqlite(const QByteArray& name);

} // namespace holdpoint
