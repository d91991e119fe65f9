// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/jsonfields.h"
#include "base/jsonwriter.h"
#include "base/texthash.h"
#include "command/storecommand.h"

#include <QDir>

#include <unordered_set>

namespace holdpoint {

/// Lets equal strings share their text: the names of a batch repeat in every command.
class SharedStrings
{
public:
    [[nodiscard]] QString shared(const QString& text);

private:
    std::unordered_set<QString, TextHash> m_known;
};

/// What reading a command needs besides its own members.
struct CommandPlace
{
    const JsonSource& source;
    const QDir& base;
    SharedStrings& strings;
};

/// How one kind of command stands in a batch file, beside its `op`. `read` asks for all its members and leaves
/// what is wrong in the fields; its result counts only if they finish well.
struct CommandFormat
{
    QLatin1StringView op;
    StoreCommandPtr (*read)(JsonFields& fields, const CommandPlace& place);
    void (*write)(const StoreCommand& command, JsonWriter& writer, const QDir& base);
};

/// Null for an operation that no batch file knows.
[[nodiscard]] const CommandFormat* commandFormat(QStringView op);
[[nodiscard]] QStringList knownOperations();

} // namespace holdpoint
