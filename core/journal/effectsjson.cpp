// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/effectsjson.h"

#include "base/valuejson.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

class EffectsWriter
{
public:
    EffectsWriter(JsonWriter& writer, qint64 maxRows)
        : m_writer(writer)
        , m_maxRows(maxRows)
    {
    }

    void write(const TargetEffects& effects);

private:
    void write(const TableEffects& table);
    void write(const TableEffects& table, const RowChange& row);
    void writeCount(QLatin1StringView key, qint64 count);
    void writeNames(QLatin1StringView key, const TableEffects& table, const QList<int>& columns);

    JsonWriter& m_writer;
    qint64 m_maxRows;
};

void EffectsWriter::writeCount(QLatin1StringView key, qint64 count)
{
    m_writer.key(key);
    m_writer.integer(count);
}

void EffectsWriter::writeNames(QLatin1StringView key, const TableEffects& table, const QList<int>& columns)
{
    m_writer.key(key);
    m_writer.beginArray(JsonWriter::Layout::OneLine);
    for (const int column : columns)
        m_writer.string(table.columns.at(column));
    m_writer.endArray();
}

void EffectsWriter::write(const TableEffects& table, const RowChange& row)
{
    m_writer.beginObject(JsonWriter::Layout::OneLine);
    m_writer.key("change"_L1);
    m_writer.string(changeName(row.change));
    m_writer.key("origin"_L1);
    m_writer.string(row.origin == Origin::Direct ? "direct"_L1 : "indirect"_L1);
    m_writer.key("command"_L1);
    if (row.command)
        m_writer.integer(*row.command);
    else
        m_writer.null();
    m_writer.key("key"_L1);
    writeKey(m_writer, table.columns, table.keyColumns, row.change == ChangeKind::Insert ? row.after : row.before);
    if (row.change != ChangeKind::Insert) {
        m_writer.key("before"_L1);
        writeRow(m_writer, table.columns, row.before);
    }
    if (row.change != ChangeKind::Delete) {
        m_writer.key("after"_L1);
        writeRow(m_writer, table.columns, row.after);
    }
    if (!row.partition.isEmpty())
        m_writer.string("partition"_L1, row.partition);
    writeNames("volatile"_L1, table, row.volatileColumns);
    m_writer.endObject();
}

void EffectsWriter::write(const TableEffects& table)
{
    m_writer.beginObject();
    m_writer.string("schema"_L1, table.name.schema);
    m_writer.string("table"_L1, table.name.table);
    writeCount("inserted"_L1, table.inserted);
    writeCount("updated"_L1, table.updated);
    writeCount("deleted"_L1, table.deleted);
    m_writer.key("complete"_L1);
    m_writer.boolean(table.complete);
    if (!table.complete || !table.incompleteReason.isEmpty())
        m_writer.string("reason"_L1, table.incompleteReason);
    if (table.internal) {
        m_writer.key("internal"_L1);
        m_writer.boolean(true);
    }
    if (table.way != CaptureWay::Unknown)
        m_writer.string("way"_L1, captureWayName(table.way));
    const bool cut = m_maxRows >= 0 && table.rows.size() > m_maxRows;
    const qint64 shown = cut ? m_maxRows : table.rows.size();
    m_writer.key("rows"_L1);
    m_writer.beginArray();
    for (qint64 row = 0; row < shown; ++row)
        write(table, table.rows.at(row));
    m_writer.endArray();
    if (cut) {
        m_writer.key("truncated"_L1);
        m_writer.boolean(true);
    }
    m_writer.endObject();
}

void EffectsWriter::write(const TargetEffects& effects)
{
    m_writer.beginObject();
    m_writer.string("name"_L1, effects.target);
    m_writer.string("engine"_L1, engineName(effects.engine));
    m_writer.key("tables"_L1);
    m_writer.beginArray();
    for (const TableEffects& table : effects.tables)
        write(table);
    m_writer.endArray();
    m_writer.key("schema_changes"_L1);
    m_writer.beginArray();
    for (const SchemaChange& change : effects.schemaChanges) {
        m_writer.beginObject(JsonWriter::Layout::OneLine);
        m_writer.string("kind"_L1, change.kind);
        m_writer.string("object"_L1, change.object);
        m_writer.string("before"_L1, change.before);
        m_writer.string("after"_L1, change.after);
        m_writer.endObject();
    }
    m_writer.endArray();
    m_writer.key("cautions"_L1);
    m_writer.beginArray();
    for (const Caution& caution : effects.cautions) {
        m_writer.beginObject(JsonWriter::Layout::OneLine);
        m_writer.string("code"_L1, caution.code);
        m_writer.string("text"_L1, caution.text);
        m_writer.endObject();
    }
    m_writer.endArray();
    m_writer.endObject();
}

} // namespace

void writeRow(JsonWriter& writer, const QStringList& columns, const Row& row)
{
    writer.beginObject(JsonWriter::Layout::OneLine);
    for (qsizetype column = 0; column < row.size(); ++column) {
        writer.key(columns.at(column));
        writeValue(writer, row.at(column));
    }
    writer.endObject();
}

void writeKey(JsonWriter& writer, const QStringList& columns, const QList<int>& keyColumns, const Row& row)
{
    if (keyColumns.isEmpty())
        return writer.null();
    writer.beginObject(JsonWriter::Layout::OneLine);
    for (const int column : keyColumns) {
        writer.key(columns.at(column));
        writeValue(writer, row.at(column));
    }
    writer.endObject();
}

void writeEffects(JsonWriter& writer, const QList<TargetEffects>& effects, qint64 maxRows)
{
    writer.beginArray();
    for (const TargetEffects& target : effects)
        EffectsWriter(writer, maxRows).write(target);
    writer.endArray();
}

} // namespace holdpoint
