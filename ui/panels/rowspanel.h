// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gridedits.h"
#include "models/pagemodel.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace holdpoint {

class ListView;

/// The rows of one table; editing them asks for commands of the draft, which it then shows.
class RowsPanel : public QWidget
{
    Q_OBJECT
public:
    explicit RowsPanel(QWidget* parent = nullptr);

    void showOpening(const TableName& table);
    void showPage(const Target& target, const Workbench::Page& page);
    void showError(const TableName& table, const Error& error);
    void showDraft(const Batch& batch); ///< lays the draft's edits over the rows
    void clear();

Q_SIGNALS:
    void reloadRequested();
    void editRequested(const holdpoint::GridRow& row, int column, const holdpoint::Value& value);
    void insertRequested(const holdpoint::Target& target, const holdpoint::Table& table);
    void deleteRequested(const holdpoint::GridRow& row);

private:
    void layOut();
    void connectParts();
    void updateButtons();
    [[nodiscard]] GridRow gridRow(int row) const;
    [[nodiscard]] QString readOnlyReason(const Target& target, const Table& table) const;

    PageModel m_model;
    std::optional<Target> m_target;
    QLabel* m_title;
    QLabel* m_hint;
    ListView* m_view;
    QPushButton* m_insert;
    QPushButton* m_delete;
    QPushButton* m_null;
    QPushButton* m_reload;
};

} // namespace holdpoint
