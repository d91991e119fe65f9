// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgressequences.h"

#include "effects/postgrestouched.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// A last value of NULL: never used, or not readable by this user. The batch's search path may name anything like the
/// system's own.
constexpr auto positions = R"sql(c.oid::bigint, pg_catalog.concat(n.nspname, '.', c.relname),
       CASE WHEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT, USAGE') AND NOT pg_catalog.pg_is_other_temp_schema(n.oid)
            THEN pg_catalog.pg_sequence_last_value(c.oid) END,
       pg_catalog.has_sequence_privilege(c.oid, 'SELECT, USAGE') AND NOT pg_catalog.pg_is_other_temp_schema(n.oid),
       pg_catalog.pg_relation_filenode(c.oid)::bigint, n.nspname, c.relname, q.seqstart,
       pg_catalog.has_sequence_privilege(c.oid, 'SELECT')
  FROM pg_catalog.pg_sequence q
  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) q.seqrelid
  JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace)sql";

// nextval() and setval() lock like that, and SET SCHEMA does not; to read the last value does too, afterwards.
constexpr auto isUsed = R"sql(EXISTS (SELECT FROM pg_locks l WHERE l.pid = pg_backend_pid()
       AND l.locktype = 'relation' AND l.relation = c.oid AND l.mode = 'RowExclusiveLock'), )sql";

// It does not wait long where somebody alters a sequence.
const QByteArray allSequences
    = "SELECT false, "_ba + positions + " CROSS JOIN pg_catalog.set_config('lock_timeout', '100ms', true)";
const QByteArray someSequences
    = "SELECT "_ba + isUsed + positions + " WHERE c.oid = ANY ($1::int8[]::oid[]) ORDER BY 3";

} // namespace

void PostgresSequences::remember(PostgresConnection& now)
{
    m_error.reset();
    now.push(); // a transaction of its own, with which the setting ends
    now.submit({ allSequences, {}, true }, [this](const Result<Rowset>& rows) {
        m_remembered = rows.ok();
        if (!rows && rows.error().sqlState != "55P03"_L1)
            m_error = rows.error();
        for (const Row& row : rows ? rows->rows : QList<Row>())
            m_earlier.insert(row.at(1).toInteger(), { row.at(3), row.at(5), row.at(4).toBoolean() });
    });
}

Result<QList<Caution>> PostgresSequences::cautions(Connection& connection, const QList<qint64>& oids) const
{
    QList<Caution> cautions;
    if (oids.isEmpty())
        return cautions;
    if (m_error)
        return *m_error;
    const auto rows = connection.query({ someSequences, { arrayOf(oids) }, true });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows) {
        const auto earlier = m_earlier.constFind(row.at(1).toInteger());
        if (m_remembered && earlier == m_earlier.constEnd())
            continue; // the batch made it, so it goes with a rollback
        if (!m_remembered || !row.at(4).toBoolean() || !earlier->readable) {
            cautions.append(
                { u"sequence-advanced"_s,
                  u"sequence %1 was used; where it stood before could not be read"_s.arg(row.at(2).toText()) });
            continue;
        }
        const auto now = sequenceOf(connection, row);
        if (!now)
            return now.error();
        if (auto caution = moved(*earlier, *now))
            cautions.append(std::move(*caution));
    }
    return cautions;
}

Result<PostgresSequences::Sequence> PostgresSequences::sequenceOf(Connection& connection, const Row& row)
{
    Sequence sequence { row.at(2).toText(), { row.at(3), row.at(5), true }, row.at(0).toBoolean(), {} };
    if (!sequence.position.last.isNull() || !row.at(9).toBoolean())
        return sequence;
    const TableName name { row.at(6).toText(), row.at(7).toText() };
    const auto next = connection.query({ "SELECT last_value FROM " + qualified(connection, name), {} });
    if (!next)
        return next.error();
    if (next->rows.at(0).at(0) != row.at(8))
        sequence.first = next->rows.at(0).at(0);
    return sequence;
}

/// A sequence in another file was restarted, which is part of the transaction; all else is not.
std::optional<Caution> PostgresSequences::moved(const Position& earlier, const Sequence& now)
{
    const bool restarted = earlier.file != now.position.file;
    const bool unused = earlier.last.isNull() && now.position.last.isNull();
    if (unused ? !now.first || !(restarted || now.used) : earlier.last == now.position.last)
        return {};
    const QString from = earlier.last.isNull() ? u"its start"_s : earlier.last.display();
    const QString to = now.first     ? u"a start at "_s + now.first->display()
        : now.position.last.isNull() ? u"its start"_s
                                     : now.position.last.display();
    const QString what = unused ? u"sequence %1 was set anew, to %2"_s.arg(now.name, to)
                                : u"sequence %1 went from %2 to %3"_s.arg(now.name, from, to);
    if (restarted)
        return Caution { u"sequence-restarted"_s, what + u"; a rollback takes that back, an undo does not"_s };
    return Caution { u"sequence-advanced"_s, what + u", which neither a rollback nor an undo takes back"_s };
}

} // namespace holdpoint
