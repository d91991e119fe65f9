// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace holdpoint {

enum class EngineKind { SQLite, PostgreSQL };
enum class Environment { Development, Staging, Production };

/// Where a batch goes. A value without a secret: a password is asked of a SecretSource when connecting.
struct Target
{
    QString name; ///< what commands call it; unique in a batch and in the list of targets
    EngineKind engine = EngineKind::SQLite;
    QString address; ///< SQLite: an absolute path. PostgreSQL: the libpq URI
    Environment environment = Environment::Development;
    bool readOnly = false;

    friend bool operator==(const Target&, const Target&) = default;
};

[[nodiscard]] QString engineName(EngineKind engine); ///< "sqlite", "postgresql"
[[nodiscard]] QString environmentName(Environment environment); ///< "development", "staging", "production"
[[nodiscard]] std::optional<Environment> environmentFromName(const QString& name);

} // namespace holdpoint
