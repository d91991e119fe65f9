// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/deleterow.h"

#include "command/commandtext.h"
#include "command/rowguard.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

DeleteRow::DeleteRow(QString target, TableName table, NamedValues key, NamedValues expect)
    : m_target(std::move(target))
    , m_table(std::move(table))
    , m_key(std::move(key))
    , m_expect(std::move(expect))
{
}

QString DeleteRow::operation() const
{
    return u"delete"_s;
}

QString DeleteRow::describe() const
{
    return shortened(u"delete %1 %2"_s.arg(nameOf(m_table), shownValues(m_key)), longestDescription);
}

Result<void> DeleteRow::execute(CommandContext& context) const
{
    const auto table = context.table(m_table.schema, m_table.table);
    if (!table)
        return table.error();
    const auto statement = context.rowStatements().remove(context, **table, m_key, m_expect);
    if (!statement)
        return statement.error();
    return submitOnOneRow(context, { m_table, m_key, m_expect }, **table, *statement);
}

Error DeleteRow::explainGuard(CommandContext& context, qint64 rows) const
{
    return explainOneRow(context, { m_table, m_key, m_expect }, rows);
}

bool DeleteRow::equals(const StoreCommand& other) const
{
    const auto* removal = dynamic_cast<const DeleteRow*>(&other);
    return removal && removal->m_target == m_target && removal->m_table == m_table && removal->m_key == m_key
        && removal->m_expect == m_expect;
}

} // namespace holdpoint
