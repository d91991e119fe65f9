// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/undoorder.h"

#include "effects/keymatch.h"
#include "effects/rowidorder.h"
#include "effects/setaside.h"
#include "effects/stepgraph.h"
#include "effects/undoreferences.h"

#include <QMap>
#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

class UndoSorter
{
public:
    UndoSorter(const TargetEffects& effects, const QList<const Table*>& described);
    [[nodiscard]] UndoOrder sorted();

private:
    void orderTables();
    void placeTable(int table, QSet<int>& visited);
    void addKeyEdges(int table);
    void addOpaqueKeyEdges(int table);
    void addRowidEdges();
    void addReferenceEdges(const UndoReference& reference, const KeyChanges& parent);
    void addRowEdges(const UndoReference& reference, const KeyChanges& parent, int step, const RowChange& row);
    [[nodiscard]] std::vector<int> naturalOrder() const;
    [[nodiscard]] const TableEffects& table(int index) const { return m_effects.tables.at(index); }
    [[nodiscard]] int tableOf(int step) const;
    [[nodiscard]] int tableCount() const { return static_cast<int>(m_effects.tables.size()); }
    [[nodiscard]] int rowCount() const { return m_firstStep.back(); }
    void setRowsAside();
    [[nodiscard]] int returnOf(int step) const { return m_return.value(step, step); }
    [[nodiscard]] UndoStep stepOf(int step) const;

    const TargetEffects& m_effects;
    const QList<const Table*>& m_described;
    // A step is a row's place over all tables. The return of a row that is set aside has a step of its own behind them.
    std::vector<int> m_firstStep; // of each table; then the number of rows
    std::vector<int> m_aside; // steps of the rows set aside, in the order of their returns
    int m_gates = 0; // steps behind all others that do nothing: what waits for many waits for one of them
    QHash<int, int> m_return; // by step
    QList<UndoReference> m_references;
    std::vector<int> m_parentsFirst; // tables
    StepGraph m_graph;
    QHash<int, QList<int>> m_cascaded; // by step
};

UndoSorter::UndoSorter(const TargetEffects& effects, const QList<const Table*>& described)
    : m_effects(effects)
    , m_described(described)
    , m_references(undoReferences(effects, described))
{
    int next = 0;
    for (const TableEffects& table : effects.tables) {
        m_firstStep.push_back(next);
        next += static_cast<int>(table.rows.size());
    }
    m_firstStep.push_back(next);
}

int UndoSorter::tableOf(int step) const
{
    const auto after = std::ranges::upper_bound(m_firstStep, step);
    return static_cast<int>(after - m_firstStep.begin()) - 1;
}

void UndoSorter::placeTable(int index, QSet<int>& visited)
{
    if (visited.contains(index))
        return;
    visited.insert(index);
    for (const UndoReference& reference : std::as_const(m_references)) {
        if (reference.child == index)
            placeTable(reference.parent, visited);
    }
    m_parentsFirst.push_back(index);
}

void UndoSorter::orderTables()
{
    QSet<int> visited;
    for (int index = 0; index < tableCount(); ++index)
        placeTable(index, visited);
}

void UndoSorter::setRowsAside()
{
    for (int index = 0; index < tableCount(); ++index) {
        const int first = m_firstStep[static_cast<size_t>(index)];
        for (const int row : rowsSetAside(table(index), *m_described.at(index))) {
            m_return.insert(first + row, rowCount() + static_cast<int>(m_aside.size()));
            m_graph.addEdge(first + row, m_return.value(first + row), StepGraph::Strength::Demand);
            m_aside.push_back(first + row);
        }
    }
}

// Unique values are freed before they are taken again.
std::vector<int> UndoSorter::naturalOrder() const
{
    std::vector<int> order;
    order.reserve(static_cast<size_t>(rowCount()) + m_aside.size());
    const auto append = [&](int index, auto fits) {
        const RowChanges& rows = table(index).rows;
        for (qsizetype row = 0; row < rows.size(); ++row) {
            const int step = m_firstStep[static_cast<size_t>(index)] + static_cast<int>(row);
            if (const int wanted = fits(rows.at(row).change, step); wanted >= 0)
                order.push_back(wanted);
        }
    };
    const auto goes = [&](ChangeKind change, int step) {
        return change == ChangeKind::Insert || m_return.contains(step) ? step : -1;
    };
    const auto changes = [&](ChangeKind change, int step) {
        return change == ChangeKind::Update && !m_return.contains(step) ? step : -1;
    };
    const auto comes
        = [&](ChangeKind change, int step) { return change == ChangeKind::Delete ? step : m_return.value(step, -1); };
    for (auto index = m_parentsFirst.rbegin(); index != m_parentsFirst.rend(); ++index)
        append(*index, goes);
    for (int gate = 0; gate < m_gates; ++gate)
        order.push_back(rowCount() + static_cast<int>(m_aside.size()) + gate);
    for (const int index : m_parentsFirst)
        append(index, changes);
    for (const int index : m_parentsFirst)
        append(index, comes);
    return order;
}

// A unique value is taken away from the row that has it before another row gets it back.
void UndoSorter::addKeyEdges(int index)
{
    const TableEffects& effects = table(index);
    for (const QList<int>& key : keysByValue(effects, *m_described.at(index))) {
        const bool anyKeyChanged = std::ranges::any_of(effects.rows, [&](const RowChange& row) {
            return row.change == ChangeKind::Update && keyBytes(row.before, key) != keyBytes(row.after, key);
        });
        if (!anyKeyChanged)
            continue;
        const KeyChanges keys(effects, key, m_firstStep[static_cast<size_t>(index)]);
        for (auto back = keys.broughtBack().begin(); back != keys.broughtBack().end(); ++back) {
            const int remover = keys.takenAwayBy(back.key());
            if (remover != KeyChanges::none && remover != returnOf(back.value()))
                m_graph.addEdge(remover, returnOf(back.value()), StepGraph::Strength::Demand);
        }
    }
}

// Which values are equal is not told here (1.0 and 1.00): all are taken away before any is brought back. Of the rows
// that change the key as a whole there is one at most: others are set aside.
void UndoSorter::addOpaqueKeyEdges(int index)
{
    if (m_graph.isEmpty())
        return; // the natural order does it
    const int first = m_firstStep[static_cast<size_t>(index)];
    for (const QList<int>& key : keysNotByValue(table(index), *m_described.at(index))) {
        std::vector<int> goes;
        std::vector<int> comes;
        int gate = -1;
        for (int row = 0; row < table(index).rows.size(); ++row) {
            const RowChange& change = table(index).rows.at(row);
            const int step = first + row;
            const bool isAside = m_return.contains(step);
            if (change.change == ChangeKind::Insert || isAside)
                goes.push_back(step);
            if (change.change == ChangeKind::Delete || isAside)
                comes.push_back(returnOf(step));
            if (change.change == ChangeKind::Update && !isAside && changesKey(change, key))
                gate = step;
        }
        if (goes.empty() && comes.empty())
            continue;
        if (gate < 0)
            gate = rowCount() + static_cast<int>(m_aside.size()) + m_gates++;
        for (const int step : goes)
            m_graph.addEdge(step, gate, StepGraph::Strength::Demand);
        for (const int step : comes)
            m_graph.addEdge(gate, step, StepGraph::Strength::Demand);
    }
}

// The natural order does it alone, where no row moved and nothing else asks for another one.
void UndoSorter::addRowidEdges()
{
    if (m_graph.isEmpty() && std::ranges::none_of(m_effects.tables, hasMovedRows))
        return;
    for (int index = 0; index < tableCount(); ++index) {
        const int first = m_firstStep[static_cast<size_t>(index)];
        for (const auto& [leaves, returns] : rowidsPassedOn(table(index)))
            m_graph.addEdge(first + leaves, returnOf(first + returns), StepGraph::Strength::Preference);
    }
}

void UndoSorter::addReferenceEdges(const UndoReference& reference, const KeyChanges& parent)
{
    const RowChanges& rows = table(reference.child).rows;
    const int first = m_firstStep[static_cast<size_t>(reference.child)];
    for (qsizetype row = 0; row < rows.size(); ++row)
        addRowEdges(reference, parent, first + static_cast<int>(row), rows.at(row));
}

void UndoSorter::addRowEdges(const UndoReference& reference, const KeyChanges& parent, int step, const RowChange& row)
{
    const QByteArray before = keyBytes(row.before, reference.columns);
    const QByteArray after = keyBytes(row.after, reference.columns);
    if (before == after)
        return;
    const bool soft = reference.deferrable || m_effects.engine == EngineKind::SQLite;
    const auto strength = soft ? StepGraph::Strength::Wish : StepGraph::Strength::Preference;
    const int broughtBackBy = before.isEmpty() ? KeyChanges::none : parent.broughtBackBy(before);
    const int takenAwayBy = after.isEmpty() ? KeyChanges::none : parent.takenAwayBy(after);
    if (broughtBackBy != KeyChanges::none && broughtBackBy != step)
        m_graph.addEdge(returnOf(broughtBackBy), returnOf(step), strength);
    if (takenAwayBy == KeyChanges::none || takenAwayBy == step)
        return;
    if (takenAwayBy == broughtBackBy && reference.cascades)
        m_cascaded[step] += reference.columns;
    else
        m_graph.addEdge(step, takenAwayBy, strength);
}

UndoStep UndoSorter::stepOf(int step) const
{
    const bool returns = step >= rowCount();
    const int of = returns ? m_aside[static_cast<size_t>(step - rowCount())] : step;
    const int index = tableOf(of);
    UndoStep result { index, of - m_firstStep[static_cast<size_t>(index)], UndoStep::Part::Whole, {} };
    if (returns)
        result.part = UndoStep::Part::Return;
    else if (m_return.contains(of))
        result.part = UndoStep::Part::Removal;
    if (!returns)
        result.cascaded = m_cascaded.value(of);
    return result;
}

UndoOrder UndoSorter::sorted()
{
    orderTables();
    setRowsAside();
    for (int index = 0; index < tableCount(); ++index)
        addKeyEdges(index);
    for (const UndoReference& reference : std::as_const(m_references)) {
        const KeyChanges parent(table(reference.parent), reference.referenced,
                                m_firstStep[static_cast<size_t>(reference.parent)]);
        if (!parent.isEmpty())
            addReferenceEdges(reference, parent);
    }
    addRowidEdges();
    for (int index = 0; index < tableCount(); ++index)
        addOpaqueKeyEdges(index);
    StepGraph::Order order { naturalOrder() };
    if (!m_graph.isEmpty())
        order = m_graph.sorted(order.steps);
    const size_t rows = static_cast<size_t>(rowCount()) + m_aside.size();
    // The demands make no circle: rows that would close one are set aside.
    Q_ASSERT(order.steps.size() == rows + static_cast<size_t>(m_gates));

    UndoOrder result { {}, order.yielded };
    result.steps.reserve(rows);
    for (const int step : order.steps) {
        if (static_cast<size_t>(step) < rows)
            result.steps.push_back(stepOf(step));
    }
    return result;
}

} // namespace

UndoOrder undoOrder(const TargetEffects& effects, const QList<const Table*>& described)
{
    return UndoSorter(effects, described).sorted();
}

} // namespace holdpoint
