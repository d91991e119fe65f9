// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/testdatabase.h"
#include "target/target.h"

#include <QTest>

#include <memory>

namespace holdpoint {

/// A fresh database of either engine, for tests whose table of cases has the engine as a row.
class TestDatabase
{
public:
    TestDatabase(EngineKind engine, const QByteArray& setUpSql)
        : m_engine(engine)
    {
        if (engine == EngineKind::SQLite)
            m_sqlite = std::make_unique<TestSqlite>(setUpSql);
        else
            m_postgres = std::make_unique<TestPostgres>(setUpSql);
    }

    [[nodiscard]] Target target(const QString& name) const
    {
        return { name, m_engine, m_sqlite ? m_sqlite->path() : m_postgres->uri(), Environment::Development, false };
    }
    [[nodiscard]] QString uri() const { return m_sqlite ? m_sqlite->uri() : m_postgres->uri(); }
    void exec(const QByteArray& sql) const { m_sqlite ? m_sqlite->exec(sql) : m_postgres->exec(sql); }
    [[nodiscard]] QString scalar(const QByteArray& sql) const
    {
        return m_sqlite ? m_sqlite->scalar(sql) : m_postgres->scalar(sql);
    }
    [[nodiscard]] QString dump() const { return m_sqlite ? m_sqlite->dump() : m_postgres->dump(); }

private:
    EngineKind m_engine;
    std::unique_ptr<TestSqlite> m_sqlite;
    std::unique_ptr<TestPostgres> m_postgres;
};

/// The rows "SQLite" and "PostgreSQL" of a test's table; without a server the second is left out, aloud.
inline void engineRows()
{
    QTest::addColumn<EngineKind>("engine");
    QTest::newRow("SQLite") << EngineKind::SQLite;
    if (TestPostgres::available())
        QTest::newRow("PostgreSQL") << EngineKind::PostgreSQL;
    else
        qInfo("PostgreSQL is left out: %s", TestPostgres::whyNot());
}

} // namespace holdpoint

Q_DECLARE_METATYPE(holdpoint::EngineKind)
