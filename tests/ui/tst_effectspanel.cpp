// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/effectspanel.h"

#include "modeltext.h"
#include "support/effectsrows.h"

#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

CommandReport report(int index, CommandStatus status)
{
    CommandReport report;
    report.index = index;
    report.operation = u"sql"_s;
    report.target = u"shop"_s;
    report.description = u"UPDATE t%1"_s.arg(index);
    report.status = status;
    if (status == CommandStatus::Failed) {
        Error error = makeError(ErrorKind::Statement, u"no such table: t%1"_s.arg(index), u"a detail"_s, u"a hint"_s);
        error.sqlState = u"42P01"_s;
        error.constraint = u"some_check"_s;
        report.error = error;
    }
    return report;
}

Previewed ready(Previewed::Subject subject = Previewed::Subject::Draft)
{
    Previewed previewed;
    previewed.subject = subject;
    previewed.run.title = u"Refund"_s;
    previewed.run.outcome = Outcome::Ready;
    previewed.run.commands = { report(0, CommandStatus::Ok) };
    previewed.run.effects = { shopEffects({ tableEffects(
        u"orders"_s, { u"id"_s, u"total"_s }, { 0 },
        { updatedRow({ number(1), number(5) }, { number(1), number(6) }), deletedRow({ number(2), number(9) }) }) }) };
    return previewed;
}

Previewed failed()
{
    Previewed previewed;
    previewed.run.outcome = Outcome::Failed;
    previewed.run.cause = u"command-failed"_s;
    previewed.run.commands
        = { report(0, CommandStatus::Failed), report(1, CommandStatus::Ok), report(2, CommandStatus::Failed) };
    previewed.run.failure = Failure { 0, u"shop"_s, *previewed.run.commands.first().error };
    return previewed;
}

struct Shown
{
    Shown() { panel.show(); }
    void show(const Previewed& previewed, PreviewState state = PreviewState::Fresh)
    {
        const bool canApply = state == PreviewState::Fresh && previewed.run.outcome == Outcome::Ready;
        panel.showPreview(previewed);
        panel.setState(state, { .canAccept = previewed.isInexactUndo(), .canEnqueue = canApply, .canApply = canApply });
    }
    [[nodiscard]] QString text(const char* label) const
    {
        return panel.findChild<QLabel*>(QLatin1StringView(label))->text();
    }
    [[nodiscard]] QPushButton& button(const char* name) const
    {
        return *panel.findChild<QPushButton*>(QLatin1StringView(name));
    }
    [[nodiscard]] QTableView& view(const char* name) const
    {
        return *panel.findChild<QTableView*>(QLatin1StringView(name));
    }
    EffectsPanel panel;
};

} // namespace

class TestEffectsPanel : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnAnyWarning(); }

    void beforeTheFirstPreviewNothingCanBeDone()
    {
        Shown shown;
        QCOMPARE(shown.text("effectsHeadline"), u"Nothing has been previewed yet"_s);
        QVERIFY(!shown.button("applyButton").isEnabled());
        QVERIFY(!shown.button("queueButton").isEnabled());
    }

    void aReadyPreviewNamesTargetsAndCounts()
    {
        Shown shown;
        shown.show(ready());
        QCOMPARE(shown.text("effectsHeadline"), u"Previewed: shop: ~1 −1"_s);
        QCOMPARE(shown.button("applyButton").text(), u"&Apply to shop: ~1 −1"_s);
        QVERIFY(!shown.view("failedCommands").isVisible());
        QVERIFY(!shown.view("effectNotes").isVisible());
        COMPARE_TEXT(modelText(*shown.view("effectRows").model()),
                     u"Change | Origin | By | id (key) | total\n"
                     "Update | direct | unknown | 1 | 5 → 6\n"
                     "Delete | direct | unknown | 2 | 9"_s);
        QSignalSpy applied(&shown.panel, &EffectsPanel::applyRequested);
        QTest::mouseClick(&shown.button("applyButton"), Qt::LeftButton);
        QCOMPARE(applied.count(), 1);
    }

    void aFailedPreviewShowsEveryError()
    {
        Shown shown;
        shown.show(failed());
        QCOMPARE(shown.text("effectsHeadline"), u"2 of 3 commands failed"_s);
        QVERIFY(shown.text("effectsExplanation").contains("Everything was rolled back; nothing has changed."_L1));
        QVERIFY(shown.view("failedCommands").isVisible());
        QCOMPARE(shown.view("failedCommands").model()->rowCount(), 2);
        const QString detail = shown.text("failureDetail");
        for (const auto& part : { "no such table: t0"_L1, "a detail"_L1, "a hint"_L1, "42P01"_L1, "some_check"_L1 })
            QVERIFY2(detail.contains(part), qPrintable(detail));
        QVERIFY(!shown.button("applyButton").isEnabled());
        shown.show(ready());
        QVERIFY(!shown.view("failedCommands").isVisible());
    }

    void aFailedCommandCanBeAskedFor()
    {
        Shown shown;
        shown.show(failed());
        QSignalSpy asked(&shown.panel, &EffectsPanel::commandRequested);
        QTableView& view = shown.view("failedCommands");
        view.setCurrentIndex(view.model()->index(1, 0));
        QVERIFY(shown.text("failureDetail").contains("t2"_L1));
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.at(0).at(0).toInt(), 2);
    }

    void aFailureOfTheRunIsToldWithoutCommands()
    {
        Previewed previewed;
        previewed.run.outcome = Outcome::Failed;
        previewed.run.failure
            = Failure { {}, u"billing"_s, makeError(ErrorKind::Unreachable, u"connection refused"_s) };
        Shown shown;
        shown.show(previewed);
        QCOMPARE(shown.text("effectsHeadline"), u"The preview failed"_s);
        QVERIFY(shown.text("effectsExplanation").startsWith("billing: connection refused"_L1));
    }

    void incompleteIsSaidPlainly()
    {
        Previewed previewed = ready();
        previewed.run.effects[0].tables[0].complete = false;
        previewed.run.effects[0].tables[0].incompleteReason = u"5 rows cannot be seen"_s;
        Shown shown;
        shown.show(previewed);
        QVERIFY(shown.text("effectsExplanation").contains("This is not all"_L1));
        QVERIFY(shown.view("effectNotes").isVisible());
        QVERIFY(modelText(*shown.view("effectNotes").model()).contains("5 rows cannot be seen"_L1));
    }

    void whatBecameOfThePreviewIsSaid_data()
    {
        QTest::addColumn<int>("state");
        QTest::addColumn<QString>("said");
        QTest::addRow("the batch was changed") << int(PreviewState::Stale) << u"no longer the one that was previewed"_s;
        QTest::addRow("it was queued") << int(PreviewState::Queued) << u"It waits in the queue."_s;
        QTest::addRow("it was applied") << int(PreviewState::Applied) << u"the log tells how that ended"_s;
    }
    void whatBecameOfThePreviewIsSaid()
    {
        QFETCH(const int, state);
        QFETCH(const QString, said);
        Shown shown;
        shown.show(ready(), static_cast<PreviewState>(state));
        QVERIFY2(shown.text("effectsExplanation").contains(said), qPrintable(shown.text("effectsExplanation")));
        QVERIFY(!shown.button("applyButton").isEnabled());
    }

    void differencesCanBeAcceptedUnlessSomethingRuns()
    {
        Previewed previewed = ready(Previewed::Subject::Undo);
        previewed.run.outcome = Outcome::Failed;
        previewed.run.cause = u"undo-differs"_s;
        Shown shown;
        QPushButton& accept = shown.button("acceptButton");
        QVERIFY(!accept.isVisible());
        shown.show(previewed);
        QVERIFY(accept.isVisible() && accept.isEnabled());
        shown.panel.setState(PreviewState::Fresh, {});
        QVERIFY(accept.isVisible() && !accept.isEnabled());
        shown.show(previewed);
        QSignalSpy accepted(&shown.panel, &EffectsPanel::differencesAccepted);
        QTest::mouseClick(&accept, Qt::LeftButton);
        QCOMPARE(accepted.count(), 1);
    }

    void theDifferencesAreAllReadable()
    {
        Previewed previewed = ready(Previewed::Subject::Undo);
        previewed.run.cause = u"undo-differs"_s;
        previewed.run.targets = { TargetReport() };
        previewed.run.drift = { DriftRow { u"shop"_s,
                                           { u"main"_s, u"audit_log"_s },
                                           { u"order_id"_s, u"event"_s },
                                           { { u"id"_s, number(1) } },
                                           {},
                                           insertedRow({ number(4711), Value::text(u"refunded -> paid"_s) }),
                                           {} } };
        Shown shown;
        shown.panel.resize(596, 690); // what the window leaves it at first
        shown.show(previewed);
        const QTableView& view = shown.view("previewDrift");
        QCOMPARE(view.model()->rowCount(), 2);
        QTRY_VERIFY(!view.horizontalScrollBar()->isVisible() && !view.verticalScrollBar()->isVisible());
        for (int column = 0; column < view.model()->columnCount(); ++column) {
            const QRect cell = view.visualRect(view.model()->index(1, column));
            QVERIFY(view.isColumnHidden(column) || view.viewport()->rect().contains(cell));
        }
        QVERIFY(view.isColumnHidden(0)); // there is but one target
        previewed.run.targets.append(TargetReport());
        shown.show(previewed);
        QVERIFY(!view.isColumnHidden(0));
    }

    void headlines_data()
    {
        QTest::addColumn<int>("subject");
        QTest::addColumn<QString>("headline");
        QTest::addRow("the draft") << int(Previewed::Subject::Draft) << u"Previewed: shop: ~1 −1"_s;
        QTest::addRow("an undo") << int(Previewed::Subject::Undo) << u"Undo, previewed: shop: ~1 −1"_s;
        QTest::addRow("a queued batch") << int(Previewed::Subject::Queued) << u"Queued \"Refund\": shop: ~1 −1"_s;
    }
    void headlines()
    {
        QFETCH(const int, subject);
        QFETCH(const QString, headline);
        Shown shown;
        shown.show(ready(static_cast<Previewed::Subject>(subject)));
        QCOMPARE(shown.text("effectsHeadline"), headline);
    }
};

QTEST_MAIN(TestEffectsPanel)
#include "tst_effectspanel.moc"
