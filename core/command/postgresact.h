// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace holdpoint {

/// Something that a PostgreSQL text does beside reading and writing rows, or a function that it calls.
struct PostgresAct
{
    enum class Kind {
        Call, ///< of the function `name`
        Notify, ///< on the channel `name`
        Program, ///< COPY runs the command `name` on the server
        ServerFile, ///< COPY reads or writes the file `name` on the server
        SessionSetting, ///< SET without LOCAL of the setting `name`
        Language ///< a DO block in the language `name`
    };
    Kind kind = Kind::Call;
    QString schema; ///< of a call; empty if the text names none
    QString name;
    /// Of a call of pg_notify and set_config: constants as their value, everything else (and what a notification or
    /// setting says) as a null string.
    QStringList arguments;
    friend bool operator==(const PostgresAct&, const PostgresAct&) = default;
};

/// What is kept of the arguments of a function.
[[nodiscard]] inline QStringList tellingArguments(const QString& function, const QStringList& arguments)
{
    if (function == QLatin1String("pg_notify"))
        return { arguments.value(0) };
    if (function == QLatin1String("set_config"))
        return { arguments.value(0), QString(), arguments.value(2) };
    return {};
}

} // namespace holdpoint
