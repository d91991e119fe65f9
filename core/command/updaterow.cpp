// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/updaterow.h"

#include "command/commandtext.h"
#include "command/rowguard.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

UpdateRow::UpdateRow(QString target, TableName table, NamedValues key, NamedValues set, NamedValues expect)
    : m_target(std::move(target))
    , m_table(std::move(table))
    , m_key(std::move(key))
    , m_set(std::move(set))
    , m_expect(std::move(expect))
{
}

QString UpdateRow::operation() const
{
    return u"update"_s;
}

QString UpdateRow::describe() const
{
    QStringList changes;
    for (const NamedValue& value : m_set)
        changes.append(value.column + u" → "_s + shownValue(value.value));
    return shortened(u"update %1 %2: %3"_s.arg(nameOf(m_table), shownValues(m_key), changes.join(", "_L1)),
                     longestDescription);
}

Result<void> UpdateRow::execute(CommandContext& context) const
{
    const auto table = context.table(m_table.schema, m_table.table);
    if (!table)
        return table.error();
    const auto statement = context.rowStatements().update(context, **table, m_key, m_set, m_expect);
    if (!statement)
        return statement.error();
    return submitOnOneRow(context, { m_table, m_key, m_expect }, **table, *statement);
}

Error UpdateRow::explainGuard(CommandContext& context, qint64 rows) const
{
    return explainOneRow(context, { m_table, m_key, m_expect }, rows);
}

bool UpdateRow::equals(const StoreCommand& other) const
{
    const auto* update = dynamic_cast<const UpdateRow*>(&other);
    return update && update->m_target == m_target && update->m_table == m_table && update->m_key == m_key
        && update->m_set == m_set && update->m_expect == m_expect;
}

} // namespace holdpoint
