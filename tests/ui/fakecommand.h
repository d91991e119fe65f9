// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/storecommand.h"

namespace holdpoint {

/// A command of another program's: the window shows commands by their interface alone.
class FakeCommand final : public StoreCommand
{
public:
    FakeCommand(QString target, QString what)
        : m_target(std::move(target))
        , m_what(std::move(what))
    {
    }
    [[nodiscard]] const QString& target() const override { return m_target; }
    [[nodiscard]] QString operation() const override { return QStringLiteral("fake"); }
    [[nodiscard]] QString describe() const override { return m_what; }
    [[nodiscard]] Result<void> execute(CommandContext&) const override { return {}; }
    [[nodiscard]] bool equals(const StoreCommand& other) const override
    {
        const auto* fake = dynamic_cast<const FakeCommand*>(&other);
        return fake && fake->m_target == m_target && fake->m_what == m_what;
    }

private:
    QString m_target;
    QString m_what;
};

/// Fakes on the target "shop", one for each word.
inline QList<StoreCommandPtr> fakes(const QStringList& words)
{
    QList<StoreCommandPtr> commands;
    for (const QString& word : words)
        commands += std::make_shared<FakeCommand>(QStringLiteral("shop"), word);
    return commands;
}

} // namespace holdpoint
