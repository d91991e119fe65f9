// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/gui.h"

#include "target/targetlist.h"
#include "whenready.h"

#include <QApplication>
#include <QMessageBox>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr int CannotStart = 2;

} // namespace

Gui::Gui(QApplication& application, GuiArguments arguments)
    : m_application(application)
    , m_arguments(std::move(arguments))
    , m_settings(QSettings::IniFormat, QSettings::UserScope, u"holdpoint"_s, u"window"_s)
{
    const Theme saved = themeFromName(m_settings.value(u"theme"_s).toString()).value_or(Theme::System);
    applyTheme(m_application, m_arguments.theme.value_or(saved));
    m_application.setQuitOnLastWindowClosed(false);
}

void Gui::start()
{
    whenReady(compose(m_arguments.journal, m_passwords), this, [this](const Result<Composition>& composition) {
        if (composition)
            build(*composition);
        else
            giveUp(composition.error());
    });
}

void Gui::build(const Composition& composition)
{
    m_workspace = std::make_unique<Workspace>(composition.workbench, defaultTargetListPath());
    m_workspace->setPasswords({ m_passwords, [keychain = m_keychain](const Target& target, const QString& password) {
                                   return keychain->keep(target, password);
                               } });
    m_window = std::make_unique<MainWindow>(*m_workspace);
    connect(m_window.get(), &MainWindow::themeChosen, this, &Gui::chooseTheme);
    connect(m_window.get(), &MainWindow::closed, this, [this] {
        save();
        m_application.quit();
    });
    restore();
    m_window->show();
    m_workspace->browser().load();
    m_workspace->history().refresh();
    openArguments();
}

void Gui::restore()
{
    m_window->setTheme(
        m_arguments.theme.value_or(themeFromName(m_settings.value(u"theme"_s).toString()).value_or(Theme::System)));
    m_window->restoreGeometry(m_settings.value(u"geometry"_s).toByteArray());
    m_window->restoreState(m_settings.value(u"docks"_s).toByteArray());
}

void Gui::save()
{
    m_settings.setValue(u"geometry"_s, m_window->saveGeometry());
    m_settings.setValue(u"docks"_s, m_window->saveState());
}

void Gui::openArguments()
{
    m_workspace->setOverrides(m_arguments.targets);
    for (const Target& target : std::as_const(m_arguments.targets))
        m_window->openTarget(target, false);
    if (!m_arguments.batch.isEmpty())
        m_window->openBatchFile(m_arguments.batch);
}

void Gui::chooseTheme(Theme theme)
{
    applyTheme(m_application, theme);
    m_settings.setValue(u"theme"_s, themeName(theme));
}

void Gui::giveUp(const Error& error)
{
    auto* box
        = new QMessageBox(QMessageBox::Critical, u"Holdpoint"_s, tr("Holdpoint cannot start."), QMessageBox::Close);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(error.text());
    connect(box, &QMessageBox::finished, &m_application, [] { QApplication::exit(CannotStart); });
    box->open();
}

} // namespace holdpoint

#include "moc_gui.cpp"
