// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/comparedtables.h"
#include "effects/effects.h"

#include "base/bytebuffer.h"
#include "base/sha256.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// Feeds typed values, each with its length before it, to SHA-256, so that no two different effects give the same
/// bytes. Rows are taken as they are packed; of a volatile value only that it is one.
class EffectsHash
{
public:
    void add(const TargetEffects& effects);
    [[nodiscard]] QByteArray result();

private:
    static constexpr qsizetype piece = 64 * 1024; // stays in the processor's cache

    void add(const TableEffects& table);
    void add(RowView row);
    void addHiding(const PackedRow& row, const QList<int>& volatileColumns);
    void addNumber(qint64 number);
    void addText(const QString& text);
    void flush();

    Sha256 m_hash;
    ByteBuffer m_buffer;
};

void EffectsHash::flush()
{
    m_hash.add(m_buffer.view());
    m_buffer.clear();
}

void EffectsHash::addNumber(qint64 number)
{
    packed::appendNumber(m_buffer, packed::Mark::Integer, number);
}

void EffectsHash::addText(const QString& text)
{
    const QByteArray utf8 = text.toUtf8();
    packed::appendContent(m_buffer, packed::Mark::Text, utf8.constData(), static_cast<size_t>(utf8.size()));
}

void EffectsHash::addHiding(const PackedRow& row, const QList<int>& volatileColumns)
{
    const char* next = row.first();
    for (int column = 0; column < row.count; ++column) {
        const std::string_view value(next, packed::length(next));
        next += value.size();
        if (volatileColumns.contains(column))
            m_buffer.append(static_cast<char>(packed::Mark::Volatile));
        else
            m_buffer.append(value);
    }
}

void EffectsHash::add(RowView row)
{
    m_buffer.append(static_cast<char>(row.change()));
    if (row.hasVolatile()) {
        const PackedRow after = row.after();
        const std::string_view both = row.bothRows();
        m_buffer.append(both.substr(0, both.size() - after.bytes.size())); // with the number of new values
        addHiding(after, row.volatileColumns());
    } else {
        m_buffer.append(row.bothRows());
    }
    if (m_buffer.size() >= piece)
        flush();
}

void EffectsHash::add(const TableEffects& table)
{
    addText(table.name.schema);
    addText(table.name.table);
    addNumber(table.columns.size());
    for (const QString& column : table.columns)
        addText(column);
    addNumber(table.keyColumns.size());
    for (const int column : table.keyColumns)
        addNumber(column);
    addNumber(table.inserted);
    addNumber(table.updated);
    addNumber(table.deleted);
    addNumber(table.complete);
    addNumber(table.rows.size());
    for (const RowView row : table.rows.views())
        add(row);
}

void EffectsHash::add(const TargetEffects& effects)
{
    addText(effects.target);
    addText(engineName(effects.engine));
    addNumber(std::ranges::count_if(effects.tables, isCompared));
    for (const TableEffects& table : effects.tables) {
        if (isCompared(table))
            table.internal ? add(comparedPart(table)) : add(table);
    }
    addNumber(effects.schemaChanges.size());
    for (const SchemaChange& change : effects.schemaChanges) {
        addText(change.kind);
        addText(change.object);
        addText(change.before);
        addText(change.after);
    }
}

QByteArray EffectsHash::result()
{
    flush();
    return m_hash.result();
}

} // namespace

QString digest(const QList<TargetEffects>& effects)
{
    EffectsHash hash;
    for (const TargetEffects& target : effects)
        hash.add(target);
    return "sha256:"_L1 + QString::fromLatin1(hash.result().toHex());
}

} // namespace holdpoint
