// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/namedvalue.h"
#include "command/storecommand.h"

namespace holdpoint {

/// Deletes exactly one row, named and guarded like UpdateRow.
class DeleteRow final : public StoreCommand
{
public:
    DeleteRow(QString target, TableName table, NamedValues key, NamedValues expect = {});
    [[nodiscard]] const TableName& table() const { return m_table; }
    [[nodiscard]] const NamedValues& key() const { return m_key; }
    [[nodiscard]] const NamedValues& expect() const { return m_expect; }

    [[nodiscard]] const QString& target() const override { return m_target; }
    [[nodiscard]] QString operation() const override;
    [[nodiscard]] QString describe() const override;
    [[nodiscard]] Result<void> execute(CommandContext& context) const override;
    [[nodiscard]] Error explainGuard(CommandContext& context, qint64 rows) const override;
    [[nodiscard]] bool equals(const StoreCommand& other) const override;

private:
    QString m_target;
    TableName m_table;
    NamedValues m_key;
    NamedValues m_expect;
};

} // namespace holdpoint
