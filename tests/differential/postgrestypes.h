// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace holdpoint::differential {

/// A type of the server and texts of values of it, the odd ones among them.
struct RandomType
{
    QString name; ///< as SQL
    QStringList values;
    bool equalsOther = false; ///< some are equal to others that print differently
};

/// Every kind of built-in type, and the types that typesSql makes.
[[nodiscard]] const QList<RandomType>& randomTypes();

extern const char* const typesSql;

} // namespace holdpoint::differential
