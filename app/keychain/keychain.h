// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "target/secretsource.h"

#include <QFuture>
#include <QThread>

namespace holdpoint {

/// The desktop's keychain: the secret service of the session bus, or KWallet. Any thread may ask.
/// One in a process: QtKeychain runs all its jobs in the thread of the first, so they are run in one of ours, which
/// lives as long as this does. On a machine without a session bus every answer is an Error at once.
class Keychain final : public SecretSource
{
public:
    Keychain();
    Keychain(const Keychain&) = delete;
    Keychain& operator=(const Keychain&) = delete;
    ~Keychain() override;

    /// Waits for the answer: for half a minute, in which a locked keychain may ask the operator to unlock it.
    [[nodiscard]] Result<std::optional<QString>> password(const Target& target) override;
    /// Keeps it for this program's later runs.
    [[nodiscard]] QFuture<Result<void>> keep(const Target& target, const QString& password);

private:
    QThread m_thread;
    QObject* m_worker; // lives in m_thread; starts the jobs
};

} // namespace holdpoint
