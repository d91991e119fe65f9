// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

bool Error::breaksSession() const
{
    return kind == ErrorKind::ConnectionLost || kind == ErrorKind::Unreachable;
}

bool Error::abortsTransaction() const
{
    return breaksSession() || kind == ErrorKind::Cancelled || !sqlState.isEmpty();
}

bool Error::isTransient() const
{
    constexpr int sqliteBusy = 5;
    constexpr int sqliteLocked = 6;
    const int primary = nativeCode & 0xff;
    return kind == ErrorKind::ConnectionLost || kind == ErrorKind::Timeout || kind == ErrorKind::Outdated
        || sqlState.startsWith("40"_L1) || sqlState == "55P03"_L1 || sqlState == "53300"_L1
        || (sqlState.isEmpty() && (primary == sqliteBusy || primary == sqliteLocked));
}

bool Error::needsPassword() const
{
    return kind == ErrorKind::Unreachable && sqlState == "28P01"_L1;
}

QString Error::text() const
{
    QString result = message;
    if (!detail.isEmpty())
        result += "\ndetail: "_L1 + detail;
    if (!hint.isEmpty())
        result += "\nhint: "_L1 + hint;
    return result;
}

Error makeError(ErrorKind kind, QString message, QString detail, QString hint)
{
    Error error;
    error.kind = kind;
    error.message = std::move(message);
    error.detail = std::move(detail);
    error.hint = std::move(hint);
    return error;
}

} // namespace holdpoint
