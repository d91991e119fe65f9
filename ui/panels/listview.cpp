// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/listview.h"

#include "theme.h"

#include <QAbstractProxyModel>
#include <QHeaderView>
#include <QPainter>

#include <algorithm>

namespace holdpoint {

namespace {

constexpr int MaximumColumnWidth = 340;
constexpr int FittedRows = 60;

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

void ListView::limitHeight(int rows)
{
    const int shown = std::clamp(model()->rowCount(), 1, rows);
    const int header = horizontalHeader()->sizeHint().height();
    setFixedHeight(header + shown * verticalHeader()->defaultSectionSize() + 2 * frameWidth() + 2);
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
