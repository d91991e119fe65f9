// SPDX-License-Identifier: GPL-3.0-or-later
#include "journal/runlocks.h"

#include <QDir>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

bool isHeldBySomebody(const QString& file)
{
    if (!QFileInfo::exists(file))
        return false;
    QLockFile lock(file);
    lock.setStaleLockTime(0); // a run may take days; only a dead process makes it stale
    constexpr int longerThanAnotherLook = 150; // milliseconds: who looks at a stale lock holds it for a moment
    return !lock.tryLock(longerThanAnotherLook);
}

} // namespace

RunLocks::RunLocks(QString journalPath)
    : m_path(std::move(journalPath))
{
}

QString RunLocks::fileOf(const RunId& run) const
{
    return m_path + '.'_L1 + run + ".lock"_L1;
}

Result<void> RunLocks::hold(const RunId& run)
{
    auto lock = std::make_unique<QLockFile>(fileOf(run));
    lock->setStaleLockTime(0);
    if (!lock->tryLock()) {
        const bool taken = lock->error() == QLockFile::LockFailedError;
        return makeError(ErrorKind::File,
                         taken ? u"run %1 is under way in another process"_s.arg(run)
                               : u"the file %1 cannot be made"_s.arg(fileOf(run)),
                         {}, taken ? QString() : u"Check the permissions of the journal's folder and its disk."_s);
    }
    m_held[run] = std::move(lock);
    return {};
}

void RunLocks::release(const RunId& run)
{
    m_held.erase(run);
}

bool RunLocks::isHeld(const RunId& run) const
{
    return m_held.contains(run) || isHeldBySomebody(fileOf(run));
}

void RunLocks::removeStale() const
{
    const QFileInfo journal(m_path);
    const QDir folder = journal.absoluteDir();
    for (const QString& name : folder.entryList({ journal.fileName() + ".*.lock"_L1 }, QDir::Files))
        static_cast<void>(isHeldBySomebody(folder.filePath(name)));
}

} // namespace holdpoint
