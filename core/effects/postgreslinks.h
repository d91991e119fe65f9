// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresrelation.h"

#include <QHash>

namespace holdpoint {

/// A foreign key whose action may change rows of `child` when rows of `parent` go or change their key, and by whose
/// columns an index of the child finds them.
struct PostgresLink
{
    qint64 parent = 0;
    qint64 child = 0;
    QStringList parentColumns;
    QStringList childColumns;
};

/// Those between tables of these.
[[nodiscard]] Result<QList<PostgresLink>> readLinks(Connection& connection, const QList<qint64>& oids);

/// Of each of these tables the column of integers, if it has one, whose index finds rows with a greater number than any
/// before: a primary key, an identity, what a default fills.
[[nodiscard]] Result<QHash<qint64, QString>> readRisingColumns(Connection& connection, const QList<qint64>& oids);

} // namespace holdpoint
