// SPDX-License-Identifier: GPL-3.0-or-later
#include "runner.h"

#include "progressrelay.h"
#include "whenready.h"

namespace holdpoint {

Runner::Runner(std::shared_ptr<Workbench> workbench, QObject* parent)
    : QObject(parent)
    , m_workbench(std::move(workbench))
{
}

Runner::~Runner()
{
    m_cancellation.cancel();
}

void Runner::preview(const Batch& batch, quint64 revision)
{
    const QString what = tr("Previewing");
    Previewed subject;
    subject.batch = batch;
    subject.revision = revision;
    finish(m_workbench->preview(batch, begin(what)), what, [this, subject](const Run& run) mutable {
        subject.run = run;
        Q_EMIT previewed(subject);
    });
}

void Runner::previewUndo(const RunId& id, bool acceptDifferences)
{
    const QString what = tr("Previewing the undo");
    Previewed subject;
    subject.subject = Previewed::Subject::Undo;
    subject.undoOf = id;
    subject.acceptsDifferences = acceptDifferences;
    RunOptions options = begin(what);
    options.acceptDifferences = acceptDifferences;
    finish(m_workbench->undo(id, false, options), what, [this, subject](const Run& run) mutable {
        subject.run = run;
        Q_EMIT previewed(subject);
    });
}

void Runner::apply(const Previewed& previewed)
{
    const auto announce = [this](const Run& run) { Q_EMIT applied(run); };
    switch (previewed.subject) {
    case Previewed::Subject::Draft: {
        const QString what = tr("Applying");
        finish(m_workbench->apply(previewed.batch, previewed.run.digest, begin(what)), what, announce);
        return;
    }
    case Previewed::Subject::Undo: {
        const QString what = tr("Undoing");
        RunOptions options = begin(what);
        options.acceptDifferences = previewed.acceptsDifferences;
        finish(m_workbench->applyUndo(previewed.undoOf, previewed.run.digest, options), what, announce);
        return;
    }
    case Previewed::Subject::Queued: applyQueued(previewed.queueId); return;
    }
}

void Runner::enqueue(const Previewed& previewed)
{
    // Not Workbench::enqueue(): what waits in the queue is what the operator looked at, not a second preview.
    const QString what = tr("Queueing");
    begin(what);
    finish(m_workbench->journal().enqueue(previewed.batch, previewed.run), what,
           [this](const QueueEntry& entry) { Q_EMIT enqueued(entry); });
}

void Runner::applyQueued(qint64 id)
{
    const QString what = tr("Applying");
    finish(m_workbench->applyQueued(id, begin(what)), what, [this](const Run& run) { Q_EMIT applied(run); });
}

void Runner::resolve(const RunId& id)
{
    const QString what = tr("Resolving");
    finish(m_workbench->resolve(id, begin(what)), what, [this](const QList<Run>& runs) { Q_EMIT resolved(runs); });
}

void Runner::cancel()
{
    m_cancellation.cancel();
}

RunOptions Runner::begin(const QString& what)
{
    Q_ASSERT(!m_isRunning);
    m_isRunning = true;
    m_cancellation = {};
    auto relay = std::make_shared<ProgressRelay>();
    connect(relay.get(), &ProgressRelay::progressed, this, &Runner::progressed);
    Q_EMIT runningChanged(true, what);
    RunOptions options;
    options.cancellation = m_cancellation;
    options.progress = [relay](const Progress& progress) { relay->report(progress); };
    return options;
}

void Runner::end()
{
    m_isRunning = false;
    Q_EMIT runningChanged(false, {});
}

template <typename R, typename F> void Runner::finish(const QFuture<R>& future, const QString& what, F then)
{
    whenReady(future, this, [this, what, then = std::move(then)](const R& result) mutable {
        end();
        if (result)
            then(result.value());
        else
            Q_EMIT failed(what, result.error());
    });
}

} // namespace holdpoint

#include "moc_progressrelay.cpp"
#include "moc_runner.cpp"
