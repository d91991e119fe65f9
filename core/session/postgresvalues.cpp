// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/postgresvalues.h"

#include "base/utf8text.h"

#include <cmath>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr Oid boolType = 16;
constexpr Oid byteaType = 17;
constexpr Oid int8Type = 20;
constexpr Oid int2Type = 21;
constexpr Oid int4Type = 23;

QByteArray realText(double value)
{
    if (std::isinf(value))
        return value > 0 ? "Infinity"_ba : "-Infinity"_ba;
    return std::isnan(value) ? "NaN"_ba : shortestDecimal(value);
}

QByteArray textOf(const Value& value)
{
    switch (value.kind()) {
    case Value::Kind::Null: return {};
    case Value::Kind::Boolean: return value.toBoolean() ? "true"_ba : "false"_ba;
    case Value::Kind::Integer: return QByteArray::number(value.toInteger());
    case Value::Kind::Real: return realText(value.toReal());
    case Value::Kind::Text: return value.toText().toUtf8();
    case Value::Kind::Blob: return "\\x" + value.toBytes().toHex();
    case Value::Kind::RawText: return value.toBytes();
    }
    Q_UNREACHABLE();
}

Value byteaValue(const char* text, int length)
{
    if (length >= 2 && text[0] == '\\' && text[1] == 'x')
        return Value::blob(QByteArray::fromHex(QByteArray::fromRawData(text + 2, length - 2)));
    size_t size = 0;
    unsigned char* bytes = PQunescapeBytea(reinterpret_cast<const unsigned char*>(text), &size);
    QByteArray content(reinterpret_cast<const char*>(bytes), static_cast<qsizetype>(size));
    PQfreemem(bytes);
    return Value::blob(std::move(content));
}

/// A database in SQL_ASCII may hold bytes that are no UTF-8; they are kept as they are.
Value textValue(const char* text, int length)
{
    if (auto ascii = asciiText({ text, length }))
        return Value::text(std::move(*ascii));
    if (!QUtf8StringView(text, length).isValidUtf8())
        return Value::rawText(QByteArray(text, length));
    return Value::text(QString::fromUtf8(text, length));
}

} // namespace

Result<PostgresParameters> PostgresParameters::encode(const QList<Value>& values)
{
    PostgresParameters parameters;
    parameters.m_texts.reserve(values.size());
    for (qsizetype i = 0; i < values.size(); ++i) {
        parameters.m_texts.append(textOf(values.at(i)));
        const QByteArray& text = parameters.m_texts.constLast();
        if (text.contains('\0')) {
            Error error = makeError(ErrorKind::Statement,
                                    u"parameter $%1 holds a NUL character, which PostgreSQL cannot store"_s.arg(i + 1));
            error.sqlState = u"22021"_s;
            return error;
        }
        parameters.m_pointers.append(values.at(i).isNull() ? nullptr : text.constData());
    }
    return parameters;
}

PostgresColumns::PostgresColumns(const PGresult* result)
{
    const int count = PQnfields(result);
    m_names.reserve(count);
    for (int column = 0; column < count; ++column) {
        m_names.append(QString::fromUtf8(PQfname(result, column)));
        m_types.append(PQftype(result, column));
    }
}

Value postgresValue(quint32 type, QByteArrayView text)
{
    switch (type) {
    case boolType: return Value::boolean(text.front() == 't');
    case int2Type:
    case int4Type:
    case int8Type: return Value::integer(text.toLongLong());
    case byteaType: return byteaValue(text.data(), static_cast<int>(text.size()));
    default: return textValue(text.data(), static_cast<int>(text.size()));
    }
}

Row PostgresColumns::row(const PGresult* result, int row) const
{
    Row values;
    const int count = static_cast<int>(m_types.size());
    values.reserve(count);
    for (int column = 0; column < count; ++column) {
        if (PQgetisnull(result, row, column) != 0)
            values.append(Value());
        else
            values.append(
                postgresValue(m_types[column], { PQgetvalue(result, row, column), PQgetlength(result, row, column) }));
    }
    return values;
}

Rowset rowsetOf(const PGresult* result, const PostgresColumns& columns, int rows)
{
    Rowset rowset;
    rowset.columns = columns.names();
    rowset.rows.reserve(rows);
    for (int row = 0; row < rows; ++row)
        rowset.rows.append(columns.row(result, row));
    // PQcmdTuples also counts the rows that a SELECT or FETCH gave.
    const QByteArrayView tag(PQcmdStatus(const_cast<PGresult*>(result)));
    for (const char* word : { "INSERT ", "UPDATE ", "DELETE ", "MERGE ", "COPY " }) {
        if (tag.startsWith(word))
            rowset.affected = QByteArrayView(PQcmdTuples(const_cast<PGresult*>(result))).toLongLong();
    }
    return rowset;
}

} // namespace holdpoint
