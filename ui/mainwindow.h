// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme.h"
#include "workspace.h"

#include <QMainWindow>

class QLabel;
class QProgressBar;
class QTabWidget;

namespace holdpoint {

class BatchPanel;
class EffectsPanel;
class LogPanel;
class ProductionBanner;
class QueuePanel;
class RowsPanel;
class SqlPanel;
class TargetsPanel;

/// Arranges the panels and the actions; whatever they do is in the panels and the workspace.
/// Closing while something runs cancels it, and closes once it has been rolled back.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    explicit MainWindow(Workspace& workspace, QWidget* parent = nullptr);

    void openBatchFile(const QString& path);
    void openTarget(const Target& target, bool save);
    void setTheme(Theme theme); ///< what the menu shows as chosen

Q_SIGNALS:
    void themeChosen(holdpoint::Theme theme);
    void closed();

protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void makePanels();
    void makeActions();
    void makeMenus();
    void makeThemeMenu(QMenu& view);
    void makeStatusBar();
    void connectWorkspace();
    QDockWidget* dock(QWidget* panel, const QString& title, Qt::DockWidgetArea area);
    QAction* action(const QString& text, const QKeySequence& keys, const char* name);
    void applyIcons();
    void updateActions();
    void updateTitle();
    void updateBanner();

    void askTarget();
    void askBatchFile();
    void saveBatch();
    void askSaveName();
    void askApply(const Previewed& previewed, const QList<Target>& targets);
    void askPassword(const Target& target, const Error& error);
    void askToDrop(const QString& what, std::function<void()> then);
    void editCommand(int index);
    void showRunning(bool isRunning, const QString& what);
    void showProgress(const Progress& progress);
    void showApplied(const Run& run);
    void showFailed(const QString& what, const Error& error);
    void about();

    Workspace& m_workspace;
    TargetsPanel* m_targets = nullptr;
    RowsPanel* m_rows = nullptr;
    SqlPanel* m_sql = nullptr;
    BatchPanel* m_batch = nullptr;
    EffectsPanel* m_effects = nullptr;
    QueuePanel* m_queue = nullptr;
    LogPanel* m_log = nullptr;
    ProductionBanner* m_banner = nullptr;
    QTabWidget* m_tabs = nullptr;
    QList<QDockWidget*> m_docks;
    QLabel* m_status = nullptr;
    QProgressBar* m_progress = nullptr;
    struct Actions
    {
        QAction *openTarget, *newBatch, *openBatch, *save, *saveAs, *quit;
        QAction *undo, *redo;
        QAction *preview, *enqueue, *apply, *cancel;
    } m_actions {};
    QHash<Theme, QAction*> m_themes;
    bool m_isClosing = false;
};

} // namespace holdpoint
