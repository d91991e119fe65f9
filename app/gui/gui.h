// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compose.h"
#include "gui/guiarguments.h"
#include "keychain/keychain.h"
#include "mainwindow.h"
#include "session/givensecrets.h"

#include <QSettings>

class QApplication;

namespace holdpoint {

/// The window with all that it stands on, built once the journal is open. Settings are read and written here only.
class Gui : public QObject
{
    Q_OBJECT
public:
    Gui(QApplication& application, GuiArguments arguments);

    /// Opens the journal, then the window; a journal that cannot be opened ends the program with a message.
    void start();

private:
    void build(const Composition& composition);
    void restore();
    void save();
    void openArguments();
    void chooseTheme(Theme theme);
    void giveUp(const Error& error);

    QApplication& m_application;
    GuiArguments m_arguments;
    QSettings m_settings;
    const std::shared_ptr<Keychain> m_keychain = std::make_shared<Keychain>();
    const std::shared_ptr<GivenSecrets> m_passwords = std::make_shared<GivenSecrets>(m_keychain);
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace holdpoint
