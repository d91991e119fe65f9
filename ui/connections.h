// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace holdpoint {

class BatchPanel;
class EffectsPanel;
class LogPanel;
class QueuePanel;
class RowsPanel;
class SqlPanel;
class TargetsPanel;
class Workspace;

/// A panel's requests go to the workspace, what the workspace tells goes to the panel: one function a panel.
void connectPanel(TargetsPanel& panel, Workspace& workspace);
void connectPanel(RowsPanel& panel, Workspace& workspace);
void connectPanel(SqlPanel& panel, Workspace& workspace);
void connectPanel(BatchPanel& panel, Workspace& workspace);
void connectPanel(EffectsPanel& panel, Workspace& workspace);
void connectPanel(QueuePanel& panel, Workspace& workspace);
void connectPanel(LogPanel& panel, Workspace& workspace);

} // namespace holdpoint
