// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/sqliteothers.h"

#include "differential/dice.h"
#include "differential/sqlitefile.h"

#include <thread>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

struct Table
{
    QByteArray name; ///< quoted, as the columns
    QByteArrayList columns; ///< that can be written
    bool hasRowid = false;
    bool autoincrement = false; ///< whose last number is kept
};

class Session
{
public:
    Session(const QString& path, quint32 seed, OthersTally& tally)
        : m_file(path)
        , m_dice(seed)
        , m_tally(tally)
    {
        m_file.suppressTriggers();
    }
    void work();

private:
    void change();
    void read();
    [[nodiscard]] QByteArray writeAgain(const Table& table);
    [[nodiscard]] QByteArray destroy(const Table& table);
    [[nodiscard]] QList<Table> tables(const QByteArray& types);
    /// False if it was refused.
    bool run(const QByteArray& sql);

    SqliteFile m_file;
    Dice m_dice;
    OthersTally& m_tally;
};

bool Session::run(const QByteArray& sql)
{
    const QByteArray error = m_file.run(sql);
    if (!error.isEmpty())
        ++m_tally.refused[QString::fromUtf8(error).section(u" column "_s, 0, 0)];
    return error.isEmpty();
}

QList<Table> Session::tables(const QByteArray& types)
{
    QList<Table> tables;
    for (const Row& row : m_file.rows("SELECT l.name, l.type, l.wr, coalesce(s.sql, '') FROM pragma_table_list l"
                                      " JOIN sqlite_schema s ON s.name = l.name WHERE l.schema = 'main' AND l.type IN ("
                                      + types + ") AND l.name NOT LIKE 'sqlite~_%' ESCAPE '~'")) {
        Table table;
        table.name = sqliteQuoted(row.at(0).toText().toUtf8());
        table.hasRowid = row.at(1) == Value::text(u"table"_s) && row.at(2) == Value::integer(0);
        table.autoincrement = row.at(3).toText().contains("AUTOINCREMENT"_L1);
        for (const QByteArray& column : m_file.texts("SELECT name FROM pragma_table_xinfo(" + sqliteLiteral(row.at(0))
                                                     + ") WHERE hidden = 0 ORDER BY cid"))
            table.columns.append(sqliteQuoted(column));
        tables.append(table);
    }
    return tables;
}

QByteArray Session::writeAgain(const Table& table)
{
    if (!table.autoincrement && m_dice.chance(40)) {
        const QByteArray columns = (table.hasRowid ? "rowid, " : "") + table.columns.join(", ");
        return "INSERT OR REPLACE INTO " + table.name + " (" + columns + ") SELECT " + columns + " FROM " + table.name
            + " WHERE random() % 3 = 0";
    }
    if (m_dice.chance(15))
        return "REINDEX " + table.name;
    QByteArrayList equal;
    for (const QByteArray& column : m_dice.some(table.columns))
        equal.append(column + " = " + column);
    return "UPDATE " + table.name + " SET " + equal.join(", ") + " WHERE random() % 3 = 0";
}

// FTS5 calls an index malformed that does not fit the table of its content, as some batches leave it.
QByteArray Session::destroy(const Table& table)
{
    const QByteArray column = m_dice.pick(table.columns);
    switch (m_dice.below(5)) {
    case 0: return "DELETE FROM " + table.name + " WHERE random() % 2 = 0";
    case 1: return "UPDATE OR IGNORE " + table.name + " SET " + column + " = 'other' WHERE random() % 2 = 0";
    case 2: return "DROP TABLE " + table.name;
    case 3: return "CREATE TABLE others AS SELECT * FROM " + table.name;
    default: {
        QByteArrayList columns = table.columns;
        columns.removeAll("\"id\"");
        if (columns.isEmpty())
            return "DELETE FROM " + table.name;
        return "INSERT OR IGNORE INTO " + table.name + " (" + columns.join(", ") + ") SELECT " + columns.join(", ")
            + " FROM " + table.name;
    }
    }
}

/// What a table's columns are may not change between the question and the statement.
void Session::change()
{
    if (!run("BEGIN IMMEDIATE"))
        return;
    const bool commit = m_dice.chance(65);
    const QList<Table> tables = this->tables(commit ? "'table'" : "'table', 'virtual'");
    const int before = m_file.totalChanges();
    const bool done = !tables.isEmpty() && run(commit ? writeAgain(m_dice.pick(tables)) : destroy(m_dice.pick(tables)));
    if (done && m_dice.chance(30))
        std::this_thread::sleep_for(std::chrono::milliseconds(m_dice.below(3)));
    const int changes = m_file.totalChanges() - before;
    if (done && commit && run("COMMIT")) {
        m_tally.written += changes;
        ++m_tally.done[u"rows written again"_s];
        return;
    }
    if (m_file.inTransaction() && run("ROLLBACK") && done && !commit)
        ++m_tally.done[u"changes rolled back"_s];
}

/// Others that write wait for it outside WAL, and the WAL grows.
void Session::read()
{
    if (!run("BEGIN"))
        return;
    const bool done = run("SELECT count(*) FROM sqlite_schema");
    std::this_thread::sleep_for(std::chrono::milliseconds(m_dice.below(4)));
    if (run("ROLLBACK") && done)
        ++m_tally.done[u"read"_s];
}

void Session::work()
{
    switch (m_dice.below(6)) {
    case 0: return read();
    case 1:
        if (run("PRAGMA wal_checkpoint(" + m_dice.oneOf({ "PASSIVE", "TRUNCATE" }) + ")"))
            ++m_tally.done[u"checkpoint"_s];
        return;
    default: return change();
    }
}

} // namespace

SqliteOthers::SqliteOthers(const QString& path, quint32 seed, OthersTally& tally)
    : m_tally(tally)
{
    m_sessions = std::make_unique<OtherSessions>([this, path, seed](int number) {
        const auto session = std::make_shared<Session>(path, seed + static_cast<quint32>(number),
                                                       m_each.at(static_cast<std::size_t>(number)));
        return [session] { session->work(); };
    });
}

SqliteOthers::~SqliteOthers()
{
    m_sessions.reset();
    for (const OthersTally& each : m_each)
        m_tally.add(each);
}

} // namespace holdpoint
