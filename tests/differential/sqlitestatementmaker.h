// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "differential/sqliteworld.h"

namespace holdpoint {

/// A statement with places for values, marked by SqliteStatementMaker::place.
struct SqliteStatementText
{
    QByteArray text;
    QList<Value> values;
    bool changesRows = false; ///< its count is sqlite3_changes()
    [[nodiscard]] QByteArray withLiterals() const;
    [[nodiscard]] QByteArray withParameters() const; ///< ?1, ?2, …
};

/// Makes one random statement of SQL on the tables of a world.
class SqliteStatementMaker
{
public:
    static constexpr char place = '\1';

    SqliteStatementMaker(Dice& dice, SqliteWorld& world)
        : m_dice(dice)
        , m_world(world)
    {
    }

    [[nodiscard]] SqliteStatementText rowStatement(const QList<SqliteWorldTable>& tables);
    [[nodiscard]] SqliteStatementText schemaStatement(const QList<SqliteWorldTable>& tables);
    [[nodiscard]] Value value();

private:
    [[nodiscard]] QByteArray insert(const SqliteWorldTable& table, const SqliteWorldTable& other);
    [[nodiscard]] QByteArray upsert(const SqliteWorldTable& table);
    [[nodiscard]] QByteArray update(const SqliteWorldTable& table, const SqliteWorldTable& other);
    [[nodiscard]] QByteArray remove(const SqliteWorldTable& table, const SqliteWorldTable& other);
    [[nodiscard]] QByteArray condition(const SqliteWorldTable& table);
    [[nodiscard]] QByteArray expression(const SqliteWorldTable& table);
    [[nodiscard]] QByteArray column(const QByteArrayList& columns) { return sqliteQuoted(m_dice.pick(columns)); }
    [[nodiscard]] QByteArray next(const Value& value);
    [[nodiscard]] QByteArray tuple(qsizetype count);
    [[nodiscard]] QByteArray createTable(const SqliteWorldTable& like);
    [[nodiscard]] QByteArray alterTable(const SqliteWorldTable& table);
    [[nodiscard]] QByteArray createOther(const SqliteWorldTable& table);
    [[nodiscard]] QByteArray dropOther();
    [[nodiscard]] QByteArray newName() { return m_dice.oneOf({ "made", "fresh", "new one", "again" }); }

    Dice& m_dice;
    SqliteWorld& m_world;
    QList<Value> m_values;
};

} // namespace holdpoint
