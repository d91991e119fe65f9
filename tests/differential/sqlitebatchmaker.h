// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "differential/sqlitestatementmaker.h"

namespace holdpoint {

/// A batch, and for each command what the shell is to run for it.
struct SqliteMadeBatch
{
    Batch batch;
    QByteArrayList script;
};

/// Makes a random batch for a database; tries it on a copy, so that most batches succeed as a whole.
class SqliteBatchMaker
{
public:
    SqliteBatchMaker(Dice& dice, const Target& target, const QString& copy)
        : m_dice(dice)
        , m_target(target)
        , m_world(copy)
        , m_statements(dice, m_world)
    {
    }

    /// `schema`: statements that change the schema are among them.
    [[nodiscard]] SqliteMadeBatch made(bool schema);

private:
    struct Command
    {
        StoreCommandPtr command;
        QByteArray script;
    };

    [[nodiscard]] Command any(bool schema);
    [[nodiscard]] Command sql(const SqliteStatementText& statement);
    [[nodiscard]] Command insertRow(const SqliteWorldTable& table);
    [[nodiscard]] Command updateRow(const SqliteWorldTable& table);
    [[nodiscard]] Command deleteRow(const SqliteWorldTable& table);
    [[nodiscard]] Command importRows(const SqliteWorldTable& table);
    [[nodiscard]] NamedValues keyOfSomeRow(const SqliteWorldTable& table);
    [[nodiscard]] NamedValues expectation(const SqliteWorldTable& table, const NamedValues& key);

    Dice& m_dice;
    Target m_target;
    SqliteWorld m_world;
    SqliteStatementMaker m_statements;
    int m_files = 0;
};

} // namespace holdpoint
