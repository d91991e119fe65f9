// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/postgresparser.h"

#include "command/postgresnesting.h"

#include <pg_query.h>

#include <algorithm>

#include <pthread.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype longestText = 16 << 20; // bytes; the parser takes some forty times as much memory
constexpr qsizetype harmlessText = 2000; // bytes that cannot nest deeper than any thread's stack
constexpr int deepest = 8000; // the server's own limit is lower by default
constexpr size_t stackSize = size_t(256) << 20; // reserved, not used, unless the text needs it

struct Work
{
    const QByteArray& text;
    PgQueryProtobufParseResult parsed {};
    PgQuery__ParseResult* tree = nullptr;
};

void* parse(void* argument)
{
    Work& work = *static_cast<Work*>(argument);
    work.parsed = pg_query_parse_protobuf(work.text.constData());
    if (work.parsed.error == nullptr)
        work.tree = pg_query__parse_result__unpack(nullptr, work.parsed.parse_tree.len,
                                                   reinterpret_cast<const uint8_t*>(work.parsed.parse_tree.data));
    return nullptr;
}

/// The parser's output recurses with the text's nesting, without a check of its own.
Result<void> parseOnLargeStack(Work& work)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stackSize);
    pthread_t thread {};
    const int failed = pthread_create(&thread, &attributes, &parse, &work);
    pthread_attr_destroy(&attributes);
    if (failed != 0)
        return makeError(ErrorKind::Internal, u"no thread for the SQL parser: error %1"_s.arg(failed));
    pthread_join(thread, nullptr);
    return {};
}

Result<void> checkSize(const QByteArray& text)
{
    if (const qsizetype nul = text.indexOf('\0'); nul >= 0)
        return postgresErrorAt(text, nul, u"the statement holds a NUL character"_s);
    if (!QUtf8StringView(text).isValidUtf8())
        return postgresErrorAt(text, 0, u"the statement is not valid UTF-8"_s);
    if (text.size() > longestText)
        return makeError(ErrorKind::Statement,
                         u"the statement is too long to be checked: %1 MB, at most %2 MB"_s.arg(text.size() >> 20)
                             .arg(longestText >> 20),
                         {}, u"large data may be imported from a file, or passed as parameters"_s);
    if (text.size() > harmlessText && postgresNesting(text) > deepest)
        return makeError(ErrorKind::Statement,
                         u"the statement is nested too deeply to be checked: more than %1 levels"_s.arg(deepest));
    return {};
}

} // namespace

Error postgresErrorAt(const QByteArray& text, qsizetype byte, const QString& message, const QString& hint)
{
    Error error = makeError(ErrorKind::Statement, message, {}, hint);
    error.statement = QString::fromUtf8(text);
    const auto isFirst = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
    const auto end = text.cbegin() + std::clamp(byte, qsizetype(0), text.size());
    error.position = static_cast<int>(std::count_if(text.cbegin(), end, isFirst)) + 1;
    return error;
}

Result<PostgresTree> parsePostgres(const QByteArray& text)
{
    if (auto fits = checkSize(text); !fits)
        return fits.error();
    Work work { text };
    if (text.size() <= harmlessText)
        parse(&work);
    else if (auto done = parseOnLargeStack(work); !done)
        return done.error();
    PostgresTree tree(work.tree);
    Error error;
    if (work.parsed.error != nullptr) {
        error = makeError(ErrorKind::Statement, QString::fromUtf8(work.parsed.error->message));
        error.sqlState = u"42601"_s;
        error.statement = QString::fromUtf8(text);
        error.position = std::max(work.parsed.error->cursorpos, 0);
    }
    const bool failed = work.parsed.error != nullptr;
    pg_query_free_protobuf_parse_result(work.parsed);
    if (failed)
        return error;
    if (!tree)
        return makeError(ErrorKind::Internal, u"the SQL parser's answer cannot be read"_s);
    return tree;
}

qsizetype firstPostgresToken(const QByteArray& text)
{
    qsizetype first = text.size();
    const PgQueryScanResult scanned = pg_query_scan(text.constData());
    if (scanned.error == nullptr) {
        PgQuery__ScanResult* tokens = pg_query__scan_result__unpack(
            nullptr, scanned.pbuf.len, reinterpret_cast<const uint8_t*>(scanned.pbuf.data));
        for (size_t i = 0; tokens != nullptr && i < tokens->n_tokens; ++i) {
            const PgQuery__ScanToken& token = *tokens->tokens[i];
            if (token.token != PG_QUERY__TOKEN__SQL_COMMENT && token.token != PG_QUERY__TOKEN__C_COMMENT) {
                first = token.start;
                break;
            }
        }
        pg_query__scan_result__free_unpacked(tokens, nullptr);
    }
    pg_query_free_scan_result(scanned);
    return first;
}

} // namespace holdpoint
