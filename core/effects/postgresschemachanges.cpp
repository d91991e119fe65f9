// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresschemachanges.h"

#include "effects/postgresdefinitions.h"

#include <QMap>
#include <QSet>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// Kind and oid of an object, then its name and definition.
using Objects = QMap<std::pair<QString, qint64>, std::pair<QString, QString>>;

struct Candidates
{
    QMap<QString, QSet<qint64>> oids; // by kind of object
};

/// The catalogs that describe the objects of postgresdefinitions.
const QSet<QString>& describedCatalogs()
{
    static const QSet<QString> names { u"pg_class"_s,
                                       u"pg_attribute"_s,
                                       u"pg_attrdef"_s,
                                       u"pg_constraint"_s,
                                       u"pg_index"_s,
                                       u"pg_inherits"_s,
                                       u"pg_partitioned_table"_s,
                                       u"pg_rewrite"_s,
                                       u"pg_trigger"_s,
                                       u"pg_policy"_s,
                                       u"pg_proc"_s,
                                       u"pg_type"_s,
                                       u"pg_enum"_s,
                                       u"pg_range"_s,
                                       u"pg_sequence"_s,
                                       u"pg_namespace"_s,
                                       u"pg_extension"_s,
                                       u"pg_description"_s,
                                       u"pg_depend"_s };
    return names;
}

Result<void> addCandidates(Connection& connection, const QByteArray& condition, Candidates& candidates)
{
    QByteArray text = postgres::changedObjects;
    text.replace("@changed@", condition);
    text.replace("@.", "k.");
    const auto rows = connection.query({ text, {} });
    if (!rows)
        return rows.error();
    for (const Row& row : rows->rows)
        candidates.oids[row.at(0).toText()].insert(row.at(1).toInteger());
    return {};
}

Result<Objects> readRaw(Connection& connection, const Candidates& candidates)
{
    Objects objects;
    for (auto kind = candidates.oids.cbegin(); kind != candidates.oids.cend(); ++kind) {
        const QByteArray text = postgres::rawDefinitions(kind.key());
        for (const qint64 oid : *kind) {
            const auto rows = connection.query({ text, { Value::integer(oid) } });
            if (!rows)
                return rows.error();
            if (!rows->rows.isEmpty())
                objects.insert({ kind.key(), oid },
                               { rows->rows.at(0).at(0).display(), rows->rows.at(0).at(1).display() });
        }
    }
    return objects;
}

/// The batch may have locked the tables behind an object against every other connection: then its old definition
/// cannot be read, and that is what is said.
Result<QString> readDefinition(Connection& connection, const std::pair<QString, qint64>& object)
{
    if (auto saved = connection.savepoint("holdpoint_definition"); !saved)
        return saved.error();
    const auto rows = connection.query({ postgres::definitions(object.first), { Value::integer(object.second) } });
    if (!rows && rows.error().sqlState != "55P03"_L1)
        return rows.error();
    const auto back
        = rows ? connection.releaseSavepoint("holdpoint_definition") : connection.rollbackTo("holdpoint_definition");
    if (!back)
        return back.error();
    return !rows               ? u"(cannot be read while the batch locks it)"_s
        : rows->rows.isEmpty() ? QString()
                               : rows->rows.at(0).at(1).display();
}

struct Difference
{
    std::optional<std::pair<QString, qint64>> before;
    std::optional<std::pair<QString, qint64>> after;
    QString name; // before, if it was there
    QString newName;
};

/// By oid, so that a renamed object is the same one; an object that was dropped and made again (as an index, when
/// a column gets another type) by its name.
QList<Difference> differences(const Objects& before, const Objects& after)
{
    QList<Difference> found;
    QMap<QString, qsizetype> created;
    for (auto object = after.cbegin(); object != after.cend(); ++object) {
        const auto old = before.constFind(object.key());
        if (old == before.cend()) {
            created.insert(object->first, found.size());
            found.append({ {}, object.key(), object->first, object->first });
        } else if (*old != *object) {
            found.append({ object.key(), object.key(), old->first, object->first });
        }
    }
    for (auto object = before.cbegin(); object != before.cend(); ++object) {
        if (after.contains(object.key()))
            continue;
        const auto again = created.constFind(object->first);
        if (again == created.cend())
            found.append({ object.key(), {}, object->first, {} });
        else
            found[*again].before = object.key();
    }
    return found;
}

Result<void> addChanges(const PostgresWorlds& worlds, const QList<Difference>& found, QList<SchemaChange>& changes)
{
    for (const Difference& difference : found) {
        const auto before = difference.before ? readDefinition(worlds.before(), *difference.before) : QString();
        if (!before)
            return before.error();
        const auto after = difference.after ? readDefinition(worlds.now, *difference.after) : QString();
        if (!after)
            return after.error();
        const QString kind = !difference.before ? u"create"_s : !difference.after ? u"drop"_s : u"alter"_s;
        if (*before != *after)
            changes.append({ kind, difference.name, *before, *after });
        else if (difference.name != difference.newName) // it moved to another schema
            changes.append({ kind, difference.name, difference.name, difference.newName });
    }
    return {};
}

} // namespace

Result<QList<SchemaChange>> schemaChanges(const PostgresWorlds& worlds, const QStringList& catalogs, bool counted)
{
    QList<SchemaChange> changes;
    if (catalogs.isEmpty() && counted)
        return changes;
    Candidates candidates;
    const QByteArray first = '\'' + QByteArray::number(worlds.firstXid) + "'::xid";
    if (auto added = addCandidates(worlds.now, "age(@.xmin) <= age(" + first + ")", candidates); !added)
        return added.error();
    const QByteArray ended = "(age(@.xmax) <= age(" + first + ") OR mxid_age(@.xmax) BETWEEN 0 AND mxid_age('"
        + worlds.firstMulti + "'::xid))";
    if (auto added = addCandidates(worlds.before(), ended, candidates); !added)
        return added.error();
    const auto before = readRaw(worlds.before(), candidates);
    if (!before)
        return before.error();
    const auto after = readRaw(worlds.now, candidates);
    if (!after)
        return after.error();
    if (auto impatient = setLockTimeout(worlds.before(), std::chrono::milliseconds(100)); !impatient)
        return impatient.error();
    if (auto added = addChanges(worlds, differences(*before, *after), changes); !added)
        return added.error();
    if (auto restored = setLockTimeout(worlds.before(), worlds.before().options().lockTimeout); !restored)
        return restored.error();
    for (const QString& catalog : catalogs) {
        const QString name = catalog.section(u':', 0, 0);
        if (!describedCatalogs().contains(name))
            changes.append({ u"alter"_s, u"catalog "_s + name, {}, catalog.section(u": "_s, 1) });
    }
    return changes;
}

} // namespace holdpoint
