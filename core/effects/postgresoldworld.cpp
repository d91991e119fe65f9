// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresoldworld.h"

#include <array>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr auto exportSnapshot
    = "SELECT pg_export_snapshot(), (pg_snapshot_xmax(pg_current_snapshot())::text::numeric % 4294967296)::text,"
      " (mxid_age('1'::xid)::int8 + 1)::text";

constexpr std::array printSettings { "DateStyle",          "IntervalStyle", "TimeZone",  "bytea_output",
                                     "extra_float_digits", "lc_monetary",   "xmlbinary", "search_path" };
constexpr qsizetype searchPath = printSettings.size() - 1;

// The system's names first and those of temporary tables last; what a path does not name is searched before it.
// Functions only, as an operator may be anybody's until then.
constexpr auto useOwnPath
    = "pg_catalog.set_config('search_path', pg_catalog.regexp_replace(pg_catalog.concat("
      "'pg_catalog, ', pg_catalog.current_setting('search_path')), '[, ]*$', ', pg_temp'), false)";

/// The notes() of a companion: printedAs() as it was at first, and the search path that it has since.
struct Printing
{
    Rowset answer;
};

} // namespace

PostgresOldWorld::~PostgresOldWorld()
{
    if (isOpen())
        std::ignore = close(); // what did not end well is not used again
}

QByteArray PostgresOldWorld::part(int column) const
{
    return m_snapshot.rows.constFirst().at(column).toText().toLatin1();
}

QByteArray PostgresOldWorld::printedAs()
{
    QByteArrayList values;
    for (const char* setting : printSettings)
        values.append(QByteArray("pg_catalog.current_setting('") + setting + "')");
    return "SELECT " + values.join(", ");
}

Row PostgresOldWorld::printing() const
{
    return m_before->notes<Printing>().answer.rows.constFirst().first(searchPath + 1);
}

Statement PostgresOldWorld::printAs(std::chrono::milliseconds statementTimeout) const
{
    Row values = m_before->notes<Printing>().answer.rows.constFirst();
    values[searchPath] = values.takeLast();
    values.append(Value::text(QString::number(statementTimeout.count())));
    QByteArrayList settings;
    for (int i = 0; i < values.size(); ++i) {
        const char* setting = i <= searchPath ? printSettings.at(static_cast<size_t>(i)) : "statement_timeout";
        settings.append("pg_catalog.set_config('"_ba + setting + "', $" + QByteArray::number(i + 1) + ", true)");
    }
    return { "SELECT " + settings.join(", "), values, true };
}

/// A companion that broke since the last batch is only noticed when it is asked.
Result<void> PostgresOldWorld::open(const Askers& askers, const Beforehand& beforehand, const QByteArray& world)
{
    auto opened = tryOpen(askers, beforehand, world);
    if (!opened && opened.error().kind == ErrorKind::ConnectionLost) {
        if (m_now.inTransaction())
            std::ignore = m_now.rollback(); // if it is this one that is lost, the next attempt says so
        m_now.closeCompanion();
        opened = tryOpen(askers, beforehand, world);
    }
    if (opened)
        return opened;
    m_cancels = {};
    m_before = nullptr;
    m_now.closeCompanion();
    return opened;
}

Result<void> PostgresOldWorld::tryOpen(const Askers& askers, const Beforehand& beforehand, const QByteArray& world)
{
    m_cancels = {};
    m_error.reset();
    const auto companion = m_now.companion();
    if (!companion)
        return companion.error();
    m_before = *companion;
    m_cancels = m_before->cancelWith(m_now.cancellation());
    if (Rowset& printing = m_before->notes<Printing>().answer; printing.rows.isEmpty())
        m_before->submit({ printedAs() + ", " + useOwnPath, {}, true }, into(printing));
    askers.sequences.remember(*m_before);
    if (auto ready = beforehand ? beforehand(*m_before) : Result<void>(); !ready)
        return ready;
    const bool begins = !m_now.inTransaction();
    if (auto begun = begins ? submitBegin(askers.touched, world) : Result<void>(); !begun)
        return begun;
    submitExport(askers);
    m_before->push(); // behind the one that is waited for first
    const auto exported = finishExport(askers.touched, begins);
    const auto remembered = m_before->flush();
    if (!exported)
        return exported;
    if (!remembered || m_error || askers.sequences.error())
        return !remembered ? remembered : Result<void>(m_error ? *m_error : *askers.sequences.error());
    return importNow();
}

Connection::ResultSink PostgresOldWorld::into(Rowset& answer)
{
    return [this, &answer](Result<Rowset> rows) {
        if (rows)
            answer = std::move(*rows);
        else if (!m_error)
            m_error = rows.error();
    };
}

Result<void> PostgresOldWorld::submitBegin(PostgresTouched& touched, const QByteArray& world)
{
    touched.reportEarlier(m_now);
    return m_now.submitBegin(TransactionMode::Write, world);
}

void PostgresOldWorld::submitExport(const Askers& askers)
{
    m_now.submit({ exportSnapshot, {}, true }, into(m_snapshot));
    askers.touched.remember(m_now);
    askers.recent.ask(m_now);
    m_now.push();
}

Result<void> PostgresOldWorld::finishExport(PostgresTouched& touched, bool begins)
{
    auto begun = begins ? m_now.finishBegin() : m_now.flush();
    if (begun && touched.mustRemember()) {
        touched.remember(m_now);
        begun = m_now.flush();
    }
    return begun && m_error ? Result<void>(*m_error) : begun;
}

/// Does not wait: should it fail, the first question tells.
Result<void> PostgresOldWorld::importNow()
{
    if (auto begun = m_before->submitBegin(TransactionMode::ReadOnly, snapshot()); !begun)
        return begun;
    // It waits as long as the batch runs.
    m_before->submit({ "SELECT set_config('idle_in_transaction_session_timeout', '0', true)", {}, true },
                     [](const Result<Rowset>&) {});
    m_before->push();
    return {};
}

Result<void> PostgresOldWorld::close()
{
    auto closed = m_before->finishRollback();
    m_cancels = {};
    m_before = nullptr;
    if (!closed)
        m_now.closeCompanion();
    return closed;
}

} // namespace holdpoint
