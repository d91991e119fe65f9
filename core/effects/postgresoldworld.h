// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/capture.h"
#include "effects/postgressequences.h"
#include "effects/postgrestouched.h"
#include "effects/postgreswrittentable.h"
#include "session/postgresconnection.h"

#include <functional>
#include <vector>

namespace holdpoint {

/// The world as it was before a batch: the batch's own snapshot, which the companion of its connection keeps.
/// The batch exports it, so that its first statement need not wait until the companion has begun; or not before
/// somebody asks for it.
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
    /// Begins both transactions, or the batch's alone if it isLate() then, unless `beforehand` did. Where a table is
    /// remembered that the batch's first statement may write, it does not wait: the next flush() of the batch's
    /// connection tells whether its transaction began.
    [[nodiscard]] Result<void> open(const Askers& askers, const Beforehand& beforehand, const Beginning& beginning);
    /// The companion does not begin before it is needed: until the batch has written something, its own connection is
    /// the old world.
    [[nodiscard]] bool isLate() const { return m_isLate; }
    [[nodiscard]] bool isOpen() const { return m_worlds.has_value(); }
    /// Submits a question to the old world as soon as it is there, and sends it; it is dropped if it never is. Not if
    /// it isLate().
    void whenThere(std::function<void()> question);
    /// Waits for what the batch's connection was sent, if that is what it takes. Its errors are told later.
    void awaitThere();
    /// Without waiting; close() must follow.
    void submitClose();
    [[nodiscard]] Result<void> close();

    /// The companion, whether or not it has begun.
    [[nodiscard]] PostgresConnection& connection() const { return m_worlds->companion; }
    /// Of one open(); its ids are known when the batch's transaction has begun.
    [[nodiscard]] const PostgresWorlds& worlds() const { return *m_worlds; }
    /// open() did not wait.
    [[nodiscard]] bool wentOn() const { return m_wentOn; }
    /// What went wrong on the way to it, if it did not.
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    /// How a session of this target prints values, as printedAs() asks for it; the companion's own settings, which
    /// nothing changes.
    [[nodiscard]] Row printing() const;
    [[nodiscard]] static QByteArray printedAs();
    /// Makes a transaction print values alike, and find the system's catalogs and operators whatever the batch has
    /// named like them. The statement's time-out travels with it.
    [[nodiscard]] Statement printAs(std::chrono::milliseconds statementTimeout) const;

private:
    [[nodiscard]] Result<void> tryOpen(const Askers& askers, const Beforehand& beforehand, const Beginning& beginning);
    void askPrinting();
    void submitExport(const Askers& askers);
    void reach();
    [[nodiscard]] Result<void> finishExport(PostgresTouched& touched, bool begins);
    void began(const Result<Rowset>& answer);
    void import(const QByteArray& snapshot);
    void forget();
    void keepError(const Result<Rowset>& answer);

    PostgresConnection& m_now;
    std::optional<PostgresWorlds> m_worlds; // with the companion of `now`
    Cancellation::Registration m_cancels;
    bool m_wentOn = false;
    bool m_isLate = false;
    bool m_isThere = false; // the companion's transaction was sent its BEGIN
    std::vector<std::function<void()>> m_waiting; // until it is there
    std::optional<Error> m_error; // of a question asked when it was opened
};

} // namespace holdpoint
