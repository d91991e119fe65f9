// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "target/secretsource.h"

#include <QHash>

#include <memory>
#include <mutex>

namespace holdpoint {

/// The passwords that the operator typed, in memory, for as long as the program runs; of other targets `further` is
/// asked. Any thread.
class GivenSecrets final : public SecretSource
{
public:
    explicit GivenSecrets(std::shared_ptr<SecretSource> further = {});

    /// For all targets of the same address and user.
    void give(const Target& target, const QString& password);
    [[nodiscard]] Result<std::optional<QString>> password(const Target& target) override;

private:
    const std::shared_ptr<SecretSource> m_further;
    std::mutex m_mutex;
    QHash<QString, QString> m_passwords;
};

/// Which password it is: "postgresql://user@host:port/dbname", with what libpq fills in. The same for each way
/// to write one address.
[[nodiscard]] QString passwordKey(const Target& target);

} // namespace holdpoint
