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

/// It does not wait long for what the batch keeps from others.
void PostgresToldTables::submitApart(const std::function<void()>& question)
{
    const auto submit = [this](const QByteArray& text) {
        m_worlds.before().submit({ text, {}, true }, [](const Result<Rowset>&) {}); // fails with what it stands around
    };
    submit(QByteArray("SAVEPOINT ") + toldSavepoint);
    submit("SET LOCAL lock_timeout = '100ms'");
    question();
    submit(QByteArray("ROLLBACK TO SAVEPOINT ") + toldSavepoint); // of nothing but the setting
    submit(QByteArray("RELEASE SAVEPOINT ") + toldSavepoint); // the snapshot may be shared later
}

void PostgresToldTables::askNamed(const TableName& name, const PostgresShape& shape, const QByteArray& keys)
{
    submitApart([&] { table(name, shape).askNamed(m_worlds.before(), name, keys); });
}

void PostgresToldTables::askFirst(const TableName& name, const PostgresShape& shape, const QByteArray& keys)
{
    PostgresTold& told = table(name, shape);
    m_worlds.now.submit({ "LOCK TABLE ONLY " + qualified(m_worlds.now, name) + " IN ROW EXCLUSIVE MODE", {}, true },
                        [&told](const Result<Rowset>& answer) {
                            if (!answer)
                                told.fail(answer.error());
                        });
    told.askNamed(m_worlds.now, name, keys, true);
}

bool PostgresToldTables::mustAsk() const
{
    return std::ranges::any_of(m_tables, [](const auto& each) { return each.second.mustAsk(); });
}

void PostgresToldTables::ask()
{
    if (!mustAsk())
        return;
    submitApart([&] {
        for (auto& [name, table] : m_tables) {
            if (table.mustAsk())
                table.ask(m_worlds.before(), { name.first, name.second });
        }
    });
    m_worlds.before().push();
}

void PostgresToldTables::decode()
{
    for (auto& [name, table] : m_tables)
        table.decode();
}

std::optional<Error> PostgresToldTables::takeError()
{
    std::optional<Error> failed;
    for (auto& [name, table] : m_tables) {
        if (auto error = table.takeError(); error && !failed)
            failed = std::move(error);
    }
    return failed;
}

Result<void> PostgresToldTables::wait()
{
    if (auto answered = m_worlds.companion.flush(); !answered)
        return answered;
    const std::optional<Error> failed = takeError();
    if (!failed)
        return {};
    if (failed->breaksSession() || failed->isCancelled())
        return *failed;
    giveUp();
    return m_worlds.before().rollbackTo(toldSavepoint);
}

Result<void> PostgresToldTables::waitForAll()
{
    if (auto answered = wait(); !answered)
        return answered;
    while (mustAsk()) {
        ask();
        if (auto answered = wait(); !answered)
            return answered;
    }
    return {};
}

} // namespace holdpoint
