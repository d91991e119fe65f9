// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/postgresconnection.h"
#include "session/postgresconninfo.h"
#include "session/postgreswire.h"

#include <QSqlDriver>
#include <QSqlError>

#include <atomic>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr int oldestServer = 130000; // pg_current_xact_id(), pg_xact_status() on xid8

QString uniqueName()
{
    static std::atomic<quint64> count = 0;
    return u"holdpoint-postgres-%1"_s.arg(++count);
}

void remove(QSqlDatabase& database)
{
    const QString name = database.connectionName();
    database = QSqlDatabase();
    QSqlDatabase::removeDatabase(name);
}

Error unreachable(const Target& target, const QString& why)
{
    return makeError(ErrorKind::Unreachable, u"%1: %2"_s.arg(target.name, why.trimmed()));
}

Result<void> connect(QSqlDatabase& database, const Target& target, SecretSource* secrets)
{
    if (!database.isValid())
        return unreachable(target, u"Qt's PostgreSQL driver (QPSQL) is not installed"_s);
    if (auto applied = applyConninfo(database, target.address); !applied)
        return applied;
    if (database.open())
        return {};
    const QString refusal = database.lastError().databaseText();
    if (secrets == nullptr || !database.password().isEmpty() || !needsPassword(target.address))
        return unreachable(target, refusal);
    const std::optional<QString> password = secrets->password(target);
    if (!password)
        return unreachable(target, refusal);
    database.setPassword(*password);
    const bool opened = database.open();
    database.setPassword({});
    if (!opened)
        return unreachable(target, database.lastError().databaseText());
    return {};
}

QByteArray milliseconds(std::chrono::milliseconds time)
{
    return QByteArray::number(static_cast<qint64>(time.count()));
}

} // namespace

Result<std::unique_ptr<Connection>> openPostgres(const Target& target, const ConnectionOptions& options,
                                                 std::shared_ptr<SecretSource> secrets)
{
    QSqlDatabase database = QSqlDatabase::addDatabase(u"QPSQL"_s, uniqueName());
    if (auto connected = connect(database, target, secrets.get()); !connected) {
        remove(database);
        return connected.error();
    }
    auto connection = std::make_unique<PostgresConnection>(database, target, options, std::move(secrets));
    database = QSqlDatabase(); // the connection's is the last one
    if (auto ready = connection->setUp(); !ready)
        return unreachable(target, ready.error().text());
    return std::unique_ptr<Connection>(std::move(connection));
}

Result<std::unique_ptr<Connection>> PostgresConnection::openSibling()
{
    return openPostgres(m_target, m_options, m_secrets);
}

Result<PostgresConnection*> PostgresConnection::companion()
{
    const bool usable = m_companion && !m_companion->m_wire->isLost() && !m_companion->m_inTransaction;
    if (!usable) {
        m_companion.reset();
        auto opened = openSibling();
        if (!opened)
            return opened.error();
        m_companion.reset(static_cast<PostgresConnection*>(std::move(opened).value().release()));
    }
    return m_companion.get();
}

Result<void> PostgresConnection::setUp()
{
    if (PQserverVersion(m_handle) < oldestServer)
        return makeError(ErrorKind::Unreachable, u"the server is too old: PostgreSQL 13 or later is needed"_s);
    // The forms that lose nothing and read the same on every connection; the time zone stays the server's.
    QByteArray sql
        = "SELECT set_config('DateStyle', 'ISO, MDY', false), set_config('IntervalStyle', 'postgres', false),"
          " set_config('bytea_output', 'hex', false), set_config('extra_float_digits', '1', false),"
          " set_config('standard_conforming_strings', 'on', false),"
          " set_config('client_encoding', 'UTF8', false),"
          " set_config('idle_in_transaction_session_timeout', '1h', false),"
          " set_config('lock_timeout', '"
        + milliseconds(m_options.lockTimeout) + "', false), set_config('statement_timeout', '"
        + milliseconds(m_options.statementTimeout) + "', false)";
    if (m_options.readOnly)
        sql += ", set_config('default_transaction_read_only', 'on', false)";
    // A statement does not outlive its client for long: a killed preview gives its locks back.
    if (PQserverVersion(m_wire->handle()) >= 140000)
        sql += ", set_config('client_connection_check_interval', '1s', false)";
    if (auto set = run(sql); !set)
        return set;
    // A role without the right only loses this piece of evidence.
    if (const auto system = query({ "SELECT system_identifier::text FROM pg_control_system()", {} }))
        m_systemIdentifier = system->rows.value(0).value(0).display();
    return {};
}

} // namespace holdpoint
