// SPDX-License-Identifier: GPL-3.0-or-later
// What the preview of one UPDATE of many rows costs on SQLite, beside the same UPDATE and ROLLBACK through SQLite's C
// API:
//
//     sqlitepreview [ROWS [CHANGED [ROUNDS]]]
//
// Exit code 1 if a ratio is over its limit.

#include "command/runsql.h"
#include "previewbench.h"

#include <QCoreApplication>

#include <cstdlib>
#include <sqlite3.h>

using namespace Qt::StringLiterals;
using namespace holdpoint;

namespace {

class Database
{
public:
    explicit Database(const QString& path)
    {
        if (sqlite3_open(path.toUtf8().constData(), &m_handle) != SQLITE_OK)
            qFatal("%s cannot be opened", qPrintable(path));
    }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database() { sqlite3_close(m_handle); }

    void run(const QByteArray& sql) const
    {
        char* error = nullptr;
        if (sqlite3_exec(m_handle, sql.constData(), nullptr, nullptr, &error) != SQLITE_OK)
            qFatal("%s: %s", sql.constData(), error);
    }

private:
    sqlite3* m_handle = nullptr;
};

PreviewScene update(const Database& database, const QString& path, int changed, const char* title)
{
    const QByteArray text
        = "UPDATE accounts SET amount = amount + 1, note = 'changed' WHERE id <= " + QByteArray::number(changed);
    PreviewScene scene;
    scene.title = title;
    scene.changedRows = changed;
    scene.limit = 4;
    Target target;
    target.name = u"t"_s;
    target.address = path;
    scene.batch.targets = { target };
    scene.batch.commands = { std::make_shared<RunSql>(target.name, QString::fromUtf8(text)) };
    scene.base = [&database, text] {
        database.run("BEGIN IMMEDIATE");
        database.run(text);
        database.run("ROLLBACK");
    };
    return scene;
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const auto argument = [&](int place, int otherwise) { return argc > place ? std::atoi(argv[place]) : otherwise; };
    const int rows = argument(1, 1'000'000);
    const int changed = argument(2, 100'000);
    const int rounds = argument(3, 7);
    if (changed <= 0 || rows < changed || rounds <= 0) {
        std::fprintf(stderr, "usage: sqlitepreview [ROWS [CHANGED [ROUNDS]]]\n");
        return 2;
    }
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"bench.db"_s);
    const Database database(path);
    database.run("CREATE TABLE accounts(id INTEGER PRIMARY KEY, name TEXT, amount INTEGER, note TEXT);"
                 "INSERT INTO accounts SELECT value, 'account ' || value, 0, 'as it was before the batch'"
                 " FROM (WITH RECURSIVE s(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s WHERE value < "
                 + QByteArray::number(rows) + ") SELECT value FROM s)");
    PreviewBench bench(rounds);
    const QByteArray title
        = "SQLite: UPDATE of " + QByteArray::number(changed) + " rows of " + QByteArray::number(rows);
    return bench.measure(update(database, path, changed, title.constData())) ? 0 : 1;
}
