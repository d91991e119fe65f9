// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/statement.h"

#include <QList>

struct sqlite3;

namespace holdpoint {

/// Tells of an INSERT whether its own text or parameters give the rowid of every row, as constants. Asked of SQLite's
/// compiled program; what is not recognized there, as a rowid that is computed, counts as not given.
class SqliteGivenKeys
{
public:
    explicit SqliteGivenKeys(sqlite3* handle)
        : m_handle(handle)
    {
    }
    [[nodiscard]] bool areGiven(const Statement& statement);

private:
    struct Program // what the latest text does
    {
        bool constant = false; // rowids are constants, or these parameters, from 0
        QList<qsizetype> parameters;
    };
    [[nodiscard]] Program explain(const QByteArray& text) const;

    sqlite3* m_handle;
    QByteArray m_text;
    Program m_program;
};

} // namespace holdpoint
