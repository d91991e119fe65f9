// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreskeyvalues.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace holdpoint {

const TableEffects* shownTable(const TargetEffects& effects, const TableName& name)
{
    const auto table = std::ranges::find(effects.tables, name, &TableEffects::name);
    return table == effects.tables.end() ? nullptr : &*table;
}

std::optional<QString> keyText(const Value& value)
{
    switch (value.kind()) {
    case Value::Kind::Boolean: return value.toBoolean() ? u"true"_s : u"false"_s;
    case Value::Kind::Integer: return QString::number(value.toInteger());
    case Value::Kind::Real: return QString::fromLatin1(shortestDecimal(value.toReal()));
    case Value::Kind::Text: return value.toText();
    case Value::Kind::Blob: return "\\x"_L1 + QString::fromLatin1(value.toBytes().toHex());
    case Value::Kind::Null:
    case Value::Kind::RawText: break;
    }
    return {};
}

namespace {

/// A value's texts; none where text cannot say it. Empty: it is left out.
std::optional<QStringList> textsOf(const Row& image, const QList<int>& places, bool nullsAreEqual)
{
    QStringList texts;
    for (const int place : places) {
        const Value& value = image.at(place);
        if (value.isNull() && !nullsAreEqual)
            return QStringList();
        const auto text = value.isNull() ? std::optional(QString()) : keyText(value);
        if (!text)
            return {};
        texts.append(value.isNull() || !text->isNull() ? *text : u""_s);
    }
    return texts;
}

/// A null text equals an empty one.
QStringList identityOf(const QStringList& texts)
{
    QStringList identity;
    for (const QString& text : texts)
        identity.append(text.isNull() ? u"n"_s : u't' + text);
    return identity;
}

/// Of these columns; none: the effects do not have them, or not all rows.
std::optional<QList<int>> placesIn(const TableEffects& table, const QStringList& columns)
{
    QList<int> places;
    for (const QString& column : columns)
        places.append(static_cast<int>(table.columns.indexOf(column)));
    const bool isWhole = table.complete && table.rows.size() == table.inserted + table.updated + table.deleted;
    return isWhole && !places.contains(-1) ? std::optional(places) : std::nullopt;
}

} // namespace

Result<bool> changedKeyTexts(const TableEffects& table, const QStringList& columns, KeySide side, bool nullsAreEqual,
                             const std::function<Result<void>(const PostgresKeyTexts&)>& take)
{
    const auto places = placesIn(table, columns);
    if (!places)
        return false;
    PostgresKeyTexts keys;
    QSet<QStringList> known;
    for (const RowChange& row : table.rows) {
        const Row& image = side == KeySide::Kept ? row.after : row.before;
        const Row& other = side == KeySide::Kept ? row.before : row.after;
        const auto isSame = [&](int place) { return image.at(place) == other.at(place); };
        if (image.isEmpty() || (!other.isEmpty() && std::ranges::all_of(*places, isSame)))
            continue;
        auto texts = textsOf(image, *places, nullsAreEqual);
        if (!texts)
            return false;
        const qsizetype before = known.size();
        if (texts->isEmpty() || (known.insert(identityOf(*texts)), known.size() == before))
            continue;
        keys.append(std::move(*texts));
        if (keys.size() < keysAtOnce)
            continue;
        if (const auto taken = take(std::exchange(keys, {})); !taken)
            return taken.error();
        known.clear();
    }
    if (const auto taken = keys.isEmpty() ? Result<void>() : take(keys); !taken)
        return taken.error();
    return true;
}

bool changesAnyOf(const TableEffects& table, const QStringList& columns, KeySide side)
{
    const auto places = placesIn(table, columns);
    if (!places || places->isEmpty() || (side == KeySide::Kept ? table.inserted : table.deleted) + table.updated == 0)
        return false;
    return std::ranges::any_of(table.rows.views(), [&](RowView row) {
        if (row.change() == (side == KeySide::Kept ? ChangeKind::Delete : ChangeKind::Insert))
            return false;
        const PackedRow image = side == KeySide::Kept ? row.after() : row.before();
        const bool isUpdate = row.change() == ChangeKind::Update;
        return std::ranges::any_of(*places, [&](int place) {
            return packed::markOf(image.at(place)) != packed::Mark::Null
                && !(isUpdate && packed::markOf(row.after().at(place)) == packed::Mark::Unchanged);
        });
    });
}

QList<qint64> tablesChanging(const QList<PostgresRelation>& relations, const TargetEffects& effects,
                             QStringList PostgresRelation::*columns, KeySide side)
{
    QList<qint64> oids;
    QSet<qint64> seen; // a root has its partitions' rows
    for (const PostgresRelation& relation : relations) {
        const TableEffects* table = shownTable(effects, relation.shownName());
        if (table && !seen.contains(relation.shownOid()) && changesAnyOf(*table, relation.*columns, side))
            oids.append(relation.shownOid());
        seen.insert(relation.shownOid());
    }
    return oids;
}

std::optional<PostgresKeyCounts> keyGains(const TableEffects& table, const QStringList& columns,
                                          const QSet<QStringList>& values)
{
    const auto places = placesIn(table, columns);
    if (!places)
        return {};
    PostgresKeyCounts gains;
    const auto add = [&](const Row& image, qint64 rows) {
        const auto texts = image.isEmpty() ? std::nullopt : textsOf(image, *places, false);
        if (texts && values.contains(*texts))
            gains[*texts] += rows;
    };
    for (const RowChange& row : table.rows) {
        add(row.after, 1);
        add(row.before, -1);
    }
    return gains;
}

QList<Value> keyArrays(const PostgresKeyTexts& keys, qsizetype columns)
{
    QList<Value> parameters;
    for (qsizetype column = 0; column < columns; ++column) {
        QJsonArray texts;
        for (const QStringList& key : keys)
            texts.append(key.at(column).isNull() ? QJsonValue() : QJsonValue(key.at(column)));
        parameters.append(Value::text(QString::fromUtf8(QJsonDocument(texts).toJson(QJsonDocument::Compact))));
    }
    return parameters;
}

QStringList keyIn(const Row& row, qsizetype columns)
{
    QStringList key;
    std::ranges::transform(row.first(columns), std::back_inserter(key), &Value::toText);
    return key;
}

QList<DanglingValue> danglingValues(const PostgresKeyCounts& rows)
{
    QList<DanglingValue> values;
    for (auto key = rows.begin(); key != rows.end(); ++key)
        values.append({ key.key(), key.value() });
    std::ranges::sort(values, {}, &DanglingValue::texts);
    return values;
}

} // namespace holdpoint
