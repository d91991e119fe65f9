// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/namedvalue.h"
#include "command/storecommand.h"

namespace holdpoint {

/// Inserts every row of a CSV file (RFC 4180, UTF-8, a header line that names columns).
/// An empty unquoted field is NULL, "" is the empty string. The line that fails is named.
/// The file is read when the command runs.
class ImportRows final : public StoreCommand
{
public:
    /// `file` is as written in the batch; `path` is where it is.
    ImportRows(QString target, TableName table, QString file, QString path);
    [[nodiscard]] const TableName& table() const { return m_table; }
    [[nodiscard]] const QString& file() const { return m_file; }
    [[nodiscard]] const QString& path() const { return m_path; }

    [[nodiscard]] const QString& target() const override { return m_target; }
    [[nodiscard]] QString operation() const override;
    [[nodiscard]] QString describe() const override;
    [[nodiscard]] Result<void> execute(CommandContext& context) const override;
    [[nodiscard]] bool equals(const StoreCommand& other) const override;

private:
    QString m_target;
    TableName m_table;
    QString m_file;
    QString m_path;
};

} // namespace holdpoint
