// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/deleterow.h"
#include "command/insertrow.h"
#include "command/runsql.h"
#include "command/updaterow.h"
#include "support/namedvalues.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

Q_DECLARE_METATYPE(StoreCommandPtr)

class TestCommandText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void describes_data();
    void describes();
    void equality();
};

namespace {

const TableName table { {}, u"customers"_s };

UpdateRow update(const NamedValues& key, const NamedValues& set, const NamedValues& expect = {})
{
    return UpdateRow(u"shop"_s, table, key, set, expect);
}

DeleteRow removal(const NamedValues& key, const NamedValues& expect = {})
{
    return DeleteRow(u"shop"_s, table, key, expect);
}

InsertRow insertion(const NamedValues& values)
{
    return InsertRow(u"shop"_s, table, values);
}

} // namespace

void TestCommandText::describes_data()
{
    QTest::addColumn<StoreCommandPtr>("command");
    QTest::addColumn<QString>("operation");
    QTest::addColumn<QString>("description");
    const NamedValues key { integer("id", 1) };
    QTest::newRow("insert") << StoreCommandPtr(
        std::make_shared<InsertRow>(insertion({ integer("id", 1), text("name", "Ada"), null("city") })))
                            << u"insert"_s << u"insert customers: id = 1, name = 'Ada', city = NULL"_s;
    QTest::newRow("insert of defaults") << StoreCommandPtr(std::make_shared<InsertRow>(insertion({}))) << u"insert"_s
                                        << u"insert customers: default values"_s;
    QTest::newRow("update") << StoreCommandPtr(
        std::make_shared<UpdateRow>(update(key, { text("name", "Ada L."), null("city") })))
                            << u"update"_s << u"update customers id = 1: name → 'Ada L.', city → NULL"_s;
    QTest::newRow("delete") << StoreCommandPtr(
        std::make_shared<DeleteRow>(u"b"_s, TableName { u"public"_s, u"invoices"_s }, key))
                            << u"delete"_s << u"delete public.invoices id = 1"_s;
    QTest::newRow("sql") << StoreCommandPtr(std::make_shared<RunSql>(u"b"_s, u"UPDATE a\n  SET b = 1"_s)) << u"sql"_s
                         << u"UPDATE a SET b = 1"_s;
    QTest::newRow("a long text") << StoreCommandPtr(std::make_shared<RunSql>(u"b"_s, QString(50'000'000, u'x')))
                                 << u"sql"_s << QString(200, u'x') + u'…';
    QTest::newRow("a long value") << StoreCommandPtr(
        std::make_shared<DeleteRow>(removal({ { u"name"_s, Value::text(QString(90, u'y')) } })))
                                  << u"delete"_s << u"delete customers name = '%1…'"_s.arg(QString(60, u'y'));
    QTest::newRow("a big blob") << StoreCommandPtr(
        std::make_shared<DeleteRow>(removal({ { u"name"_s, Value::blob(QByteArray(1'000'000, '\1')) } })))
                                << u"delete"_s << u"delete customers name = x'%1…"_s.arg(u"01"_s.repeated(29));
}

void TestCommandText::describes()
{
    QFETCH(const StoreCommandPtr, command);
    QFETCH(const QString, operation);
    QFETCH(const QString, description);
    QCOMPARE(command->describe(), description);
    QCOMPARE(command->operation(), operation);
    QVERIFY(command->describe().size() <= 210);
}

void TestCommandText::equality()
{
    const NamedValues key { integer("id", 1) };
    const NamedValues set { text("name", "x") };
    const QList<StoreCommandPtr> different {
        std::make_shared<InsertRow>(u"a"_s, table, set),
        std::make_shared<InsertRow>(u"b"_s, table, set),
        std::make_shared<InsertRow>(u"a"_s, TableName { u"s"_s, u"customers"_s }, set),
        std::make_shared<InsertRow>(u"a"_s, table, key),
        std::make_shared<UpdateRow>(u"a"_s, table, key, set),
        std::make_shared<UpdateRow>(u"a"_s, table, set, set),
        std::make_shared<UpdateRow>(u"a"_s, table, key, key),
        std::make_shared<UpdateRow>(u"a"_s, table, key, set, set),
        std::make_shared<DeleteRow>(u"a"_s, table, key),
        std::make_shared<DeleteRow>(u"a"_s, table, key, set),
        std::make_shared<RunSql>(u"a"_s, u"x"_s),
        std::make_shared<RunSql>(u"a"_s, u"y"_s),
        std::make_shared<RunSql>(u"a"_s, u"x"_s, QList { Value::null() }),
        std::make_shared<RunSql>(u"a"_s, u"x"_s, QList<Value>(), 0),
    };
    for (qsizetype i = 0; i < different.size(); ++i) {
        for (qsizetype j = 0; j < different.size(); ++j)
            QCOMPARE(different.at(i)->equals(*different.at(j)), i == j);
    }
    QVERIFY(UpdateRow(u"a"_s, table, key, set, set).equals(UpdateRow(u"a"_s, table, key, set, set)));
}

QTEST_GUILESS_MAIN(TestCommandText)
#include "tst_commandtext.moc"
