// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "effects/effects.h"
#include "effects/sqlitelineage.h"
#include "effects/sqlitetouched.h"
#include "session/sqliteconnection.h"

#include <set>
#include <vector>

namespace holdpoint {

/// The rows of virtual tables that keep them in shadow tables of their own: full-text with its own content, R-Tree.
/// A shadow table tells which rows were touched; the rows themselves are read through the virtual table: those of now
/// on the transaction's connection, those of before on a second one, which sees the file as it was until COMMIT.
class SqliteVirtualRows
{
public:
    explicit SqliteVirtualRows(SqliteConnection& connection)
        : m_connection(connection)
    {
    }

    /// `command` has a statement of its own that names the virtual table.
    void named(const QString& table, int command) { m_named.insert({ table.toLower().toUtf8(), command }); }
    /// A touched table; only a shadow table that has its virtual table's rowids counts.
    void add(const SqliteTouched& shadow, const SqliteDescent& descent);
    /// Appends the virtual tables whose rows changed. What cannot be read is said as incomplete.
    void collect(TargetEffects& effects);

private:
    struct Source
    {
        const SqliteTouched* shadow;
        SqliteTableId before; ///< empty: made by the batch
        SqliteTableId now; ///< empty: dropped by the batch
        int droppedBy; ///< the command
    };

    [[nodiscard]] static const SqliteTableId& nameOf(const Source& source);
    [[nodiscard]] TableEffects effectsOf(const Source& source, sqlite3* old);
    [[nodiscard]] RowChange changeOf(const Source& source, const SqliteTouch& touch, Row before, Row after) const;

    SqliteConnection& m_connection;
    std::vector<Source> m_sources;
    std::set<std::pair<QByteArray, int>> m_named;
};

} // namespace holdpoint
