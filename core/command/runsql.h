// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/storecommand.h"

namespace holdpoint {

/// One statement of the engine's own grammar, run as written, its parameters bound.
/// `expectRows` guards how many rows it changes.
class RunSql final : public StoreCommand
{
public:
    RunSql(QString target, QString text, QList<Value> parameters = {}, std::optional<qint64> expectRows = {});
    [[nodiscard]] const QString& text() const { return m_text; }
    [[nodiscard]] const QList<Value>& parameters() const { return m_parameters; }
    [[nodiscard]] std::optional<qint64> expectRows() const { return m_expectRows; }

    [[nodiscard]] const QString& target() const override { return m_target; }
    [[nodiscard]] QString operation() const override;
    [[nodiscard]] QString describe() const override;
    [[nodiscard]] Result<void> execute(CommandContext& context) const override;
    [[nodiscard]] Error explainGuard(CommandContext& context, qint64 rows) const override;
    [[nodiscard]] SchemaUse schemaUse(EngineKind engine) const override;
    [[nodiscard]] bool equals(const StoreCommand& other) const override;

private:
    QString m_target;
    QString m_text;
    QList<Value> m_parameters;
    std::optional<qint64> m_expectRows;
};

} // namespace holdpoint
