// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/rowguard.h"

#include "command/commandtext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

Error guardError(const RowAddress& row, const QString& message)
{
    Error error = makeError(ErrorKind::Guard, message);
    error.schema = row.table.schema;
    error.table = row.table.table;
    return error;
}

Error manyRows(const RowAddress& row, qint64 rows)
{
    return guardError(row,
                      u"the key %1 names %2 rows of %3; it must name exactly one"_s.arg(shownValues(row.key))
                          .arg(rows)
                          .arg(nameOf(row.table)));
}

Error unexplained(const RowAddress& row, const Error& cause)
{
    Error error
        = guardError(row, u"no row of %1 was changed; the key is %2"_s.arg(nameOf(row.table), shownValues(row.key)));
    error.detail = u"the row could not be read to say why: "_s + cause.message;
    return error;
}

bool isTrue(const Value& value)
{
    return value == Value::boolean(true) || value == Value::integer(1);
}

Error differences(const RowAddress& row, const Row& compared)
{
    QStringList different;
    QString column;
    for (qsizetype i = 0; i < row.expect.size(); ++i) {
        if (isTrue(compared.at(2 * i)))
            continue;
        const NamedValue& expected = row.expect.at(i);
        column = column.isEmpty() ? expected.column : column;
        different.append(u"%1 is %2, expected %3"_s.arg(expected.column, shownValue(compared.at(2 * i + 1)),
                                                        shownValue(expected.value)));
    }
    const QString address = u"%1, %2: "_s.arg(nameOf(row.table), shownValues(row.key));
    if (different.isEmpty())
        return guardError(
            row, address + u"the row is there, but was not changed; a trigger, a rule or a policy prevented it"_s);
    Error error = guardError(row, address + different.join("; "_L1));
    error.column = column;
    return error;
}

bool isNamedByPrimaryKey(const RowAddress& row, const Table& table)
{
    const auto isGiven = [&](const QString& column) {
        const auto part = std::ranges::find(row.key, column, &NamedValue::column);
        return part != row.key.end() && !part->value.isNull();
    };
    const QStringList key = table.primaryKey();
    return !key.isEmpty() && std::ranges::all_of(key, isGiven);
}

// Of several rows that a key names, an engine may change one and count one: a trigger may keep a row from it; on SQLite
// it may also take one away, as a cascade may, a conflict may be ignored, and a view counts nothing.
bool countsTooFew(const CommandContext& context, const RowAddress& row, const Table& table)
{
    if (context.engine() == EngineKind::SQLite)
        return table.kind == TableKind::View || !isNamedByPrimaryKey(row, table);
    return !table.triggers.isEmpty() && !isNamedByPrimaryKey(row, table);
}

Result<qint64> countRows(CommandContext& context, const RowAddress& row, const Table& table, const NamedValues& expect)
{
    const auto statement = context.rowStatements().count(context, table, row.key, expect);
    if (!statement)
        return statement.error();
    const auto counted = context.query(*statement);
    if (!counted)
        return counted.error();
    return counted->rows.constFirst().constFirst().toInteger();
}

Result<Row> compareRow(CommandContext& context, const RowAddress& row, const Table& table)
{
    if (row.expect.isEmpty())
        return Row();
    const auto statement = context.rowStatements().compare(context, table, row.key, row.expect);
    if (!statement)
        return statement.error();
    const auto compared = context.query(*statement);
    if (!compared)
        return compared.error();
    return compared->rows.value(0);
}

} // namespace

Result<void> submitOnOneRow(CommandContext& context, const RowAddress& row, const Table& table,
                            const Statement& statement)
{
    const RowGuard one { 1, {} };
    if (!countsTooFew(context, row, table)) {
        context.submit(statement, one, &table);
        return {};
    }
    const auto rows = countRows(context, row, table, row.expect);
    if (!rows)
        return rows.error();
    if (*rows != 1)
        return explainOneRow(context, row, *rows);
    context.submit(statement, table.kind == TableKind::View ? RowGuard() : one, &table);
    return {};
}

Error explainOneRow(CommandContext& context, const RowAddress& row, qint64 rows)
{
    if (rows > 1)
        return manyRows(row, rows);
    const auto table = context.table(row.table.schema, row.table.table);
    if (!table)
        return unexplained(row, table.error());
    const auto named = countRows(context, row, **table, {});
    if (!named)
        return unexplained(row, named.error());
    if (*named == 0)
        return guardError(row, u"no row of %1 has %2"_s.arg(nameOf(row.table), shownValues(row.key)));
    if (*named > 1)
        return manyRows(row, *named);
    const auto compared = compareRow(context, row, **table);
    return compared ? differences(row, *compared) : unexplained(row, compared.error());
}

} // namespace holdpoint
