// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"

#include <QByteArray>
#include <QList>

struct sqlite3;

namespace holdpoint {

/// One connection to a SQLite file by the plain C API: the differential test's own eyes, nothing of the product in it
/// but the type of a value.
class SqliteFile
{
public:
    explicit SqliteFile(const QString& path);
    ~SqliteFile();
    Q_DISABLE_COPY_MOVE(SqliteFile)

    /// Runs all statements of a text; the error, empty if there is none.
    [[nodiscard]] QByteArray run(const QByteArray& sql);
    /// The rows of one query; an error ends the test program, as every query here is the test's own.
    [[nodiscard]] QList<Row> rows(const QByteArray& sql);
    /// The first column of the rows.
    [[nodiscard]] QByteArrayList texts(const QByteArray& sql);
    [[nodiscard]] qint64 number(const QByteArray& sql);
    [[nodiscard]] bool inTransaction() const;
    /// Rows that this connection has changed so far.
    [[nodiscard]] int totalChanges() const;
    /// And foreign keys.
    void suppressTriggers();

private:
    sqlite3* m_handle = nullptr;
};

[[nodiscard]] QByteArray sqliteQuoted(const QByteArray& name); ///< an identifier
[[nodiscard]] QByteArray sqliteLiteral(const Value& value);

} // namespace holdpoint
