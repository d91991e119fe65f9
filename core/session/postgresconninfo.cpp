// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/postgresconninfo.h"

#include <QDeadlineTimer>
#include <QMap>

#include <array>
#include <memory>

#include <libpq-fe.h>
#include <poll.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

using OptionsPtr = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;
using Parameters = QMap<QByteArray, QByteArray>;

Parameters parametersOf(const PQconninfoOption* options)
{
    Parameters parameters;
    for (const PQconninfoOption* option = options; option != nullptr && option->keyword != nullptr; ++option) {
        if (option->val != nullptr)
            parameters.insert(option->keyword, option->val);
    }
    return parameters;
}

Result<Parameters> parse(const QString& uri)
{
    char* message = nullptr;
    const OptionsPtr options(PQconninfoParse(uri.toUtf8().constData(), &message), &PQconninfoFree);
    if (!options) {
        const QString why = QString::fromUtf8(message).trimmed();
        PQfreemem(message);
        return makeError(ErrorKind::Usage, u"not a PostgreSQL address: %1"_s.arg(why));
    }
    return parametersOf(options.get());
}

/// A parameter here would win over the service's and the environment's, so it stands back for them.
void addDefaults(Parameters& parameters)
{
    static constexpr std::array<std::pair<const char*, const char*>, 5> defaults { {
        { "connect_timeout", "10" }, // seconds
        { "keepalives_idle", "30" },
        { "keepalives_interval", "10" },
        { "keepalives_count", "3" },
        { "tcp_user_timeout", "60000" }, // ms
    } };
    if (!parameters.contains("fallback_application_name"))
        parameters.insert("fallback_application_name", "holdpoint");
    if (parameters.contains("service"))
        return;
    const OptionsPtr set(PQconndefaults(), &PQconninfoFree);
    const Parameters outside = parametersOf(set.get());
    for (const auto& [key, value] : defaults) {
        if (!parameters.contains(key) && outside.value(key).isEmpty())
            parameters.insert(key, value);
    }
}

QByteArray quotedParameter(QByteArray value)
{
    return '\'' + value.replace('\\', "\\\\").replace('\'', "\\'") + '\'';
}

} // namespace

Result<void> applyConninfo(QSqlDatabase& database, const QString& uri)
{
    auto parsed = parse(uri);
    if (!parsed)
        return parsed.error();
    Parameters& parameters = *parsed;
    addDefaults(parameters);
    database.setHostName(QString::fromUtf8(parameters.take("host")));
    database.setDatabaseName(QString::fromUtf8(parameters.take("dbname")));
    database.setUserName(QString::fromUtf8(parameters.take("user")));
    database.setPassword(QString::fromUtf8(parameters.take("password")));
    QByteArrayList options;
    for (auto parameter = parameters.cbegin(); parameter != parameters.cend(); ++parameter) {
        if (parameter->contains(';')) // which QPSQL takes for a separator, also between quotes
            return makeError(ErrorKind::Usage,
                             u"the connection parameter \"%1\" may not contain a semicolon"_s.arg(
                                 QString::fromUtf8(parameter.key())),
                             {}, u"a service file (the parameter \"service\") may hold it"_s);
        options.append(parameter.key() + '=' + quotedParameter(*parameter));
    }
    database.setConnectOptions(QString::fromUtf8(options.join(';')));
    return {};
}

namespace {

using ProbePtr = std::unique_ptr<PGconn, decltype(&PQfinish)>;

/// Connects within the time, or not.
void await(PGconn* probe, const QDeadlineTimer& deadline)
{
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
        pollfd socket { PQsocket(probe), static_cast<short>(next == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0 };
        if (socket.fd < 0 || ::poll(&socket, 1, static_cast<int>(deadline.remainingTime())) <= 0)
            return;
        next = PQconnectPoll(probe);
    }
}

} // namespace

PasswordState passwordState(const QString& uri, const QString& password)
{
    const QByteArray address = uri.toUtf8();
    const QByteArray secret = password.toUtf8();
    const std::array<const char*, 3> keywords { "password", "dbname", nullptr };
    const std::array<const char*, 3> values { secret.isEmpty() ? nullptr : secret.constData(), address.constData(),
                                              nullptr };
    const ProbePtr probe(PQconnectStartParams(keywords.data(), values.data(), 1), &PQfinish);
    // The message is then the SQLSTATE, in any language.
    PQsetErrorVerbosity(probe.get(), PQERRORS_SQLSTATE);
    await(probe.get(), QDeadlineTimer(5000));
    if (PQconnectionNeedsPassword(probe.get()) != 0)
        return PasswordState::Missing;
    const QByteArray message = PQerrorMessage(probe.get());
    // 28P01 is a wrong password; LDAP, PAM and RADIUS say 28000.
    const bool refused
        = message.contains("28P01") || (message.contains("28000") && PQconnectionUsedPassword(probe.get()) != 0);
    return refused ? PasswordState::Refused : PasswordState::NotAtFault;
}

QString serverAndUser(const QString& uri)
{
    const auto parsed = parse(uri);
    if (!parsed)
        return uri;
    Parameters parameters = *parsed;
    const OptionsPtr set(PQconndefaults(), &PQconninfoFree);
    const Parameters outside = parametersOf(set.get());
    const auto part = [&](const char* name) {
        return QString::fromUtf8(parameters.contains(name) ? parameters.value(name) : outside.value(name));
    };
    const QString user = part("user");
    const QString database = part("dbname");
    QString host = part("host");
    if (host.isEmpty())
        host = part("hostaddr");
    const QString service = QString::fromUtf8(parameters.value("service"));
    QString text = u"postgresql://%1@%2:%3/%4"_s.arg(user, host.isEmpty() ? u"localhost"_s : host, part("port"),
                                                     database.isEmpty() ? user : database);
    if (!service.isEmpty())
        text += "?service="_L1 + service;
    return text;
}

} // namespace holdpoint
