// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresscan.h"

#include "effects/postgresquestions.h"
#include "effects/postgresversionquestions.h"

#include <algorithm>

namespace holdpoint {

namespace {

/// Of those of which the other world sees nothing at their place.
void keepUnless(PostgresVersions& versions, PostgresPlaces& elsewhere)
{
    std::sort(elsewhere.begin(), elsewhere.end());
    for (qsizetype version = 0; version < versions.size(); ++version) {
        if (!std::binary_search(elsewhere.begin(), elsewhere.end(), versions.place(version)))
            versions.keep(version);
    }
}

} // namespace

Result<PostgresVersions> readVersions(PostgresConnection& connection, const TableName& table,
                                      const PostgresShape& shape)
{
    PostgresVersions versions;
    Result<void> read;
    connection.submitLooking(versionsWhere(connection, table, shape, PostgresTouching::Birth, {}), versions.look(read),
                             [&read](const Result<Rowset>& answer) { read = answer ? read : answer.error(); });
    const auto flushed = connection.flush();
    if (!read || !flushed)
        return read ? flushed.error() : read.error();
    return versions;
}

Result<PostgresFoundRows> scanChanges(const PostgresWorlds& worlds, const TableName& table, const PostgresShape& shape)
{
    // Another session's row lock may replace the xmax by a multixact at any moment: no upper bound is safe.
    const QByteArray ended = "age(t.xmax) <= age('" + worlds.firstXid
        + "'::xid) OR mxid_age(t.xmax) BETWEEN 0 AND mxid_age('" + worlds.firstMulti + "'::xid)";
    PostgresQuestions scans(worlds);
    PostgresVersions fresh;
    PostgresVersions old;
    scans.ask(worlds.before, versionsWhere(worlds.before, table, shape, PostgresTouching::End, ended), old);
    scans.ask(worlds.now, versionsWhere(worlds.now, table, shape, PostgresTouching::Birth, bornInBatch(worlds)), fresh);
    if (auto answered = scans.wait(); !answered)
        return answered.error();

    // The ids may also be those of row locks, or of a distant past: a version that the other world sees at the same
    // place did not change.
    PostgresQuestions questions(worlds);
    const Value oldPlaces = old.places();
    PostgresPlaces stillThere;
    PostgresPlaces thereBefore;
    PostgresPlaces chain;
    questions.ask(worlds.before, visibleAt(worlds.before, table, fresh.places()), thereBefore);
    questions.ask(worlds.now, visibleAt(worlds.now, table, oldPlaces), stillThere);
    questions.ask(worlds.now, successorsOf(worlds.now, table, oldPlaces), chain);
    if (auto answered = questions.wait(); !answered)
        return answered.error();
    for (qsizetype version = 0; version < old.size(); ++version)
        old.setSuccessor(version, chain[static_cast<size_t>(version)]);
    keepUnless(fresh, thereBefore);
    keepUnless(old, stillThere);
    return pairVersions(old, fresh);
}

} // namespace holdpoint
