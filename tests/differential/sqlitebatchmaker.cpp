// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/sqlitebatchmaker.h"

#include "command/deleterow.h"
#include "command/importrows.h"
#include "command/insertrow.h"
#include "command/runsql.h"
#include "command/updaterow.h"

#include <QFile>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// An error if the statement before did not change so many rows.
QByteArray changedExactly(qint64 rows)
{
    return "; SELECT CASE changes() WHEN " + QByteArray::number(rows) + " THEN 1 ELSE json('changed other rows') END";
}

QByteArray nameOf(const NamedValue& value)
{
    return sqliteQuoted(value.column.toUtf8());
}

QByteArray whereText(const NamedValues& key, const NamedValues& expect)
{
    QByteArrayList terms;
    for (const NamedValue& part : key)
        terms.append(nameOf(part) + (part.value.isNull() ? " IS " : " = ") + sqliteLiteral(part.value));
    for (const NamedValue& part : expect)
        terms.append(nameOf(part) + " IS " + sqliteLiteral(part.value) + " COLLATE BINARY");
    return " WHERE " + terms.join(" AND ");
}

// An error if the key names more rows, also where only one of them is changed then.
QByteArray meetsOne(const SqliteWorldTable& table, const QByteArray& where)
{
    return "SELECT CASE (SELECT count(*) FROM " + table.quoted() + where
        + ") WHEN 1 THEN 1 ELSE json('other rows') END; ";
}

QByteArray insertText(const SqliteWorldTable& table, const NamedValues& values)
{
    QByteArrayList names;
    QByteArrayList literals;
    for (const NamedValue& value : values) {
        names.append(nameOf(value));
        literals.append(sqliteLiteral(value.value));
    }
    return "INSERT INTO " + table.quoted() + '(' + names.join(", ") + ") VALUES (" + literals.join(", ") + ')';
}

TableName tableName(const SqliteWorldTable& table)
{
    return { {}, QString::fromUtf8(table.name) };
}

} // namespace

SqliteBatchMaker::Command SqliteBatchMaker::sql(const SqliteStatementText& statement)
{
    const QByteArray literal = statement.withLiterals();
    const bool bound = !statement.values.isEmpty() && m_dice.chance(60);
    std::optional<qint64> expected;
    QByteArray script = literal;
    if (statement.changesRows && m_dice.chance(10)) {
        expected = m_dice.between(0, 2);
        script += changedExactly(*expected);
    }
    return { std::make_shared<RunSql>(m_target.name, QString::fromUtf8(bound ? statement.withParameters() : literal),
                                      bound ? statement.values : QList<Value>(), expected),
             script };
}

NamedValues SqliteBatchMaker::keyOfSomeRow(const SqliteWorldTable& table)
{
    QByteArrayList columns = table.key;
    if (columns.isEmpty())
        columns = table.isView() || table.withoutRowid ? table.columns.first(1) : QByteArrayList { "rowid" };
    const Row row = m_world.row(m_dice, table, columns);
    NamedValues key;
    for (qsizetype i = 0; i < row.size(); ++i)
        key.append({ QString::fromUtf8(columns.at(i)), row.at(i) });
    return key;
}

NamedValues SqliteBatchMaker::expectation(const SqliteWorldTable& table, const NamedValues& key)
{
    NamedValues expect;
    if (table.isView() || m_dice.chance(60))
        return expect;
    const QByteArrayList columns = m_dice.some(table.columns);
    QByteArrayList quoted;
    for (const QByteArray& column : columns)
        quoted.append(sqliteQuoted(column));
    const Row row = m_world.found("SELECT " + quoted.join(", ") + " FROM " + table.quoted() + whereText(key, {}));
    for (qsizetype i = 0; i < row.size(); ++i)
        expect.append({ QString::fromUtf8(columns.at(i)), m_dice.chance(3) ? Value::integer(77) : row.at(i) });
    return expect;
}

SqliteBatchMaker::Command SqliteBatchMaker::insertRow(const SqliteWorldTable& table)
{
    NamedValues values;
    for (const QByteArray& column : m_dice.some(table.written))
        values.append({ QString::fromUtf8(column), m_statements.value() });
    return { std::make_shared<InsertRow>(m_target.name, tableName(table), values),
             insertText(table, values) + (table.isView() ? QByteArray() : changedExactly(1)) };
}

SqliteBatchMaker::Command SqliteBatchMaker::updateRow(const SqliteWorldTable& table)
{
    const NamedValues key = keyOfSomeRow(table);
    const NamedValues expect = key.isEmpty() ? NamedValues() : expectation(table, key);
    NamedValues set;
    QByteArrayList assignments;
    for (const QByteArray& column : m_dice.some(table.written)) {
        set.append({ QString::fromUtf8(column), m_statements.value() });
        assignments.append(sqliteQuoted(column) + " = " + sqliteLiteral(set.last().value));
    }
    if (key.isEmpty() || table.isView())
        return {};
    const QByteArray where = whereText(key, expect);
    return { std::make_shared<UpdateRow>(m_target.name, tableName(table), key, set, expect),
             meetsOne(table, where) + "UPDATE " + table.quoted() + " SET " + assignments.join(", ") + where
                 + changedExactly(1) };
}

SqliteBatchMaker::Command SqliteBatchMaker::deleteRow(const SqliteWorldTable& table)
{
    const NamedValues key = keyOfSomeRow(table);
    if (key.isEmpty() || table.isView())
        return {};
    const NamedValues expect = expectation(table, key);
    const QByteArray where = whereText(key, expect);
    return { std::make_shared<DeleteRow>(m_target.name, tableName(table), key, expect),
             meetsOne(table, where) + "DELETE FROM " + table.quoted() + where + changedExactly(1) };
}

// A file of two rows of words; an empty field is NULL.
SqliteBatchMaker::Command SqliteBatchMaker::importRows(const SqliteWorldTable& table)
{
    if (table.isView())
        return {};
    const QByteArrayList columns = m_dice.some(table.written);
    QByteArray csv = columns.join("\",\"");
    if (csv.contains("\"\"") || columns.join().contains('"'))
        return {};
    csv = '"' + csv + "\"\n";
    QByteArray script;
    for (int row = 0; row < 2; ++row) {
        NamedValues values;
        QByteArrayList fields;
        for (const QByteArray& column : columns) {
            const QByteArray word = QByteArray::number(m_dice.between(10, 60)) + m_dice.oneOf({ "", "", "x", " y" });
            fields.append(m_dice.chance(20) ? QByteArray() : word);
            values.append({ QString::fromUtf8(column),
                            fields.last().isEmpty() ? Value::null() : Value::text(QString::fromUtf8(word)) });
        }
        csv += fields.join(',') + '\n';
        script += (row ? "; " : "") + insertText(table, values) + changedExactly(1);
    }
    const QString path = u"%1.%2.csv"_s.arg(m_target.address).arg(m_files++);
    QFile file(path);
    if (columns.size() == 1 || !file.open(QIODevice::WriteOnly) || file.write(csv) != csv.size())
        return {};
    return { std::make_shared<ImportRows>(m_target.name, tableName(table), QFileInfo(path).fileName(), path), script };
}

SqliteBatchMaker::Command SqliteBatchMaker::any(bool schema)
{
    const QList<SqliteWorldTable> tables = m_world.tables();
    if (tables.isEmpty())
        return sql({ "CREATE TABLE only(a)", {} });
    const SqliteWorldTable table = m_dice.pick(tables);
    if (schema && m_dice.chance(25))
        return sql(m_statements.schemaStatement(tables));
    switch (m_dice.below(14)) {
    case 0:
    case 1: return insertRow(table);
    case 2:
    case 3: return updateRow(table);
    case 4: return deleteRow(table);
    case 5: return importRows(table);
    default: return sql(m_statements.rowStatement(tables));
    }
}

SqliteMadeBatch SqliteBatchMaker::made(bool schema)
{
    SqliteMadeBatch made;
    made.batch.title = u"Random"_s;
    made.batch.targets = { m_target };
    const int wanted = m_dice.between(1, 9);
    for (int tries = 0; tries < 200 && made.script.size() < wanted && m_world.isOpen(); ++tries) {
        const Command next = any(schema);
        if (!next.command)
            continue;
        const bool succeeds = m_world.tries(next.script);
        const bool ends = !succeeds && (!m_world.isOpen() || m_dice.chance(2));
        if (!succeeds && !ends)
            continue;
        made.batch.commands.append(next.command);
        made.script.append(next.script);
        if (ends)
            break;
    }
    return made;
}

} // namespace holdpoint
