// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

#include <memory>
#include <vector>

namespace holdpoint {

/// Who wrote one version of a row: the server's command id and transaction id in it; 0 as xid: not known.
struct PostgresTouch
{
    bool known = false;
    quint32 command = 0;
    quint32 xid = 0;
};

/// A changed row and who wrote its ends. The first touch decides the command: the one that ended the old version;
/// of an inserted row the one that wrote the last version.
struct PostgresFoundRow
{
    RowChange change;
    PostgresTouch first;
    PostgresTouch last;
};

class PostgresTold;

struct PostgresFoundTable
{
    qint64 oid = 0;
    TableEffects effects; ///< without rows
    QList<PostgresFoundRow> rows;
    std::shared_ptr<PostgresTold> told; ///< has all its rows instead; there may be too many to be here at once
};

/// Tells for each row version which command of the batch wrote it, and whether its own statement did.
/// A marked statement told the command id under which it wrote: what has just that id is direct, what follows until
/// the next mark are its triggers and foreign key actions. Other statements run in a subtransaction of their own,
/// whose id their rows carry.
class PostgresAttribution
{
public:
    explicit PostgresAttribution(quint32 firstXid)
        : m_firstXid(firstXid)
    {
    }

    /// A statement begins, in the order of execution. `written`: the tables whose rows it may write itself: the one it
    /// names and those that inherit from it.
    size_t begin(std::optional<int> command, const QList<TableName>& written = {});
    void marked(size_t statement, quint32 command, quint32 xid);
    /// The newest transaction id while it ran; none: no id was given so far.
    void inSubtransaction(size_t statement, std::optional<quint32> xid);
    void failed(size_t statement) { m_statements[statement].failed = true; }
    void wroteNothing(size_t statement) { m_statements[statement].wroteNothing = true; }
    /// A TRUNCATE, DROP or ALTER of these tables begins; `statement` is it.
    void rewrites(size_t statement, const QList<TableName>& tables);

    /// Sets command and origin of every row. Once, after the last statement.
    void assign(QList<PostgresFoundTable>& tables);
    /// After that: the same of a further row, which a marked statement wrote.
    void assign(PostgresFoundRow& row, const TableName& table) const { setCause(row, table, causeOf(row)); }

private:
    struct Statement
    {
        std::optional<int> command;
        QList<TableName> written;
        bool marked = false;
        bool failed = false;
        bool hasXid = false;
        bool wroteNothing = false;
        quint32 id = 0; // command id of a marked one
        quint32 xid = 0; // of its subtransaction
        quint32 least = UINT32_MAX; // command id of its rows
    };
    struct Cause
    {
        std::optional<size_t> statement;
        bool direct = false;
    };

    [[nodiscard]] bool isOwn(quint32 xid) const { return static_cast<qint32>(xid - m_firstXid) >= 0; }
    [[nodiscard]] Cause causeOf(const PostgresTouch& touch) const;
    [[nodiscard]] Cause causeOf(const PostgresFoundRow& row) const;
    [[nodiscard]] std::optional<size_t> subtransactionOf(const PostgresTouch& touch, size_t from, size_t to) const;
    void setCause(PostgresFoundRow& row, const TableName& table, const Cause& cause) const;
    void setRemoved(PostgresFoundRow& row, const TableName& table) const;
    [[nodiscard]] bool isNewest(quint32 xid);

    quint32 m_firstXid;
    std::optional<quint32> m_newest; // of the transaction ids seen so far
    std::vector<Statement> m_statements;
    std::vector<size_t> m_marks; // statements, their ids ascending
    std::vector<size_t> m_subtransactions; // statements, their xids ascending
    std::vector<quint32> m_markedXids; // sorted by assign()
    std::vector<std::pair<size_t, QList<TableName>>> m_rewriters;
};

} // namespace holdpoint
