// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/workbench.h"

#include <QObject>

namespace holdpoint {

/// The journal as the window sees it: its runs, those without an outcome, and the queue. Asking never blocks;
/// an answer to a question that was asked again is dropped. GUI thread.
class History : public QObject
{
    Q_OBJECT
public:
    explicit History(std::shared_ptr<Workbench> workbench, QObject* parent = nullptr);

    void refresh(); ///< runs, unsettled runs and queue
    void showRun(const RunId& id);
    void showQueued(const QueueEntry& entry);
    void move(qint64 id, int position);
    void remove(qint64 id);

Q_SIGNALS:
    void runsChanged(const QList<holdpoint::Run>& runs); ///< newest first, without effects
    void unsettledChanged(const QList<holdpoint::UnsettledRun>& runs);
    void queueChanged(const QList<holdpoint::QueueEntry>& entries);
    void runShown(const holdpoint::Run& run); ///< whole
    void queuedShown(const holdpoint::QueueEntry& entry, const holdpoint::Batch& batch,
                     const QList<holdpoint::TargetEffects>& effects);
    void failed(const QString& what, const holdpoint::Error& error);

private:
    void refreshRuns();
    void refreshQueue();

    std::shared_ptr<Workbench> m_workbench;
    quint64 m_runsAsked = 0;
    quint64 m_queueAsked = 0;
    quint64 m_runAsked = 0;
    quint64 m_queuedAsked = 0;
};

} // namespace holdpoint
