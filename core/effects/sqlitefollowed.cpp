// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitefollowed.h"

namespace holdpoint {

void followTables(SqliteLineage& lineage, const SqliteSchemaImage& before, const SqliteSchemaImage& now, int command,
                  sqlite3* handle)
{
    QSet<SqliteTableId> renamed;
    for (const SqliteObject& table : before.tables()) {
        if (now.hasTable(table.table()))
            continue;
        const SqliteTableId heir = now.tableAt(table.database, table.rootPage);
        if (heir.name.isEmpty() || before.hasTable(heir)) {
            lineage.dropped(table.table(), command);
        } else {
            lineage.renamed(table.table(), heir);
            renamed.insert(heir);
        }
    }
    for (const SqliteObject& table : now.tables()) {
        if (!before.hasTable(table.table()) && !renamed.contains(table.table()))
            lineage.created(table.table(), command);
        else if (const int index = lineage.indexOf(table.table()); index >= 0)
            lineage.reshaped(index, SqliteShape::read(handle, table.table()).columns);
    }
}

SqliteTableId formerName(const SqliteSchemaImage& schema, const SqliteLineage& lineage,
                         const std::vector<std::unique_ptr<SqliteTouched>>& touched, const SqliteTableId& id)
{
    const auto original = [&](const SqliteTableId& table) {
        const int index = lineage.indexOf(table);
        return index < 0 ? table : touched.at(static_cast<size_t>(index))->id();
    };
    if (schema.rootPage(id) != 0)
        return lineage.isOriginal(id) ? original(id) : SqliteTableId();
    for (const SqliteTableId& shadow : schema.shadowsOf(id)) {
        QByteArray name = original(shadow).name;
        name.chop(shadow.name.size() - id.name.size());
        return lineage.isOriginal(shadow) ? SqliteTableId { id.database, name } : SqliteTableId();
    }
    return id; // one without shadow tables
}

} // namespace holdpoint
