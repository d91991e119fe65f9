// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/postgresothers.h"

#include "differential/dice.h"
#include "differential/postgresclient.h"

#include <thread>

using namespace Qt::StringLiterals;

namespace holdpoint::differential {

namespace {

/// A table as the others see it; the texts are SQL.
struct Table
{
    QByteArray name;
    QByteArray root; ///< into which its rows are inserted
    QByteArray columns;
    QByteArray copy; ///< the columns of a row with another key, of which @ is the number
    QByteArrayList equal; ///< assignments that leave a column as it is
    QByteArrayList nullable;
};

// A key of several columns gets another text alone: the number may say which partition the row belongs to.
constexpr auto tablesSql = R"sql(
SELECT c.oid::regclass, CASE WHEN c.relispartition THEN pg_partition_root(c.oid) ELSE c.oid::regclass END,
       string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
       string_agg(CASE WHEN a.attnum <> ALL (k.conkey) OR k.conkey IS NULL THEN quote_ident(a.attname)
                       WHEN a.atttypid = 'text'::regtype THEN '''other@'''
                       WHEN a.atttypid = 'uuid'::regtype THEN 'md5(''@'')::uuid'
                       WHEN cardinality(k.conkey) > 1 THEN quote_ident(a.attname)
                       ELSE '@' END, ', ' ORDER BY a.attnum),
       coalesce(string_agg(format(CASE WHEN a.atttypid = 'text'::regtype THEN '%I = %1$I || ''''' ELSE '%I = %1$I' END,
                                  a.attname), E'\n') FILTER (WHERE a.attidentity <> 'a'), ''),
       coalesce(string_agg(quote_ident(a.attname), E'\n') FILTER (WHERE NOT a.attnotnull), '')
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
 WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND c.relnamespace = 'public'::regnamespace
 GROUP BY c.oid, c.relispartition ORDER BY 1
)sql";

class Session
{
public:
    Session(const QString& uri, const RowTexts& untouched, quint32 seed, int number, OthersTally& tally);
    void work();

private:
    struct Step
    {
        QByteArray sql;
        QByteArrayList parameters = {};
        int affected = 0;
    };

    void writeAgain();
    void replace();
    void insertAndDelete();
    void changeAndRollBack();
    void lock();
    /// All of it in one transaction. False if it was refused: then nothing is done.
    bool run(const QString& what, QList<Step>& steps, bool commit);
    [[nodiscard]] Table anyTable() { return m_dice.pick(m_tables); }
    /// Of which there are rows to be written again; without a name if there is none.
    [[nodiscard]] Table untouchedTable();
    [[nodiscard]] QByteArray someRows(const Table& table, const QByteArray& strength);

    PostgresClient m_client;
    RowTexts m_untouched;
    Dice m_dice;
    QList<Table> m_tables;
    qint64 m_number; // of the next key
    OthersTally& m_tally;
};

Session::Session(const QString& uri, const RowTexts& untouched, quint32 seed, int number, OthersTally& tally)
    : m_client(uri)
    , m_untouched(untouched)
    , m_dice(seed + static_cast<quint32>(number))
    , m_number(1000000 * (number + 1))
    , m_tally(tally)
{
    for (const QByteArray& setting : { QByteArray("session_replication_role = replica"),
                                       "lock_timeout = " + QByteArray::number(PostgresOthers::patience) })
        (void)m_client.rows("SET " + setting);
    for (const QByteArrayList& row : m_client.rows(tablesSql))
        m_tables.append({ row.at(0), row.at(1), row.at(2), row.at(3), row.at(4).split('\n'), row.at(5).split('\n') });
}

void Session::work()
{
    if (m_tables.isEmpty())
        return;
    switch (m_dice.below(8)) {
    case 0:
    case 1:
    case 2: return writeAgain();
    case 3: return replace();
    case 4: return insertAndDelete();
    case 5: return changeAndRollBack();
    default: return lock();
    }
}

bool Session::run(const QString& what, QList<Step>& steps, bool commit)
{
    (void)m_client.rows("BEGIN");
    for (Step& step : steps) {
        const auto answer = m_client.run(step.sql, step.parameters);
        if (!answer.sqlState.isEmpty()) {
            ++m_tally.refused[QString::fromUtf8(answer.sqlState)];
            (void)m_client.rows("ROLLBACK");
            return false;
        }
        step.affected = answer.affected;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(m_dice.below(4)));
    (void)m_client.rows(commit ? "COMMIT" : "ROLLBACK");
    ++m_tally.done[what];
    return true;
}

Table Session::untouchedTable()
{
    const QList<QByteArray> names = m_untouched.keys();
    const QByteArray name = names.isEmpty() ? QByteArray() : m_dice.pick(names);
    for (const Table& table : std::as_const(m_tables)) {
        if (table.name == name)
            return table;
    }
    return {};
}

void Session::writeAgain()
{
    const Table table = untouchedTable();
    if (table.name.isEmpty())
        return;
    QList<Step> steps;
    for (int i = m_dice.between(1, 3); i > 0; --i)
        steps.append(
            { "UPDATE ONLY " + table.name + " o SET " + m_dice.some(table.equal).join(", ") + " WHERE o::text = $1",
              { m_dice.pick(m_untouched.value(table.name)) } });
    if (!run(u"rows written again"_s, steps, true))
        return;
    for (const Step& step : std::as_const(steps))
        m_tally.written += step.affected;
}

void Session::replace()
{
    const Table table = untouchedTable();
    if (table.name.isEmpty())
        return;
    QList<Step> steps { { "WITH o AS (DELETE FROM ONLY " + table.name + " o WHERE o::text = $1 RETURNING "
                              + table.columns + ") INSERT INTO " + table.name + " (" + table.columns
                              + ") OVERRIDING SYSTEM VALUE SELECT " + table.columns + " FROM o",
                          { m_dice.pick(m_untouched.value(table.name)) } } };
    if (run(u"rows deleted and inserted"_s, steps, true))
        m_tally.written += steps.constFirst().affected;
}

void Session::insertAndDelete()
{
    const Table table = anyTable();
    const QByteArray copy = QByteArray(table.copy).replace('@', QByteArray::number(++m_number));
    const bool commit = m_dice.chance(50);
    QList<Step> steps { { "INSERT INTO " + table.root + " (" + table.columns + ") OVERRIDING SYSTEM VALUE SELECT "
                          + copy + " FROM ONLY " + table.name + " ORDER BY random() LIMIT 1" } };
    if (commit)
        steps.append({ "DELETE FROM " + table.root + " WHERE xmin = pg_current_xact_id()::xid" });
    if (run(commit ? u"new rows deleted"_s : u"new rows rolled back"_s, steps, commit) && commit)
        m_tally.written += steps.constFirst().affected;
}

QByteArray Session::someRows(const Table& table, const QByteArray& strength)
{
    return "SELECT ctid FROM ONLY " + table.name + " ORDER BY random() LIMIT 3 FOR " + strength + " SKIP LOCKED";
}

void Session::changeAndRollBack()
{
    const Table table = anyTable();
    const QByteArray column = m_dice.pick(table.nullable);
    const QByteArray change = column.isEmpty() || m_dice.chance(50)
        ? "DELETE FROM ONLY " + table.name
        : "UPDATE ONLY " + table.name + " SET " + column + " = NULL";
    QList<Step> steps { { change + " WHERE ctid = ANY (ARRAY(" + someRows(table, "UPDATE") + "))" } };
    (void)run(u"changes rolled back"_s, steps, false);
}

void Session::lock()
{
    QList<Step> steps { { someRows(anyTable(),
                                   m_dice.oneOf({ "KEY SHARE", "KEY SHARE", "SHARE", "NO KEY UPDATE", "UPDATE" })) } };
    (void)run(u"rows locked"_s, steps, true);
}

} // namespace

PostgresOthers::PostgresOthers(const QString& uri, const RowTexts& untouched, quint32 seed, OthersTally& tally)
    : m_tally(tally)
{
    m_sessions = std::make_unique<OtherSessions>([this, uri, untouched, seed](int number) {
        const auto session
            = std::make_shared<Session>(uri, untouched, seed, number, m_each.at(static_cast<std::size_t>(number)));
        return [session] { session->work(); };
    });
}

PostgresOthers::~PostgresOthers()
{
    m_sessions.reset();
    for (const OthersTally& each : m_each)
        m_tally.add(each);
}

} // namespace holdpoint::differential
