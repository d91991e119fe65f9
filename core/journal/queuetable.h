// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/journal.h"

namespace holdpoint {

/// The journal's queue of batches, each with the effects that were previewed. Lives on the journal's
/// connection, in its thread. A number that the queue does not have is an Error (Usage).
class QueueTable
{
public:
    explicit QueueTable(Connection& connection)
        : m_connection(connection)
    {
    }

    [[nodiscard]] Result<QueueEntry> append(const Batch& batch, const Run& preview);
    [[nodiscard]] Result<QList<QueueEntry>> entries();
    [[nodiscard]] Result<Batch> batch(qint64 id);
    [[nodiscard]] Result<QList<TargetEffects>> effects(qint64 id);
    [[nodiscard]] Result<void> remove(qint64 id);
    [[nodiscard]] Result<void> move(qint64 id, int position);

private:
    [[nodiscard]] Result<Value> packedColumn(qint64 id, const QByteArray& column);

    Connection& m_connection;
};

} // namespace holdpoint
