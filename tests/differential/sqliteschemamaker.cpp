// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/sqliteschemamaker.h"

#include "differential/sqlitefile.h"

namespace holdpoint {

namespace {

const QByteArrayList tableNames { "orders", "items", "we ird", "\"q\"", "select", "Grün", "log_entries" };

QByteArray quoted(const QByteArray& name)
{
    return sqliteQuoted(name);
}

} // namespace

QByteArrayList SqliteSchemaMaker::made()
{
    const int tables = m_dice.between(2, 5);
    for (int i = 0; i < tables; ++i)
        addTable(i);
    if (m_dice.chance(35))
        addFullText();
    if (m_dice.chance(25))
        addSpatial();
    for (int i = m_dice.below(4); i > 0; --i)
        addIndex(i);
    for (const Made& table : std::as_const(m_tables))
        addRows(table);
    for (int i = m_dice.below(3); i > 0; --i)
        addView(i);
    for (int i = m_dice.below(5); i > 0; --i)
        addTrigger(i);
    if (m_dice.chance(10))
        m_script.append("ANALYZE");
    if (m_dice.chance(15)) // rows from before a column was there
        m_script.append("ALTER TABLE " + quoted(m_tables.first().name) + " ADD late DEFAULT 'late'");
    return m_script;
}

QByteArray SqliteSchemaMaker::value(bool word)
{
    if (word)
        return "'" + m_dice.oneOf({ "a", "b", "C", "c", "d", "Ada", "x''y", "" }) + QByteArray::number(m_dice.below(8))
            + "'";
    return QByteArray::number(m_dice.between(1, 20));
}

QByteArray SqliteSchemaMaker::keyColumns(Made& table, QByteArray& options, QByteArray& constraints)
{
    const QByteArray collation = m_dice.oneOf({ "", "", " COLLATE NOCASE", " COLLATE RTRIM" });
    table.key = "id";
    switch (m_dice.below(9)) {
    case 0: return "id INTEGER PRIMARY KEY";
    case 1: return "id INTEGER PRIMARY KEY AUTOINCREMENT";
    case 2: table.wordKey = true; return "id TEXT PRIMARY KEY" + collation;
    case 3:
        constraints = ", PRIMARY KEY (k, id)";
        table.columns.append("k");
        table.key.clear();
        return "id INT, k TEXT" + collation;
    case 4: options = " WITHOUT ROWID"; return "id INT PRIMARY KEY";
    case 5:
        options = " WITHOUT ROWID";
        constraints = ", PRIMARY KEY (id, k DESC)";
        table.columns.append("k");
        table.key.clear();
        return "k" + collation + ", id TEXT";
    case 6: table.wordKey = true; return "id TEXT UNIQUE" + collation; // a key by a unique column, perhaps NULL
    case 7: options = m_dice.chance(50) ? " STRICT" : ""; return "id INTEGER PRIMARY KEY DESC";
    default: table.key.clear(); return "id";
    }
}

QByteArray SqliteSchemaMaker::plainColumn(Made& table, int index)
{
    const QByteArray name = m_dice.chance(10) ? "odd \"" + QByteArray::number(index) : "c" + QByteArray::number(index);
    table.columns.append(name);
    QByteArray column = quoted(name) + m_dice.oneOf({ " INT", " TEXT", " REAL", " BLOB", " ANY" });
    if (m_dice.chance(15))
        column += m_dice.oneOf({ " COLLATE NOCASE", " COLLATE RTRIM" });
    if (m_dice.chance(15))
        column += m_dice.oneOf({ " DEFAULT 7", " DEFAULT 'dflt'", " DEFAULT (1 + 1)", " NOT NULL DEFAULT 0" });
    if (m_dice.chance(8))
        column += " UNIQUE" + m_dice.oneOf({ "", " ON CONFLICT IGNORE", " ON CONFLICT REPLACE" });
    if (m_dice.chance(8))
        column += " CHECK (" + quoted(name) + " IS NOT 13)";
    return column;
}

QByteArray SqliteSchemaMaker::generatedColumn(const Made& table, int index)
{
    const QByteArray source = quoted(m_dice.pick(table.columns));
    const QByteArray expression = m_dice.oneOf({ "% || '!'", "typeof(%)", "coalesce(%, 0) + 1", "length(%)" });
    return "g" + QByteArray::number(index) + m_dice.oneOf({ "", " TEXT", " INT" }) + " AS ("
        + QByteArray(expression).replace("%", source) + ")" + m_dice.oneOf({ " STORED", " VIRTUAL" });
}

QByteArray SqliteSchemaMaker::foreignKey(Made& table)
{
    QList<Made> parents;
    for (const Made& candidate : std::as_const(m_tables)) {
        if (!candidate.key.isEmpty())
            parents.append(candidate);
    }
    if (!table.key.isEmpty())
        parents.append(table);
    if (parents.isEmpty())
        return {};
    const Made parent = m_dice.pick(parents);
    const QByteArray name = "ref" + QByteArray::number(table.columns.size());
    table.columns.append(name);
    QByteArray column
        = name + (parent.wordKey ? " TEXT" : " INT") + " REFERENCES " + quoted(parent.name) + '(' + parent.key + ')';
    if (m_dice.chance(70))
        column += m_dice.oneOf({ " ON DELETE CASCADE", " ON DELETE SET NULL", " ON DELETE SET DEFAULT",
                                 " ON DELETE RESTRICT", " ON DELETE NO ACTION" });
    if (m_dice.chance(60))
        column += m_dice.oneOf({ " ON UPDATE CASCADE", " ON UPDATE SET NULL", " ON UPDATE RESTRICT" });
    if (m_dice.chance(40))
        column += " DEFERRABLE INITIALLY DEFERRED";
    return column;
}

void SqliteSchemaMaker::addTable(int index)
{
    Made table;
    table.name = m_dice.chance(20) ? tableNames.value(index) : "t" + QByteArray::number(index);
    table.columns.append("id");
    QByteArray options;
    QByteArray constraints;
    QByteArrayList columns { keyColumns(table, options, constraints) };
    const bool strict = options == " STRICT";
    for (int i = m_dice.between(strict ? 0 : 1, strict ? 0 : 4); i > 0; --i)
        columns.append(plainColumn(table, i));
    if (strict)
        columns.append("any ANY");
    for (int i = m_dice.chance(50) ? 1 : 0; i > 0; --i) {
        if (const QByteArray column = foreignKey(table); !column.isEmpty())
            columns.append(column);
    }
    const QByteArrayList written = table.columns;
    for (int i = m_dice.chance(35) ? m_dice.between(1, 2) : 0; i > 0 && !strict; --i)
        columns.insert(m_dice.below(static_cast<int>(columns.size()) + 1), generatedColumn(table, i));
    m_script.append("CREATE TABLE " + quoted(table.name) + " (" + columns.join(", ") + constraints + ')' + options);
    m_tables.append(table);
}

void SqliteSchemaMaker::addRows(const Made& table)
{
    for (int row = m_dice.between(0, 14); row > 0; --row) {
        QByteArrayList names;
        QByteArrayList values;
        for (const QByteArray& column : table.columns) {
            if (column != "id" && m_dice.chance(20))
                continue;
            names.append(quoted(column));
            const bool word = column == "id" ? table.wordKey : m_dice.chance(40);
            values.append(column.startsWith("ref") && m_dice.chance(30) ? "NULL"
                              : column != "id" && m_dice.chance(20)
                              ? m_dice.oneOf({ "NULL", "1.0", "2.5", "x'00ff'", "CAST(x'ff00' AS TEXT)", "-0.0", "13",
                                               "9223372036854775807", "'13'", "'a '", "9e999" })
                              : value(word));
        }
        m_script.append("INSERT OR IGNORE INTO " + quoted(table.name) + '(' + names.join(", ") + ") VALUES ("
                        + values.join(", ") + ')');
    }
}

void SqliteSchemaMaker::addIndex(int index)
{
    const Made table = m_dice.pick(m_tables);
    const QByteArray column = quoted(m_dice.pick(table.columns));
    const QByteArray what = m_dice.oneOf({ "%", "% DESC", "lower(%)", "% COLLATE NOCASE" });
    m_script.append("CREATE " + m_dice.oneOf({ "", "", "UNIQUE " }) + "INDEX i" + QByteArray::number(index) + " ON "
                    + quoted(table.name) + '(' + QByteArray(what).replace("%", column) + ')'
                    + (m_dice.chance(30) ? " WHERE " + column + " IS NOT NULL" : QByteArray()));
}

void SqliteSchemaMaker::addView(int index)
{
    const Made table = m_dice.pick(m_tables);
    const QByteArray name = "v" + QByteArray::number(index);
    m_script.append("CREATE VIEW " + name + " AS SELECT * FROM " + quoted(table.name));
    if (table.key.isEmpty())
        return;
    const QByteArray column = quoted(table.columns.last());
    m_script.append("CREATE TRIGGER " + name + "_u INSTEAD OF UPDATE ON " + name + " BEGIN UPDATE " + quoted(table.name)
                    + " SET " + column + " = NEW." + column + " WHERE id = OLD.id; END");
    m_script.append("CREATE TRIGGER " + name + "_i INSTEAD OF INSERT ON " + name + " BEGIN INSERT OR IGNORE INTO "
                    + quoted(table.name) + "(id, " + column + ") VALUES (NEW.id, NEW." + column + "); END");
    m_script.append("CREATE TRIGGER " + name + "_d INSTEAD OF DELETE ON " + name + " BEGIN DELETE FROM "
                    + quoted(table.name) + " WHERE id = OLD.id; END");
}

QByteArray SqliteSchemaMaker::action(const QByteArray& row)
{
    const Made other = m_dice.pick(m_tables);
    const QByteArray name = quoted(other.name);
    const QByteArray column = quoted(other.columns.last());
    switch (m_dice.below(6)) {
    case 0: return "INSERT OR IGNORE INTO " + name + "(id) VALUES (" + row + ".id)";
    case 1: return "UPDATE OR IGNORE " + name + " SET " + column + " = " + row + ".id WHERE id = " + row + ".id";
    case 2: return "DELETE FROM " + name + " WHERE " + column + " IS " + row + ".id";
    case 3: return "UPDATE OR REPLACE " + name + " SET " + column + " = " + column + " WHERE rowid % 3 = 0";
    case 4:
        return "INSERT OR REPLACE INTO " + name + "(id, " + column + ") SELECT id, " + row + ".id FROM " + name
            + " LIMIT 2";
    default:
        return "SELECT RAISE(" + m_dice.oneOf({ "IGNORE", "ABORT, 'no'", "FAIL, 'no'" }) + ") WHERE " + row
            + ".id IN (3, 'a3')";
    }
}

void SqliteSchemaMaker::addTrigger(int index)
{
    const Made table = m_dice.pick(m_tables);
    const QByteArray event = m_dice.oneOf({ "INSERT", "UPDATE", "DELETE" });
    const QByteArray row = event == "DELETE" ? "OLD" : "NEW";
    m_script.append("CREATE TRIGGER g" + QByteArray::number(index) + ' ' + m_dice.oneOf({ "BEFORE ", "AFTER " }) + event
                    + " ON " + quoted(table.name)
                    + (m_dice.chance(40) ? " WHEN " + row + ".id IS NOT " + value(table.wordKey) : QByteArray())
                    + " BEGIN " + action(row) + "; " + (m_dice.chance(20) ? action(row) + "; " : QByteArray()) + "END");
}

void SqliteSchemaMaker::addFullText()
{
    switch (m_dice.below(5)) {
    case 0: m_script.append("CREATE VIRTUAL TABLE ft USING fts5(title, body, prefix='2')"); break;
    case 2: m_script.append("CREATE VIRTUAL TABLE ft USING fts4(title, body)"); break;
    case 3: m_script.append("CREATE VIRTUAL TABLE ft USING fts5(title, body, content='')"); break;
    case 1: m_script.append("CREATE VIRTUAL TABLE ft USING fts5(title, body UNINDEXED)"); break;
    default:
        m_script.append("CREATE TABLE docs (id INTEGER PRIMARY KEY, title, body)");
        m_script.append("CREATE VIRTUAL TABLE ft USING fts5(title, body, content='docs', content_rowid='id')");
        m_script.append("CREATE TRIGGER docs_i AFTER INSERT ON docs BEGIN"
                        " INSERT INTO ft(rowid, title, body) VALUES (NEW.id, NEW.title, NEW.body); END");
        m_script.append("CREATE TRIGGER docs_d AFTER DELETE ON docs BEGIN"
                        " INSERT INTO ft(ft, rowid, title, body) VALUES ('delete', OLD.id, OLD.title, OLD.body); END");
        m_script.append("CREATE TRIGGER docs_u AFTER UPDATE ON docs BEGIN"
                        " INSERT INTO ft(ft, rowid, title, body) VALUES ('delete', OLD.id, OLD.title, OLD.body);"
                        " INSERT INTO ft(rowid, title, body) VALUES (NEW.id, NEW.title, NEW.body); END");
        m_script.append("INSERT INTO docs(title, body) VALUES ('one', 'first words'), ('two', 'other words here')");
        return;
    }
    m_script.append("INSERT INTO ft(rowid, title, body) VALUES (1, 'one', 'first words'), (2, 'two', 'other words'),"
                    " (5, 'five', 'some more')");
}

void SqliteSchemaMaker::addSpatial()
{
    m_script.append(m_dice.chance(50) ? "CREATE VIRTUAL TABLE places USING rtree(id, x1, x2, y1, y2)"
                                      : "CREATE VIRTUAL TABLE places USING rtree_i32(id, x1, x2, +label)");
    const bool flat = m_script.last().contains("i32");
    for (int i = m_dice.between(1, m_dice.chance(20) ? 90 : 8); i > 0; --i)
        m_script.append("INSERT INTO places VALUES (" + QByteArray::number(i)
                        + (flat ? ", 1, 4, 'here')" : ", 0, 2.5, 1, 3)"));
}

} // namespace holdpoint
