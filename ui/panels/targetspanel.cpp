// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/targetspanel.h"

#include "models/roles.h"
#include "panels/errorlabel.h"
#include "panels/listview.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace holdpoint {

TargetsPanel::TargetsPanel(QWidget* parent)
    : QWidget(parent)
    , m_filtered(new QSortFilterProxyModel(this))
    , m_targetView(new QListView)
    , m_add(new QPushButton(tr("&Open target…")))
    , m_forget(new QPushButton(tr("Forget")))
    , m_filter(new QLineEdit)
    , m_tableView(new ListView(u"tables"_s, tr("Tables")))
    , m_message(new ErrorLabel(u"targetMessage"_s))
{
    m_filtered->setSourceModel(&m_tables);
    m_filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_filtered->setSortRole(SortRole);
    m_targetView->setModel(&m_targets);
    m_tableView->setModel(m_filtered);
    m_tableView->setStretchColumn(TableListModel::NameColumn);
    m_tableView->setEmptyText(tr("Open a target to see its tables."));
    m_tableView->setSortingEnabled(true);
    m_tableView->horizontalHeader()->setSortIndicator(TableListModel::NameColumn, Qt::AscendingOrder);
    layOut();
    connectParts();
}

void TargetsPanel::layOut()
{
    m_targetView->setObjectName(u"targets"_s);
    m_targetView->setAccessibleName(tr("Targets"));
    m_targetView->setMaximumHeight(fontMetrics().height() * 7);
    m_add->setObjectName(u"addTarget"_s);
    m_forget->setObjectName(u"forgetTarget"_s);
    m_forget->setToolTip(tr("Take the target out of the list. The database is left alone."));
    m_forget->setEnabled(false);
    m_filter->setObjectName(u"tableFilter"_s);
    m_filter->setAccessibleName(tr("Filter tables"));
    m_filter->setPlaceholderText(tr("Filter tables"));
    m_filter->setClearButtonEnabled(true);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_add, 1);
    buttons->addWidget(m_forget);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->addWidget(m_targetView);
    layout->addLayout(buttons);
    layout->addWidget(m_filter);
    layout->addWidget(m_message);
    layout->addWidget(m_tableView, 1);
}

void TargetsPanel::connectParts()
{
    connect(m_add, &QPushButton::clicked, this, &TargetsPanel::addRequested);
    connect(m_forget, &QPushButton::clicked, this, [this] { Q_EMIT forgetRequested(chosenTarget()); });
    connect(m_filter, &QLineEdit::textChanged, m_filtered, &QSortFilterProxyModel::setFilterFixedString);
    const auto open = [this] {
        if (const QString name = chosenTarget(); !name.isEmpty())
            Q_EMIT openRequested(name);
    };
    connect(m_targetView, &QListView::clicked, this, open);
    connect(m_targetView, &QListView::activated, this, open);
    connect(m_targetView->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& current) { m_forget->setEnabled(current.isValid()); });
    connect(&m_targets, &QAbstractItemModel::modelReset, this, [this] { m_forget->setEnabled(false); });
    connect(m_tableView, &ListView::clicked, this, &TargetsPanel::requestTable);
    connect(m_tableView, &ListView::activated, this, &TargetsPanel::requestTable);
}

void TargetsPanel::setTargets(const QList<Target>& targets)
{
    m_targets.setTargets(targets);
    const int row = m_targets.rowOf(m_open);
    if (row >= 0) {
        m_targetView->setCurrentIndex(m_targets.index(row));
    } else if (!m_open.isEmpty()) {
        m_open.clear();
        m_tables.setTables({});
        m_tableView->setEmptyText(tr("Open a target to see its tables."));
    }
}

void TargetsPanel::showOpening(const Target& target)
{
    if (target.name != m_open)
        m_tables.setTables({});
    select(target);
    m_message->showError({});
    m_tableView->setEmptyText(tr("Connecting to %1…").arg(target.name));
}

void TargetsPanel::showTables(const Target& target, const QList<Table>& tables)
{
    select(target);
    m_message->showError({});
    m_tableView->setEmptyText(tr("%1 has no tables.").arg(target.name));
    m_tables.setTables(tables);
    m_tableView->fitColumns();
}

void TargetsPanel::showError(const Target& target, const Error& error)
{
    select(target);
    m_tables.setTables({});
    m_tableView->setEmptyText(tr("%1 is not open.").arg(target.name));
    m_message->showError(error.text());
}

void TargetsPanel::select(const Target& target)
{
    m_open = target.name;
    if (const int row = m_targets.rowOf(target.name); row >= 0)
        m_targetView->setCurrentIndex(m_targets.index(row));
}

QString TargetsPanel::chosenTarget() const
{
    const QModelIndex current = m_targetView->currentIndex();
    return current.isValid() ? m_targets.target(current.row()).name : QString();
}

void TargetsPanel::requestTable()
{
    const int row = m_tableView->currentSourceRow();
    if (row >= 0)
        Q_EMIT tableRequested({ m_tables.table(row).schema, m_tables.table(row).name });
}

} // namespace holdpoint

#include "moc_targetspanel.cpp"
