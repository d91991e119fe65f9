// SPDX-License-Identifier: GPL-3.0-or-later
#include "postgrespreviewtables.h"

#include <QByteArrayList>

#include <cstdio>
#include <cstdlib>

using namespace Qt::StringLiterals;

namespace bench {

namespace {

constexpr auto databaseName = "holdpoint_bench_preview";

/// Whether the tables of an earlier call are there.
bool isFilled(const Options& options)
{
    const Handle handle(PQconnectdb(inDatabase(options.uri).constData()), &PQfinish);
    if (PQstatus(handle.get()) != CONNECTION_OK)
        return false;
    PGresult* result
        = PQexec(handle.get(), "SELECT (SELECT max(id) FROM items) || ' ' || (SELECT max(id) FROM orders)");
    const QByteArray sizes = PQntuples(result) == 1 ? QByteArray(PQgetvalue(result, 0, 0)) : QByteArray();
    PQclear(result);
    return sizes == QByteArray::number(options.rows) + ' ' + QByteArray::number(options.childRows);
}

} // namespace

Handle connect(const QByteArray& uri)
{
    Handle handle(PQconnectdb(uri.constData()), &PQfinish);
    if (PQstatus(handle.get()) != CONNECTION_OK) {
        std::fprintf(stderr, "%s", PQerrorMessage(handle.get()));
        std::exit(2);
    }
    return handle;
}

void run(PGconn* handle, const QByteArray& sql)
{
    PGresult* result = PQexec(handle, sql.constData());
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK) {
        std::fprintf(stderr, "%s\n%s", sql.left(1000).constData(), PQresultErrorMessage(result));
        std::exit(2);
    }
    PQclear(result);
}

QByteArray inDatabase(QByteArray uri)
{
    const qsizetype query = uri.indexOf('?');
    const qsizetype slash = uri.lastIndexOf('/', query < 0 ? -1 : query);
    return uri.left(slash + 1) + databaseName + (query < 0 ? QByteArray() : uri.mid(query));
}

void drop(const Options& options)
{
    const Handle server = connect(options.uri);
    run(server.get(), "SET client_min_messages = warning");
    run(server.get(), "DROP DATABASE IF EXISTS "_ba + databaseName);
}

void fill(const Options& options)
{
    if (options.keep && isFilled(options)) {
        run(connect(inDatabase(options.uri)).get(), "VACUUM ANALYZE"); // of what the last call rolled back
        return;
    }
    drop(options);
    run(connect(options.uri).get(), "CREATE DATABASE "_ba + databaseName);
    const Handle handle = connect(inDatabase(options.uri));
    const QByteArray rows = QByteArray::number(options.rows);
    const QByteArray children = QByteArray::number(options.childRows);
    const QByteArrayList statements {
        "CREATE TABLE items (id int PRIMARY KEY, name text, price numeric, quantity int, note text)",
        "INSERT INTO items SELECT g, 'item ' || g, g * 1.5, g % 100, repeat('x', 40) FROM generate_series(1, " + rows
            + ") g",
        "CREATE TABLE customers (id int PRIMARY KEY, name text)",
        "INSERT INTO customers SELECT g, 'customer ' || g FROM generate_series(1, 100000) g",
        "CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers ON UPDATE CASCADE ON DELETE "
        "CASCADE,"
        " note text)",
        "INSERT INTO orders SELECT g, 1 + g % 100000, 'order ' || g FROM generate_series(1, " + children + ") g",
        "CREATE INDEX ON orders (customer)",
        "CREATE TABLE audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text)",
        "INSERT INTO audit (what) SELECT 'old' FROM generate_series(1, 100000)",
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO audit (what) VALUES (TG_OP || OLD.id); RETURN NULL; END $$",
        "CREATE TRIGGER note AFTER DELETE OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION note()",
        "VACUUM ANALYZE",
    };
    for (const QByteArray& statement : statements)
        run(handle.get(), statement);
}

QByteArray keys(const Options& options, qint64 count)
{
    QByteArrayList list;
    const qint64 step = std::max(options.rows / count, qint64(1));
    for (qint64 i = 0; i < count; ++i)
        list.append(QByteArray::number(1 + i * step));
    return list.join(',');
}

} // namespace bench
