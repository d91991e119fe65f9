// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/sqlitescratch.h"

#include <QHash>
#include <QStringList>

namespace holdpoint {

/// Compiles statements about tables that are not there: each table and column that the compiler misses is
/// made up, so that it tells what the statement does. What can only be told with the real schema stays an
/// error. One thread; made-up tables stay for the next statement.
class SqliteStubs
{
public:
    [[nodiscard]] SqliteVerdict compile(const QByteArray& text);

private:
    struct Stub
    {
        QStringList columns; // asked for, the latest first
        qsizetype width = 1;
        bool unique = false; // each column asked for
    };

    [[nodiscard]] SqliteVerdict tryToCompile(const QByteArray& text);
    [[nodiscard]] bool supply(const QString& message);
    [[nodiscard]] bool supplyTable(const QString& name);
    [[nodiscard]] bool supplyColumn(const QString& table, const QString& column);
    [[nodiscard]] bool supplyColumnAnywhere(const QString& column);
    [[nodiscard]] bool supplyWidth(const QString& table, qsizetype width);
    [[nodiscard]] bool supplyUnique();
    [[nodiscard]] bool make(const QString& table, const Stub& stub);
    void startOver();

    std::unique_ptr<SqliteScratch> m_scratch = std::make_unique<SqliteScratch>();
    [[nodiscard]] QStringList mentioned() const;

    QHash<QString, Stub> m_stubs; // by lower-case name
    QString m_text; // being compiled, in lower case
};

} // namespace holdpoint
