// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/batchpanel.h"

#include "delegates/outcomedelegate.h"
#include "panels/listview.h"
#include "words.h"

#include <QAction>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// Typing in the middle of a text that only came back to us must not move the cursor.
void showText(QLineEdit* field, const QString& text)
{
    if (field->text() != text)
        field->setText(text);
}

} // namespace

BatchPanel::BatchPanel(QWidget* parent)
    : QWidget(parent)
    , m_title(new QLineEdit)
    , m_reason(new QLineEdit)
    , m_view(new ListView(u"commands"_s, tr("Commands of the batch")))
    , m_summary(new QLabel)
    , m_up(new QPushButton(tr("Up")))
    , m_down(new QPushButton(tr("Down")))
    , m_edit(new QPushButton(tr("Edit SQL")))
    , m_remove(new QPushButton(tr("Remove")))
    , m_preview(new QPushButton(tr("Preview")))
{
    m_view->setModel(&m_commands);
    m_view->setItemDelegateForColumn(CommandListModel::OperationColumn, new OutcomeDelegate(m_view));
    m_view->setSelectionMode(QAbstractItemView::ContiguousSelection);
    m_view->verticalHeader()->show();
    m_view->setStretchColumn(CommandListModel::DescriptionColumn);
    m_view->setEmptyText(tr("No command yet. Edit rows, write SQL, or open a batch file."));
    layOut();
    connectParts();
    showTexts({});
    updateButtons();
}

void BatchPanel::layOut()
{
    m_preview->setDefault(true);
    m_summary->setObjectName(u"batchSummary"_s);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->addLayout(fields());
    layout->addWidget(m_view, 1);
    layout->addWidget(m_summary);
    layout->addLayout(buttons());
    layout->addWidget(m_preview);
}

QLayout* BatchPanel::fields()
{
    m_title->setObjectName(u"batchTitle"_s);
    m_title->setPlaceholderText(tr("What this batch is for"));
    m_reason->setObjectName(u"batchReason"_s);
    m_reason->setPlaceholderText(tr("A ticket, a request"));
    auto* form = new QFormLayout;
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("&Title:"), m_title);
    form->addRow(tr("R&eason:"), m_reason);
    return form;
}

QLayout* BatchPanel::buttons()
{
    m_up->setObjectName(u"commandUp"_s);
    m_down->setObjectName(u"commandDown"_s);
    m_edit->setObjectName(u"editCommand"_s);
    m_remove->setObjectName(u"removeCommand"_s);
    m_preview->setObjectName(u"previewButton"_s);
    m_up->setToolTip(tr("Run the command earlier (Alt+Up)"));
    m_down->setToolTip(tr("Run the command later (Alt+Down)"));
    m_up->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Up));
    m_down->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Down));
    m_preview->setToolTip(tr("Run the batch in a transaction that is rolled back, and show what it changes (F5)"));
    auto* bar = new QHBoxLayout;
    for (QPushButton* button : { m_up, m_down, m_edit, m_remove })
        bar->addWidget(button);
    return bar;
}

void BatchPanel::connectParts()
{
    connect(m_title, &QLineEdit::textEdited, this, &BatchPanel::titleChangeRequested);
    connect(m_reason, &QLineEdit::textEdited, this, &BatchPanel::reasonChangeRequested);
    connect(m_preview, &QPushButton::clicked, this, &BatchPanel::previewRequested);
    connect(m_up, &QPushButton::clicked, this, [this] {
        const int row = m_view->currentIndex().row();
        Q_EMIT moveRequested(row, row - 1);
        selectCommand(row - 1);
    });
    connect(m_down, &QPushButton::clicked, this, [this] {
        const int row = m_view->currentIndex().row();
        Q_EMIT moveRequested(row, row + 1);
        selectCommand(row + 1);
    });
    const auto remove = [this] {
        const QModelIndexList rows = m_view->selectionModel()->selectedRows();
        if (rows.isEmpty())
            return;
        const auto [first, last] = std::minmax_element(rows.begin(), rows.end());
        Q_EMIT removeRequested(first->row(), last->row() - first->row() + 1);
    };
    connect(m_remove, &QPushButton::clicked, this, remove);
    auto* byKey = new QAction(this);
    byKey->setShortcut(QKeySequence::Delete);
    byKey->setShortcutContext(Qt::WidgetShortcut);
    m_view->addAction(byKey);
    connect(byKey, &QAction::triggered, this, remove);
    const auto edit = [this] { Q_EMIT editRequested(m_view->currentIndex().row()); };
    connect(m_edit, &QPushButton::clicked, this, edit);
    connect(m_view, &ListView::activated, this, edit);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &BatchPanel::updateButtons);
    connect(&m_commands, &QAbstractItemModel::rowsInserted, this, &BatchPanel::updateButtons);
    connect(&m_commands, &QAbstractItemModel::rowsRemoved, this, &BatchPanel::updateButtons);
    connect(&m_commands, &QAbstractItemModel::modelReset, this, &BatchPanel::updateButtons);
    connect(&m_commands, &QAbstractItemModel::dataChanged, m_view, &ListView::fitColumns);
}

void BatchPanel::showBatch(const Batch& batch)
{
    m_commands.setCommands(batch.commands);
    showTexts(batch);
}

void BatchPanel::showTexts(const Batch& batch)
{
    showText(m_title, batch.title);
    showText(m_reason, batch.reason);
    QStringList names;
    for (const Target& target : batch.targets)
        names += target.name;
    const QString count = countWord(batch.commands.size(), tr("%1 command"), tr("%1 commands"));
    m_summary->setText(names.isEmpty() ? count : tr("%1 on %2").arg(count, names.join(", "_L1)));
}

void BatchPanel::setRunning(bool isRunning)
{
    m_isRunning = isRunning;
    updateButtons();
}

void BatchPanel::selectCommand(int index)
{
    m_view->selectSourceRow(index);
}

void BatchPanel::updateButtons()
{
    const QModelIndexList rows = m_view->selectionModel()->selectedRows();
    const QModelIndex current = m_view->currentIndex();
    const bool isOne = rows.size() == 1;
    m_up->setEnabled(isOne && current.row() > 0);
    m_down->setEnabled(isOne && current.row() + 1 < m_commands.rowCount());
    m_remove->setEnabled(!rows.isEmpty());
    m_edit->setEnabled(isOne
                       && current.siblingAtColumn(CommandListModel::OperationColumn).data().toString() == "sql"_L1);
    m_preview->setEnabled(!m_isRunning && m_commands.rowCount() > 0);
}

} // namespace holdpoint

#include "moc_batchpanel.cpp"
