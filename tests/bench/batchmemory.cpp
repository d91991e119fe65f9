// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory and time it takes to read and check a batch of many commands:
//
//     batchmemory [COMMANDS [KIND]]
//
// For each kind of batch a process of its own writes the file, then reads it whole and checks it as
// `holdpoint-cli check` does. Memory is the peak above what the process had before, the file's bytes included.
// Exit code 1 if a kind takes 1 KB a command or more.

#include "command/batchfile.h"
#include "processmemory.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>

#include <cstdio>
#include <cstdlib>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace holdpoint;

namespace {

using Line = QByteArray (*)(int);

struct Kind
{
    const char* name;
    Line line;
};

QByteArray insertLine(int i)
{
    const QByteArray n = QByteArray::number(i);
    return R"({ "op": "insert", "target": "shop", "table": "customers", "values": { "id": )" + n
        + R"(, "name": "Customer )" + n + R"(", "city": "London", "total": 12.5 } })";
}

QByteArray updateLine(int i)
{
    const QByteArray n = QByteArray::number(i);
    return R"({ "op": "update", "target": "shop", "table": "customers", "key": { "id": )" + n
        + R"( }, "set": { "name": "Customer )" + n + R"(" }, "expect": { "name": "Custumer )" + n + R"(" } })";
}

QByteArray deleteLine(int i)
{
    return R"({ "op": "delete", "target": "billing", "schema": "public", "table": "invoices", "key": { "id": )"
        + QByteArray::number(i) + " } }";
}

QByteArray parameterLine(int i)
{
    return R"({ "op": "sql", "target": "billing", "text": "UPDATE invoices SET paid = true WHERE customer = $1", "params": [)"
        + QByteArray::number(i) + R"(], "expect_rows": 1 })";
}

QByteArray sqliteTextLine(int i)
{
    return R"({ "op": "sql", "target": "shop", "text": "UPDATE customers SET total = total + 1 WHERE id = )"
        + QByteArray::number(i) + R"(" })";
}

QByteArray postgresTextLine(int i)
{
    return R"({ "op": "sql", "target": "billing", "text": "UPDATE customers SET total = total + 1 WHERE id = )"
        + QByteArray::number(i) + R"(" })";
}

QByteArray mixedLine(int i)
{
    static constexpr Line lines[]
        = { insertLine, updateLine, deleteLine, parameterLine, sqliteTextLine, postgresTextLine };
    return lines[i % 6](i);
}

constexpr Kind kinds[] = {
    { "insert", insertLine },
    { "update", updateLine },
    { "delete", deleteLine },
    { "sql, one text", parameterLine },
    { "sql, SQLite, a text each", sqliteTextLine },
    { "sql, PostgreSQL, a text each", postgresTextLine },
    { "mixed", mixedLine },
};

void writeFile(const QString& path, int commands, Line line)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        qFatal("the batch cannot be written");
    file.write(
        R"({ "format": "holdpoint-batch/1", "targets": { "shop": "sqlite:shop.db", "billing": "postgresql://b/b" }, "commands": [)");
    for (int i = 0; i < commands; ++i)
        file.write((i == 0 ? "\n" : ",\n") + line(i));
    file.write("] }\n");
}

double processorSeconds()
{
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int measure(const Kind& kind, int commands)
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("batch.holdpoint"));
    writeFile(path, commands, kind.line);
    BatchFileOptions options;
    options.base = QDir(folder.path());
    options.fileName = path;

    const qint64 before = bench::processMemory("VmRSS");
    const double cpuBefore = processorSeconds();
    QElapsedTimer timer;
    timer.start();
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("the batch cannot be read");
    const auto batch = readBatch(file.readAll(), options);
    if (!batch || batch->commands.size() != commands)
        qFatal("%s: %s", kind.name, batch ? "commands are missing" : qPrintable(batch.error().message));
    const double seconds = static_cast<double>(timer.nsecsElapsed()) / 1e9;
    const double cpu = processorSeconds() - cpuBefore;
    const double bytes = static_cast<double>(bench::processMemory("VmHWM") - before) / commands;
    std::printf("%-30s %10d %8lld %10.0f %8.2f %8.2f\n", kind.name, commands,
                static_cast<long long>(file.size() / commands), bytes, seconds, cpu);
    std::fflush(stdout);
    return bytes < 1024 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    const int commands = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
    if (commands <= 0) {
        std::fprintf(stderr, "usage: batchmemory [COMMANDS [KIND]]\n");
        return 2;
    }
    std::printf("%-30s %10s %8s %10s %8s %8s\n", "batch", "commands", "B/line", "B/command", "seconds", "CPU s");
    std::fflush(stdout);
    int worst = 0;
    for (const Kind& kind : kinds) {
        if (argc > 2 && qstrcmp(argv[2], kind.name) != 0)
            continue;
        const pid_t child = fork();
        if (child == 0)
            std::exit(measure(kind, commands));
        int status = 0;
        waitpid(child, &status, 0);
        worst = std::max(worst, WIFEXITED(status) ? WEXITSTATUS(status) : 1);
    }
    return worst;
}
