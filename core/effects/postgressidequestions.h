// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/postgresconnection.h"

#include <QList>

#include <functional>
#include <optional>

namespace holdpoint {

/// What the observers of one transaction do for each other; the notes() of its connection.
struct PostgresSideQuestions
{
    /// Each submits a question about the catalogs: to the old world, which has time while the batch's server works, or
    /// behind the batch. None waits, and what its sink needs is its own.
    QList<std::function<void(PostgresConnection& connection)>> open;
    /// What the capture saw, once it has collected: PostgresTouched::Found::mayVary.
    std::optional<bool> mayVary;
};

} // namespace holdpoint
