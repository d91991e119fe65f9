// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/passworddialog.h"

#include "support/testdatabase.h"
#include "windowdriver.h"

#include <QCheckBox>
#include <QPointer>
#include <QPushButton>

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

    void aPreviewAsksAndRunsAgain()
    {
        if (!TestPostgres::available())
            QSKIP(TestPostgres::whyNot());
        const TestPostgres database("CREATE TABLE t (i int); INSERT INTO t VALUES (1); GRANT ALL ON t TO holdpoint_pw");
        database.exec("GRANT CONNECT ON DATABASE " + database.name().toUtf8() + " TO holdpoint_pw");
        const auto given = std::make_shared<GivenSecrets>();
        WindowDriver driver(given);
        driver.workspace().setPasswords({ given, {} });
        QTemporaryDir folder;
        QFile file(folder.filePath(u"b.holdpoint"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(uR"({ "format": "holdpoint-batch/1", "title": "t", "targets": { "shop": "%1" }, "commands": [
            { "op": "sql", "target": "shop", "text": "UPDATE t SET i = 2" } ] })"_s
                       .arg(database.uriAs(u"holdpoint_pw"_s))
                       .toUtf8());
        file.close();
        driver.window().openBatchFile(file.fileName());
        QTRY_VERIFY(!driver.workspace().draft().batch().commands.isEmpty());
        driver.workspace().preview();
        QTRY_VERIFY(driver.window().findChild<PasswordDialog*>());
        auto* dialog = driver.window().findChild<PasswordDialog*>();
        QTest::keyClicks(dialog->findChild<QLineEdit*>(u"password"_s), TestPostgres::passwordOfRole());
        QTest::keyClick(dialog->findChild<QLineEdit*>(u"password"_s), Qt::Key_Return);
        QTRY_VERIFY(driver.workspace().previewed() && driver.workspace().previewed()->run.outcome == Outcome::Ready);
        QTRY_VERIFY(driver.isIdle());
        const QString locks = driver.window().findChild<QLabel*>(u"effectsLocks"_s)->text();
        QVERIFY2(locks.startsWith("held "_L1) && locks.endsWith("locks: public.t RowExclusive"_L1), qPrintable(locks));
    }
};

QTEST_MAIN(TestPasswordDialog)
#include "tst_passworddialog.moc"
