// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgreshypothesis.h"
#include "effects/postgreslinks.h"
#include "effects/postgresversionquestions.h"

#include <map>

namespace holdpoint {

/// Finds changed rows without scanning their tables: by what direct statements returned, through foreign keys whose
/// actions may have reached them, and as rows that were added behind the last one. All of it is guessed, and
/// counts for a table only when the server's counters confirm that nothing else changed in it.
class PostgresLookup
{
public:
    explicit PostgresLookup(const PostgresWorlds& worlds)
        : m_worlds(worlds)
    {
    }

    /// A table whose counters can be believed. `candidates` may be null, and must live as long as this.
    void add(const PostgresRelation& relation, const PostgresShape& shape, const PostgresCandidates* candidates);
    /// A table whose rows are all known.
    void addKnown(const PostgresRelation& relation, const PostgresShape& shape, const RowChanges& rows);
    /// Looks as far as there is something to look by.
    [[nodiscard]] Result<void> run();
    [[nodiscard]] bool isConfirmed(qint64 oid) const;
    /// Of a confirmed table.
    [[nodiscard]] PostgresFoundRows rows(qint64 oid) const { return m_hypotheses.at(oid).rows(); }
    /// What a scan found in a table that is not confirmed: its foreign keys may lead further.
    void learn(qint64 oid, const RowChanges& rows);

private:
    /// Questions about one table, and what is not yet known of their answers.
    struct Search
    {
        PostgresHypothesis* table = nullptr;
        QList<PostgresStatements> old; ///< for the old world
        PostgresStatements fresh; ///< for the batch's; none: nothing is asked
        const PostgresPlaces* written = nullptr; // by statements that told it; of no use without the answers
        qsizetype firstOld = 0; // of the versions that answer
        qsizetype firstFresh = 0;
        PostgresPlaceMap deleted; // old versions that a statement is known to have deleted
        bool unsure = false; // whether the old versions changed
        SpillVector<qsizetype> found; // old versions that are not known yet
        PostgresPlaces successors; // of these
        PostgresPlaces undecided;
        PostgresPlaces visible;
        PostgresPlaces later; // successors that are not known yet
    };
    using Searches = std::vector<Search>;
    struct Path
    {
        PostgresLink link;
        size_t seen = 0; // of the parent's ended rows
    };

    [[nodiscard]] Result<void> searchDirect();
    [[nodiscard]] Result<void> searchLinks();
    [[nodiscard]] Result<void> searchAppended();
    [[nodiscard]] Result<void> searchRising(const QHash<qint64, QString>& columns);
    [[nodiscard]] Result<void> searchTail();
    [[nodiscard]] Result<void> addUnknownBefore(const std::map<qint64, qsizetype>& answers);
    [[nodiscard]] QList<qint64> missingInserts() const;
    [[nodiscard]] Result<void> search(Searches searches);
    [[nodiscard]] Result<bool> ask(Searches& searches);
    [[nodiscard]] Result<void> follow(Searches& searches);
    [[nodiscard]] Result<void> readLater(Searches& searches);
    [[nodiscard]] Result<void> checkUndecided(Searches& searches);
    static void findUnknown(Search& search);
    static void takeOld(Search& search);
    [[nodiscard]] QList<qint64> open() const;
    [[nodiscard]] Result<void> readPaths();
    [[nodiscard]] PostgresStatements throughLink(Path& path, const PostgresHypothesis& child);
    [[nodiscard]] Statement byKey(const PostgresHypothesis& table, const QStringList& columns,
                                  const QList<PostgresArray>& values) const;
    /// The candidates must live as long as what it gives.
    [[nodiscard]] PostgresStatements byToldKeys(const PostgresHypothesis& table,
                                                const PostgresCandidates& candidates) const;
    /// The places must live as long as what it gives.
    [[nodiscard]] PostgresStatements atPlaces(PostgresConnection& connection, const PostgresHypothesis& table,
                                              const PostgresPlaces& places) const;

    const PostgresWorlds& m_worlds;
    std::map<qint64, PostgresHypothesis> m_hypotheses;
    std::optional<QList<Path>> m_paths;
    bool m_begun = false;
    bool m_givenUp = false;
};

} // namespace holdpoint
