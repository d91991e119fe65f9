// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/postgrespipeline.h"

#include <QScopedValueRollback>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype chunkCount = 256; // statements
constexpr qsizetype chunkBytes = 1 << 20;
constexpr int mostPrepared = 512;
constexpr qsizetype mostKept = 256; // texts
constexpr qsizetype mostTexts = 4096;
constexpr qsizetype longestKept = 1 << 16; // bytes of a text

} // namespace

PostgresPipeline::PostgresPipeline(PostgresWire& wire)
    : m_wire(wire)
{
}

std::optional<Error> PostgresPipeline::refusal() const
{
    if (m_wire.isLost())
        return errorOf(m_wire.handle(), {});
    if (m_refusing || !m_hasBegun)
        return transactionFailed();
    if (m_wire.cancellation().isCancelled())
        return makeError(ErrorKind::Cancelled, u"cancelled before the statement was sent"_s);
    return {};
}

void PostgresPipeline::submit(const Statement& statement, Connection::ResultSink sink)
{
    submit(statement, {}, std::move(sink));
}

void PostgresPipeline::submit(const Statement& statement, PostgresLook look, Connection::ResultSink sink)
{
    Pending pending;
    pending.sink = std::move(sink);
    pending.look = std::move(look);
    pending.refused = refusal();
    if (!pending.refused) {
        if (auto sent = send(statement, pending); !sent) {
            pending.refused = sent.error();
            m_refusing = true;
        }
    }
    m_pending.push_back(std::move(pending));
    ++m_unflushedCount;
    m_unflushedBytes += statement.text.size();
    if (m_unflushedCount >= chunkCount || m_unflushedBytes >= chunkBytes)
        flushChunk();
}

Result<void> PostgresPipeline::send(const Statement& statement, Pending& pending)
{
    const auto parameters = PostgresParameters::encode(statement.parameters);
    if (!parameters)
        return parameters.error();
    pending.text = statement.text;
    if (PQpipelineStatus(m_wire.handle()) == PQ_PIPELINE_OFF && PQenterPipelineMode(m_wire.handle()) == 0)
        return errorOf(m_wire.handle(), statement.text);
    pending.prepared = knownText(statement);
    const bool sent = pending.prepared
        ? sendPrepared(*parameters, pending)
        : PQsendQueryParams(m_wire.handle(), statement.text.constData(), parameters->count(), nullptr,
                            parameters->pointers(), nullptr, nullptr, 0)
            != 0;
    if (!sent)
        return errorOf(m_wire.handle(), statement.text);
    return {};
}

/// None at the first sight of a text: most of them come only once.
std::shared_ptr<PostgresPipeline::Text> PostgresPipeline::knownText(const Statement& statement)
{
    const QByteArray& text = statement.text;
    if (statement.kept && (m_kept.size() < mostKept || m_kept.contains(text))) {
        std::shared_ptr<Text>& kept = m_kept[text];
        if (!kept)
            kept = std::make_shared<Text>(Text { {}, {}, true });
        return kept;
    }
    if (text.size() > longestKept)
        return {};
    const auto found = m_texts.constFind(text);
    if (found != m_texts.constEnd()) {
        const bool room = m_preparedCount < mostPrepared || !(*found)->name.isEmpty();
        return room ? *found : std::shared_ptr<Text>();
    }
    if (m_texts.size() < mostTexts)
        m_texts.insert(text, std::make_shared<Text>());
    return {};
}

bool PostgresPipeline::sendPrepared(const PostgresParameters& parameters, Pending& pending)
{
    Text& text = *pending.prepared;
    if (text.name.isEmpty()) {
        const QByteArray name = "holdpoint_" + QByteArray::number(++m_names);
        if (PQsendPrepare(m_wire.handle(), name.constData(), pending.text.constData(), 0, nullptr) == 0)
            return false;
        text.name = name;
        pending.prepares = true;
        m_preparedCount += text.kept ? 0 : 1;
    }
    return PQsendQueryPrepared(m_wire.handle(), text.name.constData(), parameters.count(), parameters.pointers(),
                               nullptr, nullptr, 0)
        != 0;
}

void PostgresPipeline::push()
{
    m_unflushedCount = 0;
    m_unflushedBytes = 0;
    const bool synced = !m_pending.empty() && !m_pending.back().sink;
    if (!synced && PQpipelineStatus(m_wire.handle()) != PQ_PIPELINE_OFF && PQpipelineSync(m_wire.handle()) != 0)
        m_pending.emplace_back();
}

void PostgresPipeline::pushOpen()
{
    m_unflushedCount = 0;
    m_unflushedBytes = 0;
    if (PQpipelineStatus(m_wire.handle()) != PQ_PIPELINE_OFF) {
        PQsendFlushRequest(m_wire.handle());
        PQflush(m_wire.handle());
    }
}

void PostgresPipeline::flushChunk()
{
    const auto unread = static_cast<size_t>(m_unflushedCount);
    pushOpen();
    while (!m_answering && m_pending.size() > unread)
        answerFirst();
}

void PostgresPipeline::answerFirst()
{
    const QScopedValueRollback answering(m_answering, true); // a sink that submits does not read
    const Pending pending = std::move(m_pending.front());
    m_pending.pop_front(); // before the sink, which may submit
    if (!pending.sink)
        receiveSync();
    else if (pending.refused)
        pending.sink(*pending.refused);
    else
        pending.sink(receive(pending));
}

Result<Rowset> PostgresPipeline::receive(const Pending& pending)
{
    std::optional<Error> notPrepared;
    if (pending.prepares) {
        const PostgresResult prepared = m_wire.lastResult();
        if (!prepared || !succeeded(prepared.get())) {
            notPrepared = failure(pending, prepared.get());
            m_texts.remove(pending.text);
            m_kept.remove(pending.text);
        }
    }
    const PostgresResult result = pending.look ? m_wire.lastResult(pending.look) : m_wire.lastResult();
    if (notPrepared)
        return *notPrepared;
    if (!result || !succeeded(result.get()))
        return failure(pending, result.get());
    const int rows = pending.look ? 0 : PQntuples(result.get());
    if (!pending.prepared)
        return rowsetOf(result.get(), PostgresColumns(result.get()), rows);
    std::optional<PostgresColumns>& columns = pending.prepared->columns;
    if (!columns)
        columns.emplace(result.get());
    return rowsetOf(result.get(), *columns, rows);
}

/// What a batch can have the server do behind everybody's back is told as such, and not as what follows from it.
Error PostgresPipeline::failure(const Pending& pending, const PGresult* result)
{
    const auto forgotten = "26000"_L1;
    Error error = m_wire.error(result, pending.text);
    if (pending.prepared && error.sqlState == forgotten) {
        m_forgotten = true;
        m_texts.clear();
        m_kept.clear();
        m_preparedCount = 0;
    }
    if (m_forgotten && pending.prepared && pending.prepared->kept
        && (error.sqlState == forgotten || error.sqlState == "25P02"_L1)) {
        error = makeError(
            ErrorKind::Statement,
            u"the server has forgotten what this session had prepared: a function or block ran DEALLOCATE"_s, {},
            u"Take it out of the batch; if it is not there, run the batch again"_s);
        error.sqlState = forgotten;
    }
    return error;
}

void PostgresPipeline::receiveSync()
{
    // One result, with no null behind it.
    while (!m_wire.isLost()) {
        const PostgresResult result = m_wire.nextResult();
        if (!result || PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC)
            return;
    }
}

Result<void> PostgresPipeline::finish()
{
    while (!m_pending.empty() || PQpipelineStatus(m_wire.handle()) != PQ_PIPELINE_OFF) {
        const bool active = PQpipelineStatus(m_wire.handle()) != PQ_PIPELINE_OFF;
        push();
        const bool synced = !m_pending.empty() && !m_pending.back().sink;
        // What a sink submits stands behind the last sync.
        for (size_t unread = m_pending.size(); unread > 0; --unread)
            answerFirst();
        if (active && PQexitPipelineMode(m_wire.handle()) == 0 && !synced)
            return errorOf(m_wire.handle(), {});
    }
    if (m_wire.isLost())
        return errorOf(m_wire.handle(), {});
    return {};
}

QByteArrayList PostgresPipeline::forgetPrepared()
{
    QByteArrayList names;
    for (const auto& text : std::as_const(m_texts)) {
        if (!text->name.isEmpty())
            names.append(text->name);
    }
    m_texts.clear();
    m_preparedCount = 0;
    return names;
}

} // namespace holdpoint
