// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sqlitevalue.h"

#include "base/utf8text.h"

#include <cstring>
#include <sqlite3.h>

namespace holdpoint {

Value sqliteText(QByteArrayView bytes)
{
    if (bytes.isEmpty())
        return Value::text(QString::fromLatin1("", 0));
    if (auto text = asciiText(bytes))
        return Value::text(std::move(*text));
    if (std::memchr(bytes.data(), 0, static_cast<size_t>(bytes.size())) || !bytes.isValidUtf8())
        return Value::rawText(bytes.toByteArray());
    return Value::text(utf8Text(bytes));
}

Value sqliteValue(sqlite3_value* value)
{
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: return Value::integer(sqlite3_value_int64(value));
    case SQLITE_FLOAT: return Value::real(sqlite3_value_double(value));
    case SQLITE_TEXT: {
        const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
        return sqliteText({ text, sqlite3_value_bytes(value) });
    }
    case SQLITE_BLOB: {
        const auto* blob = static_cast<const char*>(sqlite3_value_blob(value));
        return Value::blob(QByteArray(blob, sqlite3_value_bytes(value)));
    }
    default: return Value::null();
    }
}

Value sqliteColumn(sqlite3_stmt* statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return Value::integer(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT: return Value::real(sqlite3_column_double(statement, column));
    case SQLITE_TEXT: {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
        return sqliteText({ text, sqlite3_column_bytes(statement, column) });
    }
    case SQLITE_BLOB: {
        const auto* blob = static_cast<const char*>(sqlite3_column_blob(statement, column));
        return Value::blob(QByteArray(blob, sqlite3_column_bytes(statement, column)));
    }
    default: return Value::null();
    }
}

Row sqliteRow(sqlite3_stmt* statement)
{
    const int count = sqlite3_column_count(statement);
    Row row;
    row.reserve(count);
    for (int column = 0; column < count; ++column)
        row.append(sqliteColumn(statement, column));
    return row;
}

namespace {

int bind(sqlite3_stmt* statement, int position, const Value& value, std::string& utf8, sqlite3_destructor_type lifetime)
{
    const auto text = [&](const char* bytes, auto size) {
        return sqlite3_bind_text64(statement, position, bytes, static_cast<sqlite3_uint64>(size), lifetime,
                                   SQLITE_UTF8);
    };
    switch (value.kind()) {
    case Value::Kind::Null: return sqlite3_bind_null(statement, position);
    case Value::Kind::Boolean: return sqlite3_bind_int(statement, position, value.toBoolean() ? 1 : 0);
    case Value::Kind::Integer: return sqlite3_bind_int64(statement, position, value.toInteger());
    case Value::Kind::Real: return sqlite3_bind_double(statement, position, value.toReal());
    case Value::Kind::Text:
        utf8.resize(static_cast<size_t>(value.toText().size()));
        if (!copyAscii(value.toText(), utf8.data()))
            utf8 = value.toText().toStdString();
        return text(utf8.data(), utf8.size());
    case Value::Kind::RawText: return text(value.toBytes().constData(), value.toBytes().size());
    case Value::Kind::Blob:
        return sqlite3_bind_blob64(statement, position, value.toBytes().constData(),
                                   static_cast<sqlite3_uint64>(value.toBytes().size()), lifetime);
    }
    Q_UNREACHABLE();
}

} // namespace

int bindSqliteValue(sqlite3_stmt* statement, int position, const Value& value)
{
    std::string utf8;
    return bind(statement, position, value, utf8, SQLITE_TRANSIENT);
}

int bindSqliteValueInPlace(sqlite3_stmt* statement, int position, const Value& value, std::string& utf8)
{
    return bind(statement, position, value, utf8, SQLITE_STATIC);
}

} // namespace holdpoint
