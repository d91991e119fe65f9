// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/undoorder.h"

#include "effects/keymatch.h"
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
    [[nodiscard]] Result<std::vector<UndoStep>> sorted();

private:
    void findReferences();
    void orderTables();
    void placeTable(int table, QSet<int>& visited);
    void addKeyEdges(int table);
    void addReferenceEdges(const Reference& reference, const KeyChanges& parent);
    void addRowEdges(const Reference& reference, const KeyChanges& parent, int step, const RowChange& row);
    [[nodiscard]] std::vector<int> naturalOrder() const;
    [[nodiscard]] QList<int> columnsOf(int table, const QStringList& names) const;
    [[nodiscard]] int tableCalled(const QString& schema, const QString& name) const;
    [[nodiscard]] const TableEffects& table(int index) const { return m_effects.tables.at(index); }
    [[nodiscard]] int tableOf(int step) const;
    [[nodiscard]] int tableCount() const { return static_cast<int>(m_effects.tables.size()); }
    [[nodiscard]] int stepCount() const { return m_firstStep.back(); }
    [[nodiscard]] Error circle(const std::vector<int>& order) const;

    const TargetEffects& m_effects;
    const QList<const Table*>& m_described;
    Qt::CaseSensitivity m_names;
    std::vector<int> m_firstStep; // of each table; then the number of steps
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

// Unique values are freed before they are taken again.
std::vector<int> UndoSorter::naturalOrder() const
{
    std::vector<int> order;
    order.reserve(static_cast<size_t>(stepCount()));
    const auto append = [&](int index, ChangeKind change) {
        const QList<RowChange>& rows = table(index).rows;
        for (qsizetype row = 0; row < rows.size(); ++row) {
            if (rows.at(row).change == change)
                order.push_back(m_firstStep[static_cast<size_t>(index)] + static_cast<int>(row));
        }
    };
    for (auto index = m_parentsFirst.rbegin(); index != m_parentsFirst.rend(); ++index)
        append(*index, ChangeKind::Insert);
    for (const int index : m_parentsFirst)
        append(index, ChangeKind::Update);
    for (const int index : m_parentsFirst)
        append(index, ChangeKind::Delete);
    return order;
}

// A primary key is taken away from the row that has it before another row gets it back.
void UndoSorter::addKeyEdges(int index)
{
    const TableEffects& effects = table(index);
    const bool anyKeyChanged = std::ranges::any_of(effects.rows, [&](const RowChange& row) {
        return row.change == ChangeKind::Update
            && keyBytes(row.before, effects.keyColumns) != keyBytes(row.after, effects.keyColumns);
    });
    if (!anyKeyChanged)
        return;
    const KeyChanges keys(effects, effects.keyColumns, m_firstStep[static_cast<size_t>(index)]);
    for (auto key = keys.broughtBack().begin(); key != keys.broughtBack().end(); ++key) {
        const int remover = keys.takenAwayBy(key.key());
        if (remover != KeyChanges::none && remover != key.value())
            m_graph.addEdge(remover, key.value(), StepGraph::Strength::Demand);
    }
}

void UndoSorter::addReferenceEdges(const Reference& reference, const KeyChanges& parent)
{
    const QList<RowChange>& rows = table(reference.child).rows;
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
    const auto strength = soft ? StepGraph::Strength::Wish : StepGraph::Strength::Demand;
    const int broughtBackBy = before.isEmpty() ? KeyChanges::none : parent.broughtBackBy(before);
    const int takenAwayBy = after.isEmpty() ? KeyChanges::none : parent.takenAwayBy(after);
    if (broughtBackBy != KeyChanges::none && broughtBackBy != step)
        m_graph.addEdge(broughtBackBy, step, strength);
    if (takenAwayBy == KeyChanges::none || takenAwayBy == step)
        return;
    if (takenAwayBy == broughtBackBy && reference.cascades)
        m_cascaded[step] += reference.columns;
    else
        m_graph.addEdge(step, takenAwayBy, strength);
}

Error UndoSorter::circle(const std::vector<int>& order) const
{
    std::vector<bool> placed(static_cast<size_t>(stepCount()), false);
    for (const int step : order)
        placed[static_cast<size_t>(step)] = true;
    QStringList names;
    for (int step = 0; step < stepCount(); ++step) {
        const TableName& name = table(tableOf(step)).name;
        const QString text = name.schema + '.'_L1 + name.table;
        if (!placed[static_cast<size_t>(step)] && !names.contains(text))
            names.append(text);
    }
    return makeError(ErrorKind::Usage,
                     u"cannot be undone: rows of %1 exchanged their keys or refer to each other in a circle, "
                     "so that no row can be restored first"_s.arg(names.join(", "_L1)),
                     {}, u"Restore these rows by a batch of your own that sets one of the keys aside first."_s);
}

Result<std::vector<UndoStep>> UndoSorter::sorted()
{
    findReferences();
    orderTables();
    for (int index = 0; index < tableCount(); ++index)
        addKeyEdges(index);
    for (const Reference& reference : std::as_const(m_references)) {
        const KeyChanges parent(table(reference.parent), reference.referenced,
                                m_firstStep[static_cast<size_t>(reference.parent)]);
        if (!parent.isEmpty())
            addReferenceEdges(reference, parent);
    }
    std::vector<int> order = naturalOrder();
    if (!m_graph.isEmpty())
        order = m_graph.sorted(order);
    if (order.size() < static_cast<size_t>(stepCount()))
        return circle(order);

    std::vector<UndoStep> steps;
    steps.reserve(order.size());
    for (const int step : order) {
        const int index = tableOf(step);
        steps.push_back({ index, step - m_firstStep[static_cast<size_t>(index)], m_cascaded.value(step) });
    }
    return steps;
}

} // namespace

Result<std::vector<UndoStep>> undoOrder(const TargetEffects& effects, const QList<const Table*>& described)
{
    return UndoSorter(effects, described).sorted();
}

} // namespace holdpoint
