// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/statement.h"

#include <QList>
#include <QSet>

#include <vector>

struct sqlite3;

namespace holdpoint {

/// Tells of INSERTs whether their own text or parameters gave the rowid of every row, as constants. Asked of SQLite's
/// compiled programs; what is not recognized there, as a rowid that is computed, counts as not given.
class SqliteGivenKeys
{
public:
    explicit SqliteGivenKeys(sqlite3* handle)
        : m_handle(handle)
    {
    }
    /// To be asked about later: a look at a compiled program sets changes() to 0, which the batch may read.
    void note(const Statement& statement, int number) { m_noted.push_back({ statement, number }); }
    /// The numbers of those that gave all keys, of all that were noted since the last call. Before the schema changes,
    /// and in the end.
    [[nodiscard]] QSet<int> given();

private:
    struct Program // what the latest text does
    {
        bool constant = false; // rowids are constants, or these parameters, from 0
        QList<qsizetype> parameters;
    };
    struct Noted
    {
        Statement statement;
        int number;
    };
    [[nodiscard]] Program explain(const QByteArray& text) const;
    [[nodiscard]] bool areGiven(const Statement& statement);

    sqlite3* m_handle;
    std::vector<Noted> m_noted;
    QByteArray m_text;
    Program m_program;
};

} // namespace holdpoint
