// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFile>

#include <functional>
#include <malloc.h>

/// What this process holds, as Linux tells it: with what it has mapped of temporary files and read of it.
namespace bench {

/// Of /proc/self/status, in bytes: VmHWM is the most so far, VmRSS what it holds.
[[nodiscard]] inline qint64 processMemory(const QByteArray& field)
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        qFatal("/proc/self/status cannot be read");
    for (const QByteArray& line : status.readAll().split('\n')) {
        if (line.startsWith(field))
            return line.simplified().split(' ').at(1).toLongLong() * 1024;
    }
    qFatal("/proc/self/status has no %s", field.constData());
}

/// How much more than before it held at most while `work` ran, in MB.
[[nodiscard]] inline double mostMemoryOf(const std::function<void()>& work)
{
    malloc_trim(0);
    QFile peak(QStringLiteral("/proc/self/clear_refs"));
    if (!peak.open(QIODevice::WriteOnly | QIODevice::Unbuffered) || peak.write("5") != 1) // the most begins anew
        qFatal("/proc/self/clear_refs cannot be written");
    const qint64 before = processMemory("VmRSS");
    work();
    return static_cast<double>(processMemory("VmHWM") - before) / 1e6;
}

} // namespace bench
