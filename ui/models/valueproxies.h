// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>

namespace holdpoint {

class RowChangesModel;

/// Sorts rows by ValueRole in Value's total order, where the source has one, else by SortRole.
class ValueSortProxy : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
};

/// The same over changed rows; hides the columns in which no row changes, when asked to.
class RowChangesProxy final : public ValueSortProxy
{
    Q_OBJECT
public:
    explicit RowChangesProxy(RowChangesModel& source, QObject* parent = nullptr);

    void setChangedColumnsOnly(bool only);

protected:
    [[nodiscard]] bool filterAcceptsColumn(int column, const QModelIndex& parent) const override;

private:
    const RowChangesModel& m_source;
    bool m_changedOnly = false;
};

} // namespace holdpoint
