// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreslookup.h"
#include "effects/postgresquestions.h"

using namespace Qt::StringLiterals;

// How a lookup's questions are asked: both worlds at once, and all tables at once.

namespace holdpoint {

namespace {

constexpr auto lookupSavepoint = "holdpoint_lookup";

} // namespace

/// Old versions and fresh ones, then the chains between them.
Result<void> PostgresLookup::search(Searches searches)
{
    if (searches.empty() || m_givenUp)
        return {};
    const auto asked = ask(searches);
    if (!asked)
        return asked.error();
    m_givenUp = !*asked;
    if (m_givenUp)
        return {};
    for (Search& search : searches) {
        for (Rowset& rows : search.freshRows)
            search.table->addFresh(versionsOf(std::move(rows), search.table->shape()));
        for (Rowset& rows : search.oldRows) {
            for (PostgresVersion& version : versionsOf(std::move(rows), search.table->shape())) {
                if (!search.table->knowsOld(version.place))
                    search.found.append(std::move(version));
            }
        }
    }
    if (auto followed = follow(searches); !followed)
        return followed;
    if (auto read = readLater(searches); !read)
        return read;
    for (Search& search : searches)
        search.table->noteEnded();
    return {};
}

/// False: a value that the batch printed is none to the old world; then nothing here is worth more trouble.
Result<bool> PostgresLookup::ask(Searches& searches)
{
    PostgresQuestions questions(m_worlds);
    Rowset ignored;
    questions.ask(m_worlds.before, { "SAVEPOINT "_ba + lookupSavepoint, {} }, ignored);
    for (Search& search : searches) {
        search.oldRows.resize(search.old.size());
        for (qsizetype i = 0; i < search.old.size(); ++i)
            questions.ask(m_worlds.before, search.old.at(i), search.oldRows[i]);
        search.freshRows.resize(search.fresh.size());
        for (qsizetype i = 0; i < search.fresh.size(); ++i)
            questions.ask(m_worlds.now, search.fresh.at(i), search.freshRows[i]);
    }
    questions.ask(m_worlds.before, { "RELEASE SAVEPOINT "_ba + lookupSavepoint, {} }, ignored);
    const auto answered = questions.wait();
    if (answered)
        return true;
    const QString& state = answered.error().sqlState;
    if (!state.startsWith("22"_L1) && !state.startsWith("42"_L1))
        return answered.error();
    if (auto back = m_worlds.before.rollbackTo(lookupSavepoint); !back)
        return back.error();
    return false;
}

/// An old version that the batch still sees did not change.
Result<void> PostgresLookup::follow(Searches& searches)
{
    PostgresQuestions questions(m_worlds);
    for (Search& search : searches) {
        if (search.found.isEmpty())
            continue;
        const Value places = placesOf(search.found);
        const TableName& name = search.table->relation().name;
        questions.ask(m_worlds.now, successorsOf(m_worlds.now, name, places), search.successors);
        if (search.unsure)
            questions.ask(m_worlds.now, visibleAt(m_worlds.now, name, places), search.visible);
    }
    if (auto answered = questions.wait(); !answered)
        return answered;
    if (auto checked = checkUndecided(searches); !checked)
        return checked;
    for (Search& search : searches)
        takeOld(search);
    return {};
}

/// Where the chain does not lead to what the batch is known to have written.
Result<void> PostgresLookup::checkUndecided(Searches& searches)
{
    PostgresQuestions questions(m_worlds);
    for (Search& search : searches) {
        PostgresArray undecided;
        const QList<PostgresPlace> successors = placesIn(search.successors);
        for (qsizetype i = 0; !search.unsure && i < search.found.size(); ++i) {
            const PostgresPlace place = search.found.at(i).place;
            if (!search.deleted.contains(place) && !search.table->isWritten(successors.at(i)))
                undecided.append(place);
        }
        if (!undecided.isEmpty())
            questions.ask(m_worlds.now, visibleAt(m_worlds.now, search.table->relation().name, undecided.literal()),
                          search.visible);
    }
    return questions.wait();
}

void PostgresLookup::takeOld(Search& search)
{
    const QList<PostgresPlace> successors = placesIn(search.successors);
    const QList<PostgresPlace> visible = placesIn(search.visible);
    const QSet<PostgresPlace> unchanged(visible.cbegin(), visible.cend());
    for (qsizetype i = 0; i < search.found.size(); ++i) {
        const PostgresPlace place = search.found.at(i).place;
        if (unchanged.contains(place))
            continue;
        if (successors.at(i) != place && !search.table->isWritten(successors.at(i)))
            search.later.append(successors.at(i));
        search.table->addOld(std::move(search.found[i]), successors.at(i));
    }
}

Result<void> PostgresLookup::readLater(Searches& searches)
{
    PostgresQuestions questions(m_worlds);
    std::vector<std::pair<PostgresHypothesis*, Rowset>> answers(searches.size());
    for (size_t i = 0; i < searches.size(); ++i) {
        answers[i].first = searches[i].table;
        if (!searches[i].later.isEmpty())
            questions.ask(m_worlds.now, atPlaces(m_worlds.now, *searches[i].table, searches[i].later),
                          answers[i].second);
    }
    if (auto answered = questions.wait(); !answered)
        return answered;
    for (auto& [table, rows] : answers)
        table->addFresh(versionsOf(std::move(rows), table->shape()));
    return {};
}

} // namespace holdpoint
