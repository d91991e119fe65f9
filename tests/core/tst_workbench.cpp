// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/deleterow.h"
#include "command/insertrow.h"
#include "command/runsql.h"
#include "command/updaterow.h"
#include "execution/workbench.h"
#include "support/functioncommand.h"
#include "support/shop.h"

#include <algorithm>
#include <thread>

using namespace holdpoint;
using namespace Qt::StringLiterals;

class tst_Workbench : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void previewsTriggersAndCascadesAndChangesNothing_data() { engineRows(); }
    void previewsTriggersAndCascadesAndChangesNothing();
    void showsAllErrorsInOnePass_data() { engineRows(); }
    void showsAllErrorsInOnePass();
    void appliesWhatWasPreviewed_data() { engineRows(); }
    void appliesWhatWasPreviewed();
    void undoesAndUndoesTheUndo_data() { engineRows(); }
    void undoesAndUndoesTheUndo();
    void anUndoKeepsForeignKeys_data() { engineRows(); }
    void anUndoKeepsForeignKeys();
    void refusesDrift_data() { engineRows(); }
    void refusesDrift();
    void refusesAnotherDigest_data() { engineRows(); }
    void refusesAnotherDigest();
    void unrelatedChangesAreNoDrift_data() { engineRows(); }
    void unrelatedChangesAreNoDrift();
    void appliesToSeveralTargetsOrNone();
    void queuesAndApplies_data() { engineRows(); }
    void queuesAndApplies();
    void cancelsAndRollsBack_data() { engineRows(); }
    void cancelsAndRollsBack();
    void tellsAnUnreachableTarget();
    void tellsAnUnreachableTargetOfAnUndo();
    void tellsALostConnection();
    void refusesOneDatabaseUnderTwoNames();
    void theJournalTellsAllOfIt_data() { engineRows(); }
    void theJournalTellsAllOfIt();

private:
    [[nodiscard]] std::shared_ptr<Workbench> workbench() const;

    QTemporaryDir m_folder;
};

namespace {

Batch shopBatch(const TestDatabase& database)
{
    Batch batch;
    batch.title = u"Refund"_s;
    batch.reason = u"SUP-1"_s;
    batch.targets = { database.target(u"shop"_s) };
    batch.commands = {
        std::make_shared<UpdateRow>(
            u"shop"_s, TableName { {}, u"orders"_s }, NamedValues { { u"id"_s, Value::integer(10) } },
            NamedValues { { u"total"_s, Value::integer(0) } }, NamedValues { { u"total"_s, Value::integer(500) } }),
        std::make_shared<DeleteRow>(u"shop"_s, TableName { {}, u"orders"_s },
                                    NamedValues { { u"id"_s, Value::integer(11) } }),
        std::make_shared<InsertRow>(
            u"shop"_s, TableName { {}, u"customers"_s },
            NamedValues { { u"id"_s, Value::integer(3) }, { u"name"_s, Value::text(u"Eve"_s) } }),
        std::make_shared<RunSql>(u"shop"_s, u"UPDATE notes SET note = 'changed' WHERE note = 'same'"_s, QList<Value>(),
                                 2),
    };
    return batch;
}

StoreCommandPtr orphan()
{
    return std::make_shared<InsertRow>(u"shop"_s, TableName { {}, u"orders"_s },
                                       NamedValues { { u"id"_s, Value::integer(99) },
                                                     { u"customer"_s, Value::integer(77) },
                                                     { u"total"_s, Value::integer(1) } });
}

StoreCommandPtr missingRow()
{
    return std::make_shared<DeleteRow>(u"shop"_s, TableName { {}, u"orders"_s },
                                       NamedValues { { u"id"_s, Value::integer(12345) } });
}

// "orders ~10 direct 0", one line a row, of the tables that are not the engine's own.
QString effectsText(const Run& run)
{
    QStringList lines;
    for (const TargetEffects& target : run.effects) {
        for (const TableEffects& table : target.tables) {
            if (table.internal)
                continue;
            for (const RowChange& row : table.rows) {
                const Row& image = row.before.isEmpty() ? row.after : row.before;
                const auto sign = row.change == ChangeKind::Insert ? u'+'
                    : row.change == ChangeKind::Update             ? u'~'
                                                                   : u'-';
                lines.append(u"%1 %2%3 %4 %5"_s.arg(table.name.table, QString(sign), image.first().display(),
                                                    row.origin == Origin::Direct ? u"direct"_s : u"indirect"_s,
                                                    row.command ? QString::number(*row.command) : u"?"_s));
            }
        }
    }
    lines.sort();
    return lines.join(u'\n');
}

QString why(const Result<Run>& run)
{
    if (!run)
        return run.error().text();
    QStringList texts { outcomeName(run->outcome), run->cause };
    if (run->failure)
        texts.append(run->failure->error.text());
    for (const DriftRow& row : run->drift)
        texts.append(row.table.table + u": "_s + row.text);
    for (const TargetReport& target : run->targets) {
        if (target.rollbackError)
            texts.append(u"rollback: "_s + target.rollbackError->text());
    }
    return texts.join(u'\n');
}

} // namespace

#define VERIFY_OUTCOME(run, expected) QVERIFY2((run).ok() && (run)->outcome == (expected), qUtf8Printable(why(run)))

std::shared_ptr<Workbench> tst_Workbench::workbench() const
{
    static int number = 0;
    auto journal = Journal::open(m_folder.filePath(u"journal%1.db"_s.arg(++number))).takeResult();
    if (!journal)
        qFatal("%s", qUtf8Printable(journal.error().text()));
    return std::make_shared<Workbench>(*journal, nullptr);
}

void tst_Workbench::previewsTriggersAndCascadesAndChangesNothing()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const QString before = database.dump();
    const auto run = workbench()->preview(shopBatch(database), {}).takeResult();
    VERIFY_OUTCOME(run, Outcome::Ready);
    QStringList expected { u"audit +1 indirect 0"_s,  u"customers +3 direct 2"_s, u"items -11 indirect 1"_s,
                           u"notes ~same direct 3"_s, u"notes ~same direct 3"_s,  u"orders -11 direct 1"_s,
                           u"orders ~10 direct 0"_s };
    QCOMPARE(effectsText(*run), expected.join(u'\n'));
    QVERIFY(run->digest.startsWith(u"sha256:"_s));
    QCOMPARE(database.dump(), before);
}

void tst_Workbench::showsAllErrorsInOnePass()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const QString before = database.dump();
    Batch batch = shopBatch(database);
    batch.commands.insert(1, orphan());
    batch.commands.append(missingRow());
    const auto run = workbench()->preview(batch, {}).takeResult();
    VERIFY_OUTCOME(run, Outcome::Failed);
    QCOMPARE(run->cause, u"command-failed"_s);
    QStringList statuses;
    for (const CommandReport& command : run->commands)
        statuses.append(command.status == CommandStatus::Ok           ? u"ok"_s
                            : command.status == CommandStatus::Failed ? u"failed"_s
                                                                      : u"skipped"_s);
    QCOMPARE(statuses.join(u' '), u"ok failed ok ok ok failed"_s);
    QVERIFY(run->failure.has_value());
    QCOMPARE(run->failure->command, std::optional(1));
    QVERIFY(run->commands.at(1).error->message.contains(u"foreign key"_s, Qt::CaseInsensitive));
    QVERIFY2(run->commands.at(5).error->message.contains(u"12345"_s),
             qUtf8Printable(run->commands.at(5).error->message));
    QVERIFY(effectsText(*run).contains(u"customers +3 direct 3"_s));
    QVERIFY(!effectsText(*run).contains(u"orders +99"_s));
    QCOMPARE(database.dump(), before);
}

void tst_Workbench::appliesWhatWasPreviewed()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const auto bench = workbench();
    const auto preview = bench->preview(shopBatch(database), {}).takeResult();
    VERIFY_OUTCOME(preview, Outcome::Ready);
    const auto applied = bench->apply(shopBatch(database), preview->digest, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    QCOMPARE(applied->digest, preview->digest);
    QCOMPARE(effectsText(*applied).replace(QRegularExpression(u"audit \\+\\d+"_s), u"audit +N"_s),
             effectsText(*preview).replace(QRegularExpression(u"audit \\+\\d+"_s), u"audit +N"_s));
    QCOMPARE(database.scalar("SELECT total FROM orders WHERE id = 10"), u"0"_s);
    QCOMPARE(database.scalar("SELECT count(*) FROM items WHERE order_id = 11"), u"0"_s);
    QCOMPARE(database.scalar("SELECT what FROM audit"), u"10: 500 -> 0"_s);
    const auto again = bench->apply(shopBatch(database), {}, {}).takeResult();
    VERIFY_OUTCOME(again, Outcome::RolledBack);
    QCOMPARE(again->cause, u"command-failed"_s);
}

void tst_Workbench::undoesAndUndoesTheUndo()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const QString before = database.dump();
    const auto bench = workbench();
    const auto applied = bench->apply(shopBatch(database), {}, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    const QString after = database.dump();
    QVERIFY(after != before);

    const auto undoPreview = bench->undo(applied->id, false, {}).takeResult();
    VERIFY_OUTCOME(undoPreview, Outcome::Ready);
    QCOMPARE(undoPreview->kind, RunKind::Undo);
    QCOMPARE(database.dump(), after);

    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(undone, Outcome::Committed);
    QCOMPARE(undone->undoOf, applied->id);
    const auto withoutSequence
        = [](QString dump) { return dump.remove(QRegularExpression(u"\\n?.*sqlite_sequence[\\s\\S]*"_s)); };
    QCOMPARE(withoutSequence(database.dump()), withoutSequence(before));

    const auto redone = bench->undo(undone->id, true, {}).takeResult();
    VERIFY_OUTCOME(redone, Outcome::Committed);
    QCOMPARE(withoutSequence(database.dump()), withoutSequence(after));
}

void tst_Workbench::anUndoKeepsForeignKeys()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const auto bench = workbench();
    const auto applied = bench->apply(shopBatch(database), {}, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    database.exec("INSERT INTO orders VALUES (70, 3, 5)"); // refers to the customer that the undo takes away
    const QString before = database.dump();
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(undone, Outcome::RolledBack);
    QVERIFY2(undone->failure->error.message.contains(u"foreign key"_s, Qt::CaseInsensitive),
             qUtf8Printable(undone->failure->error.text()));
    QCOMPARE(database.dump(), before);
}

void tst_Workbench::refusesDrift()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const auto bench = workbench();
    Batch batch = shopBatch(database);
    batch.commands = { std::make_shared<RunSql>(u"shop"_s, u"UPDATE orders SET total = total + 1"_s) };
    const auto preview = bench->preview(batch, {}).takeResult();
    VERIFY_OUTCOME(preview, Outcome::Ready);
    database.exec("UPDATE orders SET total = 555 WHERE id = 12");
    const QString before = database.dump();
    const auto applied = bench->apply(batch, preview->digest, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::RolledBack);
    QCOMPARE(applied->cause, u"drift"_s);
    QCOMPARE(database.dump(), before);
    const auto row
        = std::ranges::find_if(applied->drift, [](const DriftRow& each) { return each.table.table == u"orders"_s; });
    QVERIFY(row != applied->drift.end());
    QCOMPARE(row->preview->before.at(2), Value::integer(100));
    QCOMPARE(row->now->before.at(2), Value::integer(555));
    QCOMPARE(row->preview->after.at(2), Value::integer(101));
    QCOMPARE(row->now->after.at(2), Value::integer(556));
}

void tst_Workbench::refusesAnotherDigest()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const QString before = database.dump();
    const auto applied = workbench()->apply(shopBatch(database), u"sha256:0000"_s, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::RolledBack);
    QCOMPARE(applied->cause, u"drift"_s);
    QCOMPARE(applied->drift.size(), 1);
    QVERIFY(applied->drift.first().text.contains(u"sha256:0000"_s));
    QCOMPARE(database.dump(), before);
}

void tst_Workbench::unrelatedChangesAreNoDrift()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const auto bench = workbench();
    const auto preview = bench->preview(shopBatch(database), {}).takeResult();
    VERIFY_OUTCOME(preview, Outcome::Ready);
    database.exec("UPDATE customers SET name = 'Zed' WHERE id = 2; INSERT INTO customers VALUES (50, 'Zoe');");
    const auto applied = bench->apply(shopBatch(database), preview->digest, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
}

void tst_Workbench::appliesToSeveralTargetsOrNone()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase lite(EngineKind::SQLite, shopSql(EngineKind::SQLite));
    const TestDatabase server(EngineKind::PostgreSQL, shopSql(EngineKind::PostgreSQL));
    Batch batch = shopBatch(lite);
    batch.targets.append(server.target(u"server"_s));
    batch.commands.append(std::make_shared<DeleteRow>(u"server"_s, TableName { u"public"_s, u"orders"_s },
                                                      NamedValues { { u"id"_s, Value::integer(11) } }));
    batch.commands.append(std::make_shared<RunSql>(u"shop"_s, u"DELETE FROM notes"_s));
    const auto bench = workbench();
    const auto preview = bench->preview(batch, {}).takeResult();
    VERIFY_OUTCOME(preview, Outcome::Ready);
    QCOMPARE(preview->effects.size(), 2);

    Batch failing = batch;
    failing.commands.append(std::make_shared<DeleteRow>(u"server"_s, TableName { {}, u"customers"_s },
                                                        NamedValues { { u"id"_s, Value::integer(1) } }));
    const QString liteBefore = lite.dump();
    const QString serverBefore = server.dump();
    const auto failed = bench->apply(failing, {}, {}).takeResult();
    VERIFY_OUTCOME(failed, Outcome::RolledBack);
    QCOMPARE(failed->failure->command, std::optional(6));
    QCOMPARE(lite.dump(), liteBefore);
    QCOMPARE(server.dump(), serverBefore);

    const auto applied = bench->apply(batch, preview->digest, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    QCOMPARE(applied->targets.size(), 2);
    QCOMPARE(lite.scalar("SELECT count(*) FROM notes"), u"0"_s);
    QCOMPARE(server.scalar("SELECT count(*) FROM items WHERE order_id = 11"), u"0"_s);

    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(undone, Outcome::Committed);
    QCOMPARE(server.dump(), serverBefore);
}

void tst_Workbench::queuesAndApplies()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const auto bench = workbench();
    const auto queued = bench->enqueue(shopBatch(database), {}).takeResult();
    QVERIFY(queued.ok() && queued->entry);
    QCOMPARE(bench->journal().queue().takeResult()->size(), 1);
    const auto applied = bench->applyQueued(queued->entry->id, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    QVERIFY(bench->journal().queue().takeResult()->isEmpty());

    Batch failing = shopBatch(database);
    failing.commands = { missingRow() };
    const auto refused = bench->enqueue(failing, {}).takeResult();
    QVERIFY(refused.ok() && !refused->entry);
    QCOMPARE(refused->preview.outcome, Outcome::Failed);
}

void tst_Workbench::cancelsAndRollsBack()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const QString before = database.dump();
    Batch batch = shopBatch(database);
    batch.commands.append(std::make_shared<RunSql>(
        u"shop"_s,
        engine == EngineKind::PostgreSQL
            ? u"SELECT pg_sleep(60)"_s
            : u"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"_s));
    RunOptions options;
    auto running = workbench();
    std::thread canceller([&] {
        QThread::msleep(300);
        options.cancellation.cancel();
    });
    const auto run = running->apply(batch, {}, options).takeResult();
    canceller.join();
    VERIFY_OUTCOME(run, Outcome::RolledBack);
    QCOMPARE(run->cause, u"cancelled"_s);
    QCOMPARE(database.dump(), before);
}

void tst_Workbench::tellsAnUnreachableTarget()
{
    const TestDatabase database(EngineKind::SQLite, shopSql(EngineKind::SQLite));
    Batch batch = shopBatch(database);
    batch.targets[0].address = m_folder.filePath(u"missing.db"_s);
    const auto run = workbench()->preview(batch, {}).takeResult();
    VERIFY_OUTCOME(run, Outcome::Failed);
    QCOMPARE(run->cause, u"unreachable"_s);
    QCOMPARE(run->failure->target, u"shop"_s);
    QVERIFY(!QFile::exists(batch.targets[0].address));
}

void tst_Workbench::tellsAnUnreachableTargetOfAnUndo()
{
    const TestDatabase database(EngineKind::SQLite, shopSql(EngineKind::SQLite));
    const Batch batch = shopBatch(database);
    const auto bench = workbench();
    const auto applied = bench->apply(batch, {}, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    QVERIFY(QFile::rename(batch.targets.at(0).address, m_folder.filePath(u"moved.db"_s)));
    for (const bool applying : { false, true }) {
        const auto undone = bench->undo(applied->id, applying, {}).takeResult();
        VERIFY_OUTCOME(undone, applying ? Outcome::RolledBack : Outcome::Failed);
        QCOMPARE(undone->cause, u"unreachable"_s);
        QCOMPARE(undone->failure->target, u"shop"_s);
        QCOMPARE(undone->targets.size(), 1);
        QCOMPARE(undone->undoOf, applied->id);
        const auto logged = bench->journal().run(undone->id).takeResult();
        QVERIFY(logged.ok());
        QCOMPARE(logged->outcome, undone->outcome);
    }
}

void tst_Workbench::tellsALostConnection()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    const TestDatabase database(EngineKind::PostgreSQL, shopSql(EngineKind::PostgreSQL));
    const QString before = database.dump();
    Batch batch = shopBatch(database);
    bool armed = false;
    batch.commands.append(std::make_shared<FunctionCommand>(u"shop"_s, u"kill"_s, [&](CommandContext& context) {
        if (armed)
            database.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                          "AND pid <> pg_backend_pid()");
        const auto answered = context.query({ "SELECT 1"_ba, {} });
        return answered ? Result<void>() : Result<void>(answered.error());
    }));
    const auto bench = workbench();
    const auto preview = bench->preview(batch, {}).takeResult();
    VERIFY_OUTCOME(preview, Outcome::Ready);
    armed = true;
    const auto run = bench->apply(batch, preview->digest, {}).takeResult();
    VERIFY_OUTCOME(run, Outcome::RolledBack);
    QCOMPARE(run->cause, u"connection-lost"_s);
    QVERIFY(run->targets.first().rollbackError.has_value());
    QCOMPARE(run->targets.first().evidence.value(u"settled"_s).toString(), u"rolled-back"_s);
    QCOMPARE(database.dump(), before);
}

void tst_Workbench::refusesOneDatabaseUnderTwoNames()
{
    const TestDatabase database(EngineKind::SQLite, shopSql(EngineKind::SQLite));
    Batch batch = shopBatch(database);
    batch.targets.append(database.target(u"twin"_s));
    batch.commands.append(std::make_shared<RunSql>(u"twin"_s, u"DELETE FROM notes"_s));
    const auto run = workbench()->preview(batch, {}).takeResult();
    VERIFY_OUTCOME(run, Outcome::Failed);
    QVERIFY(run->failure->error.message.contains(u"same database"_s));
}

void tst_Workbench::theJournalTellsAllOfIt()
{
    QFETCH(EngineKind, engine);
    const TestDatabase database(engine, shopSql(engine));
    const auto bench = workbench();
    Batch failing = shopBatch(database);
    failing.commands.append(orphan());
    QVERIFY(bench->preview(failing, {}).takeResult().ok());
    QVERIFY(bench->apply(failing, {}, {}).takeResult().ok());
    const auto applied = bench->apply(shopBatch(database), {}, {}).takeResult();
    VERIFY_OUTCOME(applied, Outcome::Committed);
    const auto undone = bench->undo(applied->id, true, {}).takeResult();
    VERIFY_OUTCOME(undone, Outcome::Committed);

    const auto runs = bench->journal().runs({}).takeResult();
    QVERIFY(runs.ok());
    QStringList told;
    for (const Run& run : *runs)
        told.append(runKindName(run.kind) + u' ' + outcomeName(run.outcome));
    QCOMPARE(told,
             (QStringList { u"undo committed"_s, u"apply committed"_s, u"apply rolled-back"_s, u"preview failed"_s }));

    const auto whole = bench->journal().run(applied->id).takeResult();
    QVERIFY(whole.ok());
    QCOMPARE(whole->effects, applied->effects);
    const auto failed = bench->journal().run(runs->at(2).id).takeResult();
    QVERIFY(failed.ok());
    QCOMPARE(failed->failure->command, std::optional(4));
    QVERIFY(failed->failure->error.message.contains(u"foreign key"_s, Qt::CaseInsensitive));
    QVERIFY(bench->journal().unsettled().takeResult()->isEmpty());
}

QTEST_GUILESS_MAIN(tst_Workbench)
#include "tst_workbench.moc"
