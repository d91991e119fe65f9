// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"
#include "effects/spillvector.h"

#include <memory>

namespace holdpoint {

/// Who wrote one version of a row: the server's command id and transaction id in it; 0 as xid: not known.
struct PostgresTouch
{
    bool known = false;
    quint32 command = 0;
    quint32 xid = 0;
    bool ownEnd = false; ///< not known, but it ended this row by itself
    friend bool operator==(const PostgresTouch&, const PostgresTouch&) = default;
};

/// A changed row and who wrote its ends. The first touch decides the command: the one that ended the old version;
/// of an inserted row the one that wrote the last version.
struct PostgresFoundRow
{
    RowChange change;
    PostgresTouch first;
    PostgresTouch last;
};

/// Changed rows of one table, packed; past a limit they are in a temporary file.
class PostgresFoundRows
{
public:
    [[nodiscard]] qsizetype size() const { return m_changes.size(); }
    [[nodiscard]] bool isEmpty() const { return m_changes.isEmpty(); }
    [[nodiscard]] PostgresFoundRow at(qsizetype row) const { return withTouches(m_changes.at(row), row); }
    [[nodiscard]] ChangeKind change(qsizetype row) const { return m_changes.view(row).change(); }
    [[nodiscard]] const PostgresTouch& first(qsizetype row) const { return touches(row).first; }
    [[nodiscard]] const PostgresTouch& last(qsizetype row) const { return touches(row).last; }
    /// Without the touches.
    [[nodiscard]] const RowChanges& changes() const { return m_changes; }
    [[nodiscard]] bool has(ChangeKind change) const;
    /// Each row once, from the first to the last.
    template <typename Take> void forEach(Take take) const
    {
        qsizetype row = 0;
        for (RowChange change : m_changes)
            take(withTouches(std::move(change), row++));
    }

    void append(const PostgresFoundRow& row);
    void append(const PostgresFoundRows& rows, const QString& partition);
    void replace(qsizetype row, const PostgresFoundRow& found);
    /// Row `order[i]` comes to place i; others are no more.
    void arrange(const SpillVector<qsizetype>& order);

private:
    struct Touches
    {
        PostgresTouch first;
        PostgresTouch last;
    };
    [[nodiscard]] const Touches& touches(qsizetype row) const { return m_touches[static_cast<size_t>(row)]; }
    [[nodiscard]] PostgresFoundRow withTouches(RowChange change, qsizetype row) const
    {
        return { std::move(change), touches(row).first, touches(row).last };
    }

    RowChanges m_changes;
    SpillVector<Touches> m_touches;
};

class PostgresTold;

struct PostgresFoundTable
{
    qint64 oid = 0;
    TableEffects effects; ///< without rows
    PostgresFoundRows rows;
    bool partitioned = false; ///< some of them are in partitions
    std::shared_ptr<PostgresTold> told; ///< has all its rows instead
};

/// Adds the counts of the rows to the effects.
void countRows(PostgresFoundTable& table);

} // namespace holdpoint
