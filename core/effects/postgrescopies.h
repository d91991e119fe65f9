// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresversions.h"

#include <QHash>
#include <QSet>

#include <map>

namespace holdpoint {

/// A table's rows and columns at one moment.
struct PostgresCopy
{
    qint64 oid = 0;
    qint64 fileNode = 0;
    PostgresShape shape;
    PostgresVersions versions;
    std::optional<quint32> endedSince; ///< they tell who ended them, if its transaction id is this one or a later one
};

/// The difference of two moments of a table whose row versions say nothing (rewritten, truncated): by the primary
/// key, without one by whole rows. Columns are told apart by their numbers; a column that one moment lacks is NULL
/// there. `effects` gets columns and keys of both. Not `rewritten`: each row that is gone was deleted by itself.
[[nodiscard]] PostgresFoundRows diffCopies(const PostgresCopy& before, const PostgresCopy& after, bool rewritten,
                                           TableEffects& effects);

/// Copies of tables that the batch will truncate, alter or drop: nobody else can read them then.
class PostgresCopies
{
public:
    /// Before either world has its snapshot: keeps others from changing the tables, their partitions and children until
    /// the transaction of `now` ends. It has begun and has run no query. What this user may not lock is left alone.
    [[nodiscard]] Result<void> lock(Connection& now, Connection& before, const QList<TableName>& names);
    [[nodiscard]] bool isLocked(qint64 oid) const { return m_locked.contains(oid); }
    /// Copies the tables, their partitions and children, and what references them. A total of 256 MB is copied.
    [[nodiscard]] Result<void> take(PostgresConnection& connection, const QList<TableName>& names);
    [[nodiscard]] const PostgresCopy* find(qint64 oid) const;
    /// Why a table that find() does not know was not copied.
    [[nodiscard]] QString whyNot(qint64 oid) const;

private:
    std::map<qint64, PostgresCopy> m_copies;
    QHash<qint64, QString> m_refused;
    QSet<qint64> m_locked;
};

} // namespace holdpoint
