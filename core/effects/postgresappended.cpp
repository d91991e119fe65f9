// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreslookup.h"
#include "effects/postgresquestions.h"
#include "effects/postgrestouched.h"
#include "effects/postgresversionquestions.h"

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
    const auto columns = readRisingColumns(m_worlds.before(), oids);
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
        ends.ask(m_worlds.before(),
                 { "SELECT max(" + m_worlds.before().quoted(*column) + ")::int8 FROM ONLY "
                       + qualified(m_worlds.before(), name),
                   {} },
                 greatest[column.key()]);
    }
    if (auto answered = ends.wait(); !answered)
        return answered;
    PostgresQuestions questions(m_worlds);
    std::map<qint64, qsizetype> first; // of the versions that answer
    for (const auto& [oid, end] : greatest) {
        PostgresHypothesis& table = m_hypotheses.at(oid);
        first[oid] = table.fresh().size();
        const QByteArray column = "t." + m_worlds.now.quoted(columns.value(oid));
        const Value last = end.rows.at(0).at(0);
        Statement statement = versionsWhere(m_worlds.now, table.relation().name, table.shape(), PostgresTouching::Birth,
                                            column + (last.isNull() ? " IS NOT NULL" : " > $1::int8"),
                                            last.isNull() ? QList<Value>() : QList { last });
        statement.text += " ORDER BY " + column + " DESC LIMIT " + QByteArray::number(table.relation().inserted + 1);
        questions.ask(m_worlds.now, statement, table.fresh());
    }
    if (auto answered = questions.wait(); !answered)
        return answered;
    for (const auto& [oid, version] : first)
        m_hypotheses.at(oid).addFreshFrom(version);
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
    std::map<qint64, qsizetype> first; // of the versions that answer
    for (const Row& size : sizes->rows) {
        const qint64 oid = size.at(0).toInteger();
        PostgresHypothesis& table = m_hypotheses.at(oid);
        first[oid] = table.fresh().size();
        const qint64 page = size.at(1).toInteger() - leastPages - table.writesMissing() / rowsInPage;
        const QString begin = QStringLiteral("(%1,0)").arg(std::max(page, qint64(0)));
        questions.ask(m_worlds.now,
                      versionsWhere(m_worlds.now, table.relation().name, table.shape(), PostgresTouching::Birth,
                                    "t.ctid >= $1::tid AND " + bornInBatch(m_worlds), { Value::text(begin) }),
                      table.fresh());
    }
    if (auto answered = questions.wait(); !answered)
        return answered;
    return addUnknownBefore(first);
}

/// An id that looks like the batch's may be one of a distant past: then the old world sees the version too.
Result<void> PostgresLookup::addUnknownBefore(const std::map<qint64, qsizetype>& answers)
{
    PostgresQuestions questions(m_worlds);
    std::map<qint64, PostgresPlaces> known;
    for (const auto& [oid, first] : answers) {
        PostgresHypothesis& table = m_hypotheses.at(oid);
        const PostgresVersions& fresh = table.fresh();
        const auto placeAt
            = [&fresh, begin = first](size_t index) { return fresh.place(begin + static_cast<qsizetype>(index)); };
        questions.ask(m_worlds.before(),
                      visibleAt(m_worlds.before(), table.relation().name,
                                arraysOf(static_cast<size_t>(fresh.size() - first), placeAt)),
                      known[oid]);
    }
    if (auto answered = questions.wait(); !answered)
        return answered;
    for (const auto& [oid, first] : answers) {
        PostgresHypothesis& table = m_hypotheses.at(oid);
        PostgresPlaces& before = known[oid];
        std::sort(before.begin(), before.end());
        for (qsizetype version = first; version < table.fresh().size(); ++version) {
            if (!std::binary_search(before.begin(), before.end(), table.fresh().place(version)))
                table.addFresh(version);
        }
    }
    return {};
}

} // namespace holdpoint
