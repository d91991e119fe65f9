// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow.h"

#include "connections.h"
#include "icons.h"
#include "panels/batchpanel.h"
#include "panels/effectspanel.h"
#include "panels/logpanel.h"
#include "panels/productionbanner.h"
#include "panels/queuepanel.h"
#include "panels/rowspanel.h"
#include "panels/sqlpanel.h"
#include "panels/targetspanel.h"

#include <QAction>
#include <QActionGroup>
#include <QDockWidget>
#include <QEvent>
#include <QLabel>
#include <QMenuBar>
#include <QProgressBar>
#include <QStatusBar>
#include <QTabWidget>
#include <QToolBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace holdpoint {

MainWindow::MainWindow(Workspace& workspace, QWidget* parent)
    : QMainWindow(parent)
    , m_workspace(workspace)
{
    setObjectName(u"mainWindow"_s);
    resize(1280, 800);
    makePanels();
    makeActions();
    makeMenus();
    makeStatusBar();
    applyIcons();
    connectWorkspace();
    updateActions();
    updateTitle();
}

void MainWindow::makePanels()
{
    m_banner = new ProductionBanner;
    m_tabs = new QTabWidget;
    m_tabs->setObjectName(u"tabs"_s);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_rows = new RowsPanel, tr("Rows"));
    m_tabs->addTab(m_sql = new SqlPanel, tr("SQL"));
    m_tabs->addTab(m_effects = new EffectsPanel, tr("Effects"));
    m_tabs->addTab(m_log = new LogPanel, tr("Log"));
    auto* central = new QWidget;
    auto* layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_banner);
    layout->addWidget(m_tabs, 1);
    setCentralWidget(central);
    QDockWidget* targets = dock(m_targets = new TargetsPanel, tr("Targets"), Qt::LeftDockWidgetArea);
    QDockWidget* batch = dock(m_batch = new BatchPanel, tr("Batch"), Qt::RightDockWidgetArea);
    QDockWidget* queue = dock(m_queue = new QueuePanel, tr("Queue"), Qt::RightDockWidgetArea);
    resizeDocks({ targets, batch }, { 230, 340 }, Qt::Horizontal);
    resizeDocks({ batch, queue }, { 480, 220 }, Qt::Vertical);
    connectPanel(*m_targets, m_workspace);
    connectPanel(*m_rows, m_workspace);
    connectPanel(*m_sql, m_workspace);
    connectPanel(*m_batch, m_workspace);
    connectPanel(*m_effects, m_workspace);
    connectPanel(*m_queue, m_workspace);
    connectPanel(*m_log, m_workspace);
}

QDockWidget* MainWindow::dock(QWidget* panel, const QString& title, Qt::DockWidgetArea area)
{
    auto* dock = new QDockWidget(title);
    dock->setObjectName(title.toLower() + "Dock"_L1);
    dock->setWidget(panel);
    addDockWidget(area, dock);
    m_docks += dock;
    return dock;
}

QAction* MainWindow::action(const QString& text, const QKeySequence& keys, const char* name)
{
    auto* action = new QAction(text, this);
    action->setObjectName(QLatin1StringView(name));
    action->setShortcut(keys);
    return action;
}

void MainWindow::makeActions()
{
    Draft& draft = m_workspace.draft();
    m_actions.openTarget = action(tr("Open &Target…"), QKeySequence(Qt::CTRL | Qt::Key_T), "openTargetAction");
    m_actions.newBatch = action(tr("&New Batch"), QKeySequence::New, "newBatchAction");
    m_actions.openBatch = action(tr("&Open Batch…"), QKeySequence::Open, "openBatchAction");
    m_actions.save = action(tr("&Save Batch"), QKeySequence::Save, "saveBatchAction");
    m_actions.saveAs = action(tr("Save Batch &As…"), QKeySequence::SaveAs, "saveBatchAsAction");
    m_actions.quit = action(tr("&Quit"), QKeySequence::Quit, "quitAction");
    m_actions.undo = draft.edits().createUndoAction(this, tr("&Undo"));
    m_actions.undo->setShortcut(QKeySequence::Undo);
    m_actions.redo = draft.edits().createRedoAction(this, tr("&Redo"));
    m_actions.redo->setShortcut(QKeySequence::Redo);
    m_actions.preview = action(tr("&Preview"), QKeySequence(Qt::Key_F5), "previewAction");
    m_actions.enqueue = action(tr("&Queue"), QKeySequence(Qt::Key_F6), "queueAction");
    m_actions.apply = action(tr("&Apply"), QKeySequence(Qt::Key_F9), "applyAction");
    m_actions.cancel = action(tr("&Cancel"), QKeySequence(Qt::Key_Escape), "cancelAction");
    connect(m_actions.openTarget, &QAction::triggered, this, &MainWindow::askTarget);
    connect(m_actions.newBatch, &QAction::triggered, this,
            [this] { askToDrop(tr("start a new batch"), [this] { m_workspace.newBatch(); }); });
    connect(m_actions.openBatch, &QAction::triggered, this,
            [this] { askToDrop(tr("open another batch"), [this] { askBatchFile(); }); });
    connect(m_actions.save, &QAction::triggered, this, &MainWindow::saveBatch);
    connect(m_actions.saveAs, &QAction::triggered, this, &MainWindow::askSaveName);
    connect(m_actions.quit, &QAction::triggered, this, &MainWindow::close);
    connect(m_actions.preview, &QAction::triggered, &m_workspace, &Workspace::preview);
    connect(m_actions.enqueue, &QAction::triggered, &m_workspace, &Workspace::enqueue);
    connect(m_actions.apply, &QAction::triggered, &m_workspace, &Workspace::requestApply);
    connect(m_actions.cancel, &QAction::triggered, &m_workspace.runner(), &Runner::cancel);
}

void MainWindow::makeMenus()
{
    QMenu* file = menuBar()->addMenu(tr("&File"));
    file->addActions(
        { m_actions.openTarget, m_actions.newBatch, m_actions.openBatch, m_actions.save, m_actions.saveAs });
    file->addSeparator();
    file->addAction(m_actions.quit);
    menuBar()->addMenu(tr("&Edit"))->addActions({ m_actions.undo, m_actions.redo });
    menuBar()
        ->addMenu(tr("&Batch"))
        ->addActions({ m_actions.preview, m_actions.enqueue, m_actions.apply, m_actions.cancel });
    QMenu* view = menuBar()->addMenu(tr("&View"));
    for (int tab = 0; tab < m_tabs->count(); ++tab) {
        QAction* show = view->addAction(m_tabs->tabText(tab), this, [this, tab] { m_tabs->setCurrentIndex(tab); });
        show->setShortcut(QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + tab)));
    }
    view->addSeparator();
    for (const QDockWidget* dock : std::as_const(m_docks))
        view->addAction(dock->toggleViewAction());
    view->addSeparator();
    makeThemeMenu(*view);
    menuBar()->addMenu(tr("&Help"))->addAction(tr("&About Holdpoint"), this, &MainWindow::about);
    QToolBar* bar = addToolBar(tr("Toolbar"));
    bar->setObjectName(u"toolBar"_s);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setIconSize(QSize(16, 16));
    bar->addActions({ m_actions.openTarget, m_actions.openBatch, m_actions.save });
    bar->addSeparator();
    bar->addActions({ m_actions.preview, m_actions.enqueue, m_actions.apply, m_actions.cancel });
}

void MainWindow::makeThemeMenu(QMenu& view)
{
    QMenu* themes = view.addMenu(tr("&Theme"));
    auto* group = new QActionGroup(this);
    const auto add = [&](Theme theme, const QString& text) {
        QAction* choose = themes->addAction(text, this, [this, theme] { Q_EMIT themeChosen(theme); });
        choose->setCheckable(true);
        group->addAction(choose);
        m_themes.insert(theme, choose);
    };
    add(Theme::System, tr("&System"));
    add(Theme::Light, tr("&Light"));
    add(Theme::Dark, tr("&Dark"));
    setTheme(Theme::System);
}

void MainWindow::makeStatusBar()
{
    m_status = new QLabel(tr("Ready"));
    m_status->setObjectName(u"status"_s);
    m_status->setIndent(6);
    m_progress = new QProgressBar;
    m_progress->setObjectName(u"progress"_s);
    m_progress->setAccessibleName(tr("Progress"));
    m_progress->setMaximumWidth(220);
    m_progress->hide();
    statusBar()->addWidget(m_status, 1);
    statusBar()->addPermanentWidget(m_progress);
}

void MainWindow::connectWorkspace()
{
    connect(m_targets, &TargetsPanel::addRequested, this, &MainWindow::askTarget);
    connect(m_targets, &TargetsPanel::tableRequested, this, [this] { m_tabs->setCurrentWidget(m_rows); });
    connect(m_batch, &BatchPanel::editRequested, this, &MainWindow::editCommand);
    connect(m_effects, &EffectsPanel::commandRequested, m_batch, &BatchPanel::selectCommand);
    connect(&m_workspace, &Workspace::previewShown, this, [this] { m_tabs->setCurrentWidget(m_effects); });
    connect(&m_workspace, &Workspace::previewChanged, this, &MainWindow::updateActions);
    connect(&m_workspace, &Workspace::confirmationRequested, this, &MainWindow::askApply);
    connect(&m_workspace, &Workspace::passwordNeeded, this, &MainWindow::askPassword);
    connect(&m_workspace, &Workspace::applied, this, &MainWindow::showApplied);
    connect(&m_workspace, &Workspace::failed, this, &MainWindow::showFailed);
    connect(&m_workspace, &Workspace::batchSaved, this,
            [this](const QString& path) { m_status->setText(tr("Saved %1").arg(path)); });
    connect(&m_workspace.runner(), &Runner::runningChanged, this, &MainWindow::showRunning);
    connect(&m_workspace.runner(), &Runner::progressed, this, &MainWindow::showProgress);
    connect(&m_workspace.runner(), &Runner::enqueued, this,
            [this](const QueueEntry& entry) { m_status->setText(tr("Queued at place %1").arg(entry.position)); });
    connect(&m_workspace.draft(), &Draft::changed, this, &MainWindow::updateBanner);
    connect(&m_workspace.browser(), &Browser::opening, this, &MainWindow::updateBanner);
    connect(&m_workspace.browser(), &Browser::targetsChanged, this, &MainWindow::updateBanner);
    connect(&m_workspace.draft(), &Draft::fileNameChanged, this, &MainWindow::updateTitle);
    connect(&m_workspace.draft().edits(), &QUndoStack::cleanChanged, this, &MainWindow::updateTitle);
}

void MainWindow::changeEvent(QEvent* event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_actions.quit)
        applyIcons();
}

void MainWindow::applyIcons()
{
    const auto set = [this](QAction* action, Glyph glyph) { action->setIcon(glyphIcon(glyph, palette())); };
    set(m_actions.openTarget, Glyph::Target);
    set(m_actions.openBatch, Glyph::Open);
    set(m_actions.save, Glyph::Save);
    set(m_actions.undo, Glyph::Undo);
    set(m_actions.preview, Glyph::Eye);
    set(m_actions.enqueue, Glyph::List);
    set(m_actions.apply, Glyph::Check);
    set(m_actions.cancel, Glyph::Stop);
}

} // namespace holdpoint

#include "moc_mainwindow.cpp"
