// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/rundetail.h"

#include "delegates/outcomedelegate.h"
#include "delegates/valuedelegate.h"
#include "panels/effectsview.h"
#include "panels/listview.h"
#include "runsummary.h"

#include <QEvent>
#include <QTabWidget>
#include <QTextBrowser>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace holdpoint {

RunDetail::RunDetail(QWidget* parent)
    : QWidget(parent)
    , m_commands(CommandReportModel::Which::All)
    , m_tabs(new QTabWidget)
    , m_summary(new QTextBrowser)
    , m_commandView(new ListView(u"runCommands"_s, tr("Commands of the run")))
    , m_effects(new EffectsView(u"runEffect"_s))
    , m_driftView(new ListView(u"runDrift"_s, tr("Differences from the preview")))
{
    m_tabs->setObjectName(u"runTabs"_s);
    m_tabs->setDocumentMode(true);
    m_summary->setObjectName(u"runSummary"_s);
    m_summary->setAccessibleName(tr("Summary of the run"));
    m_summary->setFrameShape(QFrame::NoFrame);
    m_summary->setOpenLinks(false);
    m_commandView->setModel(&m_commands);
    m_commandView->setItemDelegateForColumn(CommandReportModel::StatusColumn, new OutcomeDelegate(m_commandView));
    m_commandView->setStretchColumn(CommandReportModel::MessageColumn);
    m_commandView->setEmptyText(tr("No command was run."));
    m_driftView->setModel(&m_drift);
    m_driftView->setShowGrid(true);
    for (int column = DriftModel::PreviewBeforeColumn; column <= DriftModel::NowAfterColumn; ++column)
        m_driftView->setItemDelegateForColumn(column, new ValueDelegate(m_driftView));
    m_driftView->fillWidth();
    m_driftView->setEmptyText(tr("The effects were the previewed ones."));
    m_effects->setEmptyText(tr("No row was changed."));
    m_tabs->addTab(m_summary, tr("Summary"));
    m_tabs->addTab(m_commandView, tr("Commands"));
    m_tabs->addTab(m_effects, tr("Effects"));
    m_tabs->addTab(m_driftView, tr("Drift"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_tabs);
    clear();
}

void RunDetail::showRun(const Run& run)
{
    const bool isSame = m_run && m_run->id == run.id;
    m_run = run;
    showSummary();
    m_commands.setReports(run.commands);
    m_effects->showEffects(run.effects);
    m_driftView->setColumnHidden(DriftModel::TargetColumn, run.targets.size() == 1);
    m_drift.setDrift(run.drift);
    m_tabs->setTabVisible(m_tabs->indexOf(m_driftView), !run.drift.isEmpty());
    if (!isSame)
        m_tabs->setCurrentWidget(m_summary);
}

void RunDetail::clear()
{
    m_run.reset();
    m_summary->setPlaceholderText(tr("Choose a run to read what happened."));
    m_summary->clear();
    m_commands.setReports({});
    m_effects->showEffects({});
    m_drift.setDrift({});
    m_tabs->setTabVisible(m_tabs->indexOf(m_driftView), false);
}

void RunDetail::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        showSummary();
}

void RunDetail::showSummary()
{
    if (m_run)
        m_summary->setHtml(runSummary(*m_run, palette()));
}

} // namespace holdpoint

#include "moc_rundetail.cpp"
