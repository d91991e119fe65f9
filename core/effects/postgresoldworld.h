// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgressequences.h"
#include "effects/postgrestouched.h"
#include "effects/postgreswrittentable.h"
#include "session/postgresconnection.h"

namespace holdpoint {

/// The world as it was before a batch: the batch's own snapshot, which the companion of its connection keeps.
/// The batch exports it, so that its first statement need not wait until the companion has begun.
class PostgresOldWorld
{
public:
    explicit PostgresOldWorld(PostgresConnection& now)
        : m_now(now)
    {
    }
    PostgresOldWorld(const PostgresOldWorld&) = delete;
    PostgresOldWorld& operator=(const PostgresOldWorld&) = delete;
    ~PostgresOldWorld();

    /// What must happen between now and the snapshot.
    using Beforehand = std::function<Result<void>(PostgresConnection& before)>;
    /// Those who ask something as it begins.
    struct Askers
    {
        PostgresSequences& sequences;
        PostgresTouched& touched;
        PostgresRecentTables& recent;
    };
    /// Begins both transactions, the batch's too unless `beforehand` did; else in `world`, unless that is empty.
    [[nodiscard]] Result<void> open(const Askers& askers, const Beforehand& beforehand, const QByteArray& world);
    [[nodiscard]] bool isOpen() const { return m_before != nullptr; }
    /// Without waiting; close() must follow.
    void submitClose() { m_before->submitRollback(); }
    [[nodiscard]] Result<void> close();

    [[nodiscard]] PostgresConnection& connection() const { return *m_before; }
    [[nodiscard]] QByteArray firstXid() const { return part(1); }
    [[nodiscard]] QByteArray firstMulti() const { return part(2); }
    /// How a session of this target prints values, as printedAs() asks for it; the companion's own settings, which
    /// nothing changes.
    [[nodiscard]] Row printing() const;
    [[nodiscard]] static QByteArray printedAs();
    /// Makes a transaction print values alike, and find the system's catalogs and operators whatever the batch has
    /// named like them. The statement's time-out travels with it.
    [[nodiscard]] Statement printAs(std::chrono::milliseconds statementTimeout) const;

private:
    [[nodiscard]] Result<void> tryOpen(const Askers& askers, const Beforehand& beforehand, const QByteArray& world);
    [[nodiscard]] Result<void> submitBegin(PostgresTouched& touched, const QByteArray& world);
    void submitExport(const Askers& askers);
    [[nodiscard]] Result<void> finishExport(PostgresTouched& touched, bool begins);
    [[nodiscard]] Result<void> importNow();
    [[nodiscard]] Connection::ResultSink into(Rowset& answer);
    [[nodiscard]] QByteArray snapshot() const { return part(0); }
    [[nodiscard]] QByteArray part(int column) const;

    PostgresConnection& m_now;
    PostgresConnection* m_before = nullptr; // the companion, in its transaction
    Cancellation::Registration m_cancels;
    Rowset m_snapshot;
    std::optional<Error> m_error; // of a question asked when it was opened
};

} // namespace holdpoint
