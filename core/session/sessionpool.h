// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/session.h"

namespace holdpoint {

/// A session lent by a pool: move-only; given back when it ends. Never outlives its work's QFuture.
class SessionLease
{
public:
    SessionLease(SessionLease&&) noexcept;
    SessionLease& operator=(SessionLease&&) noexcept;
    ~SessionLease();

    [[nodiscard]] Session& operator*() const { return *m_session; }
    [[nodiscard]] Session* operator->() const { return m_session.get(); }

private:
    friend class SessionPool;
    SessionLease(std::shared_ptr<Session> session, std::function<void(std::shared_ptr<Session>)> giveBack);

    std::shared_ptr<Session> m_session;
    std::function<void(std::shared_ptr<Session>)> m_giveBack;
};

/// The sessions of one target. Any thread but the GUI's may ask; asking may connect and waits.
/// With WriteExclusivity::One there is one writer for all of this process: writer() waits until the
/// last lease on it ended, and no other way leads to a session that can write.
class SessionPool
{
public:
    enum class WriteExclusivity { One, Many };

    SessionPool(Target target, ConnectionOptions options, std::shared_ptr<SecretSource> secrets,
                WriteExclusivity exclusivity = WriteExclusivity::One);
    ~SessionPool();

    [[nodiscard]] const Target& target() const;
    /// A session that cannot write. Idle ones are kept and lent again.
    [[nodiscard]] Result<SessionLease> reader();
    /// The session that may write. A read-only target gives an error. Cancelling ends the wait.
    [[nodiscard]] Result<SessionLease> writer(const Cancellation& cancellation = {});

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace holdpoint
