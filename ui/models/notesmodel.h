// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

#include <QAbstractTableModel>

namespace holdpoint {

/// What a run's counts and rows do not tell: what could not be seen whole, what a rollback does not
/// undo, and how the schema changes. Most serious first.
class NotesModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { KindColumn, TargetColumn, TextColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setEffects(const QList<TargetEffects>& effects);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Note
    {
        QString kind;
        QString target;
        QString text;
        QString detail;
    };
    QList<Note> m_notes;
};

} // namespace holdpoint
