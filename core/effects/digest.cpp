// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/comparedtables.h"
#include "effects/effects.h"

#include "base/bytebuffer.h"
#include "base/sha256.h"

#include <QStringEncoder>
#include <QtEndian>

#include <algorithm>
#include <bit>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// Feeds typed, length-prefixed values to SHA-256, so that no two different effects give the same bytes.
/// The bytes are few: short numbers, and a mark for a value that an update left as it was.
class EffectsHash
{
public:
    void add(const TargetEffects& effects);
    [[nodiscard]] QByteArray result();

private:
    static constexpr qsizetype piece = 64 * 1024; // stays in the processor's cache
    static constexpr char volatileMark = '~';
    static constexpr char unchangedMark = '=';

    void add(const TableEffects& table);
    void add(const RowChange& row);
    void add(const Row& row, const Row& earlier, const QList<int>& volatileColumns);
    void add(const Value& value);
    void addNumber(qint64 number);
    void addReal(double number);
    void addText(const QString& text);
    void addBytes(const QByteArray& bytes);
    void addMark(char mark) { m_buffer.append(mark); }
    void flush();

    Sha256 m_hash;
    ByteBuffer m_buffer;
    QStringEncoder m_toUtf8 { QStringEncoder::Utf8 };
};

void EffectsHash::flush()
{
    m_hash.add(m_buffer.view());
    m_buffer.clear();
}

// Seven bits a byte, the lowest first; the sign is the lowest bit of all.
void EffectsHash::addNumber(qint64 number)
{
    auto rest = (static_cast<quint64>(number) << 1) ^ static_cast<quint64>(number >> 63);
    constexpr qsizetype most = 10;
    char* const bytes = m_buffer.room(most);
    qsizetype size = 0;
    do {
        const auto low = static_cast<char>(rest & 0x7f);
        rest >>= 7;
        bytes[size++] = static_cast<char>(rest ? low | char(0x80) : low);
    } while (rest);
    m_buffer.grow(size);
}

void EffectsHash::addReal(double number)
{
    qToBigEndian(std::bit_cast<qint64>(number), m_buffer.room(sizeof number));
    m_buffer.grow(sizeof number);
}

void EffectsHash::addBytes(const QByteArray& bytes)
{
    addNumber(bytes.size());
    m_buffer.append(bytes);
}

void EffectsHash::addText(const QString& text)
{
    // The size stands first: of ASCII it is known before.
    const qsizetype start = m_buffer.size();
    addNumber(text.size());
    if (copyAscii(text, m_buffer.room(text.size())))
        return m_buffer.grow(text.size());
    m_buffer.grow(start - m_buffer.size());
    QByteArray utf8(m_toUtf8.requiredSpace(text.size()), Qt::Uninitialized);
    utf8.truncate(m_toUtf8.appendToBuffer(utf8.data(), text) - utf8.constData());
    addBytes(utf8);
}

void EffectsHash::add(const Value& value)
{
    switch (value.kind()) {
    case Value::Kind::Null: addMark('n'); return;
    case Value::Kind::Boolean: addMark(value.toBoolean() ? 't' : 'f'); return;
    case Value::Kind::Integer:
        addMark('i');
        addNumber(value.toInteger());
        return;
    case Value::Kind::Real:
        addMark('r');
        addReal(value.toReal());
        return;
    case Value::Kind::Text:
        addMark('s');
        addText(value.toText());
        return;
    case Value::Kind::Blob:
        addMark('b');
        addBytes(value.toBytes());
        return;
    case Value::Kind::RawText:
        addMark('w');
        addBytes(value.toBytes());
        return;
    }
    Q_UNREACHABLE();
}

void EffectsHash::add(const Row& row, const Row& earlier, const QList<int>& volatileColumns)
{
    addNumber(row.size());
    for (qsizetype column = 0; column < row.size(); ++column) {
        if (!volatileColumns.isEmpty() && volatileColumns.contains(static_cast<int>(column)))
            addMark(volatileMark);
        else if (column < earlier.size() && earlier.at(column) == row.at(column))
            addMark(unchangedMark);
        else
            add(row.at(column));
    }
}

void EffectsHash::add(const RowChange& row)
{
    addNumber(static_cast<qint64>(row.change));
    add(row.before, {}, {});
    add(row.after, row.before, row.volatileColumns);
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
    for (const RowChange& row : table.rows)
        add(row);
}

void EffectsHash::add(const TargetEffects& effects)
{
    addText(effects.target);
    addText(engineName(effects.engine));
    addNumber(std::ranges::count_if(effects.tables, isCompared));
    for (const TableEffects& table : effects.tables) {
        if (isCompared(table))
            add(table);
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
