// SPDX-License-Identifier: GPL-3.0-or-later
#include "target/targetlist.h"

#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace holdpoint;

class TestTargetList : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noFileIsAnEmptyList();
    void writesAndReads();
    void sqlitePathsMoveWithTheFolder();
    void refuses_data();
    void refuses();
    void refusesToWrite_data();
    void refusesToWrite();
    void anUnwritableFolderIsAnError();
    void defaultPath();

private:
    [[nodiscard]] QString path() const { return m_folder.filePath(u"targets.json"_s); }
    void write(const QByteArray& json) const;

    QTemporaryDir m_folder;
};

namespace {

Target sqliteTarget(const QString& name, const QString& path)
{
    Target target;
    target.name = name;
    target.address = path;
    return target;
}

Target postgresTarget(const QString& name)
{
    Target target;
    target.name = name;
    target.engine = EngineKind::PostgreSQL;
    target.address = u"postgresql://ops@db/billing?sslmode=verify-full"_s;
    target.environment = Environment::Production;
    target.readOnly = true;
    return target;
}

} // namespace

void TestTargetList::write(const QByteArray& json) const
{
    QFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(json), json.size());
}

void TestTargetList::noFileIsAnEmptyList()
{
    const auto targets = readTargetList(m_folder.filePath(u"none.json"_s));
    QVERIFY(targets);
    QVERIFY(targets->isEmpty());
}

void TestTargetList::writesAndReads()
{
    Target staging = sqliteTarget(u"Läden \"neu\""_s, u"/srv/shop.db"_s);
    staging.environment = Environment::Staging;
    const QList<Target> targets { sqliteTarget(u"shop"_s, m_folder.filePath(u"shop.db"_s)), staging,
                                  postgresTarget(u"billing"_s) };
    const QString inNewFolder = m_folder.filePath(u"new/folder/targets.json"_s);
    QVERIFY(writeTargetList(inNewFolder, targets));
    const auto read = readTargetList(inNewFolder);
    QVERIFY2(read, read ? "" : qPrintable(read.error().message));
    QVERIFY(*read == targets);
    QVERIFY(writeTargetList(inNewFolder, targets.first(1)));
    QVERIFY(*readTargetList(inNewFolder) == targets.first(1));
}

void TestTargetList::sqlitePathsMoveWithTheFolder()
{
    QVERIFY(writeTargetList(path(), { sqliteTarget(u"shop"_s, m_folder.filePath(u"shop.db"_s)) }));
    const QTemporaryDir other;
    const QString copy = other.filePath(u"targets.json"_s);
    QVERIFY(QFile::copy(path(), copy));
    const auto read = readTargetList(copy);
    QVERIFY(read);
    QCOMPARE(read->constFirst().address, other.filePath(u"shop.db"_s));
}

void TestTargetList::refuses_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("message");
    const auto one = [](const QByteArray& target) {
        return "{\"format\": \"holdpoint-targets/1\", \"targets\": [\n" + target + "]}";
    };
    QTest::newRow("empty") << ""_ba << u":1:1: the document is empty"_s;
    QTest::newRow("cut short") << one(R"({"name": "a", "uri": "sqlite:a"})").chopped(2)
                               << u":2:33: the file ends too early; it may be cut short"_s;
    QTest::newRow("another format") << R"({"format": "holdpoint-targets/2", "targets": []})"_ba
                                    << u":1:12: the format \"holdpoint-targets/2\" is not known; this program reads "
                                       "\"holdpoint-targets/1\""_s;
    QTest::newRow("no format") << R"({"targets": []})"_ba << u":1:1: the object lacks the key \"format\""_s;
    QTest::newRow("unknown key") << one(R"({"name": "a", "uri": "sqlite:a", "password": "x"})")
                                 << u":2:34: unknown key \"password\"; known here: name, uri, environment, read_only"_s;
    QTest::newRow("bad environment") << one(R"({"name": "a", "uri": "sqlite:a", "environment": "test"})")
                                     << u":2:49: \"environment\" must be development, staging or production"_s;
    QTest::newRow("wrong type") << one(R"({"name": "a", "uri": "sqlite:a", "read_only": 1})")
                                << u":2:47: \"read_only\" must be a boolean, not an integer"_s;
    QTest::newRow("bad URI") << one(R"({"name": "a", "uri": "a.db"})")
                             << u":2:22: target \"a\": this is no target's URI"_s;
    QTest::newRow("password in the URI")
        << one(R"({"name": "a", "uri": "postgresql://a:b@c/d"})")
        << u":2:22: target \"a\": a password must not stand in the URI: it would end in files and logs"_s;
    QTest::newRow("a name twice") << one(
        "{\"name\": \"a\", \"uri\": \"sqlite:a\"},\n{\"name\": \"a\", \"uri\": \"sqlite:b\"}")
                                  << u":3:10: two targets are called \"a\""_s;
    QTest::newRow("an empty name") << one(R"({"name": "", "uri": "sqlite:a"})") << u":2:10: a target needs a name"_s;
    QTest::newRow("a name with =") << one(R"({"name": "a=b", "uri": "sqlite:a"})")
                                   << u":2:10: \"a=b\" cannot be a target's name: it holds a = or looks like a URI"_s;
}

void TestTargetList::refuses()
{
    QFETCH(const QByteArray, json);
    QFETCH(const QString, message);
    write(json);
    const auto targets = readTargetList(path());
    QVERIFY(!targets);
    QCOMPARE(targets.error().message, path() + message);
    QCOMPARE(targets.error().kind, ErrorKind::Usage);
}

void TestTargetList::refusesToWrite_data()
{
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QString>("message");
    QTest::newRow("twice") << QStringList { u"a"_s, u"a"_s } << u"two targets are called \"a\""_s;
    QTest::newRow("empty") << QStringList { u""_s } << u"a target needs a name"_s;
    QTest::newRow("like a URI") << QStringList { u"sqlite:a"_s }
                                << u"\"sqlite:a\" cannot be a target's name: it holds a = or looks like a URI"_s;
}

void TestTargetList::refusesToWrite()
{
    QFETCH(const QStringList, names);
    QFETCH(const QString, message);
    write("before");
    QList<Target> targets;
    for (const QString& name : names)
        targets.append(sqliteTarget(name, u"/a.db"_s));
    const auto written = writeTargetList(path(), targets);
    QVERIFY(!written);
    QCOMPARE(written.error().message, message);
    QFile file(path());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), "before"_ba);
}

void TestTargetList::anUnwritableFolderIsAnError()
{
    write("x");
    const auto written = writeTargetList(path() + u"/targets.json"_s, {});
    QVERIFY(!written);
    QCOMPARE(written.error().kind, ErrorKind::File);
    const auto read = readTargetList(m_folder.path());
    QVERIFY(!read);
    QCOMPARE(read.error().kind, ErrorKind::File);
}

void TestTargetList::defaultPath()
{
    QStandardPaths::setTestModeEnabled(true);
    QVERIFY(defaultTargetListPath().endsWith("/targets.json"_L1));
    QVERIFY(QDir::isAbsolutePath(defaultTargetListPath()));
}

QTEST_GUILESS_MAIN(TestTargetList)
#include "tst_targetlist.moc"
