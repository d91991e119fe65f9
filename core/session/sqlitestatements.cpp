// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sqlitestatements.h"

#include "base/vectorregisters.h"
#include "session/sqliteerror.h"
#include "session/sqlitevalue.h"

#include <limits>
#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype statementsKept = 64;
constexpr qsizetype longestKept = 32768; // bytes of text; longer ones are literals of one row or script

Error textError(const QString& message, const QByteArray& text, qsizetype offset)
{
    Error error = makeError(ErrorKind::Statement, message);
    error.statement = QString::fromUtf8(text);
    error.position = sqlitePosition(text, offset);
    return error;
}

} // namespace

SqlitePrepared::~SqlitePrepared()
{
    sqlite3_finalize(handle);
}

SqliteStatements::SqliteStatements(sqlite3* handle)
    : m_handle(handle)
{
    sqlite3_set_authorizer(m_handle, &SqliteStatements::authorize, this);
}

SqliteStatements::~SqliteStatements()
{
    forget();
    sqlite3_set_authorizer(m_handle, nullptr, nullptr);
}

int SqliteStatements::authorize(void* self, int action, const char* first, const char* second, const char* database,
                                const char* within)
{
    auto* statements = static_cast<SqliteStatements*>(self);
    return authorizeSqlite(statements->m_actions, statements->m_guarded, action, first, second, database, within);
}

Result<std::shared_ptr<SqlitePrepared>> SqliteStatements::prepare(const QByteArray& text, bool guarded)
{
    // Commands of one shape follow one another.
    if (!m_kept.empty() && !m_kept.front()->inUse && m_kept.front()->guarded == guarded && m_kept.front()->text == text)
        return m_kept.front();
    if (const auto found = kept({ text, guarded }); found && !found->inUse)
        return found;
    auto compiled = compile(text, guarded);
    if (compiled && text.size() <= longestKept)
        keep(*compiled);
    return compiled;
}

std::shared_ptr<SqlitePrepared> SqliteStatements::kept(const Key& key)
{
    const auto found = m_byText.constFind(key);
    if (found == m_byText.cend())
        return nullptr;
    m_kept.splice(m_kept.begin(), m_kept, *found);
    return m_kept.front();
}

Result<std::shared_ptr<SqlitePrepared>> SqliteStatements::compile(const QByteArray& text, bool guarded)
{
    if (const qsizetype nul = text.indexOf('\0'); nul >= 0)
        return textError(u"the statement holds a NUL character"_s, text, nul);
    if (text.size() > std::numeric_limits<int>::max())
        return textError(u"the statement is longer than 2 GB"_s, text.first(1), 0);
    auto prepared = std::make_shared<SqlitePrepared>();
    prepared->text = text;
    prepared->guarded = guarded;
    m_actions = {};
    m_guarded = guarded;
    const char* tail = nullptr;
    const int code
        = sqlite3_prepare_v3(m_handle, text.constData(), static_cast<int>(text.size()), 0, &prepared->handle, &tail);
    m_guarded = false;
    if (!m_actions.denied.isEmpty())
        return textError(m_actions.denied + " cannot be part of a batch: it would end or escape its transaction"_L1,
                         text, 0);
    if (code != SQLITE_OK)
        return sqliteError(m_handle, text);
    if (!prepared->handle)
        return textError(u"there is no statement in this text"_s, text, 0);
    prepared->actions = m_actions;
    if (const auto single = refuseFurther(text, tail - text.constData()); !single)
        return single.error();
    return prepared;
}

Result<void> SqliteStatements::refuseFurther(const QByteArray& text, qsizetype from)
{
    qsizetype at = from;
    while (at < text.size() && (text[at] == ';' || text[at] == '\n' || text[at] == ' '))
        ++at;
    if (at == text.size())
        return {};
    // What follows may be a comment, which only SQLite can tell: then there is no statement in it.
    sqlite3_stmt* further = nullptr;
    const char* rest = text.constData() + at;
    const SqliteActions actions = std::exchange(m_actions, {});
    while (rest && *rest) {
        const int code = sqlite3_prepare_v3(m_handle, rest, -1, 0, &further, &rest);
        sqlite3_finalize(further);
        if (code == SQLITE_INTERRUPT)
            return sqliteError(m_handle, text);
        if (code != SQLITE_OK || further)
            return textError(u"there is more than one statement in this text"_s, text, at);
    }
    m_actions = actions;
    return {};
}

void SqliteStatements::forget()
{
    m_byText.clear();
    m_kept.clear();
}

void SqliteStatements::keep(const std::shared_ptr<SqlitePrepared>& prepared)
{
    const Key key { prepared->text, prepared->guarded };
    if (const auto old = m_byText.constFind(key); old != m_byText.cend())
        m_kept.erase(*old);
    m_kept.push_front(prepared);
    m_byText.insert(key, m_kept.begin());
    if (m_byText.size() > statementsKept) {
        m_byText.remove({ m_kept.back()->text, m_kept.back()->guarded });
        m_kept.pop_back();
    }
}

Result<void> SqliteStatements::bind(SqlitePrepared& prepared, const QList<Value>& parameters)
{
    const int wanted = sqlite3_bind_parameter_count(prepared.handle);
    if (wanted != parameters.size())
        return textError(
            u"the statement has %1 parameters, but %2 values were given"_s.arg(wanted).arg(parameters.size()),
            prepared.text, 0);
    prepared.texts.resize(static_cast<size_t>(wanted));
    for (int position = 1; position <= wanted; ++position) {
        const auto index = position - 1;
        if (bindSqliteValueInPlace(prepared.handle, position, parameters.at(index),
                                   prepared.texts[static_cast<size_t>(index)])
            != SQLITE_OK)
            return sqliteError(m_handle, prepared.text);
    }
    return {};
}

int SqliteStatements::step(SqlitePrepared& prepared)
{
    m_guarded = prepared.guarded;
    releaseVectorRegisters();
    const int code = sqlite3_step(prepared.handle);
    m_guarded = false;
    return code;
}

} // namespace holdpoint
