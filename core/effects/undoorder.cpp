// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/undoorder.h"

#include "effects/keymatch.h"
#include "effects/rowidorder.h"
#include "effects/setaside.h"
#include "effects/stepgraph.h"

#include <QMap>
#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// A foreign key of one table that refers to a table that changed too; columns are places in the effects.
struct Reference
{
    int child = 0;
    int parent = 0;
    QList<int> columns;
    QList<int> referenced;
    bool deferrable = false;
    bool cascades = false; ///< ON UPDATE CASCADE
};

class UndoSorter
{
public:
    UndoSorter(const TargetEffects& effects, const QList<const Table*>& described);
    [[nodiscard]] UndoOrder sorted();

private:
    void findReferences();
    void orderTables();
    void placeTable(int table, QSet<int>& visited);
    void addKeyEdges(int table);
    void addRowidEdges();
    void addReferenceEdges(const Reference& reference, const KeyChanges& parent);
    void addRowEdges(const Reference& reference, const KeyChanges& parent, int step, const RowChange& row);
    [[nodiscard]] std::vector<int> naturalOrder() const;
    [[nodiscard]] QList<int> columnsOf(int table, const QStringList& names) const;
    [[nodiscard]] int tableCalled(const QString& schema, const QString& name) const;
    [[nodiscard]] const TableEffects& table(int index) const { return m_effects.tables.at(index); }
    [[nodiscard]] int tableOf(int step) const;
    [[nodiscard]] int tableCount() const { return static_cast<int>(m_effects.tables.size()); }
    [[nodiscard]] int rowCount() const { return m_firstStep.back(); }
    void setRowsAside();
    [[nodiscard]] int returnOf(int step) const { return m_return.value(step, step); }
    [[nodiscard]] UndoStep stepOf(int step) const;

    const TargetEffects& m_effects;
    const QList<const Table*>& m_described;
    Qt::CaseSensitivity m_names;
    // A step is a row's place over all tables. The return of a row that is set aside has a step of its own behind them.
    std::vector<int> m_firstStep; // of each table; then the number of rows
    std::vector<int> m_aside; // steps of the rows set aside, in the order of their returns
    QHash<int, int> m_return; // by step
    QList<Reference> m_references;
    std::vector<int> m_parentsFirst; // tables
    StepGraph m_graph;
    QHash<int, QList<int>> m_cascaded; // by step
};

UndoSorter::UndoSorter(const TargetEffects& effects, const QList<const Table*>& described)
    : m_effects(effects)
    , m_described(described)
    , m_names(effects.engine == EngineKind::SQLite ? Qt::CaseInsensitive : Qt::CaseSensitive)
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

int UndoSorter::tableCalled(const QString& schema, const QString& name) const
{
    const auto found = std::ranges::find_if(m_effects.tables, [&](const TableEffects& table) {
        return table.name.schema.compare(schema, m_names) == 0 && table.name.table.compare(name, m_names) == 0;
    });
    return found == m_effects.tables.end() ? -1 : static_cast<int>(found - m_effects.tables.begin());
}

QList<int> UndoSorter::columnsOf(int index, const QStringList& names) const
{
    QList<int> places;
    const QStringList& columns = table(index).columns;
    for (const QString& name : names) {
        const auto found
            = std::ranges::find_if(columns, [&](const QString& column) { return column.compare(name, m_names) == 0; });
        places.append(found == columns.end() ? -1 : static_cast<int>(found - columns.begin()));
    }
    return places;
}

void UndoSorter::findReferences()
{
    for (int child = 0; child < tableCount(); ++child) {
        for (const ForeignKey& key : m_described.at(child)->foreignKeys) {
            const QString& schema = key.referencedSchema.isEmpty() ? table(child).name.schema : key.referencedSchema;
            Reference reference;
            reference.child = child;
            reference.parent = tableCalled(schema, key.referencedTable);
            if (reference.parent < 0)
                continue;
            reference.columns = columnsOf(child, key.columns);
            reference.referenced = key.referencedColumns.isEmpty() ? table(reference.parent).keyColumns
                                                                   : columnsOf(reference.parent, key.referencedColumns);
            reference.deferrable = key.deferrable;
            reference.cascades = key.onUpdate.compare("CASCADE"_L1, Qt::CaseInsensitive) == 0;
            if (!reference.columns.contains(-1) && !reference.referenced.contains(-1))
                m_references.append(reference);
        }
    }
}

void UndoSorter::placeTable(int index, QSet<int>& visited)
{
    if (visited.contains(index))
        return;
    visited.insert(index);
    for (const Reference& reference : std::as_const(m_references)) {
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

void UndoSorter::addReferenceEdges(const Reference& reference, const KeyChanges& parent)
{
    const RowChanges& rows = table(reference.child).rows;
    const int first = m_firstStep[static_cast<size_t>(reference.child)];
    for (qsizetype row = 0; row < rows.size(); ++row)
        addRowEdges(reference, parent, first + static_cast<int>(row), rows.at(row));
}

void UndoSorter::addRowEdges(const Reference& reference, const KeyChanges& parent, int step, const RowChange& row)
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
    findReferences();
    orderTables();
    setRowsAside();
    for (int index = 0; index < tableCount(); ++index)
        addKeyEdges(index);
    for (const Reference& reference : std::as_const(m_references)) {
        const KeyChanges parent(table(reference.parent), reference.referenced,
                                m_firstStep[static_cast<size_t>(reference.parent)]);
        if (!parent.isEmpty())
            addReferenceEdges(reference, parent);
    }
    addRowidEdges();
    StepGraph::Order order { naturalOrder() };
    if (!m_graph.isEmpty())
        order = m_graph.sorted(order.steps);
    // The demands make no circle: rows that would close one are set aside.
    Q_ASSERT(order.steps.size() == static_cast<size_t>(rowCount()) + m_aside.size());

    UndoOrder result { {}, order.yielded };
    result.steps.reserve(order.steps.size());
    for (const int step : order.steps)
        result.steps.push_back(stepOf(step));
    return result;
}

} // namespace

UndoOrder undoOrder(const TargetEffects& effects, const QList<const Table*>& described)
{
    return UndoSorter(effects, described).sorted();
}

} // namespace holdpoint
