// SPDX-License-Identifier: GPL-3.0-or-later
#include "history.h"

#include "whenready.h"

namespace holdpoint {

namespace {

constexpr int ShownRuns = 1000;

} // namespace

History::History(std::shared_ptr<Workbench> workbench, QObject* parent)
    : QObject(parent)
    , m_workbench(std::move(workbench))
{
}

void History::refresh()
{
    refreshRuns();
    refreshQueue();
}

void History::showRun(const RunId& id)
{
    const quint64 asked = ++m_runAsked;
    whenReady(m_workbench->journal().run(id), this, [this, asked](const Result<Run>& run) {
        if (asked != m_runAsked)
            return;
        if (run)
            Q_EMIT runShown(*run);
        else
            Q_EMIT failed(tr("Reading a run"), run.error());
    });
}

void History::showQueued(const QueueEntry& entry)
{
    const quint64 asked = ++m_queuedAsked;
    using Effects = Result<QList<TargetEffects>>;
    whenReady(m_workbench->journal().queuedBatch(entry.id), this, [this, asked, entry](const Result<Batch>& batch) {
        if (asked != m_queuedAsked)
            return;
        if (!batch) {
            Q_EMIT failed(tr("Reading the queue"), batch.error());
            return;
        }
        whenReady(m_workbench->journal().queuedEffects(entry.id), this,
                  [this, asked, entry, batch = *batch](const Effects& effects) {
                      if (asked != m_queuedAsked)
                          return;
                      if (effects)
                          Q_EMIT queuedShown(entry, batch, *effects);
                      else
                          Q_EMIT failed(tr("Reading the queue"), effects.error());
                  });
    });
}

void History::move(qint64 id, int position)
{
    whenReady(m_workbench->journal().moveInQueue(id, position), this, [this](const Result<void>& done) {
        if (!done)
            Q_EMIT failed(tr("Moving in the queue"), done.error());
        refreshQueue();
    });
}

void History::remove(qint64 id)
{
    whenReady(m_workbench->journal().dequeue(id), this, [this](const Result<void>& done) {
        if (!done)
            Q_EMIT failed(tr("Removing from the queue"), done.error());
        refreshQueue();
    });
}

void History::refreshRuns()
{
    const quint64 asked = ++m_runsAsked;
    RunFilter filter;
    filter.limit = ShownRuns;
    whenReady(m_workbench->journal().runs(filter), this, [this, asked](const Result<QList<Run>>& runs) {
        if (asked != m_runsAsked)
            return;
        if (runs)
            Q_EMIT runsChanged(*runs);
        else
            Q_EMIT failed(tr("Reading the log"), runs.error());
    });
    whenReady(m_workbench->journal().unsettled(), this, [this, asked](const Result<QList<UnsettledRun>>& runs) {
        if (asked != m_runsAsked)
            return;
        if (runs)
            Q_EMIT unsettledChanged(*runs);
        else
            Q_EMIT failed(tr("Reading the log"), runs.error());
    });
}

void History::refreshQueue()
{
    const quint64 asked = ++m_queueAsked;
    whenReady(m_workbench->journal().queue(), this, [this, asked](const Result<QList<QueueEntry>>& entries) {
        if (asked != m_queueAsked)
            return;
        if (entries)
            Q_EMIT queueChanged(*entries);
        else
            Q_EMIT failed(tr("Reading the queue"), entries.error());
    });
}

} // namespace holdpoint

#include "moc_history.cpp"
