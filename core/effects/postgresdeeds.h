// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresfunctions.h"

namespace holdpoint {

/// What the acts mean to whoever may have to take them back.
[[nodiscard]] QList<Caution> deedCautions(const QList<PostgresDeed>& deeds);

/// Volatile functions that may act outside of the database: dblink's, and those in languages that are not trusted, but
/// for the server's own and those of extensions that the server calls trusted.
[[nodiscard]] QList<Caution> functionCautions(const QList<PostgresFunction>& functions,
                                              const QSet<QString>& trustedExtensions);

/// DO blocks in a language that is not trusted.
[[nodiscard]] Result<QList<Caution>> untrustedLanguages(Connection& connection, const QList<PostgresDeed>& deeds);

} // namespace holdpoint
