// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/statementinfo.h"
#include "effects/postgresattribution.h"
#include "schema/schemareader.h"
#include "session/postgresconnection.h"

#include <QHash>
#include <QSet>

namespace holdpoint {

/// Submits the statements of a batch so that their rows can be told apart afterwards. A statement that writes an
/// ordinary table returns the command id under which it wrote; any other runs in a savepoint of its own, whose
/// transaction id is asked. Neither changes what the statement does, nor what its sink gets.
class PostgresWriter
{
public:
    PostgresWriter(PostgresConnection& connection, quint32 firstXid);

    void commandStarts(int index) { m_command = index; }
    void submitWrite(const Statement& statement, const Table& table, Connection::ResultSink sink);
    void submitSql(const Statement& statement, const StatementInfo& info, Connection::ResultSink sink);
    /// Runs a statement that belongs to no command, in a savepoint of its own, and waits.
    [[nodiscard]] Result<void> runForNobody(const QByteArray& sql);
    void forgetTables() { m_tables.clear(); }

    [[nodiscard]] PostgresAttribution& attribution() { return m_attribution; }

private:
    /// How a statement is submitted so that it tells its command id.
    struct Marking
    {
        size_t entry = 0;
        bool deletes = false;
        bool triggers = false; ///< something may follow from it even if it changes no row
    };
    void submitMarked(const Statement& marked, const QByteArray& text, const Marking& marking,
                      Connection::ResultSink sink);
    void submitApart(const Statement& statement, size_t entry, Connection::ResultSink sink);
    void noteMark(const Marking& marking, const Rowset& rowset);
    [[nodiscard]] bool isMarkable(const TableName& table, bool deletes);
    [[nodiscard]] bool isOwn(quint32 xid) const { return static_cast<qint32>(xid - m_firstXid) >= 0; }
    struct Target
    {
        bool ordinary = false;
        bool triggers = false;
        QList<TableName> written; // the table and those that inherit from it
    };
    [[nodiscard]] const Target& target(const TableName& name);
    [[nodiscard]] Target readTarget(const TableName& name);

    PostgresConnection& m_connection;
    quint32 m_firstXid;
    std::unique_ptr<SchemaReader> m_schema;
    QHash<std::pair<QString, QString>, Target> m_tables;
    QList<TableName> m_lastWritten; // shared by the commands on one table
    QHash<QByteArray, QByteArray> m_markedTexts;
    QSet<std::pair<QString, QString>> m_written; // tables with rows of ours
    PostgresAttribution m_attribution;
    int m_command = 0;
    int m_apart = 0;
};

} // namespace holdpoint
