// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "differential/postgresdump.h"
#include "differential/postgresrandom.h"

namespace holdpoint::differential {

/// What the random statements need to know of a table or view. Each has the columns v (int) and s (text).
struct WorldTable
{
    enum class Kind { Table, Partitioned, Parent, View };
    enum class Key { None, Int, Text, Composite, Always, ByDefault, Serial, Deferrable, Uuid };
    QString name;
    Kind kind = Kind::Table;
    Key key = Key::None;
    QMap<QString, int> typed; ///< further columns, with their place in randomTypes()
    QString reference; ///< name of a column that refers to the key of another table
    bool textReference = false; ///< whose key is a text
    bool pairReference = false; ///< the columns ra and rb refer to a key of two columns
    bool ruled = false;
    QStringList leaves; ///< partitions or children

    [[nodiscard]] QString sql() const { return quoted(name); }
    [[nodiscard]] bool hasIntKey() const
    {
        return key == Key::Int || key == Key::Always || key == Key::ByDefault || key == Key::Serial;
    }
    [[nodiscard]] QStringList keyColumns() const;
    /// Values of the key that this number stands for, by column; empty without a key.
    [[nodiscard]] QMap<QString, QString> keyOf(int number) const;
};

/// A random schema with rows: keys, foreign keys, triggers, rules, views, partitions, inheritance, every type.
struct World
{
    QString sql; ///< makes it in an empty database
    QList<WorldTable> tables;
    int names = 0; ///< for what batches create

    /// Forgets what is not there any more.
    void adaptTo(const Dump& dump);
};

[[nodiscard]] World randomWorld(Random& random);

} // namespace holdpoint::differential
