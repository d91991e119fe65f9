// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/listview.h"

#include "theme.h"

#include <QAbstractProxyModel>
#include <QHeaderView>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <numeric>

namespace holdpoint {

namespace {

constexpr int MaximumColumnWidth = 340;
constexpr int FittedRows = 60;
constexpr int ReadableWidth = 90; // of a column that gives way

qint64 sum(const QList<int>& widths)
{
    return std::accumulate(widths.begin(), widths.end(), qint64(0));
}

// What is left over goes to each as wide as it is; what is missing is taken from the widest.
QList<int> sharedWidths(const QList<int>& wanted, const QList<int>& least, int space)
{
    QList<int> widths = wanted;
    if (const qint64 all = sum(wanted); all <= space) {
        for (int& width : widths)
            width += all > 0 ? int((space - all) * width / all) : 0;
    } else {
        int widest = *std::max_element(wanted.begin(), wanted.end());
        for (; widest > 0 && sum(widths) > space; --widest) {
            for (qsizetype column = 0; column < widths.size(); ++column)
                widths[column] = std::max(least.at(column), std::min(wanted.at(column), widest));
        }
    }
    if (const qint64 left = space - sum(widths); left > 0 && !widths.isEmpty())
        widths.last() += int(left);
    return widths;
}

} // namespace

ListView::ListView(const QString& objectName, const QString& accessibleName, QWidget* parent)
    : QTableView(parent)
{
    setObjectName(objectName);
    setAccessibleName(accessibleName);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setTabKeyNavigation(false);
    setAlternatingRowColors(true);
    setShowGrid(false);
    setWordWrap(false);
    setHorizontalScrollMode(ScrollPerPixel);
    verticalHeader()->hide();
    const int rowHeight = fontMetrics().height() + 8;
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(rowHeight);
    verticalHeader()->setMinimumSectionSize(rowHeight);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    horizontalHeader()->setResizeContentsPrecision(FittedRows);
}

void ListView::setModel(QAbstractItemModel* model)
{
    QTableView::setModel(model);
    connect(model, &QAbstractItemModel::modelReset, this, &ListView::fitColumns);
    connect(model, &QAbstractItemModel::rowsInserted, this, &ListView::fitColumns);
    for (const auto signal : { &QAbstractItemModel::rowsRemoved, &QAbstractItemModel::rowsInserted })
        connect(model, signal, this, &ListView::fitHeight);
    connect(model, &QAbstractItemModel::modelReset, this, &ListView::fitHeight);
    // The empty text stands where no row is painted, so the view does not know that it changed.
    for (const auto signal : { &QAbstractItemModel::rowsRemoved, &QAbstractItemModel::rowsInserted })
        connect(model, signal, viewport(), qOverload<>(&QWidget::update));
}

void ListView::setEmptyText(const QString& text)
{
    m_emptyText = text;
    viewport()->update();
}

void ListView::setStretchColumn(int column)
{
    m_stretchColumn = column;
    fitColumns();
}

void ListView::fillWidth()
{
    m_fillsWidth = true;
    fitColumns();
}

void ListView::limitHeight(int rows)
{
    m_mostRows = rows;
    fitHeight();
}

void ListView::fitHeight()
{
    if (m_mostRows == 0 || !model())
        return;
    const int shown = std::clamp(model()->rowCount(), 1, m_mostRows);
    const bool scrolls = horizontalHeader()->length() > columnSpace();
    setFixedHeight(horizontalHeader()->sizeHint().height() + shown * verticalHeader()->defaultSectionSize()
                   + (scrolls ? horizontalScrollBar()->sizeHint().height() : 0) + 2 * frameWidth());
}

// Of a limited height, not what the viewport has at the moment: each scroll bar could then bring and take the other.
int ListView::columnSpace() const
{
    if (m_mostRows == 0)
        return viewport()->width();
    const bool scrolls = model() && model()->rowCount() > m_mostRows;
    return width() - 2 * frameWidth() - (scrolls ? verticalScrollBar()->sizeHint().width() : 0);
}

int ListView::currentSourceRow() const
{
    QModelIndex current = currentIndex();
    if (const auto* proxy = qobject_cast<const QAbstractProxyModel*>(model()))
        current = proxy->mapToSource(current);
    return current.row();
}

void ListView::selectSourceRow(int row)
{
    const auto* proxy = qobject_cast<const QAbstractProxyModel*>(model());
    const QModelIndex index
        = proxy ? proxy->mapFromSource(proxy->sourceModel()->index(row, 0)) : model()->index(row, 0);
    if (!index.isValid())
        return;
    setCurrentIndex(index);
    scrollTo(index);
}

void ListView::fitColumns()
{
    if (!model())
        return;
    resizeColumnsToContents();
    for (int column = 0; column < model()->columnCount(); ++column)
        setColumnWidth(column, std::min(columnWidth(column) + 6, MaximumColumnWidth));
    if (m_stretchColumn >= 0 && m_stretchColumn < model()->columnCount())
        horizontalHeader()->setSectionResizeMode(m_stretchColumn, QHeaderView::Stretch);
    m_wanted.clear();
    for (int column = 0; m_fillsWidth && column < model()->columnCount(); ++column)
        m_wanted.append(columnWidth(column)); // 0 if it is hidden
    shareWidth();
}

void ListView::shareWidth()
{
    if (m_wanted.isEmpty())
        return;
    QList<int> shown;
    QList<int> wanted;
    QList<int> least;
    for (int column = 0; column < m_wanted.size(); ++column) {
        if (isColumnHidden(column))
            continue;
        shown.append(column);
        wanted.append(m_wanted.at(column));
        least.append(std::max(horizontalHeader()->sectionSizeHint(column), std::min(wanted.last(), ReadableWidth)));
    }
    const QList<int> widths = sharedWidths(wanted, least, columnSpace());
    for (qsizetype index = 0; index < shown.size(); ++index)
        setColumnWidth(shown.at(index), widths.at(index));
}

void ListView::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    shareWidth();
}

void ListView::updateGeometries()
{
    QTableView::updateGeometries();
    fitHeight();
}

void ListView::paintEvent(QPaintEvent* event)
{
    QTableView::paintEvent(event);
    if (m_emptyText.isEmpty() || (model() && model()->rowCount(rootIndex()) > 0))
        return;
    QPainter painter(viewport());
    painter.setPen(markColors(palette()).muted);
    painter.drawText(viewport()->rect().adjusted(16, 8, -16, -8), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
}

} // namespace holdpoint

#include "moc_listview.cpp"
