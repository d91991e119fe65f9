// SPDX-License-Identifier: GPL-3.0-or-later
#include "schema/sqliteschemareader.h"

#include "schema/nearnames.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// Beyond this a highest rowid says nothing of the number of rows: such keys are not counted up.
constexpr qint64 highestCount = 1'000'000'000'000;

class SqliteSchemaReader final : public SchemaReader
{
public:
    explicit SqliteSchemaReader(Connection& connection)
        : m_connection(connection)
    {
    }
    [[nodiscard]] Result<QList<Table>> tables() override;
    [[nodiscard]] Result<Table> table(const QString& schema, const QString& name) override;
    [[nodiscard]] Result<QList<UniqueKey>> uniqueKeys(const Table& table) override;

private:
    [[nodiscard]] Result<Rowset> query(const QByteArray& text, const QStringList& values) const;
    [[nodiscard]] Result<Table> find(const QString& schema, const QString& name);
    [[nodiscard]] Error noSuchTable(const QString& schema, const QString& name);
    [[nodiscard]] Result<void> readColumns(Table& table) const;
    [[nodiscard]] Result<void> readRowidAlias(Table& table) const;
    [[nodiscard]] Result<void> readForeignKeys(Table& table) const;
    [[nodiscard]] Result<void> readTriggers(Table& table) const;
    void estimateRows(Table& table) const;

    Connection& m_connection;
};

// A row of pragma_table_list: schema, name, type, wr.
Table listed(const Row& row)
{
    Table table;
    table.schema = textOrNull(row.at(0));
    table.name = textOrNull(row.at(1));
    const QString type = textOrNull(row.at(2));
    if (type == "view"_L1)
        table.kind = TableKind::View;
    else if (type == "virtual"_L1)
        table.kind = TableKind::Virtual;
    table.withoutRowid = row.at(3) == Value::integer(1);
    table.internal = type == "shadow"_L1 || table.name.startsWith("sqlite_"_L1, Qt::CaseInsensitive);
    return table;
}

bool isSchemaTable(const QString& name)
{
    return name == "sqlite_schema"_L1 || name == "sqlite_temp_schema"_L1;
}

Result<Rowset> SqliteSchemaReader::query(const QByteArray& text, const QStringList& values) const
{
    Statement statement { text, {} };
    for (const QString& value : values)
        statement.parameters.append(Value::text(value));
    return m_connection.query(statement);
}

Result<QList<Table>> SqliteSchemaReader::tables()
{
    const auto rows = query("SELECT schema, name, type, wr FROM pragma_table_list ORDER BY schema, name", {});
    if (!rows)
        return rows.error();
    QList<Table> result;
    for (const Row& row : rows->rows) {
        Table table = listed(row);
        if (isSchemaTable(table.name))
            continue;
        estimateRows(table);
        result.append(table);
    }
    return result;
}

Result<Table> SqliteSchemaReader::table(const QString& schema, const QString& name)
{
    auto found = find(schema, name);
    if (!found)
        return found;
    Table table = std::move(found).value();
    if (const auto columns = readColumns(table); !columns)
        return columns.error();
    if (const auto keys = readForeignKeys(table); !keys)
        return keys.error();
    if (const auto triggers = readTriggers(table); !triggers)
        return triggers.error();
    estimateRows(table);
    return table;
}

Result<Table> SqliteSchemaReader::find(const QString& schema, const QString& name)
{
    const auto rows = query("SELECT schema, name, type, wr FROM pragma_table_list WHERE name = ?1 COLLATE NOCASE"
                            " AND (?2 = '' OR schema = ?2 COLLATE NOCASE) ORDER BY schema <> 'temp', schema <> 'main'",
                            { name, schema.isNull() ? u""_s : schema });
    if (!rows)
        return rows.error();
    return rows->rows.isEmpty() ? Result<Table>(noSuchTable(schema, name)) : listed(rows->rows.first());
}

Error SqliteSchemaReader::noSuchTable(const QString& schema, const QString& name)
{
    const QString full = schema.isEmpty() ? name : schema + u'.' + name;
    Error error
        = makeError(ErrorKind::Statement, u"there is no table %1 in %2"_s.arg(full, m_connection.target().address));
    error.schema = schema;
    error.table = name;
    const auto rows = query("SELECT DISTINCT name FROM pragma_table_list WHERE type <> 'shadow'"
                            " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
                            {});
    QStringList names;
    for (const Row& row : rows ? rows->rows : QList<Row>())
        names.append(textOrNull(row.at(0)));
    error.hint = nearNamesHint(name, names);
    return error;
}

Result<void> SqliteSchemaReader::readColumns(Table& table) const
{
    const auto rows = query("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1, ?2)"
                            " ORDER BY cid",
                            { table.name, table.schema });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows) {
        const qint64 hidden = row.at(5).toInteger(); // 1 hidden, 2 virtual generated, 3 stored generated
        if (hidden == 1)
            continue;
        Column column;
        column.name = textOrNull(row.at(0));
        column.type = textOrNull(row.at(1));
        column.notNull = row.at(2) == Value::integer(1);
        column.defaultText = textOrNull(row.at(3));
        column.keyPosition = static_cast<int>(row.at(4).toInteger());
        column.generated = hidden > 1;
        table.columns.append(column);
    }
    return readRowidAlias(table);
}

// The primary key is the rowid exactly if it is one INTEGER column and SQLite keeps no index for it.
Result<void> SqliteSchemaReader::readRowidAlias(Table& table) const
{
    if (table.withoutRowid || table.primaryKey().size() != 1)
        return {};
    Column& key = table.columns[table.columnIndex(table.primaryKey().first())];
    if (key.type.compare("INTEGER"_L1, Qt::CaseInsensitive) != 0)
        return {};
    const auto rows
        = query("SELECT 1 FROM pragma_index_list(?1, ?2) WHERE origin = 'pk'", { table.name, table.schema });
    if (!rows)
        return rows.error();
    key.identity = rows->rows.isEmpty();
    return {};
}

// A key that names no columns refers to the parent's primary key.
Result<void> SqliteSchemaReader::readForeignKeys(Table& table) const
{
    const auto rows = query("SELECT f.id, f.\"table\", f.\"from\", coalesce(f.\"to\","
                            " (SELECT p.name FROM pragma_table_xinfo(f.\"table\", ?2) p WHERE p.pk = f.seq + 1)),"
                            " f.on_delete, f.on_update FROM pragma_foreign_key_list(?1, ?2) f ORDER BY f.id, f.seq",
                            { table.name, table.schema });
    if (!rows)
        return rows.error();
    qint64 last = -1;
    for (const Row& row : rows->rows) {
        if (std::exchange(last, row.at(0).toInteger()) != row.at(0).toInteger()) {
            ForeignKey key;
            key.referencedSchema = table.schema;
            key.referencedTable = textOrNull(row.at(1));
            key.onDelete = textOrNull(row.at(4));
            key.onUpdate = textOrNull(row.at(5));
            table.foreignKeys.append(key);
        }
        table.foreignKeys.last().columns.append(textOrNull(row.at(2)));
        table.foreignKeys.last().referencedColumns.append(textOrNull(row.at(3)));
    }
    return {};
}

// What an expression or a condition reads, SQLite does not tell: it may be any column.
Result<QList<UniqueKey>> SqliteSchemaReader::uniqueKeys(const Table& table)
{
    const auto rows = query("SELECT l.name, i.name, l.partial OR i.cid = -2, i.coll <> 'BINARY', l.origin = 'pk'"
                            " FROM pragma_index_list(?1, ?2) l, pragma_index_xinfo(l.name, ?2) i"
                            " WHERE l.\"unique\" AND i.key ORDER BY l.seq, i.seqno",
                            { table.name, table.schema });
    if (!rows)
        return rows.error();
    QList<UniqueKey> keys;
    QList<bool> primary;
    Value last;
    const auto isTrue = [](const Value& value) { return value == Value::integer(1); };
    for (const Row& row : rows->rows) {
        if (std::exchange(last, row.at(0)) != row.at(0)) {
            keys.append(UniqueKey());
            primary.append(isTrue(row.at(4)));
        }
        UniqueKey& key = keys.last();
        key.byValue = key.byValue && !isTrue(row.at(2)) && !isTrue(row.at(3));
        if (!isTrue(row.at(2))) {
            key.columns.append(textOrNull(row.at(1)));
            continue;
        }
        key.columns.clear();
        for (const Column& column : table.columns)
            key.columns.append(column.name);
    }
    for (qsizetype i = keys.size() - 1; i >= 0; --i) {
        if (primary.at(i) && keys.at(i).byValue)
            keys.removeAt(i);
    }
    return keys;
}

Result<void> SqliteSchemaReader::readTriggers(Table& table) const
{
    const QByteArray own = m_connection.quoted(table.schema) + ".sqlite_schema";
    const auto rows = query("SELECT name, sql FROM " + own
                                + " WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE"
                                  " UNION ALL SELECT name, sql FROM sqlite_temp_schema WHERE type = 'trigger'"
                                  " AND tbl_name = ?1 COLLATE NOCASE AND ?2 <> 'temp' ORDER BY 1",
                            { table.name, table.schema });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows)
        table.triggers.append({ textOrNull(row.at(0)), textOrNull(row.at(1)), true });
    return {};
}

// The highest rowid costs one seek; a table without a rowid, or whose rows cannot be read, stays unknown.
void SqliteSchemaReader::estimateRows(Table& table) const
{
    if (table.kind != TableKind::Table || table.withoutRowid || table.internal)
        return;
    const auto hidden = query("SELECT 1 FROM pragma_table_xinfo(?1, ?2) WHERE name = '_rowid_' COLLATE NOCASE",
                              { table.name, table.schema });
    if (!hidden || !hidden->rows.isEmpty())
        return;
    const QByteArray name = m_connection.quoted(table.schema) + '.' + m_connection.quoted(table.name);
    const auto rows = query("SELECT max(_rowid_) FROM " + name, {});
    const Value highest = rows ? rows->rows.value(0).value(0) : Value();
    if (rows && highest.isNull())
        table.estimatedRows = 0;
    else if (highest.kind() == Value::Kind::Integer && highest.toInteger() <= highestCount)
        table.estimatedRows = std::max(highest.toInteger(), qint64(0));
}

} // namespace

std::unique_ptr<SchemaReader> sqliteSchemaReader(Connection& connection)
{
    return std::make_unique<SqliteSchemaReader>(connection);
}

} // namespace holdpoint
