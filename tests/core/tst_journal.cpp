// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/journal.h"

#include "command/batchfile.h"
#include "support/journalruns.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

QStringList idsOf(const QList<Run>& runs)
{
    QStringList ids;
    for (const Run& run : runs)
        ids.append(run.id);
    return ids;
}

QStringList titlesOf(Journal& journal)
{
    QStringList titles;
    for (const QueueEntry& entry : journal.queue().takeResult().value())
        titles.append(u"%1 %2"_s.arg(entry.position).arg(entry.title));
    return titles;
}

qint64 enqueued(Journal& journal, const QString& title)
{
    return journal.enqueue(exampleBatch(title), withEffects(newRun(RunKind::Preview))).takeResult().value().id;
}

} // namespace

class TestJournal : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_folder = std::make_unique<QTemporaryDir>();
    }
    void runComesBackAfterReopening();
    void outcomeMayHaveOtherEffects();
    void batchOfAFileIsKeptAsItsText();
    void previewNeedsNoIntent();
    void rollbackNeedsNoCommit();
    void stepsOutOfOrderAreErrors();
    void listsNewestFirst();
    void filtersRuns_data();
    void filtersRuns();
    void findsRunByBeginning();
    void findsPreviewedEffects();
    void settlesRunInDoubt();
    void queueIsDurable();
    void movesInQueue_data();
    void movesInQueue();
    void unknownQueueEntry();
    void queueEntryComesBack();
    void runIds();

private:
    [[nodiscard]] QString path() const { return m_folder->filePath(u"data/journal.db"_s); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestJournal::runComesBackAfterReopening()
{
    const Run written = writeRun(*openJournal(path()));
    const JournalPtr journal = openJournal(path());
    const auto run = journal->run(written.id).takeResult();
    QVERIFY(run.ok());
    QVERIFY(*run == written);
    const auto batch = journal->batchOf(written.id).takeResult();
    QVERIFY(batch.ok());
    QVERIFY(*batch == exampleBatch());
    QCOMPARE(journal->unsettled().takeResult().value().size(), 0);
    QVERIFY(QDir(m_folder->filePath(u"data"_s)).entryList({ u"*.lock"_s }).isEmpty());
}

void TestJournal::outcomeMayHaveOtherEffects()
{
    const JournalPtr journal = openJournal(path());
    Run run = newRun();
    QVERIFY(journal->intent(run, exampleBatch()).takeResult().ok());
    run = withEffects(run, 6);
    QVERIFY(journal->committing(run).takeResult().ok());
    run = ended(withEffects(run, 7), Outcome::Committed);
    QVERIFY(journal->outcome(run).takeResult().ok());
    QVERIFY(journal->run(run.id).takeResult().value() == run);
}

// Its relative paths and its saved targets mean something only where it was read.
void TestJournal::batchOfAFileIsKeptAsItsText()
{
    const QByteArray json = R"({ "format": "holdpoint-batch/1",
        "targets": { "shop": "saved shop", "near": "sqlite:near.db" },
        "commands": [{ "op": "import", "target": "near", "table": "t", "file": "rows.csv" },
                     { "op": "sql", "target": "shop", "text": "DELETE FROM t" }] })";
    Target saved = shop();
    saved.name = u"saved shop"_s;
    BatchFileOptions options { QDir(m_folder->path()), u"b.holdpoint"_s, { saved }, {} };
    const auto batch = readBatch(json, options);
    QVERIFY(batch && batch->text());
    const JournalPtr journal = openJournal(path());
    journal->expectIntent(json);
    const Run asRead = newRun();
    QVERIFY(journal->intent(asRead, *batch).takeResult().ok());
    QVERIFY(journal->batchOf(asRead.id).takeResult().value() == *batch);

    Batch changed = *batch;
    changed.commands.removeFirst();
    QVERIFY(!changed.text());
    const Run asChanged = newRun();
    QVERIFY(journal->intent(asChanged, changed).takeResult().ok());
    QVERIFY(journal->batchOf(asChanged.id).takeResult().value() == changed);

    options.overrides = { batch->targets.last() }; // in place of a URI that nobody looked at
    QVERIFY(!readBatch(json, options)->text());
}

void TestJournal::previewNeedsNoIntent()
{
    const JournalPtr journal = openJournal(path());
    const Run preview = writePreview(*journal, 6);
    QVERIFY(journal->run(preview.id).takeResult().value() == preview);
    const auto batch = journal->batchOf(preview.id).takeResult();
    QVERIFY(!batch.ok());
    QCOMPARE(batch.error().kind, ErrorKind::Usage);
}

void TestJournal::rollbackNeedsNoCommit()
{
    const JournalPtr journal = openJournal(path());
    Run run = newRun();
    QVERIFY(journal->intent(run, exampleBatch()).takeResult().ok());
    run = ended(run, Outcome::RolledBack);
    run.cause = u"command-failed"_s;
    run.failure = Failure { 0, u"shop"_s, makeError(ErrorKind::Statement, u"no such table"_s) };
    QVERIFY(journal->outcome(run).takeResult().ok());
    QVERIFY(journal->run(run.id).takeResult().value() == run);
    QCOMPARE(journal->unsettled().takeResult().value().size(), 0);
}

void TestJournal::stepsOutOfOrderAreErrors()
{
    const JournalPtr journal = openJournal(path());
    const Run run = withEffects(newRun());
    QVERIFY(!journal->committing(run).takeResult().ok()); // no intent
    QVERIFY(journal->intent(run, exampleBatch()).takeResult().ok());
    QVERIFY(!journal->intent(run, exampleBatch()).takeResult().ok());
    QVERIFY(journal->committing(run).takeResult().ok());
    QVERIFY(!journal->committing(run).takeResult().ok());
    QVERIFY(journal->outcome(ended(run, Outcome::Committed)).takeResult().ok());
}

void TestJournal::listsNewestFirst()
{
    const JournalPtr journal = openJournal(path());
    QList<Run> expected;
    for (int i = 0; i < 3; ++i) {
        Run run = newRun();
        run.started = run.started.addSecs(i);
        expected.prepend(headOf(writeRun(*journal, Outcome::Committed, run)));
    }
    QVERIFY(journal->runs({}).takeResult().value() == expected);
}

void TestJournal::filtersRuns_data()
{
    QTest::addColumn<RunFilter>("filter");
    QTest::addColumn<QList<int>>("expected"); // 3 is the newest
    const QDateTime noon(QDate(2026, 1, 31), QTime(12, 0), Qt::UTC);
    QTest::newRow("all") << RunFilter {} << QList<int> { 3, 2, 1, 0 };
    QTest::newRow("two") << RunFilter { .limit = 2 } << QList<int> { 3, 2 };
    QTest::newRow("none") << RunFilter { .limit = 0 } << QList<int> {};
    QTest::newRow("more than there are") << RunFilter { .limit = 9 } << QList<int> { 3, 2, 1, 0 };
    QTest::newRow("outcome") << RunFilter { .outcome = Outcome::RolledBack } << QList<int> { 2, 0 };
    QTest::newRow("outcome and limit") << RunFilter { .outcome = Outcome::RolledBack, .limit = 1 } << QList<int> { 2 };
    QTest::newRow("target") << RunFilter { .target = u"billing"_s } << QList<int> { 3 };
    QTest::newRow("target's URI") << RunFilter { .target = u"sqlite:/srv/shop.db"_s } << QList<int> { 2, 1, 0 };
    QTest::newRow("unknown target") << RunFilter { .target = u"x"_s } << QList<int> {};
    QTest::newRow("since") << RunFilter { .since = noon.addSecs(2) } << QList<int> { 3, 2 };
    QTest::newRow("since, in another zone")
        << RunFilter { .since = noon.addSecs(2).toOffsetFromUtc(3600) } << QList<int> { 3, 2 };
}

void TestJournal::filtersRuns()
{
    QFETCH(RunFilter, filter);
    QFETCH(QList<int>, expected);
    const JournalPtr journal = openJournal(path());
    const QDateTime noon(QDate(2026, 1, 31), QTime(12, 0), Qt::UTC);
    QStringList ids;
    for (int i = 0; i < 4; ++i) {
        Run run = newRun();
        run.started = noon.addSecs(i);
        if (i == 3) {
            run.targets[0].name = u"billing"_s;
            run.targets[0].uri = u"postgresql://db/billing"_s;
        }
        ids.append(writeRun(*journal, i % 2 == 0 ? Outcome::RolledBack : Outcome::Committed, run).id);
    }
    QStringList expectedIds;
    for (const int i : expected)
        expectedIds.append(ids.at(i));
    QCOMPARE(idsOf(journal->runs(filter).takeResult().value()), expectedIds);
}

void TestJournal::findsRunByBeginning()
{
    const JournalPtr journal = openJournal(path());
    Run first = newRun();
    Run second = newRun();
    first.id = u"01HAAAAAAAAAAAAAAAAAAAAAA1"_s;
    second.id = u"01HAAAAAAAAAAAAAAAAAAAAAB2"_s;
    writeRun(*journal, Outcome::Committed, first);
    writeRun(*journal, Outcome::Committed, second);
    QCOMPARE(journal->run(first.id).takeResult().value().id, first.id);
    QCOMPARE(journal->run(u"01haaaaaaaaaaaaaaaaaaaaab"_s).takeResult().value().id, second.id);
    for (const QString& beginning : { u"01HA"_s, u""_s, u"X"_s, u"%"_s, first.id + u'1' }) {
        const auto run = journal->run(beginning).takeResult();
        QVERIFY2(!run.ok(), qPrintable(beginning));
        QCOMPARE(run.error().kind, ErrorKind::Usage);
    }
    const QString ambiguous = journal->run(u"01HA"_s).takeResult().error().message;
    QVERIFY(ambiguous.contains(first.id) && ambiguous.contains(second.id));
    QVERIFY(journal->batchOf(u"01HAAAAAAAAAAAAAAAAAAAAAB"_s).takeResult().ok());
}

void TestJournal::findsPreviewedEffects()
{
    const JournalPtr journal = openJournal(path());
    const Run preview = writePreview(*journal, 6);
    writeRun(*journal, Outcome::Committed, withEffects(newRun(), 8));
    QVERIFY(journal->hasPreview(preview.digest).takeResult().value());
    QVERIFY(!journal->hasPreview(u"sha256:unknown"_s).takeResult().value());
    QVERIFY(journal->previewedEffects(preview.digest).takeResult().value() == preview.effects);
    QVERIFY(!journal->previewedEffects(u"sha256:unknown"_s).takeResult().value());

    const Run queued = withEffects(newRun(RunKind::Preview), 9);
    QVERIFY(!journal->previewedEffects(queued.digest).takeResult().value());
    QVERIFY(journal->enqueue(exampleBatch(), queued).takeResult().ok());
    QVERIFY(journal->previewedEffects(queued.digest).takeResult().value() == queued.effects);
}

void TestJournal::settlesRunInDoubt()
{
    const JournalPtr journal = openJournal(path());
    const Run doubt = writeRun(*journal, Outcome::InDoubt);
    const auto unsettled = journal->unsettled().takeResult().value();
    QCOMPARE(unsettled.size(), 1);
    QVERIFY(unsettled.first().commitSent);
    QVERIFY(!unsettled.first().alive);
    QVERIFY(headOf(unsettled.first().run) == headOf(doubt));
    QVERIFY(unsettled.first().run.effects == doubt.effects);

    const Run settled = ended(doubt, Outcome::Committed);
    QVERIFY(journal->outcome(settled).takeResult().ok());
    QCOMPARE(journal->unsettled().takeResult().value().size(), 0);
    QVERIFY(journal->run(doubt.id).takeResult().value() == settled);
    QCOMPARE(journal->runs({}).takeResult().value().size(), 1);
}

void TestJournal::queueIsDurable()
{
    qint64 second = 0;
    {
        const JournalPtr journal = openJournal(path());
        enqueued(*journal, u"a"_s);
        second = enqueued(*journal, u"b"_s);
        enqueued(*journal, u"c"_s);
    }
    QCOMPARE(titlesOf(*openJournal(path())), QStringList({ u"1 a"_s, u"2 b"_s, u"3 c"_s }));
    QVERIFY(openJournal(path())->dequeue(second).takeResult().ok());
    QCOMPARE(titlesOf(*openJournal(path())), QStringList({ u"1 a"_s, u"2 c"_s }));
    QVERIFY(enqueued(*openJournal(path()), u"d"_s) > second);
    QCOMPARE(titlesOf(*openJournal(path())), QStringList({ u"1 a"_s, u"2 c"_s, u"3 d"_s }));
}

void TestJournal::movesInQueue_data()
{
    QTest::addColumn<int>("which");
    QTest::addColumn<int>("position");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("to the front") << 2 << 1 << QStringList { u"1 c"_s, u"2 a"_s, u"3 b"_s, u"4 d"_s };
    QTest::newRow("to the end") << 0 << 4 << QStringList { u"1 b"_s, u"2 c"_s, u"3 d"_s, u"4 a"_s };
    QTest::newRow("one down") << 1 << 3 << QStringList { u"1 a"_s, u"2 c"_s, u"3 b"_s, u"4 d"_s };
    QTest::newRow("one up") << 3 << 3 << QStringList { u"1 a"_s, u"2 b"_s, u"3 d"_s, u"4 c"_s };
    QTest::newRow("nowhere") << 1 << 2 << QStringList { u"1 a"_s, u"2 b"_s, u"3 c"_s, u"4 d"_s };
    QTest::newRow("before the front") << 1 << 0 << QStringList();
    QTest::newRow("past the end") << 1 << 5 << QStringList();
}

void TestJournal::movesInQueue()
{
    QFETCH(int, which);
    QFETCH(int, position);
    QFETCH(QStringList, expected);
    QList<qint64> ids;
    bool moved = false;
    {
        const JournalPtr journal = openJournal(path());
        for (const QString& title : { u"a"_s, u"b"_s, u"c"_s, u"d"_s })
            ids.append(enqueued(*journal, title));
        moved = journal->moveInQueue(ids.at(which), position).takeResult().ok();
    }
    QCOMPARE(moved, !expected.isEmpty());
    const QStringList unmoved { u"1 a"_s, u"2 b"_s, u"3 c"_s, u"4 d"_s };
    QCOMPARE(titlesOf(*openJournal(path())), moved ? expected : unmoved);
}

void TestJournal::unknownQueueEntry()
{
    const JournalPtr journal = openJournal(path());
    QCOMPARE(journal->dequeue(1).takeResult().error().kind, ErrorKind::Usage);
    QCOMPARE(journal->moveInQueue(1, 1).takeResult().error().kind, ErrorKind::Usage);
    QCOMPARE(journal->queuedBatch(1).takeResult().error().kind, ErrorKind::Usage);
    QCOMPARE(journal->queuedEffects(1).takeResult().error().kind, ErrorKind::Usage);
}

void TestJournal::queueEntryComesBack()
{
    const JournalPtr journal = openJournal(path());
    const Run preview = withEffects(newRun(RunKind::Preview));
    const auto entry = journal->enqueue(exampleBatch(), preview).takeResult();
    QVERIFY(entry.ok());
    QCOMPARE(entry->position, 1);
    QCOMPARE(entry->title, u"Refund"_s);
    QCOMPARE(entry->reason, u"SUP-12"_s);
    QCOMPARE(entry->targets, QStringList { u"shop"_s });
    QCOMPARE(entry->digest, preview.digest);
    QVERIFY(journal->queue().takeResult().value() == QList<QueueEntry> { *entry });
    QVERIFY(journal->queuedBatch(entry->id).takeResult().value() == exampleBatch());
    QVERIFY(journal->queuedEffects(entry->id).takeResult().value() == preview.effects);
}

void TestJournal::runIds()
{
    const QRegularExpression ulid(u"^[0-7][0-9A-HJKMNP-TV-Z]{25}$"_s);
    QSet<RunId> ids;
    for (int i = 0; i < 1000; ++i) {
        const RunId id = newRunId();
        QVERIFY2(ulid.match(id).hasMatch(), qPrintable(id));
        ids.insert(id);
    }
    QCOMPARE(ids.size(), 1000);
    const RunId earlier = newRunId();
    QTest::qSleep(2);
    QVERIFY(earlier < newRunId());
}

QTEST_GUILESS_MAIN(TestJournal)
#include "tst_journal.moc"
