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

constexpr qint64 leastPages = 2000; // of a large table

/// A transaction id later than all of the batch's, if it is worth one: the old world takes it for itself.
Result<std::optional<quint32>> laterXid(const PostgresWorlds& worlds, const PostgresRelation& relation)
{
    if (relation.pages < leastPages)
        return std::optional<quint32>();
    const auto taken = worlds.before.query({ "SELECT pg_current_xact_id()::xid::text", {}, true });
    if (!taken)
        return taken.error();
    return std::optional(taken->rows.at(0).at(0).toText().toUInt());
}

/// How far a scan is: rows at places all over the table are asked for too, and come as it passes them. The other world
/// sees each of them at the same place, so they are no changes.
class ScanProgress
{
public:
    ScanProgress(const PostgresConnection& connection, const PostgresRelation& relation,
                 const Capture::Advance& advance)
        : m_advance(advance)
        , m_pages(relation.pages)
    {
        constexpr qint64 mostMarks = 4000;
        constexpr int hashesLists = 140000; // an older server would compare each row with each mark
        if (m_advance && m_pages >= leastPages && connection.serverVersion() >= hashesLists)
            m_step = std::max(m_pages / mostMarks, qint64(4));
    }
    [[nodiscard]] QByteArray orMarked(const QByteArray& condition) const
    {
        if (m_step == 0)
            return condition;
        PostgresArray marks;
        for (qint64 page = 0; page < m_pages; page += m_step)
            marks.append(markOn(page));
        return condition + " OR t.ctid = ANY ('" + marks.literal().toText().toLatin1() + "'::tid[])";
    }
    void look(const PostgresVersions& versions)
    {
        if (m_step == 0)
            return;
        for (; m_seen < versions.size(); ++m_seen) {
            const PostgresPlace place = versions.place(m_seen);
            const qint64 page = pageOf(place);
            m_passed += page % m_step == 0 && place == markOn(page) ? m_step : 0;
        }
        m_advance(std::min(m_passed, m_pages), m_pages);
    }

private:
    [[nodiscard]] static PostgresPlace markOn(qint64 page) { return placeOn(page, 1); }

    const Capture::Advance& m_advance;
    qint64 m_pages;
    qint64 m_step = 0; // pages from mark to mark; 0: there are none
    qint64 m_passed = 0; // pages
    qsizetype m_seen = 0; // versions
};

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

Result<PostgresFoundRows> scanChanges(const PostgresWorlds& worlds, const PostgresRelation& relation,
                                      const PostgresShape& shape, const Capture::Advance& advance)
{
    const TableName& table = relation.name;
    const auto later = laterXid(worlds, relation);
    if (!later)
        return later.error();
    ScanProgress progress(worlds.now, relation, advance);
    PostgresQuestions scans(worlds);
    PostgresVersions fresh;
    PostgresVersions old;
    scans.ask(worlds.before,
              versionsWhere(worlds.before, table, shape, PostgresTouching::End, endedInBatch(worlds, *later)), old);
    scans.ask(worlds.now,
              versionsWhere(worlds.now, table, shape, PostgresTouching::Birth,
                            progress.orMarked(bornInBatch(worlds, *later))),
              fresh, [&] { progress.look(fresh); });
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
