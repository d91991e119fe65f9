// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/setaside.h"

#include "effects/keymatch.h"

#include <algorithm>

namespace holdpoint {

namespace {

QList<int> placesOf(const TableEffects& table, const QStringList& names)
{
    QList<int> places;
    for (const QString& name : names) {
        if (const auto place = table.columns.indexOf(name); place >= 0)
            places.append(static_cast<int>(place));
    }
    return places;
}

/// Which rows wait for which: a row that gets a key back waits for the row that has it now.
class KeyCircles
{
public:
    explicit KeyCircles(qsizetype rows)
        : m_followers(static_cast<size_t>(rows))
        , m_isAside(static_cast<size_t>(rows), false)
    {
    }

    void addKey(const TableEffects& table, const QList<int>& columns);
    void setAside(qsizetype row) { m_isAside[static_cast<size_t>(row)] = true; }
    /// Sets one row of each circle aside.
    void breakUp();
    [[nodiscard]] std::vector<int> aside() const;

private:
    enum class State : char { New, Open, Done };
    void visit(int first, std::vector<State>& states);

    std::vector<std::vector<int>> m_followers;
    std::vector<bool> m_isAside;
};

void KeyCircles::addKey(const TableEffects& table, const QList<int>& columns)
{
    if (std::ranges::none_of(table.rows, [&](const RowChange& row) { return changesKey(row, columns); }))
        return;
    const KeyChanges keys(table, columns, 0);
    for (auto key = keys.broughtBack().begin(); key != keys.broughtBack().end(); ++key) {
        const int remover = keys.takenAwayBy(key.key());
        if (remover != KeyChanges::none && remover != key.value())
            m_followers[static_cast<size_t>(remover)].push_back(key.value());
    }
}

// Depth first without recursion; whoever is met while still open closes a circle.
void KeyCircles::visit(int first, std::vector<State>& states)
{
    struct Place
    {
        int row;
        size_t next = 0;
    };
    std::vector<Place> path { { first } };
    states[static_cast<size_t>(first)] = State::Open;
    while (!path.empty()) {
        Place& place = path.back();
        const auto row = static_cast<size_t>(place.row);
        if (m_isAside[row] || place.next == m_followers[row].size()) {
            states[row] = State::Done;
            path.pop_back();
            continue;
        }
        const int follower = m_followers[row][place.next++];
        State& state = states[static_cast<size_t>(follower)];
        if (state == State::Open) {
            setAside(follower);
        } else if (state == State::New) {
            state = State::Open;
            path.push_back({ follower });
        }
    }
}

void KeyCircles::breakUp()
{
    std::vector<State> states(m_followers.size(), State::New);
    for (size_t row = 0; row < m_followers.size(); ++row) {
        if (states[row] == State::New && !m_followers[row].empty())
            visit(static_cast<int>(row), states);
    }
}

std::vector<int> KeyCircles::aside() const
{
    std::vector<int> rows;
    for (size_t row = 0; row < m_isAside.size(); ++row) {
        if (m_isAside[row])
            rows.push_back(static_cast<int>(row));
    }
    return rows;
}

void setOpaqueAside(const TableEffects& table, const QList<int>& columns, KeyCircles& circles)
{
    const auto isChanged = [&](const RowChange& row) { return changesKey(row, columns); };
    if (std::ranges::count_if(table.rows, isChanged) < 2)
        return;
    for (qsizetype row = 0; row < table.rows.size(); ++row) {
        if (isChanged(table.rows.at(row)))
            circles.setAside(row);
    }
}

/// No UPDATE gives such a column its value back; an INSERT does.
void setIdentityAside(const TableEffects& table, const Table& described, KeyCircles& circles)
{
    QStringList names;
    for (const Column& column : described.columns) {
        if (column.alwaysIdentity)
            names.append(column.name);
    }
    const QList<int> columns = placesOf(table, names);
    for (qsizetype row = 0; row < table.rows.size() && !columns.isEmpty(); ++row) {
        if (changesKey(table.rows.at(row), columns))
            circles.setAside(row);
    }
}

} // namespace

bool changesKey(const RowChange& row, const QList<int>& columns)
{
    return row.change == ChangeKind::Update
        && std::ranges::any_of(columns, [&](int column) { return row.before.at(column) != row.after.at(column); });
}

QList<QList<int>> keysByValue(const TableEffects& table, const Table& described)
{
    QList<QList<int>> keys;
    if (!table.keyColumns.isEmpty())
        keys.append(table.keyColumns);
    for (const UniqueKey& key : described.uniqueKeys) {
        if (key.byValue)
            keys.append(placesOf(table, key.columns));
    }
    return keys;
}

QList<QList<int>> keysNotByValue(const TableEffects& table, const Table& described)
{
    QList<QList<int>> keys;
    for (const UniqueKey& key : described.uniqueKeys) {
        if (!key.byValue)
            keys.append(placesOf(table, key.columns));
    }
    return keys;
}

std::vector<int> rowsSetAside(const TableEffects& table, const Table& described)
{
    if (table.updated == 0)
        return {};
    KeyCircles circles(table.rows.size());
    setIdentityAside(table, described, circles);
    for (const QList<int>& key : keysNotByValue(table, described))
        setOpaqueAside(table, key, circles);
    for (const QList<int>& key : keysByValue(table, described))
        circles.addKey(table, key);
    circles.breakUp();
    return circles.aside();
}

} // namespace holdpoint
