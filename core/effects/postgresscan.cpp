// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresscan.h"

#include "effects/postgresquestions.h"
#include "effects/postgresversionquestions.h"

#include <algorithm>

namespace holdpoint {

namespace {

constexpr qint64 leastPages = 2000; // of a large table
constexpr int hashesLists = 140000; // an older server compares each row with each element

/// What is known just before the scan of a large table.
struct Large
{
    std::optional<quint32> laterXid; ///< than all of the batch's: the old world takes it for itself
    bool canMark = false; ///< to read some whole rows costs little
};

Result<Large> largeTable(const PostgresWorlds& worlds, const PostgresRelation& relation)
{
    if (relation.pages < leastPages || worlds.now.serverVersion() < hashesLists)
        return Large();
    const auto known = worlds.before().query(
        { "SELECT pg_current_xact_id()::xid::text, coalesce((SELECT pg_relation_size(nullif(reltoastrelid, 0))"
          " < pg_relation_size(oid) FROM pg_class WHERE oid = $1::int8::oid), true)",
          { Value::integer(relation.oid) },
          true });
    if (!known)
        return known.error();
    const Row& row = known->rows.constFirst();
    return Large { row.at(0).toText().toUInt(), row.at(1).toBoolean() };
}

/// How far a scan is: rows at places all over the table are asked for too, and come as it passes them.
class ScanProgress
{
public:
    ScanProgress(const PostgresRelation& relation, bool canMark, const Capture::Advance& advance)
        : m_advance(advance)
        , m_pages(relation.pages)
    {
        constexpr qint64 mostMarks = 4000;
        if (m_advance && canMark)
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

/// Those that the batch wrote, as far as the ids tell; not those that only mark the way.
SpillVector<qsizetype> ownVersions(const PostgresVersions& versions, const PostgresWorlds& worlds, const Large& large)
{
    const quint32 first = worlds.firstXid;
    SpillVector<qsizetype> own;
    for (qsizetype version = 0; version < versions.size(); ++version) {
        const quint32 since = versions.touch(version).xid - first;
        if (large.laterXid ? since < *large.laterXid - first : static_cast<qint32>(since) >= 0)
            own.push_back(version);
    }
    return own;
}

SpillVector<qsizetype> allVersions(const PostgresVersions& versions)
{
    SpillVector<qsizetype> all;
    for (qsizetype version = 0; version < versions.size(); ++version)
        all.push_back(version);
    return all;
}

/// Keeps those of which the other world sees nothing at their place.
void keepUnless(PostgresVersions& versions, const SpillVector<qsizetype>& candidates, PostgresPlaces& elsewhere)
{
    std::sort(elsewhere.begin(), elsewhere.end());
    for (const qsizetype version : candidates) {
        if (!std::binary_search(elsewhere.begin(), elsewhere.end(), versions.place(version)))
            versions.keep(version);
    }
}

} // namespace

Result<PostgresVersions> readVersions(PostgresConnection& connection, const TableName& table,
                                      const PostgresShape& shape, PostgresTouching touching)
{
    PostgresVersions versions;
    Result<void> read;
    connection.submitLooking(versionsWhere(connection, table, shape, touching, {}), versions.look(read),
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
    const auto large = largeTable(worlds, relation);
    if (!large)
        return large.error();
    ScanProgress progress(relation, large->canMark, advance);
    PostgresQuestions scans(worlds);
    PostgresVersions fresh;
    PostgresVersions old;
    scans.ask(
        worlds.before(),
        versionsWhere(worlds.before(), table, shape, PostgresTouching::End, endedInBatch(worlds, large->laterXid)),
        old);
    scans.ask(worlds.now,
              versionsWhere(worlds.now, table, shape, PostgresTouching::Birth,
                            progress.orMarked(bornInBatch(worlds, large->laterXid))),
              fresh, [&] { progress.look(fresh); });
    if (auto answered = scans.wait(); !answered)
        return answered.error();

    // The ids may also be those of row locks, or of a distant past: a version that the other world sees at the same
    // place did not change.
    PostgresQuestions questions(worlds);
    const SpillVector<qsizetype> written = ownVersions(fresh, worlds, *large);
    const SpillVector<qsizetype> ended = allVersions(old);
    PostgresPlaces stillThere;
    PostgresPlaces thereBefore;
    PostgresPlaces chain;
    questions.ask(worlds.before(), visibleAt(worlds.before(), table, fresh.places(written)), thereBefore);
    questions.ask(worlds.now, visibleAt(worlds.now, table, old.places(ended)), stillThere);
    questions.ask(worlds.now, successorsOf(worlds.now, table, old.places(ended)), chain);
    if (auto answered = questions.wait(); !answered)
        return answered.error();
    for (const qsizetype version : ended)
        old.setSuccessor(version, chain[static_cast<size_t>(version)]);
    keepUnless(fresh, written, thereBefore);
    keepUnless(old, ended, stillThere);
    return pairVersions(shape, old, fresh);
}

} // namespace holdpoint
