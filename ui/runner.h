// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/workbench.h"

#include <QObject>

namespace holdpoint {

/// What a preview was of, so that exactly that can be applied.
struct Previewed
{
    enum class Subject { Draft, Undo, Queued };
    Subject subject = Subject::Draft;
    Batch batch; ///< of Draft and Queued
    RunId undoOf; ///< of Undo
    bool acceptsDifferences = false; ///< of Undo: rows that it would not restore exactly
    qint64 queueId = 0; ///< of Queued
    quint64 revision = 0; ///< of the draft
    Run run;

    /// It failed for nothing but that it would not restore exactly what was there.
    [[nodiscard]] bool isInexactUndo() const
    {
        return subject == Subject::Undo && run.cause == QLatin1StringView("undo-differs");
    }
};

/// What became of a preview since.
enum class PreviewState {
    Fresh, ///< it can be applied
    Stale, ///< the draft is another one now
    Queued,
    Applied, ///< whatever the outcome
};

/// What can be done with a preview now; nothing while something runs.
struct PreviewActions
{
    bool canAccept = false; ///< the differences of an undo
    bool canEnqueue = false;
    bool canApply = false;
};

/// Previews, applies, queues, undoes and resolves, one at a time, without ever blocking the GUI thread.
/// While something runs, further requests are refused by an assertion: whoever asks looks at isRunning().
class Runner : public QObject
{
    Q_OBJECT
public:
    explicit Runner(std::shared_ptr<Workbench> workbench, QObject* parent = nullptr);
    ~Runner() override; ///< cancels what runs; the workbench waits for it

    [[nodiscard]] bool isRunning() const { return m_isRunning; }

    void preview(const Batch& batch, quint64 revision);
    void previewUndo(const RunId& id, bool acceptDifferences);
    /// Applies what was previewed, if the effects are still the same.
    void apply(const Previewed& previewed);
    void enqueue(const Previewed& previewed);
    void applyQueued(qint64 id);
    void resolve(const RunId& id); ///< empty: all runs without an outcome
    void cancel(); ///< ends as a run that was rolled back

Q_SIGNALS:
    void runningChanged(bool isRunning, const QString& what);
    void progressed(const holdpoint::Progress& progress);
    void previewed(const holdpoint::Previewed& previewed);
    void applied(const holdpoint::Run& run); ///< whatever its outcome
    void enqueued(const holdpoint::QueueEntry& entry);
    void resolved(const QList<holdpoint::Run>& runs);
    void failed(const QString& what, const holdpoint::Error& error); ///< there is no run to show

private:
    RunOptions begin(const QString& what);
    void end();
    template <typename R, typename F> void finish(const QFuture<R>& future, const QString& what, F then);

    std::shared_ptr<Workbench> m_workbench;
    Cancellation m_cancellation;
    bool m_isRunning = false;
};

} // namespace holdpoint
