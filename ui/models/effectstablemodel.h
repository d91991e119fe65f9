// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

#include <QAbstractTableModel>

namespace holdpoint {

/// The tables that a run changed, over all its targets, with how many rows.
class EffectsTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { TargetColumn, TableColumn, InsertedColumn, UpdatedColumn, DeletedColumn, NoteColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setEffects(const QList<TargetEffects>& effects);
    [[nodiscard]] const TableEffects& table(int row) const;
    [[nodiscard]] const TargetEffects& target(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Place
    {
        int target;
        int table;
    };
    [[nodiscard]] QString text(const QModelIndex& index) const;
    [[nodiscard]] qint64 count(const QModelIndex& index) const;

    QList<TargetEffects> m_effects;
    QList<Place> m_places;
};

} // namespace holdpoint
