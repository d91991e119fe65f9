// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/namedvalue.h"

namespace holdpoint {

// Short ways to write the named values of a row command.

inline NamedValue text(const char* column, const char* value)
{
    return { QString::fromUtf8(column), Value::text(QString::fromUtf8(value)) };
}

inline NamedValue integer(const char* column, qint64 value)
{
    return { QString::fromUtf8(column), Value::integer(value) };
}

inline NamedValue null(const char* column)
{
    return { QString::fromUtf8(column), Value::null() };
}

} // namespace holdpoint
