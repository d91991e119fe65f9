// SPDX-License-Identifier: GPL-3.0-or-later
#include "differential/sqliteshell.h"

#include <QProcess>

namespace holdpoint {

namespace {

constexpr auto mark = "@@statement ";

QByteArray scriptOf(const QByteArrayList& statements)
{
    QByteArray script = ".bail on\n.changes off\nPRAGMA foreign_keys=ON;\nBEGIN IMMEDIATE;\n";
    for (qsizetype i = 0; i < statements.size(); ++i)
        script += ".print " + QByteArray(mark) + QByteArray::number(i) + '\n' + statements.at(i) + ";\n";
    return script + ".print " + mark + "commit\nCOMMIT;\n.print " + mark + "done\n";
}

} // namespace

SqliteShellRun runSqliteShell(const QString& path, const QByteArrayList& statements)
{
    QProcess shell;
    shell.start(QStringLiteral("sqlite3"),
                { QStringLiteral("-batch"), QStringLiteral("-init"), QStringLiteral("/dev/null"), path });
    shell.write(scriptOf(statements));
    shell.closeWriteChannel();
    if (!shell.waitForFinished())
        qFatal("the sqlite3 shell: %s", qUtf8Printable(shell.errorString()));
    const QByteArray output = shell.readAllStandardOutput();
    const QByteArray last = output.mid(output.lastIndexOf(mark) + qstrlen(mark)).split('\n').first();
    SqliteShellRun run;
    run.committed = last == "done";
    run.error = shell.readAllStandardError().trimmed();
    bool isNumber = false;
    if (const int index = last.toInt(&isNumber); isNumber)
        run.failed = index;
    return run;
}

} // namespace holdpoint
