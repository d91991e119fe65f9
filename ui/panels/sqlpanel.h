// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "models/targetlistmodel.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QPushButton;

namespace holdpoint {

class ErrorLabel;
class SqlEditor;

/// SQL text whose statements become commands of the draft, one each. Nothing is run from here.
class SqlPanel : public QWidget
{
    Q_OBJECT
public:
    explicit SqlPanel(QWidget* parent = nullptr);

    void setTargets(const QList<Target>& targets);
    void setTarget(const QString& name);
    /// Lets the operator rewrite the statement of a command that the draft has.
    void edit(int command, const QString& target, const QString& text);
    void leaveEdit(); ///< the command is no longer where it was; the text stays
    void showAdded();
    void showRefused(const Error& error);

Q_SIGNALS:
    void addRequested(const holdpoint::Target& target, const QString& script);
    void replaceRequested(int command, const holdpoint::Target& target, const QString& script);

private:
    void layOut();
    void submit();
    void endEdit();
    void updateButtons();

    TargetListModel m_targets;
    QComboBox* m_target;
    SqlEditor* m_editor;
    ErrorLabel* m_message;
    QPushButton* m_add;
    QPushButton* m_cancelEdit;
    std::optional<int> m_edited; ///< the command that is rewritten
};

} // namespace holdpoint
