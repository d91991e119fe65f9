// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace holdpoint {

/// A schema with rows, and a change that an inverse batch must take back.
struct Case
{
    const char* name;
    const char* setUp;
    const char* change;
};

// What both engines understand.
inline const Case common[] = {
    { "one of each",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, NULL), (3, 'c');",
      "INSERT INTO t VALUES (4, NULL); UPDATE t SET v = 'b' WHERE id = 2; UPDATE t SET v = NULL WHERE id = 1;"
      "DELETE FROM t WHERE id = 3;" },
    { "composite key",
      "CREATE TABLE t(a INTEGER, b TEXT, v INTEGER, PRIMARY KEY (b, a)); INSERT INTO t VALUES (1, 'x', 1), (2, 'x', "
      "2);",
      "UPDATE t SET v = 3 WHERE a = 1; DELETE FROM t WHERE a = 2; INSERT INTO t VALUES (1, 'y', 9);" },
    { "odd names",
      "CREATE TABLE \"we\"\"ird t\"(\"a b\" INTEGER PRIMARY KEY, \"\"\"\" TEXT, \"select\" TEXT);"
      "CREATE TABLE \"no key\"(\"x y\" TEXT); INSERT INTO \"no key\" VALUES ('it''s'); INSERT INTO \"we\"\"ird t\" "
      "VALUES (1, 'a', 'b');",
      "UPDATE \"we\"\"ird t\" SET \"\"\"\" = 'c'; UPDATE \"no key\" SET \"x y\" = 'now \"so\"'; INSERT INTO \"no key\" "
      "VALUES ('?1 $1');" },
    { "a value that was unique goes to another row",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT UNIQUE); INSERT INTO t VALUES (1, 'x');",
      "DELETE FROM t; INSERT INTO t VALUES (2, 'x');" },
    { "a unique value passed on",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT UNIQUE); INSERT INTO t VALUES (1, 'x');",
      "UPDATE t SET mail = 'y' WHERE id = 1; INSERT INTO t VALUES (2, 'x');" },
    { "keys moved up",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, tag TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c');",
      "UPDATE t SET id = 4 WHERE id = 3; UPDATE t SET id = 3 WHERE id = 2; UPDATE t SET id = 2 WHERE id = 1;" },
    { "keys moved down",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, tag TEXT); INSERT INTO t VALUES (2, 'a'), (3, 'b'), (4, 'c');",
      "UPDATE t SET id = 1 WHERE id = 2; UPDATE t SET id = 2 WHERE id = 3; UPDATE t SET id = 3 WHERE id = 4;" },
    { "a key taken by a new row", "CREATE TABLE t(id INTEGER PRIMARY KEY, tag TEXT); INSERT INTO t VALUES (1, 'a');",
      "UPDATE t SET id = 9; INSERT INTO t VALUES (1, 'new');" },
    { "a key taken from a deleted row",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, tag TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b');",
      "DELETE FROM t WHERE id = 1; UPDATE t SET id = 1 WHERE id = 2;" },
    { "without key",
      "CREATE TABLE t(a TEXT, b INTEGER); INSERT INTO t VALUES ('x', 1), ('x', 1), ('y', NULL), (NULL, NULL);",
      "INSERT INTO t VALUES ('x', 1), (NULL, NULL); UPDATE t SET b = 7 WHERE a = 'y'; INSERT INTO t VALUES ('z', 3);" },
    { "without key, equal rows that a cascade reached",
      "CREATE TABLE p(a VARCHAR(9) UNIQUE); CREATE TABLE c(n INTEGER, g VARCHAR(9) REFERENCES p(a) ON UPDATE CASCADE);"
      "INSERT INTO p VALUES ('x'); INSERT INTO c VALUES (1, 'x'), (1, 'x');",
      "UPDATE p SET a = 'z';" },
    { "without key, rows gone",
      "CREATE TABLE t(a TEXT, b INTEGER); INSERT INTO t VALUES ('x', 1), ('x', 1), ('y', NULL), (NULL, NULL);",
      "DELETE FROM t WHERE a = 'x' OR a IS NULL;" },
    { "generated column",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, twice INTEGER GENERATED ALWAYS AS (a * 2) STORED);"
      "CREATE TABLE k(a INTEGER, twice INTEGER GENERATED ALWAYS AS (a * 2) STORED);"
      "INSERT INTO t(id, a) VALUES (1, 1), (2, 2); INSERT INTO k(a) VALUES (1), (2);",
      "UPDATE t SET a = 5 WHERE id = 1; DELETE FROM t WHERE id = 2; INSERT INTO t(id, a) VALUES (3, 3);"
      "UPDATE k SET a = 5 WHERE a = 1; DELETE FROM k WHERE a = 2;" },
    { "new parent and child",
      "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE a_child(id INTEGER PRIMARY KEY, p INTEGER REFERENCES "
      "p(id));",
      "INSERT INTO p VALUES (1), (2); INSERT INTO a_child VALUES (1, 2), (2, 2);" },
    { "parent and child cascaded away",
      "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE a_child(id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id) "
      "ON DELETE CASCADE);"
      "INSERT INTO p VALUES (1), (2); INSERT INTO a_child VALUES (1, 2), (2, 2), (3, 1);",
      "DELETE FROM p WHERE id = 2;" },
    { "parent gone, child set to NULL",
      "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE a_child(id INTEGER PRIMARY KEY, p INTEGER REFERENCES p(id) "
      "ON DELETE SET NULL);"
      "INSERT INTO p VALUES (1), (2); INSERT INTO a_child VALUES (1, 2), (2, 2), (3, 1);",
      "DELETE FROM p WHERE id = 2;" },
    { "child moved from an old parent to a new one",
      "CREATE TABLE p(id INTEGER PRIMARY KEY, mail TEXT UNIQUE); CREATE TABLE a_child(id INTEGER PRIMARY KEY, p "
      "INTEGER NOT NULL REFERENCES p(id));"
      "INSERT INTO p VALUES (1, 'x'); INSERT INTO a_child VALUES (1, 1);",
      "INSERT INTO p VALUES (2, 'y'); UPDATE a_child SET p = 2; DELETE FROM p WHERE id = 1;" },
    { "replaced beside an unrelated update",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT UNIQUE); CREATE TABLE u(id INTEGER PRIMARY KEY, t INTEGER "
      "REFERENCES t(id), v TEXT);"
      "INSERT INTO t VALUES (1, 'x'), (5, 'z'); INSERT INTO u VALUES (1, 5, 'a');",
      "DELETE FROM t WHERE id = 1; INSERT INTO t VALUES (2, 'x'); UPDATE u SET v = 'b';" },
    { "tree grown",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES t(id)); INSERT INTO t VALUES (5, NULL);",
      "INSERT INTO t VALUES (9, 5); INSERT INTO t VALUES (1, 9); INSERT INTO t VALUES (7, 1); INSERT INTO t VALUES (8, "
      "8);" },
    { "tree cut",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES t(id) ON DELETE CASCADE);"
      "INSERT INTO t VALUES (5, NULL); INSERT INTO t VALUES (9, 5); INSERT INTO t VALUES (1, 9); INSERT INTO t VALUES "
      "(7, 1);",
      "DELETE FROM t WHERE id = 9;" },
    { "key cascades to the child",
      "CREATE TABLE p(id INTEGER PRIMARY KEY, tag TEXT); CREATE TABLE c(id INTEGER PRIMARY KEY, p INTEGER REFERENCES "
      "p(id) ON UPDATE CASCADE, v TEXT);"
      "INSERT INTO p VALUES (1, 'a'); INSERT INTO c VALUES (1, 1, 'x'), (2, 1, 'y');",
      "UPDATE p SET id = 8; UPDATE c SET v = 'z' WHERE id = 2;" },
    { "key cascades into the child's key",
      "CREATE TABLE p(id INTEGER PRIMARY KEY, tag TEXT);"
      "CREATE TABLE c(p INTEGER REFERENCES p(id) ON UPDATE CASCADE, line INTEGER, tag TEXT, PRIMARY KEY (p, line));"
      "INSERT INTO p VALUES (1, 'a'); INSERT INTO c VALUES (1, 1, 'x'), (1, 2, 'y');",
      "UPDATE p SET id = 8;" },
    { "child refers to a unique column",
      "CREATE TABLE p(id INTEGER PRIMARY KEY, code TEXT UNIQUE); CREATE TABLE a_child(id INTEGER PRIMARY KEY, code "
      "TEXT REFERENCES p(code));"
      "INSERT INTO p VALUES (1, 'x');",
      "INSERT INTO p VALUES (2, 'y'); INSERT INTO a_child VALUES (1, 'x'), (2, 'y'); DELETE FROM a_child WHERE id = 1; "
      "DELETE FROM p WHERE id = 1;" },
    { "circle of deferred keys",
      "CREATE TABLE a(id INTEGER PRIMARY KEY, b INTEGER); CREATE TABLE b(id INTEGER PRIMARY KEY, a INTEGER REFERENCES "
      "a(id) DEFERRABLE INITIALLY DEFERRED);"
      "CREATE TABLE c(id INTEGER PRIMARY KEY, c INTEGER REFERENCES c(id) DEFERRABLE INITIALLY DEFERRED);",
      "INSERT INTO c VALUES (1, NULL), (2, 1); UPDATE c SET c = 2 WHERE id = 1; INSERT INTO a VALUES (1, 1); INSERT "
      "INTO b VALUES (1, 1);" },
};

// No order of updates gives every row its own back; foreign keys are looked at when all is done.
inline const Case exchanged[] = {
    { "two unique values exchanged",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, v TEXT); INSERT INTO t VALUES (1, 'x', 'a'), "
      "(2, 'y', "
      "'b'), (3, 'z', 'c');",
      "UPDATE t SET mail = '?' WHERE id = 1; UPDATE t SET mail = 'x', v = 'n' WHERE id = 2; UPDATE t SET mail = 'y' "
      "WHERE id = "
      "1;" },
    { "three unique values turned round, and one handed on",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, UNIQUE (a, b)); INSERT INTO t VALUES (1, 1, 0), "
      "(2, 2, 0), "
      "(3, 3, 0), (4, 4, NULL), (5, 5, 5);",
      "UPDATE t SET b = 1 WHERE id = 1; UPDATE t SET a = 1 WHERE id = 2; UPDATE t SET a = 2 WHERE id = 3; UPDATE t SET "
      "a = 3, b "
      "= 0 WHERE id = 1; UPDATE t SET a = 6 WHERE id = 5; INSERT INTO t VALUES (6, 5, 5);" },
    { "two keys exchanged",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, tag TEXT, v INTEGER UNIQUE); INSERT INTO t VALUES (1, 'a', 10), (2, 'b', "
      "20);",
      "UPDATE t SET id = 9 WHERE id = 1; UPDATE t SET id = 1 WHERE id = 2; UPDATE t SET id = 2 WHERE id = 9;" },
    { "text keys exchanged, with lines of their own",
      "CREATE TABLE p(k TEXT PRIMARY KEY, tag TEXT); CREATE TABLE c(p TEXT REFERENCES p(k) ON UPDATE CASCADE, line "
      "INTEGER, "
      "tag TEXT, PRIMARY KEY (p, line)); INSERT INTO p VALUES ('a', '1'), ('b', '2'); INSERT INTO c VALUES ('a', 1, "
      "'x'), ('b', "
      "1, 'y');",
      "UPDATE p SET k = '?' WHERE k = 'a'; UPDATE p SET k = 'a' WHERE k = 'b'; UPDATE p SET k = 'b' WHERE k = '?';" },
    { "unique expression",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT); CREATE UNIQUE INDEX by_mail ON t (lower(mail)); INSERT INTO "
      "t VALUES "
      "(1, 'Ada'), (2, 'Bob');",
      "UPDATE t SET mail = '?' WHERE id = 1; UPDATE t SET mail = 'ADA' WHERE id = 2; UPDATE t SET mail = 'BOB' WHERE "
      "id = 1;" },
    { "unique under a condition",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, open INTEGER); CREATE UNIQUE INDEX one_open ON t (n) WHERE "
      "open = 1; "
      "INSERT INTO t VALUES (1, 7, 1), (2, 7, 0), (3, 7, 0);",
      "UPDATE t SET open = 0 WHERE id = 1; UPDATE t SET open = 1 WHERE id = 2;" },
    { "rows that refer to each other in a ring",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, next INTEGER REFERENCES t(id)); INSERT INTO t VALUES (9, NULL);",
      "INSERT INTO t VALUES (1, NULL), (2, 1), (3, 2); UPDATE t SET next = 3 WHERE id = 1;" },
    { "a ring cut",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, next INTEGER REFERENCES t(id)); INSERT INTO t VALUES (1, NULL), (2, 1), "
      "(3, 2); "
      "UPDATE t SET next = 3 WHERE id = 1;",
      "UPDATE t SET next = NULL; DELETE FROM t WHERE id IN (1, 2);" },
    { "two tables that refer to each other",
      "CREATE TABLE a(id INTEGER PRIMARY KEY, b INTEGER); CREATE TABLE b(id INTEGER PRIMARY KEY, a INTEGER REFERENCES "
      "a(id)); "
      "INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1);",
      "INSERT INTO a VALUES (2, NULL); INSERT INTO b VALUES (2, 2); UPDATE a SET b = 2; DELETE FROM b WHERE id = 1;" },
};

inline const Case sqliteExchanged[] = {
    { "unique whatever the case",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, mail TEXT UNIQUE COLLATE NOCASE); INSERT INTO t VALUES (1, 'x'), (2, "
      "'y');",
      "UPDATE t SET mail = '?' WHERE id = 1; UPDATE t SET mail = 'X' WHERE id = 2; UPDATE t SET mail = 'Y' WHERE id = "
      "1;" },
    { "without rowid",
      "CREATE TABLE t(k TEXT PRIMARY KEY COLLATE NOCASE, tag INTEGER UNIQUE) WITHOUT ROWID; INSERT INTO t VALUES ('x', "
      "1), ('y', "
      "2);",
      "UPDATE t SET k = '?' WHERE k = 'x'; UPDATE t SET k = 'X' WHERE k = 'y'; UPDATE t SET k = 'Y' WHERE k = '?';" },
};

inline const Case postgresExchanged[] = {
    { "deferrable unique values exchanged",
      "CREATE TABLE t(id INTEGER PRIMARY KEY DEFERRABLE, n NUMERIC UNIQUE DEFERRABLE, tag TEXT); INSERT INTO t VALUES "
      "(1, 1.0, "
      "'a'), (2, 2.0, 'b')",
      "UPDATE t SET id = 3 - id, n = 3.00 - n" },
    { "ranges that must not overlap",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, r INT4RANGE, EXCLUDE USING gist (r WITH &&)); INSERT INTO t VALUES (1, "
      "'[1,5)'), "
      "(2, '[5,9)')",
      "UPDATE t SET r = NULL WHERE id = 1; UPDATE t SET r = '[1,4)' WHERE id = 2; UPDATE t SET r = '[4,9)' WHERE id = "
      "1" },
    { "a parent whose key its heirs have too",
      "CREATE TABLE p(id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE c() INHERITS (p); INSERT INTO p VALUES (1, 'a'); "
      "INSERT INTO "
      "c VALUES (1, 'b')",
      "UPDATE ONLY p SET v = 'z' WHERE id = 1; UPDATE c SET v = 'y'" },
};

inline const Case sqliteOnly[] = {
    { "every storage class, without key",
      "CREATE TABLE t(a, b TEXT COLLATE NOCASE); INSERT INTO t VALUES (1, 'a'), (1.0, 'a'), ('1', 'a'), (x'31', 'a'), "
      "(NULL, 'a');",
      "DELETE FROM t WHERE typeof(a) IN ('real', 'blob'); INSERT INTO t VALUES (1, 'A'), (9e999, 'b'), (CAST(x'ff00' "
      "AS TEXT), 'c');" },
    { "no names", "CREATE TABLE \"\"(\"\" INTEGER PRIMARY KEY, \" \"); INSERT INTO \"\" VALUES (1, 2), (3, 4);",
      "UPDATE \"\" SET \" \" = 5 WHERE \" \" = 2; DELETE FROM \"\" WHERE \" \" = 4;" },
    { "a column called rowid", "CREATE TABLE t(rowid TEXT, oid TEXT); INSERT INTO t VALUES ('a', 'b'), ('a', 'b');",
      "UPDATE t SET oid = 'c' WHERE _rowid_ = 1; INSERT INTO t VALUES ('a', 'c');" },
    { "NULL in a key",
      "CREATE TABLE t(k TEXT PRIMARY KEY, v TEXT); INSERT INTO t VALUES (NULL, 'a'), (NULL, 'b'), ('k', 'c');",
      "UPDATE t SET v = 'z' WHERE v = 'a'; INSERT INTO t VALUES (NULL, 'a'); DELETE FROM t WHERE k = 'k';" },
    { "WITHOUT ROWID",
      "CREATE TABLE t(k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID; INSERT INTO t VALUES ('a', x'00'), ('b', x'');",
      "UPDATE t SET v = x'ff' WHERE k = 'a'; DELETE FROM t WHERE k = 'b'; INSERT INTO t VALUES ('c', 1);" },
    { "virtual generated column",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, v AS (a + 1), a INTEGER); INSERT INTO t(id, a) VALUES (1, 1), (2, 2);",
      "UPDATE t SET a = 7 WHERE id = 1; DELETE FROM t WHERE id = 2;" },
    { "names in another case",
      "CREATE TABLE Parent(Id INTEGER PRIMARY KEY); CREATE TABLE child(id INTEGER PRIMARY KEY, p INTEGER REFERENCES "
      "PARENT(ID));",
      "INSERT INTO Parent VALUES (1); INSERT INTO child VALUES (1, 1);" },
    { "foreign key without columns",
      "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE a_child(id INTEGER PRIMARY KEY, p INTEGER REFERENCES p);",
      "INSERT INTO p VALUES (1); INSERT INTO a_child VALUES (1, 1);" },
    { "AUTOINCREMENT",
      "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT); INSERT INTO t VALUES (5, 'a'); DELETE FROM t "
      "WHERE id = 5; INSERT INTO t VALUES (3, 'b');",
      "DELETE FROM t WHERE id = 3;" },
};

inline const Case postgresOnly[] = {
    { "a table without columns", "CREATE TABLE t(); INSERT INTO t DEFAULT VALUES;", "INSERT INTO t DEFAULT VALUES" },
    { "identity",
      "CREATE TABLE t(id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v TEXT); INSERT INTO t(v) VALUES ('a'), "
      "('b');",
      "DELETE FROM t WHERE id = 1; INSERT INTO t(v) VALUES ('c'); UPDATE t SET v = 'd' WHERE id = 2" },
    { "identity without key",
      "CREATE TABLE t(tag INTEGER GENERATED ALWAYS AS IDENTITY, v TEXT); INSERT INTO t(v) VALUES ('a'), ('b');",
      "DELETE FROM t WHERE tag = 1; UPDATE t SET v = 'd' WHERE tag = 2" },
    { "types without equality",
      "CREATE TABLE t(j JSON, p POINT, x XML); CREATE TABLE k(id INTEGER PRIMARY KEY, j JSON, p POINT);"
      "INSERT INTO t VALUES ('{\"a\": 1}', '(1,2)', '<a/>'), (NULL, NULL, NULL); INSERT INTO k VALUES (1, '[1]', "
      "'(1,2)');",
      "UPDATE t SET j = '{\"a\":  1}' WHERE j IS NOT NULL; INSERT INTO t VALUES ('[]', '(0,0)', '<b/>'); UPDATE k SET "
      "j = '[ 1]'; "
      "INSERT INTO k VALUES (2, '{}', '(3,4)')" },
    { "equal but not the same",
      "CREATE TABLE t(n NUMERIC, c CHAR(4), i INTERVAL); INSERT INTO t VALUES (1.0, 'a', '24 hours'), (1.00, 'a', '1 "
      "day');",
      "DELETE FROM t WHERE n::text = '1.00'; INSERT INTO t VALUES (1.000, 'a', '1 day')" },
    { "many types",
      "CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE DOMAIN positive AS INTEGER CHECK (VALUE > 0); CREATE TYPE pair "
      "AS (a INTEGER, b TEXT);"
      "CREATE TABLE t(a BOOLEAN, b BYTEA, c FLOAT8, d TIMESTAMPTZ, e INTEGER[], f mood, g positive, h pair, i JSONB, j "
      "INT4RANGE, k UUID, l BIGINT, m VARCHAR(9));"
      "INSERT INTO t VALUES (true, '\\x00ff', 0.1, '2026-01-01 12:00:00.123456+02', '{1,NULL}', 'good', 3, '(1,\"x "
      "y\")', '{\"a\": [1]}', '[1,5)',"
      " 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 9223372036854775807, 'm');",
      "UPDATE t SET a = NULL, f = 'bad', c = 'NaN', e = '{}', h = NULL; INSERT INTO t(c, d) VALUES ('-Infinity', "
      "'infinity'), (-0.0, NULL)" },
    { "materialized views",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b');"
      "CREATE MATERIALIZED VIEW b AS SELECT v FROM t; CREATE MATERIALIZED VIEW \"a b\" AS SELECT count(*), v FROM b"
      " GROUP BY v;",
      "UPDATE t SET v = 'c' WHERE id = 2; REFRESH MATERIALIZED VIEW b; REFRESH MATERIALIZED VIEW \"a b\"" },
    { "partitions without key",
      "CREATE TABLE t(a INTEGER, v TEXT) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); "
      "CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2);"
      "INSERT INTO t VALUES (1, 'x'), (1, 'x'), (2, 'x');",
      "UPDATE t SET a = 2 WHERE ctid = '(0,1)' AND a = 1; DELETE FROM t WHERE a = 1; INSERT INTO t VALUES (1, 'n')" },
    { "inheritance",
      "CREATE TABLE p(id INTEGER, v TEXT); CREATE TABLE c() INHERITS (p); INSERT INTO p VALUES (1, 'x'); INSERT INTO c "
      "VALUES (1, 'x');",
      "INSERT INTO p VALUES (1, 'x'); UPDATE ONLY p SET v = 'y' WHERE ctid = '(0,1)'; UPDATE c SET v = 'z'" },
    { "other schema",
      "CREATE SCHEMA s; CREATE TABLE s.p(id INTEGER PRIMARY KEY); CREATE TABLE a_child(id INTEGER PRIMARY KEY, p "
      "INTEGER REFERENCES s.p(id));",
      "INSERT INTO s.p VALUES (1); INSERT INTO a_child VALUES (1, 1)" },
};

// What only the session of an undo may put back.
inline const Case sqliteUndo[] = {
    { "rows older than their check",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, v CHECK (typeof(v) = 'integer')); PRAGMA ignore_check_constraints = on;"
      "INSERT INTO t VALUES (1, 'bad'), (2, 'worse');",
      "UPDATE t SET v = 7 WHERE id = 1; DELETE FROM t WHERE id = 2" },
};

inline const Case postgresUndo[] = {
    { "a referenced key that became an equal one",
      "CREATE TABLE t(k NUMERIC PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1.0, 'a'), (2, 'b');"
      "CREATE TABLE c(id INTEGER PRIMARY KEY, k NUMERIC REFERENCES t ON UPDATE CASCADE); INSERT INTO c VALUES (1, "
      "1.0), "
      "(2, 2);",
      "UPDATE t SET k = 1.00, v = 'both' WHERE k = 1; UPDATE t SET k = 3 WHERE k = 2" },
    { "a key that became an equal one, beside others",
      "CREATE TABLE t(k NUMERIC PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1.0, 'a'), (2, 'b');"
      "CREATE TABLE c(id INTEGER PRIMARY KEY, k NUMERIC REFERENCES t ON UPDATE CASCADE); INSERT INTO c VALUES (1, "
      "1.0);",
      "INSERT INTO t VALUES (4, 'd'); UPDATE t SET k = 1.00 WHERE k = 1; UPDATE c SET k = 4; DELETE FROM t WHERE k = "
      "2" },
    { "without key, partitioned, equal rows",
      "CREATE TABLE t(a INTEGER, v TEXT) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);"
      "CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2); INSERT INTO t VALUES (1, 'x'), (1, 'x'), (1, 'x'), (2, 'x'), "
      "(2, 'y');",
      "UPDATE t SET v = 'y' WHERE a = 1; DELETE FROM t2 WHERE v = 'y'; INSERT INTO t VALUES (2, 'y'), (1, 'y')" },
    { "an identity that was given anew",
      "CREATE TABLE t(id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v TEXT); INSERT INTO t(v) VALUES ('a'), "
      "('b');"
      "CREATE TABLE c(t INTEGER REFERENCES t ON UPDATE CASCADE); INSERT INTO c VALUES (1), (1), (2);",
      "UPDATE t SET id = DEFAULT WHERE id = 1" },
    { "NULL that only one row may have, exchanged",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, u INTEGER, UNIQUE NULLS NOT DISTINCT (u)); INSERT INTO t VALUES (1, "
      "NULL), "
      "(2, 1);",
      "UPDATE t SET u = 5 WHERE id = 1; UPDATE t SET u = NULL WHERE id = 2; UPDATE t SET u = 1 WHERE id = 1" },
    { "array with NULL where the database reads it as a text",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT[]); INSERT INTO t VALUES (1, '{NULL,x}');"
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET array_nulls = off', current_database()); END $$",
      "UPDATE t SET a = '{y}'" },
    { "XML content where the database reads documents",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, x XML); INSERT INTO t VALUES (1, 'text'), (2, '<a/>');"
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET xmloption = document', current_database()); END $$",
      "DELETE FROM t" },
};

} // namespace holdpoint
