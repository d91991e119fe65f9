// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/valueproxies.h"

#include "base/value.h"
#include "models/roles.h"
#include "models/rowchangesmodel.h"

namespace holdpoint {

bool ValueSortProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const QVariant leftValue = left.data(ValueRole);
    const QVariant rightValue = right.data(ValueRole);
    if (leftValue.canConvert<Value>() && rightValue.canConvert<Value>())
        return leftValue.value<Value>() < rightValue.value<Value>();
    return QVariant::compare(left.data(SortRole), right.data(SortRole)) < 0;
}

RowChangesProxy::RowChangesProxy(RowChangesModel& source, QObject* parent)
    : ValueSortProxy(parent)
    , m_source(source)
{
    setSourceModel(&source);
}

void RowChangesProxy::setChangedColumnsOnly(bool only)
{
    m_changedOnly = only;
    invalidateFilter();
}

bool RowChangesProxy::filterAcceptsColumn(int column, const QModelIndex&) const
{
    return !m_changedOnly || m_source.isChangedColumn(column);
}

} // namespace holdpoint

#include "moc_valueproxies.cpp"
