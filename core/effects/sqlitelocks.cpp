// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/sqlitelocks.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace holdpoint {

HeldLocks fileLock(const Target& target)
{
    HeldLocks locks;
    locks.held.append({ QFileInfo(target.address).fileName(), u"write"_s });
    return locks;
}

} // namespace holdpoint
