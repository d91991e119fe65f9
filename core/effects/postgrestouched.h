// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresrelation.h"

#include <QHash>

namespace holdpoint {

/// Which relations a transaction touched: by its own locks and the server's counters, which need no privilege.
/// The counters of a session also hold what an earlier transaction of it left unreported, so they are read twice.
class PostgresTouched
{
public:
    /// At the beginning of the transaction.
    [[nodiscard]] Result<void> remember(Connection& now);

    struct Found
    {
        QList<PostgresRelation> tables; ///< with rows of their own, and foreign tables
        QList<qint64> sequences;
        bool counted = true; ///< false: the server does not count (track_counts = off)
        QStringList catalogs; ///< catalogs that changed, "pg_cast: 1 inserted, 0 updated, 0 deleted"
    };
    [[nodiscard]] Result<Found> find(const PostgresWorlds& worlds) const;

private:
    struct Counters
    {
        qint64 inserted = 0;
        qint64 updated = 0;
        qint64 deleted = 0;
    };
    [[nodiscard]] static Result<QHash<qint64, Counters>> counters(Connection& now);
    [[nodiscard]] static Result<void> addDropped(Connection& before, const QList<qint64>& oids, Found& found);
    [[nodiscard]] static Result<void> markCreated(Connection& before, Found& found);
    static void matchReplaced(Found& found);
    [[nodiscard]] Result<void> addCatalogs(Connection& now, const QHash<qint64, Counters>& later, Found& found) const;

    QHash<qint64, Counters> m_earlier;
};

/// "{1,2,3}" for an array parameter.
[[nodiscard]] Value arrayOf(const QList<qint64>& numbers);

} // namespace holdpoint
