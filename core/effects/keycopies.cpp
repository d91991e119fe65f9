// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/keycopies.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace holdpoint {

namespace {

QList<qint64> assignedKeys(const TableEffects& table)
{
    QList<qint64> keys;
    for (const RowView row : table.rows.views()) {
        const Value key
            = row.hasAssignedKey() ? row.decoded().after.value(table.keyColumns.value(0, -1)) : Value::null();
        if (key.kind() == Value::Kind::Integer)
            keys.append(key.toInteger());
    }
    std::ranges::sort(keys);
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

} // namespace

KeyCopies::KeyCopies(const TargetEffects& preview, const TargetEffects& now)
{
    for (const TableEffects& table : preview.tables) {
        const auto same = std::ranges::find(now.tables, table.name, &TableEffects::name);
        if (same != now.tables.end())
            add(table, *same);
    }
}

void KeyCopies::add(const TableEffects& preview, const TableEffects& now)
{
    const QList<qint64> then = assignedKeys(preview);
    const QList<qint64> today = assignedKeys(now);
    for (qsizetype i = 0; then.size() == today.size() && i < then.size(); ++i) {
        if (then.at(i) != today.at(i))
            m_moved.insert(then.at(i), today.at(i));
    }
}

bool KeyCopies::mayBeCopy(const Value& preview) const
{
    if (m_moved.isEmpty())
        return false;
    if (const auto number = wholeNumber(preview))
        return m_moved.contains(*number);
    if (preview.kind() != Value::Kind::Text)
        return false;
    for (TextParts parts(preview.toText()); !parts.atEnd();) {
        bool isNumber = false;
        const qint64 number = parts.next().toLongLong(&isNumber);
        if (isNumber && m_moved.contains(number))
            return true;
    }
    return false;
}

bool KeyCopies::isCopy(const Value& preview, const Value& now) const
{
    if (preview.kind() != now.kind() || m_moved.isEmpty())
        return false;
    const auto then = wholeNumber(preview);
    const auto today = wholeNumber(now);
    if (then && today)
        return m_moved.contains(*then, *today);
    return preview.kind() == Value::Kind::Text && isCopy(preview.toText(), now.toText());
}

bool KeyCopies::isCopy(const QString& preview, const QString& now) const
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
        if (!leftIsNumber || !rightIsNumber || !m_moved.contains(from, to))
            return false;
    }
    return then.atEnd() && today.atEnd();
}

} // namespace holdpoint
