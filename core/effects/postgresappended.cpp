// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreslookup.h"
#include "effects/postgresquestions.h"
#include "effects/postgrestouched.h"

#include <algorithm>

// Rows that something inserted which told nothing of them, a trigger above all: behind the greatest number, else
// at the end of the table.

namespace holdpoint {

namespace {

constexpr qint64 leastPages = 8; // that are read at a table's end
constexpr qint64 rowsInPage = 16; // at least, if they are not long

constexpr auto sizesQuery = R"sql(
SELECT o::int8, pg_relation_size(o::int8::oid) / current_setting('block_size')::int8
  FROM unnest($1::int8[]) o WHERE current_setting('server_version_num')::int >= 140000)sql"; // TID range scans

} // namespace

QList<qint64> PostgresLookup::missingInserts() const
{
    QList<qint64> oids;
    for (const auto& [oid, table] : m_hypotheses) {
        if (table.relation().inserted > 0 && table.writesMissing() > 0)
            oids.append(oid);
    }
    return oids;
}

Result<void> PostgresLookup::searchAppended()
{
    const QList<qint64> oids = missingInserts();
    if (oids.isEmpty())
        return {};
    const auto columns = readRisingColumns(m_worlds.before, oids);
    if (!columns)
        return columns.error();
    if (auto searched = searchRising(*columns); !searched)
        return searched;
    return searchTail();
}

Result<void> PostgresLookup::searchRising(const QHash<qint64, QString>& columns)
{
    PostgresQuestions ends(m_worlds);
    std::map<qint64, Rowset> greatest;
    for (auto column = columns.cbegin(); column != columns.cend(); ++column) {
        const TableName& name = m_hypotheses.at(column.key()).relation().name;
        ends.ask(
            m_worlds.before,
            { "SELECT max(" + m_worlds.before.quoted(*column) + ")::int8 FROM ONLY " + qualified(m_worlds.before, name),
              {} },
            greatest[column.key()]);
    }
    if (auto answered = ends.wait(); !answered)
        return answered;
    PostgresQuestions questions(m_worlds);
    std::map<qint64, Rowset> answers;
    for (const auto& [oid, end] : greatest) {
        const PostgresHypothesis& table = m_hypotheses.at(oid);
        const QByteArray column = "t." + m_worlds.now.quoted(columns.value(oid));
        const Value last = end.rows.at(0).at(0);
        Statement statement = versionsWhere(m_worlds.now, table.relation().name, table.shape(), PostgresTouching::Birth,
                                            column + (last.isNull() ? " IS NOT NULL" : " > $1::int8"),
                                            last.isNull() ? QList<Value>() : QList { last });
        statement.text += " ORDER BY " + column + " DESC LIMIT " + QByteArray::number(table.relation().inserted + 1);
        questions.ask(m_worlds.now, statement, answers[oid]);
    }
    if (auto answered = questions.wait(); !answered)
        return answered;
    for (auto& [oid, rows] : answers) {
        PostgresHypothesis& table = m_hypotheses.at(oid);
        table.addFresh(versionsOf(std::move(rows), table.shape()));
    }
    return {};
}

Result<void> PostgresLookup::searchTail()
{
    const QList<qint64> oids = missingInserts();
    if (oids.isEmpty())
        return {};
    const auto sizes = m_worlds.now.query({ sizesQuery, { arrayOf(oids) }, true });
    if (!sizes)
        return sizes.error();
    PostgresQuestions questions(m_worlds);
    std::map<qint64, Rowset> answers;
    for (const Row& size : sizes->rows) {
        const qint64 oid = size.at(0).toInteger();
        const PostgresHypothesis& table = m_hypotheses.at(oid);
        const qint64 page = size.at(1).toInteger() - leastPages - table.writesMissing() / rowsInPage;
        const QString first = QStringLiteral("(%1,0)").arg(std::max(page, qint64(0)));
        questions.ask(m_worlds.now,
                      versionsWhere(m_worlds.now, table.relation().name, table.shape(), PostgresTouching::Birth,
                                    "t.ctid >= $1::tid AND " + bornInBatch(m_worlds), { Value::text(first) }),
                      answers[oid]);
    }
    if (auto answered = questions.wait(); !answered)
        return answered;
    return addUnknownBefore(answers);
}

/// An id that looks like the batch's may be one of a distant past: then the old world sees the version too.
Result<void> PostgresLookup::addUnknownBefore(std::map<qint64, Rowset>& answers)
{
    PostgresQuestions questions(m_worlds);
    std::map<qint64, QList<PostgresVersion>> found;
    std::map<qint64, Rowset> known;
    for (auto& [oid, rows] : answers) {
        const PostgresHypothesis& table = m_hypotheses.at(oid);
        found[oid] = versionsOf(std::move(rows), table.shape());
        if (!found[oid].isEmpty())
            questions.ask(m_worlds.before, visibleAt(m_worlds.before, table.relation().name, placesOf(found[oid])),
                          known[oid]);
    }
    if (auto answered = questions.wait(); !answered)
        return answered;
    for (auto& [oid, versions] : found) {
        const QList<PostgresPlace> places = placesIn(known[oid]);
        versions.removeIf([&places](const PostgresVersion& version) { return places.contains(version.place); });
        m_hypotheses.at(oid).addFresh(std::move(versions));
    }
    return {};
}

} // namespace holdpoint
