// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/comparedpart.h"

#include <QCryptographicHash>
#include <QStringEncoder>
#include <QtEndian>

#include <algorithm>
#include <bit>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// Feeds typed, length-prefixed values to SHA-256, so that no two different effects give the same bytes.
/// It is the hashing that takes the time, so the bytes are few: short numbers, and a mark for a value that an
/// update left as it was.
class EffectsHash
{
public:
    EffectsHash() { m_buffer.reserve(capacity); }

    void add(const TargetEffects& effects);
    [[nodiscard]] QByteArray result();

private:
    static constexpr qsizetype capacity = 256 * 1024;
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

    QCryptographicHash m_hash { QCryptographicHash::Sha256 };
    QByteArray m_buffer;
    QByteArray m_text; // UTF-8 of one text
    QStringEncoder m_toUtf8 { QStringEncoder::Utf8 };
};

void EffectsHash::flush()
{
    m_hash.addData(m_buffer);
    m_buffer.resize(0);
}

// Seven bits a byte, the lowest first; the sign is the lowest bit of all.
void EffectsHash::addNumber(qint64 number)
{
    auto rest = (static_cast<quint64>(number) << 1) ^ static_cast<quint64>(number >> 63);
    char bytes[10];
    qsizetype size = 0;
    do {
        const auto low = static_cast<char>(rest & 0x7f);
        rest >>= 7;
        bytes[size++] = static_cast<char>(rest ? low | char(0x80) : low);
    } while (rest);
    m_buffer.append(bytes, size);
}

void EffectsHash::addReal(double number)
{
    char bytes[sizeof number];
    qToBigEndian(std::bit_cast<qint64>(number), bytes);
    m_buffer.append(bytes, sizeof bytes);
}

void EffectsHash::addBytes(const QByteArray& bytes)
{
    addNumber(bytes.size());
    m_buffer.append(bytes);
}

void EffectsHash::addText(const QString& text)
{
    m_text.resize(m_toUtf8.requiredSpace(text.size()));
    const char* const end = m_toUtf8.appendToBuffer(m_text.data(), text);
    m_text.resize(end - m_text.constData());
    addBytes(m_text);
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
        if (volatileColumns.contains(static_cast<int>(column)))
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
    if (m_buffer.size() > capacity / 2)
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
