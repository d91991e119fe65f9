// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <pg_query/pg_query.pb-c.h>

#include <memory>

namespace holdpoint {

struct PostgresTreeDeleter
{
    void operator()(PgQuery__ParseResult* tree) const { pg_query__parse_result__free_unpacked(tree, nullptr); }
};
using PostgresTree = std::unique_ptr<PgQuery__ParseResult, PostgresTreeDeleter>;

/// PostgreSQL's own parser over a text (UTF-8, without NUL). Error: what it says, with the place. Texts that are too
/// long or nested too deeply for it (which would exhaust memory or stack) are errors too. Any thread.
[[nodiscard]] Result<PostgresTree> parsePostgres(const QByteArray& text);

/// Where the first token that is no comment begins, in bytes; the text's end if there is none.
[[nodiscard]] qsizetype firstPostgresToken(const QByteArray& text);

/// An error at a byte of the text; its position counts characters.
[[nodiscard]] Error postgresErrorAt(const QByteArray& text, qsizetype byte, const QString& message,
                                    const QString& hint = {});

} // namespace holdpoint
