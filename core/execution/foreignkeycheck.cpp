// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/foreignkeycheck.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// For each foreign key from or to the table $1.$2: its name, and a query that finds a row without its parent.
constexpr auto orphanQueries = R"(
SELECT k.conname, format('SELECT 1 FROM %s c WHERE %s AND NOT EXISTS (SELECT 1 FROM %s p WHERE %s) LIMIT 1',
                         k.conrelid::regclass,
                         string_agg(format('c.%I IS NOT NULL', a.attname), ' AND '),
                         k.confrelid::regclass,
                         string_agg(format('p.%I = c.%I', b.attname, a.attname), ' AND '))
  FROM pg_constraint k
 CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS u (own, other)
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own
  JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.other
 WHERE k.contype = 'f' AND k.convalidated AND k.conparentid = 0
   AND to_regclass(format('%I.%I', $1::text, $2::text)) IN (k.conrelid, k.confrelid)
 GROUP BY k.oid, k.conname, k.conrelid, k.confrelid)";

Error violated(const QString& constraint, const TableName& table)
{
    Error error
        = makeError(ErrorKind::Statement, u"Foreign key %1 would be violated"_s.arg(constraint), {},
                    u"A row that was added since refers to a row that this takes away, or the other way round"_s);
    error.sqlState = u"23503"_s;
    error.constraint = constraint;
    error.schema = table.schema;
    error.table = table.table;
    return error;
}

} // namespace

Result<void> checkForeignKeys(TransactionContext& transaction, const TargetEffects& effects)
{
    if (transaction.engine() != EngineKind::PostgreSQL)
        return {}; // SQLite's capture asks PRAGMA foreign_key_check
    for (const TableEffects& table : effects.tables) {
        const auto checks
            = transaction.query({ orphanQueries, { Value::text(table.name.schema), Value::text(table.name.table) } });
        if (!checks)
            return checks.error();
        for (const Row& check : checks->rows) {
            const auto orphans = transaction.query({ check.at(1).toText().toUtf8(), {} });
            if (!orphans)
                return orphans.error();
            if (!orphans->rows.isEmpty())
                return violated(check.at(0).toText(), table.name);
        }
    }
    return {};
}

} // namespace holdpoint
