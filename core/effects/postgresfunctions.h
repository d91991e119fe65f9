// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/postgresact.h"
#include "effects/effects.h"
#include "session/connection.h"

#include <QSet>

namespace holdpoint {

struct PostgresFunction
{
    QString schema;
    QString name;
    QString language;
    bool trusted = true; ///< its language is
    bool isVolatile = true;
    QString extension; ///< that it belongs to; empty if none
    [[nodiscard]] QString fullName() const { return schema + QLatin1Char('.') + name; }
};

/// An act, and the function whose body does it; none if a statement of the batch does it itself.
struct PostgresDeed
{
    PostgresAct act;
    QString by;
};

/// Follows calls: from what the batch's statements call, and the triggers, defaults, constraints and rules of the
/// tables that it locked for writing, through the bodies of functions in SQL and PL/pgSQL.
class PostgresFunctions
{
public:
    explicit PostgresFunctions(Connection& connection)
        : m_connection(connection)
    {
    }
    /// `acts`: of the statements. `functions`: of triggers and the like, by oid.
    [[nodiscard]] Result<void> follow(const QList<PostgresAct>& acts, const QList<qint64>& functions);

    [[nodiscard]] const QList<PostgresFunction>& reached() const { return m_reached; }
    [[nodiscard]] const QList<PostgresDeed>& deeds() const { return m_deeds; }

private:
    void note(const QList<PostgresAct>& acts, const QString& by, const QString& home);
    [[nodiscard]] Result<void> look(const QByteArray& condition, const QList<Value>& parameters);

    Connection& m_connection;
    QList<PostgresFunction> m_reached;
    QList<PostgresDeed> m_deeds;
    QSet<qint64> m_known;
    struct Name
    {
        QString schema;
        QString name;
        QString home; ///< the schema of the function that calls
    };
    QList<Name> m_unresolved;
    QSet<QStringList> m_names;
};

} // namespace holdpoint
