// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/rowtext.h"

#include "command/commandtext.h"
#include "schema/nearnames.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

RowText::RowText(const SqlContext& context, const Table& table)
    : m_context(context)
    , m_table(table)
{
}

QByteArray RowText::tableName() const
{
    const QByteArray name = m_context.quoted(m_table.name);
    return m_table.schema.isEmpty() ? name : m_context.quoted(m_table.schema) + '.' + name;
}

QByteArray RowText::next()
{
    return m_context.placeholder(++m_parameters);
}

QByteArray RowText::written(const QString& name)
{
    checkColumn(name);
    const Column* found = column(name);
    if (found && found->generated)
        fail(name, u"the column \"%1\" of %2 is computed; it cannot be written"_s.arg(name, nameOf(m_table)));
    const QString key = found ? found->name : name;
    if (m_written.contains(key))
        fail(name, u"the column \"%1\" of %2 is written twice"_s.arg(key, nameOf(m_table)));
    m_written.insert(key);
    return m_context.quoted(name);
}

QByteArray RowText::read(const QString& name)
{
    checkColumn(name);
    const Column* found = column(name);
    return m_context.quoted(name) + (found && !found->comparable ? "::text" : "");
}

QByteArray RowText::holds(const QString& name)
{
    // A collation may take 'ada' for 'Ada'; an expected value is that value alone.
    if (m_context.engine() == EngineKind::SQLite)
        return read(name) + " IS " + next() + " COLLATE BINARY";
    const QByteArray left = read(name);
    return left + " IS NOT DISTINCT FROM " + next() + (left.endsWith("::text") ? "::text" : "");
}

QByteArray RowText::where(const NamedValues& key, const NamedValues& expect)
{
    if (key.isEmpty())
        fail({}, u"the key names no column of %1; it must name one row"_s.arg(nameOf(m_table)));
    QByteArrayList terms;
    for (const NamedValue& part : key) {
        const QByteArray left = read(part.column);
        if (part.value.isNull())
            terms.append(left + " IS NULL");
        else
            terms.append(left + " = " + next() + (left.endsWith("::text") ? "::text" : ""));
    }
    for (const NamedValue& part : expect)
        terms.append(holds(part.column));
    return " WHERE " + terms.join(" AND ");
}

bool RowText::isIdentity(const QString& name) const
{
    const Column* found = column(name);
    return found && found->identity;
}

// SQLite's names do not tell upper from lower case, PostgreSQL's quoted ones do.
const Column* RowText::column(const QString& name) const
{
    if (const int index = m_table.columnIndex(name); index >= 0)
        return &m_table.columns.at(index);
    if (m_context.engine() == EngineKind::SQLite) {
        for (const Column& column : m_table.columns) {
            if (column.name.compare(name, Qt::CaseInsensitive) == 0)
                return &column;
        }
    }
    return nullptr;
}

bool RowText::isRowid(const QString& name) const
{
    const QString lower = name.toLower();
    return m_context.engine() == EngineKind::SQLite && !m_table.withoutRowid && m_table.kind != TableKind::View
        && (lower == "rowid"_L1 || lower == "_rowid_"_L1 || lower == "oid"_L1);
}

void RowText::checkColumn(const QString& name)
{
    if (column(name) || isRowid(name))
        return;
    QStringList names;
    for (const Column& column : m_table.columns)
        names.append(column.name);
    fail(name, u"%1 has no column \"%2\""_s.arg(nameOf(m_table), name), nearNamesHint(name, names));
}

void RowText::fail(const QString& column, const QString& message, const QString& hint)
{
    if (m_error)
        return;
    m_error = makeError(ErrorKind::Statement, message, {}, hint);
    m_error->schema = m_table.schema;
    m_error->table = m_table.name;
    m_error->column = column;
}

} // namespace holdpoint
