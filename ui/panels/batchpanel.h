// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "models/commandlistmodel.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;

namespace holdpoint {

class ListView;

/// The draft: title, reason and the list of its commands.
class BatchPanel : public QWidget
{
    Q_OBJECT
public:
    explicit BatchPanel(QWidget* parent = nullptr);

    [[nodiscard]] CommandListModel& commands() { return m_commands; }
    void showBatch(const Batch& batch);
    void showTexts(const Batch& batch); ///< title, reason and the line that counts
    void setRunning(bool isRunning);
    void selectCommand(int index);

Q_SIGNALS:
    void titleChangeRequested(const QString& title);
    void reasonChangeRequested(const QString& reason);
    void moveRequested(int from, int to);
    void removeRequested(int at, int count);
    void editRequested(int at);
    void previewRequested();

private:
    void layOut();
    QLayout* fields();
    QLayout* buttons();
    void connectParts();
    void updateButtons();

    CommandListModel m_commands;
    bool m_isRunning = false;
    QLineEdit* m_title;
    QLineEdit* m_reason;
    ListView* m_view;
    QLabel* m_summary;
    QPushButton* m_up;
    QPushButton* m_down;
    QPushButton* m_edit;
    QPushButton* m_remove;
    QPushButton* m_preview;
};

} // namespace holdpoint
