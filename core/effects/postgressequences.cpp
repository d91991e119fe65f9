// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgressequences.h"

#include "effects/postgresaside.h"
#include "effects/postgrestouched.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// Whether it can be read; a last value of NULL: not used. The batch's search path may name anything like the system's
/// own, and another session drop it meanwhile.
constexpr auto position = R"sql(CASE WHEN k.readable THEN pg_catalog.pg_sequence_last_value(c.oid) END, k.readable,
       pg_catalog.pg_relation_filenode(c.oid)::bigint, q.seqstart
  FROM pg_catalog.pg_sequence q
  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) q.seqrelid
  JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
 CROSS JOIN LATERAL (SELECT coalesce(pg_catalog.has_sequence_privilege(c.oid, 'SELECT, USAGE'), false)
                            AND NOT pg_catalog.pg_is_other_temp_schema(n.oid) AS readable) k)sql";

// It does not wait long where somebody alters a sequence.
const QByteArray allSequences
    = "SELECT c.oid::bigint, "_ba + position + " CROSS JOIN pg_catalog.set_config('lock_timeout', '100ms', true)";

// nextval() and setval() lock like that, and so does ALTER SEQUENCE, with another lock beside it; SET SCHEMA does not.
// To read the last value does too, afterwards.
const QByteArray someSequences = R"sql(
SELECT c.oid::bigint, n.nspname, c.relname, concat(n.nspname, '.', c.relname),
       (SELECT coalesce(bool_or(mode = 'RowExclusiveLock') AND NOT bool_or(mode = 'ShareRowExclusiveLock'), false)
          FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND relation = c.oid), )sql"_ba
    + position + " WHERE c.oid = ANY ($1::int8[]::oid[]) ORDER BY 4";

/// Where a sequence that is not used will start. None: it cannot be read.
Result<std::optional<Value>> startOf(PostgresConnection& connection, const QByteArray& sequence)
{
    const auto answer = askAside(connection, { { "SELECT last_value FROM " + sequence, {} } });
    if (!answer)
        return answer.error();
    return *answer ? std::optional((*answer)->first().rows.at(0).at(0)) : std::nullopt;
}

QString startText(const std::optional<Value>& start)
{
    return start ? u"a start at "_s + start->display() : u"a start that could not be read"_s;
}

} // namespace

void PostgresSequences::remember(PostgresConnection& now)
{
    m_error.reset();
    now.push(); // a transaction of its own, with which the setting ends
    now.submit({ allSequences, {}, true }, [this](const Result<Rowset>& rows) {
        m_remembered = rows.ok();
        if (!rows && rows.error().sqlState.isEmpty())
            m_error = rows.error();
        for (const Row& row : rows ? rows->rows : QList<Row>())
            m_earlier.insert(row.at(0).toInteger(), { row.at(1), row.at(3), row.at(4), row.at(2).toBoolean() });
    });
}

Result<QList<Caution>> PostgresSequences::cautions(const PostgresWorlds& worlds, const QList<qint64>& oids) const
{
    QList<Caution> cautions;
    if (oids.isEmpty())
        return cautions;
    if (m_error)
        return *m_error;
    const auto rows = worlds.now.query({ someSequences, { arrayOf(oids) }, true });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows) {
        const auto earlier = m_earlier.constFind(row.at(0).toInteger());
        if (m_remembered && earlier == m_earlier.constEnd())
            continue; // the batch made it, so it goes with a rollback
        const Sequence now { qualified(worlds.now, { row.at(1).toText(), row.at(2).toText() }),
                             row.at(3).toText(),
                             { row.at(5), row.at(7), row.at(8), row.at(6).toBoolean() },
                             row.at(4).toBoolean() };
        if (!m_remembered || !now.position.readable || !earlier->readable) {
            cautions.append({ u"sequence-advanced"_s,
                              u"sequence %1 was used; where it stood before could not be read"_s.arg(now.shownName) });
            continue;
        }
        const auto caution = moved(worlds, *earlier, now);
        if (!caution)
            return caution.error();
        if (*caution)
            cautions.append(**caution);
    }
    return cautions;
}

/// A sequence in another file was altered or restarted, which is part of the transaction; all else is not.
Result<std::optional<Caution>> PostgresSequences::moved(const PostgresWorlds& worlds, const Position& earlier,
                                                        const Sequence& now)
{
    const bool isSame = earlier.last == now.position.last;
    const bool restarted = earlier.file != now.position.file;
    if (isSame && (!earlier.last.isNull() || !(restarted || now.isSet)))
        return std::optional<Caution>();
    QString to = now.position.last.display();
    if (now.position.last.isNull()) {
        const auto start = startOf(worlds.now, now.name);
        if (!start)
            return start.error();
        const auto before = isSame && restarted ? startOf(worlds.before(), now.name) : std::optional<Value>();
        if (!before)
            return before.error();
        // TRUNCATE RESTART IDENTITY lets nobody read what it was: before its first use, most likely its START.
        if (*start && isSame && restarted && *start == before->value_or(earlier.start))
            return std::optional<Caution>();
        to = startText(*start);
    }
    const QString what = isSame ? u"sequence %1 was set anew, to %2"_s.arg(now.shownName, to)
                                : u"sequence %1 went from %2 to %3"_s.arg(
                                    now.shownName, earlier.last.isNull() ? u"its start"_s : earlier.last.display(), to);
    if (restarted)
        return std::optional(
            Caution { u"sequence-restarted"_s, what + u"; a rollback takes that back, an undo does not"_s });
    return std::optional(
        Caution { u"sequence-advanced"_s, what + u", which neither a rollback nor an undo takes back"_s });
}

} // namespace holdpoint
