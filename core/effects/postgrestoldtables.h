// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgrestold.h"

#include <map>

namespace holdpoint {

/// What direct statements told, by table.
class PostgresToldTables
{
public:
    /// The table's own, made if there is none.
    [[nodiscard]] PostgresTold& table(const TableName& name, const PostgresShape& shape);
    [[nodiscard]] PostgresTold* find(const TableName& name); ///< null: nothing was told
    void giveUp();

    /// Asks the old world for all tables, once. Does not wait; what the batch keeps from others it does not wait for
    /// either.
    void ask(PostgresConnection& before);
    /// Until it has answered. Error: the connection's own.
    [[nodiscard]] Result<void> wait(PostgresConnection& before);

private:
    std::map<std::pair<QString, QString>, PostgresTold> m_tables;
    bool m_asked = false;
};

} // namespace holdpoint
