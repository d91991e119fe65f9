// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/givensecrets.h"

#include "session/postgresconninfo.h"

namespace holdpoint {

GivenSecrets::GivenSecrets(std::shared_ptr<SecretSource> further)
    : m_further(std::move(further))
{
}

void GivenSecrets::give(const Target& target, const QString& password)
{
    const QString key = passwordKey(target);
    const std::lock_guard lock(m_mutex);
    m_passwords.insert(key, password);
}

Result<std::optional<QString>> GivenSecrets::password(const Target& target)
{
    const QString key = passwordKey(target);
    {
        const std::lock_guard lock(m_mutex);
        if (const auto given = m_passwords.constFind(key); given != m_passwords.cend())
            return std::optional<QString>(*given);
    }
    return m_further ? m_further->password(target) : std::optional<QString>();
}

QString passwordKey(const Target& target)
{
    return target.engine == EngineKind::PostgreSQL ? serverAndUser(target.address) : target.address;
}

} // namespace holdpoint
