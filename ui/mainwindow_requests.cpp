// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow.h"

#include "command/runsql.h"
#include "dialogs/applydialog.h"
#include "dialogs/passworddialog.h"
#include "dialogs/targetdialog.h"
#include "panels/batchpanel.h"
#include "panels/effectspanel.h"
#include "panels/logpanel.h"
#include "panels/productionbanner.h"
#include "panels/sqlpanel.h"
#include "words.h"

#include <QAction>
#include <QCloseEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QTabWidget>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QString phaseText(const Progress& progress)
{
    switch (progress.phase) {
    case Progress::Phase::Connecting: return MainWindow::tr("Connecting to %1…").arg(progress.target);
    case Progress::Phase::Running: return MainWindow::tr("Running the commands on %1…").arg(progress.target);
    case Progress::Phase::Capturing: return MainWindow::tr("Reading what changed on %1…").arg(progress.target);
    case Progress::Phase::Comparing: return MainWindow::tr("Comparing with the preview…");
    case Progress::Phase::Committing: return MainWindow::tr("Committing…");
    }
    Q_UNREACHABLE();
}

QFileDialog* batchDialog(QWidget* parent, const QString& title)
{
    auto* dialog = new QFileDialog(parent, title);
    dialog->setObjectName(u"batchFileDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setNameFilters({ MainWindow::tr("Batches (*.holdpoint)"), MainWindow::tr("All files (*)") });
    dialog->setDefaultSuffix(u"holdpoint"_s);
    return dialog;
}

} // namespace

void MainWindow::openBatchFile(const QString& path)
{
    m_workspace.openBatch(path);
}

void MainWindow::openTarget(const Target& target, bool save)
{
    m_workspace.browser().add(target, save);
    m_workspace.browser().open(target.name);
}

void MainWindow::setTheme(Theme theme)
{
    m_themes.value(theme)->setChecked(true);
}

void MainWindow::updateActions()
{
    const bool isRunning = m_workspace.runner().isRunning();
    m_actions.preview->setEnabled(!isRunning && !m_workspace.draft().batch().commands.isEmpty());
    m_actions.enqueue->setEnabled(m_workspace.canEnqueue());
    m_actions.apply->setEnabled(m_workspace.canApply());
    m_actions.cancel->setEnabled(isRunning);
}

void MainWindow::updateTitle()
{
    const QString& path = m_workspace.draft().fileName();
    setWindowModified(m_workspace.draft().isModified());
    setWindowTitle(tr("%1[*] - Holdpoint").arg(path.isEmpty() ? tr("New batch") : QFileInfo(path).fileName()));
}

void MainWindow::updateBanner()
{
    QList<Target> concerned = m_workspace.draft().batch().targets;
    if (const std::optional<Target>& open = m_workspace.browser().current())
        concerned += *open;
    m_banner->setTargets(concerned);
}

void MainWindow::askTarget()
{
    auto* dialog = new TargetDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &TargetDialog::targetChosen, this, &MainWindow::openTarget);
    dialog->open();
}

void MainWindow::askBatchFile()
{
    QFileDialog* dialog = batchDialog(this, tr("Open Batch"));
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openBatchFile);
    dialog->open();
}

void MainWindow::saveBatch()
{
    const QString& path = m_workspace.draft().fileName();
    if (path.isEmpty())
        askSaveName();
    else
        m_workspace.saveBatch(path);
}

void MainWindow::askSaveName()
{
    QFileDialog* dialog = batchDialog(this, tr("Save Batch"));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, &m_workspace, &Workspace::saveBatch);
    dialog->open();
}

void MainWindow::askApply(const Previewed& previewed, const QList<Target>& targets)
{
    auto* dialog = new ApplyDialog(previewed, targets, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ApplyDialog::accepted, &m_workspace, &Workspace::apply);
    dialog->open();
}

void MainWindow::askPassword(const Target& target, const Error& error)
{
    auto* dialog = new PasswordDialog(target, error, m_workspace.canRememberPasswords(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &PasswordDialog::passwordGiven, &m_workspace, &Workspace::givePassword);
    connect(dialog, &PasswordDialog::rejected, &m_workspace, [this, target] { m_workspace.withholdPassword(target); });
    dialog->open();
}

void MainWindow::askToDrop(const QString& what, std::function<void()> then)
{
    if (!m_workspace.draft().isModified()) {
        then();
        return;
    }
    auto* box = new QMessageBox(QMessageBox::Question, tr("Holdpoint"),
                                tr("The batch has changes that are not saved. Drop them and %1?").arg(what),
                                QMessageBox::Cancel, this);
    box->setObjectName(u"dropDialog"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    const QPushButton* drop = box->addButton(tr("&Drop the changes"), QMessageBox::DestructiveRole);
    connect(drop, &QPushButton::clicked, this, std::move(then));
    box->open();
}

void MainWindow::editCommand(int index)
{
    const auto* command = dynamic_cast<const RunSql*>(m_workspace.draft().batch().commands.at(index).get());
    if (!command)
        return;
    m_sql->edit(index, command->target(), command->text());
    m_tabs->setCurrentWidget(m_sql);
}

void MainWindow::showRunning(bool isRunning, const QString& what)
{
    updateActions();
    m_progress->setVisible(isRunning);
    m_progress->setRange(0, 0);
    m_status->setText(isRunning ? tr("%1…").arg(what) : tr("Ready"));
    if (!isRunning && m_isClosing)
        close();
}

void MainWindow::showProgress(const Progress& progress)
{
    if (!m_workspace.runner().isRunning())
        return;
    m_status->setText(phaseText(progress));
    // Commands may be more than an int counts.
    const bool isKnown = progress.total > 0;
    m_progress->setRange(0, isKnown ? 1000 : 0);
    m_progress->setValue(isKnown ? int(1000 * progress.done / progress.total) : 0);
}

void MainWindow::showApplied(const Run& run)
{
    m_tabs->setCurrentWidget(m_log);
    m_log->showRun(run);
    const QString cause = causeWord(run.cause);
    const QString outcome = tr("%1: %2").arg(runKindWord(run.kind), outcomeWord(run.outcome).toLower());
    m_status->setText(cause.isEmpty() ? outcome : tr("%1; %2").arg(outcome, cause));
}

void MainWindow::showFailed(const QString& what, const Error& error)
{
    m_status->setText(tr("%1 failed: %2").arg(what, error.message));
    auto* box
        = new QMessageBox(QMessageBox::Warning, tr("Holdpoint"), tr("%1 failed.").arg(what), QMessageBox::Ok, this);
    box->setObjectName(u"failureDialog"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(error.text());
    box->open();
}

void MainWindow::about()
{
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Holdpoint"),
                                tr("Holdpoint %1\n\nPreview, queue and apply changes to live databases.\n"
                                   "Free software under the GNU General Public License, version 3 or later.")
                                    .arg(QStringLiteral(HOLDPOINT_VERSION)),
                                QMessageBox::Ok, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_workspace.runner().isRunning()) {
        m_isClosing = true;
        m_workspace.runner().cancel();
        m_status->setText(tr("Cancelling, then closing…"));
        event->ignore();
        return;
    }
    if (m_workspace.draft().isModified() && !m_isClosing) {
        askToDrop(tr("quit"), [this] {
            m_isClosing = true;
            close();
        });
        event->ignore();
        return;
    }
    event->accept();
    Q_EMIT closed();
}

} // namespace holdpoint
