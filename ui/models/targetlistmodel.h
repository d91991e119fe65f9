// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "target/target.h"

#include <QAbstractListModel>

namespace holdpoint {

/// The targets that the window knows, saved or opened, with their environment.
class TargetListModel : public QAbstractListModel
{
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;

    void setTargets(const QList<Target>& targets);
    [[nodiscard]] const Target& target(int row) const { return m_targets.at(row); }
    [[nodiscard]] int rowOf(const QString& name) const; ///< -1 if there is none

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    QList<Target> m_targets;
};

} // namespace holdpoint
