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
    /// All columns share the width that there is: what is left over, and what is missing as far as the header's text
    /// and a short value stay readable.
    void fillWidth();
    /// Takes no more height than its rows need, from now on, and no more than for so many: below the header, above the
    /// horizontal scroll bar where there is one.
    void limitHeight(int rows);
    /// The source row of the current row behind at most one proxy; -1 without one.
    [[nodiscard]] int currentSourceRow() const;
    void selectSourceRow(int row);

public Q_SLOTS:
    void fitColumns();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

protected Q_SLOTS:
    void updateGeometries() override;

private:
    [[nodiscard]] int columnSpace() const;
    void shareWidth();
    void fitHeight();

    QString m_emptyText;
    int m_stretchColumn = -1;
    bool m_fillsWidth = false;
    QList<int> m_wanted; ///< the widths that the columns' content needs, if they fill the width
    int m_mostRows = 0; ///< 0: the height is anybody's
};

} // namespace holdpoint
