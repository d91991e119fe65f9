// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/rowstatements.h"

#include "command/rowtext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype rememberedShapes = 8;
const NamedValues none;

// A batch's names are mostly the same text, not only an equal one.
bool sameColumns(const QStringList& names, const NamedValues& values)
{
    const auto same = [](const QString& left, const QString& right) {
        return left.size() == right.size() && (left.constData() == right.constData() || left == right);
    };
    return std::ranges::equal(names, values, same, {}, &NamedValue::column);
}

QStringList columnsOf(const NamedValues& values)
{
    QStringList names;
    for (const NamedValue& value : values)
        names.append(value.column);
    return names;
}

void append(QList<Value>& parameters, const NamedValues& values)
{
    for (const NamedValue& value : values)
        parameters.append(value.value);
}

QByteArray insertText(const SqlContext& context, RowText& text, const NamedValues& values)
{
    if (values.isEmpty())
        return "INSERT INTO " + text.tableName() + " DEFAULT VALUES";
    QByteArrayList columns;
    QByteArrayList places;
    bool identity = false;
    for (const NamedValue& value : values) {
        columns.append(text.written(value.column));
        places.append(text.next());
        identity = identity || text.isIdentity(value.column);
    }
    // Whoever names the value of an identity column means it, GENERATED ALWAYS or not.
    const bool overriding = identity && context.engine() == EngineKind::PostgreSQL;
    return "INSERT INTO " + text.tableName() + " (" + columns.join(", ") + ") "
        + (overriding ? "OVERRIDING SYSTEM VALUE " : "") + "VALUES (" + places.join(", ") + ')';
}

QByteArray updateText(RowText& text, const NamedValues& set, const NamedValues& key, const NamedValues& expect)
{
    QByteArrayList assignments;
    for (const NamedValue& value : set) {
        const QByteArray column = text.written(value.column);
        assignments.append(column + " = " + text.next());
    }
    return "UPDATE " + text.tableName() + " SET " + assignments.join(", ") + text.where(key, expect);
}

QByteArray compareText(RowText& text, const NamedValues& key, const NamedValues& expect)
{
    QByteArrayList columns;
    for (const NamedValue& value : expect) {
        columns.append('(' + text.holds(value.column) + ')');
        columns.append(text.read(value.column));
    }
    return "SELECT " + columns.join(", ") + " FROM " + text.tableName() + text.where(key, {});
}

} // namespace

Result<Statement> RowStatements::insert(const SqlContext& context, const Table& table, const NamedValues& values)
{
    return statement(context, { Kind::Insert, &table, &values, &none, &none });
}

Result<Statement> RowStatements::update(const SqlContext& context, const Table& table, const NamedValues& key,
                                        const NamedValues& set, const NamedValues& expect)
{
    if (set.isEmpty())
        return makeError(ErrorKind::Usage, u"the update of %1 sets no column"_s.arg(table.name));
    return statement(context, { Kind::Update, &table, &set, &key, &expect });
}

Result<Statement> RowStatements::remove(const SqlContext& context, const Table& table, const NamedValues& key,
                                        const NamedValues& expect)
{
    return statement(context, { Kind::Delete, &table, &none, &key, &expect });
}

Result<Statement> RowStatements::count(const SqlContext& context, const Table& table, const NamedValues& key,
                                       const NamedValues& expect)
{
    return statement(context, { Kind::Count, &table, &none, &key, &expect });
}

Result<Statement> RowStatements::compare(const SqlContext& context, const Table& table, const NamedValues& key,
                                         const NamedValues& expect)
{
    Q_ASSERT(!expect.isEmpty());
    return statement(context, { Kind::Compare, &table, &none, &key, &expect });
}

Result<Statement> RowStatements::statement(const SqlContext& context, const Shape& shape)
{
    const auto built = text(context, shape);
    if (!built)
        return built.error();
    Statement statement { *built, {} };
    statement.parameters.reserve(shape.values->size() + shape.key->size() + shape.expect->size());
    append(statement.parameters, *shape.values);
    if (shape.kind == Kind::Compare)
        append(statement.parameters, *shape.expect);
    for (const NamedValue& part : *shape.key) {
        if (!part.value.isNull())
            statement.parameters.append(part.value);
    }
    if (shape.kind != Kind::Compare)
        append(statement.parameters, *shape.expect);
    return statement;
}

Result<QByteArray> RowStatements::text(const SqlContext& context, const Shape& shape)
{
    for (const Known& known : m_known) {
        if (known.matches(shape))
            return known.text;
    }
    RowText text(context, *shape.table);
    QByteArray built;
    switch (shape.kind) {
    case Kind::Insert: built = insertText(context, text, *shape.values); break;
    case Kind::Update: built = updateText(text, *shape.values, *shape.key, *shape.expect); break;
    case Kind::Delete: built = "DELETE FROM " + text.tableName() + text.where(*shape.key, *shape.expect); break;
    case Kind::Count: built = "SELECT count(*) FROM " + text.tableName() + text.where(*shape.key, *shape.expect); break;
    case Kind::Compare: built = compareText(text, *shape.key, *shape.expect); break;
    }
    if (text.error())
        return *text.error();
    remember(shape, built);
    return built;
}

void RowStatements::remember(const Shape& shape, const QByteArray& text)
{
    Known known {
        shape.kind, *shape.table, columnsOf(*shape.values), columnsOf(*shape.key), {}, columnsOf(*shape.expect), text
    };
    for (const NamedValue& part : *shape.key)
        known.nullKeys.append(part.value.isNull());
    if (m_known.size() < rememberedShapes)
        m_known.append(std::move(known));
    else
        m_known[m_next] = std::move(known);
    m_next = (m_next + 1) % rememberedShapes;
}

bool RowStatements::Known::matches(const Shape& shape) const
{
    const auto isNull = [](const NamedValue& part) { return part.value.isNull(); };
    return kind == shape.kind && table.name == shape.table->name && sameColumns(values, *shape.values)
        && sameColumns(key, *shape.key) && std::ranges::equal(nullKeys, *shape.key, {}, {}, isNull)
        && sameColumns(expect, *shape.expect) && table == *shape.table;
}

} // namespace holdpoint
