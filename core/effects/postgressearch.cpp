// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreslookup.h"
#include "effects/postgresquestions.h"
#include "effects/postgresversionquestions.h"

#include <algorithm>

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
        if (search.written != nullptr)
            search.table->addWritten(*search.written);
        search.table->addFreshFrom(search.firstFresh);
        findUnknown(search);
    }
    if (auto followed = follow(searches); !followed)
        return followed;
    if (auto read = readLater(searches); !read)
        return read;
    for (Search& search : searches)
        search.table->noteEnded();
    return {};
}

/// Each once, in the order of the table.
void PostgresLookup::findUnknown(Search& search)
{
    const PostgresVersions& old = search.table->old();
    PostgresPlaceMap unknown;
    for (qsizetype version = search.firstOld; version < old.size(); ++version) {
        if (!search.table->knowsOld(old.place(version)))
            unknown.insert(old.place(version), version);
    }
    for (qsizetype i = 0; i < unknown.size(); ++i)
        search.found.push_back(unknown.at(i));
}

/// False: a value that the batch printed is none to the old world; then nothing here is worth more trouble.
Result<bool> PostgresLookup::ask(Searches& searches)
{
    PostgresQuestions questions(m_worlds);
    Rowset ignored;
    questions.ask(m_worlds.before(), { "SAVEPOINT "_ba + lookupSavepoint, {} }, ignored);
    for (Search& search : searches) {
        search.firstOld = search.table->old().size();
        search.firstFresh = search.table->fresh().size();
        for (const PostgresStatements& question : std::as_const(search.old))
            questions.ask(m_worlds.before(), question, search.table->old());
        if (search.fresh)
            questions.ask(m_worlds.now, search.fresh, search.table->fresh());
    }
    const auto answered = questions.wait();
    if (answered) { // it can only fail with the connection, which the next question tells
        m_worlds.before().submit({ "RELEASE SAVEPOINT "_ba + lookupSavepoint, {} }, [](const Result<Rowset>&) {});
        return true;
    }
    const QString& state = answered.error().sqlState;
    if (!state.startsWith("22"_L1) && !state.startsWith("42"_L1))
        return answered.error();
    if (auto back = m_worlds.before().rollbackTo(lookupSavepoint); !back)
        return back.error();
    return false;
}

/// An old version that the batch still sees did not change.
Result<void> PostgresLookup::follow(Searches& searches)
{
    PostgresQuestions questions(m_worlds);
    for (Search& search : searches) {
        if (search.found.empty())
            continue;
        const auto places = [&search] { return search.table->old().places(search.found); };
        const TableName& name = search.table->relation().name;
        questions.ask(m_worlds.now, successorsOf(m_worlds.now, name, places()), search.successors);
        if (search.unsure)
            questions.ask(m_worlds.now, visibleAt(m_worlds.now, name, places()), search.visible);
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
        PostgresPlaces& undecided = search.undecided;
        for (size_t i = 0; !search.unsure && i < search.found.size(); ++i) {
            const PostgresPlace place = search.table->old().place(search.found[i]);
            if (!search.deleted.contains(place) && !search.table->isWritten(search.successors[i]))
                undecided.push_back(place);
        }
        questions.ask(m_worlds.now,
                      visibleAt(m_worlds.now, search.table->relation().name,
                                arraysOf(undecided.size(), [&undecided](size_t index) { return undecided[index]; })),
                      search.visible);
    }
    return questions.wait();
}

void PostgresLookup::takeOld(Search& search)
{
    PostgresPlaces& unchanged = search.visible;
    std::sort(unchanged.begin(), unchanged.end());
    for (size_t i = 0; i < search.found.size(); ++i) {
        const PostgresPlace place = search.table->old().place(search.found[i]);
        const PostgresPlace successor = search.successors[i];
        if (std::binary_search(unchanged.begin(), unchanged.end(), place))
            continue;
        if (successor != place && !search.table->isWritten(successor))
            search.later.push_back(successor);
        search.table->addOld(search.found[i], successor);
    }
}

Result<void> PostgresLookup::readLater(Searches& searches)
{
    PostgresQuestions questions(m_worlds);
    for (Search& search : searches) {
        search.firstFresh = search.table->fresh().size();
        questions.ask(m_worlds.now, atPlaces(m_worlds.now, *search.table, search.later), search.table->fresh());
    }
    if (auto answered = questions.wait(); !answered)
        return answered;
    for (Search& search : searches)
        search.table->addFreshFrom(search.firstFresh);
    return {};
}

} // namespace holdpoint
