// SPDX-License-Identifier: GPL-3.0-or-later
#include "mainwindow.h"

#include "shopdatabase.h"
#include "target/targetlist.h"
#include "windowdriver.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QPushButton>
#include <QTextBrowser>

using namespace holdpoint;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(holdpoint::EngineKind)

namespace {

// Opens the shop as an operator does: with the dialog.
void openShop(WindowDriver& driver, const ShopDatabase& shop)
{
    const Target target = shop.target();
    driver.click("addTarget");
    if (target.engine == EngineKind::SQLite) {
        driver.type("targetPath", target.address);
    } else {
        driver.click("enginePostgres");
        driver.type("targetUri", target.address);
    }
    driver.type("targetName", target.name);
    auto& dialog = driver.find<QDialog>("targetDialog");
    QTest::mouseClick(dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Open), Qt::LeftButton);
    QTRY_VERIFY(driver.rows("tables").contains("orders"_L1));
}

void addSql(WindowDriver& driver, const QString& sql)
{
    driver.showTab("SQL");
    const int before = driver.find<QTableView>("commands").model()->rowCount();
    driver.type("sqlText", sql);
    driver.click("addSql");
    QTRY_VERIFY2(driver.find<QTableView>("commands").model()->rowCount() > before,
                 qPrintable(driver.text("sqlMessage")));
}

void preview(WindowDriver& driver, const QString& headline)
{
    driver.click("previewButton");
    QTRY_VERIFY_WITH_TIMEOUT(driver.isIdle(), 30000);
    QCOMPARE(driver.text("effectsHeadline"), headline);
    QCOMPARE(driver.tab(), u"Effects"_s);
}

} // namespace

class TestMainWindow : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void aBatchFromTheFirstErrorToItsUndo_data() { engines(); }
    void aBatchFromTheFirstErrorToItsUndo();
    void driftStopsAnApply_data() { engines(); }
    void driftStopsAnApply();
    void anUndoThatDiffersWaitsForConsent();
    void aRunCanBeCancelled_data() { engines(); }
    void aRunCanBeCancelled();
    void productionIsAskedAndShown();
    void anUnreachableTargetSaysSo();
    void theDraftIsUndoneByKeys();
    void aBatchFileIsOpenedAndSaved();
    void closingWhileRunningCancelsFirst();

private:
    static void engines()
    {
        QTest::addColumn<EngineKind>("engine");
        QTest::addRow("SQLite") << EngineKind::SQLite;
        QTest::addRow("PostgreSQL") << EngineKind::PostgreSQL;
    }
};

#define FETCH_SHOP()                                                                                                   \
    QFETCH(const EngineKind, engine);                                                                                  \
    if (engine == EngineKind::PostgreSQL && !TestPostgres::available())                                                \
        QSKIP(TestPostgres::whyNot());                                                                                 \
    const ShopDatabase shop(engine)

void TestMainWindow::aBatchFromTheFirstErrorToItsUndo()
{
    FETCH_SHOP();
    const QString untouched = shop.dump();
    WindowDriver driver;
    openShop(driver, shop);
    QTRY_COMPARE(readTargetList(driver.targetList())->size(), 1);

    driver.clickCell("tables", u"customers"_s);
    QTRY_VERIFY(driver.rows("rows").contains("Ada Lovelace"_L1));
    driver.editCell("rows", u"Ada Lovelace"_s, u"Ada King"_s);
    QCOMPARE(driver.text("batchSummary"), u"1 command on shop"_s);
    QVERIFY(driver.rows("rows").contains("Ada King"_L1));
    addSql(driver, u"UPDATE orders SET status = 'refunded' WHERE id = 4711; DELETE FROM orders WHERE id = 4712"_s);
    addSql(driver, u"UPDATE orders SET total = -1 WHERE id = 4710"_s);
    addSql(driver, u"UPDATE no_such_table SET x = 1"_s);
    driver.type("batchTitle", u"Refund order 4711"_s);
    driver.type("batchReason", u"SUP-12"_s);

    preview(driver, u"2 of 5 commands failed"_s);
    QCOMPARE(driver.find<QTableView>("failedCommands").model()->rowCount(), 2);
    QVERIFY(driver.rows("failedCommands").contains("no_such_table"_L1));
    QVERIFY(driver.text("effectsExplanation").contains("nothing has changed"_L1));
    QVERIFY(!driver.find<QPushButton>("applyButton").isEnabled());
    QVERIFY(!driver.find<QPushButton>("queueButton").isEnabled());
    QCOMPARE(shop.dump(), untouched);

    auto& commands = driver.find<QTableView>("commands");
    QTest::mouseClick(commands.viewport(), Qt::LeftButton, {},
                      commands.visualRect(commands.model()->index(4, 0)).center());
    QTest::keyClick(&commands, Qt::Key_Delete);
    QTest::mouseClick(commands.viewport(), Qt::LeftButton, {},
                      commands.visualRect(commands.model()->index(3, 0)).center());
    driver.click("editCommand");
    QCOMPARE(driver.tab(), u"SQL"_s);
    driver.type("sqlText", u"UPDATE orders SET total = 80000 WHERE id = 4710"_s);
    driver.click("addSql");
    QTRY_VERIFY(driver.rows("commands").contains("80000"_L1));
    QCOMPARE(commands.model()->rowCount(), 4);

    preview(driver, u"Previewed: shop: +1 ~3 −3"_s);
    const QString tables = driver.rows("effectTables");
    QVERIFY2(tables.contains("shop | audit_log | +1 |"_L1), qPrintable(tables));
    QVERIFY2(tables.contains(u"shop | order_items |  |  | −2"_s), qPrintable(tables));
    driver.clickCell("effectTables", u"customers"_s);
    QVERIFY(driver.rows("effectRows").contains(u"Update | direct | no. 1 | 1 | Ada Lovelace → Ada King"_s));
    driver.clickCell("effectTables", u"order_items"_s);
    QVERIFY2(driver.rows("effectRows").contains("Delete | indirect | no. 3 |"_L1),
             qPrintable(driver.rows("effectRows")));
    QCOMPARE(driver.find<QPushButton>("applyButton").text(), u"&Apply to shop: +1 ~3 −3"_s);
    QCOMPARE(shop.dump(), untouched);

    driver.click("queueButton");
    QTRY_COMPARE(driver.find<QTableView>("queue").model()->rowCount(), 1);
    QCOMPARE(driver.text("batchSummary"), u"0 commands"_s);
    QCOMPARE(shop.dump(), untouched);
    driver.clickCell("queue", u"Refund order 4711"_s);
    driver.click("applyQueued");
    QTRY_VERIFY(driver.window().findChild<QPushButton*>(u"confirmApply"_s));
    driver.click("confirmApply");
    QTRY_COMPARE(driver.tab(), u"Log"_s);
    QTRY_COMPARE(driver.find<QTableView>("queue").model()->rowCount(), 0);
    QCOMPARE(shop.scalar("SELECT status FROM orders WHERE id = 4711"), u"refunded"_s);
    QCOMPARE(shop.scalar("SELECT count(*) FROM order_items WHERE order_id = 4712"), u"0"_s);

    QTRY_VERIFY(driver.find<QPushButton>("undoButton").isEnabled());
    driver.click("undoButton");
    QTRY_COMPARE_WITH_TIMEOUT(driver.tab(), u"Effects"_s, 30000);
    QCOMPARE(driver.text("effectsHeadline"), u"Undo, previewed: shop: +3 ~3 −1"_s);
    QCOMPARE(shop.scalar("SELECT status FROM orders WHERE id = 4711"), u"refunded"_s);
    driver.click("applyButton");
    QTRY_COMPARE_WITH_TIMEOUT(driver.tab(), u"Log"_s, 30000);
    QCOMPARE(shop.dump(), untouched);

    QTRY_COMPARE(driver.find<QTableView>("runs").model()->rowCount(), 5);
    const QString log = driver.rows("runs");
    QVERIFY2(log.contains("Refund order 4711 | Apply | Committed"_L1), qPrintable(log));
    QVERIFY2(log.contains("| Undo | Committed"_L1), qPrintable(log));
    driver.type("logText", u"command failed"_s);
    QTRY_COMPARE(driver.find<QTableView>("runs").model()->rowCount(), 1);
    driver.clickCell("runs", u"Failed"_s);
    auto& summary = driver.find<QTextBrowser>("runSummary");
    QTRY_VERIFY2(summary.toPlainText().contains("Command 4 on shop"_L1), qPrintable(summary.toPlainText()));
    QVERIFY(summary.toPlainText().contains("SUP-12"_L1));
}

void TestMainWindow::driftStopsAnApply()
{
    FETCH_SHOP();
    WindowDriver driver;
    driver.window().openTarget(shop.target(), false);
    QTRY_VERIFY(driver.rows("tables").contains("orders"_L1));
    addSql(driver, u"UPDATE customers SET credit = credit + 100 WHERE id = 2"_s);
    preview(driver, u"Previewed: shop: ~1"_s);
    shop.exec("UPDATE customers SET credit = 9000 WHERE id = 2");
    driver.click("applyButton");
    QTRY_COMPARE_WITH_TIMEOUT(driver.tab(), u"Log"_s, 30000);
    QCOMPARE(shop.scalar("SELECT credit FROM customers WHERE id = 2"), u"9000"_s);
    auto& tabs = driver.find<QTabWidget>("runTabs");
    QTRY_VERIFY(tabs.isTabVisible(3));
    COMPARE_TEXT(driver.rows("runDrift"),
                 u"Target | Table | Key | What differs | Preview: before | Preview: after | Now: before | Now: after\n"
                 "shop | customers | id = 2 | credit | 1500 | 1600 | 9000 | 9100"_s);
    QVERIFY(driver.find<QTextBrowser>("runSummary").toPlainText().contains("Rolled back"_L1));
    // What was previewed is not there any more; it cannot be applied again by another click.
    QVERIFY(!driver.find<QPushButton>("applyButton").isEnabled());
}

// A trigger that fires whatever the session says writes another row of the audit on the way back.
void TestMainWindow::anUndoThatDiffersWaitsForConsent()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const ShopDatabase shop(EngineKind::PostgreSQL);
    shop.exec("ALTER TABLE orders ENABLE ALWAYS TRIGGER audit");
    WindowDriver driver;
    openShop(driver, shop);
    addSql(driver, u"UPDATE orders SET status = 'refunded' WHERE id = 4711"_s);
    preview(driver, u"Previewed: shop: +1 ~1"_s);
    QVERIFY(!driver.find<QPushButton>("acceptButton").isVisible());
    driver.click("applyButton");
    QTRY_COMPARE_WITH_TIMEOUT(driver.tab(), u"Log"_s, 30000);
    const QString applied = shop.dump();

    QTRY_VERIFY(driver.find<QPushButton>("undoButton").isEnabled());
    driver.click("undoButton");
    QTRY_COMPARE_WITH_TIMEOUT(driver.tab(), u"Effects"_s, 30000);
    QCOMPARE(driver.text("effectsHeadline"), u"The undo would not restore exactly what was there"_s);
    QVERIFY2(driver.rows("previewDrift").contains("refunded -> paid"_L1), qPrintable(driver.rows("previewDrift")));
    QVERIFY(!driver.find<QPushButton>("applyButton").isEnabled());
    const auto& accept = driver.find<QPushButton>("acceptButton");
    driver.workspace().runner().resolve({});
    QVERIFY(accept.isVisible() && !accept.isEnabled());
    QTRY_VERIFY(driver.isIdle());
    QVERIFY(accept.isEnabled());
    driver.click("acceptButton");
    QVERIFY(accept.isVisible() && !accept.isEnabled());
    QTRY_COMPARE_WITH_TIMEOUT(driver.text("effectsHeadline"), u"Undo, previewed: shop: +1 ~1 −1"_s, 30000);
    QVERIFY(driver.text("effectsExplanation").contains("accepted"_L1));
    QVERIFY(driver.rows("previewDrift").contains("refunded -> paid"_L1));
    QVERIFY(!driver.find<QPushButton>("acceptButton").isVisible());
    QCOMPARE(shop.dump(), applied);
    driver.click("applyButton");
    QTRY_VERIFY(driver.window().findChild<QPushButton*>(u"confirmApply"_s));
    driver.click("confirmApply");
    QTRY_COMPARE_WITH_TIMEOUT(driver.tab(), u"Log"_s, 30000);
    QCOMPARE(shop.scalar("SELECT status FROM orders WHERE id = 4711"), u"paid"_s);
    QCOMPARE(shop.scalar("SELECT string_agg(event, ', ') FROM audit_log"), u"refunded -> paid"_s);
}

void TestMainWindow::aRunCanBeCancelled()
{
    FETCH_SHOP();
    const QString untouched = shop.dump();
    WindowDriver driver;
    driver.window().openTarget(shop.target(), false);
    QTRY_VERIFY(driver.rows("tables").contains("orders"_L1));
    addSql(
        driver,
        engine == EngineKind::SQLite
            ? u"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO audit_log SELECT i, '' FROM n"_s
            : u"SELECT pg_sleep(600)"_s);
    driver.click("previewButton");
    QTRY_VERIFY(driver.text("status").contains("Running"_L1));
    QTest::keyClick(&driver.window(), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(driver.isIdle(), 30000);
    QCOMPARE(driver.text("effectsHeadline"), u"The preview was cancelled"_s);
    QCOMPARE(shop.dump(), untouched);
}

void TestMainWindow::productionIsAskedAndShown()
{
    const ShopDatabase shop(EngineKind::SQLite);
    WindowDriver driver;
    driver.window().openTarget(shop.target(Environment::Production), false);
    QTRY_VERIFY(driver.rows("tables").contains("orders"_L1));
    QVERIFY(driver.find<QLabel>("productionBanner").isVisible());
    QCOMPARE(driver.text("productionBanner"), u"PRODUCTION: shop"_s);
    addSql(driver, u"UPDATE customers SET credit = 5 WHERE id = 1"_s);
    preview(driver, u"Previewed: shop: ~1"_s);
    driver.click("applyButton");
    auto* dialog = driver.window().findChild<QDialog*>(u"applyDialog"_s);
    QVERIFY(dialog);
    QCOMPARE(driver.find<QPushButton>("confirmApply").text(), u"&Apply to shop: ~1"_s);
    QTest::keyClick(dialog, Qt::Key_Return);
    QTRY_VERIFY(!driver.window().findChild<QDialog*>(u"applyDialog"_s));
    QCOMPARE(shop.scalar("SELECT credit FROM customers WHERE id = 1"), u"0"_s);
    driver.click("applyButton");
    driver.click("confirmApply");
    QTRY_COMPARE(driver.tab(), u"Log"_s);
    QCOMPARE(shop.scalar("SELECT credit FROM customers WHERE id = 1"), u"5"_s);
}

void TestMainWindow::anUnreachableTargetSaysSo()
{
    WindowDriver driver;
    driver.window().openTarget({ u"gone"_s, EngineKind::SQLite, u"/nonexistent/gone.db"_s, {}, false }, false);
    QTRY_VERIFY(driver.find<QLabel>("targetMessage").isVisible());
    QVERIFY2(driver.text("targetMessage").contains("/nonexistent/gone.db"_L1),
             qPrintable(driver.text("targetMessage")));
    addSql(driver, u"DELETE FROM customers"_s);
    driver.click("previewButton");
    QTRY_VERIFY(driver.isIdle());
    QTRY_COMPARE(driver.text("effectsHeadline"), u"The preview failed"_s);
    QVERIFY(driver.text("effectsExplanation").contains("/nonexistent/gone.db"_L1));
}

void TestMainWindow::theDraftIsUndoneByKeys()
{
    const ShopDatabase shop(EngineKind::SQLite);
    WindowDriver driver;
    driver.window().openTarget(shop.target(), false);
    QTRY_VERIFY(driver.rows("tables").contains("orders"_L1));
    driver.clickCell("tables", u"customers"_s);
    QTRY_VERIFY(driver.rows("rows").contains("Ada Lovelace"_L1));
    driver.editCell("rows", u"Ada Lovelace"_s, u"Ada King"_s);
    driver.click("insertRow");
    driver.editCell("rows", u"default"_s, u"77"_s);
    driver.clickCell("rows", u"Grace Hopper"_s);
    driver.click("deleteRow");
    QCOMPARE(driver.find<QTableView>("commands").model()->rowCount(), 3);
    QVERIFY(driver.rows("rows").contains("77 | default"_L1));
    for (int steps = 0; steps < 4; ++steps)
        QTest::keySequence(&driver.window(), QKeySequence::Undo);
    QCOMPARE(driver.find<QTableView>("commands").model()->rowCount(), 0);
    QVERIFY(driver.rows("rows").contains("Ada Lovelace"_L1));
    QTest::keySequence(&driver.window(), QKeySequence::Redo);
    QVERIFY(driver.rows("rows").contains("Ada King"_L1));
}

void TestMainWindow::aBatchFileIsOpenedAndSaved()
{
    const ShopDatabase shop(EngineKind::SQLite);
    QTemporaryDir folder;
    const QString path = folder.filePath(u"refund.holdpoint"_s);
    WindowDriver driver;
    driver.window().openTarget(shop.target(), false);
    QTRY_VERIFY(driver.rows("tables").contains("orders"_L1));
    addSql(driver, u"UPDATE customers SET credit = 5 WHERE id = 1"_s);
    driver.type("batchTitle", u"Refund"_s);
    driver.workspace().saveBatch(path);
    QTRY_VERIFY(!driver.window().isWindowModified());
    driver.workspace().newBatch();
    QCOMPARE(driver.find<QTableView>("commands").model()->rowCount(), 0);
    driver.window().openBatchFile(path);
    QTRY_COMPARE(driver.find<QTableView>("commands").model()->rowCount(), 1);
    QCOMPARE(driver.find<QLineEdit>("batchTitle").text(), u"Refund"_s);
    QVERIFY(driver.window().windowTitle().contains("refund.holdpoint"_L1));
    QFile torn(path);
    QVERIFY(torn.resize(torn.size() / 2));
    driver.window().openBatchFile(path);
    QTRY_VERIFY(driver.window().findChild<QDialog*>(u"failureDialog"_s));
    QCOMPARE(driver.find<QTableView>("commands").model()->rowCount(), 1);
}

void TestMainWindow::closingWhileRunningCancelsFirst()
{
    const ShopDatabase shop(EngineKind::SQLite);
    const QString untouched = shop.dump();
    WindowDriver driver;
    driver.window().openTarget(shop.target(), false);
    QTRY_VERIFY(driver.rows("tables").contains("orders"_L1));
    addSql(
        driver,
        u"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO audit_log SELECT i, '' FROM n"_s);
    driver.click("previewButton");
    QTRY_VERIFY(driver.text("status").contains("Running"_L1));
    QSignalSpy closed(&driver.window(), &MainWindow::closed);
    driver.window().close();
    QVERIFY(driver.window().isVisible());
    QTRY_COMPARE_WITH_TIMEOUT(closed.count(), 1, 30000);
    QVERIFY(!driver.window().isVisible());
    QCOMPARE(shop.dump(), untouched);
}

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
