// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/session.h"

namespace holdpoint {

/// A session lent by a pool: move-only; given back when it ends.
class SessionLease
{
public:
    SessionLease(SessionLease&&) noexcept = default;
    SessionLease& operator=(SessionLease&&) noexcept = default;
    ~SessionLease() = default;

    [[nodiscard]] Session& operator*() const;
    [[nodiscard]] Session* operator->() const;
    /// The connection broke: it is closed instead of being lent again.
    void discard() const;
    /// A writer's lease goes on as one that does not write any more: another writer may come.
    void letOthersWrite() const;

private:
    friend class SessionPool;
    struct Lent;
    explicit SessionLease(std::unique_ptr<Lent, void (*)(Lent*)> lent)
        : m_lent(std::move(lent))
    {
    }

    std::unique_ptr<Lent, void (*)(Lent*)> m_lent;
};

/// The sessions of one target. Any thread but the GUI's may ask; asking may connect and waits.
/// With WriteExclusivity::One there is one writer for all who share the pool: writer() waits until the
/// last lease on it ended, and no other way leads to a session that can write.
/// A PostgreSQL session that was given back is lent again after the server answered, unless it was asked for as one of
/// its own; SQLite's are opened anew, since another program may have replaced the file.
class SessionPool
{
public:
    enum class WriteExclusivity { One, Many };

    SessionPool(Target target, std::shared_ptr<SecretSource> secrets,
                WriteExclusivity exclusivity = WriteExclusivity::One);

    [[nodiscard]] const Target& target() const;
    /// A session that cannot write, whatever is run on it.
    [[nodiscard]] Result<SessionLease> reader(const ConnectionOptions& options) const;
    /// The session that may write. A read-only target gives an error. Cancelling ends the wait, also
    /// that for a server that does not answer.
    [[nodiscard]] Result<SessionLease> writer(const ConnectionOptions& options,
                                              const Cancellation& cancellation = {}) const;

    /// Those that were given back are not lent again.
    void closeIdle() const;

private:
    [[nodiscard]] Result<SessionLease> lend(const ConnectionOptions& options, bool asWriter,
                                            const Cancellation& cancellation) const;

    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace holdpoint
