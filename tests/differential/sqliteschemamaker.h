// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "differential/dice.h"

#include <QByteArray>
#include <QList>

namespace holdpoint {

/// A random schema with rows in it: keys of every kind, generated columns, foreign keys with every action, checks,
/// collations, indexes, triggers, views, full-text and spatial tables.
class SqliteSchemaMaker
{
public:
    explicit SqliteSchemaMaker(Dice& dice)
        : m_dice(dice)
    {
    }

    /// A script; statements that insert rows may fail, each by itself.
    [[nodiscard]] QByteArrayList made();

private:
    struct Made
    {
        QByteArray name;
        QByteArrayList columns; // that can be written
        QByteArray key; // a column that others may refer to, with its kind of value
        bool wordKey = false;
    };

    void addTable(int index);
    [[nodiscard]] QByteArray keyColumns(Made& table, QByteArray& options, QByteArray& constraints);
    [[nodiscard]] QByteArray plainColumn(Made& table, int index);
    [[nodiscard]] QByteArray generatedColumn(const Made& table, int index);
    [[nodiscard]] QByteArray foreignKey(Made& table);
    void addRows(const Made& table);
    void addTrigger(int index);
    void addView(int index);
    void addIndex(int index);
    void addFullText();
    void addSpatial();
    [[nodiscard]] QByteArray value(bool word);
    [[nodiscard]] QByteArray action(const QByteArray& row);

    Dice& m_dice;
    QList<Made> m_tables;
    QByteArrayList m_script;
};

} // namespace holdpoint
