// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "target/target.h"

#include <QLabel>

namespace holdpoint {

/// A plain coloured line that names the production targets; hidden when there is none.
class ProductionBanner : public QLabel
{
    Q_OBJECT
public:
    explicit ProductionBanner(QWidget* parent = nullptr);

    void setTargets(const QList<Target>& targets);

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyColors();
};

} // namespace holdpoint
