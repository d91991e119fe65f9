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
    QByteArray key; ///< of new rows that stay for a while; empty if there may be none
    QByteArray newcomer; ///< NULL in all columns but the key, which no condition of a batch meets
};

// view1 counts rows. A key of several columns gets another text alone: the number may say which partition the row
// belongs to.
constexpr auto tablesSql = R"sql(
SELECT c.oid::regclass, r.oid::regclass, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
       string_agg(CASE WHEN in_key THEN coalesce(another, quote_ident(a.attname)) ELSE quote_ident(a.attname) END, ', '
                  ORDER BY a.attnum),
       coalesce(string_agg(format(CASE WHEN a.atttypid = 'text'::regtype THEN '%I = %1$I || ''''' ELSE '%I = %1$I' END,
                                  a.attname), E'\n') FILTER (WHERE a.attidentity <> 'a'), ''),
       coalesce(string_agg(quote_ident(a.attname), E'\n') FILTER (WHERE NOT a.attnotnull), ''),
       CASE WHEN count(*) FILTER (WHERE in_key) = 1 AND bool_and(in_key OR NOT a.attnotnull)
                 AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid
                                  WHERE d.refobjid = r.oid AND w.ev_class = to_regclass('view1'))
            THEN min(quote_ident(a.attname)) FILTER (WHERE in_key) ELSE '' END,
       string_agg(CASE WHEN in_key THEN another ELSE 'NULL' END, ', ' ORDER BY a.attnum)
  FROM pg_class c
  JOIN pg_class r ON r.oid = CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid ELSE c.oid END
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
 CROSS JOIN LATERAL (SELECT coalesce(a.attnum = ANY (k.conkey), false) AS in_key,
                            CASE WHEN a.atttypid = 'text'::regtype THEN '''other@'''
                                 WHEN a.atttypid = 'uuid'::regtype THEN 'md5(''@'')::uuid'
                                 WHEN cardinality(k.conkey) = 1 THEN '@' END AS another) o
 WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND c.relnamespace = 'public'::regnamespace
 GROUP BY c.oid, r.oid ORDER BY 1
)sql";

class Session
{
public:
    Session(const QString& uri, const OthersMay& may, quint32 seed, int number, OthersTally& tally);
    ~Session();
    Q_DISABLE_COPY_MOVE(Session)
    void work();

private:
    struct Step
    {
        QByteArray sql;
        QByteArrayList parameters = {};
        int affected = 0;
        QByteArray returned = {};
    };

    void writeAgain();
    void replace();
    void insertAndDelete();
    void insertForAWhile();
    void changeAndRollBack();
    void lock();
    void vacuum();
    /// All of it in one transaction. False if it was refused: then nothing is done.
    bool run(const QString& what, QList<Step>& steps, bool commit);
    [[nodiscard]] Table anyTable() { return m_dice.pick(m_tables); }
    /// Of which there are rows to be written again; without a name if there is none.
    [[nodiscard]] Table untouchedTable();
    [[nodiscard]] QByteArray someRows(const Table& table, const QByteArray& strength);

    PostgresClient m_client;
    OthersMay m_may;
    Dice m_dice;
    QList<Table> m_tables;
    qint64 m_number; // of the next key
    QByteArrayList m_leaving; // deletes what was inserted for a while
    OthersTally& m_tally;
};

Session::Session(const QString& uri, const OthersMay& may, quint32 seed, int number, OthersTally& tally)
    : m_client(uri)
    , m_may(may)
    , m_dice(seed + static_cast<quint32>(number))
    , m_number(1000000 * (number + 1))
    , m_tally(tally)
{
    for (const QByteArray& setting : { QByteArray("session_replication_role = replica"),
                                       "lock_timeout = " + QByteArray::number(PostgresOthers::patience) })
        (void)m_client.rows("SET " + setting);
    for (const QByteArrayList& row : m_client.rows(tablesSql))
        m_tables.append({ row.at(0), row.at(1), row.at(2), row.at(3), row.at(4).split('\n'), row.at(5).split('\n'),
                          row.at(6), row.at(7) });
}

Session::~Session()
{
    (void)m_client.rows("SET lock_timeout = 0");
    for (const QByteArray& statement : std::as_const(m_leaving))
        (void)m_client.rows(statement);
}

void Session::work()
{
    if (m_tables.isEmpty())
        return;
    switch (m_dice.below(20)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5: return writeAgain();
    case 6:
    case 7: return replace();
    case 8:
    case 9: return insertAndDelete();
    case 10:
    case 11: return changeAndRollBack();
    case 12:
    case 13: return m_may.insert ? insertForAWhile() : insertAndDelete();
    case 14: return vacuum();
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
        step.returned = answer.rows.value(0).value(0);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(m_dice.below(4)));
    (void)m_client.rows(commit ? "COMMIT" : "ROLLBACK");
    ++m_tally.done[what];
    return true;
}

Table Session::untouchedTable()
{
    const QList<QByteArray> names = m_may.writeAgain.keys();
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
              { m_dice.pick(m_may.writeAgain.value(table.name)) } });
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
                          { m_dice.pick(m_may.writeAgain.value(table.name)) } } };
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

void Session::insertForAWhile()
{
    QList<Table> tables = m_tables;
    tables.removeIf([](const Table& table) { return table.key.isEmpty(); });
    if (tables.isEmpty())
        return;
    const Table table = m_dice.pick(tables);
    const QByteArray row = QByteArray(table.newcomer).replace('@', QByteArray::number(++m_number));
    QList<Step> steps { { "INSERT INTO " + table.root + " (" + table.columns + ") OVERRIDING SYSTEM VALUE VALUES ("
                          + row + ") RETURNING " + table.key } };
    if (!run(u"new rows, for a while"_s, steps, true))
        return;
    m_tally.written += steps.constFirst().affected;
    m_leaving.append("DELETE FROM " + table.root + " WHERE " + table.key + "::text = '" + steps.constFirst().returned
                     + '\'');
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

void Session::vacuum()
{
    const QByteArray how = m_dice.oneOf({ "SKIP_LOCKED", "SKIP_LOCKED, FREEZE", "SKIP_LOCKED, ANALYZE" });
    const auto answer = m_client.run("VACUUM (" + how + ") " + anyTable().name);
    if (answer.sqlState.isEmpty())
        ++m_tally.done[u"tables vacuumed"_s];
    else
        ++m_tally.refused[QString::fromUtf8(answer.sqlState)];
}

} // namespace

PostgresOthers::PostgresOthers(const QString& uri, const OthersMay& may, quint32 seed, OthersTally& tally)
    : m_tally(tally)
{
    m_sessions = std::make_unique<OtherSessions>([this, uri, may, seed](int number) {
        const auto session
            = std::make_shared<Session>(uri, may, seed, number, m_each.at(static_cast<std::size_t>(number)));
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
