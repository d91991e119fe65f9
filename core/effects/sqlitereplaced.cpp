// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitereplaced.h"

#include "effects/keymatch.h"
#include "effects/spillindex.h"

#include <QSet>

#include <algorithm>

namespace holdpoint {

namespace {

bool isReplacedBy(const TableEffects& dropped, const TableEffects& made)
{
    return dropped.name == made.name && dropped.columns == made.columns && dropped.keyColumns == made.keyColumns
        && dropped.generated == made.generated && dropped.deleted == dropped.rows.size()
        && made.inserted == made.rows.size();
}

/// The key, or the whole row. Empty for a NULL in the key, which makes it nobody's.
QByteArray identityOf(const Row& row, const QList<int>& key)
{
    if (!key.isEmpty())
        return keyBytes(row, key);
    std::string content;
    for (const Value& value : row)
        packed::append(content, value);
    return QByteArray::fromStdString(content);
}

TableEffects merged(const TableEffects& dropped, const TableEffects& made)
{
    TableEffects table = made;
    table.rows = {};
    const auto identityBefore
        = [&](qsizetype row) { return identityOf(dropped.rows.at(row).before, table.keyColumns); };
    SpillIndex gone;
    for (qsizetype row = 0; row < dropped.rows.size(); ++row) {
        if (const QByteArray identity = identityBefore(row); !identity.isEmpty())
            gone.insert(SpillIndex::hashOf(identity), row);
    }
    std::vector<bool> isBack(static_cast<size_t>(dropped.rows.size()), false);
    for (RowChange row : made.rows) {
        const QByteArray identity = identityOf(row.after, table.keyColumns);
        const auto isSame = [&](qint64 other) { return identityBefore(other) == identity; };
        if (const qint64 old = gone.take(SpillIndex::hashOf(identity), isSame); old != SpillIndex::none) {
            isBack[static_cast<size_t>(old)] = true;
            row.change = ChangeKind::Update;
            row.before = dropped.rows.at(old).before;
        }
        if (row.before != row.after)
            table.rows.append(row);
    }
    for (qsizetype row = 0; row < dropped.rows.size(); ++row) {
        if (!isBack[static_cast<size_t>(row)])
            table.rows.append(dropped.rows.at(row));
    }
    const RowCounts counts = countsOf(table.rows);
    table.inserted = counts.inserted;
    table.updated = counts.updated;
    table.deleted = counts.deleted;
    table.complete = dropped.complete && made.complete;
    table.incompleteReason = dropped.complete ? made.incompleteReason : dropped.incompleteReason;
    return table;
}

} // namespace

QList<TableName> replacedTables(const SqliteLineage& lineage, const std::vector<std::unique_ptr<SqliteTouched>>& tables)
{
    QSet<SqliteTableId> dropped;
    for (size_t index = 0; index < tables.size(); ++index) {
        const SqliteDescent& descent = lineage.of(static_cast<int>(index));
        if (descent.dropped && !descent.born)
            dropped.insert(tables[index]->id());
    }
    QList<TableName> replaced;
    for (size_t index = 0; index < tables.size(); ++index) {
        const SqliteDescent& descent = lineage.of(static_cast<int>(index));
        if (descent.born && !descent.dropped && dropped.contains(descent.name))
            replaced.append({ QString::fromUtf8(descent.name.database), QString::fromUtf8(descent.name.name) });
    }
    return replaced;
}

void mergeReplaced(const QList<TableName>& replaced, QList<TableEffects>& tables)
{
    for (const TableName& name : replaced) {
        QList<qsizetype> places;
        for (qsizetype place = 0; place < tables.size(); ++place) {
            if (tables.at(place).name == name)
                places.append(place);
        }
        if (places.size() != 2)
            continue;
        TableEffects& one = tables[places.at(0)];
        const TableEffects& other = tables.at(places.at(1));
        if (isReplacedBy(one, other))
            one = merged(one, other);
        else if (isReplacedBy(other, one))
            one = merged(other, one);
        else
            continue;
        tables.removeAt(places.at(1));
    }
    tables.removeIf([](const TableEffects& table) { return table.rows.isEmpty() && table.complete; });
}

} // namespace holdpoint
