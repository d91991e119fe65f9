// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgreskeyvalues.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

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

/// The values so far, each once.
class KeyTexts
{
public:
    explicit KeyTexts(bool nullsAreEqual)
        : m_nullsAreEqual(nullsAreEqual)
    {
    }
    /// False: text cannot say it.
    [[nodiscard]] bool add(const Row& image, const Row& other, const QList<int>& places);
    [[nodiscard]] PostgresKeyTexts take() { return std::move(m_keys); }

private:
    bool m_nullsAreEqual;
    PostgresKeyTexts m_keys;
    QSet<QStringList> m_known;
};

bool KeyTexts::add(const Row& image, const Row& other, const QList<int>& places)
{
    const auto isSame = [&](int place) { return image.at(place) == other.at(place); };
    if (image.isEmpty() || (!other.isEmpty() && std::ranges::all_of(places, isSame)))
        return true;
    QStringList values;
    for (const int place : places) {
        const Value& value = image.at(place);
        if (value.isNull() && !m_nullsAreEqual)
            return true; // refers to nothing, equals nothing
        const auto text = value.isNull() ? std::optional(QString()) : keyText(value);
        if (!text)
            return false;
        values.append(value.isNull() || !text->isNull() ? *text : u""_s);
    }
    const qsizetype known = m_known.size();
    QStringList identity; // a null text equals an empty one
    for (const QString& text : std::as_const(values))
        identity.append(text.isNull() ? u"n"_s : u't' + text);
    m_known.insert(identity);
    if (m_known.size() > known)
        m_keys.append(std::move(values));
    return true;
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

std::optional<PostgresKeyTexts> changedKeyTexts(const TableEffects& table, const QStringList& columns, KeySide side,
                                                bool nullsAreEqual)
{
    const auto found = placesIn(table, columns);
    if (!found)
        return {};
    const QList<int>& places = *found;
    KeyTexts keys(nullsAreEqual);
    const bool kept = side == KeySide::Kept;
    for (const RowChange& row : table.rows) {
        if (!keys.add(kept ? row.after : row.before, kept ? row.before : row.after, places))
            return {};
    }
    return keys.take();
}

std::optional<QHash<QStringList, qint64>> keyGains(const TableEffects& table, const QStringList& columns)
{
    const auto places = placesIn(table, columns);
    if (!places)
        return {};
    QHash<QStringList, qint64> gains;
    const auto add = [&](const Row& image, qint64 rows) {
        if (image.isEmpty())
            return;
        QStringList texts;
        for (const int place : *places)
            texts.append(keyText(image.at(place)).value_or(QString()));
        gains[texts] += rows;
    };
    for (const RowChange& row : table.rows) {
        add(row.after, 1);
        add(row.before, -1);
    }
    return gains;
}

QList<Value> keyArrays(const PostgresKeyTexts& keys, qsizetype first, qsizetype columns)
{
    QList<Value> parameters;
    for (qsizetype column = 0; column < columns; ++column) {
        QJsonArray texts;
        for (qsizetype row = first; row < std::min(first + keysAtOnce, keys.size()); ++row)
            texts.append(keys.at(row).at(column).isNull() ? QJsonValue() : QJsonValue(keys.at(row).at(column)));
        parameters.append(Value::text(QString::fromUtf8(QJsonDocument(texts).toJson(QJsonDocument::Compact))));
    }
    return parameters;
}

} // namespace holdpoint
