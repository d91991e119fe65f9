// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/namedvalue.h"
#include "effects/rowchanges.h"
#include "target/target.h"

#include <QHash>
#include <QStringList>

namespace holdpoint {

/// How the rows of a table were found; of several the dearest. All are exact.
enum class CaptureWay {
    Unknown, ///< not told: an older record
    Hooked, ///< SQLite told each change as it was made
    LookedUp, ///< by place and key; the server's counters confirm that there is nothing else
    Scanned, ///< the table was read through
    Copied, ///< compared with a copy made before the batch
};
/// "looked-up"; empty for Unknown.
[[nodiscard]] QString captureWayName(CaptureWay way);
[[nodiscard]] CaptureWay captureWayFromName(QStringView name);

/// What happened to one table. Counts are exact and cover everything, whatever `rows` holds.
struct TableEffects
{
    TableName name;
    QStringList columns;
    QList<int> keyColumns; ///< indexes into columns of the primary key; empty: rows are a multiset
    QList<int> generated; ///< indexes of generated columns
    qint64 inserted = 0;
    qint64 updated = 0;
    qint64 deleted = 0;
    bool complete = true;
    QString incompleteReason; ///< why not complete, with the counts that are known
    bool internal = false; ///< a table that the engine keeps for itself
    RowChanges rows; ///< sorted: see normalize()
    CaptureWay way = CaptureWay::Unknown;
    /// SQLite, by column: the tables whose keys its new values may be copies of, as far as keys are concerned that
    /// SQLite gave in this run. A column that is not among them holds none. Known to the run itself alone.
    QHash<int, QList<TableName>> keySources;
    /// Whatever the way and the sources of keys.
    friend bool operator==(const TableEffects& left, const TableEffects& right);
};

struct SchemaChange
{
    QString kind; ///< "create", "alter", "drop"
    QString object; ///< "table main.orders", "index main.by_name"
    QString before; ///< the definition, empty for create
    QString after;
    friend bool operator==(const SchemaChange&, const SchemaChange&) = default;
};

/// Something that a rollback does not undo or a capture cannot see.
struct Caution
{
    QString code; ///< "sequence-advanced", "notify", …
    QString text;
    friend bool operator==(const Caution&, const Caution&) = default;
};

/// The effects of a run on one target.
struct TargetEffects
{
    QString target;
    EngineKind engine = EngineKind::SQLite;
    QList<TableEffects> tables; ///< sorted by schema and table; only tables that changed
    QList<SchemaChange> schemaChanges;
    QList<Caution> cautions;
    friend bool operator==(const TargetEffects&, const TargetEffects&) = default;
};

/// Sorts tables and rows into the one order that digest, drift and output use: by key, else by the whole row.
void normalize(TargetEffects& effects);

/// "sha256:…" over tables, operations, old and new rows as typed values and schema changes; origin, command,
/// new values of volatile columns, what is not compared and cautions are left out. Needs normalized effects.
[[nodiscard]] QString digest(const QList<TargetEffects>& effects);

} // namespace holdpoint
