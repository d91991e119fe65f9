// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "effects/effects.h"
#include "session/sqliteauthorizer.h"

#include <QSet>

#include <optional>
#include <set>

namespace holdpoint {

class SqliteConnection;

/// Follows where keys can go that SQLite gives: from which columns the statements of one run may have filled which,
/// also through their triggers, views and foreign keys, as SQLite's compiler reports it. A key that is only compared in
/// the WHERE of an UPDATE goes nowhere. What cannot be followed, the statements that alter or drop a table, may have
/// copied every key into every column.
class SqliteKeyFlows
{
public:
    /// `written`: the statement is one of our own, whose values for this table are its parameters.
    void note(const SqliteActions& actions, const std::optional<TableName>& written);
    /// Sets TableEffects::keySources.
    [[nodiscard]] Result<void> fill(SqliteConnection& connection, TargetEffects& effects) const;

private:
    using Columns = QList<QByteArray>;
    class Reading;

    [[nodiscard]] QSet<QByteArray> reach(QSet<QByteArray> from, const TargetEffects& effects) const;

    std::set<std::pair<Columns, Columns>> m_flows; // from any of the first into all of the second
    QList<SqliteAccess> m_last;
    bool m_unknown = false;
};

} // namespace holdpoint
