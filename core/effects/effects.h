// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/value.h"
#include "command/namedvalue.h"
#include "target/target.h"

#include <QStringList>

#include <optional>

namespace holdpoint {

enum class ChangeKind { Insert, Update, Delete };
enum class Origin { Direct, Indirect };

/// The net change of one row: `before` and `after` hold all columns in the order of
/// TableEffects::columns; an insert has no before, a delete no after.
struct RowChange
{
    ChangeKind change = ChangeKind::Update;
    Origin origin = Origin::Direct;
    std::optional<int> command; ///< index in the batch of the command that caused it; none if it cannot be known
    Row before;
    Row after;
    QString partition; ///< the partition that holds it, for rows shown under the root
    QList<int> volatileColumns; ///< indexes of columns whose new value differs between two runs of the same batch
    bool assignedKey = false; ///< SQLite gave the key: it is the rowid that came next; its column is volatile
    friend bool operator==(const RowChange&, const RowChange&) = default;
};

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
    QList<RowChange> rows; ///< sorted: see normalize()
    CaptureWay way = CaptureWay::Unknown;
    /// Whatever the way.
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
