// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/insertrow.h"

#include "command/commandtext.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

InsertRow::InsertRow(QString target, TableName table, NamedValues values)
    : m_target(std::move(target))
    , m_table(std::move(table))
    , m_values(std::move(values))
{
}

QString InsertRow::operation() const
{
    return u"insert"_s;
}

QString InsertRow::describe() const
{
    const QString values = m_values.isEmpty() ? u"default values"_s : shownValues(m_values);
    return shortened(u"insert %1: %2"_s.arg(nameOf(m_table), values), longestDescription);
}

Result<void> InsertRow::execute(CommandContext& context) const
{
    const auto table = context.table(m_table.schema, m_table.table);
    if (!table)
        return table.error();
    const auto statement = context.rowStatements().insert(context, **table, m_values);
    if (!statement)
        return statement.error();
    // SQLite does not count what INSTEAD OF triggers do.
    const bool counted = context.engine() != EngineKind::SQLite || (*table)->kind != TableKind::View;
    context.submit(*statement, counted ? RowGuard { 1, {} } : RowGuard(), table->get());
    return {};
}

bool InsertRow::equals(const StoreCommand& other) const
{
    const auto* insert = dynamic_cast<const InsertRow*>(&other);
    return insert && insert->m_target == m_target && insert->m_table == m_table && insert->m_values == m_values;
}

} // namespace holdpoint
