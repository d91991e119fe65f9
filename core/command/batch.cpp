// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/batch.h"

#include <algorithm>

namespace holdpoint {

const Target* Batch::target(const QString& name) const
{
    const auto found = std::ranges::find(targets, name, &Target::name);
    return found == targets.end() ? nullptr : &*found;
}

bool operator==(const Batch& left, const Batch& right)
{
    const auto same = [](const StoreCommandPtr& a, const StoreCommandPtr& b) { return a->equals(*b); };
    return left.title == right.title && left.reason == right.reason && left.targets == right.targets
        && std::ranges::equal(left.commands, right.commands, same);
}

} // namespace holdpoint
