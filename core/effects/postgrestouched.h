// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/heldlocks.h"
#include "effects/postgresrelation.h"

#include <QElapsedTimer>
#include <QHash>

namespace holdpoint {

/// Which relations a transaction touched: by its own locks and the server's counters, which need no privilege.
/// The counters of a session also hold what an earlier transaction of it left unreported, so they are read twice.
class PostgresTouched
{
public:
    /// Just before the transaction, where the server can: it reports what it counted so far, so that its counters begin
    /// at 0. It has done so already where the last transaction on the connection was asked as this one will be.
    void reportEarlier(PostgresConnection& now);
    /// Nothing that the transaction could change is asked as it begins.
    [[nodiscard]] static bool isReady(PostgresConnection& now);
    /// At the beginning of the transaction: submits its question, if there may be something to remember.
    void remember(PostgresConnection& now);
    /// The server did not report.
    [[nodiscard]] bool mustRemember() const { return m_reportFailed && m_earlier.columns.isEmpty(); }
    /// Submits the questions that find() needs answered.
    void ask(PostgresConnection& now);

    struct Held
    {
        HeldLock lock;
        qint64 strength = 0;
    };
    struct Found
    {
        QList<PostgresRelation> tables; ///< with rows of their own, and foreign tables
        QList<qint64> sequences;
        bool counted = true; ///< false: the server may not have counted all (track_counts = off)
        QString xid; ///< the transaction's id, if it has one
        std::optional<quint32> newestXid; ///< of it and its subtransactions
        bool advisory = false; ///< it has advisory locks
        /// A relation that it read or wrote is a view, is on another server, or has rules or triggers.
        bool mayVary = false;
        QList<Held> held; ///< what it locks, the strongest first
        std::optional<bool> someoneWaits; ///< for anything in this cluster
        QElapsedTimer sinceAnswered;
        bool runsFunctions = false; ///< a locked relation has something that may: a trigger, a rule, a policy, ...
        QStringList catalogs; ///< catalogs that changed, "pg_cast: 1 inserted, 0 updated, 0 deleted"
    };
    /// When the questions are answered.
    [[nodiscard]] Result<Found> find(const PostgresWorlds& worlds) const;

private:
    struct Counters // since the beginning
    {
        qint64 inserted = 0;
        qint64 updated = 0;
        qint64 deleted = 0;
    };
    [[nodiscard]] static Connection::ResultSink into(Rowset& answer, std::optional<Error>& error);
    struct Apart // what is not looked at like the others
    {
        QList<qint64> gone;
        QList<qint64> indexes; // locked against every reader
    };
    [[nodiscard]] static Result<void> addDropped(const PostgresWorlds& worlds, const QList<qint64>& oids, Found& found);
    [[nodiscard]] static Result<void> markCreated(const PostgresWorlds& worlds, Found& found);
    static void matchReplaced(Found& found);
    [[nodiscard]] static Result<void> markIndexed(const PostgresWorlds& worlds, const QList<qint64>& indexes,
                                                  Found& found);
    void addLocked(const Row& row, Found& found, Apart& apart) const;
    [[nodiscard]] Counters changes(qint64 oid, const Row& row, int column) const;
    void addCatalogs(Found& found) const;

    std::optional<Error> m_error; // of remember()
    std::optional<Error> m_askError; // of the last ask()
    bool m_reported = false;
    bool m_reportFailed = false;
    Rowset m_earlier; // counters
    Rowset m_transaction; // and the catalogs that it changed, with their counters
    Rowset m_locked;
    QElapsedTimer m_sinceLocked; // was answered
};

/// "{1,2,3}" for an array parameter.
[[nodiscard]] Value arrayOf(const QList<qint64>& numbers);

} // namespace holdpoint
