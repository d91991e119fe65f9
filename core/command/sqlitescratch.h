// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/sqliteauthorizer.h"

#include <memory>

struct sqlite3;
struct sqlite3_stmt;

namespace holdpoint {

struct SqliteStatementDeleter
{
    void operator()(sqlite3_stmt* statement) const;
};
using SqliteStatementPtr = std::unique_ptr<sqlite3_stmt, SqliteStatementDeleter>;

/// What SQLite's compiler said of a text: the statement or its error, and what it would do.
struct SqliteVerdict
{
    SqliteStatementPtr statement;
    int code = 0;
    QString message;
    int offset = -1; ///< in bytes, of the error; -1 if unknown
    qsizetype end = 0; ///< where the statement ends, in bytes
    bool anyAction = false; ///< the authorizer was asked at all
    SqliteActions actions; ///< with the operator's guard
    enum class Rows { None, Inserted, Updated, Deleted };
    Rows rows = Rows::None; ///< what it does itself, before triggers
    QString written; ///< the table that `rows` is about
};

/// An empty database in memory to compile statements in. One thread.
class SqliteScratch
{
public:
    SqliteScratch();
    SqliteScratch(const SqliteScratch&) = delete;
    SqliteScratch& operator=(const SqliteScratch&) = delete;
    ~SqliteScratch();

    [[nodiscard]] SqliteVerdict compile(const QByteArray& text);
    /// The names of the virtual machine's instructions of the text, by EXPLAIN.
    [[nodiscard]] QList<QByteArray> opcodes(const QByteArray& text);
    /// Runs our own text; false if SQLite refuses it.
    bool run(const QByteArray& text);

private:
    static int authorize(void* self, int action, const char* first, const char* second, const char* database,
                         const char* trigger);

    sqlite3* m_handle = nullptr;
    SqliteVerdict* m_verdict = nullptr; // of the text that is being compiled; null for our own
};

} // namespace holdpoint
