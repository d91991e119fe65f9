// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/clockvalues.h"

#include <QRegularExpression>

#include <algorithm>
#include <cstdlib>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr qint64 tolerance = 5; // seconds, for a server whose clock is not ours

// Time zones differ by quarters of an hour.
bool isTimeOfDay(const QString& text, qint64 now)
{
    constexpr qint64 quarter = 900;
    static const QRegularExpression time(u"\\d\\d:(\\d\\d):(\\d\\d)(?![.\\d])"_s);
    const auto match = time.match(text);
    if (!match.hasMatch())
        return false;
    const qint64 told = match.captured(1).toLongLong() * 60 + match.captured(2).toLongLong();
    const qint64 apart = (told - now % quarter + 10 * quarter) % quarter;
    return std::min(apart, quarter - apart) <= tolerance;
}

bool tellsSecond(const Value& value, qint64 now)
{
    if (value.kind() == Value::Kind::Integer)
        return value.toInteger() >= now - tolerance && value.toInteger() <= now + tolerance;
    if (value.kind() != Value::Kind::Text)
        return false;
    bool isNumber = false;
    const double number = value.toText().toDouble(&isNumber);
    return isNumber ? std::abs(number - static_cast<double>(now)) <= static_cast<double>(tolerance)
                    : isTimeOfDay(value.toText(), now);
}

bool tellsSecond(const RowChange& row, qint64 now)
{
    for (int column = 0; column < row.after.size(); ++column) {
        const bool changed = column >= row.before.size() || row.before.at(column) != row.after.at(column);
        if (changed && !row.volatileColumns.contains(column) && tellsSecond(row.after.at(column), now))
            return true;
    }
    return false;
}

} // namespace

bool mayTellSecond(const QList<TargetEffects>& effects, const QDateTime& time)
{
    const qint64 now = time.toSecsSinceEpoch();
    return std::ranges::any_of(effects, [&](const TargetEffects& target) {
        return std::ranges::any_of(target.tables, [&](const TableEffects& table) {
            return std::ranges::any_of(table.rows, [&](const RowChange& row) { return tellsSecond(row, now); });
        });
    });
}

} // namespace holdpoint
