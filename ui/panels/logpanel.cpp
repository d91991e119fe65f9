// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/logpanel.h"

#include "delegates/outcomedelegate.h"
#include "panels/listview.h"
#include "panels/rundetail.h"
#include "words.h"

#include <QComboBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

LogPanel::LogPanel(QWidget* parent)
    : QWidget(parent)
    , m_outcome(new QComboBox)
    , m_text(new QLineEdit)
    , m_refresh(new QPushButton(tr("Re&fresh")))
    , m_doubt(new QFrame)
    , m_doubtText(new QLabel)
    , m_resolve(new QPushButton(tr("&Resolve")))
    , m_view(new ListView(u"runs"_s, tr("Runs")))
    , m_detail(new RunDetail)
    , m_undo(new QPushButton(tr("&Undo…")))
{
    m_filtered.setSourceModel(&m_runs);
    m_view->setModel(&m_filtered);
    m_view->setItemDelegateForColumn(RunListModel::OutcomeColumn, new OutcomeDelegate(m_view));
    m_view->setStretchColumn(RunListModel::CauseColumn);
    m_view->setSortingEnabled(true);
    m_view->horizontalHeader()->setSortIndicator(RunListModel::TimeColumn, Qt::DescendingOrder);
    m_view->setEmptyText(tr("No run matches. Every preview, apply and undo is kept here."));
    layOut();
    connectParts();
    setUnsettled({});
    updateButtons();
}

void LogPanel::layOut()
{
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_view);
    splitter->addWidget(detailPart());
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->addLayout(filters());
    layout->addWidget(doubtBar());
    layout->addWidget(splitter, 1);
}

QLayout* LogPanel::filters()
{
    m_outcome->setObjectName(u"logOutcome"_s);
    m_outcome->setAccessibleName(tr("Outcome"));
    m_outcome->addItem(tr("Every outcome"));
    for (const Outcome outcome : { Outcome::Committed, Outcome::RolledBack, Outcome::RollbackFailed, Outcome::InDoubt,
                                   Outcome::Ready, Outcome::Failed })
        m_outcome->addItem(outcomeWord(outcome), QVariant::fromValue(outcome));
    m_text->setObjectName(u"logText"_s);
    m_text->setAccessibleName(tr("Text in the log"));
    m_text->setPlaceholderText(tr("Title, reason, cause, target"));
    m_text->setClearButtonEnabled(true);
    m_refresh->setObjectName(u"refreshLog"_s);
    auto* bar = new QHBoxLayout;
    bar->addWidget(m_outcome);
    bar->addWidget(m_text, 1);
    bar->addWidget(m_refresh);
    return bar;
}

QWidget* LogPanel::doubtBar()
{
    m_doubt->setObjectName(u"doubtBar"_s);
    m_doubt->setFrameShape(QFrame::StyledPanel);
    m_doubtText->setObjectName(u"doubtText"_s);
    m_doubtText->setWordWrap(true);
    m_resolve->setObjectName(u"resolveButton"_s);
    m_resolve->setToolTip(tr("Ask the targets what became of the COMMIT. Nothing is repeated."));
    auto* bar = new QHBoxLayout(m_doubt);
    bar->addWidget(m_doubtText, 1);
    bar->addWidget(m_resolve);
    return m_doubt;
}

QWidget* LogPanel::detailPart()
{
    m_undo->setObjectName(u"undoButton"_s);
    m_undo->setToolTip(tr("Preview the exact inverse of this run"));
    auto* part = new QWidget;
    auto* bar = new QHBoxLayout;
    bar->addStretch(1);
    bar->addWidget(m_undo);
    auto* layout = new QVBoxLayout(part);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_detail, 1);
    layout->addLayout(bar);
    return part;
}

void LogPanel::connectParts()
{
    connect(m_refresh, &QPushButton::clicked, this, &LogPanel::refreshRequested);
    connect(m_outcome, &QComboBox::currentIndexChanged, this, [this] {
        const QVariant chosen = m_outcome->currentData();
        m_filtered.setOutcome(chosen.isValid() ? std::optional(chosen.value<Outcome>()) : std::nullopt);
    });
    connect(m_text, &QLineEdit::textChanged, &m_filtered, &RunFilterProxy::setText);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        const int row = m_view->currentSourceRow();
        if (row >= 0 && m_runs.run(row).id != m_shown)
            Q_EMIT runRequested(m_runs.run(row).id);
    });
    connect(m_undo, &QPushButton::clicked, this, [this] { Q_EMIT undoRequested(m_shown); });
    connect(m_resolve, &QPushButton::clicked, this, [this] { Q_EMIT resolveRequested({}); });
}

void LogPanel::setRuns(const QList<Run>& runs)
{
    m_runs.setRuns(runs);
    if (const int row = m_runs.rowOf(m_shown); row >= 0)
        m_view->selectSourceRow(row);
}

void LogPanel::setUnsettled(const QList<UnsettledRun>& runs)
{
    // A run of a process that still lives is under way, not in doubt.
    m_unsettled = std::count_if(runs.begin(), runs.end(), [](const UnsettledRun& run) { return !run.alive; });
    m_doubtText->setText(countWord(
        m_unsettled, tr("%1 run ended without an outcome. Until it is resolved, it is not known whether it committed."),
        tr("%1 runs ended without an outcome. Until they are resolved, it is not known whether they "
           "committed.")));
    m_doubt->setVisible(m_unsettled > 0);
}

void LogPanel::showRun(const Run& run)
{
    m_shown = run.id;
    m_shownOutcome = run.outcome;
    m_detail->showRun(run);
    if (const int row = m_runs.rowOf(run.id); row >= 0 && row != m_view->currentSourceRow())
        m_view->selectSourceRow(row);
    updateButtons();
}

void LogPanel::setRunning(bool isRunning)
{
    m_isRunning = isRunning;
    updateButtons();
}

void LogPanel::updateButtons()
{
    m_undo->setEnabled(!m_isRunning && !m_shown.isEmpty() && m_shownOutcome == Outcome::Committed);
    m_resolve->setEnabled(!m_isRunning);
}

} // namespace holdpoint

#include "moc_logpanel.cpp"
