// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "target/target.h"

#include <QDialog>

class QCheckBox;
class QLineEdit;

namespace holdpoint {

/// Asks for the password that a target's server wants, and whether the keychain shall remember it. It connects nowhere.
class PasswordDialog : public QDialog
{
    Q_OBJECT
public:
    /// `refusal` is what the server or libpq said.
    PasswordDialog(const Target& target, const Error& refusal, bool canRemember, QWidget* parent = nullptr);

Q_SIGNALS:
    void passwordGiven(const holdpoint::Target& target, const QString& password, bool remember);

protected:
    void accept() override;

private:
    const Target m_target;
    QLineEdit* m_password;
    QCheckBox* m_remember;
};

} // namespace holdpoint
