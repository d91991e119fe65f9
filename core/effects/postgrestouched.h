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
    /// At the beginning of the transaction: submits its question.
    void remember(Connection& now);
    /// Submits the questions that find() needs answered.
    void ask(Connection& now);

    struct Found
    {
        QList<PostgresRelation> tables; ///< with rows of their own, and foreign tables
        QList<qint64> sequences;
        bool counted = true; ///< false: the server does not count (track_counts = off)
        QString xid; ///< the transaction's id, if it has one
        QStringList catalogs; ///< catalogs that changed, "pg_cast: 1 inserted, 0 updated, 0 deleted"
    };
    /// When the questions are answered.
    [[nodiscard]] Result<Found> find(const PostgresWorlds& worlds) const;

private:
    struct Counters
    {
        qint64 inserted = 0;
        qint64 updated = 0;
        qint64 deleted = 0;
    };
    [[nodiscard]] Connection::ResultSink into(Rowset& answer);
    [[nodiscard]] static Counters countersOf(const Row& row);
    [[nodiscard]] static Result<void> addDropped(Connection& before, const QList<qint64>& oids, Found& found);
    [[nodiscard]] static Result<void> markCreated(Connection& before, Found& found);
    static void matchReplaced(Found& found);
    [[nodiscard]] QHash<qint64, Counters> changes() const;
    void addCatalogs(const QHash<qint64, Counters>& changes, Found& found) const;

    std::optional<Error> m_error;
    Rowset m_earlier; // counters
    Rowset m_later;
    Rowset m_transaction;
    Rowset m_locked;
};

/// "{1,2,3}" for an array parameter.
[[nodiscard]] Value arrayOf(const QList<qint64>& numbers);

} // namespace holdpoint
