// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreswriter.h"
#include "effects/postgreswrittentable.h"

// What a writer must know before a statement runs and may tell when it has run, so that its rows need not be looked up.

namespace holdpoint {

/// The statement itself will tell why its table cannot be found. Once more than rows may have changed, another
/// statement could find other columns than are read here.
PostgresWriter::Target PostgresWriter::readTarget(const TableName& name)
{
    const auto known = m_recent.find(m_connection, name);
    const auto read = known && m_onlyRows ? Result(*known) : readWrittenTable(m_connection, name);
    if (!read && m_meanwhile)
        m_meanwhile = read.error();
    if (!read || read->tables.isEmpty())
        return { false, true, {}, { name }, {}, false };
    const bool lockableGuess = known && m_onlyRows && read->lockable;
    return { read->ordinary, read->triggers, read->key, read->tables, read->shape, lockableGuess };
}

bool PostgresWriter::askNamed(const Marking& marking, const StatementInfo& info)
{
    constexpr int mostNamed = 8; // short ones: many small questions are better asked as one, at the end
    constexpr qsizetype manyKeys = 20000; // bytes
    if (marking.whole->key.size() != 1 || !marking.whole->keyAtOnce || marking.wrote != Wrote::Updated)
        return false;
    for (const StatementInfo::NamedValues& named : info.named) {
        if (named.column != marking.key.constFirst())
            continue;
        if (m_oldWorld.isLate()) { // the batch has one statement, which is this one
            if (marking.first)
                m_told.askFirst(marking.table, *marking.whole, named.array);
            return false;
        }
        const bool many = named.array.size() >= manyKeys;
        if (many)
            m_oldWorld.awaitThere();
        if (many || m_named < mostNamed) {
            m_oldWorld.whenThere([this, table = marking.table, shape = *marking.whole, keys = named.array] {
                m_told.askNamed(table, shape, keys);
            });
        }
        ++m_named;
        return many;
    }
    return false;
}

/// The rows of a statement are put into text after it ran, so with the settings that it leaves.
void PostgresWriter::submitSettingsCheck()
{
    m_connection.submit({ PostgresOldWorld::printedAs(), {}, true }, [this](const Result<Rowset>& answer) {
        if (!answer || answer->rows.constFirst() != m_oldWorld.printing())
            m_told.giveUp();
    });
}

void PostgresWriter::tell(const Marking& marking, const PostgresAnswer& answer)
{
    const PostgresTouch touch { true, answer.text(0, 0).toUInt(), answer.text(0, 1).toUInt() };
    m_told.table(marking.table, *marking.whole)
        .add(answer, placeColumn, marking.wrote, touch, !marking.whole->printsAlike);
}

} // namespace holdpoint
