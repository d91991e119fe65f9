// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "runner.h"

#include <QDialog>

namespace holdpoint {

/// Asks once more before a batch is applied where that matters: production, a queued batch, effects that
/// could not be seen whole. The button says what it does, to which targets.
class ApplyDialog : public QDialog
{
    Q_OBJECT
public:
    ApplyDialog(const Previewed& previewed, const QList<Target>& targets, QWidget* parent = nullptr);

private:
    [[nodiscard]] QStringList warnings(const Run& run) const;
};

} // namespace holdpoint
