// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/runtable.h"

#include "journal/journalfile.h"
#include "journal/packed.h"
#include "journal/runjson.h"
#include "journal/runrecord.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

Value timeValue(const QDateTime& time)
{
    return Value::text(time.toUTC().toString(Qt::ISODateWithMs));
}

Value nowValue()
{
    return timeValue(QDateTime::currentDateTimeUtc());
}

Value recordOf(const Run& run)
{
    const RunJsonOptions line { .commandsAndEffects = false, .maxRows = -1, .indented = false };
    return Value::text(QString::fromUtf8(runToJson(run, line)));
}

bool matches(const Run& run, const RunFilter& filter)
{
    if (filter.outcome && run.outcome != *filter.outcome)
        return false;
    return filter.target.isEmpty() || std::ranges::any_of(run.targets, [&](const TargetReport& target) {
               return target.name == filter.target || target.uri == filter.target;
           });
}

Result<QList<Target>> targetsOf(const Value& json, const RunId& id)
{
    return asDamage(targetsFromJson(json.toText().toUtf8()), u"the targets of run %1"_s.arg(id));
}

} // namespace

Result<void> RunTable::insertRun(const Run& run, const QByteArray& targets, const Value& batch)
{
    return writeJournal(
        m_connection, "INSERT INTO runs(id, started, record, targets, batch) VALUES (?1, ?2, ?3, ?4, ?5)",
        { Value::text(run.id), timeValue(run.started), recordOf(run), Value::text(QString::fromUtf8(targets)), batch });
}

Result<void> RunTable::writeIntent(const Run& run, const QList<Target>& targets, const Value& batch)
{
    return inJournalTransaction(m_connection, [&] { return insertRun(run, targetsToJson(targets), batch); });
}

Result<void> RunTable::writeCommit(const Run& run, const Value& effects)
{
    return inJournalTransaction(m_connection, [&] {
        return writeJournal(m_connection, "INSERT INTO commits(run, written, record, effects) VALUES (?1, ?2, ?3, ?4)",
                            { Value::text(run.id), nowValue(), recordOf(run), effects });
    });
}

Result<void> RunTable::writeOutcome(const Run& run, bool withEffects)
{
    const auto intent
        = m_connection.query({ "SELECT batch IS NOT NULL FROM runs WHERE id = ?1", { Value::text(run.id) } });
    if (!intent)
        return intent.error();
    const bool isNew = intent->rows.isEmpty(); // a preview has no intent
    const bool batchIsKept = !isNew && intent->rows.at(0).at(0) == Value::integer(1);
    const Value commands = packedCommands(run.commands, batchIsKept);
    const Value effects = withEffects ? packedEffects(run.effects) : Value::null();
    return inJournalTransaction(m_connection, [&]() -> Result<void> {
        if (isNew) {
            if (const auto inserted = insertRun(run, "{}", Value::null()); !inserted)
                return inserted;
        }
        return writeJournal(m_connection,
                            "INSERT INTO outcomes(run, written, outcome, digest, record, commands, effects)"
                            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                            { Value::text(run.id), nowValue(), Value::text(outcomeName(run.outcome)),
                              Value::text(run.digest), recordOf(run), commands, effects });
    });
}

// What a run without an outcome is, as far as its traces tell: see docs/journal.md.
Result<Run> RunTable::readHead(const Row& row) const
{
    const bool hasOutcome = !row.at(1).isNull();
    const bool commitSent = !row.at(2).isNull();
    const Value& record = hasOutcome ? row.at(1) : commitSent ? row.at(2) : row.at(0);
    auto run = asDamage(runFromJson(record.toText().toUtf8()), u"a run"_s);
    if (!run || hasOutcome)
        return run;
    const bool alive = m_locks.isHeld(run->id);
    run->outcome = alive || commitSent ? Outcome::InDoubt : Outcome::RolledBack;
    run->cause = alive ? u"running"_s : u"crashed"_s;
    for (TargetReport& target : run->targets)
        target.outcome = run->outcome;
    return run;
}

Result<QList<Run>> RunTable::runs(const RunFilter& filter)
{
    Statement statement;
    statement.text = "SELECT r.record, o.record, c.record FROM runs r"
                     " LEFT JOIN outcomes o ON o.number = (SELECT max(number) FROM outcomes WHERE run = r.id)"
                     " LEFT JOIN commits c ON c.run = r.id AND o.number IS NULL"
                     " WHERE r.started >= ?1 ORDER BY r.started DESC, r.id DESC";
    statement.parameters = { filter.since.isValid() ? timeValue(filter.since) : Value::text({}) };
    QList<Run> runs;
    std::optional<Error> damaged;
    const auto full = [&] { return filter.limit >= 0 && runs.size() >= filter.limit; };
    if (full())
        return runs;
    const Error enough;
    const auto done = m_connection.stream(statement, [&](const Row& row) -> Result<void> {
        auto run = readHead(row);
        if (!run) {
            damaged = run.error();
            return *damaged;
        }
        if (matches(*run, filter))
            runs.append(std::move(run).value());
        return full() ? Result<void>(enough) : Result<void>();
    });
    if (damaged)
        return *damaged;
    if (!done && !full())
        return done.error();
    return runs;
}

Result<RunId> RunTable::wholeId(const RunId& beginning)
{
    const QString id = beginning.trimmed().toUpper();
    const auto found = m_connection.query({ "SELECT id FROM runs WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id DESC"
                                            " LIMIT 4",
                                            { Value::text(id) } });
    if (!found)
        return found.error();
    if (id.isEmpty() || found->rows.isEmpty())
        return makeError(ErrorKind::Usage, u"the journal has no run \"%1\""_s.arg(beginning), {},
                         u"holdpoint-cli log lists the runs."_s);
    if (found->rows.size() == 1 || found->rows.last().at(0).toText() == id)
        return found->rows.last().at(0).toText();
    QStringList ids;
    for (const Row& row : found->rows)
        ids.append(row.at(0).toText());
    return makeError(ErrorKind::Usage,
                     u"\"%1\" is the beginning of several runs: %2"_s.arg(beginning, ids.join(", "_L1)), {},
                     u"Give more characters of the one that is meant."_s);
}

Result<Run> RunTable::run(const RunId& beginning)
{
    const auto id = wholeId(beginning);
    if (!id)
        return id.error();
    const auto found
        = m_connection.query({ "SELECT r.record, o.record, c.record, o.commands, coalesce(o.effects, c.effects),"
                               " r.batch, r.targets FROM runs r"
                               " LEFT JOIN outcomes o ON o.number = (SELECT max(number) FROM outcomes WHERE run = r.id)"
                               " LEFT JOIN commits c ON c.run = r.id WHERE r.id = ?1",
                               { Value::text(*id) } });
    if (!found)
        return found.error();
    const Row row = found->rows.value(0);
    auto run = readHead(row);
    if (!run)
        return run;
    const QString what = u"run %1"_s.arg(*id);
    if (!row.at(3).isNull()) {
        const auto targets = targetsOf(row.at(6), *id);
        if (!targets)
            return targets.error();
        auto commands = unpackedCommands(row.at(3), { row.at(5), *targets }, what);
        if (!commands)
            return commands.error();
        run->commands = std::move(commands).value();
    }
    if (!row.at(4).isNull()) {
        auto effects = unpackedEffects(row.at(4), what);
        if (!effects)
            return effects.error();
        run->effects = std::move(effects).value();
    }
    return run;
}

Result<Batch> RunTable::batchOf(const RunId& beginning)
{
    const auto id = wholeId(beginning);
    if (!id)
        return id.error();
    const auto found = m_connection.query({ "SELECT batch, targets FROM runs WHERE id = ?1", { Value::text(*id) } });
    if (!found)
        return found.error();
    const Row row = found->rows.value(0);
    if (row.at(0).isNull())
        return makeError(ErrorKind::Usage, u"run %1 is a preview: its batch was not kept"_s.arg(*id));
    const auto targets = targetsOf(row.at(1), *id);
    if (!targets)
        return targets.error();
    return unpackedBatch(row.at(0), *targets, u"the batch of run %1"_s.arg(*id));
}

Result<bool> RunTable::hasPreview(const QString& digest)
{
    const auto found
        = m_connection.query({ "SELECT EXISTS (SELECT 1 FROM outcomes WHERE digest = ?1 AND outcome = 'ready')"
                               " OR EXISTS (SELECT 1 FROM queue WHERE digest = ?1)",
                               { Value::text(digest) } });
    if (!found)
        return found.error();
    return found->rows.value(0).value(0) == Value::integer(1);
}

Result<std::optional<QList<TargetEffects>>> RunTable::previewedEffects(const QString& digest)
{
    const auto found = m_connection.query(
        { "SELECT effects FROM (SELECT effects, written FROM outcomes WHERE digest = ?1 AND outcome = 'ready'"
          " UNION ALL SELECT effects, added FROM queue WHERE digest = ?1) ORDER BY written DESC LIMIT 1",
          { Value::text(digest) } });
    if (!found)
        return found.error();
    if (found->rows.isEmpty())
        return std::optional<QList<TargetEffects>>();
    auto effects = unpackedEffects(found->rows.at(0).at(0), u"the preview %1"_s.arg(digest));
    if (!effects)
        return effects.error();
    return std::optional(std::move(effects).value());
}

Result<UnsettledRun> RunTable::readUnsettled(const Row& row) const
{
    UnsettledRun unsettled;
    auto run = readHead(row);
    if (!run)
        return run.error();
    unsettled.run = std::move(run).value();
    unsettled.commitSent = !row.at(2).isNull();
    unsettled.alive = m_locks.isHeld(unsettled.run.id);
    auto targets = targetsOf(row.at(3), unsettled.run.id);
    if (!targets)
        return targets.error();
    unsettled.targets = std::move(targets).value();
    if (!row.at(4).isNull()) {
        auto effects = unpackedEffects(row.at(4), u"run %1"_s.arg(unsettled.run.id));
        if (!effects)
            return effects.error();
        unsettled.run.effects = std::move(effects).value();
    }
    return unsettled;
}

Result<QList<UnsettledRun>> RunTable::unsettled()
{
    const auto found = m_connection.query(
        { "SELECT r.record, o.record, c.record, r.targets, coalesce(o.effects, c.effects) FROM runs r"
          " LEFT JOIN outcomes o ON o.number = (SELECT max(number) FROM outcomes WHERE run = r.id)"
          " LEFT JOIN commits c ON c.run = r.id"
          " WHERE o.number IS NULL OR o.outcome = 'in-doubt' ORDER BY r.started, r.id",
          {} });
    if (!found)
        return found.error();
    QList<UnsettledRun> runs;
    for (const Row& row : found->rows) {
        auto run = readUnsettled(row);
        if (!run)
            return run.error();
        runs.append(std::move(run).value());
    }
    return runs;
}

} // namespace holdpoint
