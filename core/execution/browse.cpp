// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/browse.h"

#include "schema/schemareader.h"

namespace holdpoint {

namespace {

Statement pageStatement(const Connection& connection, const Table& table, int limit)
{
    QByteArray columns;
    for (const Column& column : table.columns)
        columns += (columns.isEmpty() ? "" : ", ") + connection.quoted(column.name);
    QByteArray order;
    for (const QString& column : table.primaryKey())
        order += (order.isEmpty() ? " ORDER BY " : ", ") + connection.quoted(column);
    return { "SELECT " + columns + " FROM " + connection.quoted(table.schema) + '.' + connection.quoted(table.name)
                 + order + " LIMIT " + QByteArray::number(limit + 1),
             {} };
}

} // namespace

Result<QList<Table>> readTables(const PoolSource& pools, const Target& target, const ConnectionOptions& options)
{
    auto reader = pools(target)->reader(options);
    if (!reader)
        return reader.error();
    return (*reader)
        ->run([](Connection& connection) { return SchemaReader::forConnection(connection)->tables(); })
        .takeResult();
}

Result<Workbench::Page> readPage(const PoolSource& pools, const Target& target, const TableName& name, int limit,
                                 const ConnectionOptions& options)
{
    auto reader = pools(target)->reader(options);
    if (!reader)
        return reader.error();
    return (*reader)
        ->run([&](Connection& connection) -> Result<Workbench::Page> {
            Workbench::Page page;
            auto table = SchemaReader::forConnection(connection)->table(name.schema, name.table);
            if (!table)
                return table.error();
            page.table = std::move(table).value();
            auto rows = connection.query(pageStatement(connection, page.table, limit));
            if (!rows)
                return rows.error();
            page.rows = std::move(rows).value();
            page.more = page.rows.rows.size() > limit;
            if (page.more)
                page.rows.rows.removeLast();
            return page;
        })
        .takeResult();
}

} // namespace holdpoint
