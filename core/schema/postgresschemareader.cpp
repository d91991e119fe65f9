// SPDX-License-Identifier: GPL-3.0-or-later
#include "schema/postgresschemareader.h"

#include "schema/nearnames.h"
#include "schema/postgresschemaqueries.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

class PostgresSchemaReader final : public SchemaReader
{
public:
    explicit PostgresSchemaReader(Connection& connection)
        : m_connection(connection)
    {
    }
    [[nodiscard]] Result<QList<Table>> tables() override;
    [[nodiscard]] Result<Table> table(const QString& schema, const QString& name) override;
    [[nodiscard]] Result<QList<UniqueKey>> uniqueKeys(const Table& table) override;

private:
    [[nodiscard]] Error noSuchTable(const QString& schema, const QString& name);

    Connection& m_connection;
};

TableKind kindOf(const QString& letter)
{
    if (letter == "v"_L1)
        return TableKind::View;
    if (letter == "m"_L1)
        return TableKind::MaterializedView;
    if (letter == "f"_L1)
        return TableKind::Foreign;
    return letter == "p"_L1 ? TableKind::Partitioned : TableKind::Table;
}

// A row of tableColumns.
Table tableOf(const Row& row)
{
    Table table;
    table.schema = textOrNull(row.at(1));
    table.name = textOrNull(row.at(2));
    table.kind = kindOf(textOrNull(row.at(3)));
    table.hasRules = row.at(4).toBoolean();
    table.hasChildren = row.at(5).toBoolean();
    table.selectable = row.at(6).toBoolean();
    table.estimatedRows = row.at(7).toInteger();
    return table;
}

Column columnOf(const Row& row)
{
    Column column;
    column.name = textOrNull(row.at(0));
    column.type = textOrNull(row.at(1));
    column.defaultText = textOrNull(row.at(2));
    column.notNull = row.at(3).toBoolean();
    column.generated = row.at(4).toBoolean();
    column.identity = row.at(5).toBoolean();
    column.comparable = row.at(6).toBoolean();
    column.keyPosition = static_cast<int>(row.at(7).toInteger());
    column.alwaysIdentity = row.at(8).toBoolean();
    return column;
}

// One row a column of a key: the rows of one key follow each other.
void addForeignKey(QList<ForeignKey>& keys, const Row& row)
{
    const QString name = textOrNull(row.at(0));
    if (keys.isEmpty() || keys.constLast().name != name) {
        ForeignKey key;
        key.name = name;
        key.referencedSchema = textOrNull(row.at(2));
        key.referencedTable = textOrNull(row.at(3));
        key.onDelete = textOrNull(row.at(5));
        key.onUpdate = textOrNull(row.at(6));
        key.deferrable = row.at(7).toBoolean();
        keys.append(key);
    }
    keys.last().columns.append(textOrNull(row.at(1)));
    keys.last().referencedColumns.append(textOrNull(row.at(4)));
}

Result<QList<Table>> PostgresSchemaReader::tables()
{
    const auto rows = m_connection.query({ postgres::tableColumns + postgres::visibleTables, {} });
    if (!rows)
        return rows.error();
    QList<Table> result;
    for (const Row& row : rows->rows)
        result.append(tableOf(row));
    return result;
}

Result<Table> PostgresSchemaReader::table(const QString& schema, const QString& name)
{
    const auto found = schema.isEmpty()
        ? m_connection.query({ postgres::tableColumns + postgres::tableInSearchPath, { Value::text(name) }, true })
        : m_connection.query(
            { postgres::tableColumns + postgres::tableInSchema, { Value::text(name), Value::text(schema) }, true });
    if (!found)
        return found.error();
    if (found->rows.isEmpty())
        return noSuchTable(schema, name);
    Table table = tableOf(found->rows.constFirst());
    const QList<Value> oid { found->rows.constFirst().at(0) };
    std::optional<Error> failed;
    const auto read = [&](const QByteArray& text, const std::function<void(const Row&)>& take) {
        m_connection.submit({ text, oid, true }, [&failed, take](const Result<Rowset>& rows) {
            if (!rows && !failed)
                failed = rows.error();
            for (const Row& row : rows ? rows->rows : QList<Row>())
                take(row);
        });
    };
    read(postgres::columns, [&table](const Row& row) { table.columns.append(columnOf(row)); });
    read(postgres::foreignKeys, [&table](const Row& row) { addForeignKey(table.foreignKeys, row); });
    read(postgres::triggers, [&table](const Row& row) {
        table.triggers.append({ textOrNull(row.at(0)), textOrNull(row.at(1)), row.at(2).toBoolean() });
    });
    if (auto flushed = m_connection.flush(); !flushed)
        return flushed.error();
    return failed ? Result<Table>(*failed) : Result<Table>(table);
}

Result<QList<UniqueKey>> PostgresSchemaReader::uniqueKeys(const Table& table)
{
    const auto rows
        = m_connection.query({ postgres::uniqueKeys, { Value::text(table.schema), Value::text(table.name) } });
    if (!rows)
        return rows.error();
    QList<UniqueKey> keys;
    Value last;
    for (const Row& row : rows->rows) {
        if (std::exchange(last, row.at(0)) != row.at(0))
            keys.append(UniqueKey { {}, row.at(2).toBoolean() });
        keys.last().columns.append(textOrNull(row.at(1)));
    }
    return keys;
}

Error PostgresSchemaReader::noSuchTable(const QString& schema, const QString& name)
{
    const QString full = schema.isEmpty() ? name : schema + u'.' + name;
    Error error
        = makeError(ErrorKind::Statement, u"there is no table %1 in %2"_s.arg(full, m_connection.target().name));
    error.schema = schema;
    error.table = name;
    QStringList names;
    const auto all = tables();
    for (const Table& table : all ? *all : QList<Table>()) {
        if (schema.isEmpty() || table.schema == schema || table.name == name)
            names.append(table.name == name ? table.schema + u'.' + table.name : table.name);
    }
    error.hint = nearNamesHint(name, names);
    return error;
}

} // namespace

std::unique_ptr<SchemaReader> postgresSchemaReader(Connection& connection)
{
    return std::make_unique<PostgresSchemaReader>(connection);
}

} // namespace holdpoint
