// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/namedvalue.h"
#include "command/storecommand.h"

namespace holdpoint {

/// Changes exactly one row, named by `key` (a NULL in it means IS NULL); 0 or more than 1 row fails.
/// Every column of `expect` must still hold that value, or it fails.
class UpdateRow final : public StoreCommand
{
public:
    UpdateRow(QString target, TableName table, NamedValues key, NamedValues set, NamedValues expect = {});
    [[nodiscard]] const TableName& table() const { return m_table; }
    [[nodiscard]] const NamedValues& key() const { return m_key; }
    [[nodiscard]] const NamedValues& set() const { return m_set; }
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
    NamedValues m_set;
    NamedValues m_expect;
};

} // namespace holdpoint
