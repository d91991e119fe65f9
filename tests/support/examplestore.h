// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/store.h"
#include "command/storecommand.h"

#include <optional>

namespace holdpoint {

// The worked example of docs: a store of settings, its factory, and a command of the program's own that uses it.
// The command names its receiver, the factory; whoever executes it gives the context, so the store works inside
// the executor's transaction. Over a pool the same store works alone.

/// Texts by name, in the table settings(name, value).
class SettingStore : public Store
{
public:
    [[nodiscard]] virtual Result<std::optional<QString>> value(const QString& name) const = 0;
    [[nodiscard]] virtual Result<void> setValue(const QString& name, const QString& value) = 0;

protected:
    using Store::Store;
};

class SqlSettingStore final : public SettingStore
{
public:
    explicit SqlSettingStore(SqlContext& context)
        : SettingStore(context)
    {
    }

    [[nodiscard]] Result<std::optional<QString>> value(const QString& name) const override
    {
        const auto read = context().query(
            { "SELECT value FROM settings WHERE name = " + context().placeholder(1), { Value::text(name) } });
        if (!read)
            return read.error();
        if (read->rows.isEmpty())
            return std::optional<QString>();
        return std::optional(read->rows.constFirst().constFirst().toText());
    }

    [[nodiscard]] Result<void> setValue(const QString& name, const QString& value) override
    {
        const auto written = context().query({ "INSERT INTO settings(name, value) VALUES (" + context().placeholder(1)
                                                   + ", " + context().placeholder(2)
                                                   + ") ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                                               { Value::text(name), Value::text(value) } });
        return written ? Result<void>() : written.error();
    }
};

using SettingStoreFactory = StoreFactory<SettingStore>;
using SqlSettingStoreFactory = PlainStoreFactory<SettingStore, SqlSettingStore>;

/// Sets one value.
class SetValueCommand final : public StoreCommand
{
public:
    SetValueCommand(QString target, QString name, QString value, std::shared_ptr<const SettingStoreFactory> stores)
        : m_target(std::move(target))
        , m_name(std::move(name))
        , m_value(std::move(value))
        , m_stores(std::move(stores))
    {
    }

    [[nodiscard]] const QString& target() const override { return m_target; }
    [[nodiscard]] QString operation() const override { return QStringLiteral("set-value"); }
    [[nodiscard]] QString describe() const override { return QStringLiteral("set %1 to '%2'").arg(m_name, m_value); }

    [[nodiscard]] Result<void> execute(CommandContext& context) const override
    {
        return m_stores->store(context)->setValue(m_name, m_value);
    }

    [[nodiscard]] bool equals(const StoreCommand& other) const override
    {
        const auto* set = dynamic_cast<const SetValueCommand*>(&other);
        return set && set->m_target == m_target && set->m_name == m_name && set->m_value == m_value;
    }

private:
    QString m_target;
    QString m_name;
    QString m_value;
    std::shared_ptr<const SettingStoreFactory> m_stores;
};

} // namespace holdpoint
