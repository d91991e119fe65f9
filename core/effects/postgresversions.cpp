// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresversions.h"

#include <QHash>
#include <QSet>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// How a scan reads who wrote a version: by its birth, or by its end.
constexpr auto birth = "ctid::text, cmin::text::int8, xmin::text::int8";
constexpr auto end = "ctid::text, cmax::text::int8, xmax::text::int8";

Result<QList<PostgresVersion>> read(Connection& connection, const TableName& table, const PostgresShape& shape,
                                    const QByteArray& system, const QByteArray& condition)
{
    QByteArray text
        = "SELECT " + columnList(connection, shape.names) + system + " FROM ONLY " + qualified(connection, table);
    if (!condition.isEmpty())
        text += " WHERE " + condition;
    auto rows = connection.query({ text, {} });
    if (!rows)
        return rows.error();
    const qsizetype width = shape.names.size();
    QList<PostgresVersion> versions;
    versions.reserve(rows->rows.size());
    for (Row& row : rows->rows) {
        PostgresVersion version;
        version.place = row.at(width).toText();
        version.touch = { true, static_cast<quint32>(row.at(width + 1).toInteger()),
                          static_cast<quint32>(row.at(width + 2).toInteger()) };
        row.resize(width);
        version.row = std::move(row);
        versions.append(std::move(version));
    }
    return versions;
}

/// "{"(0,1)","(0,2)"}"
Value placesOf(const QList<PostgresVersion>& versions)
{
    QString text;
    text.reserve(versions.size() * 16);
    for (const PostgresVersion& version : versions)
        text += (text.isEmpty() ? "{\""_L1 : ",\""_L1) + version.place + u'"';
    return Value::text(versions.isEmpty() ? u"{}"_s : text + u'}');
}

/// Candidates are found by transaction ids, which may also be those of row locks, or of a distant past: a version
/// that the other world sees at the same place did not change.
Result<void> dropUnchanged(Connection& other, const TableName& table, QList<PostgresVersion>& versions)
{
    if (versions.isEmpty())
        return {};
    const auto rows
        = other.query({ "SELECT ctid::text FROM ONLY " + qualified(other, table) + " WHERE ctid = ANY ($1::tid[])",
                        { placesOf(versions) } });
    if (!rows)
        return rows.error();
    if (rows->rows.isEmpty())
        return {};
    QSet<QString> places;
    for (const Row& row : rows->rows)
        places.insert(row.at(0).toText());
    versions.removeIf([&places](const PostgresVersion& version) { return places.contains(version.place); });
    return {};
}

/// Where the newest version of each old one is; the old place itself if there is none.
Result<QList<QString>> successors(Connection& now, const TableName& table, const QList<PostgresVersion>& old)
{
    if (old.isEmpty())
        return QList<QString>();
    const auto rows = now.query({ "SELECT currtid2($2, u.place)::text FROM unnest($1::tid[]) WITH ORDINALITY"
                                  " u(place, position) ORDER BY u.position",
                                  { placesOf(old), Value::text(QString::fromUtf8(qualified(now, table))) } });
    if (!rows)
        return rows.error();
    QList<QString> places;
    places.reserve(rows->rows.size());
    for (const Row& row : rows->rows)
        places.append(row.at(0).toText());
    return places;
}

QList<PostgresFoundRow> pair(const QList<PostgresVersion>& old, const QList<QString>& newPlaces,
                             QList<PostgresVersion>& fresh)
{
    QHash<QString, qsizetype> byPlace;
    byPlace.reserve(fresh.size());
    for (qsizetype i = 0; i < fresh.size(); ++i)
        byPlace.insert(fresh.at(i).place, i);
    QList<PostgresFoundRow> found;
    for (qsizetype i = 0; i < old.size(); ++i) {
        PostgresFoundRow row;
        row.change.before = old.at(i).row;
        row.first = old.at(i).touch;
        const auto successor = byPlace.constFind(newPlaces.value(i));
        if (successor == byPlace.constEnd()) {
            row.change.change = ChangeKind::Delete;
        } else {
            PostgresVersion& version = fresh[*successor];
            row.change.change = ChangeKind::Update;
            row.change.after = std::move(version.row);
            row.last = version.touch;
            version.place.clear(); // it is no insert
        }
        if (row.change.before != row.change.after || row.change.change == ChangeKind::Delete)
            found.append(std::move(row));
    }
    for (PostgresVersion& version : fresh) {
        if (version.place.isEmpty())
            continue;
        PostgresFoundRow row;
        row.change.change = ChangeKind::Insert;
        row.change.after = std::move(version.row);
        row.last = version.touch;
        found.append(std::move(row));
    }
    return found;
}

} // namespace

Result<QList<PostgresVersion>> readVersions(Connection& connection, const TableName& table, const PostgresShape& shape,
                                            const QByteArray& condition)
{
    return read(connection, table, shape, birth, condition);
}

Result<QList<PostgresFoundRow>> scanChanges(const PostgresWorlds& worlds, const TableName& table,
                                            const PostgresShape& shape)
{
    auto fresh = read(worlds.now, table, shape, birth, "age(xmin) <= age('" + worlds.firstXid + "'::xid)");
    if (!fresh)
        return fresh.error();
    // Another session's row lock may replace the xmax by a multixact at any moment: no upper bound is safe.
    auto old = read(worlds.before, table, shape, end,
                    "age(xmax) <= age('" + worlds.firstXid + "'::xid) OR mxid_age(xmax) BETWEEN 0 AND mxid_age('"
                        + worlds.firstMulti + "'::xid)");
    if (!old)
        return old.error();
    if (auto dropped = dropUnchanged(worlds.now, table, *old); !dropped)
        return dropped.error();
    if (auto dropped = dropUnchanged(worlds.before, table, *fresh); !dropped)
        return dropped.error();
    const auto places = successors(worlds.now, table, *old);
    if (!places)
        return places.error();
    return pair(*old, *places, *fresh);
}

} // namespace holdpoint
