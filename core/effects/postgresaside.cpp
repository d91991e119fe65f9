// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresaside.h"

namespace holdpoint {

Result<std::optional<Rowset>> askAside(Connection& connection, const Statement& question)
{
    constexpr auto aside = "holdpoint_aside";
    if (auto saved = connection.savepoint(aside); !saved)
        return saved.error();
    auto answer = connection.query(question);
    if (!answer && (answer.error().isCancelled() || answer.error().breaksSession()))
        return answer.error();
    const auto ended = answer ? connection.releaseSavepoint(aside) : connection.rollbackTo(aside);
    if (!ended)
        return ended.error();
    return answer ? std::optional(std::move(answer).value()) : std::nullopt;
}

} // namespace holdpoint
