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

Statement scanOf(const Connection& connection, const TableName& table, const PostgresShape& shape,
                 const QByteArray& system, const QByteArray& condition)
{
    QByteArray text
        = "SELECT " + columnList(connection, shape.names) + system + " FROM ONLY " + qualified(connection, table);
    if (!condition.isEmpty())
        text += " WHERE " + condition;
    return { text, {} };
}

QList<PostgresVersion> versionsOf(Rowset rowset, const PostgresShape& shape)
{
    const qsizetype width = shape.names.size();
    QList<PostgresVersion> versions;
    versions.reserve(rowset.rows.size());
    for (Row& row : rowset.rows) {
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

/// Statements for both worlds at once: each server process works while the other's answers are read.
class Questions
{
public:
    explicit Questions(const PostgresWorlds& worlds)
        : m_worlds(worlds)
    {
    }
    void ask(PostgresConnection& connection, const Statement& statement, Rowset& answer)
    {
        connection.submit(statement, [this, &answer](Result<Rowset> rows) {
            if (rows)
                answer = std::move(*rows);
            else if (!m_error)
                m_error = rows.error();
        });
    }
    [[nodiscard]] Result<void> wait()
    {
        m_worlds.before.push();
        m_worlds.now.push();
        const auto now = m_worlds.now.flush();
        const auto before = m_worlds.before.flush();
        if (m_error)
            return *m_error;
        return now ? before : now;
    }

private:
    const PostgresWorlds& m_worlds;
    std::optional<Error> m_error;
};

/// "{"(0,1)","(0,2)"}"
Value placesOf(const QList<PostgresVersion>& versions)
{
    QString text;
    text.reserve(versions.size() * 16);
    for (const PostgresVersion& version : versions)
        text += (text.isEmpty() ? "{\""_L1 : ",\""_L1) + version.place + u'"';
    return Value::text(versions.isEmpty() ? u"{}"_s : text + u'}');
}

Statement visibleAt(const Connection& connection, const TableName& table, const Value& places)
{
    return { "SELECT ctid::text FROM ONLY " + qualified(connection, table) + " WHERE ctid = ANY ($1::tid[])",
             { places } };
}

/// Where the newest version of each one is; its own place if there is none.
Statement successorsOf(const Connection& connection, const TableName& table, const Value& places)
{
    return { "SELECT currtid2($2, u.place)::text FROM unnest($1::tid[]) WITH ORDINALITY u(place, position)"
             " ORDER BY u.position",
             { places, Value::text(QString::fromUtf8(qualified(connection, table))) } };
}

QSet<QString> placesIn(const Rowset& rowset)
{
    QSet<QString> places;
    for (const Row& row : rowset.rows)
        places.insert(row.at(0).toText());
    return places;
}

/// `unchanged`: versions at these places did not change. `successors`: of the old ones, in their order.
QList<PostgresFoundRow> pair(QList<PostgresVersion>& old, const QSet<QString>& unchanged, const Rowset& successors,
                             QList<PostgresVersion>& fresh)
{
    QHash<QString, qsizetype> byPlace;
    byPlace.reserve(fresh.size());
    for (qsizetype i = 0; i < fresh.size(); ++i)
        byPlace.insert(fresh.at(i).place, i);
    QList<PostgresFoundRow> found;
    for (qsizetype i = 0; i < old.size(); ++i) {
        if (unchanged.contains(old.at(i).place))
            continue;
        PostgresFoundRow row;
        row.change.before = std::move(old[i].row);
        row.first = old.at(i).touch;
        const auto successor = byPlace.constFind(successors.rows.at(i).at(0).toText());
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
    auto rows = connection.query(scanOf(connection, table, shape, birth, condition));
    if (!rows)
        return rows.error();
    return versionsOf(std::move(*rows), shape);
}

Result<QList<PostgresFoundRow>> scanChanges(const PostgresWorlds& worlds, const TableName& table,
                                            const PostgresShape& shape)
{
    const QByteArray first = "age('" + worlds.firstXid + "'::xid)";
    // Another session's row lock may replace the xmax by a multixact at any moment: no upper bound is safe.
    const QByteArray ended
        = "age(xmax) <= " + first + " OR mxid_age(xmax) BETWEEN 0 AND mxid_age('" + worlds.firstMulti + "'::xid)";
    Questions scans(worlds);
    Rowset freshRows;
    Rowset oldRows;
    scans.ask(worlds.before, scanOf(worlds.before, table, shape, end, ended), oldRows);
    scans.ask(worlds.now, scanOf(worlds.now, table, shape, birth, "age(xmin) <= " + first), freshRows);
    if (auto answered = scans.wait(); !answered)
        return answered.error();
    QList<PostgresVersion> fresh = versionsOf(std::move(freshRows), shape);
    QList<PostgresVersion> old = versionsOf(std::move(oldRows), shape);

    // The ids may also be those of row locks, or of a distant past: a version that the other world sees at the same
    // place did not change.
    Questions places(worlds);
    const Value oldPlaces = placesOf(old);
    Rowset stillThere;
    Rowset thereBefore;
    Rowset successors;
    places.ask(worlds.before, visibleAt(worlds.before, table, placesOf(fresh)), thereBefore);
    places.ask(worlds.now, visibleAt(worlds.now, table, oldPlaces), stillThere);
    places.ask(worlds.now, successorsOf(worlds.now, table, oldPlaces), successors);
    if (auto answered = places.wait(); !answered)
        return answered.error();
    if (!thereBefore.rows.isEmpty()) {
        const QSet<QString> known = placesIn(thereBefore);
        fresh.removeIf([&known](const PostgresVersion& version) { return known.contains(version.place); });
    }
    return pair(old, placesIn(stillThere), successors, fresh);
}

} // namespace holdpoint
