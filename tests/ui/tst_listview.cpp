// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/listview.h"

#include "modeltext.h"

#include <QHeaderView>
#include <QScrollBar>
#include <QStandardItemModel>
#include <QTest>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

constexpr int MostRows = 6;

// What shows is whole rows below the whole header, above the scroll bar, and nothing else.
struct Fit
{
    explicit Fit(const ListView& view)
        : rowsHeight(view.viewport()->height())
        , header(view.horizontalHeader()->height())
        , scrollsAcross(view.horizontalScrollBar()->isVisible())
        , scrollsDown(view.verticalScrollBar()->isVisible())
        , width(view.horizontalHeader()->length() - view.viewport()->width())
    {
    }
    int rowsHeight;
    int header;
    bool scrollsAcross;
    bool scrollsDown;
    int width; ///< what the columns lack (above 0) or leave
};

struct Shown
{
    explicit Shown(const QStringList& headers)
        : model(0, int(headers.size()))
    {
        model.setHorizontalHeaderLabels(headers);
        view.setModel(&model);
        view.limitHeight(MostRows);
    }
    void setRows(int rows)
    {
        QList<QList<QStandardItem*>> items;
        model.setRowCount(0);
        for (int row = 0; row < rows; ++row) {
            items.append(QList<QStandardItem*>());
            for (int column = 0; column < model.columnCount(); ++column)
                items.last().append(new QStandardItem(u"a value of row %1"_s.arg(row)));
            model.appendRow(items.last());
        }
        view.fitColumns();
    }
    void show(int width)
    {
        view.resize(width, view.height());
        view.show();
        settle();
    }
    // Scroll bars come and go by posted events.
    static void settle() { QTest::qWait(30); }
    QStandardItemModel model;
    ListView view { u"list"_s, u"List"_s };
};

} // namespace

class TestListView : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void itsHeightIsThatOfItsRows_data();
    void itsHeightIsThatOfItsRows();
    void theHeightFollowsTheWidth();
    void theHeightFollowsTheRows();
    void columnsFillTheWidth_data();
    void columnsFillTheWidth();
    void aStretchedColumnTakesWhatIsLeft_data() { columnsFillTheWidth_data(); }
    void aStretchedColumnTakesWhatIsLeft();
    void aNarrowListScrolls();
    void hiddenColumnsTakeNoWidth();
};

void TestListView::itsHeightIsThatOfItsRows_data()
{
    QTest::addColumn<QString>("header");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("width");
    const QList<QPair<const char*, QString>> headers { { "one line", u"Before"_s },
                                                       { "two lines", u"This undo:\nbefore"_s },
                                                       { "three lines", u"This\nundo:\nbefore"_s } };
    for (const auto& [name, header] : headers) {
        for (const int rows : { 0, 1, 2, MostRows, MostRows + 1, 50 }) {
            for (const int width : { 200, 365, 380, 900 })
                QTest::addRow("%s, %d rows, %d wide", name, rows, width) << header << rows << width;
        }
    }
}

void TestListView::itsHeightIsThatOfItsRows()
{
    QFETCH(const QString, header);
    QFETCH(const int, rows);
    QFETCH(const int, width);
    Shown shown({ header, header, header });
    shown.setRows(rows);
    shown.show(width);
    const Fit fit(shown.view);
    QCOMPARE(fit.header, shown.view.horizontalHeader()->sizeHint().height());
    QVERIFY(fit.header >= (header.count('\n'_L1) + 1) * shown.view.fontMetrics().height());
    QCOMPARE(fit.rowsHeight, qBound(1, rows, MostRows) * shown.view.verticalHeader()->defaultSectionSize());
    QCOMPARE(fit.scrollsDown, rows > MostRows);
    QCOMPARE(fit.scrollsAcross, fit.width > 0);
}

void TestListView::theHeightFollowsTheWidth()
{
    Shown shown({ u"This undo:\nbefore"_s, u"This undo:\nafter"_s });
    shown.setRows(2);
    shown.show(900);
    const int wide = shown.view.height();
    shown.view.resize(100, wide);
    Shown::settle();
    QVERIFY(Fit(shown.view).scrollsAcross);
    QCOMPARE(Fit(shown.view).rowsHeight, 2 * shown.view.verticalHeader()->defaultSectionSize());
    QVERIFY(shown.view.height() > wide);
    shown.view.resize(900, shown.view.height());
    Shown::settle();
    QCOMPARE(shown.view.height(), wide);
    QVERIFY(!Fit(shown.view).scrollsAcross);
}

void TestListView::theHeightFollowsTheRows()
{
    Shown shown({ u"This undo:\nbefore"_s });
    shown.show(600);
    const int rowHeight = shown.view.verticalHeader()->defaultSectionSize();
    const int empty = shown.view.height();
    shown.setRows(4);
    Shown::settle();
    QCOMPARE(shown.view.height(), empty + 3 * rowHeight);
    shown.model.removeRows(0, 3);
    Shown::settle();
    QCOMPARE(shown.view.height(), empty);
}

void TestListView::columnsFillTheWidth_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("width");
    for (const int rows : { 0, 1, 2, 50 }) {
        for (const int width : { 330, 400, 500, 1200 })
            QTest::addRow("%d rows, %d wide", rows, width) << rows << width;
    }
}

void TestListView::columnsFillTheWidth()
{
    QFETCH(const int, rows);
    QFETCH(const int, width);
    Shown shown({ u"Key"_s, u"Before"_s, u"After"_s });
    shown.view.fillWidth();
    shown.setRows(rows);
    shown.show(width);
    QCOMPARE(Fit(shown.view).width, 0);
    QVERIFY(!Fit(shown.view).scrollsAcross);
    for (int column = 0; column < 3; ++column)
        QVERIFY(shown.view.columnWidth(column) >= shown.view.horizontalHeader()->sectionSizeHint(column));
    shown.view.resize(width + 100, shown.view.height());
    Shown::settle();
    QCOMPARE(Fit(shown.view).width, 0);
}

void TestListView::aStretchedColumnTakesWhatIsLeft()
{
    QFETCH(const int, rows);
    QFETCH(const int, width);
    Shown shown({ u"Note"_s, u"Target"_s, u"What"_s });
    shown.view.setStretchColumn(2);
    shown.setRows(rows);
    for (const int each : { width, 120, width }) {
        shown.show(each);
        const Fit fit(shown.view);
        QCOMPARE(fit.rowsHeight, qBound(1, rows, MostRows) * shown.view.verticalHeader()->defaultSectionSize());
        QCOMPARE(fit.scrollsAcross, fit.width > 0);
        QCOMPARE(fit.scrollsDown, rows > MostRows);
    }
    QCOMPARE(Fit(shown.view).width, 0);
}

void TestListView::aNarrowListScrolls()
{
    Shown shown({ u"Exact undo:\nbefore"_s, u"Exact undo:\nafter"_s, u"This undo:\nbefore"_s });
    shown.view.fillWidth();
    shown.setRows(2);
    shown.show(150);
    QVERIFY(Fit(shown.view).scrollsAcross);
    for (int column = 0; column < 3; ++column)
        QVERIFY(shown.view.columnWidth(column) >= shown.view.horizontalHeader()->sectionSizeHint(column));
    QCOMPARE(Fit(shown.view).rowsHeight, 2 * shown.view.verticalHeader()->defaultSectionSize());
}

void TestListView::hiddenColumnsTakeNoWidth()
{
    Shown shown({ u"Target"_s, u"Before"_s, u"After"_s });
    shown.view.fillWidth();
    shown.view.setColumnHidden(0, true);
    shown.setRows(2);
    shown.show(500);
    QCOMPARE(Fit(shown.view).width, 0);
    QCOMPARE(shown.view.columnWidth(1) + shown.view.columnWidth(2), shown.view.viewport()->width());
}

QTEST_MAIN(TestListView)
#include "tst_listview.moc"
