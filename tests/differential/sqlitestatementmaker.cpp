// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/sqlitestatementmaker.h"

namespace holdpoint {

namespace {

QByteArray list(const QByteArrayList& columns)
{
    QByteArrayList quoted;
    for (const QByteArray& column : columns)
        quoted.append(sqliteQuoted(column));
    return quoted.join(", ");
}

QByteArray filled(const SqliteStatementText& statement, const std::function<QByteArray(int)>& valueAt)
{
    QByteArray text;
    int index = 0;
    for (const char c : statement.text) {
        if (c == SqliteStatementMaker::place)
            text += valueAt(index++);
        else
            text += c;
    }
    return text;
}

} // namespace

QByteArray SqliteStatementText::withLiterals() const
{
    return filled(*this, [this](int index) { return sqliteLiteral(values.at(index)); });
}

QByteArray SqliteStatementText::withParameters() const
{
    return filled(*this, [](int index) { return '?' + QByteArray::number(index + 1); });
}

Value SqliteStatementMaker::value()
{
    switch (m_dice.below(14)) {
    case 0: return Value::null();
    case 1: return Value::real(m_dice.pick(QList<double> { 1.0, 2.5, -0.0, 1e100, 3.0 }));
    case 2:
        if (!m_world.isUtf8()) // a bound BLOB and a literal one are not the same text there
            return Value::null();
        return Value::blob(m_dice.pick(QByteArrayList { QByteArray(), QByteArray("\0\xff", 2), "blob" }));
    case 3:
        if (!m_world.isUtf8())
            return Value::null();
        return Value::rawText(m_dice.pick(QByteArrayList { "\xff", QByteArray("a\0b", 3) }));
    case 4:
    case 5:
    case 6: return Value::text(QString::fromUtf8(m_dice.oneOf({ "a", "A", "ada", "ä", "it's", "", "x ", "7" })));
    case 7:
        return Value::text(QString::fromUtf8(m_dice.oneOf({ "a", "b", "C" }) + QByteArray::number(m_dice.below(8))));
    default: return Value::integer(m_dice.between(0, 24));
    }
}

QByteArray SqliteStatementMaker::next(const Value& value)
{
    m_values.append(value);
    return QByteArray(1, place);
}

QByteArray SqliteStatementMaker::tuple(qsizetype count)
{
    QByteArrayList values;
    for (qsizetype i = 0; i < count; ++i)
        values.append(next(value()));
    return '(' + values.join(", ") + ')';
}

QByteArray SqliteStatementMaker::condition(const SqliteWorldTable& table)
{
    const QByteArrayList columns { m_dice.pick(table.columns) };
    const QByteArray name = sqliteQuoted(columns.first());
    const Value known = m_world.row(m_dice, table, columns).value(0);
    switch (m_dice.below(7)) {
    case 0: return name + " IS NULL";
    case 1: return name + " < " + next(known);
    case 2: return name + " >= " + next(value());
    case 3: return name + " IN (SELECT " + column(table.columns) + " FROM " + table.quoted() + " LIMIT 3)";
    case 4:
        return table.isView() || table.withoutRowid ? name + " IS NOT NULL"
                                                    : "rowid % " + QByteArray::number(m_dice.between(2, 4)) + " = 1";
    default: return name + " IS " + next(known);
    }
}

QByteArray SqliteStatementMaker::expression(const SqliteWorldTable& table)
{
    const QByteArray name = column(table.columns);
    switch (m_dice.below(6)) {
    case 0: return name;
    case 1: return name + " + " + QByteArray::number(m_dice.between(1, 30));
    case 2: return name + " || " + next(value());
    case 3: return "upper(" + name + ')';
    default: return next(value());
    }
}

QByteArray SqliteStatementMaker::insert(const SqliteWorldTable& table, const SqliteWorldTable& other)
{
    const QByteArray verb = m_dice.oneOf({ "INSERT INTO ", "INSERT INTO ", "INSERT OR REPLACE INTO ", "REPLACE INTO ",
                                           "INSERT OR IGNORE INTO ", "INSERT OR FAIL INTO ", "INSERT OR ROLLBACK INTO ",
                                           "INSERT OR ABORT INTO " });
    const QByteArrayList columns = m_dice.some(table.written);
    const QByteArray into = verb + table.quoted() + '(' + list(columns) + ") ";
    switch (m_dice.below(8)) {
    case 0: return "INSERT INTO " + table.quoted() + " DEFAULT VALUES";
    case 1: {
        QByteArrayList sources;
        for (qsizetype i = 0; i < columns.size(); ++i)
            sources.append(expression(other));
        return into + "SELECT " + sources.join(", ") + " FROM " + other.quoted() + " WHERE " + condition(other);
    }
    case 2: return verb + table.quoted() + " SELECT * FROM " + other.quoted();
    case 3:
        return "WITH v(a) AS (VALUES (1), (21), (22)) " + verb + table.quoted() + '(' + list(columns.first(1))
            + ") SELECT a FROM v";
    case 4:
        return into + "VALUES " + tuple(columns.size()) + ", " + tuple(columns.size()) + ", " + tuple(columns.size());
    default: return into + "VALUES " + tuple(columns.size());
    }
}

QByteArray SqliteStatementMaker::upsert(const SqliteWorldTable& table)
{
    const QByteArrayList columns = m_dice.some(table.written, 2);
    const QByteArray target = table.key.isEmpty() || m_dice.chance(40) ? QByteArray() : " (" + list(table.key) + ')';
    QByteArray text = "INSERT INTO " + table.quoted() + '(' + list(columns) + ") VALUES " + tuple(columns.size()) + ", "
        + tuple(columns.size()) + " ON CONFLICT" + target;
    if (m_dice.chance(30))
        return text + " DO NOTHING";
    const QByteArray changed = column(table.written);
    text += " DO UPDATE SET " + changed + " = " + m_dice.oneOf({ "excluded.", "" }) + changed;
    if (m_dice.chance(50))
        text += ", " + column(table.written) + " = " + next(value());
    return text;
}

QByteArray SqliteStatementMaker::update(const SqliteWorldTable& table, const SqliteWorldTable& other)
{
    const QByteArray verb = m_dice.oneOf(
        { "UPDATE ", "UPDATE ", "UPDATE ", "UPDATE OR REPLACE ", "UPDATE OR IGNORE ", "UPDATE OR FAIL " });
    const QByteArray changed = column(table.written);
    switch (m_dice.below(6)) {
    case 0: {
        const QByteArray source = m_dice.pick(other.columns);
        return verb + table.quoted() + " SET " + changed + " = o." + sqliteQuoted(source) + " FROM " + other.quoted()
            + " AS o WHERE o." + sqliteQuoted(source) + " = " + table.quoted() + '.' + column(table.columns);
    }
    case 1:
        return verb + table.quoted() + " SET " + changed + " = " + changed + " + "
            + QByteArray::number(m_dice.pick(QList<int> { 1, -1, 30 }));
    case 2: {
        const QByteArrayList two = m_dice.some(table.written, 2);
        QByteArrayList sources;
        for (qsizetype i = 0; i < two.size(); ++i)
            sources.append(column(other.columns));
        return verb + table.quoted() + " SET (" + list(two) + ") = (SELECT " + sources.join(", ") + " FROM "
            + other.quoted() + " LIMIT 1) WHERE " + condition(table);
    }
    case 3: return verb + table.quoted() + " SET " + changed + " = " + expression(table);
    default: break;
    }
    const QByteArray first = verb + table.quoted() + " SET " + changed + " = " + expression(table);
    const QByteArray second = column(table.written);
    const QByteArray more = second == changed ? QByteArray() : ", " + second + " = " + expression(table);
    return first + more + " WHERE " + condition(table);
}

QByteArray SqliteStatementMaker::remove(const SqliteWorldTable& table, const SqliteWorldTable& other)
{
    switch (m_dice.below(6)) {
    case 0: return "DELETE FROM " + table.quoted();
    case 1:
        return "WITH gone AS (SELECT " + column(other.columns) + " AS g FROM " + other.quoted()
            + " LIMIT 4) DELETE FROM " + table.quoted() + " WHERE " + column(table.columns)
            + " IN (SELECT g FROM gone)";
    default: return "DELETE FROM " + table.quoted() + " WHERE " + condition(table);
    }
}

SqliteStatementText SqliteStatementMaker::rowStatement(const QList<SqliteWorldTable>& tables)
{
    m_values.clear();
    const SqliteWorldTable table = m_dice.pick(tables);
    const SqliteWorldTable other = m_dice.pick(tables);
    SqliteStatementText made;
    switch (m_dice.below(12)) {
    case 0:
    case 1:
    case 2: made.text = insert(table, other); break;
    case 3:
    case 4: made.text = upsert(table); break;
    case 5:
    case 6:
    case 7:
    case 8: made.text = update(table, other); break;
    case 9: made.text = "SELECT count(*) FROM " + table.quoted() + " WHERE " + condition(table); break;
    default: made.text = remove(table, other); break;
    }
    if (!made.text.startsWith("SELECT") && m_dice.chance(10))
        made.text += " RETURNING *";
    else
        made.changesRows = !made.text.startsWith("SELECT") && !table.isView();
    made.values = m_values;
    return made;
}

QByteArray SqliteStatementMaker::createTable(const SqliteWorldTable& like)
{
    const QByteArray name = sqliteQuoted(newName());
    switch (m_dice.below(6)) {
    case 4: return "CREATE TEMP TABLE staged AS SELECT * FROM " + like.quoted();
    case 0: return "CREATE TABLE " + name + " AS SELECT * FROM " + like.quoted();
    case 1:
        return "CREATE TABLE " + name + " AS SELECT " + column(like.columns) + " AS a, 7 AS b FROM " + like.quoted()
            + " WHERE " + column(like.columns) + " IS NOT NULL";
    case 2: return "CREATE TABLE " + name + " (id INTEGER PRIMARY KEY AUTOINCREMENT, a, b AS (a || 1))";
    case 3: return "CREATE TABLE IF NOT EXISTS " + name + " (a TEXT PRIMARY KEY, b UNIQUE) WITHOUT ROWID";
    default: return "CREATE TABLE " + name + " (a, b DEFAULT 5)";
    }
}

QByteArray SqliteStatementMaker::alterTable(const SqliteWorldTable& table)
{
    const QByteArray alter = "ALTER TABLE " + table.quoted();
    switch (m_dice.below(4)) {
    case 0:
        return alter + " ADD COLUMN added" + QByteArray::number(m_dice.below(3))
            + m_dice.oneOf({ "", " DEFAULT 3", " TEXT NOT NULL DEFAULT 'd'", " AS (1 + 1)", " REFERENCES t0" });
    case 1: return alter + " DROP COLUMN " + column(table.columns);
    case 2: return alter + " RENAME TO " + sqliteQuoted(m_dice.oneOf({ "renamed", "other name" }));
    default:
        return alter + " RENAME COLUMN " + column(table.columns) + " TO "
            + sqliteQuoted("r" + QByteArray::number(m_dice.below(4)));
    }
}

QByteArray SqliteStatementMaker::createOther(const SqliteWorldTable& table)
{
    const QByteArray name = sqliteQuoted("o" + QByteArray::number(m_dice.below(4)));
    switch (m_dice.below(4)) {
    case 0: return "CREATE INDEX " + name + " ON " + table.quoted() + '(' + column(table.columns) + ')';
    case 1:
        return "CREATE UNIQUE INDEX " + name + " ON " + table.quoted() + '(' + column(table.columns) + ") WHERE "
            + column(table.columns) + " IS NOT NULL";
    case 2: return "CREATE VIEW " + name + " AS SELECT * FROM " + table.quoted();
    default:
        return "CREATE TRIGGER " + name + " AFTER UPDATE ON " + table.quoted() + " BEGIN DELETE FROM " + table.quoted()
            + " WHERE " + column(table.columns) + " IS 3; END";
    }
}

QByteArray SqliteStatementMaker::dropOther()
{
    const QByteArray type = m_dice.oneOf({ "index", "view", "trigger" });
    const QByteArrayList names = m_world.names(type);
    return "DROP " + type.toUpper() + " IF EXISTS " + (names.isEmpty() ? "none" : sqliteQuoted(m_dice.pick(names)));
}

SqliteStatementText SqliteStatementMaker::schemaStatement(const QList<SqliteWorldTable>& tables)
{
    const SqliteWorldTable table = m_dice.pick(tables);
    switch (m_dice.below(10)) {
    case 0:
    case 1: return { createTable(table), {} };
    case 2:
    case 3:
    case 4: return { alterTable(table), {} };
    case 5:
    case 6: return { createOther(table), {} };
    case 7: return { dropOther(), {} };
    case 8: // statistics of a full-text index are those of its blocks
        return { table.type == "table" && m_dice.chance(50) ? "ANALYZE " + table.quoted() : "REINDEX", {} };
    default: return { (table.isView() ? "DROP VIEW " : "DROP TABLE ") + table.quoted(), {} };
    }
}

} // namespace holdpoint
