// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/postgresstatement.h"
#include "effects/postgrescapture.h"
#include "schema/schemareader.h"
#include "support/postgresconnections.h"

#include <QTest>

namespace holdpoint {

/// Runs operator's statements under a capture, each as a command of its own, and gives what was captured.
class PostgresCapturing
{
public:
    explicit PostgresCapturing(PostgresConnection& connection, Verification verification = Verification::Cheapest)
        : m_connection(connection)
        , m_verification(verification)
        , m_capture(postgresCapture(connection))
    {
    }

    [[nodiscard]] Capture& capture() { return *m_capture; }
    [[nodiscard]] const QList<Error>& errors() const { return m_errors; }

    /// As a batch of one short statement begins.
    void beBrief() { m_brief = true; }

    /// With the tables that the statements rewrite, unless `copies` is false.
    [[nodiscard]] bool begin(const QStringList& statements, bool copies = true)
    {
        QList<TableName> rewritten;
        for (const QString& text : statements) {
            const auto info = checkPostgresStatement(text);
            if (info && copies)
                rewritten += info->rewritten;
        }
        const auto begun = m_capture->begin({ rewritten, {}, m_brief }, m_verification);
        if (!begun)
            m_errors.append(begun.error());
        return begun.ok();
    }

    void run(int command, const QString& text, const QList<Value>& parameters = {})
    {
        m_capture->commandStarts(command);
        const auto info = checkPostgresStatement(text);
        if (info)
            m_capture->submitSql({ text.toUtf8(), parameters }, *info, sink());
        else
            m_errors.append(info.error());
    }

    /// As a row command does.
    void write(int command, const QString& table, const QByteArray& text, const QList<Value>& parameters = {})
    {
        m_capture->commandStarts(command);
        const auto described = SchemaReader::forConnection(m_connection)->table({}, table);
        if (described)
            m_capture->submitWrite({ text, parameters }, *described, sink());
        else
            m_errors.append(described.error());
    }

    enum class End { Rollback, Commit };
    [[nodiscard]] TargetEffects end(End end = End::Rollback)
    {
        auto effects = m_capture->collect();
        if (!effects)
            m_errors.append(effects.error());
        if (end == End::Commit && effects) {
            if (const CommitResult committed = m_connection.commit(); committed.error)
                m_errors.append(*committed.error);
        } else if (const auto undone = m_connection.rollback(); !undone) {
            m_errors.append(undone.error());
        }
        TargetEffects result = effects ? *effects : TargetEffects();
        if (const auto ended = m_capture->ended(result); !ended)
            m_errors.append(ended.error());
        return result;
    }

    [[nodiscard]] TargetEffects runAll(const QStringList& statements, End how = End::Rollback, bool copies = true)
    {
        if (!begin(statements, copies))
            return {};
        for (int i = 0; i < statements.size(); ++i)
            run(i, statements.at(i));
        return end(how);
    }

private:
    Connection::ResultSink sink()
    {
        return [this](const Result<Rowset>& answer) {
            if (!answer)
                m_errors.append(answer.error());
        };
    }

    PostgresConnection& m_connection;
    Verification m_verification;
    bool m_brief = false;
    std::unique_ptr<Capture> m_capture;
    QList<Error> m_errors;
};

[[nodiscard]] inline QString rowText(const Row& row)
{
    QStringList values;
    for (const Value& value : row)
        values.append(value.display());
    return QLatin1Char('(') + values.join(QStringLiteral(", ")) + QLatin1Char(')');
}

/// "orders ~ #0 direct (1, a) -> (1, b)", "bag + …", "lines - … @partition"; then cautions' codes and schema changes.
[[nodiscard]] inline QStringList effectsText(const TargetEffects& effects)
{
    QStringList lines;
    for (const TableEffects& table : effects.tables) {
        const QString name = table.name.schema == QLatin1String("public")
            ? table.name.table
            : table.name.schema + QLatin1Char('.') + table.name.table;
        for (const RowChange& row : table.rows) {
            const QString sign = QStringLiteral("~+-").at(row.change == ChangeKind::Update       ? 0
                                                              : row.change == ChangeKind::Insert ? 1
                                                                                                 : 2);
            lines.append(name + QLatin1Char(' ') + sign + QStringLiteral(" #")
                         + (row.command ? QString::number(*row.command) : QStringLiteral("?"))
                         + (row.origin == Origin::Direct ? QStringLiteral(" direct") : QStringLiteral(" indirect"))
                         + (row.before.isEmpty() ? QString() : QLatin1Char(' ') + rowText(row.before))
                         + (row.change == ChangeKind::Update ? QStringLiteral(" ->") : QString())
                         + (row.after.isEmpty() ? QString() : QLatin1Char(' ') + rowText(row.after))
                         + (row.partition.isEmpty() ? QString() : QStringLiteral(" @") + row.partition));
        }
        if (!table.complete)
            lines.append(name + QStringLiteral(" incomplete: ") + table.incompleteReason);
    }
    for (const SchemaChange& change : effects.schemaChanges)
        lines.append(change.kind + QLatin1Char(' ') + change.object);
    for (const Caution& caution : effects.cautions)
        lines.append(QStringLiteral("caution ") + caution.code);
    return lines;
}

/// In any order.
inline void compareLines(QStringList actual, QStringList expected)
{
    actual.sort();
    expected.sort();
    if (actual != expected)
        QTest::qFail(qPrintable(QStringLiteral("captured:\n  ") + actual.join(QStringLiteral("\n  "))
                                + QStringLiteral("\nexpected:\n  ") + expected.join(QStringLiteral("\n  "))),
                     __FILE__, __LINE__);
}

} // namespace holdpoint
