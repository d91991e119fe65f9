// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testdatabase.h"

#include <QCoreApplication>
#include <QFile>
#include <QTest>
#include <QUrl>

#include <libpq-fe.h>

#include <atomic>
#include <memory>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

using ConnectionPtr = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using ResultPtr = std::unique_ptr<PGresult, decltype(&PQclear)>;
using Where = std::source_location;

void fail(const QByteArray& what, const QByteArray& why, const Where& where)
{
    QTest::qFail((what + ": " + why.trimmed()).constData(), where.file_name(), static_cast<int>(where.line()));
}

QUrl serverUri()
{
    QFile file(qEnvironmentVariable("HOLDPOINT_TEST_POSTGRES_FILE"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QUrl(QString::fromUtf8(file.readAll().trimmed()));
}

QUrl databaseUri(const QString& database, const QString& role)
{
    QUrl uri = serverUri();
    uri.setPath(u'/' + database);
    uri.setUserName(role);
    return uri;
}

ConnectionPtr connectTo(const QString& database, const Where& where)
{
    const QByteArray uri = databaseUri(database, u"postgres"_s).toEncoded();
    ConnectionPtr connection(PQconnectdb(uri.constData()), &PQfinish);
    PQsetNoticeProcessor(
        connection.get(), [](void*, const char*) {}, nullptr);
    if (PQstatus(connection.get()) != CONNECTION_OK)
        fail("cannot connect to the test server", PQerrorMessage(connection.get()), where);
    return connection;
}

ResultPtr run(PGconn* connection, const QByteArray& sql, const Where& where)
{
    ResultPtr result(PQexec(connection, sql.constData()), &PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
        fail(sql.left(200), PQerrorMessage(connection), where);
    return result;
}

TextRow rowOf(const PGresult* result, int row)
{
    TextRow texts;
    for (int column = 0; column < PQnfields(result); ++column) {
        const bool isNull = PQgetisnull(result, row, column) != 0;
        texts << (isNull ? QString()
                         : QString::fromUtf8(PQgetvalue(result, row, column), PQgetlength(result, row, column)));
    }
    return texts;
}

constexpr auto tablesQuery = R"(
    SELECT format('%I.%I', n.nspname, c.relname),
           (SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
              FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_t%'
     ORDER BY 1)";

} // namespace

bool TestPostgres::available()
{
    return serverUri().isValid() && !serverUri().isEmpty();
}

const char* TestPostgres::whyNot()
{
    return "no PostgreSQL server: run the test through ctest, with PostgreSQL's server installed";
}

TestPostgres::TestPostgres(const QByteArray& setUpSql, Where where)
{
    static std::atomic<int> count = 0;
    m_name = u"test_%1_%2"_s.arg(QCoreApplication::applicationPid()).arg(++count);
    run(connectTo(u"postgres"_s, where).get(), "CREATE DATABASE " + m_name.toUtf8() + " TEMPLATE template0", where);
    if (!setUpSql.isEmpty())
        exec(setUpSql, where);
}

TestPostgres::~TestPostgres()
{
    const Where where = Where::current();
    run(connectTo(u"postgres"_s, where).get(), "DROP DATABASE " + m_name.toUtf8() + " WITH (FORCE)", where);
}

QString TestPostgres::uriAs(const QString& role) const
{
    return databaseUri(m_name, role).toString(QUrl::FullyEncoded);
}

void TestPostgres::exec(const QByteArray& sql, Where where) const
{
    run(connectTo(m_name, where).get(), sql, where);
}

QList<TextRow> TestPostgres::query(const QByteArray& sql, Where where) const
{
    const ConnectionPtr connection = connectTo(m_name, where);
    const ResultPtr result = run(connection.get(), sql, where);
    QList<TextRow> rows;
    for (int row = 0; row < PQntuples(result.get()); ++row)
        rows << rowOf(result.get(), row);
    return rows;
}

QString TestPostgres::scalar(const QByteArray& sql, Where where) const
{
    const QList<TextRow> rows = query(sql, where);
    return rows.isEmpty() ? QString() : rows.first().value(0);
}

QString TestPostgres::dump(Where where) const
{
    QString text;
    for (const TextRow& table : query(tablesQuery, where)) {
        text += table.at(0) + " ("_L1 + table.at(1) + ")\n"_L1;
        const QByteArray name = table.at(0).toUtf8();
        for (const TextRow& row : query("SELECT t::text COLLATE \"C\" FROM ONLY " + name + " t ORDER BY 1", where))
            text += "  "_L1 + row.at(0) + u'\n';
    }
    return text;
}

} // namespace holdpoint
