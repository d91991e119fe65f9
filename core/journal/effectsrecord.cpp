// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/effectsrecord.h"

#include "base/compression.h"
#include "base/jsonwriter.h"

#include <QtEndian>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

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

void writeTable(JsonWriter& writer, const TableEffects& table)
{
    writer.beginObject();
    writer.string("schema"_L1, table.name.schema);
    writer.string("table"_L1, table.name.table);
    writeCount(writer, "inserted"_L1, table.inserted);
    writeCount(writer, "updated"_L1, table.updated);
    writeCount(writer, "deleted"_L1, table.deleted);
    writeFlag(writer, "complete"_L1, table.complete);
    writer.string("reason"_L1, table.incompleteReason);
    writeFlag(writer, "internal"_L1, table.internal);
    if (table.way != CaptureWay::Unknown)
        writer.string("way"_L1, captureWayName(table.way));
    writer.key("columns"_L1);
    writer.beginArray();
    for (const QString& column : table.columns)
        writer.string(column);
    writer.endArray();
    writeIndexes(writer, "primary_key"_L1, table.keyColumns);
    writeIndexes(writer, "generated"_L1, table.generated);
    writeCount(writer, "rows"_L1, table.rows.size());
    writer.endObject();
}

void writeTarget(JsonWriter& writer, const TargetEffects& effects)
{
    writer.beginObject();
    writer.string("name"_L1, effects.target);
    writer.string("engine"_L1, engineName(effects.engine));
    writer.key("tables"_L1);
    writer.beginArray();
    for (const TableEffects& table : effects.tables)
        writeTable(writer, table);
    writer.endArray();
    writer.key("schema_changes"_L1);
    writer.beginArray();
    for (const SchemaChange& change : effects.schemaChanges) {
        writer.beginObject();
        writer.string("kind"_L1, change.kind);
        writer.string("object"_L1, change.object);
        writer.string("before"_L1, change.before);
        writer.string("after"_L1, change.after);
        writer.endObject();
    }
    writer.endArray();
    writer.key("cautions"_L1);
    writer.beginArray();
    for (const Caution& caution : effects.cautions) {
        writer.beginObject();
        writer.string("code"_L1, caution.code);
        writer.string("text"_L1, caution.text);
        writer.endObject();
    }
    writer.endArray();
    writer.endObject();
}

QByteArray headOf(const QList<TargetEffects>& effects)
{
    JsonWriter writer;
    writer.beginArray();
    for (const TargetEffects& target : effects)
        writeTarget(writer, target);
    writer.endArray();
    return writer.take();
}

} // namespace

QByteArray effectsToRecord(const QList<TargetEffects>& effects)
{
    const QByteArray head = headOf(effects);
    char size[sizeof(quint64)];
    qToLittleEndian(static_cast<quint64>(head.size()), size);
    Compressor compressor;
    compressor.add({ size, sizeof size });
    compressor.add({ head.constData(), static_cast<size_t>(head.size()) });
    for (const TargetEffects& target : effects) {
        for (const TableEffects& table : target.tables) {
            for (const RowView row : table.rows.views())
                compressor.add(row.record());
        }
    }
    return compressor.result();
}

} // namespace holdpoint
