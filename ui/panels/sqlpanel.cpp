// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/sqlpanel.h"

#include "panels/errorlabel.h"
#include "panels/sqleditor.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace holdpoint {

SqlPanel::SqlPanel(QWidget* parent)
    : QWidget(parent)
    , m_target(new QComboBox)
    , m_editor(new SqlEditor)
    , m_message(new ErrorLabel(u"sqlMessage"_s))
    , m_add(new QPushButton)
    , m_cancelEdit(new QPushButton(tr("Keep it as it was")))
{
    m_target->setModel(&m_targets);
    layOut();
    connect(m_add, &QPushButton::clicked, this, &SqlPanel::submit);
    connect(m_cancelEdit, &QPushButton::clicked, this, &SqlPanel::endEdit);
    connect(m_editor, &SqlEditor::textChanged, this, &SqlPanel::updateButtons);
    connect(m_target, &QComboBox::currentIndexChanged, this, &SqlPanel::updateButtons);
    updateButtons();
}

void SqlPanel::layOut()
{
    m_target->setObjectName(u"sqlTarget"_s);
    m_target->setAccessibleName(tr("Target of the statements"));
    m_target->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_target->setPlaceholderText(tr("Open a target first"));
    m_add->setObjectName(u"addSql"_s);
    m_add->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return));
    m_cancelEdit->setObjectName(u"cancelSqlEdit"_s);
    auto* label = new QLabel(tr("&Target:"));
    label->setBuddy(m_target);
    auto* bar = new QHBoxLayout;
    bar->addWidget(label);
    bar->addWidget(m_target);
    bar->addStretch(1);
    bar->addWidget(m_cancelEdit);
    bar->addWidget(m_add);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->addLayout(bar);
    layout->addWidget(m_editor, 1);
    layout->addWidget(m_message);
}

void SqlPanel::setTargets(const QList<Target>& targets)
{
    const QString chosen = m_target->currentIndex() < 0 ? QString() : m_targets.target(m_target->currentIndex()).name;
    m_targets.setTargets(targets);
    setTarget(chosen);
    updateButtons();
}

void SqlPanel::setTarget(const QString& name)
{
    if (const int row = m_targets.rowOf(name); row >= 0 && !m_edited)
        m_target->setCurrentIndex(row);
}

void SqlPanel::edit(int command, const QString& target, const QString& text)
{
    m_edited.reset();
    setTarget(target);
    m_edited = command;
    m_editor->setText(text);
    m_editor->focusText();
    updateButtons();
}

void SqlPanel::leaveEdit()
{
    m_edited.reset();
    updateButtons();
}

void SqlPanel::showAdded()
{
    m_editor->setText({});
    endEdit();
}

void SqlPanel::showRefused(const Error& error)
{
    QString text = error.text();
    if (error.position > 0 && !error.statement.isEmpty())
        text += u"\n"_s + tr("At character %1 of: %2").arg(error.position).arg(error.statement.simplified().left(200));
    m_message->showError(text);
    m_editor->focusText();
}

void SqlPanel::submit()
{
    const int row = m_target->currentIndex();
    if (row < 0)
        return;
    m_message->showError({});
    if (m_edited)
        Q_EMIT replaceRequested(*m_edited, m_targets.target(row), m_editor->text());
    else
        Q_EMIT addRequested(m_targets.target(row), m_editor->text());
}

void SqlPanel::endEdit()
{
    if (m_edited)
        m_editor->setText({});
    m_edited.reset();
    m_message->showError({});
    updateButtons();
}

void SqlPanel::updateButtons()
{
    m_add->setText(m_edited ? tr("Replace command %1").arg(*m_edited + 1) : tr("&Add to batch"));
    // A button's shortcut goes with its text.
    m_add->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return));
    m_add->setToolTip(m_add->shortcut().toString(QKeySequence::NativeText));
    m_add->setEnabled(m_target->currentIndex() >= 0 && !m_editor->text().trimmed().isEmpty());
    m_target->setEnabled(!m_edited);
    m_cancelEdit->setVisible(m_edited.has_value());
}

} // namespace holdpoint

#include "moc_sqlpanel.cpp"
