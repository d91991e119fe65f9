// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections.h"

#include "panels/batchpanel.h"
#include "panels/effectspanel.h"
#include "panels/logpanel.h"
#include "panels/queuepanel.h"
#include "panels/rowspanel.h"
#include "panels/sqlpanel.h"
#include "panels/targetspanel.h"
#include "workspace.h"

namespace holdpoint {

void connectPanel(TargetsPanel& panel, Workspace& workspace)
{
    Browser& browser = workspace.browser();
    QObject::connect(&panel, &TargetsPanel::forgetRequested, &browser, &Browser::forget);
    QObject::connect(&panel, &TargetsPanel::openRequested, &browser, &Browser::open);
    QObject::connect(&panel, &TargetsPanel::tableRequested, &browser, &Browser::openTable);
    QObject::connect(&browser, &Browser::targetsChanged, &panel, &TargetsPanel::setTargets);
    QObject::connect(&browser, &Browser::opening, &panel, &TargetsPanel::showOpening);
    QObject::connect(&browser, &Browser::opened, &panel, &TargetsPanel::showTables);
    QObject::connect(&browser, &Browser::openFailed, &panel, &TargetsPanel::showError);
}

void connectPanel(RowsPanel& panel, Workspace& workspace)
{
    Browser& browser = workspace.browser();
    const auto showDraft = [&panel, &workspace] { panel.showDraft(workspace.draft().batch()); };
    QObject::connect(&panel, &RowsPanel::reloadRequested, &browser, &Browser::refresh);
    QObject::connect(&panel, &RowsPanel::editRequested, &workspace, &Workspace::editCell);
    QObject::connect(&panel, &RowsPanel::insertRequested, &workspace, &Workspace::insertRow);
    QObject::connect(&panel, &RowsPanel::deleteRequested, &workspace, &Workspace::deleteRow);
    QObject::connect(&browser, &Browser::opening, &panel, [&panel, &browser] {
        if (!browser.hasTable())
            panel.clear();
    });
    QObject::connect(&browser, &Browser::tableOpening, &panel, &RowsPanel::showOpening);
    QObject::connect(&browser, &Browser::tableFailed, &panel, &RowsPanel::showError);
    QObject::connect(&browser, &Browser::tableOpened, &panel,
                     [&panel, showDraft](const Target& target, const Workbench::Page& page) {
                         panel.showPage(target, page);
                         showDraft();
                     });
    QObject::connect(&workspace.draft(), &Draft::changed, &panel, showDraft);
}

void connectPanel(SqlPanel& panel, Workspace& workspace)
{
    QObject::connect(&panel, &SqlPanel::addRequested, &workspace, &Workspace::addScript);
    QObject::connect(&panel, &SqlPanel::replaceRequested, &workspace, &Workspace::replaceByScript);
    QObject::connect(&workspace, &Workspace::scriptAdded, &panel, &SqlPanel::showAdded);
    QObject::connect(&workspace, &Workspace::scriptRefused, &panel, &SqlPanel::showRefused);
    QObject::connect(&workspace.browser(), &Browser::targetsChanged, &panel, &SqlPanel::setTargets);
    QObject::connect(&workspace.browser(), &Browser::opening, &panel,
                     [&panel](const Target& target) { panel.setTarget(target.name); });
    QObject::connect(&workspace.draft(), &Draft::started, &panel, &SqlPanel::leaveEdit);
    QObject::connect(&workspace.draft(), &Draft::removed, &panel, &SqlPanel::leaveEdit);
    QObject::connect(&workspace.draft(), &Draft::moved, &panel, &SqlPanel::leaveEdit);
}

void connectPanel(BatchPanel& panel, Workspace& workspace)
{
    Draft& draft = workspace.draft();
    QObject::connect(&panel, &BatchPanel::titleChangeRequested, &draft, &Draft::setTitle);
    QObject::connect(&panel, &BatchPanel::reasonChangeRequested, &draft, &Draft::setReason);
    QObject::connect(&panel, &BatchPanel::moveRequested, &draft, &Draft::move);
    QObject::connect(&panel, &BatchPanel::removeRequested, &draft, &Draft::remove);
    QObject::connect(&panel, &BatchPanel::previewRequested, &workspace, &Workspace::preview);
    QObject::connect(&draft, &Draft::started, &panel, [&panel, &draft] { panel.showBatch(draft.batch()); });
    QObject::connect(&draft, &Draft::inserted, &panel.commands(), &CommandListModel::insert);
    QObject::connect(&draft, &Draft::replaced, &panel.commands(), &CommandListModel::replace);
    QObject::connect(&draft, &Draft::removed, &panel.commands(), &CommandListModel::remove);
    QObject::connect(&draft, &Draft::moved, &panel.commands(), &CommandListModel::move);
    QObject::connect(&draft, &Draft::changed, &panel, [&panel, &draft] { panel.showTexts(draft.batch()); });
    QObject::connect(&workspace.runner(), &Runner::runningChanged, &panel, &BatchPanel::setRunning);
    QObject::connect(&workspace.runner(), &Runner::previewed, &panel, [&panel, &draft](const Previewed& previewed) {
        if (previewed.subject == Previewed::Subject::Draft && previewed.revision == draft.revision())
            panel.commands().setReports(previewed.run.commands);
    });
}

void connectPanel(EffectsPanel& panel, Workspace& workspace)
{
    QObject::connect(&panel, &EffectsPanel::enqueueRequested, &workspace, &Workspace::enqueue);
    QObject::connect(&panel, &EffectsPanel::applyRequested, &workspace, &Workspace::requestApply);
    QObject::connect(&panel, &EffectsPanel::differencesAccepted, &workspace, &Workspace::acceptDifferences);
    QObject::connect(&workspace, &Workspace::previewShown, &panel, &EffectsPanel::showPreview);
    QObject::connect(&workspace, &Workspace::previewChanged, &panel, [&panel, &workspace] {
        panel.setState(workspace.previewState(),
                       { .canAccept = workspace.canAcceptDifferences(),
                         .canEnqueue = workspace.canEnqueue(),
                         .canApply = workspace.canApply() });
    });
}

void connectPanel(QueuePanel& panel, Workspace& workspace)
{
    History& history = workspace.history();
    QObject::connect(&panel, &QueuePanel::showRequested, &workspace, &Workspace::showQueued);
    QObject::connect(&panel, &QueuePanel::applyRequested, &workspace, &Workspace::requestApplyQueued);
    QObject::connect(&panel, &QueuePanel::moveRequested, &history, &History::move);
    QObject::connect(&panel, &QueuePanel::removeRequested, &history, &History::remove);
    QObject::connect(&history, &History::queueChanged, &panel, &QueuePanel::setEntries);
    QObject::connect(&workspace.runner(), &Runner::runningChanged, &panel, &QueuePanel::setRunning);
}

void connectPanel(LogPanel& panel, Workspace& workspace)
{
    History& history = workspace.history();
    QObject::connect(&panel, &LogPanel::refreshRequested, &history, &History::refresh);
    QObject::connect(&panel, &LogPanel::runRequested, &history, &History::showRun);
    QObject::connect(&panel, &LogPanel::undoRequested, &workspace, &Workspace::previewUndo);
    QObject::connect(&panel, &LogPanel::resolveRequested, &workspace.runner(), &Runner::resolve);
    QObject::connect(&history, &History::runsChanged, &panel, &LogPanel::setRuns);
    QObject::connect(&history, &History::unsettledChanged, &panel, &LogPanel::setUnsettled);
    QObject::connect(&history, &History::runShown, &panel, &LogPanel::showRun);
    QObject::connect(&workspace.runner(), &Runner::runningChanged, &panel, &LogPanel::setRunning);
}

} // namespace holdpoint
