// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session/connection.h"
#include "support/testdatabase.h"
#include "target/targeturi.h"

#include <QTest>

#include <memory>
#include <variant>

namespace holdpoint {

/// A new database of either engine, for tests whose row is the engine, and a product connection to it.
/// A set-up that fails fails the test.
class TestTarget
{
public:
    TestTarget(EngineKind engine, const QByteArray& setUpSql)
    {
        if (engine == EngineKind::SQLite)
            m_database.emplace<1>(std::make_unique<TestSqlite>(setUpSql));
        else
            m_database.emplace<2>(std::make_unique<TestPostgres>(setUpSql));
        auto opened = openConnection(target(), ConnectionOptions(), nullptr);
        if (opened)
            m_connection = std::move(opened).value();
        else
            QTest::qFail(qPrintable(opened.error().text()), __FILE__, __LINE__);
    }

    /// Adds the engine's rows to a test's table; without a PostgreSQL server its row is left out, aloud.
    static void addEngines()
    {
        QTest::addColumn<EngineKind>("engine");
        QTest::newRow("SQLite") << EngineKind::SQLite;
        if (TestPostgres::available())
            QTest::newRow("PostgreSQL") << EngineKind::PostgreSQL;
        else
            qInfo("without PostgreSQL: %s", TestPostgres::whyNot());
    }

    [[nodiscard]] Connection& connection() const { return *m_connection; }
    [[nodiscard]] Target target() const
    {
        const QString uri = std::visit([](const auto& database) { return uriOf(database); }, m_database);
        return parseTargetUri(QStringLiteral("test"), uri, QDir()).value();
    }
    [[nodiscard]] QList<TextRow> query(const QByteArray& sql) const
    {
        if (const auto* sqlite = std::get_if<1>(&m_database))
            return (*sqlite)->query(sql);
        return std::get<2>(m_database)->query(sql);
    }
    /// The rows, columns by | and rows by line breaks; NULL as "NULL".
    [[nodiscard]] QString printed(const QByteArray& sql) const
    {
        QStringList lines;
        for (const TextRow& row : query(sql)) {
            QStringList cells;
            for (const QString& cell : row)
                cells.append(cell.isNull() ? QStringLiteral("NULL") : cell);
            lines.append(cells.join(QLatin1Char('|')));
        }
        return lines.join(QLatin1Char('\n'));
    }

private:
    static QString uriOf(std::monostate) { return {}; }
    template <typename D> static QString uriOf(const std::unique_ptr<D>& database) { return database->uri(); }

    std::variant<std::monostate, std::unique_ptr<TestSqlite>, std::unique_ptr<TestPostgres>> m_database;
    std::unique_ptr<Connection> m_connection;
};

} // namespace holdpoint
