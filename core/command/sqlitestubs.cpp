// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/sqlitestubs.h"

#include <QRegularExpression>

#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr int mostTries = 40; // made-up names a statement
constexpr qsizetype mostStubs = 64;
constexpr qsizetype mostColumns = 500;

QByteArray quotedName(const QString& name)
{
    return '"' + name.toUtf8().replace('"', "\"\"") + '"';
}

QString lastPart(const QString& name)
{
    return name.sliced(name.lastIndexOf(u'.') + 1);
}

// What a new table would not be blamed for.
bool isFaultOfStubs(const QString& message)
{
    return message.startsWith("duplicate column name"_L1) || message.startsWith("there is already"_L1)
        || message.startsWith("cannot drop"_L1) || message.startsWith("use DROP TABLE"_L1);
}

} // namespace

SqliteVerdict SqliteStubs::compile(const QByteArray& text)
{
    SqliteVerdict verdict = tryToCompile(text);
    if (verdict.code != SQLITE_ERROR || !isFaultOfStubs(verdict.message) || m_stubs.isEmpty())
        return verdict;
    startOver();
    return tryToCompile(text); // what fails without older stubs too is the statement's own fault
}

SqliteVerdict SqliteStubs::tryToCompile(const QByteArray& text)
{
    SqliteVerdict verdict = m_scratch->compile(text);
    if (verdict.code == SQLITE_ERROR)
        m_text = QString::fromUtf8(text).toLower();
    for (int tries = 0; tries < mostTries; ++tries) {
        if (verdict.code != SQLITE_ERROR || !verdict.actions.denied.isEmpty() || !supply(verdict.message))
            break;
        verdict = m_scratch->compile(text);
    }
    if (m_stubs.size() > mostStubs)
        startOver();
    return verdict;
}

bool SqliteStubs::supply(const QString& message)
{
    static const QRegularExpression table(u"^no such table: (.+)$"_s);
    static const QRegularExpression column(u"^no such column: (?:\"(.+)\"|(.+))$"_s);
    static const QRegularExpression named(u"^table (.+) has no column named (.+)$"_s);
    static const QRegularExpression width(u"^table (.+) has \\d+ columns but (\\d+) values were supplied$"_s);
    if (const auto match = table.match(message); match.hasMatch())
        return supplyTable(lastPart(match.captured(1)));
    if (const auto match = column.match(message); match.hasMatch())
        return supplyColumnAnywhere(lastPart(match.captured(1) + match.captured(2)));
    if (const auto match = named.match(message); match.hasMatch())
        return supplyColumn(match.captured(1), match.captured(2));
    if (const auto match = width.match(message); match.hasMatch())
        return supplyWidth(match.captured(1), match.captured(2).toLongLong());
    return message.startsWith("ON CONFLICT clause does not match"_L1) && supplyUnique();
}

bool SqliteStubs::supplyTable(const QString& name)
{
    return !m_stubs.contains(name.toLower()) && make(name, {});
}

bool SqliteStubs::supplyColumn(const QString& table, const QString& column)
{
    Stub stub = m_stubs.value(table.toLower());
    if (stub.columns.contains(column, Qt::CaseInsensitive) || stub.columns.size() >= mostColumns)
        return false;
    stub.columns.prepend(column);
    stub.width = std::max(stub.width, stub.columns.size() + 1);
    return make(table, stub);
}

bool SqliteStubs::supplyColumnAnywhere(const QString& column)
{
    bool supplied = false;
    for (const QString& table : mentioned())
        supplied = supplyColumn(table, column) || supplied;
    return supplied;
}

bool SqliteStubs::supplyWidth(const QString& table, qsizetype width)
{
    Stub stub = m_stubs.value(table.toLower());
    if (stub.width == width || width > mostColumns)
        return false;
    stub.columns = stub.columns.first(std::min(stub.columns.size(), width));
    stub.width = width;
    return make(table, stub);
}

bool SqliteStubs::supplyUnique()
{
    bool supplied = false;
    for (const QString& table : mentioned()) {
        Stub stub = m_stubs.value(table);
        if (!std::exchange(stub.unique, true))
            supplied = make(table, stub) || supplied;
    }
    return supplied;
}

// The made-up tables that the text may be about; a quote in a name is written twice there.
QStringList SqliteStubs::mentioned() const
{
    QStringList tables = m_stubs.keys();
    tables.removeIf([&](const QString& table) { return !m_text.contains(table) && !table.contains(u'"'); });
    return tables;
}

bool SqliteStubs::make(const QString& table, const Stub& stub)
{
    QByteArrayList columns;
    for (const QString& column : stub.columns)
        columns.append(quotedName(column) + (stub.unique ? " UNIQUE" : ""));
    for (qsizetype filler = columns.size(); filler < stub.width; ++filler)
        columns.append("\"made up " + QByteArray::number(filler) + '"');
    const QByteArray name = quotedName(table);
    m_stubs.insert(table.toLower(), stub);
    return m_scratch->run("DROP TABLE IF EXISTS " + name + "; CREATE TABLE " + name + '(' + columns.join(", ") + ')');
}

void SqliteStubs::startOver()
{
    m_stubs.clear();
    m_scratch = std::make_unique<SqliteScratch>();
}

} // namespace holdpoint
