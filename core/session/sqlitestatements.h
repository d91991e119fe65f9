// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "session/sqliteauthorizer.h"
#include "session/statement.h"

#include <QHash>

#include <list>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace holdpoint {

/// One compiled statement and what its compiler said of it.
struct SqlitePrepared
{
    SqlitePrepared() = default;
    SqlitePrepared(const SqlitePrepared&) = delete;
    SqlitePrepared& operator=(const SqlitePrepared&) = delete;
    ~SqlitePrepared();

    QByteArray text;
    sqlite3_stmt* handle = nullptr;
    SqliteActions actions;
    std::vector<std::string> texts; // of its parameters, as they are bound
    bool guarded = false;
    bool inUse = false;
};

/// The compiled statements of one connection, the latest ones kept by their text.
/// Holds the authorizer: guarded statements are compiled, and compiled again after a schema change, under
/// the operator's guard. All statements must be let go before the handle closes.
class SqliteStatements
{
public:
    explicit SqliteStatements(sqlite3* handle);
    SqliteStatements(const SqliteStatements&) = delete;
    SqliteStatements& operator=(const SqliteStatements&) = delete;
    ~SqliteStatements();

    /// Exactly one statement, or an error that names the place.
    [[nodiscard]] Result<std::shared_ptr<SqlitePrepared>> prepare(const QByteArray& text, bool guarded);
    /// Binds all parameters; their number must be the statement's. They must live until the statement is reset.
    [[nodiscard]] Result<void> bind(SqlitePrepared& prepared, const QList<Value>& parameters);
    /// sqlite3_step() under the statement's guard.
    [[nodiscard]] int step(SqlitePrepared& prepared);

    /// After a change of the schema: what was said of the kept statements is no longer true of them. Those in use go
    /// on.
    void forget();

private:
    using Key = std::pair<QByteArray, bool>;
    using Kept = std::list<std::shared_ptr<SqlitePrepared>>;

    static int authorize(void* self, int action, const char* first, const char* second, const char* database,
                         const char* within);
    [[nodiscard]] std::shared_ptr<SqlitePrepared> kept(const Key& key);
    [[nodiscard]] Result<std::shared_ptr<SqlitePrepared>> compile(const QByteArray& text, bool guarded);
    [[nodiscard]] Result<void> refuseFurther(const QByteArray& text, qsizetype from);
    void keep(const std::shared_ptr<SqlitePrepared>& prepared);

    sqlite3* m_handle;
    Kept m_kept; // the latest used first
    QHash<Key, Kept::iterator> m_byText;
    SqliteActions m_actions; // of the statement that is being compiled
    bool m_guarded = false;
};

} // namespace holdpoint
