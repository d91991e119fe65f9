// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/postgresparser.h"
#include "command/postgresstatement.h"

#include <algorithm>
#include <pg_query.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qsizetype parsedWhole = 1 << 20; // bytes

struct SplitDeleter
{
    void operator()(PgQuerySplitResult* split) const
    {
        pg_query_free_split_result(*split);
        delete split;
    }
};
using Split = std::unique_ptr<PgQuerySplitResult, SplitDeleter>;

/// The parser splits exactly, but not a script with an error; the scanner splits any.
Split split(const QByteArray& script)
{
    if (script.size() <= parsedWhole) {
        Split exact(new PgQuerySplitResult(pg_query_split_with_parser(script.constData())));
        if (exact->error == nullptr)
            return exact;
    }
    return Split(new PgQuerySplitResult(pg_query_split_with_scanner(script.constData())));
}

/// Spaces and comments before a statement belong to nobody.
qsizetype leading(const QByteArray& piece)
{
    qsizetype spaces = 0;
    while (spaces < piece.size() && QByteArrayView(" \t\r\n\f\v").contains(piece.at(spaces)))
        ++spaces;
    const bool comment = spaces < piece.size() && (piece.at(spaces) == '-' || piece.at(spaces) == '/');
    return comment ? firstPostgresToken(piece) : spaces;
}

/// The scanner leaves out what begins like no statement. Only comments and semicolons may be left out.
Result<void> checkLeftOut(const QByteArray& script, qsizetype from, qsizetype to)
{
    const auto harmless = [](char byte) { return QByteArrayView(" \t\r\n\f\v;").contains(byte); };
    while (from < to) {
        const QByteArray rest = script.mid(from, to - from);
        if (std::all_of(rest.begin(), rest.end(), harmless))
            return {};
        const qsizetype token = firstPostgresToken(rest);
        if (token >= rest.size())
            return {};
        if (rest.at(token) != ';') {
            const qsizetype end = std::find_if(rest.begin() + token, rest.end(), harmless) - rest.begin();
            return postgresErrorAt(script, from + token,
                                   u"no statement begins with \"%1\""_s.arg(
                                       QString::fromUtf8(rest.mid(token, std::min<qsizetype>(end - token, 40)))));
        }
        from += token + 1;
    }
    return {};
}

} // namespace

Result<QList<ScriptStatement>> splitPostgresScript(const QString& script)
{
    const QByteArray text = script.toUtf8();
    if (const qsizetype nul = text.indexOf('\0'); nul >= 0)
        return postgresErrorAt(text, nul, u"the script holds a NUL character"_s);
    const Split pieces = split(text);
    if (pieces->error != nullptr) {
        Error error = makeError(ErrorKind::Statement, QString::fromUtf8(pieces->error->message));
        error.position = std::max(pieces->error->cursorpos, 0);
        return error;
    }
    QList<ScriptStatement> statements;
    qsizetype counted = 0; // bytes whose lines are in `line`
    int line = 1;
    qsizetype end = 0; // of the statement before
    for (int i = 0; i < pieces->n_stmts; ++i) {
        const PgQuerySplitStmt& piece = *pieces->stmts[i];
        const qsizetype start = piece.stmt_location;
        const qsizetype length = piece.stmt_len > 0 ? piece.stmt_len : text.size() - start;
        if (const auto checked = checkLeftOut(text, end, start); !checked)
            return checked.error();
        end = start + length;
        const QByteArray raw = text.mid(start, length);
        const qsizetype skipped = leading(raw);
        if (skipped >= raw.size())
            continue;
        line += static_cast<int>(QByteArrayView(text).sliced(counted, start + skipped - counted).count('\n'));
        counted = start + skipped;
        statements.append({ QString::fromUtf8(raw.mid(skipped)).trimmed(), line });
    }
    if (const auto checked = checkLeftOut(text, end, text.size()); !checked)
        return checked.error();
    return statements;
}

} // namespace holdpoint
