// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/effectsrecord.h"

#include "base/jsonfields.h"
#include "base/jsonreader.h"
#include "base/valuejson.h"

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
    [[nodiscard]] ChangeKind readChange(const JsonNode& node);
    [[nodiscard]] Row readWhole(const JsonNode& node);
    [[nodiscard]] Row readChanged(const TableEffects& table, Row row, const JsonNode& node);
    [[nodiscard]] Value readCell(const JsonNode& node);
    [[nodiscard]] QList<int> readIndexes(const TableEffects& table, const JsonNode::Elements& numbers);
    [[nodiscard]] int readIndex(const TableEffects& table, const JsonNode& node);
    void readRest(const TableEffects& table, const JsonNode& node, RowChange& row);
    void checkWidth(const TableEffects& table, const JsonNode& node, const RowChange& row);
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

Value EffectsReader::readCell(const JsonNode& node)
{
    auto value = valueFromJson(node, m_source);
    if (!value && !m_error)
        m_error = value.error();
    return value ? std::move(value).value() : Value();
}

Row EffectsReader::readWhole(const JsonNode& node)
{
    Row row;
    row.reserve(static_cast<qsizetype>(node.elements().size()));
    for (const JsonNode& value : node.elements())
        row.append(readCell(value));
    return row;
}

Row EffectsReader::readChanged(const TableEffects& table, Row row, const JsonNode& node)
{
    const JsonNode::Elements& changes = node.elements();
    for (size_t i = 0; i + 1 < changes.size(); i += 2) {
        const int column = readIndex(table, changes[i]);
        if (column < row.size())
            row[column] = readCell(changes[i + 1]);
    }
    return row;
}

RowChange EffectsReader::readRowChange(const TableEffects& table, const JsonNode& node)
{
    using Kind = JsonNode::Kind;
    constexpr size_t shortest = 5; // a sixth element has what few rows have
    RowChange row;
    if (node.kind() != Kind::Array || node.elements().size() < shortest) {
        fail(node, u"a row is an array of five or six elements"_s);
        return row;
    }
    const JsonNode::Elements& parts = node.elements();
    if (parts[0].kind() != Kind::String || parts[1].kind() != Kind::Integer || parts[3].kind() != Kind::Array
        || parts[4].kind() != Kind::Array) {
        fail(node, u"a row is a letter, a number, a command, the old row and the new one"_s);
        return row;
    }
    const QString& code = parts[0].toString();
    row.change = readChange(parts[0]);
    row.origin = parts[1].toInteger() == 0 ? Origin::Direct : Origin::Indirect;
    if (parts[2].kind() == Kind::Integer)
        row.command = static_cast<int>(parts[2].toInteger());
    row.before = readWhole(parts[3]);
    row.after = code == rowcode::update ? readChanged(table, row.before, parts[4]) : readWhole(parts[4]);
    if (parts.size() > shortest)
        readRest(table, parts[shortest], row);
    checkWidth(table, node, row);
    return row;
}

ChangeKind EffectsReader::readChange(const JsonNode& node)
{
    const QString& code = node.toString();
    if (code == rowcode::insert)
        return ChangeKind::Insert;
    if (code == rowcode::remove)
        return ChangeKind::Delete;
    if (code != rowcode::update && code != rowcode::wholeUpdate)
        fail(node, u"there is no kind of change called \"%1\""_s.arg(code));
    return ChangeKind::Update;
}

void EffectsReader::readRest(const TableEffects& table, const JsonNode& node, RowChange& row)
{
    JsonFields fields(node, m_source);
    row.partition = fields.text("partition"_L1);
    row.volatileColumns = readIndexes(table, fields.array("volatile"_L1));
    row.assignedKey = fields.boolean("assigned_key"_L1, false);
    finish(fields);
}

// Whoever reads a row takes its columns for granted.
void EffectsReader::checkWidth(const TableEffects& table, const JsonNode& node, const RowChange& row)
{
    const qsizetype width = table.columns.size();
    const bool wide = row.before.size() > width || row.after.size() > width;
    const bool missing = (row.change != ChangeKind::Insert && row.before.isEmpty() && width > 0)
        || (row.change != ChangeKind::Delete && row.after.isEmpty() && width > 0);
    if (wide || missing)
        fail(node, u"the row has not the columns of its table"_s);
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
        auto target = EffectsReader(source).read(node);
        if (!target)
            return target.error();
        effects.append(std::move(target).value());
    }
    return effects;
}

} // namespace holdpoint
