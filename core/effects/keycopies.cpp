// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/keycopies.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace holdpoint {

namespace {

using Moved = QList<std::shared_ptr<const MovedKeys>>;

SpillVector<qint64> newKeys(const TableEffects& table)
{
    SpillVector<qint64> keys;
    for (const RowView row : table.rows.views()) {
        const Value key
            = row.hasAssignedKey() ? row.decoded().after.value(table.keyColumns.value(0, -1)) : Value::null();
        if (key.kind() == Value::Kind::Integer)
            keys.push_back(key.toInteger());
        else if (row.change() == ChangeKind::Insert && row.rowid())
            keys.push_back(*row.rowid());
    }
    std::sort(keys.begin(), keys.end());
    return keys;
}

// A key in a column of type REAL is a whole number with a point.
std::optional<qint64> wholeNumber(const Value& value)
{
    constexpr double exact = 9007199254740992.0; // beyond 2^53 a double is no longer every whole number
    if (value.kind() == Value::Kind::Integer)
        return value.toInteger();
    if (value.kind() == Value::Kind::Real && std::abs(value.toReal()) <= exact
        && std::trunc(value.toReal()) == value.toReal())
        return static_cast<qint64>(value.toReal());
    return {};
}

bool isDigit(QChar character)
{
    return character >= u'0' && character <= u'9';
}

/// A text as numbers and what stands between them, one after the other.
class TextParts
{
public:
    explicit TextParts(const QString& text)
        : m_rest(text)
    {
    }
    [[nodiscard]] bool atEnd() const { return m_rest.isEmpty(); }
    [[nodiscard]] QStringView next()
    {
        const bool number = isDigit(m_rest.front());
        qsizetype size = 1;
        while (size < m_rest.size() && isDigit(m_rest.at(size)) == number)
            ++size;
        const QStringView part = m_rest.first(size);
        m_rest = m_rest.sliced(size);
        return part;
    }

private:
    QStringView m_rest;
};

bool isMoved(const Moved& moved, qint64 then)
{
    return std::ranges::any_of(moved, [&](const auto& keys) { return keys->contains(then); });
}

bool isMoved(const Moved& moved, qint64 then, qint64 today)
{
    return std::ranges::any_of(moved, [&](const auto& keys) { return keys->contains(then, today); });
}

bool differsByKeys(const Moved& moved, const QString& preview, const QString& now)
{
    TextParts then(preview);
    TextParts today(now);
    while (!then.atEnd() && !today.atEnd()) {
        const QStringView left = then.next();
        const QStringView right = today.next();
        if (left == right)
            continue;
        bool leftIsNumber = false;
        bool rightIsNumber = false;
        const qint64 from = left.toLongLong(&leftIsNumber);
        const qint64 to = right.toLongLong(&rightIsNumber);
        if (!leftIsNumber || !rightIsNumber || !isMoved(moved, from, to))
            return false;
    }
    return then.atEnd() && today.atEnd();
}

} // namespace

MovedKeys::MovedKeys(const SpillVector<qint64>& then, const SpillVector<qint64>& today)
{
    for (size_t i = 0; i < then.size(); ++i) {
        if (then[i] != today[i])
            m_keys.push_back({ then[i], today[i] });
    }
}

bool MovedKeys::contains(qint64 then) const
{
    const auto found = std::lower_bound(m_keys.begin(), m_keys.end(), Key { then, std::numeric_limits<qint64>::min() });
    return found != m_keys.end() && found->then == then;
}

bool MovedKeys::contains(qint64 then, qint64 today) const
{
    return std::binary_search(m_keys.begin(), m_keys.end(), Key { then, today });
}

void TableKeyCopies::add(int column, const std::shared_ptr<const MovedKeys>& moved)
{
    if (moved)
        m_moved[column].append(moved);
}

bool TableKeyCopies::mayBeCopy(int column, const Value& preview) const
{
    const auto moved = m_moved.constFind(column);
    if (moved == m_moved.cend())
        return false;
    if (const auto number = wholeNumber(preview))
        return isMoved(*moved, *number);
    if (preview.kind() != Value::Kind::Text)
        return false;
    for (TextParts parts(preview.toText()); !parts.atEnd();) {
        bool isNumber = false;
        const qint64 number = parts.next().toLongLong(&isNumber);
        if (isNumber && isMoved(*moved, number))
            return true;
    }
    return false;
}

bool TableKeyCopies::isCopy(int column, const Value& preview, const Value& now) const
{
    const auto moved = m_moved.constFind(column);
    if (moved == m_moved.cend() || preview.kind() != now.kind())
        return false;
    const auto then = wholeNumber(preview);
    const auto today = wholeNumber(now);
    if (then && today)
        return isMoved(*moved, *then, *today);
    return preview.kind() == Value::Kind::Text && differsByKeys(*moved, preview.toText(), now.toText());
}

KeyCopies::KeyCopies(const TargetEffects& preview, const TargetEffects& now)
{
    for (const TableEffects& table : preview.tables) {
        const auto same = std::ranges::find(now.tables, table.name, &TableEffects::name);
        if (same == now.tables.end())
            continue;
        const SpillVector<qint64> then = newKeys(table);
        const SpillVector<qint64> today = newKeys(*same);
        if (then.size() != today.size())
            continue;
        if (auto moved = std::make_shared<const MovedKeys>(then, today); !moved->isEmpty())
            m_moved.insert(table.name, std::move(moved));
    }
}

TableKeyCopies KeyCopies::in(const TableEffects& now) const
{
    TableKeyCopies copies;
    for (auto column = now.keySources.cbegin(); !m_moved.isEmpty() && column != now.keySources.cend(); ++column) {
        for (const TableName& source : *column)
            copies.add(column.key(), m_moved.value(source));
    }
    return copies;
}

} // namespace holdpoint
