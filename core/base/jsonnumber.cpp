// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/jsonnumber.h"

#include "base/value.h"

#include <array>
#include <charconv>
#include <limits>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// A decimal as its significant digits and the power of ten of the last one, so that 1.50 equals 15e-1.
struct Decimal
{
    QByteArray digits;
    qint64 exponent = 0;
    friend bool operator==(const Decimal&, const Decimal&) = default;
};

Decimal decimalOf(QByteArrayView text)
{
    Decimal decimal;
    const QByteArray lower = text.toByteArray().toLower();
    const QByteArrayView mantissa
        = QByteArrayView(lower).first(lower.contains('e') ? lower.indexOf('e') : lower.size());
    if (mantissa.size() < lower.size())
        decimal.exponent = QByteArrayView(lower).sliced(mantissa.size() + 1).toLongLong();
    const qsizetype point = mantissa.indexOf('.');
    if (point >= 0)
        decimal.exponent -= mantissa.size() - point - 1;
    for (const char digit : mantissa) {
        if (digit >= (decimal.digits.isEmpty() ? '1' : '0') && digit <= '9')
            decimal.digits += digit;
    }
    while (decimal.digits.endsWith('0')) {
        decimal.digits.chop(1);
        ++decimal.exponent;
    }
    return decimal.digits.isEmpty() ? Decimal() : decimal;
}

QString shortened(QByteArrayView text)
{
    constexpr qsizetype longest = 60;
    const QString shown = QString::fromLatin1(text.first(std::min(text.size(), longest)));
    return text.size() > longest ? shown + u'…' : shown;
}

/// As other programs write it: 9.223372036854776e+18 has fewer digits than 9223372036854775808.0.
QByteArray fewestDigits(double value)
{
    std::array<char, 32> buffer = {};
    const auto end
        = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
    return { buffer.data(), end - buffer.data() };
}

JsonNumber realNumber(QByteArrayView text)
{
    static const QByteArray infinity = shortestDecimal(std::numeric_limits<double>::infinity());
    const bool negative = text.startsWith('-');
    if (text.sliced(negative ? 1 : 0) == infinity)
        return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    double value = 0;
    const auto result = std::from_chars(text.begin(), text.end(), value);
    const QByteArray shortest = result.ec == std::errc() ? shortestDecimal(value) : QByteArray();
    if (!shortest.isEmpty()
        && (text == shortest || decimalOf(text) == decimalOf(shortest)
            || decimalOf(text) == decimalOf(fewestDigits(value))))
        return value;
    return u"a double does not keep the number %1 exactly; write it as a string"_s.arg(shortened(text));
}

} // namespace

JsonNumber jsonNumber(QByteArrayView text)
{
    if (text.contains('.') || text.contains('e') || text.contains('E'))
        return realNumber(text);
    qint64 value = 0;
    const auto result = std::from_chars(text.begin(), text.end(), value);
    if (result.ec == std::errc())
        return value;
    return u"the integer %1 does not fit 64 bits; write it as a string"_s.arg(shortened(text));
}

} // namespace holdpoint
