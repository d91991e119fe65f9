// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreswriter.h"

#include "command/postgresstatement.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype mostTexts = 256;
constexpr int mostApart = 1000; // row commands that are worth a savepoint each

bool isOrdinaryTable(const Table& table)
{
    return table.kind == TableKind::Table && !table.hasRules && !table.hasChildren && table.selectable;
}

void ignore(const Result<Rowset>&)
{
}

PostgresCandidates::Wrote wroteBy(const StatementInfo& info)
{
    using Wrote = PostgresCandidates::Wrote;
    if (info.kind == StatementInfo::Kind::Delete)
        return Wrote::Deleted;
    return info.kind == StatementInfo::Kind::Update || info.onConflict ? Wrote::Updated : Wrote::Inserted;
}

PostgresCandidates::Wrote wroteBy(const QByteArray& rowCommand)
{
    using Wrote = PostgresCandidates::Wrote;
    return rowCommand.startsWith("DELETE") ? Wrote::Deleted
        : rowCommand.startsWith("UPDATE")  ? Wrote::Updated
                                           : Wrote::Inserted;
}

} // namespace

PostgresWriter::PostgresWriter(PostgresOldWorld& oldWorld, PostgresRecentTables& recent, bool tells)
    : m_oldWorld(oldWorld)
    , m_worlds(oldWorld.worlds())
    , m_connection(m_worlds.now)
    , m_tells(tells)
    , m_recent(recent)
    , m_attribution(m_worlds)
    , m_told(m_worlds)
{
}

void PostgresWriter::rolledBackToSavepoint()
{
    forgetTables();
    m_candidates.clear();
    m_told.giveUp();
    m_meanwhile = {};
}

void PostgresWriter::forgetTables()
{
    m_tables.clear();
    m_markedTexts.clear();
}

/// A row that this transaction wrote itself does not tell the command id of its DELETE.
bool PostgresWriter::isMarkable(const TableName& table, bool deletes)
{
    const std::pair key(table.schema, table.table);
    if (deletes)
        return !m_written.contains(key) || m_apart >= mostApart;
    m_written.insert(key);
    return true;
}

QByteArrayList PostgresWriter::markColumns(const Marking& marking) const
{
    QByteArrayList columns { "cmin", "xmin", "xmax", "ctid" };
    const QStringList named = marking.whole ? marking.whole->names
        : marking.wrote == Wrote::Updated   ? marking.key
                                            : QStringList();
    for (const QString& column : named)
        columns.append(m_connection.quoted(column));
    return columns;
}

void PostgresWriter::submitWrite(const Statement& statement, const Table& table, Connection::ResultSink sink)
{
    const TableName name { table.schema, table.name };
    const bool inherited = table.hasChildren && table.kind == TableKind::Table;
    if (m_lastWritten.isEmpty() || inherited || m_lastWritten.constFirst() != name)
        m_lastWritten = inherited ? target(name).written : QList { name };
    const size_t entry = m_attribution.begin(m_command, m_lastWritten);
    m_onlyRows = m_onlyRows && isOrdinaryTable(table) && table.triggers.isEmpty();
    if (!isOrdinaryTable(table)) {
        if (++m_apart <= mostApart)
            submitApart(statement, entry, std::move(sink));
        else
            m_connection.submit(statement, std::move(sink));
        return;
    }
    Marking marking {
        entry, name, wroteBy(statement.text), table.primaryKey(), !table.triggers.isEmpty(), true, statement.text, {}
    };
    marking.tellsCommand = isMarkable(name, marking.wrote == Wrote::Deleted);
    if (m_markedTexts.size() >= mostTexts)
        m_markedTexts.clear();
    QByteArray& marked = m_markedTexts[statement.text];
    if (marked.isEmpty())
        marked = statement.text + "\nRETURNING " + markColumns(marking).join(", ");
    submitMarked({ marked, statement.parameters }, marking, std::move(sink));
}

void PostgresWriter::submitSql(const Statement& statement, const StatementInfo& info, Connection::ResultSink sink)
{
    using Kind = StatementInfo::Kind;
    const bool plain = info.kind == Kind::Insert || info.kind == Kind::Update || info.kind == Kind::Delete;
    const Target written = plain ? target(info.written) : Target();
    Marking marking { 0, written.written.value(0), wroteBy(info), written.key, written.triggers, true, statement.text,
                      {} };
    std::optional<QByteArray> marked;
    const bool onlyRowsBefore = m_onlyRows;
    m_onlyRows = m_onlyRows && written.ordinary && !written.triggers && info.calls.functions.isEmpty();
    const bool asWritten = info.returns || info.calls.functions.contains(u"current_query"_s);
    if (written.ordinary && !asWritten) {
        if (m_tells && onlyRowsBefore && marking.wrote != Wrote::Deleted && !info.onConflict)
            marking.whole = written.shape;
        marking.first = m_oldWorld.isLate() && written.lockableGuess;
        marking.tellsCommand = isMarkable(marking.table, info.kind == Kind::Delete);
        marked = postgresReturning(statement.text, info, markColumns(marking));
    }
    marking.entry = m_attribution.begin(m_command, written.written);
    if (!info.rewritten.isEmpty())
        m_attribution.rewrites(marking.entry, info.rewritten);
    const bool waits = marked && marking.whole && m_onlyRows && askNamed(marking, info);
    if (marked)
        submitMarked({ *marked, statement.parameters }, marking, std::move(sink));
    else
        submitApart(statement, marking.entry, std::move(sink));
    if (marked && marking.whole && !marking.whole->printsAlike)
        submitSettingsCheck();
    if (waits) {
        m_connection.push();
        if (auto answered = m_told.wait(); !answered)
            m_meanwhile = m_meanwhile ? answered : m_meanwhile;
        m_told.decode();
    }
    if (info.kind == Kind::Other || info.kind == Kind::Read) // whose functions may do anything
        forgetTables();
}

void PostgresWriter::submitMarked(const Statement& marked, const Marking& marking, Connection::ResultSink sink)
{
    const auto submit = [&] {
        m_connection.submitLooking(
            marked,
            [this, marking, first = true](const PostgresAnswer& answer) mutable {
                look(marking, answer, std::exchange(first, false));
            },
            withOwnText(marking, std::move(sink)));
    };
    if (marking.tellsCommand) {
        submit();
        return;
    }
    ++m_apart;
    submitApart(marking.entry, submit);
}

/// The sink sees the statement as the operator wrote it.
Connection::ResultSink PostgresWriter::withOwnText(const Marking& marking, Connection::ResultSink sink)
{
    const bool tellsNothing = marking.tellsCommand && !marking.triggers;
    return [this, entry = marking.entry, tellsNothing, text = marking.text,
            sink = std::move(sink)](Result<Rowset> answer) {
        if (answer) {
            if (answer->affected == 0 && tellsNothing)
                m_attribution.wroteNothing(entry);
            answer->columns.clear();
            sink(std::move(answer));
            return;
        }
        m_attribution.failed(entry);
        Error error = ownError(answer.error());
        if (!error.statement.isEmpty())
            error.statement = QString::fromUtf8(text);
        sink(std::move(error));
    };
}

/// It may have failed by what was asked beside it, or before it: then where that says what the statement would not, it
/// must not be asked.
Error PostgresWriter::ownError(const Error& error)
{
    if (error.kind != ErrorKind::Statement)
        return error;
    std::ignore = m_worlds.companion.wait();
    const std::optional<Error> first = m_oldWorld.isLate() ? m_told.takeError() : std::nullopt;
    const auto isAboutText = [](const QString& state) {
        return state.startsWith("22"_L1) || state.startsWith("42"_L1) || state.startsWith("0A"_L1);
    };
    if (m_recent.wasWrong() || m_oldWorld.error() || (first && isAboutText(first->sqlState)))
        return PostgresRecentTables::outdated();
    Error own = first.value_or(error);
    own.position = first ? 0 : own.position;
    return own;
}

void PostgresWriter::look(const Marking& marking, const PostgresAnswer& answer, bool first)
{
    if (marking.tellsCommand && first)
        noteMark(marking, answer);
    if (marking.wrote == Wrote::Deleted) {
        for (int row = 0; row < answer.rows(); ++row)
            m_attribution.deleted(marking.entry, !m_worlds.isOwn(answer.text(row, 1).toUInt()));
    }
    if (marking.whole)
        tell(marking, answer);
    QList<int> keyColumns;
    for (int i = 0; i < marking.key.size() && marking.wrote == Wrote::Updated; ++i)
        keyColumns.append(placeColumn + 1 + (marking.whole ? marking.whole->key.at(i) : i));
    m_candidates[{ marking.table.schema, marking.table.table }].add(answer, placeColumn, keyColumns, marking.wrote,
                                                                    marking.key);
}

/// cmin and cmax are one field of the row, so that a deleted row tells the id of its DELETE; but of a row that this
/// transaction wrote itself, the field is a number that stands for both.
void PostgresWriter::noteMark(const Marking& marking, const PostgresAnswer& answer)
{
    const quint32 command = answer.text(0, 0).toUInt();
    const quint32 xmin = answer.text(0, 1).toUInt();
    const quint32 xmax = answer.text(0, 2).toUInt();
    if (marking.wrote != Wrote::Deleted)
        m_attribution.marked(marking.entry, command, xmin);
    else if (!m_worlds.isOwn(xmin) && m_worlds.isOwn(xmax))
        m_attribution.marked(marking.entry, command, xmax);
}

void PostgresWriter::submitApart(size_t entry, const std::function<void()>& statement)
{
    // An error of ours only ever follows from one of the statement, or of the connection, which it gets too.
    m_connection.submit({ "SAVEPOINT holdpoint_statement", {}, true }, ignore);
    statement();
    m_connection.submit({ "SELECT transactionid::text FROM pg_catalog.pg_locks WHERE locktype = 'transactionid'"
                          " AND pid = pg_backend_pid() AND mode = 'ExclusiveLock' ORDER BY age(transactionid) LIMIT 1",
                          {},
                          true },
                        [this, entry](const Result<Rowset>& answer) {
                            if (answer)
                                m_attribution.inSubtransaction(
                                    entry,
                                    answer->rows.isEmpty() ? std::nullopt
                                                           : std::optional(answer->rows.at(0).at(0).toText().toUInt()));
                        });
    m_connection.submit({ "RELEASE SAVEPOINT holdpoint_statement", {}, true }, ignore);
}

void PostgresWriter::submitApart(const Statement& statement, size_t entry, Connection::ResultSink sink)
{
    submitApart(entry, [&] {
        m_connection.submit(statement, [this, entry, sink = std::move(sink)](Result<Rowset> answer) {
            if (!answer)
                m_attribution.failed(entry);
            sink(std::move(answer));
        });
    });
}

size_t PostgresWriter::submitLast(const QByteArray& sql, Connection::ResultSink sink, const std::function<void()>& asks)
{
    m_connection.submit({ "SAVEPOINT holdpoint_statement", {}, true }, ignore);
    m_connection.submit({ sql, {}, true }, std::move(sink));
    asks(); // the subtransaction's id is given back with it
    m_connection.submit({ "RELEASE SAVEPOINT holdpoint_statement", {}, true }, ignore);
    return m_attribution.begin({});
}

const PostgresWriter::Target& PostgresWriter::target(const TableName& name)
{
    const std::pair key(name.schema, name.table);
    auto known = m_tables.constFind(key);
    if (known == m_tables.constEnd())
        known = m_tables.insert(key, readTarget(name));
    return *known;
}

} // namespace holdpoint
