// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/passworddialog.h"

#include "support/testdatabase.h"
#include "windowdriver.h"

#include <QCheckBox>
#include <QPointer>
#include <QPushButton>

#include <algorithm>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

const Target billing { u"billing"_s, EngineKind::PostgreSQL, u"postgresql://ops@db.example/billing"_s,
                       Environment::Production, false };

/// What the keychain was told to remember.
struct Remembered
{
    QStringList told;
    Passwords passwords(const std::shared_ptr<GivenSecrets>& given)
    {
        return { given, [this](const Target& target, const QString& password) {
                    told.append(target.name + ' '_L1 + password);
                    QPromise<Result<void>> promise;
                    promise.start();
                    promise.addResult(Result<void>());
                    promise.finish();
                    return promise.future();
                } };
    }
};

/// A database whose role holdpoint_pw may do everything that it needs to, but is asked for its password.
struct AskingDatabase
{
    explicit AskingDatabase(const QString& targetName = u"shop"_s)
        : postgres("CREATE TABLE t (i integer PRIMARY KEY, v integer); INSERT INTO t VALUES (1, 1);"
                   "CREATE TABLE audit (v integer);"
                   "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                   " INSERT INTO audit VALUES (new.v); RETURN new; END $$;"
                   "CREATE TRIGGER note AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note();"
                   "GRANT ALL ON t, audit TO holdpoint_pw")
        , target { targetName, EngineKind::PostgreSQL, postgres.uriAs(u"holdpoint_pw"_s), Environment::Development,
                   false }
    {
        postgres.exec("GRANT CONNECT ON DATABASE " + postgres.name().toUtf8() + " TO holdpoint_pw");
    }
    /// As after a restart of the server and a change of the password.
    void forget(GivenSecrets& given) const
    {
        given.give(target, u"no longer right"_s);
        const QByteArray ours
            = " FROM pg_stat_activity WHERE usename = 'holdpoint_pw' AND datname = current_database()";
        postgres.exec("SELECT pg_terminate_backend(pid)" + ours);
        QTRY_COMPARE(postgres.scalar("SELECT count(*)" + ours), u"0"_s);
    }
    TestPostgres postgres;
    Target target;
};

/// A window that asks, and what its draft does to the database's target.
struct Asked
{
    Asked() { driver.workspace().setPasswords({ given, {} }); }
    [[nodiscard]] QList<PasswordDialog*> dialogs()
    {
        QList<PasswordDialog*> visible = driver.window().findChildren<PasswordDialog*>();
        visible.removeIf([](const PasswordDialog* dialog) { return !dialog->isVisible(); });
        return visible;
    }
    void openBatch(const AskingDatabase& database)
    {
        QFile file(folder.filePath(u"b.holdpoint"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(uR"({ "format": "holdpoint-batch/1", "title": "t", "targets": { "%1": "%2" }, "commands": [
            { "op": "sql", "target": "%1", "text": "UPDATE t SET v = 2" } ] })"_s
                       .arg(database.target.name, database.target.address)
                       .toUtf8());
        file.close();
        driver.window().openBatchFile(file.fileName());
        QTRY_VERIFY(!driver.workspace().draft().batch().commands.isEmpty());
    }
    void answer(const QString& targetName)
    {
        QTRY_COMPARE(dialogs().size(), 1);
        const QPointer<PasswordDialog> dialog = dialogs().first();
        const auto labels = dialog->findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [&](QLabel* label) { return label->text() == targetName; }));
        QTest::keyClicks(dialog->findChild<QLineEdit*>(u"password"_s), TestPostgres::passwordOfRole());
        QTest::keyClick(dialog->findChild<QLineEdit*>(u"password"_s), Qt::Key_Return);
        QTRY_VERIFY(!dialog);
    }
    [[nodiscard]] bool isPreviewed(Outcome outcome)
    {
        return driver.isIdle() && driver.workspace().previewed()
            && driver.workspace().previewed()->run.outcome == outcome;
    }
    std::shared_ptr<GivenSecrets> given = std::make_shared<GivenSecrets>();
    WindowDriver driver { given };
    QTemporaryDir folder;
};

} // namespace

class TestPasswordDialog : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void givesWhatWasTyped()
    {
        PasswordDialog dialog(billing, makeError(ErrorKind::Unreachable, u"no password supplied"_s), true);
        dialog.show();
        QSignalSpy given(&dialog, &PasswordDialog::passwordGiven);
        auto* password = dialog.findChild<QLineEdit*>(u"password"_s);
        QCOMPARE(password->echoMode(), QLineEdit::Password);
        auto* button = dialog.findChild<QPushButton*>(u"connectWithPassword"_s);
        QVERIFY(!button->isEnabled());
        QTest::keyClick(password, Qt::Key_Return);
        QVERIFY(given.isEmpty() && dialog.isVisible());
        QTest::keyClicks(password, u"secret"_s);
        auto* remember = dialog.findChild<QCheckBox*>(u"rememberPassword"_s);
        QVERIFY(remember->isVisible() && !remember->isChecked());
        remember->setChecked(true);
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(given.count(), 1);
        QCOMPARE(given.at(0).at(0).value<Target>(), billing);
        QCOMPARE(given.at(0).at(1).toString(), u"secret"_s);
        QVERIFY(given.at(0).at(2).toBool());
        QVERIFY(!dialog.isVisible());
    }

    void withoutAKeychainNothingIsRemembered()
    {
        PasswordDialog dialog(billing, makeError(ErrorKind::Unreachable, u"refused"_s), false);
        dialog.show();
        QVERIFY(!dialog.findChild<QCheckBox*>(u"rememberPassword"_s)->isVisible());
    }

    void aServerAsksUntilItIsRight()
    {
        if (!TestPostgres::available())
            QSKIP(TestPostgres::whyNot());
        const TestPostgres database("CREATE TABLE t (i int)");
        database.exec("GRANT CONNECT ON DATABASE " + database.name().toUtf8() + " TO holdpoint_pw");
        const auto given = std::make_shared<GivenSecrets>();
        WindowDriver driver(given);
        Remembered remembered;
        driver.workspace().setPasswords(remembered.passwords(given));
        const QString uri = database.uriAs(u"holdpoint_pw"_s);
        QSignalSpy opened(&driver.workspace().browser(), &Browser::opened);
        driver.window().openTarget({ u"shop"_s, EngineKind::PostgreSQL, uri, Environment::Development, false }, false);
        for (const QString& password : { u"wrong"_s, TestPostgres::passwordOfRole() }) {
            QTRY_VERIFY(driver.window().findChild<PasswordDialog*>());
            QCOMPARE(opened.count(), 0);
            const QPointer<PasswordDialog> dialog = driver.window().findChild<PasswordDialog*>();
            dialog->findChild<QCheckBox*>(u"rememberPassword"_s)->setChecked(password != "wrong"_L1);
            QTest::keyClicks(dialog->findChild<QLineEdit*>(u"password"_s), password);
            QTest::mouseClick(dialog->findChild<QPushButton*>(u"connectWithPassword"_s), Qt::LeftButton);
            QTRY_VERIFY(!dialog);
        }
        QTRY_COMPARE(opened.count(), 1);
        QCOMPARE(remembered.told, QStringList { "shop "_L1 + TestPostgres::passwordOfRole() });
        QVERIFY(!driver.window().findChild<PasswordDialog*>());
    }

    void aPreviewAsksAndRunsAgain();
    void theAcceptanceOfDifferencesOutlivesAQuestion();
    void aTableStaysOpenOverAQuestion();
    void oneQuestionAtATime_data();
    void oneQuestionAtATime();
};

#define NEED_POSTGRES()                                                                                                \
    if (!TestPostgres::available())                                                                                    \
    QSKIP(TestPostgres::whyNot())

void TestPasswordDialog::aPreviewAsksAndRunsAgain()
{
    NEED_POSTGRES();
    const AskingDatabase database;
    Asked asked;
    asked.openBatch(database);
    Workspace& workspace = asked.driver.workspace();
    workspace.preview();
    QTRY_COMPARE(asked.dialogs().size(), 1);
    workspace.draft().setTitle(u"another"_s);
    asked.answer(u"shop"_s);
    QTRY_VERIFY(asked.isPreviewed(Outcome::Ready));
    QCOMPARE(workspace.previewed()->batch.title, u"t"_s); // what was asked for, not what the draft is now
    QCOMPARE(workspace.previewState(), PreviewState::Stale);
    const QString locks = asked.driver.text("effectsLocks");
    QVERIFY2(locks.startsWith("held "_L1) && locks.contains("public.t RowExclusive"_L1), qPrintable(locks));
}

void TestPasswordDialog::theAcceptanceOfDifferencesOutlivesAQuestion()
{
    NEED_POSTGRES();
    const AskingDatabase database;
    Asked asked;
    asked.given->give(database.target, TestPostgres::passwordOfRole());
    asked.openBatch(database);
    Workspace& workspace = asked.driver.workspace();
    workspace.preview();
    QTRY_VERIFY(asked.isPreviewed(Outcome::Ready));
    QSignalSpy applied(&workspace, &Workspace::applied);
    workspace.apply();
    QTRY_COMPARE(applied.count(), 1);
    workspace.previewUndo(applied.at(0).at(0).value<Run>().id);
    QTRY_VERIFY(asked.isPreviewed(Outcome::Failed));
    QVERIFY(workspace.canAcceptDifferences());
    database.forget(*asked.given);
    asked.driver.click("acceptButton");
    asked.answer(u"shop"_s);
    QTRY_VERIFY(asked.isPreviewed(Outcome::Ready));
    QVERIFY(workspace.previewed()->acceptsDifferences);
    QVERIFY(asked.driver.find<QPushButton>("applyButton").isEnabled());
}

void TestPasswordDialog::aTableStaysOpenOverAQuestion()
{
    NEED_POSTGRES();
    const AskingDatabase database;
    Asked asked;
    asked.given->give(database.target, TestPostgres::passwordOfRole());
    asked.driver.window().openTarget(database.target, false);
    QTRY_VERIFY(asked.driver.rows("tables").contains("audit"_L1));
    asked.driver.clickCell("tables", u"t"_s);
    QTRY_COMPARE(asked.driver.find<QTableView>("rows").model()->rowCount(), 1);
    database.forget(*asked.given);
    database.postgres.exec("INSERT INTO t VALUES (2, 2)");
    asked.driver.workspace().browser().refresh();
    asked.answer(u"shop"_s);
    QTRY_COMPARE(asked.driver.find<QTableView>("rows").model()->rowCount(), 2);
}

void TestPasswordDialog::oneQuestionAtATime_data()
{
    QTest::addColumn<bool>("isGiven");
    QTest::addRow("the first password is given") << true;
    QTest::addRow("the first password is withheld") << false;
}

void TestPasswordDialog::oneQuestionAtATime()
{
    NEED_POSTGRES();
    QFETCH(const bool, isGiven);
    const AskingDatabase shop;
    const AskingDatabase stock(u"stock"_s);
    Asked asked;
    asked.openBatch(shop);
    QSignalSpy opened(&asked.driver.workspace().browser(), &Browser::opened);
    asked.driver.window().openTarget(stock.target, false);
    QTRY_COMPARE(asked.dialogs().size(), 1);
    asked.driver.workspace().preview();
    QTRY_VERIFY(asked.isPreviewed(Outcome::Failed));
    QCOMPARE(asked.dialogs().size(), 1);
    if (isGiven)
        asked.answer(u"stock"_s);
    else
        asked.dialogs().first()->reject();
    asked.answer(u"shop"_s);
    QTRY_VERIFY(asked.isPreviewed(Outcome::Ready));
    QTRY_COMPARE(opened.count(), isGiven ? 1 : 0);
    QVERIFY(asked.dialogs().isEmpty());
}

QTEST_MAIN(TestPasswordDialog)
#include "tst_passworddialog.moc"
