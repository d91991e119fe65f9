// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QByteArray>

#include <optional>

namespace holdpoint {

/// Finds the statements of a script, in time linear in its length. What ends a statement is told by
/// sqlite3_complete() alone, triggers included; this class only asks it about pieces instead of the whole.
class SqliteSplitter
{
public:
    explicit SqliteSplitter(QByteArray script);

    /// From the first token to the end, without the semicolon and the white space before it.
    struct Extent
    {
        qsizetype start = 0;
        qsizetype end = 0;
    };
    /// The next statement, none at the end. Error: a string, a name or a comment that does not end.
    [[nodiscard]] Result<std::optional<Extent>> next();

private:
    /// Moves m_at over white space, comments and empty statements.
    void skipToToken();
    [[nodiscard]] Extent extent(qsizetype start, qsizetype end) const;
    [[nodiscard]] bool completes(qsizetype from, qsizetype to, const char* after);
    [[nodiscard]] std::optional<qsizetype> closed(qsizetype from, qsizetype to);
    void remember(qsizetype from, qsizetype to);
    [[nodiscard]] Result<std::optional<Extent>> rest(qsizetype start, qsizetype from);

    QByteArray m_script;
    QByteArray m_piece;
    qsizetype m_at = 0;
    const char* m_before = ""; ///< stands for the statement's text up to the piece
};

} // namespace holdpoint
