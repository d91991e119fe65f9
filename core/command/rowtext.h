// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/namedvalue.h"
#include "command/sqlcontext.h"
#include "schema/table.h"

#include <QSet>

namespace holdpoint {

/// Puts one statement on one table together; parameters are numbered in the order of the calls.
/// The first wrong column is kept as error().
class RowText
{
public:
    RowText(const SqlContext& context, const Table& table);

    /// `"main"."customers"`.
    [[nodiscard]] QByteArray tableName() const;
    /// A column that is written, quoted; a generated or unknown one, or the same one twice, is an error.
    [[nodiscard]] QByteArray written(const QString& column);
    /// `?2`, the next one.
    [[nodiscard]] QByteArray next();
    /// ` WHERE "id" = ?1 AND "name" IS ?2`: NULL keys take no parameter. An empty key is an error.
    [[nodiscard]] QByteArray where(const NamedValues& key, const NamedValues& expect);
    /// `"name" IS ?2`: the column still holds the value, NULLs being equal.
    [[nodiscard]] QByteArray holds(const QString& column);
    /// The column as it is compared and shown.
    [[nodiscard]] QByteArray read(const QString& column);
    [[nodiscard]] bool isIdentity(const QString& column) const;

    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

private:
    [[nodiscard]] const Column* column(const QString& name) const;
    [[nodiscard]] bool isRowid(const QString& name) const;
    void checkColumn(const QString& name);
    void fail(const QString& column, const QString& message, const QString& hint = {});

    const SqlContext& m_context;
    const Table& m_table;
    int m_parameters = 0;
    QSet<QString> m_written;
    std::optional<Error> m_error;
};

} // namespace holdpoint
