// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/commandcontext.h"
#include "command/namedvalue.h"

#include <memory>

namespace holdpoint {

struct SchemaUse
{
    QList<TableName> rewritten; ///< truncated, altered, dropped: their rows are copied before the first command runs
    bool mayChange = false; ///< DDL, or what its text does not tell (DO, CALL)
};

/// One change to a database as data: every value it needs and the name of its target.
/// Any part of a program may make one without a database; it can be compared, printed, stored and
/// run again. It holds no connection. Immutable, so it may be shared by threads.
/// A new kind of command is one new class in one new file (and, to stand in a batch file, one row in
/// commandformat.cpp).
class StoreCommand
{
public:
    virtual ~StoreCommand() = default;

    /// The name of the target it is for.
    [[nodiscard]] virtual const QString& target() const = 0;
    /// The word of the contract: "insert", "update", "delete", "sql", "import", or the program's own.
    [[nodiscard]] virtual QString operation() const = 0;
    /// One line for people: what is changed, with its values, at most about 200 characters.
    [[nodiscard]] virtual QString describe() const = 0;

    /// Runs it in the context's transaction. Statements that were submitted may fail after this returned.
    [[nodiscard]] virtual Result<void> execute(CommandContext& context) const = 0;
    /// Called when a guard was not met, still inside the transaction: says why ("no row has id = 4",
    /// "name is 'Bob', expected 'Ada'"). `rows` is how many rows the statement changed.
    [[nodiscard]] virtual Error explainGuard(CommandContext& context, qint64 rows) const;

    /// What it may do to the schema, told without a database.
    [[nodiscard]] virtual SchemaUse schemaUse(EngineKind engine) const
    {
        Q_UNUSED(engine)
        return {};
    }

    /// Same kind and same content.
    [[nodiscard]] virtual bool equals(const StoreCommand& other) const = 0;
};

using StoreCommandPtr = std::shared_ptr<const StoreCommand>;

} // namespace holdpoint
