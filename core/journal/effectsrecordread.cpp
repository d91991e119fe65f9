// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/effectsrecord.h"

#include "base/compression.h"
#include "base/jsonfields.h"
#include "base/jsonreader.h"

#include <QtEndian>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// Reads one target's effects; the first error is kept and ends the reading.
class EffectsReader
{
public:
    explicit EffectsReader(const JsonSource& source)
        : m_source(source)
    {
    }

    [[nodiscard]] Result<TargetEffects> read(const JsonNode& node);
    /// How many rows each of the tables has that were read.
    [[nodiscard]] const QList<qint64>& rowCounts() const { return m_rowCounts; }

private:
    [[nodiscard]] TableEffects readTable(const JsonNode& node);
    [[nodiscard]] QList<int> readIndexes(const TableEffects& table, const JsonNode::Elements& numbers);
    [[nodiscard]] int readIndex(const TableEffects& table, const JsonNode& node);
    [[nodiscard]] QString readName(const JsonNode& node);
    [[nodiscard]] EngineKind readEngine(JsonFields& fields);
    void finish(JsonFields& fields);
    void fail(const JsonNode& node, const QString& message);

    const JsonSource& m_source;
    QList<qint64> m_rowCounts;
    std::optional<Error> m_error;
};

void EffectsReader::fail(const JsonNode& node, const QString& message)
{
    if (!m_error)
        m_error = m_source.errorAt(node.offset(), message);
}

void EffectsReader::finish(JsonFields& fields)
{
    if (const auto finished = fields.finish(); !finished && !m_error)
        m_error = finished.error();
}

QString EffectsReader::readName(const JsonNode& node)
{
    if (node.kind() == JsonNode::Kind::String)
        return node.toString();
    fail(node, u"a column's name is a string"_s);
    return {};
}

QList<int> EffectsReader::readIndexes(const TableEffects& table, const JsonNode::Elements& numbers)
{
    QList<int> indexes;
    for (const JsonNode& number : numbers)
        indexes.append(readIndex(table, number));
    return indexes;
}

int EffectsReader::readIndex(const TableEffects& table, const JsonNode& node)
{
    if (node.kind() == JsonNode::Kind::Integer && node.toInteger() >= 0 && node.toInteger() < table.columns.size())
        return static_cast<int>(node.toInteger());
    fail(node, u"the table has no such column"_s);
    return 0;
}

TableEffects EffectsReader::readTable(const JsonNode& node)
{
    TableEffects table;
    JsonFields fields(node, m_source);
    table.name = { fields.text("schema"_L1), fields.text("table"_L1) };
    table.inserted = fields.integer("inserted"_L1);
    table.updated = fields.integer("updated"_L1);
    table.deleted = fields.integer("deleted"_L1);
    table.complete = fields.boolean("complete"_L1);
    table.incompleteReason = fields.text("reason"_L1);
    table.internal = fields.boolean("internal"_L1);
    table.way = captureWayFromName(fields.text("way"_L1, QString()));
    for (const JsonNode& name : fields.array("columns"_L1))
        table.columns.append(readName(name));
    table.keyColumns = readIndexes(table, fields.array("primary_key"_L1));
    table.generated = readIndexes(table, fields.array("generated"_L1));
    m_rowCounts.append(fields.integer("rows"_L1));
    finish(fields);
    return table;
}

EngineKind EffectsReader::readEngine(JsonFields& fields)
{
    const JsonNode* node = fields.required("engine"_L1, JsonNode::Kind::String);
    if (node && node->toString() == engineName(EngineKind::PostgreSQL))
        return EngineKind::PostgreSQL;
    if (node && node->toString() != engineName(EngineKind::SQLite))
        fail(*node, u"there is no engine called \"%1\""_s.arg(node->toString()));
    return EngineKind::SQLite;
}

Result<TargetEffects> EffectsReader::read(const JsonNode& node)
{
    TargetEffects effects;
    JsonFields fields(node, m_source);
    effects.target = fields.text("name"_L1);
    effects.engine = readEngine(fields);
    for (const JsonNode& table : fields.array("tables"_L1))
        effects.tables.append(readTable(table));
    for (const JsonNode& change : fields.array("schema_changes"_L1)) {
        JsonFields members(change, m_source);
        effects.schemaChanges.append({ members.text("kind"_L1), members.text("object"_L1),
                                       members.text("before"_L1, QString()), members.text("after"_L1, QString()) });
        finish(members);
    }
    for (const JsonNode& caution : fields.array("cautions"_L1)) {
        JsonFields members(caution, m_source);
        effects.cautions.append({ members.text("code"_L1), members.text("text"_L1) });
        finish(members);
    }
    finish(fields);
    if (m_error)
        return *m_error;
    return effects;
}

Error damaged()
{
    return makeError(ErrorKind::File, u"the effects end too early, or hold what are no rows"_s);
}

Result<void> readRows(Decompressor& bytes, qint64 count, TableEffects& table)
{
    constexpr size_t sizeBytes = sizeof(quint32);
    std::string record;
    for (qint64 row = 0; row < count; ++row) {
        record = bytes.read(sizeBytes);
        if (record.size() < sizeBytes)
            return damaged();
        const size_t size = packed::numberAt<quint32>(record.data());
        if (size < sizeBytes)
            return damaged();
        record += bytes.read(size - sizeBytes);
        if (RowView::checkedLength(record, table.columns.size()) != size)
            return damaged();
        table.rows.appendRecord(record);
    }
    return {};
}

Result<void> readAllRows(Decompressor& bytes, const QList<qint64>& counts, QList<TargetEffects>& effects)
{
    qsizetype next = 0;
    for (TargetEffects& target : effects) {
        for (TableEffects& table : target.tables) {
            if (const auto read = readRows(bytes, counts.at(next++), table); !read)
                return read;
        }
    }
    return bytes.atEnd() ? Result<void>() : damaged();
}

} // namespace

Result<QList<TargetEffects>> effectsFromRecord(const QByteArray& record)
{
    Decompressor bytes(record);
    const std::string_view size = bytes.read(sizeof(quint64));
    if (size.size() < sizeof(quint64))
        return damaged();
    const auto headSize = qFromLittleEndian<quint64>(size.data());
    const std::string_view head = bytes.read(headSize);
    if (head.size() < headSize)
        return damaged();
    const QByteArray json(head.data(), static_cast<qsizetype>(head.size()));
    const JsonSource source { json, u"effects"_s };
    const auto root = parseJson(source);
    if (!root)
        return root.error();
    if (root->kind() != JsonNode::Kind::Array)
        return source.errorAt(0, u"effects are an array of targets"_s);
    QList<TargetEffects> effects;
    EffectsReader reader(source);
    for (const JsonNode& node : root->elements()) {
        auto target = reader.read(node);
        if (!target)
            return target.error();
        effects.append(std::move(target).value());
    }
    if (const auto read = readAllRows(bytes, reader.rowCounts(), effects); !read)
        return read.error();
    return effects;
}

} // namespace holdpoint
