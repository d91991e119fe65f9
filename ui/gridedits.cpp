// SPDX-License-Identifier: GPL-3.0-or-later
#include "gridedits.h"

#include "command/deleterow.h"
#include "command/insertrow.h"
#include "command/updaterow.h"
#include "draft.h"
#include "models/pageoverlay.h"

#include <algorithm>

namespace holdpoint {

namespace {

void setNamed(NamedValues& values, const QString& column, const Value& value)
{
    const auto known
        = std::find_if(values.begin(), values.end(), [&](const NamedValue& named) { return named.column == column; });
    if (known == values.end())
        values.append({ column, value });
    else
        known->value = value;
}

bool hasNamed(const NamedValues& values, const QString& column)
{
    return std::any_of(values.begin(), values.end(), [&](const NamedValue& named) { return named.column == column; });
}

// Columns whose wanted value is the one that is there already.
void dropUnchanged(NamedValues& set, NamedValues& expect)
{
    const NamedValues unchanged = [&] {
        NamedValues same;
        std::copy_if(set.begin(), set.end(), std::back_inserter(same),
                     [&](const NamedValue& named) { return expect.contains(named); });
        return same;
    }();
    for (const NamedValue& named : unchanged) {
        set.removeAll(named);
        expect.removeAll(named);
    }
}

TableName nameOf(const Table& table)
{
    return { table.schema, table.name };
}

void editInserted(Draft& draft, const GridRow& row, const QString& column, const Value& value)
{
    const auto* command = dynamic_cast<const InsertRow*>(draft.batch().commands.at(*row.insertedBy).get());
    Q_ASSERT(command);
    NamedValues values = command->values();
    setNamed(values, column, value);
    draft.replace(*row.insertedBy, { std::make_shared<InsertRow>(row.target.name, command->table(), values) });
}

// The last command, if it is an update of this very row that left its key as it was.
const UpdateRow* continuedUpdate(const Draft& draft, const GridRow& row, const NamedValues& key)
{
    if (draft.batch().commands.isEmpty())
        return nullptr;
    const auto* last = dynamic_cast<const UpdateRow*>(draft.batch().commands.constLast().get());
    const bool isSame
        = last && last->target() == row.target.name && last->table() == nameOf(row.table) && last->key() == key;
    return isSame ? last : nullptr;
}

} // namespace

Result<void> editCell(Draft& draft, const GridRow& row, int column, const Value& value)
{
    const Column& described = row.table.columns.at(column);
    if (row.insertedBy) {
        editInserted(draft, row, described.name, value);
        return {};
    }
    const NamedValues key = namingValues(row.table, row.row);
    const UpdateRow* last = continuedUpdate(draft, row, key);
    NamedValues set = last ? last->set() : NamedValues();
    NamedValues expect = last ? last->expect() : NamedValues();
    setNamed(set, described.name, value);
    if (described.comparable && !hasNamed(key, described.name) && !hasNamed(expect, described.name))
        expect.append({ described.name, row.row.at(column) });
    dropUnchanged(set, expect);
    const int place = int(draft.batch().commands.size()) - 1;
    if (set.isEmpty()) {
        if (last)
            draft.remove(place, 1);
        return {};
    }
    const auto command = std::make_shared<UpdateRow>(row.target.name, nameOf(row.table), key, set, expect);
    if (!last)
        return draft.append(row.target, { command });
    draft.replace(place, { command });
    return {};
}

Result<void> insertRow(Draft& draft, const Target& target, const Table& table)
{
    return draft.append(target, { std::make_shared<InsertRow>(target.name, nameOf(table), NamedValues()) });
}

Result<void> deleteRow(Draft& draft, const GridRow& row)
{
    if (row.insertedBy) {
        draft.remove(*row.insertedBy, 1);
        return {};
    }
    const NamedValues key = namingValues(row.table, row.row);
    NamedValues expect;
    for (int column = 0; column < row.table.columns.size(); ++column) {
        const Column& described = row.table.columns.at(column);
        const Value& value = row.row.at(column);
        const bool isBytes = value.kind() == Value::Kind::Blob || value.kind() == Value::Kind::RawText;
        if (described.comparable && !isBytes && !described.generated && !hasNamed(key, described.name))
            expect.append({ described.name, value });
    }
    return draft.append(row.target, { std::make_shared<DeleteRow>(row.target.name, nameOf(row.table), key, expect) });
}

} // namespace holdpoint
