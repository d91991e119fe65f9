// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace.h"

#include "batchfiles.h"
#include "target/targeturi.h"
#include "whenready.h"
#include "words.h"

namespace holdpoint {

Workspace::Workspace(std::shared_ptr<Workbench> workbench, const QString& savedTargets, QObject* parent)
    : QObject(parent)
    , m_browser(workbench, savedTargets)
    , m_history(workbench)
    , m_runner(workbench)
{
    connectParts();
}

void Workspace::connectParts()
{
    connect(&m_draft, &Draft::changed, this, &Workspace::previewChanged);
    connect(&m_browser, &Browser::failed, this, &Workspace::failed);
    connect(&m_browser, &Browser::openFailed, this, [this](const Target& target, const Error& error) {
        askPassword(target, error, [this, target] {
            if (m_browser.current() == target)
                m_browser.refresh(); // with the table that was open
            else
                m_browser.open(target.name);
        });
    });
    connect(&m_history, &History::failed, this, &Workspace::failed);
    connect(&m_history, &History::queuedShown, this, &Workspace::takeQueued);
    connect(&m_runner, &Runner::failed, this, &Workspace::failed);
    connect(&m_runner, &Runner::previewed, this, &Workspace::takePreview);
    connect(&m_runner, &Runner::applied, this, &Workspace::takeApplied);
    connect(&m_runner, &Runner::runningChanged, this, &Workspace::previewChanged);
    connect(&m_runner, &Runner::resolved, this, [this] { m_history.refresh(); });
    connect(&m_runner, &Runner::enqueued, this, [this] {
        m_fate = PreviewState::Queued;
        m_draft.start({}, {});
        m_history.refresh();
    });
}

PreviewState Workspace::previewState() const
{
    if (m_fate != PreviewState::Fresh)
        return m_fate;
    const bool isOfDraft = m_previewed && m_previewed->subject == Previewed::Subject::Draft;
    return isOfDraft && m_previewed->revision != m_draft.revision() ? PreviewState::Stale : PreviewState::Fresh;
}

bool Workspace::canAcceptDifferences() const
{
    return m_previewed && m_previewed->isInexactUndo() && !m_runner.isRunning();
}

bool Workspace::canApply() const
{
    return m_previewed && previewState() == PreviewState::Fresh && m_previewed->run.outcome == Outcome::Ready
        && !m_runner.isRunning();
}

bool Workspace::canEnqueue() const
{
    return canApply() && m_previewed->subject == Previewed::Subject::Draft;
}

QList<Target> Workspace::targetsOf(const Previewed& previewed) const
{
    QList<Target> targets;
    if (previewed.subject != Previewed::Subject::Undo) {
        for (const Target& target : previewed.batch.targets)
            targets += withKnownEnvironment(target);
        return targets;
    }
    for (const TargetReport& report : previewed.run.targets) {
        const Result<Target> target = parseTargetUri(report.name, report.uri, QDir::root());
        targets += target ? withKnownEnvironment(*target) : Target { report.name, report.engine, report.uri, {}, {} };
    }
    return targets;
}

Target Workspace::withKnownEnvironment(Target target) const
{
    // A batch file names an address; that this address is production is known here.
    for (const Target& known : m_browser.targets()) {
        if (known.engine != target.engine || known.address != target.address)
            continue;
        target.environment = std::max(target.environment, known.environment);
        target.readOnly = target.readOnly || known.readOnly;
    }
    return target;
}

void Workspace::askPassword(const Previewed& previewed)
{
    const std::optional<Failure>& failure = previewed.run.failure;
    if (!failure)
        return;
    for (const Target& target : targetsOf(previewed)) {
        if (target.name != failure->target)
            continue;
        askPassword(target, failure->error, [this, previewed] {
            if (m_runner.isRunning())
                return;
            if (previewed.subject == Previewed::Subject::Undo)
                m_runner.previewUndo(previewed.undoOf, previewed.acceptsDifferences);
            else
                m_runner.preview(previewed.batch, previewed.revision);
        });
        return;
    }
}

void Workspace::askPassword(const Target& target, const Error& error, std::function<void()> retry)
{
    if (!m_passwords.given || !error.needsPassword())
        return;
    m_refused.append({ target, error, std::move(retry) });
    if (m_refused.size() == 1)
        askNextPassword();
}

void Workspace::askNextPassword()
{
    if (!m_refused.isEmpty())
        Q_EMIT passwordNeeded(Target(m_refused.first().target), Error(m_refused.first().error));
}

QList<std::function<void()>> Workspace::takeRetries(const Target& target)
{
    QList<std::function<void()>> retries;
    const QString key = passwordKey(target);
    m_refused.removeIf([&](const Refused& refused) {
        if (passwordKey(refused.target) != key)
            return false;
        retries.append(refused.retry);
        return true;
    });
    return retries;
}

void Workspace::givePassword(const Target& target, const QString& password, bool remember)
{
    m_passwords.given->give(target, password);
    if (remember && m_passwords.remember)
        whenReady(m_passwords.remember(target, password), this,
                  [this](const Result<void>& kept) { report(kept, tr("Remembering the password")); });
    for (const auto& retry : takeRetries(target))
        retry();
    askNextPassword();
}

void Workspace::withholdPassword(const Target& target)
{
    (void)takeRetries(target);
    askNextPassword();
}

void Workspace::newBatch()
{
    startBatch({}, {});
}

void Workspace::openBatch(const QString& path)
{
    const quint64 asked = ++m_openAsked;
    const auto reading = readBatchFile(path, m_browser.savedTargets() + m_overrides);
    whenReady(reading, this, [this, asked, path](const Result<Batch>& batch) {
        if (asked != m_openAsked)
            return;
        if (!batch) {
            Q_EMIT failed(tr("Opening the batch"), batch.error());
            return;
        }
        startBatch(*batch, path);
        Q_EMIT batchOpened(path);
    });
}

void Workspace::startBatch(Batch batch, const QString& path)
{
    for (Target& target : batch.targets) {
        for (const Target& override : std::as_const(m_overrides)) {
            if (override.name == target.name)
                target = override;
        }
        target = withKnownEnvironment(target);
        m_browser.add(target, false);
    }
    m_draft.start(batch, path);
}

void Workspace::saveBatch(const QString& path)
{
    const quint64 revision = m_draft.revision();
    whenReady(writeBatchFile(m_draft.batch(), path), this, [this, path, revision](const Result<void>& written) {
        report(written, tr("Saving the batch"));
        if (!written)
            return;
        if (revision == m_draft.revision())
            m_draft.markSaved(path);
        Q_EMIT batchSaved(path);
    });
}

void Workspace::addScript(const Target& target, const QString& script)
{
    const auto splitting = commandsOfScript(target, script);
    whenReady(splitting, this, [this, target](const Result<QList<StoreCommandPtr>>& commands) {
        const Result<void> added = commands ? m_draft.append(target, *commands) : Result<void>(commands.error());
        if (added)
            Q_EMIT scriptAdded();
        else
            Q_EMIT scriptRefused(added.error());
    });
}

void Workspace::replaceByScript(int command, const Target& target, const QString& script)
{
    const auto splitting = commandsOfScript(target, script);
    const quint64 revision = m_draft.revision();
    whenReady(splitting, this, [this, command, revision](const Result<QList<StoreCommandPtr>>& commands) {
        if (!commands) {
            Q_EMIT scriptRefused(commands.error());
            return;
        }
        if (revision != m_draft.revision()) {
            Q_EMIT scriptRefused(makeError(ErrorKind::Usage, tr("The batch has changed meanwhile; try again.")));
            return;
        }
        m_draft.replace(command, *commands);
        Q_EMIT scriptAdded();
    });
}

void Workspace::editCell(const GridRow& row, int column, const Value& value)
{
    report(holdpoint::editCell(m_draft, row, column, value), tr("Editing a cell"));
}

void Workspace::insertRow(const Target& target, const Table& table)
{
    report(holdpoint::insertRow(m_draft, target, table), tr("Inserting a row"));
}

void Workspace::deleteRow(const GridRow& row)
{
    report(holdpoint::deleteRow(m_draft, row), tr("Deleting a row"));
}

void Workspace::report(const Result<void>& done, const QString& what)
{
    if (!done)
        Q_EMIT failed(what, done.error());
}

} // namespace holdpoint

#include "moc_workspace.cpp"
