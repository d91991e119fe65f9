// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrescapture.h"

#include "effects/postgreslatetable.h"
#include "effects/postgreslocks.h"
#include "effects/postgresschemachanges.h"
#include "effects/postgressequences.h"
#include "effects/postgrestables.h"
#include "effects/postgreswriter.h"

#include <QSet>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// What decides how a value is printed.
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
    [[nodiscard]] Result<HeldLocks> locks() override { return readLocks(m_connection, *m_before); }
    [[nodiscard]] Result<void> ended(TargetEffects& effects) override;

private:
    [[nodiscard]] Result<void> keepOldWorld();
    [[nodiscard]] Result<void> beginBatch(const QList<TableName>& rewritten);
    [[nodiscard]] Result<void> printAlike();
    [[nodiscard]] Result<TargetEffects> read();
    [[nodiscard]] Result<void> addTables(const PostgresTouched::Found& found, TargetEffects& effects);
    [[nodiscard]] Result<void> addCautions(const PostgresTouched::Found& found, TargetEffects& effects);
    [[nodiscard]] Result<bool> isRolledBack();

    PostgresConnection& m_connection;
    std::unique_ptr<PostgresConnection> m_before;
    Cancellation::Registration m_cancelsBefore;
    std::optional<PostgresWorlds> m_worlds;
    std::unique_ptr<PostgresWriter> m_writer;
    PostgresTouched m_touched;
    PostgresSequences m_sequences;
    PostgresCopies m_copies;
    QSet<QString> m_channels;
    QList<PostgresTables::Waiting> m_waiting;
    QString m_xid;
};

Result<void> PostgresCapture::begin(const QList<TableName>& rewritten)
{
    auto begun = keepOldWorld();
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
Result<void> PostgresCapture::keepOldWorld()
{
    auto sibling = m_connection.openSibling();
    if (!sibling)
        return sibling.error();
    m_before.reset(static_cast<PostgresConnection*>(std::move(sibling).value().release()));
    m_cancelsBefore = m_before->cancelWith(m_connection.cancellation());
    // It waits as long as the batch runs.
    if (auto patient = run(*m_before,
                           "SELECT set_config('idle_in_transaction_session_timeout', '0', false),"
                           " set_config('lock_timeout', '100ms', false)");
        !patient)
        return patient;
    if (auto remembered = m_sequences.remember(*m_before); !remembered)
        return remembered;
    if (auto restored = setLockTimeout(*m_before, m_before->options().lockTimeout); !restored)
        return restored;
    return m_before->begin(TransactionMode::ReadOnly);
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
    if (auto begun = m_connection.beginOn(TransactionMode::Write, row.at(0).toText().toLatin1()); !begun)
        return begun;
    if (auto remembered = m_touched.remember(m_connection); !remembered)
        return remembered;
    return m_copies.take(m_connection, rewritten);
}

void PostgresCapture::submitSql(const Statement& statement, const StatementInfo& info, Connection::ResultSink sink)
{
    if (!info.notifies.isEmpty())
        m_channels.insert(info.notifies);
    m_writer->submitSql(statement, info, std::move(sink));
}

/// The batch may have changed how its session prints values, which would look like changed values, and its time-out.
Result<void> PostgresCapture::printAlike()
{
    QByteArrayList settings;
    for (const char* name : printedAs)
        settings.append("current_setting('"_ba + name + "')");
    const auto values = m_before->query({ "SELECT " + settings.join(", "), {} });
    if (!values)
        return values.error();
    const auto timeout = QByteArray::number(static_cast<qint64>(m_connection.options().statementTimeout.count()));
    QByteArray text = "SELECT set_config('statement_timeout', '" + timeout + "', true)";
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
    return read();
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
    return {};
}

Result<void> PostgresCapture::addCautions(const PostgresTouched::Found& found, TargetEffects& effects)
{
    for (const PostgresRelation& relation : found.tables) {
        const QString name = relation.name.schema + u'.' + relation.name.table;
        if (relation.kind == "f"_L1)
            effects.cautions.append({ u"foreign-table"_s,
                                      u"foreign table %1 may have been written on its own server,"
                                      " whose rows are not seen here"_s.arg(name) });
        else if (relation.temporary && relation.created)
            effects.cautions.append(
                { u"temporary-table"_s, u"temporary table %1 would stay in the session"_s.arg(relation.name.table) });
    }
    auto advanced = m_sequences.cautions(m_connection, found.sequences);
    if (!advanced)
        return advanced.error();
    effects.cautions += *advanced;
    QStringList channels(m_channels.cbegin(), m_channels.cend());
    channels.sort();
    for (const QString& channel : channels)
        effects.cautions.append({ u"notify"_s, u"a notification is sent on channel %1 at the commit"_s.arg(channel) });
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
