// SPDX-License-Identifier: GPL-3.0-or-later
#include "dialogs/targetdialog.h"

#include "modeltext.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

struct Asked
{
    Asked() { dialog.show(); }
    template <typename T> [[nodiscard]] T& find(const char* name) const
    {
        return *dialog.findChild<T*>(QLatin1StringView(name));
    }
    // The row of a radio button is wider than what answers to a click.
    void choosePostgres() const
    {
        auto& button = find<QRadioButton>("enginePostgres");
        QTest::mouseClick(&button, Qt::LeftButton, {}, QPoint(10, button.height() / 2));
    }
    void open() const
    {
        QTest::mouseClick(find<QDialogButtonBox>("targetButtons").button(QDialogButtonBox::Open), Qt::LeftButton);
    }
    TargetDialog dialog;
    QSignalSpy chosen { &dialog, &TargetDialog::targetChosen };
};

} // namespace

class TestTargetDialog : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void aSqliteFile()
    {
        Asked asked;
        QTest::keyClicks(&asked.find<QLineEdit>("targetPath"), u"/tmp/my shop.db"_s);
        QCOMPARE(asked.find<QLineEdit>("targetName").text(), u"my shop"_s);
        asked.open();
        QCOMPARE(asked.chosen.count(), 1);
        QCOMPARE(asked.chosen.at(0).at(0).value<Target>(),
                 Target({ u"my shop"_s, EngineKind::SQLite, u"/tmp/my shop.db"_s, Environment::Development, false }));
        QVERIFY(asked.chosen.at(0).at(1).toBool());
        QVERIFY(!asked.dialog.isVisible());
    }

    void aProductionServerThatIsReadOnly()
    {
        Asked asked;
        asked.choosePostgres();
        QTest::keyClicks(&asked.find<QLineEdit>("targetUri"), u"postgresql://ops@db.example.org/billing"_s);
        QCOMPARE(asked.find<QLineEdit>("targetName").text(), u"billing"_s);
        asked.find<QComboBox>("targetEnvironment").setCurrentIndex(2);
        asked.find<QCheckBox>("targetReadOnly").setChecked(true);
        asked.find<QCheckBox>("targetSave").setChecked(false);
        asked.open();
        QCOMPARE(asked.chosen.count(), 1);
        const auto target = asked.chosen.at(0).at(0).value<Target>();
        QCOMPARE(target.engine, EngineKind::PostgreSQL);
        QCOMPARE(target.environment, Environment::Production);
        QVERIFY(target.readOnly);
        QVERIFY(!asked.chosen.at(0).at(1).toBool());
    }

    void aTypedNameStays()
    {
        Asked asked;
        QTest::keyClicks(&asked.find<QLineEdit>("targetName"), u"shop"_s);
        QTest::keyClicks(&asked.find<QLineEdit>("targetPath"), u"/tmp/x.db"_s);
        QCOMPARE(asked.find<QLineEdit>("targetName").text(), u"shop"_s);
    }

    void refusals_data()
    {
        QTest::addColumn<QString>("uri");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("said");
        QTest::addRow("no URI") << QString() << u"a"_s << u"Give the server's URI."_s;
        QTest::addRow("no name") << u"postgresql://h"_s << QString() << u"Give the target a name"_s;
        QTest::addRow("a password") << u"postgresql://u:hunter2@h/d"_s << u"a"_s << u"password"_s;
        QTest::addRow("no URI at all") << u"nonsense"_s << u"a"_s << u"postgresql://"_s;
    }
    void refusals()
    {
        QFETCH(const QString, uri);
        QFETCH(const QString, name);
        QFETCH(const QString, said);
        Asked asked;
        asked.choosePostgres();
        asked.find<QLineEdit>("targetUri").setText(uri);
        asked.find<QLineEdit>("targetName").setText(name);
        asked.open();
        QCOMPARE(asked.chosen.count(), 0);
        QVERIFY(asked.dialog.isVisible());
        const auto& error = asked.find<QLabel>("targetError");
        QVERIFY(error.isVisible());
        QVERIFY2(error.text().contains(said), qPrintable(error.text()));
        QVERIFY(!error.text().contains("hunter2"_L1));
    }
};

QTEST_MAIN(TestTargetDialog)
#include "tst_targetdialog.moc"
