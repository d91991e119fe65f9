// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/nextsecond.h"

#include <QDeadlineTimer>
#include <QThread>

using namespace std::chrono_literals;

namespace holdpoint {

void waitForNextSecond(const Cancellation& cancellation)
{
    constexpr unsigned long step = 20; // ms
    const QDeadlineTimer passed(1s);
    while (!passed.hasExpired() && !cancellation.isCancelled())
        QThread::msleep(step);
}

} // namespace holdpoint
