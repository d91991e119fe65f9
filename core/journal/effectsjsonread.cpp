// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/effectsjson.h"

#include "base/jsonreader.h"
#include "base/valuejson.h"
#include "journal/runjson.h"

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

private:
    [[nodiscard]] TableEffects readTable(const JsonNode& node);
    [[nodiscard]] RowChange readRowChange(const TableEffects& table, const JsonNode& node);
    [[nodiscard]] Row readRow(const TableEffects& table, const JsonNode& node);
    [[nodiscard]] QList<int> readColumns(const TableEffects& table, const JsonNode::Elements& names);
    [[nodiscard]] QString readName(const JsonNode& node);
    [[nodiscard]] EngineKind readEngine(JsonFields& fields);
    void finish(JsonFields& fields);
    void fail(const JsonNode& node, const QString& message);

    const JsonSource& m_source;
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

QList<int> EffectsReader::readColumns(const TableEffects& table, const JsonNode::Elements& names)
{
    QList<int> columns;
    for (const JsonNode& name : names) {
        const auto column = static_cast<int>(table.columns.indexOf(readName(name)));
        if (column < 0)
            fail(name, u"the table has no such column"_s);
        columns.append(column);
    }
    return columns;
}

Row EffectsReader::readRow(const TableEffects& table, const JsonNode& node)
{
    Row row;
    const JsonNode::Members& members = node.members();
    if (static_cast<qsizetype>(members.size()) != table.columns.size()) {
        fail(node, u"the row has %1 columns, the table %2"_s.arg(members.size()).arg(table.columns.size()));
        return row;
    }
    row.reserve(table.columns.size());
    for (qsizetype column = 0; column < table.columns.size(); ++column) {
        const JsonMember& member = members[static_cast<size_t>(column)];
        if (member.key != table.columns.at(column))
            fail(member.value, u"the columns stand in another order than the table's"_s);
        auto value = valueFromJson(member.value, m_source);
        if (value)
            row.append(std::move(value).value());
        else if (!m_error)
            m_error = value.error();
    }
    return row;
}

RowChange EffectsReader::readRowChange(const TableEffects& table, const JsonNode& node)
{
    RowChange row;
    JsonFields fields(node, m_source);
    const QString change = fields.text("change"_L1);
    row.change = change == "insert"_L1 ? ChangeKind::Insert
        : change == "delete"_L1        ? ChangeKind::Delete
                                       : ChangeKind::Update;
    row.origin = fields.text("origin"_L1) == "indirect"_L1 ? Origin::Indirect : Origin::Direct;
    if (const JsonNode* command = fields.required("command"_L1); command && !command->isNull())
        row.command = static_cast<int>(fields.integer("command"_L1));
    static_cast<void>(fields.required("key"_L1)); // part of the row
    if (const JsonNode* before = fields.optional("before"_L1, JsonNode::Kind::Object))
        row.before = readRow(table, *before);
    if (const JsonNode* after = fields.optional("after"_L1, JsonNode::Kind::Object))
        row.after = readRow(table, *after);
    row.partition = fields.text("partition"_L1, QString());
    row.volatileColumns = readColumns(table, fields.array("volatile"_L1));
    finish(fields);
    return row;
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
    table.incompleteReason = fields.text("reason"_L1, QString());
    table.internal = fields.boolean("internal"_L1, false);
    for (const JsonNode& name : fields.array("columns"_L1))
        table.columns.append(readName(name));
    table.keyColumns = readColumns(table, fields.array("primary_key"_L1));
    table.generated = readColumns(table, fields.array("generated"_L1));
    const JsonNode::Elements& rows = fields.array("rows"_L1);
    table.rows.reserve(static_cast<qsizetype>(rows.size()));
    for (const JsonNode& row : rows) {
        if (m_error)
            break;
        table.rows.append(readRowChange(table, row));
    }
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

} // namespace

Result<TargetEffects> readTargetEffects(const JsonNode& node, const JsonSource& source)
{
    return EffectsReader(source).read(node);
}

QByteArray effectsToJson(const QList<TargetEffects>& effects)
{
    JsonWriter writer;
    writeEffects(writer, effects, { .maxRows = -1, .shape = true });
    return writer.take();
}

Result<QList<TargetEffects>> effectsFromJson(const QByteArray& json)
{
    const JsonSource source { json, u"effects"_s };
    const auto root = parseJson(source);
    if (!root)
        return root.error();
    if (root->kind() != JsonNode::Kind::Array)
        return source.errorAt(0, u"effects are an array of targets"_s);
    QList<TargetEffects> effects;
    for (const JsonNode& node : root->elements()) {
        auto target = readTargetEffects(node, source);
        if (!target)
            return target.error();
        effects.append(std::move(target).value());
    }
    return effects;
}

} // namespace holdpoint
