// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/effects.h"

#include <array>
#include <tuple>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

// In the order of CaptureWay.
constexpr std::array<const char*, 5> ways { "", "hooked", "looked-up", "scanned", "copied" };

auto tied(const TableEffects& table)
{
    return std::tie(table.name, table.columns, table.keyColumns, table.generated, table.inserted, table.updated,
                    table.deleted, table.complete, table.incompleteReason, table.internal, table.rows);
}

} // namespace

QLatin1StringView changeName(ChangeKind change)
{
    switch (change) {
    case ChangeKind::Insert: return "insert"_L1;
    case ChangeKind::Update: return "update"_L1;
    case ChangeKind::Delete: return "delete"_L1;
    }
    Q_UNREACHABLE();
}

QString captureWayName(CaptureWay way)
{
    return QString::fromLatin1(ways.at(static_cast<size_t>(way)));
}

CaptureWay captureWayFromName(QStringView name)
{
    for (size_t i = 0; i < ways.size(); ++i) {
        if (name == QLatin1String(ways.at(i)))
            return static_cast<CaptureWay>(i);
    }
    return CaptureWay::Unknown;
}

bool operator==(const TableEffects& left, const TableEffects& right)
{
    return tied(left) == tied(right);
}

} // namespace holdpoint
