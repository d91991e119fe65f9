// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/postgresdump.h"

#include <QDir>
#include <QProcess>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace holdpoint::differential {

namespace {

/// A line "#table", root, partition, columns before the rows of each table.
const QString dumpScript = uR"sql(
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT format('COPY (SELECT ''#table'', %L, %L%s) TO STDOUT', root, part, names),
       format('COPY (SELECT %s FROM ONLY %s) TO STDOUT', columns, c)
  FROM (SELECT c.oid::regclass AS c, n.nspname || '.' || r.relname AS root,
               CASE WHEN c.relispartition THEN c.relname ELSE '' END AS part,
               coalesce(string_agg(format(', %L', a.attname), '' ORDER BY a.attnum), '') AS names,
               coalesce(string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), '') AS columns
          FROM pg_class c
          JOIN pg_class r ON r.oid = CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid ELSE c.oid END
          JOIN pg_namespace n ON n.oid = r.relnamespace
          LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relkind IN ('r', 'm') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
         GROUP BY c.oid, n.nspname, r.relname, c.relispartition, c.relname) t
 ORDER BY root, part \gexec
COPY (SELECT '#table', 'pg_largeobject.', '', 'oid', 'data', 'owner') TO STDOUT;
COPY (SELECT oid, lo_get(oid), lomowner::regrole FROM pg_largeobject_metadata) TO STDOUT;
SELECT format('COPY (SELECT ''#sequence'', %L, last_value || '' '' || is_called FROM %s) TO STDOUT',
              n.nspname || '.' || c.relname, c.oid::regclass)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'S' AND n.nspname NOT LIKE 'pg\_temp%' \gexec
COPY (
SELECT '#definition', line FROM (
  SELECT format('column %s.%s %s %s %s', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                pg_get_expr(d.adbin, d.adrelid)) AS line
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind NOT IN ('i', 'I', 't')
     AND c.relnamespace::regnamespace::text !~ '^pg_|^information_schema$'
  UNION ALL SELECT format('relation %s %s %s %s', oid::regclass, relkind, relpersistence, reloptions)
    FROM pg_class WHERE relnamespace::regnamespace::text !~ '^pg_|^information_schema$'
  UNION ALL SELECT format('constraint %s on %s %s %s', conname, conrelid::regclass, pg_get_constraintdef(oid), convalidated)
    FROM pg_constraint WHERE connamespace::regnamespace::text !~ '^pg_|^information_schema$'
     AND conrelid::regclass::text !~ '^pg_temp'
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname !~ '^pg_'
  UNION ALL SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT definition FROM pg_rules WHERE schemaname !~ '^pg_|^information_schema$'
  UNION ALL SELECT viewname || definition FROM pg_views WHERE schemaname !~ '^pg_|^information_schema$'
  UNION ALL SELECT format('function %s %s', oid::regprocedure, md5(prosrc)) FROM pg_proc
             WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT format('label %s %s', enumtypid::regtype, enumlabel) FROM pg_enum
  UNION ALL SELECT format('comment %s %s', objoid::regclass, description) FROM pg_description
             WHERE classoid = 'pg_class'::regclass AND objoid >= 16384) lines
ORDER BY line) TO STDOUT;
COMMIT;
)sql"_s;

QString unescaped(const QByteArray& text)
{
    QByteArray plain;
    plain.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text.at(i) != '\\') {
            plain += text.at(i);
            continue;
        }
        const char next = text.at(++i);
        const auto control = QByteArrayView("bfnrtv").indexOf(next);
        plain += control < 0 ? next : "\b\f\n\r\t\v"[control];
    }
    return QString::fromUtf8(plain);
}

} // namespace

QString DumpRow::text() const
{
    QString text = table;
    for (auto value = values.cbegin(); value != values.cend(); ++value)
        text += u'\x1f' + value.key() + u'=' + value.value();
    return text;
}

QStringList Dump::sortedRows() const
{
    QStringList lines;
    for (const DumpRow& row : rows)
        lines.append(row.textWithPartition());
    lines.sort();
    return lines;
}

QString Psql::program()
{
    const QDir versions(u"/usr/lib/postgresql"_s);
    const QStringList names = versions.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    for (auto name = names.crbegin(); name != names.crend(); ++name) {
        const QString program = versions.filePath(*name + "/bin/psql"_L1);
        if (QFile::exists(program))
            return program;
    }
    return QStandardPaths::findExecutable(u"psql"_s);
}

Psql::Output Psql::start(const QString& sql) const
{
    QProcess psql;
    psql.start(program(), { u"-X"_s, u"-q"_s, u"-f"_s, u"-"_s, m_uri });
    psql.write(sql.toUtf8());
    psql.closeWriteChannel();
    if (!psql.waitForFinished(120000))
        return { {}, "psql does not end: " + psql.errorString().toUtf8(), -1 };
    return { psql.readAllStandardOutput(), psql.readAllStandardError(), psql.exitCode() };
}

Dump Psql::dump() const
{
    const Output output = start(dumpScript);
    Dump dump;
    if (output.code != 0)
        dump.error = QString::fromUtf8(output.errors);
    DumpRow frame;
    QStringList columns;
    for (const QByteArray& line : output.out.split('\n')) {
        const QByteArrayList cells = line.split('\t');
        if (cells.constFirst() == "#table") {
            frame = { unescaped(cells.at(1)), unescaped(cells.at(2)), {} };
            columns.clear();
            for (const QByteArray& name : cells.mid(3))
                columns.append(unescaped(name));
            dump.columns.insert(frame.table, columns);
        } else if (cells.constFirst() == "#definition") {
            dump.schema.append(unescaped(cells.value(1)));
        } else if (cells.constFirst() == "#sequence") {
            dump.sequences.insert(unescaped(cells.value(1)), unescaped(cells.value(2)));
        } else if (cells.size() == columns.size()) {
            DumpRow row = frame;
            for (qsizetype i = 0; i < columns.size(); ++i) {
                if (cells.at(i) != "\\N")
                    row.values.insert(columns.at(i), unescaped(cells.at(i)));
            }
            dump.rows.append(row);
        }
    }
    return dump;
}

PsqlRun Psql::run(const QList<PsqlStatement>& statements) const
{
    QString script = u"\\set ON_ERROR_STOP on\n\\set VERBOSITY sqlstate\n\\pset format unaligned\nBEGIN;\n"_s;
    for (qsizetype i = 0; i < statements.size(); ++i) {
        script += u"\\echo @%1\n"_s.arg(i) + statements.at(i).text + u";\n"_s;
        if (statements.at(i).rows >= 0)
            script += u"SELECT :ROW_COUNT = %1 AS met \\gset\n\\if :met\n\\else\n\\q\n\\endif\n"_s.arg(
                statements.at(i).rows);
    }
    script += u"\\echo @%1\nCOMMIT;\n\\echo @done\n"_s.arg(statements.size());
    const Output output = start(script);
    PsqlRun run;
    run.output = QString::fromUtf8(output.out + output.errors);
    for (const QByteArray& line : output.out.split('\n')) {
        if (line == "@done")
            run.committed = true;
        else if (line.startsWith('@'))
            run.failed = line.mid(1).toInt();
    }
    if (run.committed)
        run.failed = -1;
    const qsizetype error = output.errors.indexOf("ERROR:  ");
    if (error >= 0)
        run.sqlState = QString::fromUtf8(output.errors.mid(error + 8, 5));
    return run;
}

QString Psql::script(const QString& sql) const
{
    const Output output = start(u"\\set ON_ERROR_STOP on\n"_s + sql);
    return output.code == 0 ? QString() : QString::fromUtf8(output.errors);
}

} // namespace holdpoint::differential
