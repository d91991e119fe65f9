// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/postgresclient.h"

#include <libpq-fe.h>

#include <QVarLengthArray>

namespace holdpoint::differential {

PostgresClient::PostgresClient(const QString& uri)
    : m_connection(PQconnectdb(uri.toUtf8().constData()), &PQfinish)
{
    if (PQstatus(m_connection.get()) != CONNECTION_OK)
        qFatal("cannot connect: %s", PQerrorMessage(m_connection.get()));
    PQsetNoticeProcessor(
        m_connection.get(), [](void*, const char*) {}, nullptr);
}

PostgresClient::Answer PostgresClient::run(const QByteArray& sql, const QByteArrayList& parameters)
{
    QVarLengthArray<const char*, 4> values;
    for (const QByteArray& parameter : parameters)
        values.append(parameter.constData());
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexecParams(m_connection.get(), sql.constData(),
                                                                            static_cast<int>(values.size()), nullptr,
                                                                            values.constData(), nullptr, nullptr, 0),
                                                               &PQclear);
    Answer answer;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
        answer.sqlState = state ? QByteArray(state) : QByteArray(PQerrorMessage(m_connection.get()));
    }
    answer.affected = QByteArray(PQcmdTuples(result.get())).toInt();
    for (int row = 0; row < PQntuples(result.get()); ++row) {
        QByteArrayList cells;
        for (int column = 0; column < PQnfields(result.get()); ++column)
            cells.append(QByteArray(PQgetvalue(result.get(), row, column), PQgetlength(result.get(), row, column)));
        answer.rows.append(cells);
    }
    return answer;
}

QList<QByteArrayList> PostgresClient::rows(const QByteArray& sql)
{
    const Answer answer = run(sql);
    if (!answer.sqlState.isEmpty())
        qFatal("%s: %s", sql.constData(), PQerrorMessage(m_connection.get()));
    return answer.rows;
}

} // namespace holdpoint::differential
