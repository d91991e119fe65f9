// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delegates/valuedelegate.h"

namespace holdpoint {

/// Paints a changed cell as its value before, struck through, an arrow, and its value after, in bold.
class ChangeDelegate final : public ValueDelegate
{
    Q_OBJECT
public:
    using ValueDelegate::ValueDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace holdpoint
