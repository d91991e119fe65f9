// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sqliteconnection.h"
#include "session/sqliteerror.h"

#include <QSqlQuery>

#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// An input or output error before the commit point of its journal mode leaves a journal to roll back with.
bool isBeforeCommitPoint(int extendedCode)
{
    switch (extendedCode) {
    case SQLITE_IOERR_READ:
    case SQLITE_IOERR_SHORT_READ:
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_NOMEM:
    case SQLITE_IOERR_LOCK:
    case SQLITE_IOERR_RDLOCK: return true;
    default: break;
    }
    const int primary = extendedCode & 0xff;
    return primary == SQLITE_FULL || primary == SQLITE_CONSTRAINT || primary == SQLITE_BUSY || primary == SQLITE_LOCKED
        || primary == SQLITE_INTERRUPT || primary == SQLITE_NOMEM || primary == SQLITE_READONLY
        || primary == SQLITE_CANTOPEN;
}

} // namespace

bool SqliteConnection::inTransaction() const
{
    return sqlite3_get_autocommit(m_handle) == 0;
}

Result<void> SqliteConnection::begin(TransactionMode mode)
{
    if (m_begun || inTransaction())
        return makeError(ErrorKind::Internal, u"a transaction is already open on this connection"_s);
    if (const auto may = mayRun("BEGIN"); !may)
        return may;
    if (m_options.readOnly && mode == TransactionMode::Write)
        return makeError(ErrorKind::Statement, u"the connection to %1 is read-only"_s.arg(m_target.name));
    const QString text = mode == TransactionMode::Write ? u"BEGIN IMMEDIATE"_s : u"BEGIN"_s;
    m_limits->statementStarts();
    QSqlQuery begin(m_database);
    if (!begin.exec(text))
        return explained(sqliteError(m_handle, text.toUtf8()));
    m_begun = true;
    m_changesSchema = false;
    if (isReplaced()) {
        const auto undone = rollback();
        return undone ? Result<void>(replacedError()) : undone;
    }
    if (auto asserted = assertModes(mode); !asserted) {
        const auto undone = rollback();
        return undone ? asserted : undone;
    }
    return {};
}

bool SqliteConnection::isReplaced() const
{
    int moved = 0;
    const int asked = sqlite3_file_control(m_handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return asked == SQLITE_OK && moved != 0; // not every file system can tell
}

Error SqliteConnection::replacedError() const
{
    return makeError(ErrorKind::ConnectionLost,
                     u"the file %1 was replaced, moved or removed after it was opened"_s.arg(m_target.address),
                     u"Nothing was changed in either file"_s, u"Run it again"_s);
}

Result<void> SqliteConnection::assertModes(TransactionMode mode)
{
    if (mode == TransactionMode::ReadOnly) {
        if (const auto only = execute("PRAGMA query_only=ON"); !only)
            return only;
        m_queryOnly = true;
        return execute("SELECT count(*) FROM sqlite_schema"); // the snapshot begins with the first read
    }
    // A batch that changes rows all over a table reads each of its pages again and again. Taken only as needed. Not set
    // when the file is opened: it reads the schema, for which a lock may have to be waited for.
    if (const auto cache = execute("PRAGMA cache_size=-65536"); !cache) // KiB
        return cache;
    if (const auto followed = followSchema(); !followed)
        return followed;
    const auto journal = query({ "PRAGMA journal_mode"_ba, {} });
    if (!journal)
        return journal.error();
    // With a rollback journal, spilled pages lock out every reader; in WAL they do not.
    const bool wal = journal->rows.value(0).value(0) == Value::text(u"wal"_s);
    return execute(wal ? "PRAGMA cache_spill=ON" : "PRAGMA cache_spill=OFF");
}

Result<void> SqliteConnection::followSchema()
{
    const auto version = query({ "PRAGMA schema_version"_ba, {} });
    if (!version)
        return version.error();
    const Value now = version->rows.value(0).value(0);
    if (now != m_schemaVersion)
        m_statements->forget();
    m_schemaVersion = now;
    return {};
}

// The schema is again what it was before.
void SqliteConnection::forgetChangedSchema()
{
    if (m_changesSchema)
        m_statements->forget();
}

CommitResult SqliteConnection::commit()
{
    if (lostTransaction()) {
        m_begun = false;
        return { CommitEnd::RolledBack,
                 makeError(ErrorKind::Statement, u"SQLite had already rolled the transaction back"_s) };
    }
    if (!inTransaction())
        return { CommitEnd::RolledBack, makeError(ErrorKind::Internal, u"there is no transaction to commit"_s) };
    if (isReplaced())
        return failedCommit(replacedError());
    m_limits->statementStarts();
    if (!m_database.commit())
        return failedCommit(explained(sqliteError(m_handle, "COMMIT")));
    m_begun = false;
    if (inTransaction())
        return { CommitEnd::InDoubt,
                 makeError(ErrorKind::Internal, u"COMMIT succeeded, but the transaction is open"_s) };
    if (m_queryOnly)
        m_queryOnly = !execute("PRAGMA query_only=OFF").ok();
    return { CommitEnd::Committed, {} };
}

CommitResult SqliteConnection::failedCommit(Error error)
{
    if ((error.nativeCode & 0xff) == SQLITE_CONSTRAINT) {
        error.message = u"a deferred foreign key is not satisfied: "_s + error.message;
        error.hint = u"PRAGMA foreign_key_check names the rows."_s;
    }
    // An open transaction is not committed: taken back here, so that COMMIT has one of its three ends.
    if (inTransaction()) {
        if (const auto undone = rollback(); !undone) {
            error.detail = u"ROLLBACK failed too: "_s + undone.error().message;
            return { CommitEnd::InDoubt, error };
        }
        return { CommitEnd::RolledBack, error };
    }
    m_begun = false;
    const bool known = isBeforeCommitPoint(error.nativeCode);
    return { known ? CommitEnd::RolledBack : CommitEnd::InDoubt, error };
}

Result<void> SqliteConnection::rollback()
{
    // An interrupt that arrives late may hit the first ROLLBACK; there is nothing left for it to stop then.
    for (int attempt = 0; attempt < 2 && inTransaction(); ++attempt)
        m_database.rollback();
    if (inTransaction())
        return sqliteError(m_handle, "ROLLBACK");
    m_begun = false;
    forgetChangedSchema();
    if (m_queryOnly)
        m_queryOnly = sqlite3_exec(m_handle, "PRAGMA query_only=OFF", nullptr, nullptr, nullptr) != SQLITE_OK;
    return {};
}

Result<void> SqliteConnection::savepoint(const char* name)
{
    if (!inTransaction())
        return makeError(ErrorKind::Internal, u"a savepoint needs a transaction"_s);
    return execute(("SAVEPOINT " + quoted(QString::fromUtf8(name))).constData());
}

Result<void> SqliteConnection::releaseSavepoint(const char* name)
{
    return execute(("RELEASE " + quoted(QString::fromUtf8(name))).constData());
}

Result<void> SqliteConnection::rollbackTo(const char* name)
{
    if (const auto back = execute(("ROLLBACK TO " + quoted(QString::fromUtf8(name))).constData()); !back)
        return back;
    forgetChangedSchema();
    return releaseSavepoint(name);
}

/// A number that another one takes the place of, on this connection, once another has committed something.
Result<QByteArray> SqliteConnection::shareWorld()
{
    const auto version = query({ "PRAGMA data_version"_ba, {} });
    if (!version)
        return version.error();
    return version->rows.constFirst().constFirst().display().toLatin1();
}

Result<bool> SqliteConnection::isWorldThere(const QByteArray& world)
{
    const auto now = shareWorld();
    return now ? Result<bool>(*now == world && !isReplaced()) : now.error();
}

} // namespace holdpoint
