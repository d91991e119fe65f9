// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/queuemodel.h"

#include <QWidget>

class QPushButton;

namespace holdpoint {

class ListView;

/// The batches that wait, each with the effects that were previewed.
class QueuePanel : public QWidget
{
    Q_OBJECT
public:
    explicit QueuePanel(QWidget* parent = nullptr);

    void setEntries(const QList<QueueEntry>& entries);
    void setRunning(bool isRunning);

Q_SIGNALS:
    void showRequested(const holdpoint::QueueEntry& entry);
    void moveRequested(qint64 id, int position);
    void removeRequested(qint64 id);
    void applyRequested(const holdpoint::QueueEntry& entry);

private:
    void layOut();
    void connectParts();
    void updateButtons();
    [[nodiscard]] const QueueEntry* current() const;

    QueueModel m_entries;
    bool m_isRunning = false;
    ListView* m_view;
    QPushButton* m_show;
    QPushButton* m_up;
    QPushButton* m_down;
    QPushButton* m_remove;
    QPushButton* m_apply;
};

} // namespace holdpoint
