// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrestoldtables.h"

#include <algorithm>

namespace holdpoint {

namespace {

constexpr auto toldSavepoint = "holdpoint_told";

} // namespace

PostgresTold& PostgresToldTables::table(const TableName& name, const PostgresShape& shape)
{
    return m_tables.try_emplace({ name.schema, name.table }, shape).first->second;
}

PostgresTold* PostgresToldTables::find(const TableName& name)
{
    const auto found = m_tables.find({ name.schema, name.table });
    return found == m_tables.end() ? nullptr : &found->second;
}

void PostgresToldTables::giveUp()
{
    for (auto& [name, table] : m_tables)
        table.giveUp();
}

void PostgresToldTables::ask(PostgresConnection& before)
{
    if (std::exchange(m_asked, true))
        return;
    if (std::ranges::none_of(m_tables, [](const auto& each) { return each.second.canAsk(); }))
        return;
    const auto submit = [&before](const QByteArray& text) {
        before.submit({ text, {} }, [](const Result<Rowset>&) {}); // fails with what it stands around
    };
    submit(QByteArray("SAVEPOINT ") + toldSavepoint);
    submit("SET LOCAL lock_timeout = '100ms'");
    for (auto& [name, table] : m_tables) {
        if (table.canAsk())
            table.ask(before, { name.first, name.second });
    }
    submit(QByteArray("ROLLBACK TO SAVEPOINT ") + toldSavepoint); // nothing but the setting
    submit(QByteArray("RELEASE SAVEPOINT ") + toldSavepoint);
    before.push();
    for (auto& [name, table] : m_tables)
        table.decode();
}

Result<void> PostgresToldTables::wait(PostgresConnection& before)
{
    if (auto answered = before.flush(); !answered)
        return answered;
    for (auto& [name, table] : m_tables) {
        if (!table.error())
            continue;
        const Error error = *table.error();
        if (error.breaksSession() || error.isCancelled())
            return error;
        giveUp();
        return before.rollbackTo(toldSavepoint);
    }
    return {};
}

} // namespace holdpoint
