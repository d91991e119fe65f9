// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/testdatabase.h"
#include "target/target.h"

#include <memory>

namespace holdpoint {

/// A small shop with an audit trigger, a cascade and a check, the same on either engine.
class ShopDatabase
{
public:
    explicit ShopDatabase(EngineKind engine)
    {
        const QByteArray tables
            = "CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, email text UNIQUE,"
              " credit integer NOT NULL DEFAULT 0);"
              "CREATE TABLE orders (id integer PRIMARY KEY, customer integer NOT NULL REFERENCES customers (id),"
              " status text NOT NULL, total integer NOT NULL CHECK (total >= 0));"
              "CREATE TABLE order_items (order_id integer NOT NULL REFERENCES orders (id) ON DELETE CASCADE,"
              " line integer NOT NULL, product text NOT NULL, price integer NOT NULL, PRIMARY KEY (order_id, line));"
              "CREATE TABLE audit_log (order_id integer NOT NULL, event text NOT NULL);";
        const QByteArray rows
            = "INSERT INTO customers VALUES (1, 'Ada Lovelace', 'ada@example.org', 0),"
              " (2, 'Charles Babbage', 'charles@example.org', 1500), (3, 'Grace Hopper', NULL, 0);"
              "INSERT INTO orders VALUES (4709, 3, 'shipped', 1999), (4710, 2, 'open', 89900),"
              " (4711, 1, 'paid', 2490), (4712, 1, 'open', 2490);"
              "INSERT INTO order_items VALUES (4709, 1, 'Nanosecond of wire', 1999),"
              " (4710, 1, 'Difference engine', 89900), (4711, 1, 'Notebook', 990), (4711, 2, 'Fountain pen', 1500),"
              " (4712, 1, 'Notebook', 990), (4712, 2, 'Fountain pen', 1500);";
        const QByteArray sqliteTrigger = "CREATE TRIGGER audit AFTER UPDATE OF status ON orders BEGIN"
                                         " INSERT INTO audit_log VALUES (new.id, old.status || ' -> ' || new.status);"
                                         " END;";
        const QByteArray postgresTrigger
            = "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
              " INSERT INTO audit_log VALUES (new.id, old.status || ' -> ' || new.status); RETURN new; END $$;"
              "CREATE TRIGGER audit AFTER UPDATE OF status ON orders FOR EACH ROW EXECUTE FUNCTION audit();";
        if (engine == EngineKind::SQLite)
            m_sqlite = std::make_unique<TestSqlite>(tables + rows + sqliteTrigger);
        else
            m_postgres = std::make_unique<TestPostgres>(tables + rows + postgresTrigger);
    }

    [[nodiscard]] Target target(Environment environment = Environment::Development) const
    {
        return m_sqlite
            ? Target { QStringLiteral("shop"), EngineKind::SQLite, m_sqlite->path(), environment, false }
            : Target { QStringLiteral("shop"), EngineKind::PostgreSQL, m_postgres->uri(), environment, false };
    }
    [[nodiscard]] QString dump() const { return m_sqlite ? m_sqlite->dump() : m_postgres->dump(); }
    void exec(const QByteArray& sql) const { m_sqlite ? m_sqlite->exec(sql) : m_postgres->exec(sql); }
    [[nodiscard]] QString scalar(const QByteArray& sql) const
    {
        return m_sqlite ? m_sqlite->scalar(sql) : m_postgres->scalar(sql);
    }

private:
    std::unique_ptr<TestSqlite> m_sqlite;
    std::unique_ptr<TestPostgres> m_postgres;
};

} // namespace holdpoint
