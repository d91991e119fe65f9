// SPDX-License-Identifier: GPL-3.0-or-later
#include "session/sqliteconnection.h"
#include "support/testdatabase.h"

#include <QDir>
#include <QFile>
#include <QSqlDriver>
#include <QTest>

#include <atomic>
#include <limits>
#include <sqlite3.h>
#include <thread>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace holdpoint;
using namespace std::chrono_literals;

namespace {

constexpr auto endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
constexpr auto endlessWrite
    = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) INSERT INTO t(a) SELECT i FROM n";

Target targetOf(const QString& path)
{
    return { .name = u"t"_s, .engine = EngineKind::SQLite, .address = path };
}

/// A connection, opened; fails the test if it cannot be.
struct Opened
{
    explicit Opened(const QString& path, const ConnectionOptions& options = {})
    {
        auto opened = openSqlite(targetOf(path), options);
        if (!opened)
            qFatal("%s", qPrintable(opened.error().text()));
        connection = std::move(opened).value();
    }
    SqliteConnection* operator->() const { return static_cast<SqliteConnection*>(connection.get()); }

    Rowset query(const QByteArray& text, const QList<Value>& parameters = {}) const
    {
        auto rows = connection->query({ text, parameters });
        if (!rows)
            qFatal("%s: %s", text.constData(), qPrintable(rows.error().text()));
        return rows.value();
    }
    Error fails(const QByteArray& text, const QList<Value>& parameters = {}) const
    {
        auto rows = connection->query({ text, parameters });
        return rows ? Error() : rows.error();
    }
    std::unique_ptr<Connection> connection;
};

ConnectionOptions impatient()
{
    ConnectionOptions options;
    options.lockTimeout = 30ms;
    return options;
}

} // namespace

class TestSqliteConnection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void refusesFiles_data();
    void refusesFiles();
    void refusesFilesWithoutPermission();
    void createsOnlyWhenAsked();
    void opensNamesWithSpecialCharacters();
    void opensWhatIsLocked();
    void setsUpTheSession();
    void removesItsDatabase();
    void keepsValues_data();
    void keepsValues();
    void keepsWhatIsStored();
    void reportsErrors_data();
    void reportsErrors();
    void countsRows_data();
    void countsRows();
    void streams();
    void streamsWithinAStream();
    void transactionCommitsAndRollsBack();
    void savepoints();
    void readOnlyTransaction();
    void readOnlyFile();
    void replacedFile_data();
    void replacedFile();
    void busyIsATimeout();
    void busyAtCommit();
    void deferredForeignKeyAtCommit();
    void transactionEndedByItself_data();
    void transactionEndedByItself();
    void guardRefuses_data();
    void guardRefuses();
    void guardAllows_data();
    void guardAllows();
    void guardHoldsForKeptStatements();
    void tellsWhatItDoesBeforeRunning();
    void statementTimeout();
    void cancelInFlight_data();
    void cancelInFlight();
    void cancelWhileWaitingForALock();
    void cancelAheadAndAfter();
    void suppressesTriggers();
    void spillsOnlyInWal_data();
    void spillsOnlyInWal();
    void settlesByTheChangeCounter_data();
    void settlesByTheChangeCounter();
    void sibling();
};

void TestSqliteConnection::refusesFiles_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("why");

    QByteArray half;
    {
        const TestSqlite full(
            "CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n LIMIT 5000)"
            " INSERT INTO t SELECT hex(randomblob(50)) FROM n;");
        QFile file(full.path());
        QVERIFY(file.open(QFile::ReadOnly));
        half = file.read(file.size() / 2);
    }
    QTest::newRow("missing") << QByteArray() << u"missing.db"_s << u"no such file"_s;
    QTest::newRow("folder") << QByteArray() << u"."_s << u"folder"_s;
    QTest::newRow("missing folder") << QByteArray() << u"no/where.db"_s << u"no such file"_s;
    QTest::newRow("text") << QByteArray(5000, 'x') << u"text.db"_s << u"not a database"_s;
    QTest::newRow("short text") << "hello"_ba << u"hello.db"_s << u"not a database"_s;
    QTest::newRow("truncated") << half << u"half.db"_s << u"malformed"_s;
    QTest::newRow("device") << QByteArray() << u"/dev/null"_s << u"not a regular file"_s;
}

void TestSqliteConnection::refusesFiles()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, name);
    QFETCH(QString, why);
    const QTemporaryDir folder;
    const QString path = QDir(folder.path()).filePath(name);
    if (!content.isEmpty()) {
        QFile file(path);
        QVERIFY(file.open(QFile::WriteOnly));
        QCOMPARE(file.write(content), content.size());
    }
    const auto opened = openSqlite(targetOf(path), {});
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, ErrorKind::Unreachable);
    QVERIFY2(opened.error().message.contains(why), qPrintable(opened.error().text()));
    QVERIFY2(opened.error().message.contains(QFileInfo(path).absoluteFilePath()), qPrintable(opened.error().text()));
    QVERIFY(!opened.error().hint.isEmpty());
    QCOMPARE(QFileInfo::exists(path), !content.isEmpty() || QFileInfo(path).isDir() || name == u"/dev/null"_s);
}

void TestSqliteConnection::refusesFilesWithoutPermission()
{
    const TestSqlite file("CREATE TABLE t(a)");
    const bool root = geteuid() == 0;
    QFile::setPermissions(file.folder().path(),
                          QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadGroup | QFile::ExeGroup);
    QFile::setPermissions(file.path(), QFile::ReadOwner | QFile::ReadGroup);
    if (root)
        QCOMPARE(seteuid(65534), 0);
    const auto writer = openSqlite(targetOf(file.path()), {});
    ConnectionOptions readOnly;
    readOnly.readOnly = true;
    const auto reader = openSqlite(targetOf(file.path()), readOnly);
    if (root)
        QCOMPARE(seteuid(0), 0);
    QVERIFY(!writer);
    QCOMPARE(writer.error().kind, ErrorKind::Unreachable);
    QVERIFY2(writer.error().message.contains(u"may not write"_s), qPrintable(writer.error().text()));
    QVERIFY(reader);

    QFile::setPermissions(file.path(), QFile::WriteOwner);
    if (root)
        QCOMPARE(seteuid(65534), 0);
    const auto unreadable = openSqlite(targetOf(file.path()), readOnly);
    if (root)
        QCOMPARE(seteuid(0), 0);
    QVERIFY(!unreadable);
    QCOMPARE(unreadable.error().nativeCode & 0xff, SQLITE_CANTOPEN);
    QVERIFY(unreadable.error().message.contains(file.path()));
}

void TestSqliteConnection::createsOnlyWhenAsked()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"new.db"_s);
    ConnectionOptions options;
    QVERIFY(!openSqlite(targetOf(path), options));
    QVERIFY(!QFile::exists(path));
    options.create = true;
    Opened(path, options).query("CREATE TABLE t(a)");
    QVERIFY(QFile::exists(path));
    Opened(path).query("SELECT * FROM t");
}

void TestSqliteConnection::opensNamesWithSpecialCharacters()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"100% a?b#c d&e=ü.db"_s);
    ConnectionOptions options;
    options.create = true;
    Opened(path, options).query("CREATE TABLE t(a)");
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList { u"100% a?b#c d&e=ü.db"_s });
}

// Whoever closes a WAL file last locks it for a moment: the first transaction waits for that, opening does not fail.
void TestSqliteConnection::opensWhatIsLocked()
{
    const TestSqlite file("CREATE TABLE t(a)");
    sqlite3* other = nullptr;
    QCOMPARE(sqlite3_open(file.path().toUtf8().constData(), &other), SQLITE_OK);
    QCOMPARE(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
    const auto opened = openSqlite(targetOf(file.path()), {});
    QVERIFY2(opened, qPrintable(opened ? QString() : opened.error().text()));
    sqlite3_close(other);
    QVERIFY((*opened)->begin(TransactionMode::Write));
    QCOMPARE((*opened)->query({ "PRAGMA cache_size"_ba, {} })->rows.at(0).at(0), Value::integer(-65536));
    QVERIFY((*opened)->rollback());
}

void TestSqliteConnection::setsUpTheSession()
{
    const TestSqlite file("CREATE TABLE t(a)");
    const Opened db(file.path());
    QCOMPARE(db.query("PRAGMA foreign_keys").rows.at(0).at(0), Value::integer(1));
    QCOMPARE(db->engine(), EngineKind::SQLite);
    QCOMPARE(db->quoted(u"a\"b"_s), "\"a\"\"b\""_ba);
    QCOMPARE(db->placeholder(3), "?3"_ba);
    QVERIFY(db->database().isOpen());
    QVERIFY(db->takeNotices().isEmpty());
}

void TestSqliteConnection::removesItsDatabase()
{
    const TestSqlite file("CREATE TABLE t(a)");
    const QStringList before = QSqlDatabase::connectionNames();
    {
        const Opened db(file.path());
        QVERIFY(db->begin(TransactionMode::Write));
        db.query("INSERT INTO t VALUES (1)");
        QCOMPARE(QSqlDatabase::connectionNames().size(), before.size() + 1);
    }
    QCOMPARE(QSqlDatabase::connectionNames(), before);
    QVERIFY(!openSqlite(targetOf(u"/nowhere/x.db"_s), {}));
    QCOMPARE(QSqlDatabase::connectionNames(), before);
    QCOMPARE(file.scalar("SELECT count(*) FROM t"), u"0"_s);
}

void TestSqliteConnection::keepsValues_data()
{
    QTest::addColumn<Value>("value");
    QTest::addColumn<QString>("storage");

    using Limits = std::numeric_limits<qint64>;
    const QString bom = QString(QChar(0xfeff)) + u"x"_s;
    QTest::newRow("null") << Value::null() << u"null"_s;
    QTest::newRow("smallest integer") << Value::integer(Limits::min()) << u"integer"_s;
    QTest::newRow("largest integer") << Value::integer(Limits::max()) << u"integer"_s;
    QTest::newRow("real") << Value::real(0.1) << u"real"_s;
    QTest::newRow("whole real") << Value::real(5.0) << u"real"_s;
    QTest::newRow("infinity") << Value::real(std::numeric_limits<double>::infinity()) << u"real"_s;
    QTest::newRow("text") << Value::text(u"Grüße 🙂"_s) << u"text"_s;
    QTest::newRow("empty text") << Value::text(u""_s) << u"text"_s;
    QTest::newRow("byte order mark") << Value::text(bom) << u"text"_s;
    QTest::newRow("blob") << Value::blob("\x00\xff\x01"_ba) << u"blob"_s;
    QTest::newRow("empty blob") << Value::blob(""_ba) << u"blob"_s;
    QTest::newRow("text, invalid") << Value::rawText("a\xff\xfe"_ba) << u"text"_s;
    QTest::newRow("text with NUL") << Value::rawText(QByteArray("a\0b", 3)) << u"text"_s;
}

void TestSqliteConnection::keepsValues()
{
    QFETCH(Value, value);
    QFETCH(QString, storage);
    const TestSqlite file("CREATE TABLE t(a BLOB)");
    const Opened db(file.path());
    db.query("INSERT INTO t VALUES (?1)", { value });
    const Rowset read = db.query("SELECT a, typeof(a) FROM t");
    QCOMPARE(read.columns, (QStringList { u"a"_s, u"typeof(a)"_s }));
    QCOMPARE(read.rows.at(0).at(0).kind(), value.kind());
    QVERIFY(read.rows.at(0).at(0) == value);
    QCOMPARE(read.rows.at(0).at(1), Value::text(storage));
}

void TestSqliteConnection::keepsWhatIsStored()
{
    const TestSqlite file("CREATE TABLE t(a); INSERT INTO t VALUES (CAST(x'61ff' AS TEXT)), (CAST(x'610062' AS TEXT))");
    const Opened db(file.path());
    const Rowset read = db.query("SELECT a FROM t");
    QVERIFY(read.rows.at(0).at(0) == Value::rawText("a\xff"_ba));
    QVERIFY(read.rows.at(1).at(0) == Value::rawText(QByteArray("a\0b", 3)));
    QCOMPARE(db.query("SELECT typeof(?1), ?1", { Value::boolean(true) }).rows.at(0),
             (Row { Value::text(u"integer"_s), Value::integer(1) }));
}

void TestSqliteConnection::reportsErrors_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("position");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QStringList>("where"); // table, column, constraint

    const QStringList nowhere { {}, {}, {} };
    QTest::newRow("syntax") << "SELEC 1"_ba << SQLITE_ERROR << 1 << u"near \"SELEC\": syntax error"_s << nowhere;
    QTest::newRow("position in characters")
        << "SELECT 'üüü', nix"_ba << SQLITE_ERROR << 15 << u"no such column: nix"_s << nowhere;
    QTest::newRow("no table") << "SELECT 1 FROM nix"_ba << SQLITE_ERROR << 0 << u"no such table: nix"_s << nowhere;
    QTest::newRow("unique") << "INSERT INTO t(a, b) VALUES (1, 5)"_ba << SQLITE_CONSTRAINT_PRIMARYKEY << 0
                            << u"UNIQUE constraint failed: t.a"_s << QStringList { u"t"_s, u"a"_s, {} };
    QTest::newRow("unique, two columns") << "INSERT INTO t(b, c) VALUES (1, 2), (1, 2)"_ba << SQLITE_CONSTRAINT_UNIQUE
                                         << 0 << u"UNIQUE constraint failed: t.b, t.c"_s
                                         << QStringList { u"t"_s, {}, u"t.b, t.c"_s };
    QTest::newRow("unique, expression") << "INSERT INTO t(b, c) VALUES (9, 8), (9, 7)"_ba << SQLITE_CONSTRAINT_UNIQUE
                                        << 0 << u"UNIQUE constraint failed: index 'nines'"_s
                                        << QStringList { {}, {}, u"nines"_s };
    QTest::newRow("not null") << "INSERT INTO t(b) VALUES (NULL)"_ba << SQLITE_CONSTRAINT_NOTNULL << 0
                              << u"NOT NULL constraint failed: t.b"_s << QStringList { u"t"_s, u"b"_s, {} };
    QTest::newRow("check") << "INSERT INTO t(b) VALUES (-1)"_ba << SQLITE_CONSTRAINT_CHECK << 0
                           << u"CHECK constraint failed: positive"_s << QStringList { {}, {}, u"positive"_s };
    QTest::newRow("foreign key") << "INSERT INTO t(b, p) VALUES (1, 77)"_ba << SQLITE_CONSTRAINT_FOREIGNKEY << 0
                                 << u"FOREIGN KEY constraint failed"_s << nowhere;
    QTest::newRow("two statements") << "SELECT 1; SELECT 2"_ba << 0 << 11 << u"more than one statement"_s << nowhere;
    QTest::newRow("two statements, the second wrong")
        << "SELECT 1; nix"_ba << 0 << 11 << u"more than one statement"_s << nowhere;
    QTest::newRow("none") << "-- nothing\n"_ba << 0 << 1 << u"no statement"_s << nowhere;
    QTest::newRow("NUL") << QByteArray("SELECT '\0'", 10) << 0 << 9 << u"NUL"_s << nowhere;
    QTest::newRow("parameters") << "SELECT ?1, ?2"_ba << 0 << 1 << u"2 parameters"_s << nowhere;
}

void TestSqliteConnection::reportsErrors()
{
    QFETCH(QByteArray, text);
    QFETCH(int, code);
    QFETCH(int, position);
    QFETCH(QString, message);
    QFETCH(QStringList, where);
    const TestSqlite file(
        "CREATE TABLE p(a INTEGER PRIMARY KEY);"
        "CREATE TABLE t(a INTEGER PRIMARY KEY, b INTEGER NOT NULL CONSTRAINT positive CHECK (b > 0), c,"
        " p REFERENCES p, UNIQUE (b, c)); CREATE UNIQUE INDEX nines ON t(b + 0) WHERE b = 9;"
        "INSERT INTO t VALUES (1, 1, 1, NULL)");
    const Opened db(file.path());
    const Error error = db.fails(text);
    QVERIFY2(error.message.contains(message), qPrintable(error.text()));
    QCOMPARE(error.kind, ErrorKind::Statement);
    QCOMPARE(error.nativeCode, code);
    QCOMPARE(error.position, position);
    QCOMPARE((QStringList { error.table, error.column, error.constraint }), where);
    QCOMPARE(error.statement, QString::fromUtf8(text));
    QVERIFY(!error.abortsTransaction());
}

void TestSqliteConnection::countsRows_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("affected");
    QTest::newRow("insert") << "INSERT INTO t(a) VALUES (10), (11)"_ba << qint64(2);
    QTest::newRow("update, not its trigger") << "UPDATE t SET a = a + 0"_ba << qint64(3);
    QTest::newRow("delete all") << "DELETE FROM t"_ba << qint64(3);
    QTest::newRow("nothing") << "DELETE FROM t WHERE a > 99"_ba << qint64(0);
    QTest::newRow("do nothing") << "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING"_ba << qint64(0);
    QTest::newRow("query") << "SELECT * FROM t"_ba << qint64(0);
    QTest::newRow("create") << "CREATE TABLE u AS SELECT * FROM t"_ba << qint64(0);
    QTest::newRow("drop") << "DROP TABLE t"_ba << qint64(0);
    QTest::newRow("returning") << "UPDATE t SET a = a + 10 RETURNING a"_ba << qint64(3);
}

void TestSqliteConnection::countsRows()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, affected);
    const TestSqlite file(
        "CREATE TABLE t(a INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3); CREATE TABLE log(a);"
        "CREATE TRIGGER tr AFTER UPDATE ON t BEGIN INSERT INTO log VALUES (1), (2); END");
    const Opened db(file.path());
    db.query("INSERT INTO log VALUES (0), (0), (0), (0), (0)"); // a count that must not be seen again
    QCOMPARE(db.query(text).affected, affected);
    QCOMPARE(db.query("SELECT 1").affected, 0);
}

void TestSqliteConnection::streams()
{
    const TestSqlite file("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
    const Opened db(file.path());
    QList<qint64> seen;
    QVERIFY(db->stream({ "SELECT a FROM t ORDER BY a", {} }, [&](const Row& row) -> Result<void> {
        seen.append(row.at(0).toInteger());
        return {};
    }));
    QCOMPARE(seen, (QList<qint64> { 1, 2, 3 }));
    seen.clear();
    const auto stopped = db->stream({ "SELECT a FROM t ORDER BY a", {} }, [&](const Row& row) -> Result<void> {
        seen.append(row.at(0).toInteger());
        return makeError(ErrorKind::Guard, u"enough"_s);
    });
    QCOMPARE(stopped.error().message, u"enough"_s);
    QCOMPARE(seen, QList<qint64> { 1 });
    int sinks = 0;
    db->submit({ "INSERT INTO t VALUES (4)", {} }, [&](const Result<Rowset>& result) {
        QVERIFY(result);
        QCOMPARE(result->affected, 1);
        ++sinks;
    });
    QCOMPARE(sinks, 1);
    QVERIFY(db->flush());
}

void TestSqliteConnection::streamsWithinAStream()
{
    const TestSqlite file("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
    const Opened db(file.path());
    int rows = 0;
    QVERIFY(db->stream({ "SELECT a FROM t", {} }, [&](const Row&) -> Result<void> {
        rows += static_cast<int>(db.query("SELECT a FROM t").rows.size());
        for (int i = 0; i < 100; ++i) // pushes the running statement out of the kept ones
            db.query("SELECT " + QByteArray::number(i));
        return {};
    }));
    QCOMPARE(rows, 9);
}

void TestSqliteConnection::transactionCommitsAndRollsBack()
{
    const TestSqlite file("CREATE TABLE t(a)");
    const Opened db(file.path());
    QVERIFY(db->begin(TransactionMode::Write));
    QVERIFY(db->inTransaction());
    QCOMPARE(db->begin(TransactionMode::Write).error().kind, ErrorKind::Internal);
    db.query("INSERT INTO t VALUES (1)");
    QCOMPARE(file.scalar("SELECT count(*) FROM t"), u"0"_s);
    QVERIFY(db->rollback());
    QVERIFY(!db->inTransaction());
    QVERIFY(db->rollback());
    QCOMPARE(file.scalar("SELECT count(*) FROM t"), u"0"_s);
    QVERIFY(db->begin(TransactionMode::Write));
    db.query("INSERT INTO t VALUES (2)");
    const CommitResult commit = db->commit();
    QCOMPARE(commit.end, CommitEnd::Committed);
    QVERIFY(!commit.error);
    QCOMPARE(file.scalar("SELECT sum(a) FROM t"), u"2"_s);
    QCOMPARE(db->commit().end, CommitEnd::RolledBack);
}

void TestSqliteConnection::savepoints()
{
    const TestSqlite file("CREATE TABLE t(a)");
    const Opened db(file.path());
    QCOMPARE(db->savepoint("s").error().kind, ErrorKind::Internal);
    QVERIFY(db->begin(TransactionMode::Write));
    db.query("INSERT INTO t VALUES (1)");
    QVERIFY(db->savepoint("s"));
    db.query("INSERT INTO t VALUES (2)");
    QVERIFY(db->savepoint("inner"));
    db.query("INSERT INTO t VALUES (4)");
    QVERIFY(db->releaseSavepoint("inner"));
    QVERIFY(db->rollbackTo("s"));
    QVERIFY(!db->rollbackTo("s"));
    QCOMPARE(db.query("SELECT sum(a) FROM t").rows.at(0).at(0), Value::integer(1));
    QCOMPARE(db->commit().end, CommitEnd::Committed);
    QCOMPARE(file.scalar("SELECT sum(a) FROM t"), u"1"_s);
}

void TestSqliteConnection::readOnlyTransaction()
{
    const TestSqlite file("PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    const Opened db(file.path());
    QVERIFY(db->begin(TransactionMode::ReadOnly));
    file.exec("INSERT INTO t VALUES (2)");
    QCOMPARE(db.query("SELECT count(*) FROM t").rows.at(0).at(0), Value::integer(1));
    QCOMPARE(db.fails("INSERT INTO t VALUES (3)").nativeCode, SQLITE_READONLY);
    QVERIFY(db->rollback());
    QCOMPARE(db.query("SELECT count(*) FROM t").rows.at(0).at(0), Value::integer(2));
    db.query("INSERT INTO t VALUES (3)");
}

void TestSqliteConnection::readOnlyFile()
{
    const TestSqlite file("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    Target target = targetOf(file.path());
    target.readOnly = true;
    auto opened = openSqlite(target, {});
    QVERIFY(opened);
    Connection& db = **opened;
    QVERIFY(db.query({ "SELECT * FROM t", {} }));
    const auto written = db.query({ "INSERT INTO t VALUES (2)", {} });
    QCOMPARE(written.error().nativeCode, SQLITE_READONLY);
    QVERIFY(!written.error().hint.isEmpty());
    QVERIFY(!db.begin(TransactionMode::Write));
}

void TestSqliteConnection::replacedFile_data()
{
    QTest::addColumn<QByteArray>("mode");
    QTest::newRow("rollback journal") << "PRAGMA journal_mode=DELETE;"_ba;
    QTest::newRow("WAL") << "PRAGMA journal_mode=WAL;"_ba;
}

/// What is written to a file that has no name any more is lost, so nothing is.
void TestSqliteConnection::replacedFile()
{
    QFETCH(QByteArray, mode);
    const TestSqlite file(mode + "CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    const TestSqlite other(mode + "CREATE TABLE t(a); INSERT INTO t VALUES (10)");
    const Opened db(file.path());
    QVERIFY(!db->isReplaced());
    QVERIFY(db->begin(TransactionMode::Write));
    db.query("UPDATE t SET a = a + 1");
    QCOMPARE(std::rename(qPrintable(other.path()), qPrintable(file.path())), 0);
    QVERIFY(db->isReplaced());
    const CommitResult commit = db->commit();
    QCOMPARE(commit.end, CommitEnd::RolledBack);
    QCOMPARE(commit.error->kind, ErrorKind::ConnectionLost);
    QVERIFY(commit.error->message.contains(file.path()));
    QVERIFY(!db->inTransaction());
    const auto again = db->begin(TransactionMode::Write);
    QVERIFY(!again);
    QVERIFY(again.error().breaksSession());
    QVERIFY(!db->inTransaction());
    QCOMPARE(file.scalar("SELECT a FROM t"), u"10"_s);
}

void TestSqliteConnection::busyIsATimeout()
{
    const TestSqlite file("CREATE TABLE t(a)");
    const Opened holder(file.path());
    QVERIFY(holder->begin(TransactionMode::Write));
    const Opened waiting(file.path(), impatient());
    const auto began = waiting->begin(TransactionMode::Write);
    QCOMPARE(began.error().kind, ErrorKind::Timeout);
    QVERIFY(began.error().isTransient());
    QVERIFY(!began.error().hint.isEmpty());
    QCOMPARE(began.error().statement, u"BEGIN IMMEDIATE"_s);
    QCOMPARE(waiting.fails("INSERT INTO t VALUES (1)").kind, ErrorKind::Timeout);
    QVERIFY(holder->rollback());
    QVERIFY(waiting->begin(TransactionMode::Write));
}

void TestSqliteConnection::busyAtCommit()
{
    const TestSqlite file(
        "CREATE TABLE t(a); INSERT INTO t VALUES (1)"); // a rollback journal: readers hold up a COMMIT
    const Opened reader(file.path());
    QVERIFY(reader->begin(TransactionMode::ReadOnly));
    const Opened writer(file.path(), impatient());
    QVERIFY(writer->begin(TransactionMode::Write));
    writer.query("INSERT INTO t VALUES (2)");
    const CommitResult commit = writer->commit();
    QCOMPARE(commit.end, CommitEnd::RolledBack);
    QCOMPARE(commit.error->kind, ErrorKind::Timeout);
    QVERIFY(!writer->inTransaction());
    QVERIFY(reader->rollback());
    QCOMPARE(file.scalar("SELECT count(*) FROM t"), u"1"_s);
}

void TestSqliteConnection::deferredForeignKeyAtCommit()
{
    const TestSqlite file("CREATE TABLE p(a INTEGER PRIMARY KEY);"
                          "CREATE TABLE c(p REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
    const Opened db(file.path());
    QVERIFY(db->begin(TransactionMode::Write));
    db.query("INSERT INTO c VALUES (1)");
    const CommitResult commit = db->commit();
    QCOMPARE(commit.end, CommitEnd::RolledBack);
    QCOMPARE(commit.error->nativeCode, SQLITE_CONSTRAINT_FOREIGNKEY);
    QVERIFY(!db->inTransaction());
    QCOMPARE(file.scalar("SELECT count(*) FROM c"), u"0"_s);
}

void TestSqliteConnection::transactionEndedByItself_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("code");
    QTest::newRow("or rollback") << "INSERT OR ROLLBACK INTO t(a) VALUES (1)"_ba << SQLITE_CONSTRAINT_PRIMARYKEY;
    QTest::newRow("raise rollback") << "UPDATE t SET a = 1000 WHERE a = 1"_ba << SQLITE_CONSTRAINT_TRIGGER;
    QTest::newRow("full") << "INSERT INTO t(b) VALUES (zeroblob(10000000))"_ba << SQLITE_FULL;
}

void TestSqliteConnection::transactionEndedByItself()
{
    QFETCH(QByteArray, text);
    QFETCH(int, code);
    const TestSqlite file(
        "CREATE TABLE t(a INTEGER PRIMARY KEY, b); INSERT INTO t VALUES (1, 'x');"
        "CREATE TRIGGER tr BEFORE UPDATE ON t WHEN NEW.a = 1000 BEGIN SELECT RAISE(ROLLBACK, 'no'); END");
    const Opened db(file.path());
    db.query("PRAGMA max_page_count=20");
    QVERIFY(db->begin(TransactionMode::Write));
    db.query("INSERT INTO t VALUES (7, 'before')");
    const Error error = db.fails(text);
    QCOMPARE(error.nativeCode, code);
    if (db->inTransaction()) { // a full disk may leave it open
        QCOMPARE(code, SQLITE_FULL);
        QVERIFY(error.detail.isEmpty());
    } else {
        QVERIFY2(error.detail.contains(u"rolled back"_s), qPrintable(error.text()));
        const Error refused = db.fails("INSERT INTO t VALUES (8, 'outside')");
        QVERIFY2(refused.message.contains(u"already rolled"_s), qPrintable(refused.text()));
        QVERIFY(!db->savepoint("s"));
        QVERIFY(!db->begin(TransactionMode::Write));
    }
    QVERIFY(db->rollback());
    QVERIFY(!db->inTransaction());
    QCOMPARE(file.scalar("SELECT group_concat(a) FROM t"), u"1"_s);
    QVERIFY(db->begin(TransactionMode::Write));
    if (code != SQLITE_FULL) {
        QVERIFY(!db->query({ text, {} }));
        QCOMPARE(db->commit().end, CommitEnd::RolledBack);
    }
}

void TestSqliteConnection::guardRefuses_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const auto text :
         { "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT s", "RELEASE s", "ROLLBACK TO s", "ATTACH 'x.db' AS x",
           "DETACH x", "PRAGMA journal_mode=WAL", "PRAGMA user_version=3", "PRAGMA foreign_keys(OFF)",
           "PRAGMA writable_schema=ON", "PRAGMA optimize", "PRAGMA wal_checkpoint", "PRAGMA incremental_vacuum(1)",
           "PRAGMA main.synchronous=0", "/* x */ CoMmIt" })
        QTest::newRow(text) << QByteArray(text);
}

void TestSqliteConnection::guardRefuses()
{
    QFETCH(QByteArray, text);
    const TestSqlite file("CREATE TABLE t(a)");
    const Opened db(file.path());
    QVERIFY(db->begin(TransactionMode::Write));
    QVERIFY(db->savepoint("s"));
    db.query("INSERT INTO t VALUES (1)");
    const auto refused = db->queryGuarded({ text, {} });
    QVERIFY(!refused);
    QVERIFY2(refused.error().message.contains(u"cannot be part of a batch"_s), qPrintable(refused.error().text()));
    QVERIFY(db->inTransaction());
    QVERIFY(db->releaseSavepoint("s"));
    QVERIFY(db->rollback());
    QCOMPARE(file.scalar("SELECT count(*) FROM t"), u"0"_s);
}

void TestSqliteConnection::guardAllows_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const auto text : { "INSERT INTO t VALUES (1)", "CREATE TABLE u(a)", "DROP TABLE t", "PRAGMA table_info(t)",
                             "PRAGMA foreign_keys", "SELECT * FROM pragma_table_info('t')", "ALTER TABLE t ADD b",
                             "PRAGMA integrity_check", "CREATE VIRTUAL TABLE f USING fts5(a)", "ANALYZE", "REINDEX" })
        QTest::newRow(text) << QByteArray(text);
}

void TestSqliteConnection::guardAllows()
{
    QFETCH(QByteArray, text);
    const TestSqlite file("CREATE TABLE t(a)");
    const Opened db(file.path());
    QVERIFY(db->begin(TransactionMode::Write));
    const auto done = db->queryGuarded({ text, {} });
    QVERIFY2(done, qPrintable(done ? QString() : done.error().text()));
}

void TestSqliteConnection::guardHoldsForKeptStatements()
{
    const TestSqlite file("CREATE TABLE t(a)");
    const Opened db(file.path());
    QVERIFY(db->begin(TransactionMode::Write));
    QVERIFY(db->savepoint("s"));
    QVERIFY(!db->queryGuarded({ "SAVEPOINT \"s\"", {} }));
    QVERIFY(db->queryGuarded({ "INSERT INTO t VALUES (1)", {} }));
    QVERIFY(db->queryGuarded({ "CREATE TABLE u(a)", {} }));
    QVERIFY(db->queryGuarded({ "INSERT INTO t VALUES (1)", {} }));
    QVERIFY(!db->queryGuarded({ "RELEASE \"s\"", {} }));
    QVERIFY(db->releaseSavepoint("s"));
}

void TestSqliteConnection::tellsWhatItDoesBeforeRunning()
{
    const TestSqlite file("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    const Opened db(file.path());
    QVERIFY(db->begin(TransactionMode::Write));
    using Rewritten = QList<std::pair<QString, QString>>;
    qint64 rows = 0;
    SqliteActions seen;
    const auto look = [&](const SqliteActions& actions) -> Result<void> {
        seen = actions;
        rows = db.query("SELECT count(*) FROM t").rows.at(0).at(0).toInteger();
        return {};
    };
    QVERIFY(db->queryGuarded({ "ALTER TABLE t ADD b", {} }, look));
    QCOMPARE(seen.rewritten, (Rewritten { { u"main"_s, u"t"_s } }));
    QVERIFY(seen.changesSchema);
    QVERIFY(db->queryGuarded({ "DROP TABLE t", {} }, look));
    QCOMPARE(seen.rewritten, (Rewritten { { u"main"_s, u"t"_s } }));
    QCOMPARE(rows, 1);
    QVERIFY(db->rollback());
    const auto stopped = db->queryGuarded({ "DELETE FROM t", {} }, [](const SqliteActions&) -> Result<void> {
        return makeError(ErrorKind::Guard, u"no"_s);
    });
    QCOMPARE(stopped.error().message, u"no"_s);
    QCOMPARE(file.scalar("SELECT count(*) FROM t"), u"1"_s);
}

void TestSqliteConnection::statementTimeout()
{
    const TestSqlite file("CREATE TABLE t(a)");
    ConnectionOptions options;
    options.statementTimeout = 20ms;
    const Opened db(file.path(), options);
    const Error error = db.fails(endless);
    QCOMPARE(error.kind, ErrorKind::Timeout);
    QVERIFY2(error.message.contains(u"20 ms"_s), qPrintable(error.text()));
    db.query("SELECT 1");
    QVERIFY(db->begin(TransactionMode::Write));
    QCOMPARE(db.fails(endlessWrite).kind, ErrorKind::Timeout);
    QVERIFY(db->rollback());
    QCOMPARE(file.scalar("SELECT count(*) FROM t"), u"0"_s);
}

void TestSqliteConnection::cancelInFlight_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("read") << QByteArray(endless);
    QTest::newRow("write") << QByteArray(endlessWrite);
}

void TestSqliteConnection::cancelInFlight()
{
    QFETCH(QByteArray, text);
    const TestSqlite file("CREATE TABLE t(a)");
    const Opened db(file.path());
    const Cancellation cancellation;
    const auto registration = db->cancelWith(cancellation);
    QVERIFY(db->begin(TransactionMode::Write));
    db.query("INSERT INTO t VALUES (1)");
    std::thread canceller([cancellation] {
        std::this_thread::sleep_for(30ms);
        cancellation.cancel();
    });
    const Error error = db.fails(text);
    canceller.join();
    QCOMPARE(error.kind, ErrorKind::Cancelled);
    QCOMPARE(db.fails("SELECT 1").kind, ErrorKind::Cancelled);
    QVERIFY(db->rollback());
    QVERIFY(!db->inTransaction());
    QCOMPARE(file.scalar("SELECT count(*) FROM t"), u"0"_s);
}

void TestSqliteConnection::cancelWhileWaitingForALock()
{
    const TestSqlite file("CREATE TABLE t(a)");
    const Opened holder(file.path());
    QVERIFY(holder->begin(TransactionMode::Write));
    ConnectionOptions patient;
    patient.lockTimeout = 0ms; // for ever
    const Opened waiting(file.path(), patient);
    const Cancellation cancellation;
    const auto registration = waiting->cancelWith(cancellation);
    std::thread canceller([cancellation] {
        std::this_thread::sleep_for(60ms);
        cancellation.cancel();
    });
    const auto began = waiting->begin(TransactionMode::Write);
    canceller.join();
    QCOMPARE(began.error().kind, ErrorKind::Cancelled);
}

void TestSqliteConnection::cancelAheadAndAfter()
{
    const TestSqlite file("CREATE TABLE t(a)");
    const Cancellation cancellation;
    cancellation.cancel();
    Cancellation::Registration outlives;
    {
        const Opened db(file.path());
        {
            const auto registration = db->cancelWith(cancellation);
            QCOMPARE(db.fails("SELECT 1").kind, ErrorKind::Cancelled);
            QCOMPARE(db->begin(TransactionMode::Write).error().kind, ErrorKind::Cancelled);
        }
        db.query("SELECT 1"); // its registration has ended
        outlives = db->cancelWith(Cancellation());
    }
    const Cancellation later;
    {
        const Opened db(file.path());
        outlives = db->cancelWith(later);
    }
    later.cancel(); // the connection is gone: nothing to interrupt
}

void TestSqliteConnection::suppressesTriggers()
{
    const TestSqlite file(
        "CREATE TABLE t(a INTEGER PRIMARY KEY, p REFERENCES t ON DELETE CASCADE); CREATE TABLE log(a);"
        "CREATE TRIGGER tr AFTER DELETE ON t BEGIN INSERT INTO log VALUES (OLD.a); END;"
        "INSERT INTO t VALUES (1, NULL), (2, 1)");
    ConnectionOptions options;
    options.suppressTriggers = true;
    Opened(file.path(), options).query("DELETE FROM t WHERE a = 1");
    QCOMPARE(file.scalar("SELECT group_concat(a) FROM t"), u"2"_s);
    QCOMPARE(file.scalar("SELECT count(*) FROM log"), u"0"_s);
    Opened(file.path()).query("DELETE FROM t");
    QCOMPARE(file.scalar("SELECT count(*) FROM log"), u"1"_s);
}

void TestSqliteConnection::spillsOnlyInWal_data()
{
    QTest::addColumn<QByteArray>("mode");
    QTest::addColumn<bool>("spills");
    QTest::newRow("delete") << "DELETE"_ba << false;
    QTest::newRow("wal") << "WAL"_ba << true;
}

void TestSqliteConnection::spillsOnlyInWal()
{
    QFETCH(QByteArray, mode);
    QFETCH(bool, spills);
    const TestSqlite file("PRAGMA journal_mode=" + mode + "; CREATE TABLE t(a)");
    const Opened db(file.path());
    QVERIFY(db->begin(TransactionMode::Write));
    QCOMPARE(db.query("PRAGMA cache_spill").rows.at(0).at(0).toInteger() != 0, spills);
}

void TestSqliteConnection::settlesByTheChangeCounter_data()
{
    QTest::addColumn<QByteArray>("mode");
    QTest::addColumn<bool>("commits");
    QTest::addColumn<std::optional<CommitEnd>>("end");
    const std::optional<CommitEnd> unknown;
    QTest::newRow("rolled back") << "DELETE"_ba << false << std::optional(CommitEnd::RolledBack);
    QTest::newRow("committed") << "DELETE"_ba << true << unknown; // it may be another program's COMMIT
    QTest::newRow("truncate") << "TRUNCATE"_ba << false << std::optional(CommitEnd::RolledBack);
    QTest::newRow("wal") << "WAL"_ba << false << unknown;
}

void TestSqliteConnection::settlesByTheChangeCounter()
{
    QFETCH(QByteArray, mode);
    QFETCH(bool, commits);
    const TestSqlite file("CREATE TABLE t(a)");
    const Opened db(file.path());
    db.query("PRAGMA journal_mode=" + mode);
    QVERIFY(db->begin(TransactionMode::Write));
    db.query("INSERT INTO t VALUES (1)");
    const auto evidence = db->commitEvidence();
    QVERIFY(evidence);
    QCOMPARE(evidence->isEmpty(), mode == "WAL");
    QVERIFY(commits ? db->commit().end == CommitEnd::Committed : db->rollback().ok());
    const auto end = Opened(file.path())->settle(*evidence);
    QVERIFY(end);
    QTEST(*end, "end");
}

void TestSqliteConnection::sibling()
{
    const TestSqlite file("CREATE TABLE t(a)");
    const Opened db(file.path());
    auto sibling = db->openSibling();
    QVERIFY(sibling);
    QCOMPARE((*sibling)->target(), db->target());
    QVERIFY((*sibling)->database().connectionName() != db->database().connectionName());
}

QTEST_GUILESS_MAIN(TestSqliteConnection)
#include "tst_sqliteconnection.moc"
