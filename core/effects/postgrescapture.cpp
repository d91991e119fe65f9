// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrescapture.h"

#include "effects/postgrescautions.h"
#include "effects/postgreslatetable.h"
#include "effects/postgresschemachanges.h"
#include "effects/postgressequences.h"
#include "effects/postgrestables.h"
#include "effects/postgreswriter.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// What decides how a value is printed, and which time-outs hold while the effects are read.
constexpr auto printedAs = { "DateStyle",          "IntervalStyle", "TimeZone",  "bytea_output",
                             "extra_float_digits", "lc_monetary",   "xmlbinary", "search_path" };

class PostgresCapture final : public Capture
{
public:
    explicit PostgresCapture(PostgresConnection& connection)
        : m_connection(connection)
    {
    }
    [[nodiscard]] Result<void> begin(const QList<TableName>& rewritten) override;
    void commandStarts(int index) override { m_writer->commandStarts(index); }
    void submitWrite(const Statement& statement, const Table& table, Connection::ResultSink sink) override
    {
        m_writer->submitWrite(statement, table, std::move(sink));
    }
    void submitSql(const Statement& statement, const StatementInfo& info, Connection::ResultSink sink) override;
    void rolledBackToSavepoint() override { m_writer->forgetTables(); }
    [[nodiscard]] Result<TargetEffects> collect() override;
    [[nodiscard]] QList<TableName> unread() const override { return m_unread; }
    [[nodiscard]] Result<void> ended(TargetEffects& effects) override;

private:
    [[nodiscard]] Result<void> keepOldWorld(const QList<TableName>& rewritten);
    [[nodiscard]] Result<void> beginLocking(const QList<TableName>& rewritten);
    [[nodiscard]] Result<void> beginBatch(const QList<TableName>& rewritten);
    [[nodiscard]] Result<void> printAlike();
    [[nodiscard]] Result<TargetEffects> read();
    [[nodiscard]] Result<void> addTables(const PostgresTouched::Found& found, TargetEffects& effects);
    [[nodiscard]] Result<void> addCautions(const PostgresTouched::Found& found, TargetEffects& effects);
    [[nodiscard]] Result<QList<TableName>> oldNames(const QList<qint64>& oids);
    [[nodiscard]] Result<bool> isRolledBack();

    PostgresConnection& m_connection;
    std::unique_ptr<PostgresConnection> m_before;
    Cancellation::Registration m_cancelsBefore;
    std::optional<PostgresWorlds> m_worlds;
    std::unique_ptr<PostgresWriter> m_writer;
    PostgresTouched m_touched;
    PostgresSequences m_sequences;
    PostgresCopies m_copies;
    PostgresCautions m_cautions;
    QList<PostgresTables::Waiting> m_waiting;
    QList<TableName> m_unread;
    QString m_xid;
};

Result<void> PostgresCapture::begin(const QList<TableName>& rewritten)
{
    auto begun = keepOldWorld(rewritten);
    if (begun)
        begun = beginBatch(rewritten);
    if (begun)
        return begun;
    if (m_connection.inTransaction())
        std::ignore = m_connection.rollback(); // the cause is the error to tell
    m_worlds.reset();
    m_before.reset();
    return begun;
}

/// The old world exports the snapshot and the batch imports it: a transaction that exported could not be prepared.
Result<void> PostgresCapture::keepOldWorld(const QList<TableName>& rewritten)
{
    auto sibling = m_connection.openSibling();
    if (!sibling)
        return sibling.error();
    m_before.reset(static_cast<PostgresConnection*>(std::move(sibling).value().release()));
    m_cancelsBefore = m_before->cancelWith(m_connection.cancellation());
    // It waits as long as the batch runs, and reads as long as that takes.
    if (auto patient = run(*m_before,
                           "SELECT set_config('idle_in_transaction_session_timeout', '0', false),"
                           " set_config('statement_timeout', '0', false),"
                           " set_config('lock_timeout', '100ms', false)");
        !patient)
        return patient;
    if (auto remembered = m_sequences.remember(*m_before); !remembered)
        return remembered;
    if (auto restored = setLockTimeout(*m_before, m_before->options().lockTimeout); !restored)
        return restored;
    if (!rewritten.isEmpty() && !m_connection.options().readOnly) {
        if (auto begun = beginLocking(rewritten); !begun)
            return begun;
    }
    return m_before->begin(TransactionMode::ReadOnly);
}

/// TRUNCATE and ALTER do not heed snapshots: what others changed between the snapshot and the statement would go too.
Result<void> PostgresCapture::beginLocking(const QList<TableName>& rewritten)
{
    if (auto begun = m_connection.begin(TransactionMode::Write); !begun)
        return begun;
    return m_copies.lock(m_connection, *m_before, rewritten);
}

Result<void> PostgresCapture::beginBatch(const QList<TableName>& rewritten)
{
    const auto snapshot = m_before->query(
        { "SELECT pg_export_snapshot(), (pg_snapshot_xmax(pg_current_snapshot())::text::numeric % 4294967296)::text,"
          " (mxid_age('1'::xid)::int8 + 1)::text",
          {} });
    if (!snapshot)
        return snapshot.error();
    const Row& row = snapshot->rows.constFirst();
    m_worlds.emplace(
        PostgresWorlds { m_connection, *m_before, row.at(1).toText().toLatin1(), row.at(2).toText().toLatin1() });
    m_writer = std::make_unique<PostgresWriter>(m_connection, row.at(1).toText().toUInt());
    const QByteArray exported = row.at(0).toText().toLatin1();
    auto begun = m_connection.inTransaction() ? run(m_connection, "SET TRANSACTION SNAPSHOT '" + exported + '\'')
                                              : m_connection.beginOn(TransactionMode::Write, exported);
    if (!begun)
        return begun;
    if (auto remembered = m_touched.remember(m_connection); !remembered)
        return remembered;
    return m_copies.take(m_connection, rewritten);
}

void PostgresCapture::submitSql(const Statement& statement, const StatementInfo& info, Connection::ResultSink sink)
{
    m_cautions.note(info);
    m_writer->submitSql(statement, info, std::move(sink));
}

/// The batch may have changed how its session prints values, which would look like changed values.
Result<void> PostgresCapture::printAlike()
{
    QByteArrayList settings;
    for (const char* name : printedAs)
        settings.append("current_setting('"_ba + name + "')");
    const auto values = m_before->query({ "SELECT " + settings.join(", "), {} });
    if (!values)
        return values.error();
    QByteArray text = "SELECT set_config('statement_timeout', '0', true)";
    int position = 0;
    for (const char* name : printedAs)
        text += ", set_config('"_ba + name + "', $" + QByteArray::number(++position) + ", true)";
    return run(m_connection, text, values->rows.constFirst());
}

Result<TargetEffects> PostgresCapture::collect()
{
    if (auto flushed = m_connection.flush(); !flushed)
        return flushed.error();
    if (auto fired = m_writer->runForNobody("SET CONSTRAINTS ALL IMMEDIATE"); !fired)
        return fired.error();
    if (auto alike = printAlike(); !alike)
        return alike.error();
    auto effects = read();
    if (!effects)
        return effects;
    const auto timeout = QByteArray::number(static_cast<qint64>(m_connection.options().statementTimeout.count()));
    if (auto restored = run(m_connection, "SET LOCAL statement_timeout = " + timeout); !restored)
        return restored.error();
    return effects;
}

Result<TargetEffects> PostgresCapture::read()
{
    TargetEffects effects;
    effects.target = m_connection.target().name;
    effects.engine = EngineKind::PostgreSQL;
    const auto found = m_touched.find(*m_worlds);
    if (!found)
        return found.error();
    if (auto added = addTables(*found, effects); !added)
        return added.error();
    auto changes = schemaChanges(*m_worlds, found->catalogs);
    if (!changes)
        return changes.error();
    effects.schemaChanges = std::move(*changes);
    if (auto added = addCautions(*found, effects); !added)
        return added.error();
    const auto xid = m_connection.query({ "SELECT pg_current_xact_id_if_assigned()::text", {} });
    if (!xid)
        return xid.error();
    m_xid = xid->rows.at(0).at(0).isNull() ? QString() : xid->rows.at(0).at(0).toText();
    normalize(effects);
    return effects;
}

Result<void> PostgresCapture::addTables(const PostgresTouched::Found& found, TargetEffects& effects)
{
    PostgresTables tables(*m_worlds, m_copies);
    for (const PostgresRelation& relation : found.tables) {
        if (relation.temporary || relation.kind == "f"_L1)
            continue;
        if (auto added = tables.add(relation, found.counted); !added)
            return added;
    }
    QList<PostgresFoundTable> changed = tables.take();
    m_writer->attribution().assign(changed);
    for (PostgresFoundTable& table : changed) {
        table.effects.rows.reserve(table.rows.size());
        for (PostgresFoundRow& row : table.rows)
            table.effects.rows.append(std::move(row.change));
        effects.tables.append(std::move(table.effects));
    }
    m_waiting = tables.waiting();
    auto unread = oldNames(tables.unlocked());
    if (!unread)
        return unread.error();
    m_unread = std::move(*unread);
    return {};
}

Result<QList<TableName>> PostgresCapture::oldNames(const QList<qint64>& oids)
{
    QList<TableName> names;
    if (oids.isEmpty())
        return names;
    const auto rows = m_before->query({ "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n"
                                        " ON n.oid = c.relnamespace WHERE c.oid = ANY ($1::int8[]::oid[])",
                                        { arrayOf(oids) } });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows)
        names.append({ row.at(0).toText(), row.at(1).toText() });
    return names;
}

Result<void> PostgresCapture::addCautions(const PostgresTouched::Found& found, TargetEffects& effects)
{
    auto beyondRows = m_cautions.find(m_connection, found);
    if (!beyondRows)
        return beyondRows.error();
    effects.cautions += *beyondRows;
    auto advanced = m_sequences.cautions(m_connection, found.sequences);
    if (!advanced)
        return advanced.error();
    effects.cautions += *advanced;
    if (!found.counted)
        effects.cautions.append({ u"no-counters"_s,
                                  u"the server does not count changes (track_counts is off), so rows that"
                                  " this user may not read are not noticed"_s });
    if (m_connection.options().suppressTriggers && !m_connection.triggersSuppressed())
        effects.cautions.append({ u"triggers-fire"_s,
                                  u"this user may not suppress triggers, so they fire as for any"
                                  " other change"_s });
    return {};
}

/// After a commit the tables that the batch truncated or dropped are gone for the old world too.
Result<bool> PostgresCapture::isRolledBack()
{
    if (m_xid.isEmpty())
        return true;
    const auto status = m_before->query({ "SELECT coalesce(pg_xact_status($1::xid8), '')", { Value::text(m_xid) } });
    if (!status)
        return status.error();
    return status->rows.at(0).at(0).toText() == "aborted"_L1;
}

Result<void> PostgresCapture::ended(TargetEffects& effects)
{
    if (!m_before)
        return {};
    Result<void> outcome;
    if (!m_waiting.isEmpty() && !m_before->cancellation().isCancelled()) {
        const auto rolledBack = isRolledBack();
        if (!rolledBack)
            outcome = rolledBack.error();
        for (qsizetype i = 0; outcome && rolledBack && *rolledBack && i < m_waiting.size(); ++i)
            outcome = completeTable(*m_before, m_waiting.at(i), m_writer->attribution(), effects);
        effects.tables.removeIf([](const TableEffects& table) { return table.rows.isEmpty() && table.complete; });
        normalize(effects);
    }
    if (auto kept = m_cautions.releaseLocks(m_connection); kept)
        effects.cautions += *kept;
    else if (outcome)
        outcome = kept.error();
    auto closed = m_before->rollback();
    m_worlds.reset();
    m_cancelsBefore = {};
    m_before.reset();
    return outcome ? closed : outcome;
}

} // namespace

std::unique_ptr<Capture> postgresCapture(Connection& connection)
{
    Q_ASSERT(connection.engine() == EngineKind::PostgreSQL);
    return std::make_unique<PostgresCapture>(static_cast<PostgresConnection&>(connection));
}

} // namespace holdpoint
