// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresbatchfacts.h"

namespace holdpoint {

namespace {

Result<bool> ask(Connection& connection, const QByteArray& query)
{
    const auto rows = connection.query({ query, {}, true });
    return rows ? Result<bool>(rows->rows.constFirst().constFirst().toBoolean()) : rows.error();
}

} // namespace

void PostgresBatchFacts::note(const Statement& statement, const StatementInfo& info)
{
    const QByteArray text = statement.text.toLower();
    m_mayNotCount = m_mayNotCount || text.contains("track_counts");
    m_tellsSnapshot = m_tellsSnapshot || text.contains("current_snapshot");
    m_runsFunctions = m_runsFunctions || info.kind == StatementInfo::Kind::Other || !info.calls.functions.isEmpty();
}

Result<bool> PostgresBatchFacts::isCounted(Connection& now, const PostgresTouched::Found& found) const
{
    if (!found.counted || m_mayNotCount)
        return false;
    if (!found.runsFunctions && !m_runsFunctions)
        return true;
    const auto mayNotCount = ask(now,
                                 "SELECT EXISTS (SELECT FROM pg_proc WHERE oid >= 16384 AND"
                                 " (prosrc ILIKE '%track_counts%' OR proconfig::text ILIKE '%track_counts%'))");
    return mayNotCount ? Result<bool>(!*mayNotCount) : mayNotCount;
}

Result<bool> PostgresBatchFacts::mayTellSnapshot(Connection& any) const
{
    if (m_tellsSnapshot)
        return true;
    return ask(any, "SELECT EXISTS (SELECT FROM pg_proc WHERE oid >= 16384 AND prosrc ILIKE '%current\\_snapshot%')");
}

} // namespace holdpoint
