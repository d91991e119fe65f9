// SPDX-License-Identifier: GPL-3.0-or-later
#include "target/target.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

QString engineName(EngineKind engine)
{
    switch (engine) {
    case EngineKind::SQLite: return u"sqlite"_s;
    case EngineKind::PostgreSQL: return u"postgresql"_s;
    }
    Q_UNREACHABLE();
}

QString environmentName(Environment environment)
{
    switch (environment) {
    case Environment::Development: return u"development"_s;
    case Environment::Staging: return u"staging"_s;
    case Environment::Production: return u"production"_s;
    }
    Q_UNREACHABLE();
}

std::optional<Environment> environmentFromName(const QString& name)
{
    for (const Environment environment : { Environment::Development, Environment::Staging, Environment::Production }) {
        if (environmentName(environment) == name)
            return environment;
    }
    return {};
}

} // namespace holdpoint
