// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/runsql.h"

#include "command/commandtext.h"
#include "command/statementinfo.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

RunSql::RunSql(QString target, QString text, QList<Value> parameters, std::optional<qint64> expectRows)
    : m_target(std::move(target))
    , m_text(std::move(text))
    , m_parameters(std::move(parameters))
    , m_expectRows(expectRows)
{
}

QString RunSql::operation() const
{
    return u"sql"_s;
}

QString RunSql::describe() const
{
    return shortened(m_text, longestDescription);
}

Result<void> RunSql::execute(CommandContext& context) const
{
    context.submitSql({ m_text.toUtf8(), m_parameters }, { m_expectRows, {} });
    return {};
}

Error RunSql::explainGuard(CommandContext& context, qint64 rows) const
{
    Q_UNUSED(context)
    const QString expected = m_expectRows ? QString::number(*m_expectRows) : u"another number"_s;
    Error error = makeError(ErrorKind::Guard, u"the statement changed %1 rows, expected %2"_s.arg(rows).arg(expected));
    error.statement = m_text;
    QStringList values;
    for (const Value& value : m_parameters)
        values.append(shownValue(value));
    if (!values.isEmpty())
        error.detail = u"its parameters are "_s + values.join(", "_L1);
    return error;
}

SchemaUse RunSql::schemaUse(EngineKind engine) const
{
    const auto info = checkStatement(engine, m_text);
    // A statement that its engine refuses fails when it runs, with the engine's own words.
    return info ? SchemaUse { info->rewritten, info->changesSchema } : SchemaUse();
}

bool RunSql::equals(const StoreCommand& other) const
{
    const auto* sql = dynamic_cast<const RunSql*>(&other);
    return sql && sql->m_target == m_target && sql->m_text == m_text && sql->m_parameters == m_parameters
        && sql->m_expectRows == m_expectRows;
}

} // namespace holdpoint
