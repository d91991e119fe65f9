// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/sqlitedump.h"

#include "differential/sqlitefile.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr auto headerPragmas
    = { "user_version", "application_id", "auto_vacuum", "encoding", "journal_mode", "page_size" };

QString quick(const QByteArray& text)
{
    return QString::fromUtf8(text);
}

QStringList rowDifferences(const QString& table, const QList<Row>& left, const QList<Row>& right)
{
    QStringList lines;
    QList<Row> only;
    std::ranges::set_difference(left, right, std::back_inserter(only), comesBefore);
    for (const Row& row : std::as_const(only))
        lines.append(u"- %1 %2"_s.arg(table, rowText(row)));
    only.clear();
    std::ranges::set_difference(right, left, std::back_inserter(only), comesBefore);
    for (const Row& row : std::as_const(only))
        lines.append(u"+ %1 %2"_s.arg(table, rowText(row)));
    return lines;
}

QStringList tableDifferences(const QMap<QString, QList<Row>>& left, const QMap<QString, QList<Row>>& right)
{
    QStringList lines;
    for (auto table = left.cbegin(); table != left.cend(); ++table)
        lines += rowDifferences(table.key(), *table, right.value(table.key()));
    for (auto table = right.cbegin(); table != right.cend(); ++table) {
        if (!left.contains(table.key()))
            lines += rowDifferences(table.key(), {}, *table);
    }
    return lines;
}

void readTable(SqliteFile& file, SqliteDump& dump, const Row& listed)
{
    const QByteArray name = sqliteQuoted(listed.at(0).toText().toUtf8());
    const QString key = listed.at(0).toText();
    const QByteArrayList columns = file.texts("SELECT name FROM pragma_table_xinfo(" + sqliteLiteral(listed.at(0))
                                              + ") WHERE hidden <> 1 ORDER BY cid");
    for (const QByteArray& column : columns)
        dump.columns[key].append(quick(column));
    if (listed.at(1) == Value::text(u"virtual"_s)) {
        const bool ownRowid = columns.value(0) == "id"; // of an R-Tree
        const QByteArray text = "SELECT "_ba + (ownRowid ? "* FROM " : "rowid, * FROM ") + name;
        if (!ownRowid)
            dump.columns[key].prepend(u"rowid"_s);
        // One whose content is another table's cannot be read any more once that has lost a column.
        dump.virtualTables.insert(key, file.run(text).isEmpty() ? sortedRows(file.rows(text)) : QList<Row>());
        return;
    }
    dump.tables.insert(key, sortedRows(file.rows("SELECT * FROM " + name)));
    if (listed.at(2) == Value::integer(0))
        dump.rowids.insert(key, sortedRows(file.rows("SELECT rowid, * FROM " + name)));
}

} // namespace

bool comesBefore(const Row& left, const Row& right)
{
    return std::lexicographical_compare_three_way(left.begin(), left.end(), right.begin(), right.end()) < 0;
}

QList<Row> sortedRows(QList<Row> rows)
{
    std::ranges::sort(rows, comesBefore);
    return rows;
}

QString rowText(const Row& row)
{
    QStringList values;
    for (const Value& value : row)
        values.append(QString::fromUtf8(sqliteLiteral(value)));
    return values.join(", "_L1).left(300);
}

SqliteDump SqliteDump::read(const QString& path)
{
    SqliteFile file(path);
    SqliteDump dump;
    for (const Row& row : file.rows("SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY 1, 2, 3"))
        dump.schema.append(row.at(0).toText() + u' ' + row.at(1).toText() + u' ' + row.at(2).toText());
    for (const Row& row : file.rows("SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main'"
                                    " AND type <> 'view' AND name <> 'sqlite_schema'"))
        readTable(file, dump, row);
    if (file.run("PRAGMA foreign_key_check").isEmpty()) // which refuses keys that refer to no key
        dump.brokenKeys = file.rows("PRAGMA foreign_key_check").size();
    for (const char* pragma : headerPragmas)
        dump.header.insert(QString::fromLatin1(pragma), file.rows("PRAGMA " + QByteArray(pragma)).first().first());
    return dump;
}

SqliteDump SqliteDump::content() const
{
    SqliteDump content = *this;
    const auto isLeft = [this](const QString& table) {
        return table.startsWith("sqlite_"_L1) || std::ranges::any_of(virtualTables.keys(), [&](const QString& name) {
                   return table.startsWith(name + u'_');
               });
    };
    content.tables.removeIf([&](auto table) { return isLeft(table.key()); });
    content.rowids.removeIf([&](auto table) { return isLeft(table.key()); });
    return content;
}

SqliteDump SqliteDump::withoutIndexes() const
{
    SqliteDump rest = *this;
    for (const QString& name : virtualTables.keys()) {
        for (const char* part : { "_data", "_idx", "_segments", "_segdir", "_stat", "_node", "_parent", "_rowid" }) {
            rest.tables.remove(name + QString::fromLatin1(part));
            rest.rowids.remove(name + QString::fromLatin1(part));
        }
    }
    return rest;
}

QString SqliteDump::differences(const SqliteDump& other) const
{
    QStringList lines;
    for (const QString& object : schema) {
        if (!other.schema.contains(object))
            lines.append("- "_L1 + object);
    }
    for (const QString& object : other.schema) {
        if (!schema.contains(object))
            lines.append("+ "_L1 + object);
    }
    lines += tableDifferences(tables, other.tables) + tableDifferences(virtualTables, other.virtualTables);
    if (lines.isEmpty())
        lines += tableDifferences(rowids, other.rowids);
    for (auto pragma = header.cbegin(); pragma != header.cend(); ++pragma) {
        if (other.header.value(pragma.key()) != *pragma)
            lines.append(u"PRAGMA %1: %2"_s.arg(pragma.key(), rowText({ *pragma, other.header.value(pragma.key()) })));
    }
    constexpr qsizetype most = 12;
    return lines.size() <= most ? lines.join(u'\n') : lines.first(most).join(u'\n') + "\n..."_L1;
}

QString integrityProblems(const QString& path)
{
    SqliteFile file(path);
    QByteArrayList problems;
    for (const QByteArray& line : file.texts("PRAGMA integrity_check")) {
        if (line != "ok")
            problems.append(line);
    }
    for (const Row& row : file.rows("SELECT name, sql FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%'")) {
        const QByteArray name = row.at(0).toText().toUtf8();
        const QString definition = row.at(1).toText();
        if (definition.contains("rtree"_L1)) {
            const QByteArray said = file.texts("SELECT rtreecheck('main', '" + name + "')").value(0);
            if (said != "ok")
                problems.append(name + ": " + said);
        } else if (definition.contains("USING fts"_L1)) {
            const QByteArray table = sqliteQuoted(name);
            const QByteArray said = file.run("INSERT INTO " + table + '(' + table + ") VALUES ('integrity-check')");
            if (!said.isEmpty())
                problems.append(name + ": " + said);
        }
    }
    return QString::fromUtf8(problems.join('\n'));
}

} // namespace holdpoint
