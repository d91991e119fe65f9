// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/runlistmodel.h"

#include "models/commandreportmodel.h"
#include "models/queuemodel.h"
#include "models/roles.h"
#include "modeltext.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

Run run(const QString& id, const QString& title, Outcome outcome, const QString& cause, int minute)
{
    Run run;
    run.id = id;
    run.kind = RunKind::Apply;
    run.title = title;
    run.reason = u"SUP-"_s + id;
    run.outcome = outcome;
    run.cause = cause;
    // In the zone of the test, as the log shows it.
    run.started = QDateTime({ 2026, 1, 31 }, { 12, minute });
    TargetReport shop;
    shop.name = u"shop"_s;
    run.targets = { shop };
    return run;
}

QList<Run> runs()
{
    return { run(u"3"_s, u"Refund"_s, Outcome::Committed, {}, 30),
             run(u"2"_s, u"Refund"_s, Outcome::RolledBack, u"drift"_s, 20),
             run(u"1"_s, {}, Outcome::RolledBack, u"command-failed"_s, 10) };
}

} // namespace

class TestJournalModels : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void runsNewestFirst()
    {
        RunListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setRuns(runs());
        COMPARE_TEXT(modelText(model),
                     u"Started | Batch | Run | Outcome | Cause | Targets\n"
                     "2026-01-31 12:30:00 | Refund | Apply | Committed |  | shop\n"
                     "2026-01-31 12:20:00 | Refund | Apply | Rolled back | drift | shop\n"
                     "2026-01-31 12:10:00 | (untitled) | Apply | Rolled back | command failed | shop"_s);
        QCOMPARE(model.rowOf(u"1"_s), 2);
        QCOMPARE(model.rowOf(u"9"_s), -1);
    }

    void newRunsAreInsertedOnTop()
    {
        RunListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setRuns(runs().sliced(1));
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.setRuns(runs());
        QCOMPARE(reset.count(), 0);
        QCOMPARE(inserted.count(), 1);
        model.setRuns(runs().first(1));
        QCOMPARE(reset.count(), 1);
        QCOMPARE(model.rowCount(), 1);
    }

    void filters_data()
    {
        QTest::addColumn<int>("outcome");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::addRow("nothing asked") << -1 << QString() << u"3 2 1"_s;
        QTest::addRow("an outcome") << int(Outcome::RolledBack) << QString() << u"2 1"_s;
        QTest::addRow("a text in the title") << -1 << u"refUND"_s << u"3 2"_s;
        QTest::addRow("a text in the cause") << -1 << u"drift"_s << u"2"_s;
        QTest::addRow("a text in the reason") << -1 << u"SUP-3"_s << u"3"_s;
        QTest::addRow("both") << int(Outcome::RolledBack) << u"refund"_s << u"2"_s;
        QTest::addRow("neither") << int(Outcome::InDoubt) << QString() << QString();
    }
    void filters()
    {
        QFETCH(const int, outcome);
        QFETCH(const QString, text);
        QFETCH(const QString, expected);
        RunListModel model;
        RunFilterProxy proxy;
        QAbstractItemModelTester tester(&proxy, QAbstractItemModelTester::FailureReportingMode::Fatal);
        proxy.setSourceModel(&model);
        model.setRuns(runs());
        if (outcome >= 0)
            proxy.setOutcome(static_cast<Outcome>(outcome));
        proxy.setText(text);
        QStringList ids;
        for (int row = 0; row < proxy.rowCount(); ++row)
            ids += proxy.index(row, 0).data(IdRole).toString();
        QCOMPARE(ids.join(' '_L1), expected);
    }

    void theQueueInItsOrder()
    {
        QueueModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        const QDateTime added({ 2026, 1, 31 }, { 12, 5 });
        model.setEntries({ { 7, 1, u"Refund"_s, u"SUP-1"_s, { u"shop"_s, u"billing"_s }, u"sha256:x"_s, added },
                           { 4, 2, {}, {}, { u"shop"_s }, u"sha256:y"_s, added } });
        COMPARE_TEXT(modelText(model),
                     u"No. | Batch | Targets | Queued\n"
                     "1 | Refund | shop, billing | 2026-01-31 12:05\n"
                     "2 | (untitled) | shop | 2026-01-31 12:05"_s);
        QCOMPARE(model.index(0, 0).data(IdRole).toLongLong(), 7);
    }

    void theFailedCommandsOfARun()
    {
        const QList<CommandReport> reports {
            { 0, u"sql"_s, u"shop"_s, u"UPDATE a"_s, CommandStatus::Ok, 1200, 0.1, {} },
            { 1, u"sql"_s, u"shop"_s, u"UPDATE b"_s, CommandStatus::Failed, 0, 0.1,
              makeError(ErrorKind::Statement, u"no such table: b"_s) },
            { 2, u"sql"_s, u"shop"_s, u"UPDATE c"_s, CommandStatus::Skipped, 0, 0, {} },
        };
        CommandReportModel all(CommandReportModel::Which::All);
        CommandReportModel failed(CommandReportModel::Which::FailedOnly);
        QAbstractItemModelTester allTester(&all, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QAbstractItemModelTester failedTester(&failed, QAbstractItemModelTester::FailureReportingMode::Fatal);
        all.setReports(reports);
        failed.setReports(reports);
        COMPARE_TEXT(modelText(all),
                     u"No. | Status | Target | Command | Rows | Message\n"
                     "1 | ok | shop | UPDATE a | 1,200 | \n"
                     "2 | failed | shop | UPDATE b |  | no such table: b\n"
                     "3 | skipped | shop | UPDATE c |  | "_s);
        COMPARE_TEXT(modelText(failed),
                     u"No. | Status | Target | Command | Rows | Message\n"
                     "2 | failed | shop | UPDATE b |  | no such table: b"_s);
        QCOMPARE(failed.index(0, 0).data(CommandRole).toInt(), 1);
    }
};

QTEST_GUILESS_MAIN(TestJournalModels)
#include "tst_journalmodels.moc"
