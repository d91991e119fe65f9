// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/postgresacts.h"

#include <pg_query.h>

#include <memory>
#include <vector>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

struct Token
{
    PgQuery__Token kind = PG_QUERY__TOKEN__NUL;
    bool isWord = false; ///< an identifier, or a keyword that may be a name
    QByteArray text;
};

constexpr auto opens = PG_QUERY__TOKEN__ASCII_40;
constexpr auto closes = PG_QUERY__TOKEN__ASCII_41;
constexpr auto comma = PG_QUERY__TOKEN__ASCII_44;
constexpr auto dot = PG_QUERY__TOKEN__ASCII_46;
constexpr auto semicolon = PG_QUERY__TOKEN__ASCII_59;

bool isComment(PgQuery__Token kind)
{
    return kind == PG_QUERY__TOKEN__SQL_COMMENT || kind == PG_QUERY__TOKEN__C_COMMENT;
}

std::vector<Token> tokensOf(const QByteArray& text)
{
    std::vector<Token> tokens;
    const PgQueryScanResult scanned = pg_query_scan(text.constData());
    if (scanned.error == nullptr) {
        const std::unique_ptr<PgQuery__ScanResult, void (*)(PgQuery__ScanResult*)> all(
            pg_query__scan_result__unpack(nullptr, scanned.pbuf.len,
                                          reinterpret_cast<const uint8_t*>(scanned.pbuf.data)),
            [](PgQuery__ScanResult* result) { pg_query__scan_result__free_unpacked(result, nullptr); });
        for (size_t i = 0; all && i < all->n_tokens; ++i) {
            const PgQuery__ScanToken& token = *all->tokens[i];
            const bool word = token.token == PG_QUERY__TOKEN__IDENT
                || token.keyword_kind == PG_QUERY__KEYWORD_KIND__UNRESERVED_KEYWORD
                || token.keyword_kind == PG_QUERY__KEYWORD_KIND__TYPE_FUNC_NAME_KEYWORD;
            if (!isComment(token.token))
                tokens.push_back({ token.token, word, text.mid(token.start, token.end - token.start) });
        }
    }
    pg_query_free_scan_result(scanned);
    return tokens;
}

QString wordOf(const Token& token)
{
    if (!token.text.startsWith('"'))
        return QString::fromUtf8(token.text).toLower();
    return QString::fromUtf8(token.text.mid(1, token.text.size() - 2)).replace("\"\""_L1, "\""_L1);
}

/// Null for what is no plain constant.
QString constantOf(const Token& token)
{
    if (token.kind == PG_QUERY__TOKEN__TRUE_P || token.kind == PG_QUERY__TOKEN__FALSE_P)
        return QString::fromLatin1(token.text).toLower();
    if (token.kind == PG_QUERY__TOKEN__ICONST)
        return QString::fromLatin1(token.text);
    if (token.kind != PG_QUERY__TOKEN__SCONST || !token.text.startsWith('\''))
        return {};
    return QString::fromUtf8(token.text.mid(1, token.text.size() - 2)).replace("''"_L1, "'"_L1);
}

class Body
{
public:
    explicit Body(const QByteArray& text)
        : m_tokens(tokensOf(text))
    {
    }
    [[nodiscard]] QList<PostgresAct> acts();

private:
    [[nodiscard]] bool is(size_t at, PgQuery__Token kind) const
    {
        return at < m_tokens.size() && m_tokens[at].kind == kind;
    }
    [[nodiscard]] bool isWord(size_t at) const { return at < m_tokens.size() && m_tokens[at].isWord; }
    [[nodiscard]] bool beginsStatement(size_t at) const;
    [[nodiscard]] QStringList arguments(size_t bracket) const;
    void addCall(size_t at);
    void addStatement(size_t at);
    void addCopy(size_t at);
    void add(PostgresAct act);

    std::vector<Token> m_tokens;
    QList<PostgresAct> m_acts;
};

void Body::add(PostgresAct act)
{
    if (!m_acts.contains(act))
        m_acts.append(std::move(act));
}

bool Body::beginsStatement(size_t at) const
{
    if (at == 0)
        return true;
    const Token& before = m_tokens[at - 1];
    return before.kind == semicolon || before.kind == PG_QUERY__TOKEN__BEGIN_P || before.kind == PG_QUERY__TOKEN__THEN
        || before.kind == PG_QUERY__TOKEN__ELSE || before.kind == PG_QUERY__TOKEN__ATOMIC
        || before.text.compare("loop", Qt::CaseInsensitive) == 0 || before.text.endsWith(">>");
}

// An argument of one token may be a constant.
QStringList Body::arguments(size_t bracket) const
{
    QStringList found;
    int depth = 0;
    size_t first = bracket + 1;
    for (size_t at = bracket; at < m_tokens.size(); ++at) {
        const PgQuery__Token kind = m_tokens[at].kind;
        depth += kind == opens ? 1 : 0;
        const bool ends = depth == 1 && (kind == comma || kind == closes);
        if (ends && at > first)
            found.append(at == first + 1 ? constantOf(m_tokens[first]) : QString());
        if (ends)
            first = at + 1;
        depth -= kind == closes ? 1 : 0;
        if (depth == 0)
            break;
    }
    return found;
}

void Body::addCall(size_t at)
{
    const bool qualified = at >= 2 && is(at - 1, dot) && isWord(at - 2);
    const QString name = wordOf(m_tokens[at]);
    add({ PostgresAct::Kind::Call, qualified ? wordOf(m_tokens[at - 2]) : QString(), name,
          tellingArguments(name, arguments(at + 1)) });
}

void Body::addCopy(size_t at)
{
    for (++at; at < m_tokens.size() && !is(at, semicolon); ++at) {
        const bool program = is(at, PG_QUERY__TOKEN__PROGRAM) && is(at + 1, PG_QUERY__TOKEN__SCONST);
        const bool file
            = (is(at, PG_QUERY__TOKEN__TO) || is(at, PG_QUERY__TOKEN__FROM)) && is(at + 1, PG_QUERY__TOKEN__SCONST);
        if (!program && !file)
            continue;
        add({ program ? PostgresAct::Kind::Program : PostgresAct::Kind::ServerFile,
              {},
              constantOf(m_tokens[at + 1]),
              {} });
        return;
    }
}

void Body::addStatement(size_t at)
{
    switch (m_tokens[at].kind) {
    case PG_QUERY__TOKEN__NOTIFY:
        if (isWord(at + 1))
            add({ PostgresAct::Kind::Notify, {}, wordOf(m_tokens[at + 1]), {} });
        break;
    case PG_QUERY__TOKEN__SET:
        if (isWord(at + 1) && !is(at + 1, PG_QUERY__TOKEN__LOCAL) && !is(at + 1, PG_QUERY__TOKEN__CONSTRAINTS))
            add({ PostgresAct::Kind::SessionSetting, {}, wordOf(m_tokens[at + 1]), {} });
        break;
    case PG_QUERY__TOKEN__COPY: addCopy(at); break;
    default: break;
    }
}

QList<PostgresAct> Body::acts()
{
    for (size_t at = 0; at < m_tokens.size(); ++at) {
        if (isWord(at) && is(at + 1, opens))
            addCall(at);
        if (beginsStatement(at))
            addStatement(at);
    }
    return m_acts;
}

} // namespace

QList<PostgresAct> postgresActsInBody(const QByteArray& body)
{
    return Body(body).acts();
}

} // namespace holdpoint
