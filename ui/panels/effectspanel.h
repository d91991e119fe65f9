// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/commandreportmodel.h"
#include "models/driftmodel.h"
#include "runner.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace holdpoint {

class EffectsView;
class ListView;

/// What the previewed batch does, or why it fails; from here it is queued or applied.
class EffectsPanel : public QWidget
{
    Q_OBJECT
public:
    explicit EffectsPanel(QWidget* parent = nullptr);

    void showPreview(const Previewed& previewed);
    void setState(PreviewState state, const PreviewActions& actions);

Q_SIGNALS:
    void enqueueRequested();
    void applyRequested();
    void differencesAccepted(); ///< of an undo that would not restore exactly what was there
    void commandRequested(int index); ///< to be shown in the batch

protected:
    void changeEvent(QEvent* event) override;

private:
    void layOut();
    void connectParts();
    void showHeadline();
    void showFailures();
    void showLocks();
    void showDifferences();
    [[nodiscard]] bool isInexactUndo() const;
    [[nodiscard]] QString headline() const;
    [[nodiscard]] QString explanation() const;
    [[nodiscard]] QString stateText() const;

    std::optional<Previewed> m_previewed;
    PreviewState m_state = PreviewState::Fresh;
    CommandReportModel m_failed;
    DriftModel m_drift;
    QLabel* m_icon;
    QLabel* m_headline;
    QLabel* m_explanation;
    ListView* m_failedView;
    QLabel* m_failedDetail;
    ListView* m_driftView;
    EffectsView* m_effects;
    QLabel* m_locks;
    QPushButton* m_accept;
    QPushButton* m_enqueue;
    QPushButton* m_apply;
};

} // namespace holdpoint
