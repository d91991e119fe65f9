// SPDX-License-Identifier: GPL-3.0-or-later
#include "shopdatabase.h"
#include "windowdriver.h"

#include <QDialog>
#include <QDir>
#include <QPainter>
#include <QPushButton>
#include <QTextBrowser>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

void openShop(WindowDriver& driver, const ShopDatabase& shop, Environment environment = Environment::Development)
{
    driver.window().openTarget(shop.target(environment), false);
    QTRY_VERIFY(driver.rows("tables").contains("orders"_L1));
}

void openTable(WindowDriver& driver, const QString& table, const QString& content)
{
    driver.clickCell("tables", table);
    QTRY_VERIFY(driver.rows("rows").contains(content));
}

void addSql(WindowDriver& driver, const QString& sql)
{
    driver.showTab("SQL");
    driver.type("sqlText", sql);
    driver.click("addSql");
    QTRY_VERIFY(!driver.find<QPushButton>("addSql").isEnabled());
}

void refund(WindowDriver& driver)
{
    openTable(driver, u"customers"_s, u"Ada Lovelace"_s);
    driver.editCell("rows", u"Ada Lovelace"_s, u"Ada King"_s);
    addSql(driver, u"UPDATE orders SET status = 'refunded' WHERE id = 4711"_s);
    addSql(driver, u"DELETE FROM orders WHERE id = 4712"_s);
    driver.type("batchTitle", u"Refund order 4711"_s);
    driver.type("batchReason", u"SUP-12"_s);
}

void preview(WindowDriver& driver)
{
    driver.click("previewButton");
    QTRY_COMPARE_WITH_TIMEOUT(driver.tab(), u"Effects"_s, 30000);
    QTRY_VERIFY(driver.isIdle());
}

void apply(WindowDriver& driver)
{
    driver.click("applyButton");
    QTRY_COMPARE_WITH_TIMEOUT(driver.tab(), u"Log"_s, 30000);
    QTRY_VERIFY(driver.find<QTableView>("runs").model()->rowCount() >= 2);
    QTRY_VERIFY(!driver.find<QTextBrowser>("runSummary").toPlainText().isEmpty());
}

using Reach = void (*)(WindowDriver&, const ShopDatabase&);

void reachEmpty(WindowDriver&, const ShopDatabase&)
{
}

void reachTable(WindowDriver& driver, const ShopDatabase& shop)
{
    openShop(driver, shop);
    openTable(driver, u"customers"_s, u"Ada Lovelace"_s);
    driver.editCell("rows", u"Ada Lovelace"_s, u"Ada King"_s);
    driver.clickCell("rows", u"Grace Hopper"_s);
    driver.click("deleteRow");
    driver.click("insertRow");
    driver.editCell("rows", u"default"_s, u"4"_s);
}

void reachSql(WindowDriver& driver, const ShopDatabase& shop)
{
    openShop(driver, shop);
    driver.showTab("SQL");
    driver.type("sqlText",
                u"-- what the customer gets back\nUPDATE customers SET credit = credit + 2490, name = 'Ada'\n"
                "WHERE id = 1; COMMIT"_s);
    driver.click("addSql");
    QTRY_VERIFY(!driver.text("sqlMessage").isEmpty());
}

void reachPreview(WindowDriver& driver, const ShopDatabase& shop)
{
    openShop(driver, shop);
    refund(driver);
    preview(driver);
    driver.clickCell("effectTables", u"orders"_s);
}

void reachFailed(WindowDriver& driver, const ShopDatabase& shop)
{
    openShop(driver, shop);
    refund(driver);
    addSql(driver, u"UPDATE orders SET total = -1 WHERE id = 4710"_s);
    addSql(driver, u"UPDATE ordres SET total = 1 WHERE id = 4710"_s);
    preview(driver);
}

void reachQueue(WindowDriver& driver, const ShopDatabase& shop)
{
    openShop(driver, shop);
    refund(driver);
    preview(driver);
    driver.click("queueButton");
    QTRY_COMPARE(driver.find<QTableView>("queue").model()->rowCount(), 1);
    driver.clickCell("queue", u"Refund order 4711"_s);
}

void reachLog(WindowDriver& driver, const ShopDatabase& shop)
{
    reachFailed(driver, shop);
    auto& commands = driver.find<QTableView>("commands");
    commands.selectRow(3);
    driver.click("removeCommand");
    commands.selectRow(3);
    driver.click("removeCommand");
    preview(driver);
    apply(driver);
}

void reachDrift(WindowDriver& driver, const ShopDatabase& shop)
{
    reachPreview(driver, shop);
    shop.exec("UPDATE orders SET total = 1990 WHERE id = 4711");
    apply(driver);
    driver.find<QTabWidget>("runTabs").setCurrentIndex(3);
}

void reachUnreachable(WindowDriver& driver, const ShopDatabase& shop)
{
    openShop(driver, shop);
    refund(driver);
    QVERIFY(QFile::rename(shop.target().address, shop.target().address + ".moved"_L1));
    preview(driver);
}

// A trigger that fires whatever the session says writes another row of the audit on the way back.
void reachUndoThatDiffers(WindowDriver& driver, const ShopDatabase& shop)
{
    shop.exec("ALTER TABLE orders ENABLE ALWAYS TRIGGER audit");
    openShop(driver, shop);
    refund(driver);
    preview(driver);
    apply(driver);
    driver.click("undoButton");
    QTRY_COMPARE_WITH_TIMEOUT(driver.tab(), u"Effects"_s, 30000);
    QTRY_VERIFY(driver.isIdle());
}

void reachUndoAccepted(WindowDriver& driver, const ShopDatabase& shop)
{
    reachUndoThatDiffers(driver, shop);
    driver.click("acceptButton");
    QTRY_VERIFY_WITH_TIMEOUT(driver.find<QPushButton>("applyButton").isEnabled(), 30000);
}

void reachProduction(WindowDriver& driver, const ShopDatabase& shop)
{
    openShop(driver, shop, Environment::Production);
    refund(driver);
    preview(driver);
    driver.click("applyButton");
    QTRY_VERIFY(driver.window().findChild<QPushButton*>(u"confirmApply"_s));
}

void reachTargetDialog(WindowDriver& driver, const ShopDatabase&)
{
    driver.click("addTarget");
    auto& dialog = driver.find<QDialog>("targetDialog");
    dialog.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&dialog));
    driver.click("enginePostgres");
    driver.type("targetUri", u"postgresql://ops:secret@db.example.org/billing"_s);
    QTest::keyClick(&driver.find<QLineEdit>("targetUri"), Qt::Key_Return);
}

// A dialog is a window of its own: it is drawn where it stands over the main one.
QImage picture(WindowDriver& driver)
{
    QTest::qWait(20); // for layouts that were asked for
    QPixmap shot = driver.window().grab();
    for (const QDialog* dialog : driver.window().findChildren<QDialog*>()) {
        if (!dialog->isVisible())
            continue;
        const QPoint place = driver.window().rect().center() - dialog->rect().center();
        QPainter painter(&shot);
        painter.drawPixmap(place, const_cast<QDialog*>(dialog)->grab());
        painter.setPen(dialog->palette().color(QPalette::Mid));
        painter.drawRect(QRect(place, dialog->size()));
    }
    return shot.toImage();
}

} // namespace

Q_DECLARE_METATYPE(Reach)
Q_DECLARE_METATYPE(holdpoint::EngineKind)

/// Takes pictures of named states in both palettes, for people to look at. The folder is HOLDPOINT_SCREENSHOTS or
/// "pictures" in the working directory.
class Screenshots : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init() { failOnAnyWarning(); }
    void states_data();
    void states();

private:
    QDir m_folder;
};

void Screenshots::initTestCase()
{
    m_folder.setPath(qEnvironmentVariable("HOLDPOINT_SCREENSHOTS", u"pictures"_s));
    QVERIFY(QDir().mkpath(m_folder.path()));
    QFont font(u"DejaVu Sans"_s);
    font.setPointSizeF(9);
    QApplication::setFont(font);
}

void Screenshots::states_data()
{
    QTest::addColumn<Reach>("reach");
    QTest::addColumn<Theme>("theme");
    QTest::addColumn<EngineKind>("engine");
    for (const Theme theme : { Theme::Light, Theme::Dark }) {
        const auto add = [theme](const char* name, Reach reach, EngineKind engine = EngineKind::SQLite) {
            QTest::addRow("%s-%s", name, qPrintable(themeName(theme))) << reach << theme << engine;
        };
        add("empty", reachEmpty);
        add("table", reachTable);
        add("sql", reachSql);
        add("preview", reachPreview);
        add("failed", reachFailed);
        add("unreachable", reachUnreachable);
        add("queue", reachQueue);
        add("log", reachLog);
        add("drift", reachDrift);
        add("undo-differs", reachUndoThatDiffers, EngineKind::PostgreSQL);
        add("undo-accepted", reachUndoAccepted, EngineKind::PostgreSQL);
        add("production", reachProduction);
        add("target-dialog", reachTargetDialog);
    }
}

void Screenshots::states()
{
    QFETCH(const Reach, reach);
    QFETCH(const Theme, theme);
    QFETCH(const EngineKind, engine);
    if (engine == EngineKind::PostgreSQL && !TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    applyTheme(*qApp, theme);
    const ShopDatabase shop(engine);
    WindowDriver driver;
    reach(driver, shop);
    if (QTest::currentTestFailed())
        return;
    const QImage image = picture(driver);
    QCOMPARE(image.size(), QSize(1280, 800));
    QVERIFY(image.save(m_folder.filePath(QString::fromLatin1(QTest::currentDataTag()) + ".png"_L1)));
}

QTEST_MAIN(Screenshots)
#include "screenshots.moc"
