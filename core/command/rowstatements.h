// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/namedvalue.h"
#include "command/sqlcontext.h"
#include "schema/table.h"

namespace holdpoint {

/// Builds the statements of row commands: identifiers quoted by the context, values bound. It checks the
/// columns against the table (ErrorKind::Statement, with near names as the hint) and remembers the texts of
/// the last few shapes (kind, table, columns, which keys are NULL): a hundred thousand commands of one shape
/// build one text. Belongs to one context.
class RowStatements
{
public:
    /// Without values: DEFAULT VALUES.
    [[nodiscard]] Result<Statement> insert(const SqlContext& context, const Table& table, const NamedValues& values);
    [[nodiscard]] Result<Statement> update(const SqlContext& context, const Table& table, const NamedValues& key,
                                           const NamedValues& set, const NamedValues& expect);
    [[nodiscard]] Result<Statement> remove(const SqlContext& context, const Table& table, const NamedValues& key,
                                           const NamedValues& expect);
    /// How many rows have the key and the expected values.
    [[nodiscard]] Result<Statement> count(const SqlContext& context, const Table& table, const NamedValues& key,
                                          const NamedValues& expect);
    /// For each expected column of the rows with the key: whether it is as expected, and its value.
    [[nodiscard]] Result<Statement> compare(const SqlContext& context, const Table& table, const NamedValues& key,
                                            const NamedValues& expect);

private:
    enum class Kind { Insert, Update, Delete, Count, Compare };
    /// Everything that a text depends on.
    struct Shape
    {
        Kind kind = Kind::Insert;
        const Table* table = nullptr;
        const NamedValues* values = nullptr;
        const NamedValues* key = nullptr;
        const NamedValues* expect = nullptr;
    };
    struct Known
    {
        Kind kind = Kind::Insert;
        Table table;
        QStringList values;
        QStringList key;
        QList<bool> nullKeys;
        QStringList expect;
        QByteArray text;
        [[nodiscard]] bool matches(const Shape& shape) const;
    };

    [[nodiscard]] Result<Statement> statement(const SqlContext& context, const Shape& shape);
    [[nodiscard]] Result<QByteArray> text(const SqlContext& context, const Shape& shape);
    void remember(const Shape& shape, const QByteArray& text);

    QList<Known> m_known;
    qsizetype m_next = 0; // which of m_known is forgotten next
};

} // namespace holdpoint
