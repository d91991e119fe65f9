// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QUndoCommand>

#include <functional>

namespace holdpoint {

/// One step of the draft that can be taken back. Steps with the same `mergeId` that follow each other are one,
/// so that typing a title is a single step.
class DraftEdit final : public QUndoCommand
{
public:
    static constexpr int Alone = -1;

    DraftEdit(const QString& text, std::function<void()> redo, std::function<void()> undo, int mergeId = Alone)
        : QUndoCommand(text)
        , m_redo(std::move(redo))
        , m_undo(std::move(undo))
        , m_mergeId(mergeId)
    {
    }

    void redo() override { m_redo(); }
    void undo() override { m_undo(); }
    [[nodiscard]] int id() const override { return m_mergeId; }
    bool mergeWith(const QUndoCommand* later) override
    {
        // The stack only offers commands with this id, and only we give ids.
        m_redo = static_cast<const DraftEdit*>(later)->m_redo;
        return true;
    }

private:
    std::function<void()> m_redo;
    std::function<void()> m_undo;
    int m_mergeId;
};

} // namespace holdpoint
