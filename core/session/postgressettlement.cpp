// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/postgresconnection.h"

#include <QDeadlineTimer>
#include <QThread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace holdpoint {

namespace {

QJsonValue jsonOf(const Value& value)
{
    return value.isNull() ? QJsonValue() : QJsonValue(value.display());
}

/// What the server knows of a transaction: "committed", "aborted", "in progress", or nothing (too long ago).
Result<QString> statusOf(Connection& connection, const QString& xid)
{
    const auto status = connection.query({ "SELECT pg_xact_status($1::xid8)", { Value::text(xid) } });
    if (!status) {
        // An xid that this server never gave: not the same server any more.
        return status.error().breaksSession() || status.error().isCancelled() ? Result<QString>(status.error())
                                                                              : Result<QString>(QString());
    }
    return status->rows.value(0).value(0).isNull() ? QString() : status->rows.at(0).at(0).toText();
}

/// A backend whose client is gone may wait for a COMMIT for ever.
Result<void> endBackend(Connection& connection, const QJsonObject& evidence)
{
    const auto ended = connection.query({ "SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity"
                                          " WHERE pid = $1::int AND extract(epoch FROM backend_start)::text = $2",
                                          { Value::text(evidence.value("pid"_L1).toString()),
                                            Value::text(evidence.value("backend_start"_L1).toString()) } });
    if (!ended)
        return ended.error();
    return {};
}

} // namespace

Result<QJsonObject> PostgresConnection::commitEvidence()
{
    const auto facts = query({ "SELECT pg_current_xact_id_if_assigned()::text, pid::text,"
                               " extract(epoch FROM backend_start)::text, current_database()::text"
                               " FROM pg_catalog.pg_stat_activity WHERE pid = pg_backend_pid()",
                               {},
                               true });
    if (!facts)
        return facts.error();
    const Row& row = facts->rows.value(0, Row(4));
    return QJsonObject { { u"xid"_s, jsonOf(row.at(0)) },
                         { u"pid"_s, jsonOf(row.at(1)) },
                         { u"backend_start"_s, jsonOf(row.at(2)) },
                         { u"database"_s, jsonOf(row.at(3)) },
                         { u"system_identifier"_s, m_systemIdentifier } };
}

Result<std::optional<CommitEnd>> PostgresConnection::settle(const QJsonObject& evidence)
{
    using Answer = std::optional<CommitEnd>;
    if (!evidence.contains("xid"_L1))
        return Answer();
    if (evidence.value("xid"_L1).isNull()) // it never wrote
        return Answer(CommitEnd::RolledBack);
    const auto database = query({ "SELECT current_database()::text", {} });
    if (!database)
        return database.error();
    const QString system = evidence.value("system_identifier"_L1).toString();
    if (system.isEmpty() || system != m_systemIdentifier
        || evidence.value("database"_L1).toString() != database->rows.at(0).at(0).toText())
        return Answer();
    const QDeadlineTimer patience(2s);
    const QDeadlineTimer deadline(6s);
    bool ended = false;
    while (!deadline.hasExpired()) {
        const auto status = statusOf(*this, evidence.value("xid"_L1).toString());
        if (!status)
            return status.error();
        if (*status != "in progress"_L1)
            return *status == "committed"_L1 ? Answer(CommitEnd::Committed)
                : *status == "aborted"_L1    ? Answer(CommitEnd::RolledBack)
                                             : Answer();
        if (patience.hasExpired() && !std::exchange(ended, true)) {
            if (auto done = endBackend(*this, evidence); !done && done.error().breaksSession())
                return done.error();
        }
        QThread::msleep(50);
    }
    return Answer();
}

} // namespace holdpoint
