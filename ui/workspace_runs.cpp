// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace.h"

#include "words.h"

#include <algorithm>

namespace holdpoint {

namespace {

bool hasCautions(const QList<TargetEffects>& effects)
{
    return std::any_of(effects.begin(), effects.end(),
                       [](const TargetEffects& target) { return !target.cautions.isEmpty(); });
}

bool isProduction(const Target& target)
{
    return target.environment == Environment::Production;
}

} // namespace

void Workspace::preview()
{
    if (!m_runner.isRunning())
        m_runner.preview(m_draft.batch(), m_draft.revision());
}

void Workspace::previewUndo(const RunId& id)
{
    if (!m_runner.isRunning())
        m_runner.previewUndo(id, false);
}

void Workspace::acceptDifferences()
{
    if (canAcceptDifferences())
        m_runner.previewUndo(m_previewed->undoOf, true);
}

void Workspace::enqueue()
{
    if (canEnqueue())
        m_runner.enqueue(*m_previewed);
}

void Workspace::requestApply()
{
    if (!canApply())
        return;
    // A prompt that always comes is a prompt that nobody reads: it comes where the preview was not everything.
    const QList<Target> targets = targetsOf(*m_previewed);
    const QList<TargetEffects>& effects = m_previewed->run.effects;
    const bool asks = std::any_of(targets.begin(), targets.end(), isProduction) || !isComplete(effects)
        || hasCautions(effects) || !m_previewed->run.drift.isEmpty()
        || m_previewed->subject == Previewed::Subject::Queued;
    if (asks)
        Q_EMIT confirmationRequested(*m_previewed, targets);
    else
        apply();
}

void Workspace::requestApplyQueued(const QueueEntry& entry)
{
    m_applyOnceShown = entry.id;
    m_history.showQueued(entry);
}

void Workspace::showQueued(const QueueEntry& entry)
{
    m_applyOnceShown.reset();
    m_history.showQueued(entry);
}

void Workspace::apply()
{
    if (canApply())
        m_runner.apply(*m_previewed);
}

void Workspace::takePreview(const Previewed& previewed)
{
    m_previewed = previewed;
    m_fate = PreviewState::Fresh;
    Q_EMIT previewShown(previewed);
    Q_EMIT previewChanged();
    m_history.refresh();
    askPassword(previewed);
}

void Workspace::takeQueued(const QueueEntry& entry, const Batch& batch, const QList<TargetEffects>& effects)
{
    if (m_runner.isRunning())
        return;
    Previewed queued;
    queued.subject = Previewed::Subject::Queued;
    queued.batch = batch;
    queued.queueId = entry.id;
    queued.run.title = entry.title;
    queued.run.reason = entry.reason;
    queued.run.started = entry.added;
    queued.run.ended = entry.added;
    queued.run.outcome = Outcome::Ready;
    queued.run.digest = entry.digest;
    queued.run.effects = effects;
    m_previewed = queued;
    m_fate = PreviewState::Fresh;
    Q_EMIT previewShown(queued);
    Q_EMIT previewChanged();
    if (m_applyOnceShown == entry.id)
        requestApply();
    m_applyOnceShown.reset();
}

void Workspace::takeApplied(const Run& run)
{
    // Whatever the outcome, the database is not what it was at the preview: nothing is applied twice by it.
    m_fate = PreviewState::Applied;
    if (run.outcome == Outcome::Committed && m_previewed && m_previewed->subject == Previewed::Subject::Draft
        && m_previewed->revision == m_draft.revision())
        m_draft.start({}, {});
    Q_EMIT previewChanged();
    m_history.refresh();
    m_history.showRun(run.id);
    m_browser.refresh();
    Q_EMIT applied(run);
}

} // namespace holdpoint
