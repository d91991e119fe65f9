// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/passworddialog.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QLabel* plainLabel(const QString& text)
{
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

PasswordDialog::PasswordDialog(const Target& target, const Error& refusal, bool canRemember, QWidget* parent)
    : QDialog(parent)
    , m_target(target)
    , m_password(new QLineEdit)
    , m_remember(new QCheckBox(tr("&Remember it in the keychain")))
{
    setObjectName(u"passwordDialog"_s);
    setWindowTitle(tr("Password"));
    setMinimumWidth(fontMetrics().averageCharWidth() * 60);
    m_password->setObjectName(u"password"_s);
    m_password->setEchoMode(QLineEdit::Password);
    m_remember->setObjectName(u"rememberPassword"_s);
    m_remember->setVisible(canRemember);
    auto* form = new QFormLayout;
    form->addRow(tr("Target:"), plainLabel(target.name));
    form->addRow(tr("Address:"), plainLabel(target.address));
    form->addRow(tr("&Password:"), m_password);
    form->addRow(QString(), m_remember);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    QPushButton* connectButton = buttons->addButton(tr("&Connect"), QDialogButtonBox::AcceptRole);
    connectButton->setObjectName(u"connectWithPassword"_s);
    connectButton->setEnabled(false);
    connect(m_password, &QLineEdit::textChanged, connectButton,
            [connectButton](const QString& text) { connectButton->setEnabled(!text.isEmpty()); });
    connect(buttons, &QDialogButtonBox::accepted, this, &PasswordDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &PasswordDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(plainLabel(refusal.message));
    if (!refusal.detail.isEmpty())
        layout->addWidget(plainLabel(refusal.detail));
    layout->addLayout(form);
    layout->addWidget(buttons);
    // Only here it knows its dialog; else Enter would cancel.
    connectButton->setDefault(true);
    buttons->button(QDialogButtonBox::Cancel)->setAutoDefault(false);
}

void PasswordDialog::accept()
{
    if (m_password->text().isEmpty())
        return;
    Q_EMIT passwordGiven(m_target, m_password->text(), m_remember->isChecked());
    QDialog::accept();
}

} // namespace holdpoint

#include "moc_passworddialog.cpp"
