// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sqliteconnection.h"

#include "session/sqliteerror.h"
#include "session/sqlitevalue.h"

#include <QScopeGuard>

#include <algorithm>

#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

SqliteConnection::SqliteConnection(Target target, ConnectionOptions options, QSqlDatabase database, sqlite3* handle)
    : m_target(std::move(target))
    , m_options(options)
    , m_database(std::move(database))
    , m_handle(handle)
    , m_limits(std::make_unique<SqliteLimits>(handle, options.statementTimeout, options.lockTimeout))
    , m_statements(std::make_unique<SqliteStatements>(handle))
{
}

SqliteConnection::~SqliteConnection()
{
    if (inTransaction())
        m_database.rollback();
    m_statements.reset();
    m_limits.reset();
    const QString name = m_database.connectionName();
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(name);
}

Result<std::unique_ptr<Connection>> SqliteConnection::openSibling()
{
    return openSqlite(m_target, m_options);
}

Result<Rowset> SqliteConnection::query(const Statement& statement)
{
    constexpr int mostAttempts = 36; // about a second
    auto rows = rowsOf(statement, false, {});
    for (int attempt = 0; !rows && isOthersJournal(rows.error().nativeCode) && attempt < mostAttempts; ++attempt) {
        sqlite3_sleep(1 << std::min(attempt, 5));
        rows = rowsOf(statement, false, {});
    }
    return rows;
}

Result<Rowset> SqliteConnection::queryGuarded(const Statement& statement, const BeforeRunning& before)
{
    return rowsOf(statement, true, before);
}

Result<SqliteActions> SqliteConnection::actionsOf(const QByteArray& text, bool guarded)
{
    const auto compiled = m_statements->prepare(text, guarded);
    if (!compiled)
        return compiled.error();
    return (*compiled)->actions;
}

void SqliteConnection::submit(const Statement& statement, ResultSink sink)
{
    sink(query(statement));
}

Result<void> SqliteConnection::stream(const Statement& statement, const std::function<Result<void>(Row)>& row)
{
    const auto done = run(statement, false, {}, nullptr, [&](sqlite3_stmt* handle) { return row(sqliteRow(handle)); });
    return done ? Result<void>() : done.error();
}

Result<Rowset> SqliteConnection::rowsOf(const Statement& statement, bool guarded, const BeforeRunning& before)
{
    Rowset result;
    const auto affected = run(statement, guarded, before, &result.columns, [&](sqlite3_stmt* handle) -> Result<void> {
        result.rows.append(sqliteRow(handle));
        return {};
    });
    if (!affected)
        return affected.error();
    result.affected = *affected;
    return result;
}

Result<qint64> SqliteConnection::run(const Statement& statement, bool guarded, const BeforeRunning& before,
                                     QStringList* columns, const RowSink& row)
{
    if (const auto may = mayRun(statement.text); !may)
        return may.error();
    m_limits->statementStarts();
    auto compiled = m_statements->prepare(statement.text, guarded);
    if (!compiled)
        return explained(compiled.error());
    const std::shared_ptr<SqlitePrepared> prepared = std::move(compiled).value();
    prepared->inUse = true;
    const auto release = qScopeGuard([&] {
        sqlite3_reset(prepared->handle);
        sqlite3_clear_bindings(prepared->handle);
        prepared->inUse = false;
    });
    if (const auto bound = m_statements->bind(*prepared, statement.parameters); !bound)
        return bound.error();
    if (before) {
        if (const auto ready = before(prepared->actions); !ready)
            return explained(ready.error());
    }
    if (const auto stepped = stepAll(*prepared, row); !stepped)
        return stepped.error();
    // Read after the last step: a schema change while it ran may have compiled the statement again.
    const int count = columns ? sqlite3_column_count(prepared->handle) : 0;
    for (int column = 0; column < count; ++column)
        columns->append(QString::fromUtf8(sqlite3_column_name(prepared->handle, column)));
    if (prepared->actions.changesSchema) {
        m_changesSchema = true;
        m_statements->forget();
    }
    const bool changes = prepared->actions.changesRows && !prepared->actions.changesSchema;
    return changes ? sqlite3_changes64(m_handle) : 0;
}

Result<void> SqliteConnection::stepAll(SqlitePrepared& prepared, const RowSink& row)
{
    while (true) {
        const int code = m_statements->step(prepared);
        if (code == SQLITE_DONE)
            return {};
        if (code != SQLITE_ROW)
            return failure(prepared.text);
        if (const auto taken = row(prepared.handle); !taken)
            return taken.error();
    }
}

Result<void> SqliteConnection::mayRun(const QByteArray& text) const
{
    Error error;
    if (m_limits->isCancelled())
        error = makeError(ErrorKind::Cancelled, u"cancelled before the statement ran"_s);
    else if (lostTransaction())
        error = makeError(ErrorKind::Statement, u"not run: SQLite has already rolled the transaction back"_s);
    else
        return {};
    error.statement = QString::fromUtf8(text);
    return error;
}

Error SqliteConnection::failure(const QByteArray& text) const
{
    return explained(sqliteError(m_handle, text));
}

Error SqliteConnection::explained(Error error) const
{
    const int primary = error.nativeCode & 0xff;
    if (primary == SQLITE_INTERRUPT && m_limits->statementTimedOut()) {
        error.kind = ErrorKind::Timeout;
        error.message
            = u"the statement ran longer than %1 ms and was stopped"_s.arg(m_options.statementTimeout.count());
        error.hint = u"Raise the statement time-out, or change fewer rows at once."_s;
    } else if (m_limits->isCancelled() && (primary == SQLITE_INTERRUPT || primary == SQLITE_BUSY)) {
        error.kind = ErrorKind::Cancelled;
        error.message = u"cancelled"_s;
        error.hint.clear();
    }
    if (lostTransaction())
        error.detail = u"SQLite ended the whole transaction with this error: everything in it was rolled back."_s;
    return error;
}

Result<void> SqliteConnection::execute(const char* text)
{
    const auto done = query({ QByteArray(text), {} });
    return done ? Result<void>() : done.error();
}

Cancellation::Registration SqliteConnection::cancelWith(const Cancellation& cancellation)
{
    return m_limits->cancelWith(cancellation);
}

QByteArray SqliteConnection::quoted(const QString& identifier) const
{
    return '"' + identifier.toUtf8().replace('"', "\"\"") + '"';
}

QByteArray SqliteConnection::placeholder(int position) const
{
    return '?' + QByteArray::number(position);
}

} // namespace holdpoint
