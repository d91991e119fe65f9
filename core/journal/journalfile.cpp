// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/journalfile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <array>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr auto elsewhere = "choose another journal with --journal"_L1;

// A row of runs, commits or outcomes is never written again: the triggers hold everybody to it.
constexpr std::array schema {
    "CREATE TABLE runs(id TEXT PRIMARY KEY NOT NULL, started TEXT NOT NULL, record TEXT NOT NULL,"
    " targets TEXT NOT NULL, batch BLOB)",
    "CREATE INDEX runs_by_start ON runs(started)",
    "CREATE TABLE commits(run TEXT PRIMARY KEY NOT NULL REFERENCES runs(id), written TEXT NOT NULL,"
    " record TEXT NOT NULL, effects BLOB NOT NULL)",
    "CREATE TABLE outcomes(number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL REFERENCES runs(id),"
    " written TEXT NOT NULL, outcome TEXT NOT NULL, digest TEXT NOT NULL, record TEXT NOT NULL,"
    " commands BLOB NOT NULL, effects BLOB)",
    "CREATE INDEX outcomes_by_run ON outcomes(run, number)",
    "CREATE INDEX outcomes_by_digest ON outcomes(digest) WHERE outcome = 'ready'",
    "CREATE TABLE queue(id INTEGER PRIMARY KEY AUTOINCREMENT, position INTEGER NOT NULL, title TEXT NOT NULL,"
    " reason TEXT NOT NULL, targets TEXT NOT NULL, digest TEXT NOT NULL, added TEXT NOT NULL,"
    " batch BLOB NOT NULL, effects BLOB NOT NULL)",
    "CREATE TRIGGER runs_are_final BEFORE UPDATE ON runs BEGIN SELECT raise(ABORT, 'a run is never rewritten'); END",
    "CREATE TRIGGER commits_are_final BEFORE UPDATE ON commits"
    " BEGIN SELECT raise(ABORT, 'a run is never rewritten'); END",
    "CREATE TRIGGER outcomes_are_final BEFORE UPDATE ON outcomes"
    " BEGIN SELECT raise(ABORT, 'a run is never rewritten'); END",
};

Error unusable(const QString& path, const QString& why, const QString& hint)
{
    return makeError(ErrorKind::File, u"the journal %1 cannot be used: %2"_s.arg(path, why), {}, hint);
}

Result<qint64> askNumber(Connection& connection, const QByteArray& text)
{
    const auto rows = connection.query({ text, {} });
    if (!rows)
        return rows.error();
    const Value value = rows->rows.value(0).value(0);
    return value.kind() == Value::Kind::Integer ? value.toInteger() : 0;
}

enum class Content { Empty, Journal };

Result<Content> contentOf(Connection& connection, const QString& path)
{
    const auto application = askNumber(connection, "PRAGMA application_id");
    if (!application)
        return application.error();
    const auto version = askNumber(connection, "PRAGMA user_version");
    if (!version)
        return version.error();
    const auto objects = askNumber(connection, "SELECT count(*) FROM sqlite_schema");
    if (!objects)
        return objects.error();
    if (*application == 0 && *version == 0 && *objects == 0)
        return Content::Empty;
    if (*application != journalApplicationId)
        return unusable(path, u"it is a SQLite database, but not a journal of Holdpoint"_s,
                        u"It was left as it is; %1."_s.arg(elsewhere));
    if (*version > journalVersion)
        return unusable(path,
                        u"it was written by a newer Holdpoint (format %1, this program knows %2)"_s.arg(*version).arg(
                            journalVersion),
                        u"It was left as it is; use that version, or %1."_s.arg(elsewhere));
    if (*version < journalVersion)
        return unusable(path,
                        u"it was written by an older Holdpoint (format %1, this program knows %2)"_s.arg(*version).arg(
                            journalVersion),
                        u"It was left as it is; read it with that version, or %1."_s.arg(elsewhere));
    return Content::Journal;
}

Result<void> makeTables(Connection& connection)
{
    for (const char* const statement : schema) {
        if (const auto made = writeJournal(connection, statement, {}); !made)
            return made;
    }
    const QByteArray application = "PRAGMA application_id=" + QByteArray::number(journalApplicationId);
    if (const auto marked = writeJournal(connection, application, {}); !marked)
        return marked;
    return writeJournal(connection, "PRAGMA user_version=" + QByteArray::number(journalVersion), {});
}

QString hintFor(int primaryCode)
{
    constexpr int busy = 5;
    constexpr int readOnly = 8;
    constexpr int corrupt = 11;
    constexpr int full = 13;
    constexpr int cannotOpen = 14;
    constexpr int notADatabase = 26;
    switch (primaryCode) {
    case busy: return u"Another program keeps it locked; try again when that has ended."_s;
    case readOnly:
    case cannotOpen: return u"Check the permissions of the file and its folder, or %1."_s.arg(elsewhere);
    case corrupt:
    case notADatabase: return u"It was left as it is; restore it from a backup, or %1."_s.arg(elsewhere);
    case full: return u"Make room on its disk, or %1."_s.arg(elsewhere);
    default: return {};
    }
}

} // namespace

Result<void> makeJournalFile(const QString& path)
{
    const QFileInfo info(path);
    if (info.exists())
        return {};
    const QDir folder = info.absoluteDir();
    const auto onlyOwner = QFile::ReadOwner | QFile::WriteOwner;
    if (!folder.exists()) {
        if (!QDir().mkpath(folder.path()))
            return unusable(path, u"its folder cannot be made"_s, hintFor(14));
        QFile::setPermissions(folder.path(), onlyOwner | QFile::ExeOwner);
    }
    // Made before SQLite does, which would let others read it; its further files take its permissions.
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly, onlyOwner) && !QFileInfo::exists(path))
        return unusable(path, file.errorString(), hintFor(14));
    return {};
}

Result<void> prepareJournal(Connection& connection, const QString& path)
{
    if (const auto content = contentOf(connection, path); !content)
        return content.error();
    for (const char* const pragma : { "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL" }) {
        if (const auto set = connection.query({ pragma, {} }); !set)
            return set.error();
    }
    return inJournalTransaction(connection, [&]() -> Result<void> {
        const auto content = contentOf(connection, path); // another process may have been quicker
        if (!content)
            return content.error();
        return *content == Content::Empty ? makeTables(connection) : Result<void>();
    });
}

Error journalError(const QString& path, const Error& error)
{
    if (error.kind == ErrorKind::Usage || error.kind == ErrorKind::File)
        return error;
    Error result = error;
    result.kind = ErrorKind::File;
    result.message = u"the journal %1 cannot be used: %2"_s.arg(path, error.message);
    if (const QString hint = hintFor(error.nativeCode & 0xff); !hint.isEmpty())
        result.hint = hint;
    result.statement.clear();
    result.position = 0;
    return result;
}

Result<void> inJournalTransaction(Connection& connection, const std::function<Result<void>()>& work)
{
    if (const auto begun = connection.begin(TransactionMode::Write); !begun)
        return begun;
    const Result<void> done = work();
    if (!done) {
        Error error = done.error();
        if (const auto undone = connection.rollback(); !undone)
            error.detail += u"\nROLLBACK failed too: %1"_s.arg(undone.error().message);
        return error;
    }
    const CommitResult committed = connection.commit();
    if (committed.end == CommitEnd::Committed)
        return {};
    return committed.error.value_or(makeError(ErrorKind::Internal, u"COMMIT ended without a reason"_s));
}

Result<void> writeJournal(Connection& connection, const QByteArray& text, const QList<Value>& parameters)
{
    const auto done = connection.query({ text, parameters });
    return done ? Result<void>() : done.error();
}

} // namespace holdpoint
