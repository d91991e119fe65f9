// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/namedvalue.h"
#include "command/storecommand.h"

namespace holdpoint {

/// Inserts one row; columns that are not named take their defaults.
class InsertRow final : public StoreCommand
{
public:
    InsertRow(QString target, TableName table, NamedValues values);
    [[nodiscard]] const TableName& table() const { return m_table; }
    [[nodiscard]] const NamedValues& values() const { return m_values; }

    [[nodiscard]] const QString& target() const override { return m_target; }
    [[nodiscard]] QString operation() const override;
    [[nodiscard]] QString describe() const override;
    [[nodiscard]] Result<void> execute(CommandContext& context) const override;
    [[nodiscard]] bool equals(const StoreCommand& other) const override;

private:
    QString m_target;
    TableName m_table;
    NamedValues m_values;
};

} // namespace holdpoint
