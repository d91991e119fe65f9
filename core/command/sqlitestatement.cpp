// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/sqlitestatement.h"

#include "command/checkedtexts.h"
#include "command/sqlitestubs.h"
#include "session/sqliteerror.h"

#include <algorithm>
#include <array>
#include <limits>
#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

Error errorAt(const QByteArray& text, qsizetype offset, const QString& message, const QString& hint = {})
{
    Error error = makeError(ErrorKind::Statement, message, {}, hint);
    error.statement = QString::fromUtf8(text);
    error.position = sqlitePosition(text, offset);
    return error;
}

Error refused(const QByteArray& text, const QString& what)
{
    return errorAt(
        text, 0, u"%1 cannot be part of a batch"_s.arg(what),
        u"A batch runs in one transaction that Holdpoint begins and ends, and everything in it must be undone by a"
        " rollback."_s);
}

// Whether the compiler only missed a name that a real database may have.
bool isUnresolved(const QString& message)
{
    static constexpr std::array starts { "no such "_L1, "unknown database "_L1, "unable to identify the object"_L1,
                                         "ambiguous column name"_L1 };
    static constexpr std::array parts { " has no column named "_L1, " values were supplied"_L1,
                                        "ON CONFLICT clause does not match"_L1 };
    return std::ranges::any_of(starts, [&](auto start) { return message.startsWith(start); })
        || std::ranges::any_of(parts, [&](auto part) { return message.contains(part); });
}

// Wrong in any database, whatever its tables are.
bool isSyntactic(const QString& message)
{
    return message.endsWith("syntax error"_L1) || message == "incomplete input"_L1
        || message.startsWith("unrecognized token"_L1);
}

// VACUUM and its like never ask the authorizer: their instructions betray them.
QString refusedInstruction(SqliteScratch& scratch, const QByteArray& text)
{
    static const std::array instructions { "Vacuum"_ba, "AutoCommit"_ba, "Savepoint"_ba, "Checkpoint"_ba,
                                           "IncrVacuum"_ba };
    for (const QByteArray& opcode : scratch.opcodes(text)) {
        if (std::ranges::find(instructions, opcode) != instructions.end())
            return QString::fromLatin1(opcode).toUpper();
    }
    return {};
}

Result<void> requireSingle(const QByteArray& text, qsizetype end)
{
    if (std::ranges::all_of(text.sliced(end), [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }))
        return {};
    const auto statements = splitSqliteScript(QString::fromUtf8(text));
    if (!statements)
        return statements.error();
    if (statements->isEmpty())
        return errorAt(text, 0, u"there is no statement in this text"_s);
    if (statements->size() == 1)
        return {};
    const qsizetype second = text.indexOf(statements->at(1).text.toUtf8(), statements->at(0).text.toUtf8().size());
    return errorAt(text, std::max(second, qsizetype(0)), u"there is more than one statement in this text"_s,
                   u"Make each statement a command of its own."_s);
}

class Checker
{
public:
    [[nodiscard]] Result<StatementInfo> check(const QString& text)
    {
        return m_known.info(text, [&] { return checkAnew(text); });
    }

private:
    [[nodiscard]] Result<StatementInfo> checkAnew(const QString& text);
    [[nodiscard]] Result<void> accept(const QByteArray& text, const SqliteVerdict& verdict);
    [[nodiscard]] static bool changesSchema(const SqliteVerdict& verdict);
    [[nodiscard]] static StatementInfo infoOf(const SqliteVerdict& verdict);

    SqliteScratch m_empty;
    SqliteStubs m_stubs;
    CheckedTexts m_known;
};

Result<StatementInfo> Checker::checkAnew(const QString& text)
{
    const QByteArray utf8 = text.toUtf8();
    if (const qsizetype nul = utf8.indexOf('\0'); nul >= 0)
        return errorAt(utf8, nul, u"the statement holds a NUL character"_s);
    if (utf8.size() >= std::numeric_limits<int>::max())
        return errorAt(utf8, 0, u"the statement is longer than 2 GB"_s);
    const SqliteVerdict verdict = m_stubs.compile(utf8);
    if (!verdict.actions.denied.isEmpty())
        return refused(utf8, verdict.actions.denied);
    if (const auto accepted = accept(utf8, verdict); !accepted)
        return accepted.error();
    return infoOf(verdict);
}

Result<void> Checker::accept(const QByteArray& text, const SqliteVerdict& verdict)
{
    if (verdict.code == SQLITE_OK && !verdict.statement)
        return errorAt(text, 0, u"there is no statement in this text"_s);
    if (verdict.code != SQLITE_OK && isSyntactic(verdict.message))
        return errorAt(text, std::max(verdict.offset, 0), verdict.message);
    if (verdict.code != SQLITE_OK) {
        // Made-up tables have faults of their own: only what an empty database says too counts.
        const SqliteVerdict plain = m_empty.compile(text);
        if (!plain.actions.denied.isEmpty())
            return refused(text, plain.actions.denied);
        if (plain.code != SQLITE_OK && !isUnresolved(plain.message))
            return errorAt(text, std::max(plain.offset, 0), plain.message);
        return requireSingle(text, 0);
    }
    if (!verdict.anyAction) {
        if (const QString what = refusedInstruction(m_empty, text); !what.isEmpty())
            return refused(text, what);
    }
    return requireSingle(text, verdict.end);
}

bool Checker::changesSchema(const SqliteVerdict& verdict)
{
    const bool changesRows = verdict.rows != SqliteVerdict::Rows::None && !verdict.actions.changesSchema;
    if (verdict.code != SQLITE_OK) // a missing column is of a query or a change of rows, never of DDL
        return !changesRows && (verdict.actions.changesSchema || !verdict.message.contains("column"_L1));
    const bool readOnly = sqlite3_stmt_readonly(verdict.statement.get()) != 0;
    // DROP ... IF EXISTS of what is not there compiles to nothing, but is not read-only.
    return !readOnly && (verdict.actions.changesSchema || !verdict.anyAction);
}

StatementInfo Checker::infoOf(const SqliteVerdict& verdict)
{
    using Kind = StatementInfo::Kind;
    using Rows = SqliteVerdict::Rows;
    StatementInfo info;
    const bool compiled = verdict.code == SQLITE_OK;
    info.changesSchema = changesSchema(verdict);
    for (const auto& [schema, table] : verdict.actions.rewritten)
        info.rewritten.append({ schema == "main"_L1 ? QString() : schema, table });
    info.parameterCount
        = compiled ? sqlite3_bind_parameter_count(verdict.statement.get()) : StatementInfo::unknownCount;
    if (info.changesSchema)
        return info;
    const bool explains = compiled && sqlite3_stmt_isexplain(verdict.statement.get()) != 0;
    if (explains || (compiled && verdict.rows == Rows::None && sqlite3_stmt_readonly(verdict.statement.get())))
        info.kind = Kind::Read;
    if (explains || verdict.rows == Rows::None)
        return info;
    info.kind = verdict.rows == Rows::Inserted ? Kind::Insert
        : verdict.rows == Rows::Updated        ? Kind::Update
                                               : Kind::Delete;
    info.written.table = verdict.written;
    info.returns = compiled && sqlite3_column_count(verdict.statement.get()) > 0;
    return info;
}

} // namespace

Result<StatementInfo> checkSqliteStatement(const QString& text)
{
    static thread_local Checker checker;
    return checker.check(text);
}

} // namespace holdpoint
