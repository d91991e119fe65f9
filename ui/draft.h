// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "command/batch.h"

#include <QObject>
#include <QUndoStack>

namespace holdpoint {

/// The batch that is being built, every step of it undoable. GUI thread.
/// `revision` grows with each change, so that a preview can be told from one of an older state.
class Draft : public QObject
{
    Q_OBJECT
public:
    explicit Draft(QObject* parent = nullptr);

    [[nodiscard]] const Batch& batch() const { return m_batch; }
    [[nodiscard]] quint64 revision() const { return m_revision; }
    [[nodiscard]] QUndoStack& edits() { return m_edits; }
    [[nodiscard]] const QString& fileName() const { return m_fileName; } ///< empty: never saved
    [[nodiscard]] bool isModified() const { return !m_edits.isClean(); }

    /// A new content; what was before cannot be undone back.
    void start(const Batch& batch, const QString& fileName);
    void markSaved(const QString& fileName);

    /// Appends commands for the target. Usage error: the batch has another target of that name.
    [[nodiscard]] Result<void> append(const Target& target, const QList<StoreCommandPtr>& commands);
    /// Puts the commands in the place of one; at least one, and for the same target.
    void replace(int at, const QList<StoreCommandPtr>& commands);
    void remove(int at, int count);
    void move(int from, int to); ///< `to` is the command's index afterwards
    void setTitle(const QString& title);
    void setReason(const QString& reason);

Q_SIGNALS:
    void started();
    void inserted(int at, const QList<holdpoint::StoreCommandPtr>& commands);
    void replaced(int at, const holdpoint::StoreCommandPtr& command);
    void removed(int at, int count);
    void moved(int from, int to);
    void textsChanged();
    void changed(); ///< after any of the above
    void fileNameChanged();

private:
    void insertNow(int at, const QList<StoreCommandPtr>& commands);
    void replaceNow(int at, const StoreCommandPtr& command);
    void removeNow(int at, int count);
    void moveNow(int from, int to);
    void setTargetsNow(const QList<Target>& targets);
    void setTextNow(QString Batch::*text, const QString& value);
    void setText(QString Batch::*text, const QString& value, const QString& what, int mergeId);
    void announce();

    Batch m_batch;
    quint64 m_revision = 0;
    QString m_fileName;
    QUndoStack m_edits;
};

} // namespace holdpoint
