// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrescapture.h"

#include "effects/postgresbatchfacts.h"
#include "effects/postgrescautions.h"
#include "effects/postgreslatetable.h"
#include "effects/postgreslocks.h"
#include "effects/postgresoldworld.h"
#include "effects/postgresschemachanges.h"
#include "effects/postgresshown.h"
#include "effects/postgressidequestions.h"
#include "effects/postgrestables.h"
#include "effects/postgreswriter.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

class PostgresCapture final : public Capture
{
public:
    explicit PostgresCapture(PostgresConnection& connection)
        : m_connection(connection)
        , m_oldWorld(connection)
    {
    }
    [[nodiscard]] Result<void> begin(const Beginning& beginning, Verification verification) override;
    void commandStarts(int index) override { m_writer->commandStarts(index); }
    void submitWrite(const Statement& statement, const Table& table, Connection::ResultSink sink) override
    {
        m_writer->submitWrite(statement, table, std::move(sink));
    }
    void submitSql(const Statement& statement, const StatementInfo& info, Connection::ResultSink sink) override;
    void rolledBackToSavepoint() override;
    [[nodiscard]] bool askAhead(const char* savepoint) override;
    [[nodiscard]] Result<TargetEffects> collect(const Advance& advance) override;
    [[nodiscard]] QList<TableName> unread() const override { return m_unread; }
    [[nodiscard]] Result<HeldLocks> locks() override;
    [[nodiscard]] Result<SharedWorld> shareWorld() override;
    [[nodiscard]] Result<void> ended(TargetEffects& effects) override;

private:
    [[nodiscard]] Result<void> beginLocking(PostgresConnection& before, const QList<TableName>& rewritten);
    [[nodiscard]] Result<void> beginBatch(const QList<TableName>& rewritten);
    void ask();
    [[nodiscard]] Error withoutOldWorld(const Error& error) const;
    [[nodiscard]] Result<TargetEffects> read(size_t lastStatement, const Advance& advance);
    [[nodiscard]] Result<void> addTables(const PostgresTouched::Found& found, TargetEffects& effects,
                                         const Advance& advance);
    [[nodiscard]] Result<void> addCautions(const PostgresTouched::Found& found, TargetEffects& effects);

    PostgresConnection& m_connection;
    PostgresOldWorld m_oldWorld;
    PostgresRecentTables m_recent;
    std::unique_ptr<PostgresWriter> m_writer;
    PostgresTouched m_touched;
    PostgresSequences m_sequences;
    PostgresCopies m_copies;
    PostgresCautions m_cautions;
    PostgresBatchFacts m_facts;
    std::vector<PostgresLateTable> m_late;
    QList<TableName> m_unread;
    std::optional<size_t> m_lastStatement; // what ask() submitted, once it did
    std::optional<Error> m_lastError;
    QString m_xid;
    bool m_isShared = false; // the old world
    bool m_copiesTables = false;
    PostgresLockWatch m_lockWatch;
    Verification m_verification = Verification::Cheapest;
};

Result<void> PostgresCapture::begin(const Beginning& beginning, Verification verification)
{
    m_verification = verification;
    m_copiesTables = !beginning.rewritten.isEmpty();
    PostgresOldWorld::Beforehand locking;
    if (!beginning.rewritten.isEmpty() && !m_connection.options().readOnly)
        locking = [&](PostgresConnection& before) { return beginLocking(before, beginning.rewritten); };
    auto begun = m_oldWorld.open({ m_sequences, m_touched, m_recent }, locking, beginning);
    if (begun)
        begun = beginBatch(beginning.rewritten);
    if (begun)
        return begun;
    if (m_connection.inTransaction())
        std::ignore = m_connection.rollback(); // the cause is the error to tell
    if (m_oldWorld.isOpen())
        std::ignore = m_oldWorld.close();
    return begun;
}

/// TRUNCATE and ALTER do not heed snapshots: what others changed between the snapshot and the statement would go too.
Result<void> PostgresCapture::beginLocking(PostgresConnection& before, const QList<TableName>& rewritten)
{
    if (auto begun = m_connection.begin(TransactionMode::Write); !begun)
        return begun;
    return m_copies.lock(m_connection, before, rewritten);
}

Result<void> PostgresCapture::beginBatch(const QList<TableName>& rewritten)
{
    m_writer = std::make_unique<PostgresWriter>(m_oldWorld, m_recent, m_verification == Verification::Cheapest);
    return m_copies.take(m_connection, rewritten);
}

void PostgresCapture::submitSql(const Statement& statement, const StatementInfo& info, Connection::ResultSink sink)
{
    m_cautions.note(info);
    m_facts.note(statement, info);
    m_writer->submitSql(statement, info, std::move(sink));
}

void PostgresCapture::rolledBackToSavepoint()
{
    m_writer->rolledBackToSavepoint();
    if (m_lastStatement)
        m_writer->attribution().failed(*m_lastStatement);
    m_lastStatement.reset();
}

bool PostgresCapture::askAhead(const char* savepoint)
{
    std::ignore = m_connection.releaseSavepoint(savepoint); // the next flush() tells
    ask();
    return true;
}

/// Where there are two, both servers work at once, and so does this.
void PostgresCapture::ask()
{
    m_lastError.reset();
    const auto keepFailure = [this](const Result<Rowset>& answer) {
        if (answer || m_lastError)
            return;
        m_lastError = answer.error();
        m_lastError->statement.clear(); // which is ours
    };
    const auto questions = std::exchange(m_connection.notes<PostgresSideQuestions>().open, {});
    const auto askAside = [questions](PostgresConnection& connection) {
        for (const auto& question : questions)
            question(connection);
    };
    m_lastStatement = m_writer->submitLast("SET CONSTRAINTS ALL IMMEDIATE", keepFailure, [&] {
        // The batch may have changed how its session prints values, which would look like changed values.
        m_connection.submit(m_oldWorld.printAs(m_connection.options().statementTimeout), keepFailure);
        if (m_oldWorld.isLate())
            askAside(m_connection);
        m_touched.ask(m_connection);
    });
    if (m_oldWorld.isLate())
        return; // collect() has nothing to do meanwhile
    m_connection.push();
    m_oldWorld.whenThere([this, askAside] { askAside(m_oldWorld.connection()); });
}

/// Where open() did not wait, it did not notice either that the companion broke since the last batch.
Error PostgresCapture::withoutOldWorld(const Error& error) const
{
    Error told = error;
    if (m_oldWorld.wentOn() && error.kind == ErrorKind::ConnectionLost && m_oldWorld.connection().isLost())
        told.kind = ErrorKind::Outdated;
    return told;
}

Result<TargetEffects> PostgresCapture::collect(const Advance& advance)
{
    if (!m_lastStatement)
        ask();
    if (m_writer->onlyRows() && !m_oldWorld.isLate())
        m_writer->told().ask();
    m_writer->told().decode();
    const auto flushed = m_connection.flush();
    const auto answered
        = m_writer->told().wait(); // whose question may have failed, and the old world's transaction with it
    if (!flushed)
        return flushed.error();
    if (!answered || m_oldWorld.error())
        return withoutOldWorld(m_oldWorld.error() ? *m_oldWorld.error() : answered.error());
    if (!m_writer->meanwhile())
        return withoutOldWorld(m_writer->meanwhile().error());
    if (m_recent.wasWrong())
        return PostgresRecentTables::outdated();
    if (m_lastError)
        return *m_lastError;
    m_recent.keep(m_connection);
    auto effects = read(*m_lastStatement, advance);
    return effects || !m_oldWorld.isLate() ? effects : withoutOldWorld(effects.error());
}

Result<TargetEffects> PostgresCapture::read(size_t lastStatement, const Advance& advance)
{
    TargetEffects effects;
    effects.target = m_connection.target().name;
    effects.engine = EngineKind::PostgreSQL;
    auto found = m_touched.find(m_oldWorld.worlds());
    if (!found)
        return found.error();
    const auto counted = m_facts.isCounted(m_connection, *found);
    if (!counted)
        return counted.error();
    found->counted = *counted;
    m_writer->attribution().inSubtransaction(lastStatement, found->newestXid);
    m_connection.notes<PostgresSideQuestions>().mayVary = found->mayVary;
    if (found->catalogs.isEmpty() && found->counted) // else some are not for others to see
        m_lockWatch.know(*found);
    if (auto added = addTables(*found, effects, advance); !added)
        return added.error();
    auto changes = schemaChanges(m_oldWorld.worlds(), found->catalogs, found->counted);
    if (!changes)
        return changes.error();
    effects.schemaChanges = std::move(*changes);
    if (auto added = addCautions(*found, effects); !added)
        return added.error();
    m_xid = found->xid;
    normalize(effects);
    return effects;
}

Result<void> PostgresCapture::addTables(const PostgresTouched::Found& found, TargetEffects& effects,
                                        const Advance& advance)
{
    QList<PostgresRelation> seen;
    std::ranges::copy_if(found.tables, std::back_inserter(seen), [](const PostgresRelation& relation) {
        return !relation.temporary && relation.kind != "f"_L1;
    });
    if (auto answered = m_writer->told().waitForAll(); !answered)
        return answered;
    PostgresTables tables(m_oldWorld.worlds(), m_copies, advance);
    if (auto added = tables.add(seen, found.counted, m_writer->candidates(), m_writer->told(), m_verification); !added)
        return added;
    m_late = tables.takeLate();
    std::vector<PostgresFoundTable> changed = tables.take();
    PostgresAttribution& attribution = m_writer->attribution();
    for (const PostgresFoundTable& table : changed)
        attribution.see(table);
    for (const PostgresLateTable& late : m_late)
        attribution.see(late.found);
    for (const PostgresLateTable& late : m_late)
        effects.tables.append(effectsSoFar(late, attribution));
    for (PostgresFoundTable& table : changed) {
        pack(table, attribution);
        if (!table.effects.rows.isEmpty() || !table.effects.complete)
            effects.tables.append(std::move(table.effects));
    }
    auto unread = tables.unlocked();
    if (!unread)
        return unread.error();
    m_unread = std::move(*unread);
    return {};
}

Result<void> PostgresCapture::addCautions(const PostgresTouched::Found& found, TargetEffects& effects)
{
    const auto beyondRows = m_cautions.find(m_oldWorld.worlds(), found, effects);
    if (!beyondRows)
        return beyondRows.error();
    effects.cautions += *beyondRows;
    const auto advanced = m_sequences.cautions(m_oldWorld.worlds(), found.sequences);
    if (!advanced)
        return advanced.error();
    effects.cautions += *advanced;
    return {};
}

/// The old world has nothing else to do then, unless a table waits for the end: both roll back at the same time.
Result<HeldLocks> PostgresCapture::locks()
{
    m_oldWorld.awaitThere(); // it may have failed before
    PostgresConnection& before = m_oldWorld.connection();
    const auto known = m_lockWatch.locks(before);
    auto locks = known ? Result<HeldLocks>(*known) : readLocks(m_connection, before);
    if (locks && m_late.empty() && !m_isShared)
        m_oldWorld.submitClose();
    return locks;
}

Result<SharedWorld> PostgresCapture::shareWorld()
{
    PostgresConnection& before = m_oldWorld.worlds().before();
    const auto tells = m_facts.mayTellSnapshot(before);
    if (!tells)
        return tells.error();
    m_isShared = true;
    const auto name = before.shareWorld();
    return name ? Result<SharedWorld>({ *name, !*tells && !m_copiesTables }) : name.error();
}

Result<void> PostgresCapture::ended(TargetEffects& effects)
{
    if (!m_oldWorld.isOpen())
        return {};
    Result<void> outcome;
    if (!m_late.empty() && !m_oldWorld.connection().cancellation().isCancelled()) {
        outcome
            = completeTables(m_oldWorld.worlds(), m_xid, std::exchange(m_late, {}), m_writer->attribution(), effects);
        normalize(effects);
    }
    if (auto kept = m_cautions.releaseLocks(m_connection); kept)
        effects.cautions += *kept;
    else if (outcome)
        outcome = kept.error();
    const auto closed = m_oldWorld.close();
    return outcome ? closed : outcome;
}

} // namespace

std::unique_ptr<Capture> postgresCapture(Connection& connection)
{
    Q_ASSERT(connection.engine() == EngineKind::PostgreSQL);
    return std::make_unique<PostgresCapture>(static_cast<PostgresConnection&>(connection));
}

} // namespace holdpoint
