// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/effects.h"

#include <QCryptographicHash>
#include <QStringEncoder>
#include <QtEndian>

#include <bit>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

/// Feeds typed, length-prefixed values to SHA-256, so that no two different effects give the same bytes.
class EffectsHash
{
public:
    EffectsHash() { m_buffer.reserve(capacity); }

    void add(const TargetEffects& effects);
    [[nodiscard]] QByteArray result();

private:
    static constexpr qsizetype capacity = 256 * 1024;
    static constexpr char volatileMark = '~';

    void add(const TableEffects& table);
    void add(const RowChange& row);
    void add(const Row& row, const QList<int>& volatileColumns);
    void add(const Value& value);
    void addNumber(qint64 number);
    void addText(const QString& text);
    void addBytes(const QByteArray& bytes);
    void addMark(char mark) { m_buffer.append(mark); }
    void flush();

    QCryptographicHash m_hash { QCryptographicHash::Sha256 };
    QByteArray m_buffer;
    QStringEncoder m_toUtf8 { QStringEncoder::Utf8 };
};

void EffectsHash::flush()
{
    m_hash.addData(m_buffer);
    m_buffer.resize(0);
}

void EffectsHash::addNumber(qint64 number)
{
    char bytes[sizeof number];
    qToBigEndian(number, bytes);
    m_buffer.append(bytes, sizeof bytes);
}

void EffectsHash::addBytes(const QByteArray& bytes)
{
    addNumber(bytes.size());
    m_buffer.append(bytes);
}

void EffectsHash::addText(const QString& text)
{
    const qsizetype lengthAt = m_buffer.size();
    addNumber(0);
    const qsizetype textAt = m_buffer.size();
    m_buffer.resize(textAt + m_toUtf8.requiredSpace(text.size()));
    const char* const end = m_toUtf8.appendToBuffer(m_buffer.data() + textAt, text);
    const qint64 length = end - (m_buffer.constData() + textAt);
    m_buffer.resize(textAt + length);
    qToBigEndian(length, m_buffer.data() + lengthAt);
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
        addNumber(std::bit_cast<qint64>(value.toReal()));
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

void EffectsHash::add(const Row& row, const QList<int>& volatileColumns)
{
    addNumber(row.size());
    for (qsizetype column = 0; column < row.size(); ++column) {
        if (volatileColumns.contains(static_cast<int>(column)))
            addMark(volatileMark);
        else
            add(row.at(column));
    }
}

void EffectsHash::add(const RowChange& row)
{
    addNumber(static_cast<qint64>(row.change));
    add(row.before, row.volatileColumns);
    add(row.after, row.volatileColumns);
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
    addNumber(effects.tables.size());
    for (const TableEffects& table : effects.tables)
        add(table);
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
