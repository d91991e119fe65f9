// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/postgresnesting.h"

#include <QList>

#include <algorithm>

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

namespace holdpoint {

namespace {

enum class Part { Opens, Closes, Separates, Chains, Other };

/// Operators of one list element chain up on their left side, brackets nest, list elements stand side by side.
Part partOf(PgQuery__Token token)
{
    switch (token) {
    case PG_QUERY__TOKEN__ASCII_40: // (
    case PG_QUERY__TOKEN__ASCII_91: // [
    case PG_QUERY__TOKEN__CASE:
    case PG_QUERY__TOKEN__BEGIN_P: return Part::Opens;
    case PG_QUERY__TOKEN__ASCII_41:
    case PG_QUERY__TOKEN__ASCII_93:
    case PG_QUERY__TOKEN__END_P: return Part::Closes;
    case PG_QUERY__TOKEN__ASCII_44: // ,
    case PG_QUERY__TOKEN__ASCII_59: // ;
    case PG_QUERY__TOKEN__WHEN:
    case PG_QUERY__TOKEN__THEN:
    case PG_QUERY__TOKEN__ELSE: return Part::Separates;
    case PG_QUERY__TOKEN__IDENT:
    case PG_QUERY__TOKEN__SCONST:
    case PG_QUERY__TOKEN__ICONST:
    case PG_QUERY__TOKEN__FCONST:
    case PG_QUERY__TOKEN__PARAM:
    case PG_QUERY__TOKEN__ASCII_46: // .
    case PG_QUERY__TOKEN__AND: // AND and OR make one flat list
    case PG_QUERY__TOKEN__OR:
    case PG_QUERY__TOKEN__NULL_P:
    case PG_QUERY__TOKEN__TRUE_P:
    case PG_QUERY__TOKEN__FALSE_P: return Part::Other;
    default: return Part::Chains;
    }
}

struct Level
{
    int chain = 0; // of the element at hand
    int inside = 0; // the deepest bracket in that element
    int deepest = 0; // of the elements before
    void separate()
    {
        deepest = std::max(deepest, chain + inside);
        chain = 0;
        inside = 0;
    }
};

int nestingOf(const PgQuery__ScanResult& tokens)
{
    QList<Level> levels(1);
    const auto close = [&levels] {
        levels.last().separate();
        const int depth = levels.takeLast().deepest + 1;
        levels.last().inside = std::max(levels.last().inside, depth);
    };
    for (size_t i = 0; i < tokens.n_tokens; ++i) {
        const PgQuery__Token token = tokens.tokens[i]->token;
        const Part part = partOf(token);
        if (part == Part::Opens)
            levels.append(Level());
        else if (part == Part::Closes && levels.size() > 1)
            close();
        else if (part == Part::Separates || token == PG_QUERY__TOKEN__AND || token == PG_QUERY__TOKEN__OR)
            levels.last().separate();
        else if (part == Part::Chains)
            ++levels.last().chain;
    }
    while (levels.size() > 1)
        close();
    levels.last().separate();
    return levels.constLast().deepest;
}

} // namespace

int postgresNesting(const QByteArray& text)
{
    int nesting = 0;
    const PgQueryScanResult scanned = pg_query_scan(text.constData());
    if (scanned.error == nullptr) {
        PgQuery__ScanResult* tokens = pg_query__scan_result__unpack(
            nullptr, scanned.pbuf.len, reinterpret_cast<const uint8_t*>(scanned.pbuf.data));
        if (tokens != nullptr)
            nesting = nestingOf(*tokens);
        pg_query__scan_result__free_unpacked(tokens, nullptr);
    }
    pg_query_free_scan_result(scanned);
    return nesting;
}

} // namespace holdpoint
