// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/sqlitesplitter.h"

#include "command/sqlitestatement.h"
#include "session/sqliteerror.h"

#include <algorithm>
#include <array>
#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// The ways in which a semicolon can be no end: in a string, a quoted name, a comment. Each with what closes it.
constexpr std::array closers { "'", "\"", "`", "]", "*/", "\n" };

// What sqlite3_complete() can have seen so far of one statement, each as a text that brings it there.
constexpr auto seenNothing = "";
constexpr auto seenExplain = "EXPLAIN ";
constexpr auto seenCreate = "CREATE ";
constexpr auto seenOther = "x ";
constexpr auto seenTrigger = "CREATE TRIGGER x ";
constexpr auto seenTriggerStep = "CREATE TRIGGER x ; ";
constexpr auto seenTriggerEnd = "CREATE TRIGGER x ; END ";

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

} // namespace

SqliteSplitter::SqliteSplitter(QByteArray script)
    : m_script(std::move(script))
{
    if (m_script.startsWith("\xEF\xBB\xBF"))
        m_at = 3;
}

void SqliteSplitter::skipToToken()
{
    while (m_at < m_script.size()) {
        const QByteArrayView here = QByteArrayView(m_script).sliced(m_at);
        if (isSpace(here.front()) || here.front() == ';') {
            ++m_at;
            continue;
        }
        const bool line = here.startsWith("--");
        if (!line && !here.startsWith("/*"))
            return;
        const qsizetype end = m_script.indexOf(line ? "\n" : "*/", m_at + 2);
        m_at = end < 0 ? m_script.size() : end + (line ? 1 : 2);
    }
}

SqliteSplitter::Extent SqliteSplitter::extent(qsizetype start, qsizetype end) const
{
    while (end > start && isSpace(m_script.at(end - 1)))
        --end;
    return { start, end };
}

// Whether SQLite takes the statement to be complete after the piece and `after`.
bool SqliteSplitter::completes(qsizetype from, qsizetype to, const char* after)
{
    m_piece.resize(0); // keeps its memory
    m_piece.append(m_before).append(QByteArrayView(m_script).sliced(from, to - from)).append(after);
    return sqlite3_complete(m_piece.constData()) != 0;
}

// The piece ends within a string, a name or a comment if closing that makes it end a statement, or a
// trigger's step; returns the place after the closer. None if nothing closes it.
std::optional<qsizetype> SqliteSplitter::closed(qsizetype from, qsizetype to)
{
    for (const char* closer : closers) {
        const QByteArray ended = QByteArray(closer) + " ;";
        const QByteArray endedTrigger = QByteArray(closer) + " ; END ;";
        if (!completes(from, to, ended.constData()) && !completes(from, to, endedTrigger.constData()))
            continue;
        const qsizetype at = m_script.indexOf(closer, to);
        return at < 0 ? m_script.size() + 1 : at + static_cast<qsizetype>(qstrlen(closer));
    }
    return {};
}

// Replaces what was read of the statement, up to a place between two tokens, by a short text with the same meaning.
void SqliteSplitter::remember(qsizetype from, qsizetype to)
{
    if (!completes(from, to, " ;"))
        m_before = completes(from, to, " END ;") ? seenTriggerStep : seenTrigger;
    else if (!completes(from, to, " x ;"))
        m_before = seenTriggerEnd;
    else if (completes(from, to, " TRIGGER x ;"))
        m_before = completes(from, to, " CREATE TRIGGER x ;")    ? seenOther
            : completes(from, to, " EXPLAIN CREATE TRIGGER x ;") ? seenExplain
                                                                 : seenNothing;
    else
        m_before = seenCreate;
}

Result<std::optional<SqliteSplitter::Extent>> SqliteSplitter::next()
{
    skipToToken();
    const qsizetype start = m_at;
    if (start >= m_script.size())
        return std::optional<Extent>();
    m_before = seenNothing;
    qsizetype from = start;
    qsizetype semicolon = m_script.indexOf(';', from);
    while (semicolon >= 0) {
        if (completes(from, semicolon + 1, "")) {
            m_at = semicolon + 1;
            return std::optional<Extent>(extent(start, semicolon));
        }
        const qsizetype previous = from;
        from = semicolon + 1;
        // Between two tokens: a step of a trigger ends here. Else what the semicolon stands in is passed over.
        if (!completes(previous, from, " END ;")) {
            const auto after = closed(previous, from);
            if (!after || *after > m_script.size())
                return rest(start, previous);
            from = *after;
        }
        remember(previous, from);
        semicolon = m_script.indexOf(';', from);
    }
    return rest(start, from);
}

Result<std::optional<SqliteSplitter::Extent>> SqliteSplitter::rest(qsizetype start, qsizetype from)
{
    m_at = m_script.size();
    // A comment may end with the script, and so may half a trigger; a string may not.
    const auto ends = [&](const char* after) { return completes(from, m_script.size(), after); };
    if (ends("\n;") || ends("\n; END ;") || ends("*/ ;") || ends("*/ ; END ;"))
        return std::optional<Extent>(extent(start, m_script.size()));
    Error error = makeError(ErrorKind::Statement, u"a string or a quoted name does not end"_s);
    error.statement = QString::fromUtf8(m_script.sliced(start, std::min(m_at - start, qsizetype(200))));
    error.position = sqlitePosition(m_script, start);
    return error;
}

Result<QList<ScriptStatement>> splitSqliteScript(const QString& script)
{
    const QByteArray utf8 = script.toUtf8();
    if (const qsizetype nul = utf8.indexOf('\0'); nul >= 0) {
        Error error = makeError(ErrorKind::Statement, u"the script holds a NUL character"_s);
        error.position = sqlitePosition(utf8, nul);
        return error;
    }
    QList<ScriptStatement> statements;
    SqliteSplitter splitter(utf8);
    qsizetype counted = 0;
    int line = 1;
    while (true) {
        const auto extent = splitter.next();
        if (!extent)
            return extent.error();
        if (!*extent)
            return statements;
        const auto [start, end] = **extent;
        line += static_cast<int>(std::count(utf8.begin() + counted, utf8.begin() + start, '\n'));
        counted = start;
        statements.append({ QString::fromUtf8(QByteArrayView(utf8).sliced(start, end - start)), line });
    }
}

} // namespace holdpoint
