// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/statementinfo.h"
#include "effects/postgresattribution.h"
#include "effects/postgrescandidates.h"
#include "effects/postgresoldworld.h"
#include "effects/postgrestoldtables.h"
#include "effects/postgreswrittentable.h"
#include "schema/table.h"
#include "session/postgresconnection.h"

#include <QHash>
#include <QSet>

namespace holdpoint {

/// Submits the statements of a batch so that their rows can be told apart afterwards. A statement that writes an
/// ordinary table returns the command id under which it wrote and the places of its rows; any other runs in a savepoint
/// of its own, whose transaction id is asked. Neither changes what the statement does, nor what its sink gets.
class PostgresWriter
{
public:
    /// `recent`: tables as they are at the beginning, or are guessed to be. `tells`: rows that statements return may be
    /// taken for what changed.
    PostgresWriter(PostgresOldWorld& oldWorld, PostgresRecentTables& recent, bool tells);

    void commandStarts(int index) { m_command = index; }
    void submitWrite(const Statement& statement, const Table& table, Connection::ResultSink sink);
    void submitSql(const Statement& statement, const StatementInfo& info, Connection::ResultSink sink);
    /// The last statement, which belongs to no command, in a savepoint of its own, which is also around what `asks`
    /// submits: whoever knows the newest transaction id then tells it to the attribution. Its entry there.
    size_t submitLast(const QByteArray& sql, Connection::ResultSink sink, const std::function<void()>& asks);
    /// What was rolled back is no candidate, and may have been any of them.
    void rolledBackToSavepoint();

    [[nodiscard]] PostgresAttribution& attribution() { return m_attribution; }
    [[nodiscard]] const PostgresCandidateTables& candidates() const { return m_candidates; }
    [[nodiscard]] PostgresToldTables& told() { return m_told; }
    /// What went wrong with either connection, apart from the batch's own statements.
    [[nodiscard]] const Result<void>& meanwhile() const { return m_meanwhile; }
    /// Nothing ran so far but direct changes of rows, which cannot keep others from reading their tables.
    [[nodiscard]] bool onlyRows() const { return m_onlyRows; }

private:
    using Wrote = PostgresCandidates::Wrote;
    static constexpr int placeColumn = 3; // of a marked statement's rows, behind cmin, xmin and xmax
    /// A statement that returns of each row its command id, its place and, where it updates, its key.
    struct Marking
    {
        size_t entry = 0;
        TableName table;
        Wrote wrote = Wrote::Inserted;
        QStringList key;
        bool triggers = false; ///< something may follow from it even if it changes no row
        bool tellsCommand = true; ///< false: only the places are asked
        QByteArray text; ///< as the operator wrote it
        std::optional<PostgresShape> whole; ///< all columns are returned, the key among them
        bool first = false; ///< old rows may be asked for before the statement, by the batch's own connection
    };
    struct Target
    {
        bool ordinary = false;
        bool triggers = false;
        QStringList key;
        QList<TableName> written; // the table and those that inherit from it
        std::optional<PostgresShape> shape; // none: there is no such table
        bool lockableGuess = false; // remembered, and this user may lock it
    };

    void submitMarked(const Statement& marked, const Marking& marking, Connection::ResultSink sink);
    [[nodiscard]] Connection::ResultSink withOwnText(const Marking& marking, Connection::ResultSink sink);
    [[nodiscard]] Error ownError(const Error& error);
    void look(const Marking& marking, const PostgresAnswer& answer, bool first);
    void tell(const Marking& marking, const PostgresAnswer& answer);
    void submitSettingsCheck();
    /// Asks for the old rows, if the statement names keys. True: it is worth waiting for the old world now.
    [[nodiscard]] bool askNamed(const Marking& marking, const StatementInfo& info);
    void noteMark(const Marking& marking, const PostgresAnswer& answer);
    /// Runs what `statement` submits in a savepoint of its own.
    void submitApart(size_t entry, const std::function<void()>& statement);
    void submitApart(const Statement& statement, size_t entry, Connection::ResultSink sink);
    [[nodiscard]] QByteArrayList markColumns(const Marking& marking) const;
    [[nodiscard]] bool isMarkable(const TableName& table, bool deletes);
    void forgetTables();
    [[nodiscard]] const Target& target(const TableName& name);
    [[nodiscard]] Target readTarget(const TableName& name);

    PostgresOldWorld& m_oldWorld;
    const PostgresWorlds& m_worlds;
    PostgresConnection& m_connection;
    bool m_tells;
    PostgresRecentTables& m_recent;
    QHash<std::pair<QString, QString>, Target> m_tables;
    QList<TableName> m_lastWritten; // shared by the commands on one table
    QHash<QByteArray, QByteArray> m_markedTexts;
    QSet<std::pair<QString, QString>> m_written; // tables with rows of ours
    PostgresAttribution m_attribution;
    PostgresCandidateTables m_candidates;
    PostgresToldTables m_told;
    Result<void> m_meanwhile;
    bool m_onlyRows = true;
    int m_named = 0; // statements whose keys the old world was asked for
    int m_command = 0;
    int m_apart = 0;
};

} // namespace holdpoint
