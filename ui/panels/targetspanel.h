// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "command/namedvalue.h"
#include "models/tablelistmodel.h"
#include "models/targetlistmodel.h"

#include <QWidget>

class QLineEdit;
class QListView;
class QPushButton;
class QSortFilterProxyModel;

namespace holdpoint {

class ErrorLabel;
class ListView;

/// The known targets, and the tables of the one that is open.
class TargetsPanel : public QWidget
{
    Q_OBJECT
public:
    explicit TargetsPanel(QWidget* parent = nullptr);

    void setTargets(const QList<Target>& targets);
    void showOpening(const Target& target);
    void showTables(const Target& target, const QList<Table>& tables);
    void showError(const Target& target, const Error& error);

Q_SIGNALS:
    void addRequested();
    void forgetRequested(const QString& name);
    void openRequested(const QString& name);
    void tableRequested(const holdpoint::TableName& table);

private:
    void layOut();
    void connectParts();
    void select(const Target& target);
    [[nodiscard]] QString chosenTarget() const;
    void requestTable();

    TargetListModel m_targets;
    TableListModel m_tables;
    QSortFilterProxyModel* m_filtered;
    QListView* m_targetView;
    QPushButton* m_add;
    QPushButton* m_forget;
    QLineEdit* m_filter;
    ListView* m_tableView;
    ErrorLabel* m_message;
    QString m_open; ///< the open target's name
};

} // namespace holdpoint
