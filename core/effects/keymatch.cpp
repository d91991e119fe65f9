// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/keymatch.h"

#include <cmath>

namespace holdpoint {

namespace {

void appendBytes(QByteArray& key, char kind, QByteArrayView bytes)
{
    key.append(kind);
    key.append(QByteArray::number(bytes.size()));
    key.append(':');
    key.append(bytes);
}

void appendInteger(QByteArray& key, qint64 number)
{
    key.append('i');
    key.append(QByteArray::number(number));
    key.append(';');
}

// SQLite takes 1 and 1.0 as the same key.
void appendReal(QByteArray& key, double number)
{
    constexpr double exactBelow = 9007199254740992.0;
    if (number == std::floor(number) && std::abs(number) < exactBelow)
        appendInteger(key, static_cast<qint64>(number));
    else
        appendBytes(key, 'r', shortestDecimal(number));
}

void appendValue(QByteArray& key, const Value& value)
{
    switch (value.kind()) {
    case Value::Kind::Null: return;
    case Value::Kind::Boolean: appendInteger(key, value.toBoolean()); return;
    case Value::Kind::Integer: appendInteger(key, value.toInteger()); return;
    case Value::Kind::Real: appendReal(key, value.toReal()); return;
    case Value::Kind::Text: appendBytes(key, 't', value.toText().toUtf8()); return;
    case Value::Kind::Blob: appendBytes(key, 'b', value.toBytes()); return;
    case Value::Kind::RawText: appendBytes(key, 'w', value.toBytes()); return;
    }
    Q_UNREACHABLE();
}

} // namespace

QByteArray keyBytes(const Row& row, const QList<int>& columns)
{
    QByteArray key;
    for (const int column : columns) {
        if (column >= row.size() || row.at(column).isNull())
            return {};
        appendValue(key, row.at(column));
    }
    return key;
}

KeyChanges::KeyChanges(const TableEffects& table, const QList<int>& columns, int first)
{
    for (qsizetype row = 0; row < table.rows.size(); ++row) {
        const RowChange& change = table.rows.at(row);
        const QByteArray before = keyBytes(change.before, columns);
        const QByteArray after = keyBytes(change.after, columns);
        if (before == after)
            continue;
        if (!before.isEmpty())
            m_broughtBack.insert(before, first + static_cast<int>(row));
        if (!after.isEmpty())
            m_takenAway.insert(after, first + static_cast<int>(row));
    }
}

} // namespace holdpoint
