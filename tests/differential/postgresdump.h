// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QStringList>

namespace holdpoint::differential {

/// A row as the server prints it: its columns that are not NULL, by name. So a column that is not there is NULL.
struct DumpRow
{
    QString table; ///< "schema.name" of the root, for a partition's row
    QString partition; ///< name of the partition that holds it
    QMap<QString, QString> values;

    /// Under its root, whichever partition holds it.
    [[nodiscard]] QString text() const;
    [[nodiscard]] QString textWithPartition() const { return partition + u'@' + text(); }
};

/// Everything that a database holds, as psql sees it: nothing of it comes from the product.
struct Dump
{
    QList<DumpRow> rows;
    QMap<QString, QStringList> columns; ///< of each table with rows of its own, partitions by their root's name
    QStringList schema; ///< one line a definition
    QMap<QString, QString> sequences; ///< "last_value is_called" by "schema.name"
    QString error; ///< why there is none

    [[nodiscard]] QStringList sortedRows() const;
};

/// A statement as psql runs it; `rows`: how many it must change, -1 any number.
struct PsqlStatement
{
    QString text;
    int rows = -1;
};

/// What became of statements in one transaction.
struct PsqlRun
{
    bool committed = false;
    int failed = -1; ///< the statement; as many as there are: the COMMIT
    QString sqlState; ///< empty: a wrong number of rows
    QString output;
};

/// One database, by psql.
class Psql
{
public:
    explicit Psql(QString uri)
        : m_uri(std::move(uri))
    {
    }
    [[nodiscard]] static QString program();
    [[nodiscard]] Dump dump() const;
    [[nodiscard]] PsqlRun run(const QList<PsqlStatement>& statements) const;
    /// A whole script; its errors, empty if there were none.
    [[nodiscard]] QString script(const QString& sql) const;

private:
    struct Output
    {
        QByteArray out;
        QByteArray errors;
        int code = -1;
    };
    [[nodiscard]] Output start(const QString& sql) const;
    QString m_uri;
};

} // namespace holdpoint::differential
