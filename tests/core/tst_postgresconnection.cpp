// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/postgresconnections.h"

#include <QTest>

#include <atomic>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace holdpoint;

namespace {

class OnePassword final : public SecretSource
{
public:
    explicit OnePassword(QString password)
        : m_password(std::move(password))
    {
    }
    Result<std::optional<QString>> password(const Target&) override
    {
        ++asked;
        return std::optional(m_password);
    }
    std::atomic<int> asked = 0;

private:
    QString m_password;
};

} // namespace

class TestPostgresConnection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_database.emplace("CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL CHECK (name <> ''))");
    }
    void cleanup() { m_database.reset(); }

    void sessionStateIsSet();
    void values_data();
    void values();
    void parameterKinds();
    void affectedRows();
    void errorFields();
    void oneStatementOnly();
    void streaming();
    void streamStopsEarly();
    void streamStopsInTransaction();
    void copyIsRefused();
    void notices();
    void statementTimeout();
    void lockTimeout();
    void cannotOpen_data();
    void cannotOpen();
    void passwordIsAskedOnce();
    void conninfoParameters_data();
    void conninfoParameters();

private:
    [[nodiscard]] std::unique_ptr<PostgresConnection> open(ConnectionOptions options = {}) const
    {
        return connectTo(*m_database, options);
    }

    std::optional<TestPostgres> m_database;
};

void TestPostgresConnection::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
}

void TestPostgresConnection::sessionStateIsSet()
{
    const auto connection = open({ .lockTimeout = 1234ms, .statementTimeout = 4321ms });
    const auto rows = connection->query(
        statement("SELECT current_setting('lock_timeout'), current_setting('statement_timeout'),"
                  " current_setting('DateStyle'), current_setting('bytea_output'), current_setting('application_name'),"
                  " current_setting('client_encoding'), current_setting('extra_float_digits'), now()::text <> ''"));
    QVERIFY(rows.ok());
    const Row expected { Value::text(u"1234ms"_s), Value::text(u"4321ms"_s),    Value::text(u"ISO, MDY"_s),
                         Value::text(u"hex"_s),    Value::text(u"holdpoint"_s), Value::text(u"UTF8"_s),
                         Value::text(u"1"_s),      Value::boolean(true) };
    QCOMPARE(rows->rows.value(0), expected);
    const auto sibling = connection->openSibling();
    QVERIFY(sibling.ok());
    QCOMPARE(first((*sibling)->query(statement("SHOW lock_timeout"))), u"1234ms"_s);
}

void TestPostgresConnection::values_data()
{
    QTest::addColumn<QByteArray>("sql");
    QTest::addColumn<Value>("expected");
    const auto text = [](const char16_t* value) { return Value::text(QString::fromUtf16(value)); };
    QTest::newRow("null") << "NULL::int"_ba << Value();
    QTest::newRow("true") << "true"_ba << Value::boolean(true);
    QTest::newRow("false") << "false"_ba << Value::boolean(false);
    QTest::newRow("smallint") << "(-32768)::int2"_ba << Value::integer(-32768);
    QTest::newRow("largest bigint") << "9223372036854775807"_ba << Value::integer(9223372036854775807LL);
    QTest::newRow("smallest bigint") << "(-9223372036854775808)::int8"_ba << Value::integer(INT64_MIN);
    QTest::newRow("numeric keeps digits")
        << "12345678901234567890.1234567890"_ba << text(u"12345678901234567890.1234567890");
    QTest::newRow("float is the shortest") << "0.1::float8"_ba << text(u"0.1");
    QTest::newRow("float4") << "0.1::float4"_ba << text(u"0.1");
    QTest::newRow("empty text") << "''::text"_ba << text(u"");
    QTest::newRow("text") << "'Zoë 🦊'::text"_ba << text(u"Zoë 🦊");
    QTest::newRow("bytea") << "'\\x00ff41'::bytea"_ba << Value::blob("\x00\xff\x41"_ba);
    QTest::newRow("empty bytea") << "''::bytea"_ba << Value::blob(""_ba);
    QTest::newRow("date before Christ") << "'4713-01-01 BC'::date"_ba << text(u"4713-01-01 BC");
    QTest::newRow("infinity") << "'infinity'::timestamp"_ba << text(u"infinity");
    QTest::newRow("microseconds") << "'2026-03-29 02:30:00.000001'::timestamp"_ba
                                  << text(u"2026-03-29 02:30:00.000001");
    QTest::newRow("24 hours") << "'24:00'::time"_ba << text(u"24:00:00");
    QTest::newRow("interval") << "'1 mon 2 days 03:04:05.6'::interval"_ba << text(u"1 mon 2 days 03:04:05.6");
    QTest::newRow("array") << "ARRAY[1,NULL,3]"_ba << text(u"{1,NULL,3}");
    QTest::newRow("json keeps its spaces") << "'{\"a\" :  1}'::json"_ba << text(u"{\"a\" :  1}");
    QTest::newRow("xid is text") << "'3000000000'::xid"_ba << text(u"3000000000");
}

void TestPostgresConnection::values()
{
    QFETCH(QByteArray, sql);
    QFETCH(Value, expected);
    const auto connection = open();
    const auto answer = connection->query(statement("SELECT " + sql + " AS v"));
    QVERIFY2(answer.ok(), answer.ok() ? "" : qPrintable(answer.error().text()));
    QCOMPARE(answer->columns, QStringList(u"v"_s));
    QVERIFY2(answer->rows.value(0).value(0) == expected, qPrintable(first(answer)));
    QCOMPARE(answer->affected, 0);
}

void TestPostgresConnection::parameterKinds()
{
    const auto connection = open();
    const auto answer = connection->query(
        statement("SELECT $1::int IS NULL, $2::bool, $3::int8, $4::float8, $5::text, $6::bytea, $7::float8, $8::jsonb",
                  { Value(), Value::boolean(true), Value::integer(INT64_MIN), Value::real(5), Value::text(u"a'\\"_s),
                    Value::blob("\x00\x01"_ba), Value::real(std::numeric_limits<double>::infinity()),
                    Value::text(u"{\"k\": [1]}"_s) }));
    QVERIFY(answer.ok());
    const Row expected { Value::boolean(true),       Value::boolean(true),          Value::integer(INT64_MIN),
                         Value::text(u"5"_s),        Value::text(u"a'\\"_s),        Value::blob("\x00\x01"_ba),
                         Value::text(u"Infinity"_s), Value::text(u"{\"k\": [1]}"_s) };
    QCOMPARE(answer->rows.value(0), expected);
}

void TestPostgresConnection::affectedRows()
{
    const auto connection = open();
    QCOMPARE(connection->query(statement("INSERT INTO t SELECT g, 'n' FROM generate_series(1, 5) g"))->affected, 5);
    QCOMPARE(connection->query(statement("SELECT * FROM t"))->affected, 0);
    const auto updated = connection->query(statement("UPDATE t SET name = 'm' WHERE id < 3 RETURNING id"));
    QCOMPARE(updated->affected, 2);
    QCOMPARE(updated->rows.size(), 2);
    QCOMPARE(connection->query(statement("CREATE TABLE c AS SELECT * FROM t"))->affected, 0);
    QCOMPARE(connection->query(statement("DELETE FROM t"))->affected, 5);
}

void TestPostgresConnection::errorFields()
{
    const auto connection = open();
    const auto broken = connection->query(statement("INSERT INTO t VALUES (1, '')"));
    QVERIFY(!broken.ok());
    QCOMPARE(broken.error().kind, ErrorKind::Statement);
    QCOMPARE(broken.error().sqlState, u"23514"_s);
    QCOMPARE(broken.error().constraint, u"t_name_check"_s);
    QCOMPARE(broken.error().schema, u"public"_s);
    QCOMPARE(broken.error().table, u"t"_s);
    QVERIFY(broken.error().detail.contains("Failing row"_L1));
    QCOMPARE(broken.error().statement, u"INSERT INTO t VALUES (1, '')"_s);
    const auto noColumn = connection->query(statement("SELECT 'é', nome FROM t"));
    QCOMPARE(noColumn.error().position, 13);
    QVERIFY(!noColumn.error().hint.isNull());
    const auto notNull = connection->query(statement("INSERT INTO t VALUES (1, NULL)"));
    QCOMPARE(notNull.error().column, u"name"_s);
    QCOMPARE(first(connection->query(statement("SELECT 1"))), u"1"_s);
}

void TestPostgresConnection::oneStatementOnly()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::Write).ok());
    const auto smuggled = connection->query(statement("INSERT INTO t VALUES (1, 'a'); COMMIT"));
    QCOMPARE(smuggled.error().sqlState, u"42601"_s);
    QVERIFY(connection->rollback().ok());
    QCOMPARE(m_database->scalar("SELECT count(*) FROM t"), u"0"_s);
}

void TestPostgresConnection::streaming()
{
    const auto connection = open();
    qint64 sum = 0;
    QVERIFY(connection
                ->stream(statement("SELECT g::int8 FROM generate_series(1, 100000) g"),
                         [&sum](const Row& row) {
                             sum += row.at(0).toInteger();
                             return Result<void>();
                         })
                .ok());
    QCOMPARE(sum, 5000050000);
    const auto failed = connection->stream(statement("SELECT 10 / (3 - g) FROM generate_series(1, 9) g"),
                                           [](const Row&) { return Result<void>(); });
    QCOMPARE(failed.error().sqlState, u"22012"_s);
    QCOMPARE(first(connection->query(statement("SELECT 1"))), u"1"_s);
}

void TestPostgresConnection::streamStopsEarly()
{
    const auto connection = open({ .statementTimeout = 0ms });
    int rows = 0;
    // It would take for ever.
    const auto stopped
        = connection->stream(statement("SELECT generate_series(1, 10000000000)"), [&rows](const Row&) -> Result<void> {
              ++rows;
              return makeError(ErrorKind::Usage, u"enough"_s);
          });
    QCOMPARE(rows, 1);
    QCOMPARE(stopped.error().message, u"enough"_s);
    QCOMPARE(first(connection->query(statement("SELECT 1"))), u"1"_s);
}

void TestPostgresConnection::streamStopsInTransaction()
{
    const auto connection = open();
    QVERIFY(connection->begin(TransactionMode::ReadOnly).ok());
    const auto stopped
        = connection->stream(statement("SELECT g FROM generate_series(1, 10000) g"),
                             [](const Row&) -> Result<void> { return makeError(ErrorKind::Usage, u"enough"_s); });
    QCOMPARE(stopped.error().message, u"enough"_s);
    QCOMPARE(first(connection->query(statement("SELECT 1"))), u"1"_s);
    QVERIFY(connection->rollback().ok());
}

void TestPostgresConnection::copyIsRefused()
{
    const auto connection = open();
    QVERIFY(!connection->query(statement("COPY t FROM STDIN")).ok());
    QVERIFY(!connection->query(statement("COPY (SELECT 1) TO STDOUT")).ok());
    QCOMPARE(first(connection->query(statement("SELECT count(*) FROM t"))), u"0"_s);
}

void TestPostgresConnection::notices()
{
    const auto connection = open();
    QVERIFY(connection->query(statement("DO $$ BEGIN RAISE NOTICE 'hello %', 1; RAISE WARNING 'oh'; END $$")).ok());
    const QList<Notice> notices { { u"NOTICE"_s, u"00000"_s, u"hello 1"_s }, { u"WARNING"_s, u"01000"_s, u"oh"_s } };
    QCOMPARE(connection->takeNotices(), notices);
    QVERIFY(connection->takeNotices().isEmpty());
}

void TestPostgresConnection::statementTimeout()
{
    const auto connection = open({ .statementTimeout = 50ms });
    const auto late = connection->query(statement("SELECT pg_sleep(600)"));
    QCOMPARE(late.error().kind, ErrorKind::Timeout);
    QCOMPARE(late.error().sqlState, u"57014"_s);
}

void TestPostgresConnection::lockTimeout()
{
    const auto holder = open();
    QVERIFY(holder->begin(TransactionMode::Write).ok());
    QVERIFY(holder->query(statement("LOCK TABLE t")).ok());
    const auto waiter = open({ .lockTimeout = 50ms });
    const auto late = waiter->query(statement("SELECT * FROM t"));
    QCOMPARE(late.error().kind, ErrorKind::Timeout);
    QCOMPARE(late.error().sqlState, u"55P03"_s);
    QVERIFY(late.error().isTransient());
    QVERIFY(holder->rollback().ok());
}

void TestPostgresConnection::cannotOpen_data()
{
    QTest::addColumn<QString>("uri");
    QTest::addColumn<QString>("words");
    QTest::newRow("unknown database") << u"%1_nowhere"_s << u"does not exist"_s;
    QTest::newRow("dead server") << u"postgresql://postgres@127.0.0.1:1/x"_s << u"refused"_s;
    QTest::newRow("password without a source") << u"password"_s << u"password"_s;
    QTest::newRow("wrong parameter") << u"%1?sslmode=perhaps"_s << u"perhaps"_s;
    QTest::newRow("semicolon in a parameter") << u"%1?sslcert=a%3Bb"_s << u"semicolon"_s;
    QTest::newRow("no address") << u"postgresql://[::1"_s << u"address"_s;
}

void TestPostgresConnection::cannotOpen()
{
    QFETCH(QString, uri);
    QFETCH(QString, words);
    if (uri == "password"_L1)
        uri = m_database->uriAs(u"holdpoint_pw"_s);
    else
        uri.replace("%1"_L1, m_database->uri());
    const auto opened = openPostgres(postgresTarget(uri), {}, nullptr);
    QVERIFY(!opened.ok());
    QVERIFY2(opened.error().text().contains(words), qPrintable(opened.error().text()));
    QVERIFY(opened.error().kind == ErrorKind::Unreachable || opened.error().kind == ErrorKind::Usage);
}

void TestPostgresConnection::passwordIsAskedOnce()
{
    m_database->exec("GRANT CONNECT ON DATABASE " + m_database->name().toUtf8() + " TO holdpoint_pw");
    const Target target = postgresTarget(m_database->uriAs(u"holdpoint_pw"_s));
    const auto right = std::make_shared<OnePassword>(TestPostgres::passwordOfRole());
    const auto opened = openPostgres(target, {}, right);
    QVERIFY2(opened.ok(), opened.ok() ? "" : qPrintable(opened.error().text()));
    QCOMPARE(right->asked, 1);
    QVERIFY((*opened)->database().password().isEmpty());
    QVERIFY((*opened)->openSibling().ok());
    QCOMPARE(right->asked, 1);

    const auto wrong = std::make_shared<OnePassword>(u"wrong"_s);
    const auto refused = openPostgres(target, {}, wrong);
    QCOMPARE(refused.error().kind, ErrorKind::Unreachable);
    QVERIFY2(refused.error().message.contains("password authentication failed"_L1),
             qPrintable(refused.error().message));
    QCOMPARE(wrong->asked, 1);
    const auto unused = std::make_shared<OnePassword>(u"x"_s);
    QVERIFY(openPostgres(postgresTarget(m_database->uri()), {}, unused).ok());
    QCOMPARE(unused->asked, 0);
}

void TestPostgresConnection::conninfoParameters_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QByteArray>("ask");
    QTest::addColumn<QString>("answer");
    QTest::newRow("application name") << u"application_name=my%20'tool'"_s << "SHOW application_name"_ba
                                      << u"my 'tool'"_s;
    QTest::newRow("options") << u"options=-c%20work_mem%3D7MB"_s << "SHOW work_mem"_ba << u"7MB"_s;
    QTest::newRow("session attributes") << u"target_session_attrs=read-write&sslmode=disable"_s
                                        << "SHOW transaction_read_only"_ba << u"off"_s;
    QTest::newRow("two hosts, the first dead") << u"hosts"_s << "SELECT 1"_ba << u"1"_s;
}

void TestPostgresConnection::conninfoParameters()
{
    QFETCH(QString, query);
    QFETCH(QByteArray, ask);
    QFETCH(QString, answer);
    QString uri = m_database->uri();
    if (query == "hosts"_L1)
        uri.replace("@127.0.0.1"_L1, "@127.0.0.1:1,127.0.0.1"_L1);
    else
        uri += u'?' + query;
    const auto opened = openPostgres(postgresTarget(uri), {}, nullptr);
    QVERIFY2(opened.ok(), opened.ok() ? "" : qPrintable(opened.error().text()));
    QCOMPARE(first((*opened)->query(statement(ask))), answer);
}

QTEST_GUILESS_MAIN(TestPostgresConnection)
#include "tst_postgresconnection.moc"
