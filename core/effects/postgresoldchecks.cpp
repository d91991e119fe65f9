// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresoldchecks.h"

#include "effects/postgresaside.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// Of a partition also the columns that tell whether a row is in it: those that depend on the partitioned table.
constexpr auto checksQuery = R"sql(
SELECT k.oid::int8, k.conrelid::int8, k.conname, a.names, a.types
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
       CROSS JOIN LATERAL (
         SELECT array_agg(n.attname) AS names
           FROM pg_partition_ancestors(c.oid) ancestor
                JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = ancestor AND d.deptype = 'i'
                                AND d.refclassid = d.classid AND d.refobjid = ancestor AND d.refobjsubid = 0
                JOIN pg_attribute n ON n.attrelid = ancestor AND n.attnum = d.objsubid) parting
       CROSS JOIN LATERAL (
         SELECT coalesce(jsonb_agg(t.attname ORDER BY t.attnum), '[]') AS names,
                coalesce(jsonb_agg(format_type(t.atttypid, t.atttypmod)
                                   || CASE WHEN t.attcollation <> y.typcollation
                                           THEN ' COLLATE ' || t.attcollation::regcollation ELSE '' END
                                   ORDER BY t.attnum), '[]') AS types
           FROM pg_attribute t JOIN pg_type y ON y.oid = t.atttypid
          WHERE t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped
            AND (t.attnum = ANY (k.conkey) OR t.attname = ANY (parting.names))) a
 WHERE k.contype = 'c' AND NOT k.convalidated AND k.conrelid = ANY ($1::int8[]::oid[]) ORDER BY 1)sql";

// It locks the tables to print them.
constexpr auto conditionsQuery = "SELECT pg_get_expr(conbin, conrelid), pg_get_partition_constraintdef(conrelid)"
                                 " FROM pg_constraint WHERE oid = ANY ($1::int8[]::oid[]) ORDER BY oid";

struct OldCheck
{
    QString name;
    QStringList columns;
    QStringList types;
    QString partition; // of which it is the check
    QByteArray condition {};
    QByteArray within {}; // what is true of the partition's rows; empty: of all

    /// Rows of another partition hold to it, and are not even asked.
    [[nodiscard]] QByteArray conditionWithin() const
    {
        return "CASE WHEN " + within + " THEN (" + condition + ") ELSE true END";
    }
    /// An updated row may have come from another partition than it is in now.
    [[nodiscard]] bool isPartitionKnown(RowView row) const
    {
        return within.isEmpty() || row.change() == ChangeKind::Delete;
    }
};

OldCheck checkOf(const Row& row, const PostgresRelation& relation)
{
    return { row.at(2).toText(), namesIn(row.at(3)), namesIn(row.at(4)), relation.shownPartition() };
}

QJsonValue jsonOf(const Value& value)
{
    if (value.isNull())
        return {};
    if (value.kind() == Value::Kind::Blob)
        return "\\x"_L1 + QString::fromLatin1(value.toBytes().toHex());
    return value.display();
}

/// Whether some of these rows, a JSON array of arrays of texts, fail it.
Statement failsAny(const Connection& connection, const OldCheck& check, const QByteArray& condition,
                   const QJsonArray& rows)
{
    QByteArrayList columns;
    for (qsizetype i = 0; i < check.columns.size(); ++i)
        columns.append("(r ->> " + QByteArray::number(i) + ")::" + check.types.at(i).toUtf8() + " AS "
                       + connection.quoted(check.columns.at(i)));
    return { "SELECT EXISTS (SELECT FROM (SELECT " + columns.join(", ")
                 + " FROM jsonb_array_elements($1::jsonb) r) holdpoint_rows WHERE (" + condition + ") IS FALSE)",
             { Value::text(QString::fromUtf8(QJsonDocument(rows).toJson(QJsonDocument::Compact))) } };
}

/// None: the check cannot be asked, as it may use what the batch locks, or the row as a whole.
Result<std::optional<bool>> ask(PostgresConnection& before, const Statement& question)
{
    const auto answer = askAside(before, { question });
    if (!answer)
        return answer.error();
    return *answer ? std::optional((*answer)->first().rows.at(0).at(0).toBoolean()) : std::nullopt;
}

/// Whether some old row of which it `isAsked` fails the condition. None: not known.
template <typename IsAsked>
Result<std::optional<bool>> isFailed(PostgresConnection& before, const OldCheck& check, const QByteArray& condition,
                                     const TableEffects& table, IsAsked isAsked)
{
    constexpr qsizetype rowsAtOnce = 5000;
    QList<int> places;
    for (const QString& column : check.columns)
        places.append(static_cast<int>(table.columns.indexOf(column)));
    if (places.contains(-1)) // it was not read
        return std::optional<bool>();
    QJsonArray rows;
    for (const RowView row : table.rows.views()) {
        if (row.before().count == 0 || !isAsked(row))
            continue;
        const Row old = row.decoded().before;
        QJsonArray values;
        for (const int place : places)
            values.append(jsonOf(old.at(place)));
        rows.append(values);
        if (rows.size() < rowsAtOnce)
            continue;
        const auto some = ask(before, failsAny(before, check, condition, std::exchange(rows, {})));
        if (!some || *some != false)
            return some;
    }
    return rows.isEmpty() ? Result<std::optional<bool>>(false) : ask(before, failsAny(before, check, condition, rows));
}

Result<std::optional<bool>> isFailed(PostgresConnection& before, const OldCheck& check, const TableEffects& table)
{
    const auto failed = isFailed(before, check, check.condition, table, [&](RowView row) {
        return check.isPartitionKnown(row) && (check.within.isEmpty() || row.partition() == check.partition);
    });
    if (!failed || *failed != false)
        return failed;
    return isFailed(before, check, check.conditionWithin(), table,
                    [&](RowView row) { return !check.isPartitionKnown(row); });
}

/// Of these checks, in their order; none if somebody has locked what it takes to print them.
Result<std::optional<QList<Row>>> conditionsOf(PostgresConnection& now, const QList<Row>& checks)
{
    QList<qint64> oids;
    for (const Row& check : checks)
        oids.append(check.at(0).toInteger());
    const auto answer = askAside(now, { { conditionsQuery, { arrayOf(oids) }, true } });
    if (!answer)
        return answer.error();
    const bool whole = *answer && (*answer)->first().rows.size() == checks.size();
    return whole ? std::optional((*answer)->first().rows) : std::nullopt;
}

} // namespace

Result<QList<Caution>> oldChecks(const PostgresWorlds& worlds, const PostgresTouched::Found& found,
                                 const TargetEffects& effects)
{
    QList<Caution> cautions;
    QList<qint64> oids;
    for (const PostgresRelation& relation : found.tables)
        oids.append(relation.oid);
    if (!found.runsFunctions || oids.isEmpty()) // a table with a check is one that may run functions
        return cautions;
    const auto checks = worlds.now.query({ checksQuery, { arrayOf(oids) }, true });
    if (!checks)
        return checks.error();
    if (checks->rows.isEmpty())
        return cautions;
    const auto conditions = conditionsOf(worlds.now, checks->rows);
    if (!conditions)
        return conditions.error();
    for (qsizetype i = 0; i < checks->rows.size(); ++i) {
        const Row& row = checks->rows.at(i);
        const auto relation = std::ranges::find(found.tables, row.at(1).toInteger(), &PostgresRelation::oid);
        const auto table = std::ranges::find(effects.tables, relation->shownName(), &TableEffects::name);
        if (table == effects.tables.end())
            continue;
        OldCheck check = checkOf(row, *relation);
        Result<std::optional<bool>> failed = std::optional<bool>();
        if (*conditions) {
            check.condition = (*conditions)->at(i).at(0).toText().toUtf8();
            check.within = (*conditions)->at(i).at(1).isNull() ? "" : (*conditions)->at(i).at(1).toText().toUtf8();
            failed = isFailed(worlds.before(), check, *table);
        }
        if (!failed)
            return failed.error();
        const QString where = u"constraint %1 of %2.%3"_s.arg(check.name, table->name.schema, table->name.table);
        if (*failed == std::nullopt)
            cautions.append({ u"old-check"_s,
                              u"it is not known whether the old rows hold to the "_s + where
                                  + u", which is NOT VALID; if not, an undo fails while it is there"_s });
        else if (**failed)
            cautions.append({ u"old-check"_s,
                              u"old rows do not hold to the "_s + where
                                  + u", which is NOT VALID: an undo fails while it is there"_s });
    }
    cautions.erase(std::ranges::unique(cautions).begin(), cautions.end());
    return cautions;
}

} // namespace holdpoint
