// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/settle.h"

#include "execution/passreport.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

Result<bool> rowExists(Connection& connection, const TableEffects& table, const Row& row)
{
    const bool postgres = connection.engine() == EngineKind::PostgreSQL;
    Statement statement;
    statement.text = "SELECT 1 FROM " + connection.quoted(table.name.schema) + '.' + connection.quoted(table.name.table)
        + " WHERE ";
    for (int column = 0; column < table.columns.size(); ++column) {
        statement.text += column == 0 ? "" : " AND ";
        statement.text += connection.quoted(table.columns.at(column)) + (postgres ? "::text" : "")
            + (postgres ? " IS NOT DISTINCT FROM " : " IS ") + connection.placeholder(column + 1);
        statement.parameters.append(row.at(column));
    }
    statement.text += " LIMIT 1";
    const auto found = connection.query(statement);
    if (!found)
        return found.error();
    return !found->rows.isEmpty();
}

struct Votes
{
    qint64 committed = 0;
    qint64 rolledBack = 0;
};

Result<void> vote(Connection& connection, const TableEffects& table, const RowChange& row, Votes& votes)
{
    const auto oldThere = row.before.isEmpty() ? Result<bool>(false) : rowExists(connection, table, row.before);
    if (!oldThere)
        return oldThere.error();
    const auto newThere = row.after.isEmpty() ? Result<bool>(false) : rowExists(connection, table, row.after);
    if (!newThere)
        return newThere.error();
    const bool asAfter = row.after.isEmpty() ? !*oldThere : (*newThere && !*oldThere);
    const bool asBefore = row.before.isEmpty() ? !*newThere : (*oldThere && !*newThere);
    votes.committed += asAfter;
    votes.rolledBack += asBefore;
    return {};
}

std::optional<CommitEnd> settledEnd(const PoolSource& pools, const Target& target, const RunOptions& options,
                                    const TargetReport& report, const TargetEffects* effects)
{
    auto reader = pools(target)->reader(options.connection);
    if (!reader)
        return {}; // it cannot be asked now: stays as it is, and `resolve` asks later
    auto end = (*reader)
                   ->run([&](Connection& connection) -> Result<std::optional<CommitEnd>> {
                       auto settled = connection.settle(report.evidence);
                       if (!settled || *settled || !effects || report.outcome != Outcome::InDoubt)
                           return settled;
                       return endByImages(connection, *effects);
                   })
                   .takeResult();
    return end ? *end : std::nullopt;
}

bool isOpenQuestion(const TargetReport& report)
{
    return report.outcome == Outcome::InDoubt
        || (report.outcome == Outcome::RollbackFailed && report.rollbackError && report.rollbackError->breaksSession());
}

} // namespace

Result<std::optional<CommitEnd>> endByImages(Connection& connection, const TargetEffects& effects)
{
    Votes votes;
    for (const TableEffects& table : effects.tables) {
        if (table.internal)
            continue;
        for (const RowChange& row : table.rows) {
            if (const auto voted = vote(connection, table, row, votes); !voted)
                return voted.error();
        }
    }
    if (votes.committed > 0 && votes.rolledBack == 0)
        return std::optional(CommitEnd::Committed);
    if (votes.rolledBack > 0 && votes.committed == 0)
        return std::optional(CommitEnd::RolledBack);
    return std::optional<CommitEnd>();
}

void settleRun(const PoolSource& pools, const QList<Target>& targets, const RunOptions& options, Run& run)
{
    bool asked = false;
    for (TargetReport& report : run.targets) {
        const auto target = std::ranges::find(targets, report.name, &Target::name);
        if (!isOpenQuestion(report) || target == targets.end())
            continue;
        asked = true;
        const auto end = settledEnd(pools, *target, options, report, effectsOf(run, report.name));
        if (!end || *end == CommitEnd::InDoubt)
            continue;
        report.outcome = *end == CommitEnd::Committed ? Outcome::Committed : Outcome::RolledBack;
        report.evidence.insert(u"settled"_s, outcomeName(report.outcome));
    }
    if (asked)
        run.outcome = overallOutcome(run.targets);
}

} // namespace holdpoint
