// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "execution/workbench.h"

#include <QObject>

namespace holdpoint {

/// Brings a run's progress from the run's threads to the thread of whoever is connected. It is kept by the
/// run's callback, so that a receiver that is gone is just not called; it receives no events itself.
class ProgressRelay final : public QObject
{
    Q_OBJECT
public:
    void report(const Progress& progress) { Q_EMIT progressed(progress); }

Q_SIGNALS:
    void progressed(const holdpoint::Progress& progress);
};

} // namespace holdpoint
