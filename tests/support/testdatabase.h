// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QStringList>
#include <QTemporaryDir>

#include <source_location>

namespace holdpoint {

/// A row as text, a NULL as a null QString.
using TextRow = QStringList;

/// A new database on the tests' private PostgreSQL server, by plain libpq: the tests' view from outside.
/// It is dropped at the end, with whoever is still connected. An error fails the test at the caller's line.
///     if (!TestPostgres::available()) QSKIP("no PostgreSQL server: ...");
class TestPostgres
{
public:
    using Where = std::source_location;

    [[nodiscard]] static bool available();
    /// The reason for QSKIP.
    [[nodiscard]] static const char* whyNot();

    explicit TestPostgres(const QByteArray& setUpSql = {}, Where where = Where::current());
    ~TestPostgres();
    Q_DISABLE_COPY_MOVE(TestPostgres)

    [[nodiscard]] const QString& name() const { return m_name; }
    /// As superuser, who is trusted.
    [[nodiscard]] QString uri() const { return uriAs(QStringLiteral("postgres")); }
    /// As another role. The role holdpoint_pw has the password passwordOfRole() and rights on nothing.
    [[nodiscard]] QString uriAs(const QString& role) const;
    [[nodiscard]] static QString passwordOfRole() { return QStringLiteral("holdpoint-pw-secret"); }

    /// Several statements; each PQexec is one transaction unless the script says otherwise.
    void exec(const QByteArray& sql, Where where = Where::current()) const;
    [[nodiscard]] QList<TextRow> query(const QByteArray& sql, Where where = Where::current()) const;
    /// The first column of the first row.
    [[nodiscard]] QString scalar(const QByteArray& sql, Where where = Where::current()) const;
    /// Every table with its columns and its rows, sorted: two equal dumps are two equal databases (but for sequences).
    [[nodiscard]] QString dump(Where where = Where::current()) const;

private:
    QString m_name;
};

/// A new SQLite file in a folder of its own, by the plain C API. Each call opens and closes the file.
class TestSqlite
{
public:
    using Where = std::source_location;

    explicit TestSqlite(const QByteArray& setUpSql = {}, Where where = Where::current());

    [[nodiscard]] QString path() const { return m_folder.filePath(QStringLiteral("test.db")); }
    [[nodiscard]] QString uri() const { return QStringLiteral("sqlite:") + path(); }
    [[nodiscard]] const QTemporaryDir& folder() const { return m_folder; }

    void exec(const QByteArray& sql, Where where = Where::current()) const;
    [[nodiscard]] QList<TextRow> query(const QByteArray& sql, Where where = Where::current()) const;
    [[nodiscard]] QString scalar(const QByteArray& sql, Where where = Where::current()) const;
    /// The schema and every table's rows with their storage classes, sorted; sqlite_sequence and shadow tables too.
    [[nodiscard]] QString dump(Where where = Where::current()) const;

private:
    QTemporaryDir m_folder;
};

} // namespace holdpoint
