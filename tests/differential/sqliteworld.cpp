// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/sqliteworld.h"

namespace holdpoint {

SqliteWorld::SqliteWorld(const QString& path)
    : m_file(path)
{
    if (const QByteArray error = m_file.run("BEGIN"); !error.isEmpty())
        qFatal("%s", error.constData());
}

QList<SqliteWorldTable> SqliteWorld::tables()
{
    QList<SqliteWorldTable> tables;
    for (const Row& row : m_file.rows("SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND type IN"
                                      " ('table', 'view', 'virtual') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
                                      " ORDER BY name")) {
        SqliteWorldTable table;
        table.name = row.at(0).toText().toUtf8();
        table.type = row.at(1).toText().toUtf8();
        table.withoutRowid = row.at(2) == Value::integer(1);
        if (!m_file.run("SELECT * FROM " + table.quoted() + " LIMIT 1").isEmpty())
            continue; // of a table that is not there any more
        const QByteArray info
            = "SELECT name, hidden, pk FROM pragma_table_xinfo(" + sqliteLiteral(row.at(0)) + ") ORDER BY pk, cid";
        for (const Row& column : m_file.rows(info)) {
            if (column.at(1) == Value::integer(1))
                continue;
            const QByteArray name = column.at(0).toText().toUtf8();
            table.columns.append(name);
            if (column.at(1) == Value::integer(0))
                table.written.append(name);
            if (column.at(2).toInteger() > 0)
                table.key.append(name);
        }
        if (!table.columns.isEmpty())
            tables.append(table);
    }
    return tables;
}

QByteArrayList SqliteWorld::names(const QByteArray& type)
{
    return m_file.texts("SELECT name FROM sqlite_schema WHERE sql IS NOT NULL AND type = '" + type + "' ORDER BY name");
}

Row SqliteWorld::row(Dice& dice, const SqliteWorldTable& table, const QByteArrayList& columns)
{
    const qint64 count = m_file.number("SELECT count(*) FROM " + table.quoted());
    QByteArrayList quoted;
    for (const QByteArray& column : columns)
        quoted.append(sqliteQuoted(column));
    return m_file
        .rows("SELECT " + quoted.join(", ") + " FROM " + table.quoted() + " ORDER BY 1 LIMIT 1 OFFSET "
              + QByteArray::number(dice.below(static_cast<int>(count))))
        .value(0);
}

bool SqliteWorld::tries(const QByteArray& sql)
{
    if (!m_file.run("SAVEPOINT tried").isEmpty())
        return false;
    const bool succeeds = m_file.run(sql).isEmpty();
    if (!succeeds && isOpen() && !m_file.run("ROLLBACK TO tried").isEmpty())
        qFatal("ROLLBACK TO failed");
    return isOpen() && m_file.run("RELEASE tried").isEmpty() && succeeds;
}

} // namespace holdpoint
