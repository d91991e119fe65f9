// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/postgresfoundrows.h"
#include "effects/postgresrelation.h"

#include <vector>

namespace holdpoint {

/// Tells for each row version which command of the batch wrote it, and whether its own statement did.
/// A marked statement told the command id under which it wrote: what has just that id is direct, what follows until
/// the next mark are its triggers and foreign key actions. Other statements run in a subtransaction of their own,
/// whose id their rows carry.
class PostgresAttribution
{
public:
    explicit PostgresAttribution(const PostgresWorlds& worlds)
        : m_worlds(worlds)
    {
    }

    /// A statement begins, in the order of execution. `written`: the tables whose rows it may write itself: the one it
    /// names and those that inherit from it.
    size_t begin(std::optional<int> command, const QList<TableName>& written = {});
    void marked(size_t statement, quint32 command, quint32 xid);
    /// The newest transaction id while it ran; none: no id was given so far.
    void inSubtransaction(size_t statement, std::optional<quint32> xid);
    void failed(size_t statement) { m_statements[statement].failed = true; }
    /// A DELETE told of a row. `old`: it was there before the batch.
    void deleted(size_t statement, bool old)
    {
        Statement& each = m_statements[statement];
        each.deletes = old || each.deletes == Deletes::Old ? Deletes::Old : Deletes::OwnAlone;
    }
    void wroteNothing(size_t statement) { m_statements[statement].wroteNothing = true; }
    /// A TRUNCATE, DROP or ALTER of these tables begins; `statement` is it.
    void rewrites(size_t statement, const QList<TableName>& tables);

    /// After the last statement, table by table: all rows that marked statements did not tell themselves.
    void see(const PostgresFoundTable& table);
    /// After that: sets command and origin of one of them, or of a row that a marked statement told.
    void assign(PostgresFoundRow& row, const TableName& table) const
    {
        setCause(row, table, causeOf(row.first, row.last));
    }

private:
    enum class Deletes { Unknown, Old, OwnAlone }; // rows that were there before the batch, or none of these
    struct Statement
    {
        std::optional<int> command;
        QList<TableName> written;
        bool marked = false;
        bool failed = false;
        bool hasXid = false;
        bool wroteNothing = false;
        Deletes deletes = Deletes::Unknown;
        quint32 id = 0; // command id of a marked one
        quint32 xid = 0; // of its subtransaction
        quint32 least = UINT32_MAX; // command id of its rows
    };
    struct Cause
    {
        std::optional<size_t> statement;
        bool direct = false;
    };

    [[nodiscard]] Cause causeOf(const PostgresTouch& touch) const;
    [[nodiscard]] Cause causeOf(const PostgresTouch& first, const PostgresTouch& last) const;
    [[nodiscard]] std::optional<size_t> subtransactionOf(const PostgresTouch& touch, size_t from, size_t to) const;
    void setCause(PostgresFoundRow& row, const TableName& table, const Cause& cause) const;
    void setRemoved(PostgresFoundRow& row, const TableName& table) const;
    [[nodiscard]] bool isNewest(quint32 xid);

    const PostgresWorlds& m_worlds;
    std::optional<quint32> m_newest; // of the transaction ids seen so far
    std::vector<Statement> m_statements;
    std::vector<size_t> m_marks; // statements, their ids ascending
    std::vector<size_t> m_subtransactions; // statements, their xids ascending
    std::vector<quint32> m_markedXids; // sorted by see()
    std::vector<std::pair<size_t, QList<TableName>>> m_rewriters;
};

} // namespace holdpoint
