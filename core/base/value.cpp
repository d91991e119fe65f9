// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/value.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <compare>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

std::strong_ordering orderOf(int comparison)
{
    return comparison <=> 0;
}

} // namespace

const QByteArray& Value::toBytes() const
{
    if (const auto* raw = std::get_if<RawBytes>(&m_state))
        return raw->bytes;
    return std::get<Bytes>(m_state).bytes;
}

QString Value::display() const
{
    switch (kind()) {
    case Kind::Null: return u"NULL"_s;
    case Kind::Boolean: return toBoolean() ? u"true"_s : u"false"_s;
    case Kind::Integer: return QString::number(toInteger());
    case Kind::Real: return QString::fromLatin1(shortestDecimal(toReal()));
    case Kind::Text: return toText();
    case Kind::Blob: return "x'"_L1 + QString::fromLatin1(toBytes().toHex()) + '\''_L1;
    case Kind::RawText: return QString::fromUtf8(toBytes());
    }
    Q_UNREACHABLE();
}

bool operator==(const Value& left, const Value& right)
{
    if (left.m_state.index() != right.m_state.index())
        return false;
    switch (left.kind()) {
    case Value::Kind::Null: return true;
    case Value::Kind::Boolean: return left.toBoolean() == right.toBoolean();
    case Value::Kind::Integer: return left.toInteger() == right.toInteger();
    case Value::Kind::Real: return std::bit_cast<qint64>(left.toReal()) == std::bit_cast<qint64>(right.toReal());
    case Value::Kind::Text: return left.toText() == right.toText();
    case Value::Kind::Blob:
    case Value::Kind::RawText: return left.toBytes() == right.toBytes();
    }
    Q_UNREACHABLE();
}

std::strong_ordering operator<=>(const Value& left, const Value& right)
{
    if (const auto kinds = left.m_state.index() <=> right.m_state.index(); kinds != 0)
        return kinds;
    switch (left.kind()) {
    case Value::Kind::Null: return std::strong_ordering::equal;
    case Value::Kind::Boolean: return left.toBoolean() <=> right.toBoolean();
    case Value::Kind::Integer: return left.toInteger() <=> right.toInteger();
    case Value::Kind::Real: return totalOrder(left.toReal()) <=> totalOrder(right.toReal());
    case Value::Kind::Text: return orderOf(left.toText().compare(right.toText()));
    case Value::Kind::Blob:
    case Value::Kind::RawText: return orderOf(left.toBytes().compare(right.toBytes()));
    }
    Q_UNREACHABLE();
}

QString textOrNull(const Value& value)
{
    return value.isNull() ? QString() : value.display();
}

std::strong_ordering compareRows(const Row& left, const Row& right)
{
    return std::lexicographical_compare_three_way(left.begin(), left.end(), right.begin(), right.end());
}

qint64 totalOrder(double value)
{
    const auto bits = std::bit_cast<qint64>(value);
    return bits < 0 ? static_cast<qint64>(static_cast<quint64>(bits) ^ 0x7fffffffffffffffULL) : bits;
}

QByteArray shortestDecimal(double value)
{
    if (std::isinf(value))
        return value > 0 ? "1.0e309"_ba : "-1.0e309"_ba;
    char buffer[64];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
    Q_ASSERT(error == std::errc());
    QByteArray text(buffer, end - buffer);
    if (!text.contains('.') && !text.contains('e') && !text.contains('n'))
        text += ".0";
    return text;
}

} // namespace holdpoint
