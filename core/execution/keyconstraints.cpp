// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/keyconstraints.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// The changed tables ($1 schemas, $2 names, as JSON) with their partitions: a constraint may belong to one partition
// alone.
constexpr auto family = R"sql(
WITH family AS (
  SELECT t.place, t.oid AS root, coalesce(p.relid, t.oid)::oid AS oid
    FROM (SELECT u.place, to_regclass(format('%I.%I', u.schema, u.name))::oid AS oid
            FROM ROWS FROM (json_array_elements_text($1::json), json_array_elements_text($2::json))
                 WITH ORDINALITY u (schema, name, place)) t
    LEFT JOIN LATERAL pg_partition_tree(t.oid) p ON true),
names AS (
  SELECT c.oid, CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || c.oid::regclass AS text,
         n.nspname || '.' || c.relname AS told
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace),
operators AS (
  SELECT o.oid, format(' OPERATOR(%I.%s) ', n.nspname, o.oprname) AS text
    FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace),
)sql";

// Rows without a parent. The key of a partition alone is asked of the rows that are in it; a key that is not
// validated says nothing of rows that are put back as they were, but a parent may not be taken from a row.
constexpr auto foreignKeys = R"sql(
keys AS (
  SELECT k.oid, k.conname, k.conrelid, k.confrelid, k.convalidated,
         array_agg(a.attname ORDER BY u.n) AS own, array_agg(b.attname ORDER BY u.n) AS other,
         string_agg('v.hp' || u.n, ', ' ORDER BY u.n) AS places,
         string_agg(format('json_array_elements_text($%s::json)', u.n), ', ' ORDER BY u.n) AS arrays,
         string_agg('hp' || u.n, ', ' ORDER BY u.n) AS aliases,
         string_agg(format('p.%I%sv.hp%s::%s', b.attname, e.text, u.n, format_type(a.atttypid, a.atttypmod)), ' AND ') AS parent_of_kept,
         string_agg(format('c.%I = v.hp%s::%s', a.attname, u.n, format_type(a.atttypid, a.atttypmod)), ' AND ') AS row_of_kept,
         string_agg(format('v.hp%s::%s%sc.%I', u.n, format_type(b.atttypid, b.atttypmod), e.text, a.attname), ' AND ') AS child_of_gone,
         string_agg(format('p.%I%sv.hp%s::%s', b.attname, s.text, u.n, format_type(b.atttypid, b.atttypmod)), ' AND ') AS parent_of_gone,
         string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ') AS named,
         string_agg(format('p.%I%sc.%I', b.attname, e.text, a.attname), ' AND ') AS parent_of_row
    FROM pg_constraint k
   CROSS JOIN LATERAL unnest(k.conkey, k.confkey, k.conpfeqop, k.conppeqop) WITH ORDINALITY AS u (own, other, eq, same, n)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own
    JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.other
    JOIN operators e ON e.oid = u.eq JOIN operators s ON s.oid = u.same
   WHERE k.contype = 'f' AND k.conparentid = 0
     AND (k.conrelid IN (SELECT oid FROM family) OR k.confrelid IN (SELECT oid FROM family))
   GROUP BY k.oid, k.conname, k.conrelid, k.confrelid, k.convalidated),
full_checks AS (
  SELECT k.*, c.text AS child, p.text AS parent, c.told AS child_told, p.told AS parent_told,
         format('SELECT 1 FROM %s c WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s) LIMIT 1',
                c.text, k.named, p.text, k.parent_of_row) AS everything
    FROM keys k JOIN names c ON c.oid = k.conrelid JOIN names p ON p.oid = k.confrelid)
SELECT k.conname, false, f.place, to_json(k.own)::text,
       format('SELECT %s FROM ROWS FROM (%s) v (%s) WHERE %sNOT EXISTS (SELECT FROM %s p WHERE %s)', k.places,
              k.arrays, k.aliases,
              CASE WHEN k.conrelid = f.root THEN ''
                   ELSE format('EXISTS (SELECT FROM %s c WHERE %s) AND ', k.child, k.row_of_kept) END,
              k.parent, k.parent_of_kept), k.everything, k.child_told, k.parent_told, to_json(k.own)::text, ''
  FROM full_checks k JOIN family f ON f.oid = k.conrelid WHERE k.convalidated
UNION ALL
SELECT k.conname, true, f.place, to_json(k.other)::text,
       format('SELECT %s FROM ROWS FROM (%s) v (%s) WHERE EXISTS (SELECT FROM %s c WHERE %s)'
              ' AND NOT EXISTS (SELECT FROM %s p WHERE %s)', k.places, k.arrays, k.aliases,
              k.child, k.child_of_gone, k.parent, k.parent_of_gone), k.everything, k.child_told, k.parent_told,
       to_json(k.own)::text,
       format('SELECT %s, count(*) FROM ROWS FROM (%s) v (%s) JOIN %s c ON %s GROUP BY %s', k.places, k.arrays,
              k.aliases, k.child, k.child_of_gone, k.places)
  FROM full_checks k JOIN family f ON f.oid = k.confrelid
 ORDER BY 1, 2, 3)sql";

// What a deferrable key forbids is found by a trigger too. An operator of an exclusion also holds between a row
// and itself, so two rows are one too many.
constexpr auto deferrableKeys = R"sql(
keys AS (
  SELECT k.oid, k.conname, k.conrelid, k.contype, 0 = ANY (k.conkey) AS opaque, i.indpred,
         coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false) AS nulls_equal,
         pg_get_expr(i.indpred, i.indrelid) AS condition
    FROM pg_constraint k JOIN pg_index i ON i.indexrelid = k.conindid
   WHERE k.contype IN ('p', 'u', 'x') AND k.condeferrable AND k.conparentid = 0
     AND k.conrelid IN (SELECT oid FROM family)),
columns AS (
  SELECT k.oid, array_agg(a.attname ORDER BY u.n) AS own,
         string_agg('v.hp' || u.n, ', ' ORDER BY u.n) AS places,
         string_agg(format('json_array_elements_text($%s::json)', u.n), ', ' ORDER BY u.n) AS arrays,
         string_agg('hp' || u.n, ', ' ORDER BY u.n) AS aliases,
         string_agg(format(CASE WHEN k.nulls_equal THEN '(t.%1$I%2$sv.hp%3$s::%4$s OR t.%1$I IS NULL AND v.hp%3$s IS NULL)'
                ELSE 't.%1$I%2$sv.hp%3$s::%4$s' END,
                a.attname, o.text, u.n, format_type(a.atttypid, a.atttypmod)), ' AND ') AS same,
         string_agg(format(CASE WHEN k.nulls_equal THEN '(t.%1$I%2$sc.%1$I OR t.%1$I IS NULL AND c.%1$I IS NULL)'
                ELSE 't.%1$I%2$sc.%1$I' END, a.attname, o.text), ' AND ') AS alike
    FROM keys k JOIN pg_constraint q ON q.oid = k.oid JOIN pg_index i ON i.indexrelid = q.conindid
   CROSS JOIN LATERAL unnest(q.conkey, q.conexclop, i.indclass::oid[]) WITH ORDINALITY AS u (own, exclusion, class, n)
    JOIN pg_opclass l ON l.oid = u.class
    LEFT JOIN pg_amop m ON q.contype <> 'x' AND m.amopfamily = l.opcfamily AND m.amopstrategy = 3
         AND m.amoplefttype = l.opcintype AND m.amoprighttype = l.opcintype
    JOIN operators o ON o.oid = coalesce(u.exclusion, m.amopopr)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own
   GROUP BY k.oid)
SELECT k.conname, false, f.place, to_json(c.own)::text,
       format('SELECT %s FROM ROWS FROM (%s) v (%s) WHERE 1 < (SELECT count(*) FROM (SELECT FROM %s t WHERE %s%s LIMIT 2) s)',
              c.places, c.arrays, c.aliases, n.text, c.same, coalesce(' AND ' || k.condition, '')),
       format('SELECT 1 FROM %s c WHERE 1 < (SELECT count(*) FROM (SELECT FROM %s t WHERE %s LIMIT 2) s) LIMIT 1',
              n.text, n.text, c.alike), k.opaque, k.nulls_equal
  FROM keys k JOIN family f ON f.oid = k.conrelid LEFT JOIN columns c ON c.oid = k.oid JOIN names n ON n.oid = k.conrelid
 ORDER BY 1, 3)sql";

Value jsonOf(const QJsonArray& values)
{
    return Value::text(QString::fromUtf8(QJsonDocument(values).toJson(QJsonDocument::Compact)));
}

QList<Value> changedTables(const TargetEffects& effects)
{
    QJsonArray schemas;
    QJsonArray names;
    for (const TableEffects& table : effects.tables) {
        schemas.append(table.name.schema);
        names.append(table.name.table);
    }
    return { jsonOf(schemas), jsonOf(names) };
}

QStringList textsOf(const Value& json)
{
    QStringList texts;
    for (const QJsonValue& text : QJsonDocument::fromJson(json.toText().toUtf8()).array())
        texts.append(text.toString());
    return texts;
}

ReferenceNames namesOf(const Row& row, int first)
{
    return { row.at(first).toText(), row.at(first + 1).toText(), textsOf(row.at(first + 2)) };
}

KeyQuestion questionOf(const Row& row, KeyQuestion::Rule rule)
{
    KeyQuestion question;
    question.rule = rule;
    question.constraint = row.at(0).display();
    question.about = row.at(1).toBoolean() ? KeySide::Gone : KeySide::Kept;
    question.table = row.at(2).toInteger() - 1;
    question.columns = textsOf(row.at(3));
    question.sql = row.at(4).toText().toUtf8();
    question.everything = row.at(5).toText().toUtf8();
    return question;
}

} // namespace

Result<QList<KeyQuestion>> keyQuestions(TransactionContext& transaction, const TargetEffects& effects)
{
    QList<KeyQuestion> questions;
    if (effects.tables.isEmpty())
        return questions;
    const auto keys = transaction.query({ QByteArray(family) + foreignKeys, changedTables(effects) });
    if (!keys)
        return keys.error();
    for (const Row& row : keys->rows) {
        questions.append(questionOf(row, KeyQuestion::Rule::Reference));
        questions.last().names = namesOf(row, 6);
        questions.last().counts = row.at(9).toText().toUtf8();
    }
    const auto deferred = transaction.query({ QByteArray(family) + deferrableKeys, changedTables(effects) });
    if (!deferred)
        return deferred.error();
    for (const Row& row : deferred->rows) {
        questions.append(questionOf(row, KeyQuestion::Rule::Unique));
        questions.last().nullsAreEqual = row.at(7).toBoolean();
        if (row.at(6).toBoolean())
            return makeError(ErrorKind::Statement,
                             u"exclusion constraint %1 is deferrable and on an expression, so it cannot be checked"
                             " while triggers are suppressed"_s.arg(questions.last().constraint));
    }
    return questions;
}

} // namespace holdpoint
