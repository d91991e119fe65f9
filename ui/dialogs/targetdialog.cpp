// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/targetdialog.h"

#include "panels/errorlabel.h"
#include "target/targeturi.h"
#include "words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QUrl>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace holdpoint {

TargetDialog::TargetDialog(QWidget* parent)
    : QDialog(parent)
    , m_sqlite(new QRadioButton(tr("&SQLite file")))
    , m_postgres(new QRadioButton(tr("&PostgreSQL server")))
    , m_path(new QLineEdit)
    , m_browse(new QPushButton(tr("&Browse…")))
    , m_uri(new QLineEdit)
    , m_name(new QLineEdit)
    , m_environment(new QComboBox)
    , m_readOnly(new QCheckBox(tr("&Read-only: nothing can be applied to it")))
    , m_save(new QCheckBox(tr("&Keep it in the list of targets")))
    , m_error(new ErrorLabel(u"targetError"_s))
{
    setWindowTitle(tr("Open Target"));
    setObjectName(u"targetDialog"_s);
    for (const Environment environment : { Environment::Development, Environment::Staging, Environment::Production })
        m_environment->addItem(environmentWord(environment), QVariant::fromValue(environment));
    m_sqlite->setChecked(true);
    m_save->setChecked(true);
    layOut();
    connectParts();
    updateParts();
}

void TargetDialog::layOut()
{
    m_sqlite->setObjectName(u"engineSqlite"_s);
    m_postgres->setObjectName(u"enginePostgres"_s);
    m_path->setObjectName(u"targetPath"_s);
    m_path->setMinimumWidth(fontMetrics().averageCharWidth() * 56);
    m_browse->setObjectName(u"targetBrowse"_s);
    m_uri->setObjectName(u"targetUri"_s);
    m_uri->setPlaceholderText(u"postgresql://user@host:5432/database"_s);
    m_uri->setToolTip(tr("Any libpq URI. Passwords come from ~/.pgpass, PGPASSWORD, a service file or the desktop's "
                         "keyring, never from here."));
    m_name->setObjectName(u"targetName"_s);
    m_environment->setObjectName(u"targetEnvironment"_s);
    m_readOnly->setObjectName(u"targetReadOnly"_s);
    m_save->setObjectName(u"targetSave"_s);
    auto* file = new QHBoxLayout;
    file->addWidget(m_path, 1);
    file->addWidget(m_browse);
    auto* form = new QFormLayout;
    form->addRow(m_sqlite);
    form->addRow(tr("&File:"), file);
    form->addRow(m_postgres);
    form->addRow(tr("&URI:"), m_uri);
    form->addRow(tr("&Name:"), m_name);
    form->addRow(tr("&Environment:"), m_environment);
    form->addRow(m_readOnly);
    form->addRow(m_save);
    if (auto* label = qobject_cast<QLabel*>(form->labelForField(file)))
        label->setBuddy(m_path);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Open | QDialogButtonBox::Cancel);
    buttons->setObjectName(u"targetButtons"_s);
    connect(buttons, &QDialogButtonBox::accepted, this, &TargetDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &TargetDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(m_error);
    layout->addWidget(buttons);
}

void TargetDialog::connectParts()
{
    connect(m_sqlite, &QRadioButton::toggled, this, &TargetDialog::updateParts);
    connect(m_browse, &QPushButton::clicked, this, &TargetDialog::chooseFile);
    connect(m_name, &QLineEdit::textEdited, this, [this](const QString& text) { m_nameIsOurs = text.isEmpty(); });
    connect(m_path, &QLineEdit::textChanged, this, [this](const QString& path) {
        if (m_nameIsOurs)
            m_name->setText(QFileInfo(path).completeBaseName());
    });
    connect(m_uri, &QLineEdit::textChanged, this, [this](const QString& uri) {
        if (m_nameIsOurs)
            m_name->setText(QUrl(uri).path().mid(1));
    });
}

void TargetDialog::chooseFile()
{
    auto* dialog = new QFileDialog(this, tr("Open SQLite File"), m_path->text());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({ tr("SQLite databases (*.db *.sqlite *.sqlite3 *.db3)"), tr("All files (*)") });
    connect(dialog, &QFileDialog::fileSelected, m_path, &QLineEdit::setText);
    dialog->open();
}

void TargetDialog::updateParts()
{
    const bool isSqlite = m_sqlite->isChecked();
    m_path->setEnabled(isSqlite);
    m_browse->setEnabled(isSqlite);
    m_uri->setEnabled(!isSqlite);
    (isSqlite ? m_path : m_uri)->setFocus();
}

Result<Target> TargetDialog::target() const
{
    const bool isSqlite = m_sqlite->isChecked();
    const QString place = (isSqlite ? m_path : m_uri)->text().trimmed();
    if (place.isEmpty())
        return makeError(ErrorKind::Usage, isSqlite ? tr("Choose a file.") : tr("Give the server's URI."));
    if (m_name->text().trimmed().isEmpty())
        return makeError(ErrorKind::Usage, tr("Give the target a name; commands are written for it."));
    Result<Target> parsed
        = parseTargetUri(m_name->text().trimmed(), isSqlite ? "sqlite:"_L1 + place : place, QDir::home());
    if (!parsed)
        return parsed;
    parsed->environment = m_environment->currentData().value<Environment>();
    parsed->readOnly = m_readOnly->isChecked();
    return parsed;
}

void TargetDialog::accept()
{
    const Result<Target> chosen = target();
    if (!chosen) {
        m_error->showError(chosen.error().text());
        return;
    }
    Q_EMIT targetChosen(*chosen, m_save->isChecked());
    QDialog::accept();
}

} // namespace holdpoint

#include "moc_targetdialog.cpp"
