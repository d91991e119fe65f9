// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/rowspanel.h"

#include "delegates/valuedelegate.h"
#include "panels/listview.h"
#include "words.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// The overlay walks over the whole draft at each of its changes.
constexpr int MostOverlaidCommands = 20000;

} // namespace

RowsPanel::RowsPanel(QWidget* parent)
    : QWidget(parent)
    , m_title(new QLabel)
    , m_hint(new QLabel)
    , m_view(new ListView(u"rows"_s, tr("Rows")))
    , m_insert(new QPushButton(tr("&Insert row")))
    , m_delete(new QPushButton(tr("&Delete row")))
    , m_null(new QPushButton(tr("Set &NULL")))
    , m_reload(new QPushButton(tr("&Reload")))
{
    m_view->setModel(&m_model);
    m_view->setItemDelegate(new ValueDelegate(m_view));
    m_view->setSelectionBehavior(QAbstractItemView::SelectItems);
    m_view->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed
                            | QAbstractItemView::AnyKeyPressed);
    m_view->setShowGrid(true);
    m_view->verticalHeader()->show();
    layOut();
    connectParts();
    clear();
}

void RowsPanel::layOut()
{
    m_title->setObjectName(u"rowsTitle"_s);
    m_hint->setObjectName(u"rowsHint"_s);
    m_hint->setWordWrap(true);
    m_insert->setObjectName(u"insertRow"_s);
    m_delete->setObjectName(u"deleteRow"_s);
    m_null->setObjectName(u"setNull"_s);
    m_reload->setObjectName(u"reloadRows"_s);
    auto* bar = new QHBoxLayout;
    bar->addWidget(m_title, 1);
    for (QPushButton* button : { m_insert, m_delete, m_null, m_reload })
        bar->addWidget(button);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->addLayout(bar);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_hint);
}

void RowsPanel::connectParts()
{
    connect(m_reload, &QPushButton::clicked, this, &RowsPanel::reloadRequested);
    connect(m_insert, &QPushButton::clicked, this, [this] {
        const int before = m_model.rowCount();
        Q_EMIT insertRequested(*m_target, m_model.page().table);
        if (m_model.rowCount() > before)
            m_view->setCurrentIndex(m_model.index(m_model.rowCount() - 1, 0));
        m_view->setFocus();
    });
    connect(m_delete, &QPushButton::clicked, this,
            [this] { Q_EMIT deleteRequested(gridRow(m_view->currentIndex().row())); });
    connect(m_null, &QPushButton::clicked, this,
            [this] { m_model.setData(m_view->currentIndex(), QVariant::fromValue(Value()), ValueRole); });
    connect(&m_model, &PageModel::cellEditRequested, this,
            [this](int row, int column, const Value& value) { Q_EMIT editRequested(gridRow(row), column, value); });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &RowsPanel::updateButtons);
    connect(&m_model, &QAbstractItemModel::dataChanged, this, &RowsPanel::updateButtons);
}

void RowsPanel::showOpening(const TableName& table)
{
    m_title->setText(tr("%1, loading…").arg(tableWord(table)));
    m_reload->setEnabled(false);
}

void RowsPanel::showPage(const Target& target, const Workbench::Page& page)
{
    const bool isSameTable = m_target == target && page.table.name == m_model.page().table.name
        && page.table.schema == m_model.page().table.schema;
    const QModelIndex current = m_view->currentIndex();
    m_target = target;
    const QString reason = readOnlyReason(target, page.table);
    m_model.setPage(page, target.engine, reason.isEmpty());
    const qsizetype rows = page.rows.rows.size();
    const QString count = page.more ? tr("the first %1 rows").arg(QLocale().toString(rows))
                                    : countWord(rows, tr("%1 row"), tr("%1 rows"));
    m_title->setText(tr("%1: %2").arg(tableWord({ page.table.schema, page.table.name }), count));
    m_hint->setText(reason.isEmpty() ? tr("An edit becomes a command of the batch. Nothing is written before Apply.")
                                     : reason);
    m_view->setEmptyText(tr("This table has no rows."));
    m_reload->setEnabled(true);
    if (isSameTable)
        m_view->setCurrentIndex(m_model.index(current.row(), current.column()));
    updateButtons();
}

void RowsPanel::showError(const TableName& table, const Error& error)
{
    clear();
    m_title->setText(tableWord(table));
    m_view->setEmptyText(error.text());
    m_reload->setEnabled(true);
}

void RowsPanel::showDraft(const Batch& batch)
{
    if (!m_target || m_model.columnCount() == 0)
        return;
    if (batch.commands.size() > MostOverlaidCommands) {
        m_model.setOverlay({});
        m_hint->setText(tr("The batch is too long for its edits to be shown here; they are in its list."));
        return;
    }
    m_model.setOverlay(overlayOf(batch, m_target->name, m_model.page()));
}

void RowsPanel::clear()
{
    m_target.reset();
    m_model.setPage({}, EngineKind::SQLite, false);
    m_title->setText(tr("No table is open"));
    m_hint->clear();
    m_view->setEmptyText(tr("Choose a table on the left to see and edit its rows."));
    m_reload->setEnabled(false);
    updateButtons();
}

void RowsPanel::updateButtons()
{
    const QModelIndex current = m_view->currentIndex();
    const bool canEdit = m_model.isEditable() && current.isValid();
    m_insert->setEnabled(m_model.isEditable());
    m_delete->setEnabled(canEdit && !m_model.overlay().deleted.contains(current.row()));
    m_null->setEnabled(canEdit && current.flags().testFlag(Qt::ItemIsEditable));
}

GridRow RowsPanel::gridRow(int row) const
{
    return { *m_target, m_model.page().table, m_model.currentRow(row), m_model.insertedBy(row) };
}

QString RowsPanel::readOnlyReason(const Target& target, const Table& table) const
{
    if (target.readOnly)
        return tr("%1 is a read-only target.").arg(target.name);
    if (table.internal)
        return tr("The engine keeps this table for itself; it cannot be edited here.");
    switch (table.kind) {
    case TableKind::View:
    case TableKind::MaterializedView: return tr("A view cannot be edited here; write SQL instead.");
    case TableKind::Table:
    case TableKind::Virtual:
    case TableKind::Partitioned:
    case TableKind::Foreign: break;
    }
    return {};
}

} // namespace holdpoint

#include "moc_rowspanel.cpp"
