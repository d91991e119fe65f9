// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/effectsondump.h"
#include "differential/sqlitebatchmaker.h"
#include "differential/sqliteothers.h"
#include "differential/sqliteschemamaker.h"
#include "differential/sqliteshell.h"
#include "execution/workbench.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace holdpoint;

/// Random batches on random databases, by the product and by the sqlite3 shell: the same rows in the end, all of them
/// in the preview, and all of them back after an undo.
/// In every fifth database there are references to rows that are not there. In every fourth database other sessions are
/// at work when the batch is previewed once more, applied and undone. HOLDPOINT_TEST_SEEDS=first:count runs others than
/// the usual ones, HOLDPOINT_TEST_OTHERS=always all with sessions.
class tst_SqliteDifferential : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void agreesWithTheShell_data();
    void agreesWithTheShell();
    void cleanupTestCase();

private:
    void makeDatabase(Dice& dice);
    void checkPreview();
    void checkPreviewBesideOthers();
    void checkCommitted();
    void checkFailed(const SqliteShellRun& shell);
    void checkUndo(const RunId& run);
    void checkRefusedUndo(const QString& why);
    void startOthers();
    [[nodiscard]] static SqliteDump putBack(const SqliteDump& dump, const Run& undone);
    [[nodiscard]] QString file(const QString& name) const { return m_folder.filePath(name); }
    void explain(const QString& problem) const;

    QTemporaryDir m_folder;
    std::shared_ptr<Journal> m_journal;
    std::unique_ptr<Workbench> m_workbench;
    QString m_path; // of the database that the product works on
    SqliteMadeBatch m_made;
    SqliteDump m_before;
    SqliteDump m_after; // of the copy, by the shell
    Run m_preview;
    QMap<QString, int> m_ends; // how the batches ended, to be told in the end
    quint32 m_seed = 0;
    bool m_crowded = false; // other sessions come
    std::optional<SqliteOthers> m_others;
    OthersTally m_othersTally;
    RunOptions m_patient;
};

namespace {

QString changeText(const std::optional<RowChange>& change)
{
    return change ? u"(%1) > (%2)"_s.arg(rowText(change->before), rowText(change->after)) : u"nothing"_s;
}

QString why(const Run& run)
{
    QStringList texts { outcomeName(run.outcome) + u' ' + run.cause };
    if (run.failure)
        texts.append(u"command %1: %2"_s.arg(run.failure->command.value_or(-1)).arg(run.failure->error.text()));
    for (const DriftRow& row : run.drift.first(std::min(run.drift.size(), qsizetype(6))))
        texts.append(
            u"%1: %2 preview %3 now %4"_s.arg(row.table.table, row.text, changeText(row.preview), changeText(row.now)));
    return texts.join(u'\n');
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

// Fails with all that is needed to see why, beside the test's own log, which cuts long texts.
#define VERIFY_EMPTY(problem)                                                                                          \
    do {                                                                                                               \
        const QString found = problem;                                                                                 \
        if (!found.isEmpty())                                                                                          \
            explain(found);                                                                                            \
        QVERIFY2(found.isEmpty(), qUtf8Printable(found));                                                              \
    } while (false)
#define VERIFY_RUN(run, expected)                                                                                      \
    VERIFY_EMPTY((run).ok() ? QString() : (run).error().text());                                                       \
    VERIFY_EMPTY((run)->outcome == (expected) ? QString() : why(*(run)))

void tst_SqliteDifferential::initTestCase()
{
    auto journal = Journal::open(file(u"journal.db"_s)).takeResult();
    QVERIFY(journal);
    m_journal = *journal;
    m_patient.connection.lockTimeout = std::chrono::seconds(30); // SQLite lets in whoever comes at the right moment
}

void tst_SqliteDifferential::cleanupTestCase()
{
    for (auto end = m_ends.cbegin(); end != m_ends.cend(); ++end)
        qInfo("%5d %s", *end, qUtf8Printable(end.key()));
    qInfo("%s", qUtf8Printable(m_othersTally.text()));
    QVERIFY2(m_othersTally.batches == 0 || m_othersTally.written > 0, "the other sessions wrote nothing");
}

void tst_SqliteDifferential::agreesWithTheShell_data()
{
    QTest::addColumn<quint32>("seed");
    const QStringList wanted = qEnvironmentVariable("HOLDPOINT_TEST_SEEDS", u"1:200"_s).split(u':');
    const quint32 first = wanted.value(0).toUInt();
    for (quint32 seed = first; seed < first + wanted.value(1).toUInt(); ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void tst_SqliteDifferential::explain(const QString& problem) const
{
    const QByteArray text = "\n" + QByteArray(QTest::currentDataTag()) + "\n" + problem.toUtf8() + "\n-- in\n"
        + m_before.schema.join(";\n"_L1).toUtf8() + ";\n-- with\n" + m_made.script.join(";\n") + ";\n";
    std::fputs(text.constData(), stderr);
}

void tst_SqliteDifferential::makeDatabase(Dice& dice)
{
    SqliteFile database(m_path);
    const QByteArray encoding = dice.chance(10) ? "UTF-16" : "UTF-8";
    const QByteArray vacuum = dice.chance(80) ? "NONE" : dice.oneOf({ "FULL", "INCREMENTAL" });
    const QByteArray journal = dice.chance(50) ? "WAL" : dice.oneOf({ "DELETE", "TRUNCATE", "PERSIST" });
    QCOMPARE(database.run("PRAGMA encoding='" + encoding + "'; PRAGMA auto_vacuum=" + vacuum
                          + "; PRAGMA journal_mode=" + journal),
             QByteArray());
    if (m_seed % 5 == 2) // by a program that does not ask for foreign keys: some lead nowhere
        QCOMPARE(database.run("PRAGMA foreign_keys=OFF"), QByteArray());
    for (const QByteArray& statement : SqliteSchemaMaker(dice).made()) {
        const QByteArray error = database.run(statement);
        if (statement.startsWith("CREATE TABLE") || statement.startsWith("CREATE VIRTUAL"))
            QVERIFY2(error.isEmpty(), (statement + ": " + error).constData());
    }
}

void tst_SqliteDifferential::agreesWithTheShell()
{
    QFETCH(quint32, seed);
    Dice dice(seed);
    const QString name = u"seed%1"_s.arg(seed);
    m_seed = seed;
    m_crowded = seed % 4 == 1 || othersAlways();
    m_path = file(name + ".db"_L1);
    makeDatabase(dice);
    if (QTest::currentTestFailed())
        return;
    const QString copy = file(name + "-copy.db"_L1);
    const QString trial = file(name + "-trial.db"_L1);
    QVERIFY(QFile::copy(m_path, copy) && QFile::copy(m_path, trial));
    const Target target { .name = u"t"_s, .engine = EngineKind::SQLite, .address = m_path };
    m_made = SqliteBatchMaker(dice, target, trial).made(seed % 3 == 0);
    m_before = SqliteDump::read(copy);
    const SqliteShellRun shell = runSqliteShell(copy, m_made.script);
    m_after = SqliteDump::read(copy);
    m_workbench = std::make_unique<Workbench>(m_journal, nullptr);

    checkPreview();
    if (QTest::currentTestFailed())
        return;
    m_othersTally.batches += m_crowded ? 1 : 0;
    if (shell.committed)
        checkCommitted();
    else
        checkFailed(shell);
    m_workbench.reset();
    m_others.reset();
    if (QTest::currentTestFailed())
        return;
    for (const QString& each : QDir(m_folder.path()).entryList({ name + u'*' }))
        QFile::remove(file(each)); // SQLite may be faster with its own
}

void tst_SqliteDifferential::checkPreview()
{
    const QByteArray bytes = contentOf(m_path);
    const auto preview = m_workbench->preview(m_made.batch, {}).takeResult();
    QVERIFY(preview);
    m_preview = *preview;
    VERIFY_EMPTY(m_before.differences(SqliteDump::read(m_path)));
    QVERIFY2(contentOf(m_path) == bytes, "the preview changed the file");
}

void tst_SqliteDifferential::startOthers()
{
    if (m_crowded)
        m_others.emplace(m_path, m_seed, m_othersTally);
}

void tst_SqliteDifferential::checkPreviewBesideOthers()
{
    const auto again = m_workbench->preview(m_made.batch, m_patient).takeResult();
    VERIFY_RUN(again, m_preview.outcome);
    if (again->digest == m_preview.digest)
        return;
    const auto applied = m_workbench->apply(m_made.batch, m_preview.digest, m_patient).takeResult();
    VERIFY_EMPTY(u"the preview beside other sessions has another effect; an apply: "_s
                 + (applied ? why(*applied) : applied.error().text()));
}

void tst_SqliteDifferential::checkFailed(const SqliteShellRun& shell)
{
    ++m_ends[u"failed"_s];
    QCOMPARE(outcomeName(m_preview.outcome), u"failed"_s);
    startOthers();
    const auto applied = m_workbench->apply(m_made.batch, {}, m_patient).takeResult();
    m_others.reset();
    VERIFY_RUN(applied, Outcome::RolledBack);
    VERIFY_EMPTY(m_before.differences(SqliteDump::read(m_path)));
    for (const Run& run : { m_preview, *applied }) {
        QVERIFY(run.failure);
        VERIFY_EMPTY(run.failure->command == shell.failed
                         ? QString()
                         : why(run) + u"\nthe shell: "_s + QString::fromUtf8(shell.error));
    }
}

void tst_SqliteDifferential::checkCommitted()
{
    VERIFY_EMPTY(m_preview.outcome == Outcome::Ready ? QString() : why(m_preview));
    QCOMPARE(m_preview.effects.size(), m_made.batch.commands.isEmpty() ? 0 : 1);
    if (m_preview.effects.isEmpty())
        return;
    VERIFY_EMPTY(effectsProblems(m_preview.effects.first(), m_before.withoutIndexes(), m_after.withoutIndexes()));
    startOthers();
    if (m_crowded)
        checkPreviewBesideOthers();
    if (QTest::currentTestFailed())
        return;
    const auto applied = m_workbench->apply(m_made.batch, m_preview.digest, m_patient).takeResult();
    m_others.reset();
    VERIFY_RUN(applied, Outcome::Committed);
    const SqliteDump now = SqliteDump::read(m_path);
    VERIFY_EMPTY(m_after.withoutIndexes().differences(now.withoutIndexes()));
    VERIFY_EMPTY(effectsProblems(applied->effects.first(), m_before, now));
    VERIFY_EMPTY(integrityProblems(m_path));
    checkUndo(applied->id);
}

void tst_SqliteDifferential::checkUndo(const RunId& run)
{
    startOthers();
    const auto undone = m_workbench->undo(run, true, m_patient).takeResult();
    m_others.reset();
    if (!undone) {
        checkRefusedUndo(undone.error().text());
        return;
    }
    VERIFY_RUN(undone, Outcome::Committed);
    ++m_ends[u"undone"_s];
    VERIFY_EMPTY(putBack(m_before, m_preview).differences(putBack(SqliteDump::read(m_path), m_preview)));
    VERIFY_EMPTY(integrityProblems(m_path));
    startOthers();
    const auto again = m_workbench->undo(undone->id, true, m_patient).takeResult();
    m_others.reset();
    VERIFY_RUN(again, Outcome::Committed);
    VERIFY_EMPTY(putBack(m_after, *undone).differences(putBack(SqliteDump::read(m_path), *undone)));
    VERIFY_EMPTY(integrityProblems(m_path));
}

// Rows that only moved to other rowids are left there, as the preview has said.
SqliteDump tst_SqliteDifferential::putBack(const SqliteDump& dump, const Run& undone)
{
    SqliteDump content = dump.content();
    for (const TargetEffects& effects : undone.effects) {
        if (std::ranges::find(effects.cautions, u"rowids-changed"_s, &Caution::code) != effects.cautions.end())
            content.rowids.clear();
    }
    return content;
}

// Only for what the preview has said.
void tst_SqliteDifferential::checkRefusedUndo(const QString& why)
{
    ++m_ends[u"not undone, as said before"_s];
    VERIFY_EMPTY(m_after.withoutIndexes().differences(SqliteDump::read(m_path).withoutIndexes()));
    const QList<Caution>& cautions = m_preview.effects.first().cautions;
    const bool said
        = std::ranges::any_of(cautions, [](const Caution& caution) { return caution.code == "not-undoable"_L1; });
    VERIFY_EMPTY(said ? QString() : why);
    VERIFY_EMPTY(m_before.schema != m_after.schema ? QString() : why);
}

QTEST_GUILESS_MAIN(tst_SqliteDifferential)
#include "tst_sqlitedifferential.moc"
