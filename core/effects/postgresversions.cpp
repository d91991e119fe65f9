// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresversions.h"

#include "effects/postgresquestions.h"

#include <QHash>
#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

PostgresFoundRow updated(PostgresVersion& old, PostgresVersion& fresh)
{
    PostgresFoundRow row;
    row.change.before = std::move(old.row);
    row.first = old.touch;
    row.change.after = std::move(fresh.row);
    row.last = fresh.touch;
    return row;
}

PostgresFoundRow removed(PostgresVersion& old)
{
    PostgresFoundRow row;
    row.change.change = ChangeKind::Delete;
    row.change.before = std::move(old.row);
    row.first = old.touch;
    return row;
}

PostgresFoundRow added(PostgresVersion& fresh)
{
    PostgresFoundRow row;
    row.change.change = ChangeKind::Insert;
    row.change.after = std::move(fresh.row);
    row.last = fresh.touch;
    return row;
}

/// `beside`: one element a version.
void dropPlaces(const QList<PostgresPlace>& places, QList<PostgresVersion>& versions, QList<PostgresPlace>* beside)
{
    if (places.isEmpty())
        return;
    const QSet<PostgresPlace> gone(places.cbegin(), places.cend());
    qsizetype kept = 0;
    for (qsizetype i = 0; i < versions.size(); ++i) {
        if (gone.contains(versions.at(i).place))
            continue;
        if (beside != nullptr)
            (*beside)[kept] = beside->at(i);
        if (kept != i)
            versions[kept] = std::move(versions[i]);
        ++kept;
    }
    versions.resize(kept);
}

} // namespace

Statement versionsWhere(const Connection& connection, const TableName& table, const PostgresShape& shape,
                        PostgresTouching touching, const QByteArray& condition, const QList<Value>& parameters)
{
    QByteArray columns = columnList(connection, shape.names);
    switch (touching) {
    case PostgresTouching::Birth: columns += "t.ctid, t.cmin, t.xmin"; break;
    case PostgresTouching::End: columns += "t.ctid, t.cmax, t.xmax"; break;
    case PostgresTouching::None: columns.chop(2); break;
    }
    QByteArray text = "SELECT " + columns + " FROM ONLY " + qualified(connection, table) + " t";
    if (!condition.isEmpty())
        text += " WHERE " + condition;
    return { text, parameters };
}

Statement versionsByKey(const Connection& connection, const TableName& table, const PostgresShape& shape,
                        PostgresTouching touching, const QStringList& columns, const QList<Value>& values)
{
    QByteArrayList names;
    QByteArrayList arrays;
    for (qsizetype i = 0; i < columns.size(); ++i) {
        const QString type = shape.types.value(shape.names.indexOf(columns.at(i)));
        names.append("t." + connection.quoted(columns.at(i)));
        arrays.append('$' + QByteArray::number(i + 1) + "::" + type.toUtf8() + "[]");
    }
    const QByteArray condition = names.size() == 1
        ? names.constFirst() + " = ANY (" + arrays.constFirst() + ')'
        : '(' + names.join(", ") + ") IN (SELECT * FROM unnest(" + arrays.join(", ") + "))";
    return versionsWhere(connection, table, shape, touching, condition, values);
}

QList<PostgresVersion> versionsOf(Rowset rowset, const PostgresShape& shape)
{
    const qsizetype width = shape.names.size();
    QList<PostgresVersion> versions;
    versions.reserve(rowset.rows.size());
    for (Row& row : rowset.rows) {
        PostgresVersion version;
        version.place = placeOf(row.at(width).toText().toLatin1());
        version.touch = { true, row.at(width + 1).toText().toUInt(), row.at(width + 2).toText().toUInt() };
        row.resize(width);
        version.row = std::move(row);
        versions.append(std::move(version));
    }
    return versions;
}

Statement visibleAt(const Connection& connection, const TableName& table, const Value& places)
{
    return { "SELECT ctid FROM ONLY " + qualified(connection, table) + " WHERE ctid = ANY ($1::tid[])", { places } };
}

Statement successorsOf(const Connection& connection, const TableName& table, const Value& places)
{
    return { "SELECT currtid2($2, u.place) FROM unnest($1::tid[]) WITH ORDINALITY u(place, position)"
             " ORDER BY u.position",
             { places, Value::text(QString::fromUtf8(qualified(connection, table))) } };
}

QList<PostgresPlace> placesIn(const Rowset& rowset)
{
    QList<PostgresPlace> places;
    places.reserve(rowset.rows.size());
    for (const Row& row : rowset.rows)
        places.append(placeOf(row.at(0).toText().toLatin1()));
    return places;
}

Value placesOf(const QList<PostgresVersion>& versions)
{
    PostgresArray places;
    for (const PostgresVersion& version : versions)
        places.append(version.place);
    return places.literal();
}

QByteArray bornInBatch(const PostgresWorlds& worlds)
{
    return "age(t.xmin) <= age('" + worlds.firstXid + "'::xid)";
}

QList<PostgresFoundRow> pairVersions(QList<PostgresVersion> old, const QList<PostgresPlace>& successors,
                                     QList<PostgresVersion> fresh)
{
    QHash<PostgresPlace, qsizetype> byPlace;
    byPlace.reserve(fresh.size());
    for (qsizetype i = 0; i < fresh.size(); ++i)
        byPlace.insert(fresh.at(i).place, i);
    QList<PostgresFoundRow> found;
    found.reserve(std::max(old.size(), fresh.size()));
    for (qsizetype i = 0; i < old.size(); ++i) {
        const auto successor = byPlace.constFind(successors.at(i));
        if (successor == byPlace.constEnd()) {
            found.append(removed(old[i]));
            continue;
        }
        PostgresVersion& version = fresh[*successor];
        version.place = 0; // it is no insert
        if (old.at(i).row != version.row)
            found.append(updated(old[i], version));
    }
    for (PostgresVersion& version : fresh) {
        if (version.place != 0)
            found.append(added(version));
    }
    return found;
}

Result<QList<PostgresVersion>> readVersions(Connection& connection, const TableName& table, const PostgresShape& shape)
{
    auto rows = connection.query(versionsWhere(connection, table, shape, PostgresTouching::Birth, {}));
    if (!rows)
        return rows.error();
    return versionsOf(std::move(*rows), shape);
}

Result<QList<PostgresFoundRow>> scanChanges(const PostgresWorlds& worlds, const TableName& table,
                                            const PostgresShape& shape)
{
    // Another session's row lock may replace the xmax by a multixact at any moment: no upper bound is safe.
    const QByteArray ended = "age(t.xmax) <= age('" + worlds.firstXid
        + "'::xid) OR mxid_age(t.xmax) BETWEEN 0 AND mxid_age('" + worlds.firstMulti + "'::xid)";
    PostgresQuestions scans(worlds);
    Rowset freshRows;
    Rowset oldRows;
    scans.ask(worlds.before, versionsWhere(worlds.before, table, shape, PostgresTouching::End, ended), oldRows);
    scans.ask(worlds.now, versionsWhere(worlds.now, table, shape, PostgresTouching::Birth, bornInBatch(worlds)),
              freshRows);
    if (auto answered = scans.wait(); !answered)
        return answered.error();
    QList<PostgresVersion> fresh = versionsOf(std::move(freshRows), shape);
    QList<PostgresVersion> old = versionsOf(std::move(oldRows), shape);

    // The ids may also be those of row locks, or of a distant past: a version that the other world sees at the same
    // place did not change.
    PostgresQuestions places(worlds);
    const Value oldPlaces = placesOf(old);
    Rowset stillThere;
    Rowset thereBefore;
    Rowset chain;
    places.ask(worlds.before, visibleAt(worlds.before, table, placesOf(fresh)), thereBefore);
    places.ask(worlds.now, visibleAt(worlds.now, table, oldPlaces), stillThere);
    places.ask(worlds.now, successorsOf(worlds.now, table, oldPlaces), chain);
    if (auto answered = places.wait(); !answered)
        return answered.error();
    QList<PostgresPlace> successors = placesIn(chain);
    dropPlaces(placesIn(thereBefore), fresh, nullptr);
    dropPlaces(placesIn(stillThere), old, &successors);
    return pairVersions(std::move(old), successors, std::move(fresh));
}

} // namespace holdpoint
