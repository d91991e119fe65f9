// SPDX-License-Identifier: GPL-3.0-or-later
#include "target/targeturi.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace holdpoint;

class TestTargetUri : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void neverTellsAPassword_data();
    void neverTellsAPassword();
    void refusesAnEmptyName();
};

void TestTargetUri::reads_data()
{
    QTest::addColumn<QString>("uri");
    QTest::addColumn<EngineKind>("engine");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("written");
    const auto sqlite = [](const char* name, const QString& uri, const QString& address, const QString& written) {
        QTest::newRow(name) << uri << EngineKind::SQLite << address << written;
    };
    sqlite("relative path", u"sqlite:shop.db"_s, u"/data/batches/shop.db"_s, u"sqlite:shop.db"_s);
    sqlite("relative path below", u"sqlite:a/b.db"_s, u"/data/batches/a/b.db"_s, u"sqlite:a/b.db"_s);
    sqlite("with a dot", u"sqlite:./shop.db"_s, u"/data/batches/shop.db"_s, u"sqlite:shop.db"_s);
    sqlite("in the folder above", u"sqlite:../shop.db"_s, u"/data/shop.db"_s, u"sqlite:/data/shop.db"_s);
    sqlite("absolute path", u"sqlite:/srv/shop.db"_s, u"/srv/shop.db"_s, u"sqlite:/srv/shop.db"_s);
    sqlite("absolute path with an empty host", u"sqlite:///srv/shop.db"_s, u"/srv/shop.db"_s, u"sqlite:/srv/shop.db"_s);
    sqlite("a folder whose name begins the same", u"sqlite:/data/batches2/x.db"_s, u"/data/batches2/x.db"_s,
           u"sqlite:/data/batches2/x.db"_s);
    sqlite("a name like a resource", u"sqlite:./:x"_s, u"/data/batches/:x"_s, u"sqlite:./:x"_s);
    sqlite("spaces, percent, umlaut", u"sqlite:mein Löschlauf 100%.db"_s, u"/data/batches/mein Löschlauf 100%.db"_s,
           u"sqlite:mein Löschlauf 100%.db"_s);
    const auto postgres = [](const char* name, const QString& uri) {
        QTest::newRow(name) << uri << EngineKind::PostgreSQL << uri << uri;
    };
    postgres("plain", u"postgresql://ops@127.0.0.1:5432/billing"_s);
    postgres("short scheme", u"postgres://db.example/billing"_s);
    postgres("nothing named", u"postgresql://"_s);
    postgres("several hosts", u"postgresql://ops@a:5432,b:5433/billing?target_session_attrs=read-write"_s);
    postgres("socket folder", u"postgresql:///billing?host=/run/postgresql&sslmode=require"_s);
    postgres("service and passfile", u"postgresql://?service=billing&passfile=/home/ops/.pgpass"_s);
    postgres("IPv6", u"postgresql://ops@[::1]:5432/billing"_s);
}

void TestTargetUri::reads()
{
    QFETCH(const QString, uri);
    QFETCH(const EngineKind, engine);
    QFETCH(const QString, address);
    QFETCH(const QString, written);
    const QDir base(u"/data/batches"_s);
    const auto target = parseTargetUri(u"shop"_s, uri, base);
    QVERIFY2(target, target ? "" : qPrintable(target.error().message));
    QCOMPARE(target->name, u"shop"_s);
    QCOMPARE(target->engine, engine);
    QCOMPARE(target->address, address);
    QCOMPARE(targetUri(*target, base), written);
    const auto again = parseTargetUri(u"shop"_s, written, base);
    QVERIFY(again);
    QVERIFY(*again == *target);
    QVERIFY(isTargetUri(written));
}

void TestTargetUri::refuses_data()
{
    QTest::addColumn<QString>("uri");
    QTest::addColumn<QString>("message");
    QTest::newRow("empty") << u""_s << u"target \"shop\": this is no target's URI"_s;
    QTest::newRow("a path") << u"shop.db"_s << u"target \"shop\": this is no target's URI"_s;
    QTest::newRow("another database") << u"mysql://a/b"_s << u"target \"shop\": this is no target's URI"_s;
    QTest::newRow("no path") << u"sqlite:"_s << u"target \"shop\": sqlite: needs the path of a file"_s;
    QTest::newRow("in memory") << u"sqlite::memory:"_s
                               << u"target \"shop\": :memory: is not a file; a target must be one"_s;
    QTest::newRow("a host") << u"sqlite://host/shop.db"_s
                            << u"target \"shop\": sqlite://host/shop.db names a host; write sqlite:PATH"_s;
    QTest::newRow("NUL in a path") << u"sqlite:a\0b"_s << u"target \"shop\": the path holds the character NUL"_s;
    QTest::newRow("NUL in a URI") << u"postgresql://a\0b"_s << u"target \"shop\": the URI holds the character NUL"_s;
    QTest::newRow("unknown parameter") << u"postgresql://a/b?colour=red"_s
                                       << u"target \"shop\": invalid URI query parameter: \"colour\""_s;
    QTest::newRow("password")
        << u"postgresql://ops:secret@a/b"_s
        << u"target \"shop\": a password must not stand in the URI: it would end in files and logs"_s;
    QTest::newRow("password as a parameter")
        << u"postgresql://ops@a/b?password=secret"_s
        << u"target \"shop\": a password must not stand in the URI: it would end in files and logs"_s;
    QTest::newRow("password of a key")
        << u"postgresql://ops@a/b?sslpassword=secret"_s
        << u"target \"shop\": a password must not stand in the URI: it would end in files and logs"_s;
}

void TestTargetUri::refuses()
{
    QFETCH(const QString, uri);
    QFETCH(const QString, message);
    const auto target = parseTargetUri(u"shop"_s, uri, QDir(u"/data"_s));
    QVERIFY(!target);
    QCOMPARE(target.error().message, message);
    QCOMPARE(target.error().kind, ErrorKind::Usage);
}

void TestTargetUri::neverTellsAPassword_data()
{
    QTest::addColumn<QString>("uri");
    QTest::newRow("in a bad URI") << u"postgresql://ops:hunter2@[::1/b"_s;
    QTest::newRow("with a bad escape") << u"postgresql://ops:hunter2%zz@a/b"_s;
    QTest::newRow("before a bad parameter") << u"postgresql://ops:hunter2@a/b?colour=red"_s;
    QTest::newRow("as a parameter with a bad escape") << u"postgresql://a/b?password=hunter2%zz"_s;
    QTest::newRow("as a misspelt parameter") << u"postgresql://a/b?Password=hunter2"_s;
    QTest::newRow("twice a colon") << u"postgresql://ops:hunter2:x@a/b?x"_s;
}

void TestTargetUri::neverTellsAPassword()
{
    QFETCH(const QString, uri);
    const auto target = parseTargetUri(u"shop"_s, uri, QDir(u"/data"_s));
    QVERIFY(!target);
    QVERIFY2(!target.error().text().contains("hunter2"_L1), qPrintable(target.error().text()));
    QVERIFY(!target.error().message.isEmpty());
}

void TestTargetUri::refusesAnEmptyName()
{
    const auto target = parseTargetUri({}, u"sqlite:a"_s, QDir(u"/data"_s));
    QVERIFY(!target);
    QCOMPARE(target.error().message, u"a target needs a name"_s);
}

QTEST_GUILESS_MAIN(TestTargetUri)
#include "tst_targeturi.moc"
