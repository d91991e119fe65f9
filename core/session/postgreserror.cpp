// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/postgreserror.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QString field(const PGresult* result, int code)
{
    return QString::fromUtf8(PQresultErrorField(result, code));
}

ErrorKind kindOf(const QString& state, const QString& severity, bool cancelled)
{
    if (state == "57014"_L1)
        return cancelled ? ErrorKind::Cancelled : ErrorKind::Timeout;
    if (state == "55P03"_L1)
        return ErrorKind::Timeout;
    if (severity == "FATAL"_L1 || severity == "PANIC"_L1 || state.startsWith("08"_L1))
        return ErrorKind::ConnectionLost;
    return ErrorKind::Statement;
}

} // namespace

Error errorOf(const PGresult* result, const QByteArray& statement, bool cancelled)
{
    Error error;
    error.sqlState = field(result, PG_DIAG_SQLSTATE);
    error.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    if (error.message.isEmpty())
        error.message = QString::fromUtf8(PQresultErrorMessage(result)).trimmed();
    error.kind = kindOf(error.sqlState, field(result, PG_DIAG_SEVERITY_NONLOCALIZED), cancelled);
    error.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    error.hint = field(result, PG_DIAG_MESSAGE_HINT);
    error.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
    error.schema = field(result, PG_DIAG_SCHEMA_NAME);
    error.table = field(result, PG_DIAG_TABLE_NAME);
    error.column = field(result, PG_DIAG_COLUMN_NAME);
    error.position = field(result, PG_DIAG_STATEMENT_POSITION).toInt();
    error.statement = QString::fromUtf8(statement);
    // An error inside a function's own SQL has no place in the operator's text: say whose it is.
    const QString context = field(result, PG_DIAG_CONTEXT);
    if (error.position == 0 && error.detail.isEmpty() && !context.isEmpty())
        error.detail = context;
    return error;
}

Error errorOf(PGconn* connection, const QByteArray& statement)
{
    const bool lost = PQstatus(connection) != CONNECTION_OK;
    Error error = makeError(lost ? ErrorKind::ConnectionLost : ErrorKind::Statement,
                            QString::fromUtf8(PQerrorMessage(connection)).trimmed());
    if (error.message.isEmpty())
        error.message = lost ? u"the connection to the server is lost"_s : u"the statement could not be sent"_s;
    error.statement = QString::fromUtf8(statement);
    return error;
}

Error transactionFailed()
{
    Error error = makeError(ErrorKind::Statement, u"not run: an earlier statement of the transaction failed"_s);
    error.sqlState = u"25P02"_s;
    return error;
}

Notice noticeOf(const PGresult* result)
{
    return { field(result, PG_DIAG_SEVERITY_NONLOCALIZED), field(result, PG_DIAG_SQLSTATE),
             field(result, PG_DIAG_MESSAGE_PRIMARY) };
}

} // namespace holdpoint
