// SPDX-License-Identifier: GPL-3.0-or-later
#include "panels/effectspanel.h"

#include "delegates/outcomedelegate.h"
#include "delegates/valuedelegate.h"
#include "errortext.h"
#include "marks.h"
#include "panels/effectsview.h"
#include "panels/listview.h"
#include "words.h"

#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QString failureText(const Failure& failure)
{
    const QString place = failurePlace(failure);
    return (place.isEmpty() ? QString() : place + ": "_L1) + errorText(failure.error);
}

} // namespace

EffectsPanel::EffectsPanel(QWidget* parent)
    : QWidget(parent)
    , m_failed(CommandReportModel::Which::FailedOnly)
    , m_drift(DriftModel::Compared::UndoWithExact)
    , m_icon(new QLabel)
    , m_headline(new QLabel)
    , m_explanation(new QLabel)
    , m_failedView(new ListView(u"failedCommands"_s, tr("Failed commands")))
    , m_failedDetail(new QLabel)
    , m_driftView(new ListView(u"previewDrift"_s, tr("Rows that the undo does not restore exactly")))
    , m_effects(new EffectsView(u"effect"_s))
    , m_locks(new QLabel)
    , m_accept(new QPushButton(tr("Accept the &Differences")))
    , m_enqueue(new QPushButton(tr("&Queue")))
    , m_apply(new QPushButton(tr("&Apply")))
{
    m_failedView->setModel(&m_failed);
    m_failedView->setItemDelegateForColumn(CommandReportModel::StatusColumn, new OutcomeDelegate(m_failedView));
    m_failedView->setStretchColumn(CommandReportModel::MessageColumn);
    m_failedView->setColumnHidden(CommandReportModel::RowsColumn, true);
    m_failedView->setColumnHidden(CommandReportModel::TargetColumn, true);
    m_driftView->setModel(&m_drift);
    m_driftView->setShowGrid(true);
    for (int column = DriftModel::PreviewBeforeColumn; column <= DriftModel::NowAfterColumn; ++column)
        m_driftView->setItemDelegateForColumn(column, new ValueDelegate(m_driftView));
    m_driftView->fillWidth();
    for (ListView* view : { m_failedView, m_driftView })
        view->limitHeight(6);
    layOut();
    connectParts();
    showHeadline();
    showFailures();
    showDifferences();
    m_locks->hide();
    setState(PreviewState::Fresh, {});
}

void EffectsPanel::layOut()
{
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.25);
    large.setBold(true);
    m_headline->setFont(large);
    m_headline->setObjectName(u"effectsHeadline"_s);
    m_headline->setWordWrap(true);
    m_explanation->setObjectName(u"effectsExplanation"_s);
    m_explanation->setWordWrap(true);
    m_failedDetail->setObjectName(u"failureDetail"_s);
    m_failedDetail->setWordWrap(true);
    m_failedDetail->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_accept->setObjectName(u"acceptButton"_s);
    m_accept->setToolTip(tr("Preview the undo again and take what it does otherwise; nothing is applied by that"));
    m_enqueue->setObjectName(u"queueButton"_s);
    m_apply->setObjectName(u"applyButton"_s);
    auto* head = new QGridLayout;
    head->setColumnStretch(1, 1);
    head->addWidget(m_icon, 0, 0);
    head->addWidget(m_headline, 0, 1);
    head->addWidget(m_explanation, 1, 0, 1, 2);
    m_locks->setObjectName(u"effectsLocks"_s);
    m_locks->setTextFormat(Qt::PlainText);
    m_locks->setWordWrap(true);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_accept);
    buttons->addWidget(m_enqueue);
    buttons->addWidget(m_apply);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->addLayout(head);
    layout->addWidget(m_failedView);
    layout->addWidget(m_failedDetail);
    layout->addWidget(m_driftView);
    layout->addWidget(m_effects, 1);
    layout->addWidget(m_locks);
    layout->addLayout(buttons);
}

void EffectsPanel::connectParts()
{
    connect(m_enqueue, &QPushButton::clicked, this, &EffectsPanel::enqueueRequested);
    connect(m_apply, &QPushButton::clicked, this, &EffectsPanel::applyRequested);
    connect(m_accept, &QPushButton::clicked, this, &EffectsPanel::differencesAccepted);
    connect(m_failedView->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                const bool isOne = current.isValid() && m_failed.report(current.row()).error;
                m_failedDetail->setText(isOne ? errorText(*m_failed.report(current.row()).error) : QString());
            });
    connect(m_failedView, &ListView::activated, this,
            [this](const QModelIndex& index) { Q_EMIT commandRequested(m_failed.report(index.row()).index); });
}

void EffectsPanel::showPreview(const Previewed& previewed)
{
    m_previewed = previewed;
    showFailures();
    showDifferences();
    showLocks();
    m_effects->showEffects(previewed.run.effects);
    m_effects->setEmptyText(previewed.run.outcome == Outcome::Ready ? tr("The batch changes no row.")
                                                                    : tr("No effect was seen."));
}

void EffectsPanel::showDifferences()
{
    m_driftView->setColumnHidden(DriftModel::TargetColumn, m_previewed && m_previewed->run.targets.size() == 1);
    m_drift.setDrift(m_previewed ? m_previewed->run.drift : QList<DriftRow>());
    m_driftView->setVisible(m_drift.rowCount() > 0);
}

void EffectsPanel::showLocks()
{
    QStringList lines;
    QStringList waiting;
    const QList<TargetReport>& targets = m_previewed->run.targets;
    for (const TargetReport& target : targets) {
        if (!target.locks)
            continue;
        const QString place = targets.size() > 1 ? target.name + ": "_L1 : QString();
        lines += place + locksText(*target.locks);
        for (const WaitingSession& session : target.locks->waiting.value_or(QList<WaitingSession>()))
            waiting += place + waitingText(session);
    }
    m_locks->setText(lines.join('\n'_L1));
    m_locks->setVisible(!lines.isEmpty());
    m_locks->setToolTip(waiting.join('\n'_L1));
    // Muted as long as nobody waits: it is there for who looks for it.
    m_locks->setForegroundRole(waiting.isEmpty() ? QPalette::PlaceholderText : QPalette::WindowText);
}

void EffectsPanel::setState(PreviewState state, const PreviewActions& actions)
{
    m_state = state;
    m_accept->setVisible(isInexactUndo());
    m_accept->setEnabled(actions.canAccept);
    m_enqueue->setEnabled(actions.canEnqueue);
    m_apply->setEnabled(actions.canApply);
    m_apply->setText(actions.canApply ? tr("&Apply to %1").arg(effectsWord(m_previewed->run.effects)) : tr("&Apply"));
    showHeadline();
}

void EffectsPanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        showHeadline();
}

void EffectsPanel::showHeadline()
{
    m_headline->setText(headline());
    m_explanation->setText(explanation());
    m_explanation->setVisible(!m_explanation->text().isEmpty());
    m_icon->setVisible(m_previewed.has_value());
    if (m_previewed)
        m_icon->setPixmap(markIcon(outcomeMark(m_previewed->run.outcome, palette()), palette()).pixmap(20, 20));
}

void EffectsPanel::showFailures()
{
    m_failed.setReports(m_previewed ? m_previewed->run.commands : QList<CommandReport>());
    const bool hasFailed = m_failed.rowCount() > 0;
    m_failedView->setVisible(hasFailed);
    m_failedDetail->setVisible(hasFailed);
    const bool hasEffects = m_previewed && !m_previewed->run.effects.isEmpty();
    m_effects->setVisible(hasEffects || !hasFailed);
    if (hasFailed)
        m_failedView->selectSourceRow(0);
}

bool EffectsPanel::isInexactUndo() const
{
    return m_previewed && m_previewed->isInexactUndo();
}

QString EffectsPanel::headline() const
{
    if (!m_previewed)
        return tr("Nothing has been previewed yet");
    const Run& run = m_previewed->run;
    if (run.outcome != Outcome::Ready) {
        if (run.cause == "cancelled"_L1)
            return tr("The preview was cancelled");
        if (isInexactUndo())
            return tr("The undo would not restore exactly what was there");
        if (m_failed.rowCount() > 0)
            return countWord(run.commands.size(), tr("%2 of %1 command failed"), tr("%2 of %1 commands failed"))
                .arg(m_failed.rowCount());
        return tr("The preview failed");
    }
    const QString counts = run.effects.isEmpty() ? tr("no row changes") : effectsWord(run.effects);
    switch (m_previewed->subject) {
    case Previewed::Subject::Draft: return tr("Previewed: %1").arg(counts);
    case Previewed::Subject::Undo: return tr("Undo, previewed: %1").arg(counts);
    case Previewed::Subject::Queued: return tr("Queued \"%1\": %2").arg(run.title, counts);
    }
    Q_UNREACHABLE();
}

QString EffectsPanel::explanation() const
{
    if (!m_previewed)
        return tr("A preview runs the batch in a transaction, shows every row that changes, and rolls it back.");
    const Run& run = m_previewed->run;
    QStringList sentences;
    if (isInexactUndo())
        sentences += tr("A trigger or rule runs again on the way back, a materialized view was not up to date, or rows"
                        " were changed since. Accept the rows that differ to undo it all the same.");
    else if (run.failure && m_failed.rowCount() == 0)
        sentences += failureText(*run.failure);
    if (run.outcome != Outcome::Ready)
        sentences += tr("Everything was rolled back; nothing has changed.");
    if (m_failed.rowCount() > 0 && !run.effects.isEmpty())
        sentences += tr("Below are the effects of the commands that did not fail.");
    if (run.outcome == Outcome::Ready && !run.drift.isEmpty())
        sentences += tr("It does not restore exactly what was there: the differences are listed and accepted.");
    if (run.outcome == Outcome::Ready && !isComplete(run.effects))
        sentences += tr("This is not all: some effects could not be seen. The notes say which.");
    sentences += stateText();
    sentences.removeAll(QString());
    return sentences.join(' '_L1);
}

QString EffectsPanel::stateText() const
{
    switch (m_state) {
    case PreviewState::Fresh: return {};
    case PreviewState::Stale:
        return tr("The batch is no longer the one that was previewed: preview it again to apply it.");
    case PreviewState::Queued: return tr("It waits in the queue.");
    case PreviewState::Applied: return tr("It has been applied since; the log tells how that ended.");
    }
    Q_UNREACHABLE();
}

} // namespace holdpoint

#include "moc_effectspanel.cpp"
