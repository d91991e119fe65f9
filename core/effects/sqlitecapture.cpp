// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitecapture.h"

#include "effects/sqlitecautions.h"
#include "effects/sqlitedangling.h"
#include "effects/sqlitefollowed.h"
#include "effects/sqliteforeignkeys.h"
#include "effects/sqlitegivenkeys.h"
#include "effects/sqlitekeyflows.h"
#include "effects/sqlitelocks.h"
#include "effects/sqlitenetrows.h"
#include "effects/sqliteobserver.h"
#include "effects/sqlitereplaced.h"
#include "effects/sqliteschemadiff.h"
#include "effects/sqlitevirtualrows.h"
#include "session/sqliteconnection.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// Rows by the pre-update hook: the first image of each row that is touched, compared in the end with the row
/// that stands there then. What the hook does not see (the rows of a table that is dropped, altered or made
/// by CREATE TABLE AS, sqlite_sequence) is read as a whole before and after.
class SqliteCapture final : public Capture
{
public:
    explicit SqliteCapture(SqliteConnection& connection)
        : m_connection(connection)
        , m_virtualRows(connection)
        , m_givenKeys(connection.handle())
    {
    }

    [[nodiscard]] Result<void> begin(const Beginning& beginning, Verification verification) override;
    [[nodiscard]] Result<SharedWorld> shareWorld() override;
    void commandStarts(int index) override { m_observer->commandStarts(index); }
    void submitWrite(const Statement& statement, const Table& table, Connection::ResultSink sink) override;
    void submitSql(const Statement& statement, const StatementInfo& info, Connection::ResultSink sink) override;
    void rolledBackToSavepoint() override;
    [[nodiscard]] Result<TargetEffects> collect(const Advance& advance) override;
    [[nodiscard]] Result<HeldLocks> locks() override { return fileLock(m_connection.target()); }
    [[nodiscard]] Result<void> ended(TargetEffects& effects) override;

private:
    [[nodiscard]] Result<void> observe();
    void noteAssigned(const Statement& statement);
    void noteFlows(const Statement& statement, const TableName& written);
    [[nodiscard]] Result<void> beforeRunning(const SqliteActions& actions);
    [[nodiscard]] Result<void> copy(const SqliteTableId& id, const SqliteSchemaImage& schema);
    [[nodiscard]] Result<void> followSchema();
    [[nodiscard]] Result<void> finishDeferred();
    [[nodiscard]] Result<TargetEffects> read();
    [[nodiscard]] Result<void> collectTable(int index, const SqliteSchemaImage& schema, TargetEffects& effects);

    SqliteConnection& m_connection;
    std::unique_ptr<SqliteObserver> m_observer;
    SqliteVirtualRows m_virtualRows;
    SqliteSchemaImage m_atBegin;
    std::optional<SqliteSchemaImage> m_beforeStatement; // of one that changes the schema
    SqliteGivenKeys m_givenKeys;
    SqliteKeyFlows m_keyFlows;
    QByteArray m_lastWrite;
};

bool isSequence(const SqliteTableId& id)
{
    return id.name == "sqlite_sequence";
}

Result<void> SqliteCapture::begin(const Beginning&, Verification)
{
    if (auto begun = m_connection.begin(TransactionMode::Write); !begun)
        return begun;
    if (auto observed = observe(); !observed) {
        m_observer.reset();
        const Error why = m_connection.explained(observed.error());
        const auto undone = m_connection.rollback();
        return undone ? Result<void>(why) : undone;
    }
    return {};
}

Result<void> SqliteCapture::observe()
{
    auto schema = SqliteSchemaImage::read(m_connection.handle());
    if (!schema)
        return schema.error();
    m_atBegin = std::move(schema).value();
    m_observer = std::make_unique<SqliteObserver>(m_connection.handle());
    QSet<SqliteTableId> originals;
    for (const SqliteObject& table : m_atBegin.tables())
        originals.insert(table.table());
    m_observer->lineage().setOriginals(originals);
    for (const SqliteTableId& id : std::as_const(originals)) {
        if (isSequence(id) && !m_observer->tableNamed(id).touchAll())
            return makeError(ErrorKind::Statement, u"sqlite_sequence cannot be read"_s);
    }
    return {};
}

void SqliteCapture::submitWrite(const Statement& statement, const Table& table, Connection::ResultSink sink)
{
    if (table.kind == TableKind::Virtual)
        m_virtualRows.named(table.name, m_observer->command());
    m_observer->statementStarts();
    auto result = m_connection.query(statement);
    if (!result)
        m_observer->statementFailed();
    else
        noteAssigned(statement);
    noteFlows(statement, { table.schema, table.name });
    sink(std::move(result));
}

// Rows that follow one another mostly share their text.
void SqliteCapture::noteFlows(const Statement& statement, const TableName& written)
{
    if (statement.text.constData() == m_lastWrite.constData())
        return;
    m_lastWrite = statement.text;
    if (const auto actions = m_connection.actionsOf(statement.text, false))
        m_keyFlows.note(*actions, written);
}

void SqliteCapture::submitSql(const Statement& statement, const StatementInfo& info, Connection::ResultSink sink)
{
    if (m_atBegin.hasVirtualTables())
        m_virtualRows.named(info.written.table, m_observer->command());
    m_observer->statementStarts();
    m_beforeStatement.reset();
    auto result = m_connection.queryGuarded(
        statement, [this](const SqliteActions& actions) -> Result<void> { return beforeRunning(actions); });
    if (!result) {
        m_observer->statementFailed();
        m_observer->schemaChanged();
    } else if (m_beforeStatement) {
        if (const auto followed = followSchema(); !followed)
            return sink(m_connection.explained(followed.error()));
    } else {
        noteAssigned(statement);
    }
    sink(std::move(result));
}

void SqliteCapture::noteAssigned(const Statement& statement)
{
    if (const auto number = m_observer->assignedKeys())
        m_givenKeys.note(statement, *number);
}

// The statement is compiled, not run: what it will do unseen is copied now.
Result<void> SqliteCapture::beforeRunning(const SqliteActions& actions)
{
    m_keyFlows.note(actions, {});
    if (!actions.changesSchema)
        return {};
    m_observer->schemaStatement();
    m_observer->keysWereGiven(m_givenKeys.given());
    auto schema = SqliteSchemaImage::read(m_connection.handle());
    if (!schema)
        return schema.error();
    for (const auto& [database, table] : actions.rewritten) {
        if (const auto copied = copy({ database.toUtf8(), table.toUtf8() }, *schema); !copied)
            return copied;
    }
    m_observer->lineage().mayChange();
    m_beforeStatement = std::move(schema).value();
    return {};
}

// A virtual table's rows are in its shadow tables, which its module drops or renames itself.
Result<void> SqliteCapture::copy(const SqliteTableId& id, const SqliteSchemaImage& schema)
{
    const auto tables = schema.rootPage(id) != 0 ? QList { id } : schema.shadowsOf(id);
    for (const SqliteTableId& table : tables) {
        if (!m_observer->lineage().isOriginal(table) || m_observer->tableNamed(table).touchAll())
            continue;
        Error error = makeError(
            ErrorKind::Statement,
            u"the rows of %1 cannot be copied before they are changed"_s.arg(QString::fromUtf8(table.name)));
        error.table = QString::fromUtf8(table.name);
        return error;
    }
    return {};
}

Result<void> SqliteCapture::followSchema()
{
    m_observer->schemaChanged();
    m_lastWrite.clear();
    const auto now = SqliteSchemaImage::read(m_connection.handle());
    if (!now)
        return now.error();
    followTables(m_observer->lineage(), *m_beforeStatement, *now, m_observer->command(), m_connection.handle());
    return {};
}

void SqliteCapture::rolledBackToSavepoint()
{
    m_observer->commandTakenBack();
    m_observer->lineage().takeBack();
    m_observer->schemaChanged();
}

Result<void> SqliteCapture::finishDeferred()
{
    m_observer->commandsEnd();
    if (!m_connection.inTransaction())
        return makeError(ErrorKind::Statement, u"SQLite has already rolled the transaction back"_s);
    // Full-text indexes keep changes back until a savepoint.
    constexpr auto flush = "holdpoint_flush";
    if (auto flushed = m_connection.savepoint(flush); !flushed)
        return flushed;
    if (auto released = m_connection.releaseSavepoint(flush); !released)
        return released;
    return m_connection.options().suppressTriggers ? Result<void>() : checkDeferredForeignKeys(m_connection.handle());
}

Result<TargetEffects> SqliteCapture::collect(const Advance& /*advance*/)
{
    if (const auto finished = finishDeferred(); !finished)
        return finished.error();
    m_observer->keysWereGiven(m_givenKeys.given());
    auto effects = read();
    return effects ? effects : m_connection.explained(effects.error());
}

Result<TargetEffects> SqliteCapture::read()
{
    const auto schema = SqliteSchemaImage::read(m_connection.handle());
    if (!schema)
        return schema.error();
    TargetEffects effects;
    effects.target = m_connection.target().name;
    effects.engine = EngineKind::SQLite;
    if (!schema->isSame(m_atBegin)) {
        effects.schemaChanges = schema->changesSince(m_atBegin, [&](const SqliteTableId& id) {
            return formerName(*schema, m_observer->lineage(), m_observer->tables(), id);
        });
        for (const SqliteObject& table : schema->tables()) {
            if (!m_observer->lineage().isOriginal(table.table()))
                (void)m_observer->indexNamed(table.table());
        }
    }
    for (int index = 0; index < static_cast<int>(m_observer->tables().size()); ++index) {
        if (const auto collected = collectTable(index, *schema, effects); !collected)
            return collected.error();
    }
    m_virtualRows.collect(effects);
    mergeReplaced(replacedTables(m_observer->lineage(), m_observer->tables()), effects.tables);
    if (const auto filled = m_keyFlows.fill(m_connection, effects); !filled)
        return filled.error();
    const auto dangling = danglingCautions(m_connection, effects);
    if (!dangling)
        return dangling.error();
    normalize(effects);
    effects.cautions += sqliteCautions(effects) + *dangling;
    return effects;
}

Result<void> SqliteCapture::collectTable(int index, const SqliteSchemaImage& schema, TargetEffects& effects)
{
    SqliteDescent descent = m_observer->lineage().of(index);
    descent.dropped = descent.dropped || !schema.hasTable(descent.name);
    if (descent.born && descent.dropped)
        return {};
    const SqliteTouched& table = *m_observer->tables().at(static_cast<size_t>(index));
    m_virtualRows.add(table, descent);
    SqliteNetRows net(m_connection.handle(), table, descent, m_observer->images());
    auto read = net.read(descent.born || isSequence(descent.name) || table.isKeySpoiled());
    if (!read)
        return read.error();
    if (!read->rows.isEmpty() || !read->complete)
        effects.tables.append(std::move(read).value());
    effects.cautions += net.cautions();
    return {};
}

Result<SharedWorld> SqliteCapture::shareWorld()
{
    const auto name = m_connection.shareWorld();
    return name ? Result<SharedWorld>({ *name }) : name.error();
}

Result<void> SqliteCapture::ended(TargetEffects&)
{
    m_observer.reset();
    return {};
}

} // namespace

std::unique_ptr<Capture> sqliteCapture(Connection& connection)
{
    return std::make_unique<SqliteCapture>(static_cast<SqliteConnection&>(connection));
}

} // namespace holdpoint
