// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/heldlocks.h"

#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QString timeText(double milliseconds)
{
    if (milliseconds >= 10000)
        return u"%1 s"_s.arg(milliseconds / 1000, 0, 'f', 1);
    return u"%1 ms"_s.arg(milliseconds, 0, 'f', milliseconds < 10 ? 1 : 0);
}

QString heldText(const QList<HeldLock>& held)
{
    constexpr qsizetype most = 4;
    if (held.isEmpty())
        return u"none"_s;
    QStringList parts;
    for (const HeldLock& lock : held.first(std::min(most, held.size())))
        parts.append(lock.object + u' ' + lock.mode);
    if (held.size() > most)
        parts.append(u"%1 more"_s.arg(held.size() - most));
    return parts.join(u", "_s);
}

} // namespace

QString locksText(const HeldLocks& locks)
{
    QString text = u"held %1; locks: "_s.arg(timeText(locks.heldMilliseconds));
    if (!locks.unknown.isEmpty())
        return text + u"unknown (%1)"_s.arg(locks.unknown);
    text += heldText(locks.held);
    if (locks.waiting && !locks.waiting->isEmpty())
        text += locks.waiting->size() == 1 ? u"; 1 session waited"_s
                                           : u"; %1 sessions waited"_s.arg(locks.waiting->size());
    return text;
}

QString waitingText(const WaitingSession& session)
{
    QStringList who { u"pid %1"_s.arg(session.pid), session.user, session.application };
    who.removeAll(QString());
    const QString time = session.milliseconds ? timeText(static_cast<double>(*session.milliseconds)) + u' ' : QString();
    return u"%1: waited %2for %3"_s.arg(who.join(u", "_s), time, session.waitsFor);
}

void addSecondRun(HeldLocks& locks, const HeldLocks& second)
{
    locks.openMilliseconds = std::max(locks.openMilliseconds, second.openMilliseconds);
    locks.heldMilliseconds = std::max(locks.heldMilliseconds, second.heldMilliseconds);
    if (!locks.waiting || !second.waiting)
        return;
    for (const WaitingSession& session : *second.waiting) {
        const auto known = std::ranges::find(*locks.waiting, session.pid, &WaitingSession::pid);
        if (known == locks.waiting->end())
            locks.waiting->append(session);
        else if (session.milliseconds > known->milliseconds)
            *known = session;
    }
}

} // namespace holdpoint
