// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "differential/postgresworld.h"

namespace holdpoint::differential {

/// Makes SQL of every shape over the tables of a world. What it does must not depend on the physical order of rows.
class Statements
{
public:
    Statements(World& world, Random& random)
        : m_world(world)
        , m_random(random)
    {
    }

    /// Changes rows. Neighbours that need each other (a cursor) come together.
    [[nodiscard]] QStringList changeRows();
    /// Changes the schema, or all of a table at once.
    [[nodiscard]] QStringList changeSchema();

    [[nodiscard]] const WorldTable& table();
    [[nodiscard]] QString value(const WorldTable& table, const QString& column);

private:
    [[nodiscard]] const WorldTable& ordinary();
    [[nodiscard]] QString name(const WorldTable& table);
    [[nodiscard]] QString small() { return QString::number(m_random.below(14)); }
    [[nodiscard]] QString newName();
    [[nodiscard]] QString where(const WorldTable& table);
    [[nodiscard]] QString assignments(const WorldTable& table);
    [[nodiscard]] QString insert(const WorldTable& table);
    [[nodiscard]] QString insertSelect(const WorldTable& table);
    [[nodiscard]] QString upsert(const WorldTable& table);
    [[nodiscard]] QString merge(const WorldTable& table);
    [[nodiscard]] QString writableCte(const WorldTable& table);
    [[nodiscard]] QString block(const WorldTable& table);
    [[nodiscard]] QString alter(const WorldTable& table);

    World& m_world;
    Random& m_random;
};

} // namespace holdpoint::differential
