// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/postgresbatch.h"

#include "command/deleterow.h"
#include "command/importrows.h"
#include "command/insertrow.h"
#include "command/runsql.h"
#include "command/updaterow.h"
#include "differential/postgrestypes.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace holdpoint::differential {

namespace {

using Key = WorldTable::Key;

/// A null QString is NULL.
Value valueOf(const QString& text)
{
    return text.isNull() ? Value::null() : Value::text(text);
}

QString sqlOf(const QString& text)
{
    return text.isNull() ? u"NULL"_s : literal(text);
}

NamedValues named(const QMap<QString, QString>& values)
{
    NamedValues named;
    for (auto value = values.cbegin(); value != values.cend(); ++value)
        named.append({ value.key(), valueOf(value.value()) });
    return named;
}

/// Equal for the server; where that is the same or the type has no equality, as it prints it.
QString condition(const WorldTable& table, const QMap<QString, QString>& values)
{
    QStringList terms;
    for (auto value = values.cbegin(); value != values.cend(); ++value) {
        const QString column = quoted(value.key());
        const auto type = table.typed.constFind(value.key());
        const bool equalsOther = type != table.typed.cend() && randomTypes().at(*type).equalsOther;
        terms.append(value->isNull()   ? column + u" IS NULL"_s
                         : equalsOther ? u"%1 = %2"_s.arg(column, literal(value.value()))
                                       : u"format('%s', %1) = %2"_s.arg(column, literal(value.value())));
    }
    return terms.join(u" AND "_s);
}

QString csvField(const QString& text)
{
    return text.isNull() ? QString() : u'"' + QString(text).replace(u'"', u"\"\""_s) + u'"';
}

} // namespace

QString RandomBatch::text() const
{
    QString text;
    for (qsizetype i = 0; i < statements.size(); ++i) {
        for (const PsqlStatement& statement : statements.at(i))
            text += u"-- %1 %2 %3\n"_s.arg(i).arg(batch.commands.at(i)->operation()).arg(statement.rows)
                + statement.text.left(4000) + u";\n"_s;
    }
    return text;
}

void BatchMaker::add(RandomBatch& batch, StoreCommandPtr command, const QList<PsqlStatement>& statements)
{
    batch.batch.commands.append(std::move(command));
    batch.statements.append(statements);
}

void BatchMaker::addSql(RandomBatch& batch, const QString& text)
{
    const bool counted = (text.startsWith("UPDATE"_L1) || text.startsWith("DELETE"_L1)) && m_random.chance(4);
    const int rows = counted ? m_random.below(3) : -1;
    const std::optional<qint64> expected = counted ? std::optional<qint64>(rows) : std::nullopt;
    add(batch, std::make_shared<RunSql>(m_target.name, text, QList<Value>(), expected), { { text, rows } });
}

void BatchMaker::addParameters(RandomBatch& batch)
{
    const WorldTable& table = m_world.tables.at(m_random.below(static_cast<int>(m_world.tables.size())));
    const int number = m_random.below(8);
    const QString note = m_random.chance(10) ? QString() : u"it's $1 \\ %1"_s.arg(number);
    const QString text = u"UPDATE "_s + table.sql() + u" SET s = $2 WHERE v = $1"_s;
    const QString psql
        = u"UPDATE "_s + table.sql() + u" SET s = "_s + sqlOf(note) + u" WHERE v = "_s + QString::number(number);
    add(batch, std::make_shared<RunSql>(m_target.name, text, QList<Value> { Value::integer(number), valueOf(note) }),
        { { psql, -1 } });
}

QMap<QString, QString> BatchMaker::newRow(const WorldTable& table)
{
    const auto null = [this](int percent) { return m_random.chance(percent); };
    QMap<QString, QString> row;
    row.insert(u"v"_s, null(10) ? QString() : QString::number(m_random.below(14)));
    row.insert(u"s"_s, null(10) ? QString() : u"new "_s + QString::number(m_random.below(6)));
    for (auto column = table.typed.cbegin(); column != table.typed.cend(); ++column)
        row.insert(column.key(), null(20) ? QString() : m_random.pick(randomTypes().at(column.value()).values));
    if (!table.reference.isEmpty() && m_random.chance(60))
        row.insert(table.reference, (table.textReference ? u"k%1"_s : u"%1"_s).arg(m_random.between(1, 14)));
    // A view does not show that a column of its table is GENERATED ALWAYS.
    const bool hidden = table.kind == WorldTable::Kind::View && table.key == Key::Always;
    const bool serverKeys = table.key == Key::Always || table.key == Key::ByDefault || table.key == Key::Serial;
    if (!hidden && (!serverKeys || m_random.chance(30)))
        row.insert(table.keyOf(m_random.between(13, 90)));
    return row;
}

QString BatchMaker::insertText(const WorldTable& table, const QMap<QString, QString>& row) const
{
    QStringList columns;
    QStringList values;
    for (auto value = row.cbegin(); value != row.cend(); ++value) {
        columns.append(quoted(value.key()));
        values.append(sqlOf(value.value()));
    }
    const bool identity = row.contains(u"id"_s) && (table.key == Key::Always || table.key == Key::ByDefault);
    return u"INSERT INTO %1 (%2) %3VALUES (%4)"_s.arg(
        table.sql(), columns.join(u", "_s), identity ? u"OVERRIDING SYSTEM VALUE "_s : QString(), values.join(u", "_s));
}

void BatchMaker::addInsert(RandomBatch& batch, const WorldTable& table)
{
    const auto row = newRow(table);
    add(batch, std::make_shared<InsertRow>(m_target.name, TableName { u"public"_s, table.name }, named(row)),
        { { insertText(table, row), 1 } });
}

void BatchMaker::addImport(RandomBatch& batch, const WorldTable& table)
{
    const QString path = m_folder + u"/import%1.csv"_s.arg(++m_files);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        qFatal("cannot write %s", qUtf8Printable(path));
    QStringList columns;
    QList<PsqlStatement> statements;
    const int rows = m_random.between(1, 4);
    for (int i = 0; i < rows; ++i) {
        auto row = newRow(table);
        if (i == 0)
            columns = row.keys();
        QStringList fields;
        row.removeIf([&](const auto& value) { return !columns.contains(value.key()); });
        for (const QString& column : std::as_const(columns)) {
            row.insert(column, row.value(column));
            fields.append(csvField(row.value(column)));
        }
        if (i == 0) {
            QStringList header;
            for (const QString& column : std::as_const(columns))
                header.append(csvField(column));
            file.write((header.join(u',') + u'\n').toUtf8());
        }
        file.write((fields.join(u',') + u'\n').toUtf8());
        statements.append({ insertText(table, row), 1 });
    }
    add(batch, std::make_shared<ImportRows>(m_target.name, TableName { {}, table.name }, path, path), statements);
}

void BatchMaker::addChange(RandomBatch& batch, const WorldTable& table, const DumpRow& row)
{
    QMap<QString, QString> key;
    const QStringList keyColumns = table.key == Key::None ? QStringList { u"v"_s, u"s"_s } : table.keyColumns();
    for (const QString& column : keyColumns)
        key.insert(column, row.values.value(column));
    QMap<QString, QString> expect;
    for (auto column = table.typed.cbegin(); column != table.typed.cend(); ++column) {
        if (m_random.chance(40))
            expect.insert(column.key(), row.values.value(column.key()));
    }
    if (m_random.chance(40))
        expect.insert(u"s"_s, m_random.chance(10) ? u"other"_s : row.values.value(u"s"_s));
    const QString where
        = u" WHERE "_s + condition(table, key) + (expect.isEmpty() ? QString() : u" AND "_s + condition(table, expect));
    const TableName name { m_random.chance(50) ? u"public"_s : QString(), table.name };
    if (m_random.chance(40)) {
        add(batch, std::make_shared<DeleteRow>(m_target.name, name, named(key), named(expect)),
            { { u"DELETE FROM "_s + table.sql() + where, 1 } });
        return;
    }
    auto set = newRow(table);
    for (const QString& column : set.keys()) {
        if (keyColumns.contains(column) ? m_random.chance(85) : m_random.chance(50))
            set.remove(column);
    }
    if (set.isEmpty())
        set.insert(u"v"_s, u"3"_s);
    if (table.key == Key::Always)
        set.remove(u"id"_s);
    QStringList assignments;
    for (auto value = set.cbegin(); value != set.cend(); ++value)
        assignments.append(quoted(value.key()) + u" = "_s + sqlOf(value.value()));
    add(batch, std::make_shared<UpdateRow>(m_target.name, name, named(key), named(set), named(expect)),
        { { u"UPDATE "_s + table.sql() + u" SET "_s + assignments.join(u", "_s) + where, 1 } });
}

void BatchMaker::addRowCommand(RandomBatch& batch, const Dump& dump)
{
    const WorldTable& table = m_world.tables.at(m_random.below(static_cast<int>(m_world.tables.size())));
    QList<const DumpRow*> rows;
    for (const DumpRow& row : dump.rows) {
        if (row.table == u"public."_s + table.name)
            rows.append(&row);
    }
    if (m_random.chance(15))
        addImport(batch, table);
    else if (rows.isEmpty() || m_random.chance(35))
        addInsert(batch, table);
    else
        addChange(batch, table, *m_random.pick(rows));
}

RandomBatch BatchMaker::make(const Dump& dump)
{
    RandomBatch batch;
    batch.batch.title = u"random"_s;
    batch.batch.targets = { m_target };
    batch.changesSchema = m_random.chance(25);
    Statements statements(m_world, m_random);
    const int commands = m_random.between(1, 6);
    for (int i = 0; i < commands; ++i) {
        if (m_random.chance(30)) {
            addRowCommand(batch, dump);
            continue;
        }
        if (m_random.chance(6)) {
            addParameters(batch);
            continue;
        }
        const bool schema = batch.changesSchema && m_random.chance(50);
        const QStringList texts = schema ? statements.changeSchema() : statements.changeRows();
        for (const QString& text : texts)
            addSql(batch, text);
    }
    return batch;
}

} // namespace holdpoint::differential
