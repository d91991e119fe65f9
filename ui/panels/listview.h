// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

namespace holdpoint {

/// A table of rows as every panel shows it: whole rows are selected, Tab leaves it, columns fit their
/// content up to a limit, and an empty one says why it is empty.
class ListView : public QTableView
{
    Q_OBJECT
public:
    ListView(const QString& objectName, const QString& accessibleName, QWidget* parent = nullptr);

    void setModel(QAbstractItemModel* model) override;
    void setEmptyText(const QString& text);
    /// The column that takes the space that is left; -1: none.
    void setStretchColumn(int column);
    /// Takes no more height than its rows need, and no more than for so many.
    void limitHeight(int rows);
    /// The source row of the current row behind at most one proxy; -1 without one.
    [[nodiscard]] int currentSourceRow() const;
    void selectSourceRow(int row);

public Q_SLOTS:
    void fitColumns();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_emptyText;
    int m_stretchColumn = -1;
};

} // namespace holdpoint
