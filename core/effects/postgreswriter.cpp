// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreswriter.h"

#include "command/postgresstatement.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype mostTexts = 256;
constexpr int mostApart = 1000; // row commands that are worth a savepoint each
const QByteArrayList markColumns { "cmin", "xmin", "xmax" };

bool isOrdinaryTable(const Table& table)
{
    return table.kind == TableKind::Table && !table.hasRules && !table.hasChildren && table.selectable;
}

quint32 numberOf(const Value& value)
{
    return value.isNull() ? 0 : value.display().toUInt();
}

} // namespace

PostgresWriter::PostgresWriter(PostgresConnection& connection, quint32 firstXid)
    : m_connection(connection)
    , m_firstXid(firstXid)
    , m_schema(SchemaReader::forConnection(connection))
    , m_attribution(firstXid)
{
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

void PostgresWriter::submitWrite(const Statement& statement, const Table& table, Connection::ResultSink sink)
{
    const TableName name { table.schema, table.name };
    const bool inherited = table.hasChildren && table.kind == TableKind::Table;
    if (m_lastWritten.isEmpty() || inherited || m_lastWritten.constFirst() != name)
        m_lastWritten = inherited ? target(name).written : QList { name };
    const size_t entry = m_attribution.begin(m_command, m_lastWritten);
    const bool deletes = statement.text.startsWith("DELETE");
    const bool ordinary = isOrdinaryTable(table);
    if (ordinary && isMarkable(name, deletes)) {
        if (m_markedTexts.size() >= mostTexts)
            m_markedTexts.clear();
        QByteArray& marked = m_markedTexts[statement.text];
        if (marked.isEmpty())
            marked = statement.text + "\nRETURNING " + markColumns.join(", ");
        submitMarked({ marked, statement.parameters }, statement.text, { entry, deletes, !table.triggers.isEmpty() },
                     std::move(sink));
    } else if (++m_apart <= mostApart) {
        submitApart(statement, entry, std::move(sink));
    } else {
        m_connection.submit(statement, std::move(sink));
    }
}

void PostgresWriter::submitSql(const Statement& statement, const StatementInfo& info, Connection::ResultSink sink)
{
    using Kind = StatementInfo::Kind;
    const bool plain = info.kind == Kind::Insert || info.kind == Kind::Update || info.kind == Kind::Delete;
    const Target written = plain ? target(info.written) : Target();
    std::optional<QByteArray> marked;
    const bool deletes = info.kind == Kind::Delete;
    if (written.ordinary && !info.returns && isMarkable(written.written.constFirst(), deletes))
        marked = postgresReturning(statement.text, info, markColumns);
    const size_t entry = m_attribution.begin(m_command, written.written);
    if (!info.rewritten.isEmpty())
        m_attribution.rewrites(entry, info.rewritten);
    if (marked)
        submitMarked({ *marked, statement.parameters }, statement.text, { entry, deletes, written.triggers },
                     std::move(sink));
    else
        submitApart(statement, entry, std::move(sink));
    if (info.kind == Kind::Other)
        forgetTables();
}

void PostgresWriter::submitMarked(const Statement& marked, const QByteArray& text, const Marking& marking,
                                  Connection::ResultSink sink)
{
    m_connection.submitForFirstRow(marked, [this, text, marking, sink = std::move(sink)](Result<Rowset> answer) {
        if (answer) {
            noteMark(marking, *answer);
            answer->rows.clear();
            answer->columns.clear();
            sink(std::move(answer));
            return;
        }
        m_attribution.failed(marking.entry);
        Error error = answer.error();
        if (!error.statement.isEmpty())
            error.statement = QString::fromUtf8(text);
        sink(std::move(error));
    });
}

/// cmin and cmax are one field of the row, so that a deleted row tells the id of its DELETE; but of a row that this
/// transaction wrote itself, the field is a number that stands for both.
void PostgresWriter::noteMark(const Marking& marking, const Rowset& rowset)
{
    if (rowset.rows.isEmpty()) {
        if (!marking.triggers)
            m_attribution.wroteNothing(marking.entry);
        return;
    }
    const Row& row = rowset.rows.constFirst();
    const quint32 xmin = numberOf(row.at(1));
    const quint32 xmax = numberOf(row.at(2));
    if (!marking.deletes)
        m_attribution.marked(marking.entry, numberOf(row.at(0)), xmin);
    else if (!isOwn(xmin) && isOwn(xmax))
        m_attribution.marked(marking.entry, numberOf(row.at(0)), xmax);
}

void PostgresWriter::submitApart(const Statement& statement, size_t entry, Connection::ResultSink sink)
{
    // An error of ours only ever follows from one of the statement, or of the connection, which it gets too.
    const auto ignore = [](const Result<Rowset>&) {};
    m_connection.submit({ "SAVEPOINT holdpoint_statement", {} }, ignore);
    m_connection.submit(statement, [this, entry, sink = std::move(sink)](Result<Rowset> answer) {
        if (!answer)
            m_attribution.failed(entry);
        sink(std::move(answer));
    });
    m_connection.submit(
        { "SELECT transactionid::text FROM pg_locks WHERE locktype = 'transactionid'"
          " AND pid = pg_backend_pid() AND mode = 'ExclusiveLock' ORDER BY age(transactionid) LIMIT 1",
          {} },
        [this, entry](const Result<Rowset>& answer) {
            if (answer)
                m_attribution.inSubtransaction(
                    entry, answer->rows.isEmpty() ? std::nullopt : std::optional(numberOf(answer->rows.at(0).at(0))));
        });
    m_connection.submit({ "RELEASE SAVEPOINT holdpoint_statement", {} }, ignore);
}

Result<void> PostgresWriter::runForNobody(const QByteArray& sql)
{
    Result<void> outcome;
    submitApart({ sql, {} }, m_attribution.begin({}), [&outcome](const Result<Rowset>& answer) {
        if (!answer)
            outcome = answer.error();
    });
    if (auto flushed = m_connection.flush(); !flushed)
        return flushed;
    return outcome;
}

const PostgresWriter::Target& PostgresWriter::target(const TableName& name)
{
    const std::pair key(name.schema, name.table);
    auto known = m_tables.constFind(key);
    if (known == m_tables.constEnd())
        known = m_tables.insert(key, readTarget(name));
    return *known;
}

/// The statement itself will tell why its table cannot be found.
PostgresWriter::Target PostgresWriter::readTarget(const TableName& name)
{
    const auto table = m_schema->table(name.schema, name.table);
    if (!table)
        return { false, true, { name } };
    Target target { isOrdinaryTable(*table), !table->triggers.isEmpty(), { { table->schema, table->name } } };
    if (!table->hasChildren || table->kind != TableKind::Table)
        return target;
    const QString quoted
        = QString::fromUtf8(m_connection.quoted(table->schema) + '.' + m_connection.quoted(table->name));
    const auto children = m_connection.query(
        { "WITH RECURSIVE below(oid) AS (SELECT inhrelid FROM pg_inherits WHERE inhparent = $1::regclass"
          " UNION SELECT i.inhrelid FROM pg_inherits i JOIN below ON i.inhparent = below.oid)"
          " SELECT n.nspname, c.relname FROM below JOIN pg_class c USING (oid)"
          " JOIN pg_namespace n ON n.oid = c.relnamespace",
          { Value::text(quoted) } });
    for (const Row& row : children ? children->rows : QList<Row>())
        target.written.append({ row.at(0).toText(), row.at(1).toText() });
    return target;
}

} // namespace holdpoint
