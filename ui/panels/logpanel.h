// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/journal.h"
#include "models/runlistmodel.h"

#include <QWidget>

class QComboBox;
class QFrame;
class QLabel;
class QLineEdit;
class QPushButton;

namespace holdpoint {

class ListView;
class RunDetail;

/// The rollback log: every run, why it ended as it did, and the way back.
class LogPanel : public QWidget
{
    Q_OBJECT
public:
    explicit LogPanel(QWidget* parent = nullptr);

    void setRuns(const QList<Run>& runs);
    void setUnsettled(const QList<UnsettledRun>& runs);
    void showRun(const Run& run); ///< whole; also chooses it in the list
    void setRunning(bool isRunning);

Q_SIGNALS:
    void refreshRequested();
    void runRequested(const holdpoint::RunId& id);
    void undoRequested(const holdpoint::RunId& id);
    void resolveRequested(const holdpoint::RunId& id); ///< empty: all

private:
    void layOut();
    QLayout* filters();
    QWidget* doubtBar();
    QWidget* detailPart();
    void connectParts();
    void updateButtons();

    RunListModel m_runs;
    RunFilterProxy m_filtered;
    RunId m_shown;
    Outcome m_shownOutcome = Outcome::Ready;
    bool m_isRunning = false;
    qsizetype m_unsettled = 0;
    QComboBox* m_outcome;
    QLineEdit* m_text;
    QPushButton* m_refresh;
    QFrame* m_doubt;
    QLabel* m_doubtText;
    QPushButton* m_resolve;
    ListView* m_view;
    RunDetail* m_detail;
    QPushButton* m_undo;
};

} // namespace holdpoint
