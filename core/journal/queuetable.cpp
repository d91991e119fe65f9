// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/queuetable.h"

#include "journal/journalfile.h"
#include "journal/packed.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

Error notQueued(qint64 id)
{
    return makeError(ErrorKind::Usage, u"the queue has no batch %1"_s.arg(id), {},
                     u"holdpoint-cli queue lists the batches."_s);
}

QString namesToJson(const QList<Target>& targets)
{
    QJsonArray names;
    for (const Target& target : targets)
        names.append(target.name);
    return QString::fromUtf8(QJsonDocument(names).toJson(QJsonDocument::Compact));
}

QStringList namesFromJson(const QString& json)
{
    QStringList names;
    for (const QJsonValue& name : QJsonDocument::fromJson(json.toUtf8()).array())
        names.append(name.toString());
    return names;
}

} // namespace

Result<QueueEntry> QueueTable::append(const Batch& batch, const Run& preview)
{
    const QString targets = namesToJson(batch.targets);
    QueueEntry entry;
    entry.title = batch.title;
    entry.reason = batch.reason;
    entry.targets = namesFromJson(targets);
    entry.digest = preview.digest;
    entry.added = QDateTime::fromMSecsSinceEpoch(QDateTime::currentMSecsSinceEpoch(), Qt::UTC);
    const Value text = packedBatch(batch);
    const Value effects = packedEffects(preview.effects);
    const auto written = inJournalTransaction(m_connection, [&]() -> Result<void> {
        const auto inserted = m_connection.query(
            { "INSERT INTO queue(position, title, reason, targets, digest, added, batch, effects)"
              " SELECT coalesce(max(position), 0) + 1, ?1, ?2, ?3, ?4, ?5, ?6, ?7 FROM queue RETURNING id, position",
              { Value::text(entry.title), Value::text(entry.reason), Value::text(targets), Value::text(entry.digest),
                Value::text(entry.added.toString(Qt::ISODateWithMs)), text, effects } });
        if (!inserted)
            return inserted.error();
        entry.id = inserted->rows.at(0).at(0).toInteger();
        entry.position = static_cast<int>(inserted->rows.at(0).at(1).toInteger());
        return {};
    });
    if (!written)
        return written.error();
    return entry;
}

Result<QList<QueueEntry>> QueueTable::entries()
{
    const auto found = m_connection.query(
        { "SELECT id, position, title, reason, targets, digest, added FROM queue ORDER BY position", {} });
    if (!found)
        return found.error();
    QList<QueueEntry> entries;
    for (const Row& row : found->rows) {
        entries.append({ row.at(0).toInteger(), static_cast<int>(row.at(1).toInteger()), row.at(2).toText(),
                         row.at(3).toText(), namesFromJson(row.at(4).toText()), row.at(5).toText(),
                         QDateTime::fromString(row.at(6).toText(), Qt::ISODateWithMs) });
    }
    return entries;
}

Result<Value> QueueTable::packedColumn(qint64 id, const QByteArray& column)
{
    const auto found = m_connection.query({ "SELECT " + column + " FROM queue WHERE id = ?1", { Value::integer(id) } });
    if (!found)
        return found.error();
    if (found->rows.isEmpty())
        return notQueued(id);
    return found->rows.at(0).at(0);
}

Result<Batch> QueueTable::batch(qint64 id)
{
    const auto value = packedColumn(id, "batch");
    if (!value)
        return value.error();
    return unpackedBatch(*value, {}, u"batch %1 of the queue"_s.arg(id));
}

Result<QList<TargetEffects>> QueueTable::effects(qint64 id)
{
    const auto value = packedColumn(id, "effects");
    if (!value)
        return value.error();
    return unpackedEffects(*value, u"batch %1 of the queue"_s.arg(id));
}

Result<void> QueueTable::remove(qint64 id)
{
    return inJournalTransaction(m_connection, [&]() -> Result<void> {
        const auto removed
            = m_connection.query({ "DELETE FROM queue WHERE id = ?1 RETURNING position", { Value::integer(id) } });
        if (!removed)
            return removed.error();
        if (removed->rows.isEmpty())
            return notQueued(id);
        return writeJournal(m_connection, "UPDATE queue SET position = position - 1 WHERE position > ?1",
                            { removed->rows.at(0).at(0) });
    });
}

Result<void> QueueTable::move(qint64 id, int position)
{
    return inJournalTransaction(m_connection, [&]() -> Result<void> {
        const auto queued = entries();
        if (!queued)
            return queued.error();
        const auto entry = std::ranges::find(*queued, id, &QueueEntry::id);
        if (entry == queued->end())
            return notQueued(id);
        if (position < 1 || position > queued->size())
            return makeError(ErrorKind::Usage,
                             u"the queue has the positions 1 to %1, not %2"_s.arg(queued->size()).arg(position));
        if (const auto closed
            = writeJournal(m_connection, "UPDATE queue SET position = position - 1 WHERE position > ?1",
                           { Value::integer(entry->position) });
            !closed)
            return closed;
        if (const auto opened
            = writeJournal(m_connection, "UPDATE queue SET position = position + 1 WHERE position >= ?1 AND id <> ?2",
                           { Value::integer(position), Value::integer(id) });
            !opened)
            return opened;
        return writeJournal(m_connection, "UPDATE queue SET position = ?1 WHERE id = ?2",
                            { Value::integer(position), Value::integer(id) });
    });
}

} // namespace holdpoint
