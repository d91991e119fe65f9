// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/batchfile.h"
#include "support/commandrun.h"
#include "support/examplestore.h"
#include "support/testtarget.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

class TestStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void worksInsideATransaction_data() { TestTarget::addEngines(); }
    void worksInsideATransaction();
    void twoStoresAreAtomicTogether_data() { TestTarget::addEngines(); }
    void twoStoresAreAtomicTogether();
    void tellsItsErrors_data() { TestTarget::addEngines(); }
    void tellsItsErrors();
    void aLogCanShowTheCommand();
};

namespace {

constexpr auto settings = "CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL);"
                          "INSERT INTO settings VALUES ('colour', 'red')";

SetValueCommand setValue(const QString& name, const QString& value)
{
    return SetValueCommand(u"test"_s, name, value, std::make_shared<SqlSettingStoreFactory>());
}

} // namespace

void TestStore::worksInsideATransaction()
{
    QFETCH(const EngineKind, engine);
    const TestTarget target(engine, settings);
    CommandRun run(target.connection());
    QVERIFY(run.commit(setValue(u"colour"_s, u"blue"_s)));
    QVERIFY(run.commit(setValue(u"size"_s, u"it's 5"_s)));
    QCOMPARE(target.printed("SELECT name, value FROM settings ORDER BY name"), u"colour|blue\nsize|it's 5"_s);
    const auto store = SqlSettingStoreFactory().store(run);
    QCOMPARE(store->value(u"size"_s).value(), std::optional(u"it's 5"_s));
    QCOMPARE(store->value(u"none"_s).value(), std::optional<QString>());
}

void TestStore::twoStoresAreAtomicTogether()
{
    QFETCH(const EngineKind, engine);
    const TestTarget target(engine, settings);
    CommandRun run(target.connection());
    QVERIFY(target.connection().begin(TransactionMode::Write));
    QVERIFY(run.run(setValue(u"colour"_s, u"blue"_s)));
    QVERIFY(run.run(setValue(u"size"_s, u"5"_s)));
    QCOMPARE(SqlSettingStoreFactory().store(run)->value(u"colour"_s).value(), std::optional(u"blue"_s));
    QVERIFY(target.connection().rollback());
    QCOMPARE(target.printed("SELECT name, value FROM settings"), u"colour|red"_s);
}

void TestStore::tellsItsErrors()
{
    QFETCH(const EngineKind, engine);
    const TestTarget target(engine, "CREATE TABLE other(x INTEGER)");
    CommandRun run(target.connection());
    const auto done = run.commit(setValue(u"a"_s, u"b"_s));
    QVERIFY(!done);
    QVERIFY2(done.error().message.contains("settings"_L1), qPrintable(done.error().message));
    QVERIFY(!SqlSettingStoreFactory().store(run)->value(u"a"_s));
}

void TestStore::aLogCanShowTheCommand()
{
    Batch batch;
    batch.commands.append(std::make_shared<SetValueCommand>(setValue(u"colour"_s, u"blue"_s)));
    const QByteArray json = writeBatch(batch, QDir());
    QVERIFY(json.contains(R"({ "op": "set-value", "target": "test", "description": "set colour to 'blue'" })"));
    const auto read = readBatch(json, {});
    QVERIFY(!read);
    QVERIFY(read.error().message.contains("unknown operation \"set-value\""_L1));
    QVERIFY(setValue(u"a"_s, u"b"_s).equals(setValue(u"a"_s, u"b"_s)));
    QVERIFY(!setValue(u"a"_s, u"b"_s).equals(setValue(u"a"_s, u"c"_s)));
}

QTEST_GUILESS_MAIN(TestStore)
#include "tst_store.moc"
