// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgrescautions.h"

#include "support/postgrescapturing.h"

#include <QTest>

using namespace holdpoint;
using namespace Qt::StringLiterals;

namespace {

constexpr auto schema = R"sql(
CREATE TABLE plain(id int PRIMARY KEY, v text DEFAULT upper('x'), at timestamptz DEFAULT now(), CHECK (length(v) < 99));
CREATE TABLE audit(what text);
CREATE TABLE audited(id int PRIMARY KEY, v text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES (TG_OP || new.id); RETURN new; END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE ON audited FOR EACH ROW EXECUTE FUNCTION note();
CREATE TABLE child(id int PRIMARY KEY, audited int REFERENCES audited ON DELETE CASCADE);

CREATE FUNCTION tell(text) RETURNS void LANGUAGE sql AS $$ SELECT pg_notify('deep', $1) $$;
CREATE FUNCTION atomically() RETURNS void LANGUAGE sql BEGIN ATOMIC SELECT tell('x'); END;
CREATE FUNCTION telling() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM tell('x'); NOTIFY shallow; RETURN new; END $$;
CREATE TABLE told(id int PRIMARY KEY); CREATE TRIGGER telling BEFORE INSERT ON told FOR EACH ROW EXECUTE FUNCTION telling();
CREATE TABLE asleep(id int); CREATE TRIGGER telling BEFORE INSERT ON asleep FOR EACH ROW EXECUTE FUNCTION telling();
ALTER TABLE asleep DISABLE TRIGGER telling;
CREATE VIEW shown AS SELECT id FROM plain; CREATE TRIGGER telling INSTEAD OF INSERT ON shown FOR EACH ROW EXECUTE FUNCTION telling();
CREATE TABLE ruled(id int); CREATE RULE r AS ON INSERT TO ruled DO ALSO SELECT tell('rule');
CREATE FUNCTION loud_default() RETURNS int LANGUAGE plpgsql AS $$ BEGIN NOTIFY preset; RETURN 1; END $$;
CREATE VIEW telling_view AS SELECT id, tell('v')::text AS told FROM plain;
CREATE TABLE preset(id int DEFAULT loud_default());
CREATE TABLE older(v int, j json, CHECK (v < 100)); INSERT INTO older VALUES (-1, '{}'), (2, '[]');
ALTER TABLE older ADD CONSTRAINT positive CHECK (v > 0) NOT VALID;
ALTER TABLE older ADD CONSTRAINT listed CHECK (json_typeof(j) <> 'object' OR v < 0) NOT VALID;
CREATE TABLE parted(id int, v int) PARTITION BY LIST (id);
CREATE TABLE parted_one(v int, id int); ALTER TABLE parted ATTACH PARTITION parted_one FOR VALUES IN (1);
CREATE TABLE parted_two PARTITION OF parted FOR VALUES IN (2) PARTITION BY HASH ((v + 1));
CREATE TABLE parted_low PARTITION OF parted_two FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO parted VALUES (1, -1), (2, -2);
ALTER TABLE parted_one ADD CONSTRAINT positive CHECK (10 / (v + 2) < 5) NOT VALID; -- an error of the other row
ALTER TABLE parted_low ADD CONSTRAINT even CHECK (v % 2 = 0 AND v > 0) NOT VALID;

CREATE FUNCTION native(float8) RETURNS void LANGUAGE internal VOLATILE AS 'pg_sleep';
CREATE FUNCTION native_stable(float8) RETURNS float8 LANGUAGE internal IMMUTABLE AS 'dsqrt';
CREATE FUNCTION setting() RETURNS void LANGUAGE plpgsql AS $$ BEGIN SET work_mem = '9MB'; END $$;
CREATE FUNCTION program() RETURNS void LANGUAGE plpgsql AS $$ BEGIN IF false THEN COPY audit TO PROGRAM 'cat'; END IF; END $$;
CREATE FUNCTION itself(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN $1 < 1 THEN 1 ELSE itself($1 - 1) END; END $$;
CREATE SCHEMA hidden; CREATE FUNCTION hidden.inner_one() RETURNS void LANGUAGE sql AS $$ SELECT pg_notify('home', '') $$;
CREATE FUNCTION hidden.outer_one() RETURNS void LANGUAGE plpgsql SET search_path = hidden, pg_catalog AS
  $$ BEGIN PERFORM inner_one(); END $$;
CREATE FUNCTION public.pg_read_file(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE EXTENSION dblink; CREATE EXTENSION pgcrypto; CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
)sql";

} // namespace

class TestPostgresCautions : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cautions_data();
    void cautions();
    void suppressedTriggersTellNothing();
    void givesAdvisoryLocksBack_data();
    void givesAdvisoryLocksBack();

private:
    [[nodiscard]] QStringList cautionsOf(const QStringList& statements, ConnectionOptions options = {}) const;

    std::unique_ptr<TestPostgres> m_database;
};

void TestPostgresCautions::initTestCase()
{
    if (!TestPostgres::available())
        QSKIP(TestPostgres::whyNot());
    m_database = std::make_unique<TestPostgres>(schema);
}

QStringList TestPostgresCautions::cautionsOf(const QStringList& statements, ConnectionOptions options) const
{
    const auto connection = connectTo(*m_database, options);
    PostgresCapturing capturing(*connection);
    const TargetEffects effects = capturing.runAll(statements);
    QStringList texts;
    for (const Error& error : capturing.errors())
        texts.append("error: "_L1 + error.text());
    for (const Caution& caution : effects.cautions)
        texts.append(caution.code + ": "_L1 + caution.text);
    return texts;
}

void TestPostgresCautions::cautions_data()
{
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<QStringList>("expected");
    const auto add = [](const char* name, const QStringList& statements, const QStringList& expected) {
        QTest::newRow(name) << statements << expected;
    };
    add("harmless: rows, defaults, checks",
        { u"INSERT INTO plain(id) VALUES (1)"_s, u"UPDATE plain SET v = lower(v)"_s }, {});
    add("harmless: an audit trigger and a cascade",
        { u"INSERT INTO audited VALUES (1, 'a')"_s, u"INSERT INTO child VALUES (1, 1)"_s, u"DELETE FROM audited"_s },
        {});
    add("harmless: a function that calls itself", { u"SELECT itself(3)"_s }, {});
    add("harmless: LOCAL settings",
        { u"SET LOCAL work_mem = '8MB'"_s, u"SELECT set_config('work_mem', '9MB', true)"_s }, {});
    add("harmless: a lock of the transaction", { u"SELECT pg_advisory_xact_lock(5)"_s }, {});
    add("harmless: an extension that the server trusts", { u"SELECT gen_random_bytes(3), public.gen_salt('md5')"_s },
        {});
    add("harmless: native, but not volatile", { u"SELECT native_stable(4)"_s }, {});
    add("harmless: another function of that name", { u"SELECT public.pg_read_file(1)"_s }, {});
    add("harmless: a trigger that is disabled", { u"INSERT INTO asleep VALUES (1)"_s }, {});

    add("old rows that fail a check", { u"UPDATE older SET v = 5, j = '[1]' WHERE v = -1"_s },
        { u"old-check: old rows do not hold to the constraint positive of public.older, which is NOT VALID: an undo "
          u"fails"
          " while it is there"_s });
    const QString oldCheck
        = u"old-check: old rows do not hold to the constraint %1 of public.older, which is NOT VALID: an "
          "undo fails while it is there"_s;
    add("old rows of a table that is locked", { u"TRUNCATE older"_s }, { oldCheck.arg(u"positive"_s) });
    add("old rows that fail a check of the batch",
        { u"ALTER TABLE older ADD CHECK (v < 0) NOT VALID"_s, u"DELETE FROM older WHERE v = 2"_s },
        { oldCheck.arg(u"older_v_check1"_s) });
    add("old rows that fail a check of no column",
        { u"ALTER TABLE older ADD CONSTRAINT never CHECK (1 = 2) NOT VALID"_s, u"DELETE FROM older WHERE v = 2"_s },
        { oldCheck.arg(u"never"_s) });
    add("harmless: old rows that failed a check that is no more",
        { u"ALTER TABLE older DROP CONSTRAINT positive"_s, u"DELETE FROM older WHERE v = -1"_s }, {});
    add("old rows whose column has another name now",
        { u"ALTER TABLE older RENAME v TO w"_s, u"DELETE FROM older WHERE w = -1"_s }, { oldCheck.arg(u"positive"_s) });
    const QString oldInPart
        = u"old-check: old rows do not hold to the constraint %1 of public.parted, which is NOT VALID: an undo fails "
          "while it is there"_s;
    add("old rows of one partition", { u"DELETE FROM parted WHERE id = 1"_s }, { oldInPart.arg(u"positive"_s) });
    add("old rows of another partition", { u"DELETE FROM parted WHERE id = 2"_s }, { oldInPart.arg(u"even"_s) });
    add("old rows of a partition, new ones of another",
        { u"DELETE FROM parted WHERE id = 2"_s, u"INSERT INTO parted VALUES (1, 5)"_s }, { oldInPart.arg(u"even"_s) });
    add("an old row that moves to another partition", { u"UPDATE parted SET id = 2, v = 8 WHERE id = 1"_s },
        { oldInPart.arg(u"positive"_s) });
    add("an old row that stays in its partition", { u"UPDATE parted SET v = v + 20 WHERE id = 2"_s },
        { oldInPart.arg(u"even"_s) });
    add("old rows of partitions that are locked", { u"TRUNCATE parted"_s },
        { oldInPart.arg(u"even"_s), oldInPart.arg(u"positive"_s) });
    add("harmless: old rows that hold to it", { u"UPDATE older SET v = 5 WHERE v = 2"_s }, {});

    add("NOTIFY", { u"NOTIFY shop, 'x'"_s }, { u"notify: a notification is sent on channel shop at the commit"_s });
    add("pg_notify", { u"SELECT pg_notify('shop', 'x')"_s },
        { u"notify: a notification is sent on channel shop at the commit"_s });
    add("pg_notify of a value", { u"SELECT pg_notify(v, 'x') FROM plain"_s },
        { u"notify: a notification is sent on a channel that is named at run time at the commit"_s });
    add("in a trigger, and what it calls", { u"INSERT INTO told VALUES (1)"_s },
        { u"notify: a notification is sent on channel deep at the commit (by function public.tell)"_s,
          u"notify: a notification is sent on channel shallow at the commit (by function public.telling)"_s });
    add("in a view's trigger", { u"INSERT INTO shown VALUES (1)"_s },
        { u"notify: a notification is sent on channel deep at the commit (by function public.tell)"_s,
          u"notify: a notification is sent on channel shallow at the commit (by function public.telling)"_s });
    add("in a rule", { u"INSERT INTO ruled VALUES (1)"_s },
        { u"notify: a notification is sent on channel deep at the commit (by function public.tell)"_s });
    add("in a view that is read", { u"UPDATE plain SET v = 'z' FROM telling_view t WHERE t.id = plain.id"_s },
        { u"notify: a notification is sent on channel deep at the commit (by function public.tell)"_s });
    add("in a default", { u"INSERT INTO preset DEFAULT VALUES"_s },
        { u"notify: a notification is sent on channel preset at the commit (by function public.loud_default)"_s });
    add("in a body of the standard's form", { u"SELECT atomically()"_s },
        { u"notify: a notification is sent on channel deep at the commit (by function public.tell)"_s });
    add("found by the caller's own schema", { u"SELECT hidden.outer_one()"_s },
        { u"notify: a notification is sent on channel home at the commit (by function hidden.inner_one)"_s });
    add("in a DO block", { u"DO $$ BEGIN NOTIFY shop; END $$"_s },
        { u"notify: a notification is sent on channel shop at the commit"_s });

    add("dblink", { u"SELECT dblink_get_connections()"_s },
        { u"dblink: function public.dblink_get_connections works on another server by a connection of its own"_s });
    add("untrusted", { u"SELECT native(0)"_s },
        { u"untrusted-function: function public.native is written in internal, in which it may act outside of the database"_s });
    add("server files", { u"SELECT pg_catalog.pg_read_file('PG_VERSION')"_s },
        { u"server-file: pg_read_file reads or writes files of the server"_s });
    add("a program", { u"SELECT program()"_s },
        { u"copy-program: COPY runs the program cat on the server (by function public.program)"_s });
    add("settings", { u"SELECT set_config('work_mem', '9MB', false)"_s, u"SELECT setting()"_s },
        { u"session-setting: the session's setting work_mem is changed beyond the transaction"_s,
          u"session-setting: the session's setting work_mem is changed beyond the transaction (by function public.setting)"_s });
    add("the server itself", { u"SELECT pg_cancel_backend(0)"_s },
        { u"server-control: pg_cancel_backend acts on the server at once, whatever becomes of the transaction"_s,
          u"notice: WARNING: PID 0 is not a PostgreSQL server process"_s });
    add("temporary table", { u"CREATE TEMP TABLE here(id int)"_s },
        { u"temporary-table: temporary table here would stay in the session"_s });
}

void TestPostgresCautions::cautions()
{
    QFETCH(QStringList, statements);
    QFETCH(QStringList, expected);
    expected.removeIf([](const QString& text) { return text.startsWith("notice"_L1); }); // are told by the transaction
    QCOMPARE(cautionsOf(statements), expected);
}

void TestPostgresCautions::suppressedTriggersTellNothing()
{
    QCOMPARE(cautionsOf({ u"INSERT INTO told VALUES (1)"_s }, { .suppressTriggers = true }), QStringList());
}

void TestPostgresCautions::givesAdvisoryLocksBack_data()
{
    QTest::addColumn<QString>("statement");
    QTest::addColumn<bool>("named");
    QTest::newRow("called") << u"SELECT pg_advisory_lock(1, 7)"_s << true;
    QTest::newRow("hidden") << u"DO $$ BEGIN EXECUTE 'SELECT pg_advisory_lock(1, ' || 7 || ')'; END $$"_s << false;
}

void TestPostgresCautions::givesAdvisoryLocksBack()
{
    QFETCH(QString, statement);
    QFETCH(bool, named);
    const auto connection = connectTo(*m_database);
    PostgresCapturing capturing(*connection);
    const TargetEffects effects = capturing.runAll({ statement });
    QVERIFY(capturing.errors().isEmpty());
    QCOMPARE(effects.cautions.size(), named ? 2 : 1);
    QCOMPARE(effects.cautions.constLast(),
             (Caution {
                 u"advisory-lock"_s,
                 u"the session held advisory locks beyond the transaction, (1, 7); Holdpoint has given them back"_s }));
    QCOMPARE(m_database->scalar("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"), u"0"_s);
}

QTEST_GUILESS_MAIN(TestPostgresCautions)
#include "tst_postgrescautions.moc"
