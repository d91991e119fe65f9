// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/effectsrecord.h"

#include "base/valuejson.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

void writeText(JsonWriter& writer, QLatin1StringView key, const QString& text)
{
    writer.key(key);
    writer.string(text);
}

void writeCount(JsonWriter& writer, QLatin1StringView key, qint64 count)
{
    writer.key(key);
    writer.integer(count);
}

void writeFlag(JsonWriter& writer, QLatin1StringView key, bool flag)
{
    writer.key(key);
    writer.boolean(flag);
}

void writeIndexes(JsonWriter& writer, QLatin1StringView key, const QList<int>& indexes)
{
    writer.key(key);
    writer.beginArray();
    for (const int index : indexes)
        writer.integer(index);
    writer.endArray();
}

void writeWhole(JsonWriter& writer, const Row& row)
{
    writer.beginArray();
    for (const Value& value : row)
        writeValue(writer, value);
    writer.endArray();
}

void writeChanges(JsonWriter& writer, const Row& before, const Row& after)
{
    writer.beginArray();
    for (qsizetype column = 0; column < after.size(); ++column) {
        if (before.at(column) != after.at(column)) {
            writer.integer(column);
            writeValue(writer, after.at(column));
        }
    }
    writer.endArray();
}

QLatin1StringView codeOf(const RowChange& row)
{
    switch (row.change) {
    case ChangeKind::Insert: return rowcode::insert;
    case ChangeKind::Delete: return rowcode::remove;
    case ChangeKind::Update: return row.before.size() == row.after.size() ? rowcode::update : rowcode::wholeUpdate;
    }
    Q_UNREACHABLE();
}

void writeRowChange(JsonWriter& writer, const RowChange& row)
{
    const QLatin1StringView code = codeOf(row);
    writer.beginArray();
    writer.string(code);
    writer.integer(row.origin == Origin::Indirect ? 1 : 0);
    if (row.command)
        writer.integer(*row.command);
    else
        writer.null();
    writeWhole(writer, row.before);
    if (code == rowcode::update)
        writeChanges(writer, row.before, row.after);
    else
        writeWhole(writer, row.after);
    if (!row.partition.isEmpty() || !row.volatileColumns.isEmpty()) {
        writer.beginObject();
        writeText(writer, "partition"_L1, row.partition);
        writeIndexes(writer, "volatile"_L1, row.volatileColumns);
        if (row.assignedKey)
            writeFlag(writer, "assigned_key"_L1, true);
        writer.endObject();
    }
    writer.endArray();
}

void writeTable(JsonWriter& writer, const TableEffects& table)
{
    writer.beginObject();
    writeText(writer, "schema"_L1, table.name.schema);
    writeText(writer, "table"_L1, table.name.table);
    writeCount(writer, "inserted"_L1, table.inserted);
    writeCount(writer, "updated"_L1, table.updated);
    writeCount(writer, "deleted"_L1, table.deleted);
    writeFlag(writer, "complete"_L1, table.complete);
    writeText(writer, "reason"_L1, table.incompleteReason);
    writeFlag(writer, "internal"_L1, table.internal);
    if (table.way != CaptureWay::Unknown)
        writeText(writer, "way"_L1, captureWayName(table.way));
    writer.key("columns"_L1);
    writer.beginArray();
    for (const QString& column : table.columns)
        writer.string(column);
    writer.endArray();
    writeIndexes(writer, "primary_key"_L1, table.keyColumns);
    writeIndexes(writer, "generated"_L1, table.generated);
    writer.key("rows"_L1);
    writer.beginArray();
    for (const RowChange& row : table.rows)
        writeRowChange(writer, row);
    writer.endArray();
    writer.endObject();
}

void writeTarget(JsonWriter& writer, const TargetEffects& effects)
{
    writer.beginObject();
    writeText(writer, "name"_L1, effects.target);
    writeText(writer, "engine"_L1, engineName(effects.engine));
    writer.key("tables"_L1);
    writer.beginArray();
    for (const TableEffects& table : effects.tables)
        writeTable(writer, table);
    writer.endArray();
    writer.key("schema_changes"_L1);
    writer.beginArray();
    for (const SchemaChange& change : effects.schemaChanges) {
        writer.beginObject();
        writeText(writer, "kind"_L1, change.kind);
        writeText(writer, "object"_L1, change.object);
        writeText(writer, "before"_L1, change.before);
        writeText(writer, "after"_L1, change.after);
        writer.endObject();
    }
    writer.endArray();
    writer.key("cautions"_L1);
    writer.beginArray();
    for (const Caution& caution : effects.cautions) {
        writer.beginObject();
        writeText(writer, "code"_L1, caution.code);
        writeText(writer, "text"_L1, caution.text);
        writer.endObject();
    }
    writer.endArray();
    writer.endObject();
}

} // namespace

QByteArray effectsToJson(const QList<TargetEffects>& effects)
{
    JsonWriter writer;
    writer.beginArray();
    for (const TargetEffects& target : effects)
        writeTarget(writer, target);
    writer.endArray();
    return writer.take();
}

} // namespace holdpoint
