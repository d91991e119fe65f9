// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testdatabase.h"

#include <QTest>

#include <sqlite3.h>

#include <memory>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

using FilePtr = std::unique_ptr<sqlite3, decltype(&sqlite3_close)>;
using StatementPtr = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;
using Where = std::source_location;

void fail(const QByteArray& what, sqlite3* file, const Where& where)
{
    QTest::qFail((what.left(200) + ": " + sqlite3_errmsg(file)).constData(), where.file_name(),
                 static_cast<int>(where.line()));
}

FilePtr openFile(const QString& path, const Where& where)
{
    sqlite3* file = nullptr;
    const int code = sqlite3_open(path.toUtf8().constData(), &file);
    if (code != SQLITE_OK)
        fail("cannot open " + path.toUtf8(), file, where);
    sqlite3_busy_timeout(file, 5000);
    sqlite3_exec(file, "PRAGMA synchronous=OFF", nullptr, nullptr, nullptr); // no test pulls the plug
    return { file, &sqlite3_close };
}

TextRow rowOf(sqlite3_stmt* statement)
{
    TextRow texts;
    for (int column = 0; column < sqlite3_column_count(statement); ++column) {
        const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
        texts << (bytes == nullptr ? QString() : QString::fromUtf8(bytes, sqlite3_column_bytes(statement, column)));
    }
    return texts;
}

QByteArray quoted(const QString& identifier)
{
    return '"' + identifier.toUtf8().replace('"', "\"\"") + '"';
}

/// A query whose only column is one row of the table, each value as SQLite itself would write it.
QByteArray rowsQuery(const QString& table, const QList<TextRow>& columns)
{
    QByteArrayList values;
    for (const TextRow& column : columns)
        values << "quote(" + quoted(column.at(0)) + ')';
    return "SELECT " + values.join(" || ', ' || ") + " FROM " + quoted(table) + " ORDER BY 1";
}

} // namespace

TestSqlite::TestSqlite(const QByteArray& setUpSql, Where where)
{
    exec(setUpSql, where);
}

void TestSqlite::exec(const QByteArray& sql, Where where) const
{
    const FilePtr file = openFile(path(), where);
    if (sqlite3_exec(file.get(), sql.constData(), nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(sql, file.get(), where);
}

QList<TextRow> TestSqlite::query(const QByteArray& sql, Where where) const
{
    const FilePtr file = openFile(path(), where);
    sqlite3_stmt* raw = nullptr;
    int code = sqlite3_prepare_v2(file.get(), sql.constData(), static_cast<int>(sql.size()), &raw, nullptr);
    const StatementPtr statement(raw, &sqlite3_finalize);
    QList<TextRow> rows;
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement.get());
        if (code == SQLITE_ROW)
            rows << rowOf(statement.get());
    }
    if (code != SQLITE_DONE)
        fail(sql, file.get(), where);
    return rows;
}

QString TestSqlite::scalar(const QByteArray& sql, Where where) const
{
    const QList<TextRow> rows = query(sql, where);
    return rows.isEmpty() ? QString() : rows.first().value(0);
}

QString TestSqlite::dump(Where where) const
{
    QString text;
    for (const TextRow& object : query("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2", where)) {
        text += object.at(0) + u' ' + object.at(1) + ": "_L1 + object.at(2) + u'\n';
        if (object.at(0) != "table"_L1 || object.at(2).startsWith("CREATE VIRTUAL"_L1))
            continue;
        const QByteArray name = object.at(1).toUtf8().replace('\'', "''");
        const QByteArray columnsQuery = "SELECT name FROM pragma_table_xinfo('" + name + "')";
        for (const TextRow& row : query(rowsQuery(object.at(1), query(columnsQuery, where)), where))
            text += "  "_L1 + row.at(0) + u'\n';
    }
    return text;
}

} // namespace holdpoint
