// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/postgrescheck.h"

#include "differential/postgrestypes.h"

#include <QScopeGuard>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint::differential {

namespace {

QString outcomeText(const Run& run)
{
    QStringList texts { outcomeName(run.outcome), run.cause };
    if (run.failure)
        texts.append(u"command %1: %2"_s.arg(run.failure->command.value_or(-1)).arg(run.failure->error.text()));
    for (const DriftRow& row : run.drift.first(std::min(run.drift.size(), qsizetype(10))))
        texts.append(row.table.table + u": "_s + row.text);
    return texts.join(u' ');
}

/// The command that a statement of psql belongs to; none: the COMMIT.
std::optional<int> commandOf(const RandomBatch& batch, int statement)
{
    for (int command = 0; command < batch.statements.size(); ++command) {
        statement -= static_cast<int>(batch.statements.at(command).size());
        if (statement < 0)
            return command;
    }
    return {};
}

/// What is not there is told by the product itself.
bool isSame(const Error& error, const PsqlRun& psql)
{
    static const QStringList missing { u"42P01"_s, u"42703"_s };
    return error.sqlState == psql.sqlState || (error.sqlState.isEmpty() && missing.contains(psql.sqlState));
}

QStringList differ(const QString& what, QStringList found, QStringList expected)
{
    found.sort();
    expected.sort();
    if (found == expected)
        return {};
    QStringList faults { what };
    for (const QString& line : std::as_const(found)) {
        if (!expected.contains(line))
            faults.append(u"  is: "_s + line);
    }
    for (const QString& line : std::as_const(expected)) {
        if (!found.contains(line))
            faults.append(u"  was: "_s + line);
    }
    return faults;
}

bool cautions(const Run& run, const QString& text)
{
    for (const TargetEffects& target : run.effects) {
        for (const Caution& caution : target.cautions) {
            if (caution.text.contains(text))
                return true;
        }
    }
    return false;
}

QStringList sequenceFaults(const Run& run, const Dump& before, const Dump& after)
{
    QStringList faults;
    for (auto sequence = after.sequences.cbegin(); sequence != after.sequences.cend(); ++sequence) {
        const bool known = before.sequences.contains(sequence.key());
        const bool moved = known && before.sequences.value(sequence.key()) != sequence.value();
        const bool said = cautions(run, u"sequence %1 "_s.arg(sequence.key()));
        if (moved != said && known)
            faults.append(u"sequence %1 went from %2 to %3, and that was %4"_s.arg(
                sequence.key(), before.sequences.value(sequence.key()), sequence.value(),
                said ? u"said"_s : u"not said"_s));
    }
    return faults;
}

bool contains(const RandomBatch& batch, std::initializer_list<QLatin1StringView> words)
{
    const QString text = batch.text();
    return std::ranges::any_of(words, [&](QLatin1StringView word) { return text.contains(word); });
}

} // namespace

QString Tally::text() const
{
    QString text = u"%1 batches: %2 committed, %3 failed, %4 undone, %5 rows changed"_s.arg(batches)
                       .arg(committed)
                       .arg(failed)
                       .arg(undone)
                       .arg(rows);
    for (auto state = failures.cbegin(); state != failures.cend(); ++state)
        text += u"\n  failed: %1 (%2 times)"_s.arg(state.key()).arg(state.value());
    for (auto reason = notUndone.cbegin(); reason != notUndone.cend(); ++reason)
        text += u"\n  not undone: %1 (%2 times)"_s.arg(reason.key()).arg(reason.value());
    return text + u'\n' + others.text();
}

OriginDatabase::OriginDatabase()
    : m_role(m_database.name() + u"_owner"_s)
{
    exec(u"CREATE ROLE %1 LOGIN; ALTER DATABASE %2 OWNER TO %1; ALTER SCHEMA public OWNER TO %1"_s.arg(m_role, name()));
    if (const QString errors = Psql(m_database.uriAs(m_role)).script(QString::fromLatin1(typesSql)); !errors.isEmpty())
        qFatal("%s", qUtf8Printable(errors));
}

OriginDatabase::~OriginDatabase()
{
    exec(u"REASSIGN OWNED BY %1 TO postgres; DROP OWNED BY %1; DROP ROLE %1"_s.arg(m_role));
}

QString OriginDatabase::uri(const QString& database, const QString& role) const
{
    QString uri = m_database.uriAs(role);
    uri.chop(name().size());
    return uri + database;
}

/// Half of them without any privilege but on what the role owns.
Check::Check(quint32 seed, const OriginDatabase& origin, const QString& folder, Tally& tally)
    : m_origin(origin)
    , m_seed(seed)
    , m_random(seed)
    , m_world(randomWorld(m_random))
    , m_role(seed % 2 == 0 ? u"postgres"_s : origin.role())
    , m_name(u"%1_seed%2"_s.arg(origin.name()).arg(seed))
    , m_copyName(m_name + u"_copy"_s)
    , m_tally(tally)
    , m_product(origin.uri(m_name, m_role))
    , m_copy(origin.uri(m_copyName, m_role))
    , m_crowded(seed % 5 == 0 || othersAlways())
{
    if (m_crowded)
        m_patient.connection.lockTimeout = std::chrono::seconds(30);
    m_origin.exec(u"CREATE DATABASE %1 TEMPLATE %2 OWNER %3"_s.arg(m_name, origin.name(), origin.role()));
    if (const QString errors = m_product.script(m_world.sql); !errors.isEmpty())
        m_broken = u"the world of seed %1 cannot be made: "_s.arg(seed) + errors + m_world.sql;
    m_journal = Journal::open(folder + u"/journal%1.db"_s.arg(seed)).takeResult().value();
    m_batches.emplace(
        m_world, m_random,
        Target { u"db"_s, EngineKind::PostgreSQL, origin.uri(m_name, m_role), Environment::Development, false },
        folder);
    m_now = m_product.dump();
}

Check::~Check()
{
    m_others.reset();
    m_workbench.reset();
    m_origin.exec(u"DROP DATABASE IF EXISTS %1 WITH (FORCE)"_s.arg(m_copyName));
    m_origin.exec(u"DROP DATABASE %1 WITH (FORCE)"_s.arg(m_name));
}

void Check::makeCopy()
{
    m_workbench.reset(); // its connections stand in the way
    m_origin.exec(u"DROP DATABASE IF EXISTS %1 WITH (FORCE)"_s.arg(m_copyName));
    m_origin.exec(u"CREATE DATABASE %1 TEMPLATE %2 OWNER %3"_s.arg(m_copyName, m_name, m_origin.role()));
    m_alike = true;
}

QStringList Check::unchanged(const QString& what, const Dump& before)
{
    m_now = m_product.dump();
    if (!m_now.error.isEmpty())
        return { m_now.error };
    return differ(what + u" changed rows:"_s, m_now.sortedRows(), before.sortedRows())
        + differ(what + u" changed the schema:"_s, m_now.schema, before.schema);
}

/// Where the previews left them, so that the apply and psql get the same numbers.
void Check::setSequences(const Psql& database, const Dump& from)
{
    QString sql;
    for (auto sequence = from.sequences.cbegin(); sequence != from.sequences.cend(); ++sequence) {
        const QString name = sequence.key().section(u'.', 0, 0) + u'.' + quoted(sequence.key().section(u'.', 1));
        const QStringList position = sequence->split(u' ');
        sql += u"SELECT setval(%1, %2, %3);\n"_s.arg(literal(name), position.at(0), literal(position.at(1)));
    }
    if (const QString errors = database.script(sql); !errors.isEmpty())
        qFatal("the sequences cannot be set: %s", qUtf8Printable(errors));
}

QString Check::runBatch()
{
    if (!m_broken.isEmpty())
        return m_broken;
    ++m_number;
    ++m_tally.batches;
    if (!m_now.error.isEmpty())
        return m_now.error;
    m_world.adaptTo(m_now);
    const RandomBatch batch = m_batches->make(m_now);
    if (!m_alike)
        makeCopy();
    if (!m_workbench)
        m_workbench = std::make_unique<Workbench>(m_journal, nullptr);
    const QStringList faults = check(batch);
    if (faults.isEmpty())
        return {};
    return u"seed %1, batch %2:\n%3\n%4"_s.arg(m_seed).arg(m_number).arg(faults.mid(0, 40).join(u'\n'), batch.text());
}

QStringList Check::check(const RandomBatch& batch)
{
    const auto preview = m_workbench->preview(batch.batch, m_patient).takeResult();
    if (!preview)
        return { u"no preview: "_s + preview.error().text() };
    if (const QStringList faults = unchanged(u"the preview"_s, m_now); !faults.isEmpty())
        return faults;
    setSequences(m_copy, m_now);
    const PsqlRun psql = runOnCopy(batch);
    if (!psql.committed)
        return checkFailed(batch, *preview, psql);
    if (preview->outcome != Outcome::Ready)
        return { u"psql committed, but the preview: "_s + outcomeText(*preview) };
    return checkApplied(batch, *preview);
}

PsqlRun Check::runOnCopy(const RandomBatch& batch)
{
    QList<PsqlStatement> statements;
    for (const QList<PsqlStatement>& each : batch.statements)
        statements += each;
    if (!m_crowded)
        return m_copy.run(statements);
    const QString uri = m_origin.uri(m_copyName, u"postgres"_s);
    const RowVersions before = RowVersions::read(uri);
    const PsqlRun run = m_copy.run(statements);
    m_othersMay = {};
    // What fails may touch other rows before it does, in another plan. ON CONFLICT DO NOTHING fails if the row is newer
    // than the snapshot, and leaves no mark.
    if (run.committed && !contains(batch, { ") DO NOTHING"_L1 }))
        m_othersMay.writeAgain = before.untouched(RowVersions::read(uri));
    m_othersMay.insert
        = run.committed && !batch.changesSchema && !contains(batch, { "TRUNCATE"_L1, "DO $$"_L1, "TEMP TABLE"_L1 });
    ++m_tally.others.batches;
    return run;
}

void Check::startOthers(const OthersMay& may)
{
    if (!m_crowded)
        return;
    m_others.emplace(m_origin.uri(m_name, u"postgres"_s), may, m_seed + static_cast<quint32>(m_number), m_tally.others);
    m_alike = false; // rows are at other places, in another order
}

QStringList Check::checkFailed(const RandomBatch& batch, const Run& preview, const PsqlRun& psql)
{
    ++m_tally.failed;
    ++m_tally.failures[psql.sqlState.isEmpty() ? u"a wrong number of rows"_s : psql.sqlState];
    const QString said = u"psql failed at %1 with %2"_s.arg(psql.failed).arg(psql.sqlState);
    startOthers(m_othersMay);
    const auto applied = m_workbench->apply(batch.batch, {}, m_patient).takeResult();
    m_others.reset();
    if (!applied)
        return { u"no apply: "_s + applied.error().text() };
    for (const Run* run : { &preview, &*applied }) {
        const bool ended = run->outcome == (run == &preview ? Outcome::Failed : Outcome::RolledBack);
        if (!ended || !run->failure || run->failure->command != commandOf(batch, psql.failed)
            || !isSame(run->failure->error, psql))
            return { said + u", but: "_s + outcomeText(*run), psql.output };
    }
    return unchanged(u"the failed apply"_s, m_now);
}

/// The next preview, and then the apply, get the numbers that they would get without it.
QStringList Check::previewBesideOthers(const RandomBatch& batch, const Run& preview)
{
    const auto again = m_workbench->preview(batch.batch, m_patient).takeResult();
    if (!again)
        return { u"no preview beside other sessions: "_s + again.error().text() };
    setSequences(m_product, m_now);
    if (again->outcome != Outcome::Ready)
        return { u"the preview beside other sessions: "_s + outcomeText(*again) };
    if (again->digest == preview.digest)
        return {};
    const auto applied = m_workbench->apply(batch.batch, preview.digest, m_patient).takeResult();
    return { u"the preview beside other sessions has another effect; an apply: "_s
             + (applied ? outcomeText(*applied) : applied.error().text()) };
}

QStringList Check::checkApplied(const RandomBatch& batch, const Run& preview)
{
    const Dump before = m_now;
    startOthers(m_othersMay);
    if (const QStringList faults = m_crowded ? previewBesideOthers(batch, preview) : QStringList(); !faults.isEmpty())
        return faults;
    const auto applied = m_workbench->apply(batch.batch, preview.digest, m_patient).takeResult();
    m_others.reset();
    if (!applied)
        return { u"no apply: "_s + applied.error().text() };
    if (applied->outcome != Outcome::Committed)
        return { u"the apply after an equal preview: "_s + outcomeText(*applied) };
    ++m_tally.committed;
    m_now = m_product.dump();
    const Dump& after = m_now;
    const Dump copy = m_copy.dump();
    const QList<EffectRow> effects = effectRows(*applied);
    m_tally.rows += effects.size();
    QStringList faults = faultsOf(*applied) + differences(before, effects, after);
    faults += differences(after, effects, copy, m_alike);
    faults += differ(u"the schema differs from the copy's:"_s, after.schema, copy.schema);
    if (after.sequences != copy.sequences && !batch.changesSchema) // which may need a second run, and its numbers
        faults.append(u"sequences differ from the copy's"_s);
    faults += sequenceFaults(*applied, before, after);
    const bool schemaChanged = after.schema != before.schema;
    if (schemaChanged == applied->effects.constFirst().schemaChanges.isEmpty())
        faults += differ(u"schema changes: %1, but:"_s.arg(applied->effects.constFirst().schemaChanges.size()),
                         after.schema, before.schema);
    if (!faults.isEmpty())
        return faults;
    return checkUndo(*applied, before, Dump(m_now));
}

/// Why an undo failed, if it may; empty if it may not.
QString Check::refusal(const Run& applied, const Run& undo) const
{
    const auto isView = [](const DriftRow& row) { return row.table.table == "kept"_L1; };
    if (undo.cause == "undo-differs"_L1 && std::ranges::all_of(undo.drift, isView)
        && cautions(applied, u"materialized view public.kept "_s))
        return u"the materialized view was not up to date"_s;
    if (m_role == "postgres"_L1)
        return {};
    if (undo.cause == "undo-differs"_L1)
        return u"triggers would run again"_s;
    // A deferred trigger complains after the last command.
    const bool byTrigger = undo.failure && (undo.failure->command || undo.failure->error.sqlState == "P0001"_L1);
    return byTrigger ? u"triggers cannot be suppressed: "_s + undo.failure->error.message : QString();
}

QStringList Check::checkUndo(const Run& applied, const Dump& before, const Dump& after)
{
    // Where triggers and foreign keys cannot be suppressed, an undo touches rows that the run did not.
    startOthers({ m_role == "postgres"_L1 ? m_othersMay.writeAgain : RowTexts(), false });
    const auto stop = qScopeGuard([this] { m_others.reset(); });
    const auto undo = m_workbench->undo(applied.id, true, m_patient).takeResult();
    if (!undo) {
        const auto unread = unchanged(u"a refused undo"_s, after);
        ++m_tally.notUndone[undo.error().message.section(u": "_s, 1).left(60)];
        const bool expected = !applied.effects.constFirst().schemaChanges.isEmpty();
        return expected ? unread : unread + QStringList { u"the undo was refused: "_s + undo.error().text() };
    }
    if (undo->outcome != Outcome::Committed)
        return checkUndoFailed(applied, *undo, after);
    if (const auto faults = unchanged(u"the undo restores:"_s, before); !faults.isEmpty())
        return faults;
    const auto redo = m_workbench->undo(undo->id, true, m_patient).takeResult();
    if (!redo)
        return { u"the undo of the undo was refused: "_s + redo.error().text() };
    if (redo->outcome != Outcome::Committed) {
        m_alike = false;
        return checkUndoFailed(*undo, *redo, before);
    }
    ++m_tally.undone;
    return unchanged(u"the undo of the undo restores:"_s, after);
}

QStringList Check::checkUndoFailed(const Run& undone, const Run& undo, const Dump& now)
{
    const QString reason = refusal(undone, undo);
    ++m_tally.notUndone[reason.left(60)];
    QStringList faults = unchanged(u"an undo that failed"_s, now);
    if (reason.isEmpty())
        faults.append(u"the undo failed: "_s + outcomeText(undo));
    return faults;
}

} // namespace holdpoint::differential
