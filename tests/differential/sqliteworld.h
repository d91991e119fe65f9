// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "differential/dice.h"
#include "differential/sqlitefile.h"

namespace holdpoint {

/// One table, view or virtual table as it is at this moment.
struct SqliteWorldTable
{
    QByteArray name;
    QByteArray type; ///< "table", "view", "virtual"
    bool withoutRowid = false;
    QByteArrayList columns; ///< all
    QByteArrayList written; ///< that can be written
    QByteArrayList key;
    [[nodiscard]] bool isView() const { return type == "view"; }
    [[nodiscard]] QByteArray quoted() const { return sqliteQuoted(name); }
};

/// A copy of the database in which the statements of a batch are tried out while the batch is made, so that most of
/// them succeed and their keys and values meet rows.
class SqliteWorld
{
public:
    explicit SqliteWorld(const QString& path);

    [[nodiscard]] QList<SqliteWorldTable> tables();
    [[nodiscard]] QByteArrayList names(const QByteArray& type);
    /// The columns of one row of a table, by chance; empty if it has none.
    [[nodiscard]] Row row(Dice& dice, const SqliteWorldTable& table, const QByteArrayList& columns);
    /// The first row of a query.
    [[nodiscard]] Row found(const QByteArray& query) { return m_file.rows(query).value(0); }
    /// Bytes that are no UTF-8 are no text there.
    [[nodiscard]] bool isUtf8() { return m_file.texts("PRAGMA encoding").first() == "UTF-8"; }
    /// Whether the statements succeed; if not they are taken back.
    [[nodiscard]] bool tries(const QByteArray& sql);
    /// False after an INSERT OR ROLLBACK that failed: nothing more can be tried.
    [[nodiscard]] bool isOpen() const { return m_file.inTransaction(); }

private:
    SqliteFile m_file;
};

} // namespace holdpoint
