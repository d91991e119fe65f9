// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/sqlitefile.h"

#include <QStringDecoder>

#include <sqlite3.h>

namespace holdpoint {

namespace {

Value textValue(const QByteArray& bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString text = decoder(bytes);
    return decoder.hasError() || bytes.contains('\0') ? Value::rawText(bytes) : Value::text(text);
}

Value valueOf(sqlite3_stmt* row, int column)
{
    const auto bytes = [&](const void* content) {
        return QByteArray(static_cast<const char*>(content), sqlite3_column_bytes(row, column));
    };
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER: return Value::integer(sqlite3_column_int64(row, column));
    case SQLITE_FLOAT: return Value::real(sqlite3_column_double(row, column));
    case SQLITE_TEXT: return textValue(bytes(sqlite3_column_text(row, column)));
    case SQLITE_BLOB: return Value::blob(bytes(sqlite3_column_blob(row, column)));
    default: return Value::null();
    }
}

} // namespace

SqliteFile::SqliteFile(const QString& path)
{
    if (sqlite3_open(path.toUtf8().constData(), &m_handle) != SQLITE_OK)
        qFatal("cannot open %s: %s", qUtf8Printable(path), sqlite3_errmsg(m_handle));
    sqlite3_busy_timeout(m_handle, 5000);
    sqlite3_exec(m_handle, "PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON", nullptr, nullptr, nullptr);
}

SqliteFile::~SqliteFile()
{
    sqlite3_close(m_handle);
}

QByteArray SqliteFile::run(const QByteArray& sql)
{
    const int code = sqlite3_exec(m_handle, sql.constData(), nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? QByteArray() : QByteArray(sqlite3_errmsg(m_handle));
}

QList<Row> SqliteFile::rows(const QByteArray& sql)
{
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v2(m_handle, sql.constData(), static_cast<int>(sql.size()), &statement, nullptr);
    QList<Row> rows;
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        Row row;
        for (int column = 0; code == SQLITE_ROW && column < sqlite3_column_count(statement); ++column)
            row.append(valueOf(statement, column));
        if (code == SQLITE_ROW)
            rows.append(row);
    }
    if (code != SQLITE_DONE)
        qFatal("%s: %s", sql.constData(), sqlite3_errmsg(m_handle));
    sqlite3_finalize(statement);
    return rows;
}

QByteArrayList SqliteFile::texts(const QByteArray& sql)
{
    QByteArrayList texts;
    for (const Row& row : rows(sql))
        texts.append(row.first().display().toUtf8());
    return texts;
}

qint64 SqliteFile::number(const QByteArray& sql)
{
    return rows(sql).value(0).value(0).toInteger();
}

bool SqliteFile::inTransaction() const
{
    return sqlite3_get_autocommit(m_handle) == 0;
}

int SqliteFile::totalChanges() const
{
    return sqlite3_total_changes(m_handle);
}

void SqliteFile::suppressTriggers()
{
    sqlite3_db_config(m_handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(m_handle, SQLITE_DBCONFIG_ENABLE_FKEY, 0, nullptr);
}

QByteArray sqliteQuoted(const QByteArray& name)
{
    return '"' + QByteArray(name).replace('"', "\"\"") + '"';
}

QByteArray sqliteLiteral(const Value& value)
{
    switch (value.kind()) {
    case Value::Kind::Null: return "NULL";
    case Value::Kind::Boolean: return value.toBoolean() ? "1" : "0";
    case Value::Kind::Integer: return QByteArray::number(value.toInteger());
    case Value::Kind::Real: return shortestDecimal(value.toReal());
    case Value::Kind::Text: return '\'' + value.toText().toUtf8().replace('\'', "''") + '\'';
    case Value::Kind::Blob: return "x'" + value.toBytes().toHex() + '\'';
    case Value::Kind::RawText: return "CAST(x'" + value.toBytes().toHex() + "' AS TEXT)";
    }
    Q_UNREACHABLE();
}

} // namespace holdpoint
