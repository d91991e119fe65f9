// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/postgresconnection.h"
#include "session/postgresconninfo.h"
#include "session/postgreswire.h"

#include <QElapsedTimer>
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

bool openWith(QSqlDatabase& database, const QString& password)
{
    database.setPassword(password);
    const bool opened = database.open();
    database.setPassword({});
    return opened;
}

Error refused(const Target& target, const QSqlDatabase& database, const QString& detail)
{
    Error error = unreachable(target, database.lastError().databaseText());
    error.sqlState = u"28P01"_s; // so that a front end can ask for one
    error.detail = detail;
    error.hint = u"PGPASSWORD, ~/.pgpass, a service file or the desktop's keychain may hold the password;"
                 " the window asks for it and can remember it"_s;
    return error;
}

/// After a refusal: asks for a password that libpq lacks, once.
Result<void> connectBySecret(QSqlDatabase& database, const Target& target, SecretSource* secrets)
{
    const auto password = secrets ? secrets->password(target) : std::optional<QString>();
    if (!password)
        return refused(target, database, password.error().text());
    if (!*password)
        return refused(target, database, {});
    if (openWith(database, **password))
        return {};
    if (passwordState(target.address, **password) == PasswordState::NotAtFault)
        return unreachable(target, database.lastError().databaseText());
    return refused(target, database, {});
}

Result<void> connect(QSqlDatabase& database, const Target& target, SecretSource* secrets, const QString& known)
{
    if (!database.isValid())
        return unreachable(target, u"Qt's PostgreSQL driver (QPSQL) is not installed"_s);
    if (auto applied = applyConninfo(database, target.address); !applied)
        return applied;
    QElapsedTimer time;
    time.start();
    if (openWith(database, known))
        return {};
    // A server that asks for a password answers sooner; who waited so long for none need not wait again.
    const auto state = time.elapsed() < 8000 ? passwordState(target.address, known) : PasswordState::NotAtFault;
    switch (state) {
    case PasswordState::NotAtFault: break;
    case PasswordState::Missing: return connectBySecret(database, target, secrets);
    case PasswordState::Refused: return refused(target, database, {});
    }
    return unreachable(target, database.lastError().databaseText());
}

QByteArray milliseconds(std::chrono::milliseconds time)
{
    return QByteArray::number(static_cast<qint64>(time.count()));
}

} // namespace

Result<std::unique_ptr<Connection>> openPostgres(const Target& target, const ConnectionOptions& options,
                                                 std::shared_ptr<SecretSource> secrets, const QString& password)
{
    QSqlDatabase database = QSqlDatabase::addDatabase(u"QPSQL"_s, uniqueName());
    if (auto connected = connect(database, target, secrets.get(), password); !connected) {
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
    const char* password = PQpass(m_handle); // as this connection had it, so that it is not asked for again
    return openPostgres(m_target, m_options, m_secrets, QString::fromUtf8(password));
}

Result<PostgresConnection*> PostgresConnection::companion()
{
    if (m_companion)
        m_companion->m_wire->noticeEnd();
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
    // A client that is gone, without a word too, does not keep its locks: the server asks for it, in statements and
    // between them. (Over a Unix socket these do nothing.)
    sql += ", set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),"
           " set_config('tcp_keepalives_count', '3', false)";
    if (PQserverVersion(m_wire->handle()) >= 140000)
        sql += ", set_config('client_connection_check_interval', '1s', false)";
    if (auto set = run(sql); !set)
        return set;
    // A role without the right only loses this piece of evidence.
    if (const auto system = query({ "SELECT system_identifier::text FROM pg_catalog.pg_control_system()", {} }))
        m_systemIdentifier = system->rows.value(0).value(0).display();
    return {};
}

} // namespace holdpoint
