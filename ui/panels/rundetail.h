// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/commandreportmodel.h"
#include "models/driftmodel.h"

#include <QWidget>

class QTabWidget;
class QTextBrowser;

namespace holdpoint {

class EffectsView;
class ListView;

/// Everything the journal knows of one run.
class RunDetail : public QWidget
{
    Q_OBJECT
public:
    explicit RunDetail(QWidget* parent = nullptr);

    void showRun(const Run& run);
    void clear();

protected:
    void changeEvent(QEvent* event) override;

private:
    void showSummary();

    std::optional<Run> m_run;
    CommandReportModel m_commands;
    DriftModel m_drift;
    QTabWidget* m_tabs;
    QTextBrowser* m_summary;
    ListView* m_commandView;
    EffectsView* m_effects;
    ListView* m_driftView;
};

} // namespace holdpoint
