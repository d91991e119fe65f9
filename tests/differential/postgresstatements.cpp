// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/postgresstatements.h"

#include "differential/postgrestypes.h"

using namespace Qt::StringLiterals;

namespace holdpoint::differential {

using Kind = WorldTable::Kind;
using Key = WorldTable::Key;

const WorldTable& Statements::table()
{
    return m_random.pick(m_world.tables);
}

const WorldTable& Statements::ordinary()
{
    const WorldTable* picked = &table();
    while (picked->kind == Kind::View)
        picked = &table();
    return *picked;
}

QString Statements::newName()
{
    return u"n%1"_s.arg(++m_world.names);
}

/// Now and then one partition or child instead of all.
QString Statements::name(const WorldTable& table)
{
    return table.leaves.isEmpty() || !m_random.chance(25) ? table.sql() : quoted(m_random.pick(table.leaves));
}

QString Statements::value(const WorldTable& table, const QString& column)
{
    if (m_random.chance(12))
        return u"NULL"_s;
    if (column == table.reference && table.textReference)
        return u"'k%1'"_s.arg(small());
    if (column == "v"_L1 || column == table.reference)
        return small();
    if (column == "s"_L1)
        return u"'s%1'"_s.arg(small());
    return literal(m_random.pick(randomTypes().at(table.typed.value(column)).values));
}

QString Statements::where(const WorldTable& table)
{
    switch (m_random.below(7)) {
    case 0: return u"v = "_s + small();
    case 1: return u"v % 4 = "_s + QString::number(m_random.below(4));
    case 2: return u"s LIKE '%"_s + small() + u"%'"_s;
    case 3: return u"v < (SELECT max(v) FROM "_s + this->table().sql() + u") - "_s + small();
    default: break;
    }
    if (table.key == Key::None)
        return u"v BETWEEN %1 AND 5"_s.arg(small());
    if (table.key == Key::Composite)
        return m_random.chance(50) ? u"a = "_s + QString::number(m_random.below(4)) : u"b = 'k%1'"_s.arg(small());
    return u"id IN (%1, %2)"_s.arg(literal(table.keyOf(m_random.below(14)).value(u"id"_s)),
                                   literal(table.keyOf(m_random.below(14)).value(u"id"_s)));
}

QString Statements::assignments(const WorldTable& table)
{
    QStringList sets;
    QMap<QString, QString> by { { u"v"_s, u"v + "_s + small() }, { u"s"_s, u"coalesce(s, '') || 'x'"_s } };
    for (auto column = table.typed.cbegin(); column != table.typed.cend(); ++column)
        by.insert(column.key(), value(table, column.key()));
    if (!table.reference.isEmpty())
        by.insert(table.reference, value(table, table.reference));
    if (table.key == Key::Composite && m_random.chance(40))
        by.insert(u"a"_s, u"(a + 1) % 4"_s);
    else if (table.key == Key::Deferrable && m_random.chance(40))
        by.insert(u"id"_s, u"id + 1"_s);
    else if ((table.key == Key::Int || table.key == Key::ByDefault || table.key == Key::Serial) && m_random.chance(25))
        by.insert(u"id"_s, u"id + 7"_s);
    else if (table.key == Key::Text && m_random.chance(25))
        by.insert(u"id"_s, u"id || 'y'"_s);
    const QStringList columns = by.keys();
    for (int i = m_random.between(1, 3); i > 0; --i) {
        const QString& column = m_random.pick(columns);
        if (by.contains(column))
            sets.append(quoted(column) + u" = "_s + (m_random.chance(10) ? quoted(column) : by.take(column)));
        by.remove(column);
    }
    return sets.isEmpty() ? u"v = v"_s : sets.join(u", "_s);
}

QString Statements::insert(const WorldTable& table)
{
    if (table.key == Key::Always && m_random.chance(20))
        return u"INSERT INTO %1 DEFAULT VALUES"_s.arg(table.sql());
    QStringList names { u"v"_s, u"s"_s };
    for (auto column = table.typed.cbegin(); column != table.typed.cend(); ++column)
        names.append(column.key());
    const bool serverKeys = table.key == Key::Always || table.key == Key::ByDefault || table.key == Key::Serial;
    const QStringList key = serverKeys && m_random.chance(70) ? QStringList() : table.keyColumns();
    QStringList columns;
    for (const QString& column : names + key)
        columns.append(quoted(column));
    QStringList rows;
    for (int i = m_random.between(1, 3); i > 0; --i) {
        const auto values = table.keyOf(m_random.between(10, 60));
        QStringList row;
        for (const QString& column : std::as_const(names))
            row.append(value(table, column));
        for (const QString& column : key)
            row.append(literal(values.value(column)));
        rows.append(u'(' + row.join(u", "_s) + u')');
    }
    return u"INSERT INTO %1 (%2)%3 VALUES %4"_s.arg(
        name(table), columns.join(u", "_s),
        table.key == Key::Always && !key.isEmpty() ? u" OVERRIDING SYSTEM VALUE"_s : QString(), rows.join(u", "_s));
}

QString Statements::insertSelect(const WorldTable& table)
{
    const QString other = this->table().sql();
    const QString rows = u"SELECT DISTINCT v, s FROM %1 WHERE v < %2"_s.arg(other, small());
    const QString numbered = u"(SELECT v, s, 100 + row_number() OVER (ORDER BY v, s) AS n FROM (%1) d) o"_s.arg(rows);
    if (table.key == Key::None || table.key == Key::Always || table.key == Key::Serial)
        return u"INSERT INTO %1 (v, s) SELECT v, s FROM %2 ORDER BY n"_s.arg(table.sql(), numbered);
    if (table.key == Key::Composite)
        return u"INSERT INTO %1 (a, b, v, s) SELECT n % 4, 'k' || n, v, s FROM %2"_s.arg(table.sql(), numbered);
    const QString key = table.key == Key::Text ? u"'k' || n"_s
        : table.key == Key::Uuid               ? u"md5(n::text)::uuid"_s
                                               : u"n"_s;
    return u"INSERT INTO %1 (id, v, s) SELECT %2, v, s FROM %3"_s.arg(table.sql(), key, numbered);
}

QString Statements::upsert(const WorldTable& table)
{
    if (table.key == Key::None || table.key == Key::Deferrable || table.kind == Kind::Parent || table.ruled)
        return insert(table);
    const auto key = table.keyOf(m_random.between(1, 16));
    QStringList values;
    for (const QString& part : key)
        values.append(literal(part));
    const QStringList columns = key.keys();
    const QString action = m_random.chance(30) ? u"DO NOTHING"_s
                                               : u"DO UPDATE SET v = excluded.v + 1, s = 'again'%1"_s.arg(
                                                   m_random.chance(30) ? u" WHERE excluded.v % 2 = 0"_s : QString());
    return u"INSERT INTO %1 (%2, v)%3 VALUES (%4, %5) ON CONFLICT (%2) %6"_s.arg(
        table.sql(), columns.join(u", "_s), table.key == Key::Always ? u" OVERRIDING SYSTEM VALUE"_s : QString(),
        values.join(u", "_s), small(), action);
}

QString Statements::merge(const WorldTable& table)
{
    if (table.kind == Kind::View || table.ruled || (table.key != Key::Int && table.key != Key::Deferrable))
        return upsert(table);
    return u"MERGE INTO %1 t USING (SELECT n AS id FROM generate_series(%2, %2 + 4) n) o ON o.id = t.id"
           " WHEN MATCHED AND t.v > %3 THEN DELETE WHEN MATCHED AND t.v = 1 THEN DO NOTHING"
           " WHEN MATCHED THEN UPDATE SET v = t.v + 3, s = 'merged'"
           " WHEN NOT MATCHED AND o.id % 2 = 0 THEN INSERT (id, v, s) VALUES (o.id, o.id, 'merged in')"_s.arg(
               table.sql(), small(), QString::number(m_random.below(6)));
}

QString Statements::writableCte(const WorldTable& table)
{
    const QString other = this->table().sql();
    switch (m_random.below(3)) {
    case 0:
        return u"WITH gone AS (DELETE FROM %1 WHERE %2 RETURNING v, s) INSERT INTO notes SELECT s || v FROM gone"_s.arg(
            table.sql(), where(table));
    case 1:
        return u"WITH changed AS (UPDATE %1 SET %2 WHERE %3 RETURNING v), more AS (INSERT INTO notes VALUES ('cte')"
               " RETURNING what) SELECT max(v) FROM changed"_s.arg(table.sql(), assignments(table), where(table));
    default:
        return u"WITH kept AS (INSERT INTO notes SELECT s FROM %1 WHERE %2 RETURNING what) UPDATE %3 SET %4"
               " WHERE v < (SELECT count(*) FROM kept)"_s.arg(table.sql(), where(table), other, u"s = 'counted'"_s);
    }
}

QString Statements::block(const WorldTable& table)
{
    const QString other = name(ordinary());
    switch (m_random.below(3)) {
    case 0:
        return u"DO $$ BEGIN UPDATE %1 SET %2 WHERE %3; BEGIN DELETE FROM %4; PERFORM 1 / 0; EXCEPTION WHEN"
               " division_by_zero THEN UPDATE %4 SET s = 'saved' WHERE v = %5; END; END $$"_s.arg(
                   table.sql(), assignments(table), where(table), other, small());
    case 1:
        return u"DO $$ DECLARE r record; BEGIN FOR r IN SELECT DISTINCT v FROM %1 ORDER BY v LOOP BEGIN"
               " UPDATE %2 SET s = 'loop' WHERE v = r.v; IF r.v % 3 = 1 THEN RAISE EXCEPTION 'no'; END IF;"
               " EXCEPTION WHEN raise_exception THEN INSERT INTO notes VALUES ('failed' || r.v); END;"
               " END LOOP; END $$"_s.arg(table.sql(), other);
    default:
        return u"DO $$ BEGIN EXECUTE format('DELETE FROM %1 WHERE v = %L', %2);"
               " PERFORM poke(%3); END $$"_s.arg(QString(other).replace(u'%', u"%%"_s), small(), small());
    }
}

QStringList Statements::changeRows()
{
    const WorldTable& table = this->table();
    const QString target = name(table);
    switch (m_random.below(26)) {
    case 0:
    case 1:
    case 2: return { u"UPDATE %1 SET %2 WHERE %3"_s.arg(target, assignments(table), where(table)) };
    case 3: return { u"DELETE FROM %1 WHERE %2"_s.arg(target, where(table)) };
    case 4:
    case 5: return { insert(table) };
    case 6: return { upsert(table) };
    case 7: return { insertSelect(table) };
    case 8:
        return { u"UPDATE %1 SET s = o.s FROM (SELECT v, max(s) AS s FROM %2 GROUP BY v) o WHERE o.v = %1.v"_s.arg(
            target, this->table().sql()) };
    case 9:
        return { u"DELETE FROM %1 USING %2 o WHERE o.v = %1.v AND o.v % 3 = %3"_s.arg(
            target, this->table().sql(), QString::number(m_random.below(3))) };
    case 10: return { merge(table) };
    case 11: return { writableCte(table) };
    case 12:
    case 13: return { block(table) };
    case 14: return { u"SELECT poke(%1)"_s.arg(small()) };
    case 15: return { u"CALL attempt(%1)"_s.arg(small()) };
    case 16:
        return { u"SELECT * FROM %1 WHERE v < %2 FOR %3"_s.arg(ordinary().sql(), small(),
                                                               m_random.chance(50) ? u"UPDATE"_s : u"KEY SHARE"_s) };
    case 17: return { u"UPDATE %1 SET %2 WHERE %3 RETURNING *"_s.arg(target, assignments(table), where(table)) };
    case 18: return { u"EXPLAIN (ANALYZE, TIMING OFF) DELETE FROM %1 WHERE %2"_s.arg(target, where(table)) };
    case 19:
        return { u"SET CONSTRAINTS ALL "_s + (m_random.chance(50) ? u"DEFERRED"_s : u"IMMEDIATE"_s),
                 u"UPDATE %1 SET %2 WHERE %3"_s.arg(target, assignments(table), where(table)) };
    case 20: {
        const QString cursor = newName();
        const WorldTable& read = ordinary();
        return { u"DECLARE %1 CURSOR FOR SELECT * FROM ONLY %2 WHERE v = %3 FOR UPDATE"_s.arg(cursor, read.sql(),
                                                                                              small()),
                 u"FETCH ALL FROM "_s + cursor, u"CLOSE "_s + cursor };
    }
    case 21: {
        const QString temporary = newName();
        return { u"CREATE TEMP TABLE %1 ON COMMIT DROP AS SELECT DISTINCT v FROM %2"_s.arg(temporary, table.sql()),
                 u"UPDATE %1 SET s = 'temp' WHERE v IN (SELECT v FROM %2)"_s.arg(target, temporary) };
    }
    case 23:
        return { u"UPDATE %1 SET (v, s) = (SELECT count(*), min(s) FROM %2 WHERE v = %1.v) WHERE %3"_s.arg(
            target, this->table().sql(), where(table)) };
    case 24:
        return { m_random.chance(50) ? u"SELECT lo_from_bytea(%1, 'made')"_s.arg(70000 + ++m_world.names)
                                     : u"SELECT lo_put(oid, 1, 'put') FROM pg_largeobject_metadata"_s };
    case 22: return { u"UPDATE counters SET n = n * 2"_s, u"INSERT INTO counters VALUES ('c%1', 0)"_s.arg(small()) };
    default: return { u"TRUNCATE "_s + (m_random.chance(50) ? u"notes"_s : target) };
    }
}

QString Statements::alter(const WorldTable& table)
{
    const QString begin = u"ALTER TABLE "_s + table.sql() + u' ';
    switch (m_random.below(10)) {
    case 0: return begin + u"ADD COLUMN "_s + newName() + u" int"_s;
    case 1: return begin + u"ADD COLUMN "_s + newName() + u" text DEFAULT 'filled'"_s;
    case 2: return begin + u"ADD COLUMN "_s + newName() + u" text GENERATED ALWAYS AS (lower(s)) STORED"_s;
    case 3: return begin + u"ALTER v TYPE bigint"_s;
    case 4: return begin + u"ALTER s TYPE varchar(40) USING upper(s)"_s;
    case 5: return begin + u"ALTER s SET DEFAULT 'altered'"_s;
    case 6: return begin + u"ADD CHECK (v < 1000) NOT VALID"_s;
    case 7: return begin + u"DISABLE TRIGGER USER"_s;
    case 8: return begin + u"SET (fillfactor = 50)"_s;
    default: break;
    }
    if (table.typed.isEmpty())
        return begin + u"ALTER v SET STATISTICS 10"_s;
    return begin + u"DROP COLUMN "_s + quoted(m_random.pick(table.typed.keys())) + u" CASCADE"_s;
}

QStringList Statements::changeSchema()
{
    const WorldTable& table = ordinary();
    switch (m_random.below(16)) {
    case 0:
    case 1:
        return { u"TRUNCATE %1%2%3"_s.arg(table.sql(), m_random.chance(50) ? u" RESTART IDENTITY"_s : QString(),
                                          m_random.chance(50) ? u" CASCADE"_s : QString()) };
    case 2: {
        const QString made = newName();
        return { u"CREATE TABLE %1 (id serial PRIMARY KEY, v int, s text)"_s.arg(made),
                 u"INSERT INTO %1 (v, s) SELECT v, s FROM %2 ORDER BY v, s"_s.arg(made, table.sql()) };
    }
    case 3: return { u"CREATE TABLE %1 AS SELECT * FROM %2 WHERE %3"_s.arg(newName(), table.sql(), where(table)) };
    case 4: return { u"DROP TABLE %1 CASCADE"_s.arg(table.sql()) };
    case 5: return { u"CREATE INDEX ON %1 (s)"_s.arg(table.sql()) };
    case 6: return { u"LOCK TABLE %1 IN ACCESS EXCLUSIVE MODE"_s.arg(table.sql()), insert(table) };
    case 7: return { u"CREATE OR REPLACE FUNCTION poke(n int) RETURNS int LANGUAGE sql AS 'SELECT %1'"_s.arg(small()) };
    case 8: return { u"REFRESH MATERIALIZED VIEW kept"_s };
    case 10:
        return { u"CREATE TABLE anew AS SELECT * FROM %1 WHERE %2"_s.arg(table.sql(), where(table)),
                 u"DROP TABLE "_s + table.sql(), u"ALTER TABLE anew RENAME TO "_s + table.sql() };
    case 9: return { u"COMMENT ON TABLE %1 IS %2"_s.arg(table.sql(), literal(newName())) };
    default: return { alter(table) };
    }
}

} // namespace holdpoint::differential
