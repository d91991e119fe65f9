// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/pageoverlay.h"

#include "command/deleterow.h"
#include "command/insertrow.h"
#include "command/updaterow.h"

#include <map>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

class Overlaying
{
public:
    Overlaying(const Workbench::Page& page)
        : m_table(page.table)
        , m_naming(namingColumns(page.table))
        , m_rows(page.rows.rows)
    {
        for (int row = 0; row < m_rows.size(); ++row)
            m_rowOfKey.emplace(keyOf(m_rows.at(row)), row);
    }

    void apply(const UpdateRow& command)
    {
        const auto found = m_rowOfKey.find(ordered(command.key()));
        if (found == m_rowOfKey.end())
            return;
        const int row = found->second;
        for (const NamedValue& set : command.set()) {
            const int column = m_table.columnIndex(set.column);
            if (column < 0)
                continue;
            m_rows[row][column] = set.value;
            m_overlay.edited.insert({ row, column }, set.value);
        }
        m_rowOfKey.erase(found);
        m_rowOfKey.emplace(keyOf(m_rows.at(row)), row);
    }
    void apply(const DeleteRow& command)
    {
        const auto found = m_rowOfKey.find(ordered(command.key()));
        if (found == m_rowOfKey.end())
            return;
        m_overlay.deleted.insert(found->second);
        m_rowOfKey.erase(found);
    }
    void apply(const InsertRow& command, int index) { m_overlay.inserted.append({ index, command.values() }); }

    [[nodiscard]] bool isTable(const TableName& name) const
    {
        return name.table == m_table.name && (name.schema.isEmpty() || name.schema == m_table.schema);
    }
    [[nodiscard]] PageOverlay take() { return std::move(m_overlay); }

private:
    [[nodiscard]] Row keyOf(const Row& row) const
    {
        Row key;
        for (const QString& column : m_naming)
            key.append(row.value(m_table.columnIndex(column)));
        return key;
    }
    // A command may name the key's columns in any order.
    [[nodiscard]] Row ordered(const NamedValues& values) const
    {
        Row key;
        for (const QString& column : m_naming) {
            for (const NamedValue& value : values) {
                if (value.column == column)
                    key.append(value.value);
            }
        }
        return values.size() == m_naming.size() ? key : Row();
    }

    struct Less
    {
        bool operator()(const Row& left, const Row& right) const
        {
            return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
        }
    };

    const Table& m_table;
    QStringList m_naming;
    QList<Row> m_rows;
    std::map<Row, int, Less> m_rowOfKey;
    PageOverlay m_overlay;
};

} // namespace

QStringList namingColumns(const Table& table)
{
    QStringList names = table.primaryKey();
    if (!names.isEmpty())
        return names;
    for (const Column& column : table.columns) {
        if (column.comparable)
            names += column.name;
    }
    return names;
}

NamedValues namingValues(const Table& table, const Row& row)
{
    NamedValues values;
    for (const QString& column : namingColumns(table))
        values.append({ column, row.value(table.columnIndex(column)) });
    return values;
}

PageOverlay overlayOf(const Batch& batch, const QString& target, const Workbench::Page& page)
{
    Overlaying overlaying(page);
    for (int index = 0; index < batch.commands.size(); ++index) {
        const StoreCommand* command = batch.commands.at(index).get();
        if (command->target() != target)
            continue;
        if (const auto* update = dynamic_cast<const UpdateRow*>(command); update && overlaying.isTable(update->table()))
            overlaying.apply(*update);
        else if (const auto* remove = dynamic_cast<const DeleteRow*>(command);
                 remove && overlaying.isTable(remove->table()))
            overlaying.apply(*remove);
        else if (const auto* insert = dynamic_cast<const InsertRow*>(command);
                 insert && overlaying.isTable(insert->table()))
            overlaying.apply(*insert, index);
    }
    return overlaying.take();
}

} // namespace holdpoint
