// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "browser.h"
#include "draft.h"
#include "gridedits.h"
#include "history.h"
#include "passwords.h"
#include "runner.h"

namespace holdpoint {

/// What all requests of the window's panels reach: the draft batch and what can be done with it. It owns the
/// parts that ask the core, and keeps them in step: a change of the draft makes its preview stale, the end of a run
/// brings log, queue and grid up to date. GUI thread; nothing here blocks it.
class Workspace : public QObject
{
    Q_OBJECT
public:
    Workspace(std::shared_ptr<Workbench> workbench, const QString& savedTargets, QObject* parent = nullptr);

    [[nodiscard]] Draft& draft() { return m_draft; }
    [[nodiscard]] Browser& browser() { return m_browser; }
    [[nodiscard]] History& history() { return m_history; }
    [[nodiscard]] Runner& runner() { return m_runner; }

    /// What the effects panel shows; none before the first preview.
    [[nodiscard]] const std::optional<Previewed>& previewed() const { return m_previewed; }
    [[nodiscard]] PreviewState previewState() const;
    [[nodiscard]] bool canAcceptDifferences() const;
    [[nodiscard]] bool canApply() const;
    [[nodiscard]] bool canEnqueue() const;
    /// The targets that it concerns, with the environment that is known for their address.
    [[nodiscard]] QList<Target> targetsOf(const Previewed& previewed) const;

    /// Stand in the place of a batch's targets of the same names, in batches opened later.
    void setOverrides(const QList<Target>& targets) { m_overrides = targets; }
    void setPasswords(const Passwords& passwords) { m_passwords = passwords; }
    [[nodiscard]] bool canRememberPasswords() const { return bool(m_passwords.remember); }
    /// Answers passwordNeeded(): what failed for want of it is done once more, exactly as it was asked for.
    void givePassword(const Target& target, const QString& password, bool remember);
    void withholdPassword(const Target& target); ///< the other answer: it stays failed
    void newBatch();
    void openBatch(const QString& path);
    void saveBatch(const QString& path);
    void addScript(const Target& target, const QString& script);
    void replaceByScript(int command, const Target& target, const QString& script);
    void editCell(const GridRow& row, int column, const Value& value);
    void insertRow(const Target& target, const Table& table);
    void deleteRow(const GridRow& row);

    void preview();
    void previewUndo(const RunId& id);
    void acceptDifferences(); ///< previews the undo that was just previewed once more, and takes what it does otherwise
    void enqueue();
    /// Applies what was previewed, at once or after confirmationRequested().
    void requestApply();
    void requestApplyQueued(const QueueEntry& entry); ///< always asks
    void showQueued(const QueueEntry& entry);
    void apply();

Q_SIGNALS:
    void previewShown(const holdpoint::Previewed& previewed);
    void previewChanged(); ///< another preview, or the shown one became stale or can no longer be applied
    void batchOpened(const QString& path);
    void batchSaved(const QString& path);
    void scriptAdded();
    void scriptRefused(const holdpoint::Error& error);
    /// Asks the operator; the answer yes is apply().
    void confirmationRequested(const holdpoint::Previewed& previewed, const QList<holdpoint::Target>& targets);
    void applied(const holdpoint::Run& run);
    /// Asks the operator; the answer is givePassword() or withholdPassword(). One question at a time.
    void passwordNeeded(const holdpoint::Target& target, const holdpoint::Error& error);
    void failed(const QString& what, const holdpoint::Error& error);

private:
    void connectParts();
    void takePreview(const Previewed& previewed);
    void takeQueued(const QueueEntry& entry, const Batch& batch, const QList<TargetEffects>& effects);
    void takeApplied(const Run& run);
    void startBatch(Batch batch, const QString& path);
    void askPassword(const Previewed& previewed);
    void askPassword(const Target& target, const Error& error, std::function<void()> retry);
    void askNextPassword();
    [[nodiscard]] QList<std::function<void()>> takeRetries(const Target& target);
    void report(const Result<void>& done, const QString& what);
    [[nodiscard]] Target withKnownEnvironment(Target target) const;

    Draft m_draft;
    Browser m_browser;
    History m_history;
    Runner m_runner;
    QList<Target> m_overrides;
    Passwords m_passwords;
    struct Refused
    {
        Target target;
        Error error;
        std::function<void()> retry;
    };
    QList<Refused> m_refused; ///< what needs a password; that of the first is asked for
    std::optional<Previewed> m_previewed;
    PreviewState m_fate = PreviewState::Fresh; ///< of the preview, but for the draft
    std::optional<qint64> m_applyOnceShown;
    quint64 m_openAsked = 0;
};

} // namespace holdpoint
