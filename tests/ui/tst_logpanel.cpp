// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/logpanel.h"

#include "modeltext.h"
#include "support/effectsrows.h"

#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTextBrowser>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

Run run(const QString& id, Outcome outcome)
{
    Run run;
    run.id = id;
    run.kind = RunKind::Apply;
    run.title = u"Refund <b>"_s;
    run.reason = u"SUP-12"_s;
    run.started = QDateTime({ 2026, 1, 31 }, { 12, 0 });
    run.ended = run.started.addSecs(1);
    run.outcome = outcome;
    TargetReport shop;
    shop.name = u"shop"_s;
    shop.uri = u"sqlite:/tmp/shop.db"_s;
    shop.outcome = outcome;
    run.targets = { shop };
    return run;
}

Run failedRun()
{
    Run failed = run(u"1"_s, Outcome::RollbackFailed);
    failed.cause = u"command-failed"_s;
    CommandReport first;
    first.description = u"UPDATE orders"_s;
    CommandReport second;
    second.index = 1;
    second.description = u"DELETE FROM customers"_s;
    second.status = CommandStatus::Failed;
    second.error = makeError(ErrorKind::Statement, u"violates foreign key"_s);
    failed.commands = { first, second };
    failed.failure = Failure { 1, u"shop"_s, *second.error };
    failed.failure->error.sqlState = u"23503"_s;
    failed.targets.first().rollbackError = makeError(ErrorKind::ConnectionLost, u"server closed the connection"_s);
    return failed;
}

struct Shown
{
    Shown()
    {
        panel.resize(900, 700);
        panel.show();
    }
    [[nodiscard]] QString summary() const { return panel.findChild<QTextBrowser*>(u"runSummary"_s)->toPlainText(); }
    [[nodiscard]] QPushButton& button(const char* name) const
    {
        return *panel.findChild<QPushButton*>(QLatin1StringView(name));
    }
    LogPanel panel;
};

} // namespace

class TestLogPanel : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void aChosenRunIsAskedFor()
    {
        Shown shown;
        QSignalSpy asked(&shown.panel, &LogPanel::runRequested);
        shown.panel.setRuns({ run(u"2"_s, Outcome::Committed), failedRun() });
        auto* view = shown.panel.findChild<QTableView*>(u"runs"_s);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(view->model()->index(1, 1)).center());
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.at(0).at(0).toString(), u"1"_s);
    }

    void aFailedRunIsToldWithBothErrors()
    {
        Shown shown;
        shown.panel.showRun(failedRun());
        const QString summary = shown.summary();
        for (const auto& part :
             { "Apply: Rollback failed"_L1, "Refund <b>"_L1, "SUP-12"_L1, "Command 2 on shop"_L1,
               "DELETE FROM customers"_L1, "violates foreign key"_L1, "23503"_L1, "sqlite:/tmp/shop.db"_L1,
               "What the rollback of shop said"_L1, "server closed the connection"_L1, "could not be confirmed"_L1 })
            QVERIFY2(summary.contains(part), qPrintable(summary));
        QVERIFY(!shown.button("undoButton").isEnabled());
    }

    void onlyACommittedRunCanBeUndone()
    {
        Shown shown;
        QSignalSpy asked(&shown.panel, &LogPanel::undoRequested);
        shown.panel.showRun(run(u"2"_s, Outcome::Committed));
        QVERIFY(shown.button("undoButton").isEnabled());
        QTest::mouseClick(&shown.button("undoButton"), Qt::LeftButton);
        QCOMPARE(asked.at(0).at(0).toString(), u"2"_s);
        shown.panel.setRunning(true);
        QVERIFY(!shown.button("undoButton").isEnabled());
        shown.panel.setRunning(false);
        shown.panel.showRun(run(u"3"_s, Outcome::InDoubt));
        QVERIFY(!shown.button("undoButton").isEnabled());
    }

    void theDriftTabIsThereOnlyWithDrift()
    {
        Shown shown;
        auto* tabs = shown.panel.findChild<QTabWidget*>(u"runTabs"_s);
        shown.panel.showRun(run(u"2"_s, Outcome::Committed));
        QVERIFY(!tabs->isTabVisible(3));
        Run drifted = run(u"3"_s, Outcome::RolledBack);
        drifted.drift = { DriftRow { u"shop"_s, {}, {}, {}, {}, {}, u"create index x"_s } };
        shown.panel.showRun(drifted);
        QVERIFY(tabs->isTabVisible(3));
        QVERIFY(modelText(*shown.panel.findChild<QTableView*>(u"runDrift"_s)->model()).contains("create index x"_L1));
    }

    void runsInDoubtHaveAPlace()
    {
        Shown shown;
        auto* bar = shown.panel.findChild<QFrame*>(u"doubtBar"_s);
        QVERIFY(!bar->isVisible());
        UnsettledRun torn { run(u"4"_s, Outcome::InDoubt), {}, true, false };
        UnsettledRun underWay { run(u"5"_s, Outcome::InDoubt), {}, true, true };
        shown.panel.setUnsettled({ underWay });
        QVERIFY(!bar->isVisible());
        shown.panel.setUnsettled({ torn, underWay });
        QVERIFY(bar->isVisible());
        QVERIFY(shown.panel.findChild<QLabel*>(u"doubtText"_s)->text().startsWith("1 run ended"_L1));
        QSignalSpy asked(&shown.panel, &LogPanel::resolveRequested);
        QTest::mouseClick(&shown.button("resolveButton"), Qt::LeftButton);
        QCOMPARE(asked.count(), 1);
        shown.panel.setUnsettled({});
        QVERIFY(!bar->isVisible());
    }
};

QTEST_MAIN(TestLogPanel)
#include "tst_logpanel.moc"
