// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresoldworld.h"

#include <array>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// The first transaction id, with its epoch, and the first multixact, as a distance from 1, that can be the batch's own;
// how the session finds names.
const QByteArray beginning
    = "SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text, pg_catalog.mxid_age('1'::xid)::text,"
      " pg_catalog.pg_my_temp_schema()::bigint, pg_catalog.concat(current_user, pg_catalog.current_schemas(true))";
const QByteArray beginningAndExport = beginning + ", pg_catalog.pg_export_snapshot()";
const QByteArray noSnapshot = "none"; // no name of a snapshot

constexpr std::array printSettings { "DateStyle",          "IntervalStyle", "TimeZone",  "bytea_output",
                                     "extra_float_digits", "lc_monetary",   "xmlbinary", "search_path" };
constexpr qsizetype searchPath = printSettings.size() - 1;

// The system's names first and those of temporary tables last; what a path does not name is searched before it.
// Functions only, as an operator may be anybody's until then.
constexpr auto useOwnPath
    = "pg_catalog.set_config('search_path', pg_catalog.regexp_replace(pg_catalog.concat("
      "'pg_catalog, ', pg_catalog.current_setting('search_path')), '[, ]*$', ', pg_temp'), false)";

/// The notes() of a batch's connection: how its session found tables by their names when its last transaction began.
struct NameSpace
{
    Value identity;
    bool hasTemporary = false; ///< which its companion does not see
};

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

QByteArray PostgresOldWorld::printedAs()
{
    QByteArrayList values;
    for (const char* setting : printSettings)
        values.append(QByteArray("pg_catalog.current_setting('") + setting + "')");
    return "SELECT " + values.join(", ");
}

Row PostgresOldWorld::printing() const
{
    return connection().notes<Printing>().answer.rows.constFirst().first(searchPath + 1);
}

Statement PostgresOldWorld::printAs(std::chrono::milliseconds statementTimeout) const
{
    Row values = connection().notes<Printing>().answer.rows.constFirst();
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
Result<void> PostgresOldWorld::open(const Askers& askers, const Beforehand& beforehand, const Beginning& beginning)
{
    auto opened = tryOpen(askers, beforehand, beginning);
    if (!opened && opened.error().kind == ErrorKind::ConnectionLost) {
        forget();
        if (m_now.inTransaction())
            std::ignore = m_now.rollback(); // if it is this one that is lost, the next attempt says so
        m_now.closeCompanion();
        opened = tryOpen(askers, beforehand, beginning);
    }
    if (opened)
        return opened;
    forget();
    if (m_now.inTransaction())
        std::ignore = m_now.rollback(); // the cause is the error to tell
    m_now.closeCompanion();
    return opened;
}

void PostgresOldWorld::forget()
{
    m_cancels = {};
    m_worlds.reset();
    m_waiting.clear();
    m_isThere = false;
}

Result<void> PostgresOldWorld::tryOpen(const Askers& askers, const Beforehand& beforehand, const Beginning& beginning)
{
    m_error.reset();
    const auto companion = m_now.companion();
    if (!companion)
        return companion.error();
    m_worlds.emplace(PostgresWorlds { m_now, **companion });
    m_cancels = connection().cancelWith(m_now.cancellation());
    const bool begins = !beforehand;
    m_wentOn = begins && !m_now.options().suppressTriggers && PostgresTouched::isReady(m_now)
        && PostgresRecentTables::remembers(m_now) && !m_now.notes<NameSpace>().hasTemporary
        && !connection().notes<Printing>().answer.rows.isEmpty();
    m_isLate = m_wentOn && beginning.brief;
    if (m_isLate)
        m_worlds->reach = [this] { reach(); };
    askPrinting();
    if (begins)
        askers.touched.reportEarlier(m_now);
    askers.sequences.remember(m_now);
    auto begun = begins ? m_now.submitBegin(TransactionMode::Write, beginning.world) : beforehand(connection());
    if (!begun)
        return begun;
    submitExport(askers);
    if (m_wentOn)
        return {};
    const auto answered = connection().flush();
    begun = finishExport(askers.touched, begins);
    return answered ? begun : answered;
}

void PostgresOldWorld::askPrinting()
{
    Rowset& printing = connection().notes<Printing>().answer;
    if (!printing.rows.isEmpty())
        return;
    // It waits as long as the batch runs.
    connection().submit({ "SELECT pg_catalog.set_config('idle_in_transaction_session_timeout', '0', false)", {} },
                        [](const Result<Rowset>&) {});
    connection().submit({ printedAs() + ", " + useOwnPath, {}, true }, [this, &printing](Result<Rowset> rows) {
        keepError(rows);
        if (rows)
            printing = std::move(*rows);
    });
    connection().push();
}

void PostgresOldWorld::keepError(const Result<Rowset>& answer)
{
    if (!answer && !m_error)
        m_error = answer.error();
}

void PostgresOldWorld::submitExport(const Askers& askers)
{
    if (m_isLate)
        m_now.submit({ beginning, {}, true }, [this](const Result<Rowset>& answer) { began(answer); });
    else
        m_now.submit({ beginningAndExport, {}, true }, [this](const Result<Rowset>& answer) {
            began(answer);
            if (answer && m_worlds)
                import(answer->rows.constFirst().constLast().toText().toLatin1());
        });
    askers.touched.remember(m_now);
    askers.recent.begin(m_now);
    if (m_wentOn && !m_isLate)
        whenThere([this, &recent = askers.recent] { recent.ask(connection()); });
    else
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

void PostgresOldWorld::began(const Result<Rowset>& answer)
{
    keepError(answer);
    if (!answer || !m_worlds)
        return;
    const Row& row = answer->rows.constFirst();
    m_worlds->firstXid = static_cast<quint32>(row.at(0).toText().toULongLong());
    m_worlds->firstMulti = QByteArray::number(static_cast<quint32>(row.at(1).toText().toInt()) + 1);
    const NameSpace names { row.at(3), row.at(2).toInteger() != 0 };
    const NameSpace last = std::exchange(m_now.notes<NameSpace>(), names);
    if (m_wentOn && (names.hasTemporary || names.identity != last.identity))
        keepError(PostgresRecentTables::outdated());
}

/// The snapshot is that of its beginning whenever it is exported.
void PostgresOldWorld::reach()
{
    m_worlds->reach = {};
    const auto snapshot = m_now.shareWorld();
    if (!snapshot && !m_error)
        m_error = snapshot.error();
    import(snapshot ? *snapshot : noSnapshot);
}

/// Does not wait: should it fail, the first question tells.
void PostgresOldWorld::import(const QByteArray& snapshot)
{
    if (auto begun = connection().submitBegin(TransactionMode::ReadOnly, snapshot); !begun) {
        keepError(begun.error());
        return;
    }
    m_isThere = true;
    for (const auto& question : std::exchange(m_waiting, {}))
        question();
    connection().push();
}

void PostgresOldWorld::whenThere(std::function<void()> question)
{
    if (!m_isThere) {
        m_waiting.push_back(std::move(question));
        return;
    }
    question();
    connection().push();
}

void PostgresOldWorld::awaitThere()
{
    if (!m_isThere)
        std::ignore = m_now.wait();
}

void PostgresOldWorld::submitClose()
{
    if (m_isThere)
        connection().submitRollback();
}

Result<void> PostgresOldWorld::close()
{
    const bool wasThere = m_isThere;
    auto closed = wasThere ? connection().finishRollback() : connection().wait();
    forget();
    if (!closed)
        m_now.closeCompanion();
    return wasThere ? closed : Result<void>(); // nothing was asked that it could not tell
}

} // namespace holdpoint
