// SPDX-License-Identifier: GPL-3.0-or-later
#include "browser.h"

#include "target/targetlist.h"
#include "whenready.h"

#include <QtConcurrentRun>

#include <algorithm>

namespace holdpoint {

namespace {

auto named(const QString& name)
{
    return [name](const Target& target) { return target.name == name; };
}

void put(QList<Target>& targets, const Target& target)
{
    const auto known = std::find_if(targets.begin(), targets.end(), named(target.name));
    if (known == targets.end())
        targets += target;
    else
        *known = target;
}

} // namespace

Browser::Browser(std::shared_ptr<Workbench> workbench, QString savedTargets, QObject* parent)
    : QObject(parent)
    , m_workbench(std::move(workbench))
    , m_savedFile(std::move(savedTargets))
{
}

void Browser::load()
{
    if (m_savedFile.isEmpty())
        return;
    const auto reading = QtConcurrent::run([file = m_savedFile] { return readTargetList(file); });
    whenReady(reading, this, [this](const Result<QList<Target>>& saved) {
        if (!saved) {
            Q_EMIT failed(tr("Reading the list of targets"), saved.error());
            return;
        }
        m_saved = *saved;
        // What was opened meanwhile wins over the list.
        QList<Target> targets = m_saved;
        for (const Target& target : std::as_const(m_targets))
            put(targets, target);
        m_targets = targets;
        Q_EMIT targetsChanged(m_targets);
    });
}

void Browser::add(const Target& target, bool save)
{
    put(m_targets, target);
    if (save) {
        put(m_saved, target);
        saveList();
    }
    Q_EMIT targetsChanged(m_targets);
}

void Browser::forget(const QString& name)
{
    m_targets.removeIf(named(name));
    if (m_saved.removeIf(named(name)) > 0)
        saveList();
    if (m_current && m_current->name == name) {
        m_current.reset();
        m_table.reset();
        ++m_tablesAsked;
        ++m_pageAsked;
    }
    Q_EMIT targetsChanged(m_targets);
}

void Browser::open(const QString& name)
{
    const auto known = std::find_if(m_targets.cbegin(), m_targets.cend(), named(name));
    if (known == m_targets.cend())
        return;
    m_current = *known;
    m_table.reset();
    ++m_pageAsked;
    readTables();
}

void Browser::openTable(const TableName& table)
{
    if (!m_current)
        return;
    m_table = table;
    const quint64 asked = ++m_pageAsked;
    Q_EMIT tableOpening(table);
    const auto page = m_workbench->page(*m_current, table, PageRows, {});
    whenReady(page, this, [this, asked, table, target = *m_current](const Result<Workbench::Page>& answer) {
        if (asked != m_pageAsked)
            return;
        if (answer)
            Q_EMIT tableOpened(target, *answer);
        else
            Q_EMIT tableFailed(table, answer.error());
    });
}

void Browser::refresh()
{
    if (!m_current)
        return;
    readTables();
    if (m_table)
        openTable(*m_table);
}

void Browser::readTables()
{
    const quint64 asked = ++m_tablesAsked;
    Q_EMIT opening(*m_current);
    const auto tables = m_workbench->tables(*m_current, {});
    whenReady(tables, this, [this, asked, target = *m_current](const Result<QList<Table>>& answer) {
        if (asked != m_tablesAsked)
            return;
        if (answer)
            Q_EMIT opened(target, *answer);
        else
            Q_EMIT openFailed(target, answer.error());
    });
}

void Browser::saveList()
{
    if (m_savedFile.isEmpty())
        return;
    const auto writing
        = QtConcurrent::run([file = m_savedFile, saved = m_saved] { return writeTargetList(file, saved); });
    whenReady(writing, this, [this](const Result<void>& written) {
        if (!written)
            Q_EMIT failed(tr("Saving the list of targets"), written.error());
    });
}

} // namespace holdpoint

#include "moc_browser.cpp"
