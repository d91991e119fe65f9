// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresoldworld.h"

namespace holdpoint {

namespace {

constexpr auto exportSnapshot
    = "SELECT pg_export_snapshot(), (pg_snapshot_xmax(pg_current_snapshot())::text::numeric % 4294967296)::text,"
      " (mxid_age('1'::xid)::int8 + 1)::text";

// What decides how a value is printed. The companion has the session's own, which nothing changes.
constexpr auto printedAs = "SELECT current_setting('DateStyle'), current_setting('IntervalStyle'),"
                           " current_setting('TimeZone'), current_setting('bytea_output'),"
                           " current_setting('extra_float_digits'), current_setting('lc_monetary'),"
                           " current_setting('xmlbinary'), current_setting('search_path')";

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

QByteArray PostgresOldWorld::printAs()
{
    return "SELECT set_config('DateStyle', $1, true), set_config('IntervalStyle', $2, true),"
           " set_config('TimeZone', $3, true), set_config('bytea_output', $4, true),"
           " set_config('extra_float_digits', $5, true), set_config('lc_monetary', $6, true),"
           " set_config('xmlbinary', $7, true), set_config('search_path', $8, true),"
           " set_config('statement_timeout', $9, true)";
}

/// A companion that broke since the last batch is only noticed when it is asked.
Result<void> PostgresOldWorld::open(PostgresSequences& sequences, const Beforehand& beforehand)
{
    auto opened = tryOpen(sequences, beforehand);
    if (!opened && opened.error().kind == ErrorKind::ConnectionLost) {
        if (m_now.inTransaction())
            std::ignore = m_now.rollback(); // if it is this one that is lost, the next attempt says so
        m_now.closeCompanion();
        opened = tryOpen(sequences, beforehand);
    }
    if (opened)
        return opened;
    m_cancels = {};
    m_before = nullptr;
    m_now.closeCompanion();
    return opened;
}

Result<void> PostgresOldWorld::tryOpen(PostgresSequences& sequences, const Beforehand& beforehand)
{
    m_cancels = {};
    const auto companion = m_now.companion();
    if (!companion)
        return companion.error();
    m_before = *companion;
    m_cancels = m_before->cancelWith(m_now.cancellation());
    sequences.remember(m_now);
    m_now.push();
    const auto early = beforehand ? m_now.flush() : Result<void>();
    if (auto ready = early && beforehand ? beforehand(*m_before) : early; !ready)
        return ready;
    const auto exported = exportNow();
    const auto remembered = m_now.flush();
    if (!exported)
        return exported;
    return remembered && sequences.error() ? Result<void>(*sequences.error()) : remembered;
}

Result<void> PostgresOldWorld::exportNow()
{
    if (auto begun = m_before->submitBegin(TransactionMode::ReadOnly); !begun)
        return begun;
    std::optional<Error> failed;
    const auto into = [&failed](Rowset& answer) {
        return [&failed, &answer](Result<Rowset> rows) {
            if (rows)
                answer = std::move(*rows);
            else if (!failed)
                failed = rows.error();
        };
    };
    Rowset ignored;
    // It waits as long as the batch runs.
    m_before->submit({ "SELECT set_config('idle_in_transaction_session_timeout', '0', true)", {}, true },
                     into(ignored));
    m_before->submit({ exportSnapshot, {}, true }, into(m_snapshot));
    m_before->submit({ printedAs, {}, true }, into(m_printing));
    auto begun = m_before->finishBegin();
    return begun && failed ? Result<void>(*failed) : begun;
}

Result<void> PostgresOldWorld::close()
{
    auto closed = m_before->rollback();
    m_cancels = {};
    m_before = nullptr;
    if (!closed)
        m_now.closeCompanion();
    return closed;
}

} // namespace holdpoint
