// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/queuepanel.h"

#include "panels/listview.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace holdpoint {

QueuePanel::QueuePanel(QWidget* parent)
    : QWidget(parent)
    , m_view(new ListView(u"queue"_s, tr("Queue")))
    , m_show(new QPushButton(tr("Show")))
    , m_up(new QPushButton(tr("Up")))
    , m_down(new QPushButton(tr("Down")))
    , m_remove(new QPushButton(tr("Remove")))
    , m_apply(new QPushButton(tr("Apply…")))
{
    m_view->setModel(&m_entries);
    m_view->setStretchColumn(QueueModel::TitleColumn);
    m_view->setEmptyText(tr("Nothing waits. A previewed batch can be queued here and applied later."));
    layOut();
    connectParts();
    updateButtons();
}

void QueuePanel::layOut()
{
    m_show->setObjectName(u"showQueued"_s);
    m_up->setObjectName(u"queueUp"_s);
    m_down->setObjectName(u"queueDown"_s);
    m_remove->setObjectName(u"removeQueued"_s);
    m_apply->setObjectName(u"applyQueued"_s);
    m_show->setToolTip(tr("Show the effects that were previewed"));
    m_apply->setToolTip(tr("Apply it, if its effects are still the previewed ones"));
    auto* buttons = new QHBoxLayout;
    for (QPushButton* button : { m_up, m_down, m_remove, m_show, m_apply })
        buttons->addWidget(button);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->addWidget(m_view, 1);
    layout->addLayout(buttons);
}

void QueuePanel::connectParts()
{
    const auto show = [this] {
        if (const QueueEntry* entry = current())
            Q_EMIT showRequested(*entry);
    };
    const auto moveBy = [this](int steps) {
        if (const QueueEntry* entry = current())
            Q_EMIT moveRequested(entry->id, entry->position + steps);
    };
    connect(m_show, &QPushButton::clicked, this, show);
    connect(m_view, &ListView::activated, this, show);
    connect(m_up, &QPushButton::clicked, this, [moveBy] { moveBy(-1); });
    connect(m_down, &QPushButton::clicked, this, [moveBy] { moveBy(+1); });
    connect(m_remove, &QPushButton::clicked, this, [this] {
        if (const QueueEntry* entry = current())
            Q_EMIT removeRequested(entry->id);
    });
    connect(m_apply, &QPushButton::clicked, this, [this] {
        if (const QueueEntry* entry = current())
            Q_EMIT applyRequested(*entry);
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &QueuePanel::updateButtons);
}

void QueuePanel::setEntries(const QList<QueueEntry>& entries)
{
    // A moved entry stays the chosen one.
    const qint64 chosen = current() ? current()->id : 0;
    m_entries.setEntries(entries);
    for (int row = 0; row < entries.size(); ++row) {
        if (entries.at(row).id == chosen)
            m_view->selectSourceRow(row);
    }
    updateButtons();
}

void QueuePanel::setRunning(bool isRunning)
{
    m_isRunning = isRunning;
    updateButtons();
}

const QueueEntry* QueuePanel::current() const
{
    const int row = m_view->currentSourceRow();
    return row < 0 ? nullptr : &m_entries.entry(row);
}

void QueuePanel::updateButtons()
{
    const QueueEntry* entry = current();
    m_show->setEnabled(entry && !m_isRunning);
    m_remove->setEnabled(entry && !m_isRunning);
    m_apply->setEnabled(entry && !m_isRunning);
    m_up->setEnabled(entry && m_view->currentIndex().row() > 0);
    m_down->setEnabled(entry && m_view->currentIndex().row() + 1 < m_entries.rowCount());
}

} // namespace holdpoint

#include "moc_queuepanel.cpp"
