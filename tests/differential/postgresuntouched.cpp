// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/postgresuntouched.h"

#include "differential/postgresclient.h"

namespace holdpoint::differential {

RowVersions RowVersions::read(const QString& uri)
{
    PostgresClient client(uri);
    RowVersions versions;
    // One question for all tables would name them all; so many are not there.
    for (const QByteArrayList& table :
         client.rows("SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relpersistence = 'p'"
                     " AND relnamespace = 'public'::regnamespace")) {
        Marks& marks = versions.m_tables[table.constFirst()];
        for (const QByteArrayList& row : client.rows("SELECT o::text, format('%s %s %s', ctid, xmin, xmax) FROM ONLY "
                                                     + table.constFirst() + " o ORDER BY ctid"))
            marks[row.at(0)].append(row.at(1));
    }
    return versions;
}

RowTexts RowVersions::untouched(const RowVersions& later) const
{
    RowTexts texts;
    for (auto table = m_tables.cbegin(); table != m_tables.cend(); ++table) {
        const Marks now = later.m_tables.value(table.key());
        for (auto row = table->cbegin(); row != table->cend(); ++row) {
            if (now.value(row.key()) == *row)
                texts[table.key()].append(row.key());
        }
    }
    return texts;
}

} // namespace holdpoint::differential
