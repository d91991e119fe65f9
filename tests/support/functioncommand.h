// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/storecommand.h"

#include <functional>

namespace holdpoint {

/// A program's own command, made of a function: for tests of whoever knows commands by their interface alone.
class FunctionCommand final : public StoreCommand
{
public:
    using Function = std::function<Result<void>(CommandContext&)>;

    FunctionCommand(QString target, QString text, Function function)
        : m_target(std::move(target))
        , m_text(std::move(text))
        , m_function(std::move(function))
    {
    }

    /// Submits one statement, guarded if `rows` is given.
    static StoreCommandPtr sql(const QString& target, const QByteArray& text, std::optional<qint64> rows = {})
    {
        return std::make_shared<FunctionCommand>(target, QString::fromUtf8(text),
                                                 [text, rows](CommandContext& context) {
                                                     context.submit({ text, {} }, { rows, {} }, nullptr);
                                                     return Result<void>();
                                                 });
    }

    [[nodiscard]] const QString& target() const override { return m_target; }
    [[nodiscard]] QString operation() const override { return QStringLiteral("function"); }
    [[nodiscard]] QString describe() const override { return m_text; }
    [[nodiscard]] Result<void> execute(CommandContext& context) const override { return m_function(context); }
    [[nodiscard]] bool equals(const StoreCommand& other) const override { return this == &other; }

private:
    QString m_target;
    QString m_text;
    Function m_function;
};

} // namespace holdpoint
