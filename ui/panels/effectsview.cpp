// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/effectsview.h"

#include "delegates/changedelegate.h"
#include "delegates/outcomedelegate.h"
#include "models/valueproxies.h"
#include "panels/listview.h"
#include "words.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace holdpoint {

EffectsView::EffectsView(const QString& prefix, QWidget* parent)
    : QWidget(parent)
    , m_shownRows(new RowChangesProxy(m_rows, this))
    , m_tableView(new ListView(prefix + "Tables"_L1, tr("Changed tables")))
    , m_rowView(new ListView(prefix + "Rows"_L1, tr("Changed rows, before and after")))
    , m_noteView(new ListView(prefix + "Notes"_L1, tr("Notes")))
    , m_rowsPart(new QWidget)
    , m_rowsTitle(new QLabel)
    , m_changedOnly(new QCheckBox(tr("&Changed columns only")))
{
    m_tableView->setModel(&m_tables);
    m_tableView->setStretchColumn(EffectsTableModel::NoteColumn);
    m_noteView->setModel(&m_notes);
    m_noteView->setStretchColumn(NotesModel::TextColumn);
    m_noteView->limitHeight(5);
    m_rowView->setModel(m_shownRows);
    m_rowView->setItemDelegate(new ChangeDelegate(m_rowView));
    m_rowView->setItemDelegateForColumn(RowChangesModel::ChangeColumn, new OutcomeDelegate(m_rowView));
    for (const int column : { RowChangesModel::OriginColumn, RowChangesModel::CommandColumn })
        m_rowView->setItemDelegateForColumn(column, new QStyledItemDelegate(m_rowView));
    m_rowView->setShowGrid(true);
    m_rowView->setSortingEnabled(true);
    m_rowView->horizontalHeader()->setSortIndicatorClearable(true);
    m_rowView->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    layOut(prefix);
    connect(m_tableView->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &EffectsView::showCurrentTable);
    connect(m_changedOnly, &QCheckBox::toggled, this, [this](bool only) {
        m_shownRows->setChangedColumnsOnly(only);
        m_rowView->fitColumns();
    });
    showEffects({});
}

void EffectsView::layOut(const QString& prefix)
{
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_noteView);
    splitter->addWidget(m_tableView);
    layOutRows(prefix);
    splitter->addWidget(m_rowsPart);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 2);
    splitter->setStretchFactor(2, 4);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
}

void EffectsView::layOutRows(const QString& prefix)
{
    m_rowsTitle->setObjectName(prefix + "RowsTitle"_L1);
    m_changedOnly->setObjectName(prefix + "ChangedOnly"_L1);
    auto* bar = new QHBoxLayout;
    bar->addWidget(m_rowsTitle, 1);
    bar->addWidget(m_changedOnly);
    auto* layout = new QVBoxLayout(m_rowsPart);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(bar);
    layout->addWidget(m_rowView, 1);
}

void EffectsView::showEffects(const QList<TargetEffects>& effects)
{
    m_tables.setEffects(effects);
    m_notes.setEffects(effects);
    m_noteView->setVisible(m_notes.rowCount() > 0);
    if (m_tables.rowCount() > 0)
        m_tableView->selectSourceRow(0);
    showCurrentTable();
}

void EffectsView::setEmptyText(const QString& text)
{
    m_tableView->setEmptyText(text);
}

void EffectsView::showCurrentTable()
{
    const int row = m_tableView->currentSourceRow();
    m_rowsPart->setVisible(row >= 0);
    if (row < 0) {
        m_rows.clear();
        m_rowsTitle->clear();
        return;
    }
    const TableEffects& table = m_tables.table(row);
    m_rows.setTable(table);
    const qint64 all = table.inserted + table.updated + table.deleted;
    const QString name = tr("%1 on %2").arg(tableWord(table.name), m_tables.target(row).target);
    m_rowsTitle->setText(all == table.rows.size()
                             ? name
                             : tr("%1: %2 of %3 rows are shown")
                                   .arg(name, QLocale().toString(table.rows.size()), QLocale().toString(all)));
}

} // namespace holdpoint

#include "moc_effectsview.cpp"
