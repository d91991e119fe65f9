// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/batch.h"

#include <algorithm>

namespace holdpoint {

const Target* Batch::target(const QString& name) const
{
    const auto found = std::ranges::find(targets, name, &Target::name);
    return found == targets.end() ? nullptr : &*found;
}

/// A text, and the parts of the batch that were read from it: commands never change, they are only replaced.
struct Batch::Read
{
    BatchText text;
    QString title;
    QString reason;
    QList<StoreCommandPtr> commands;
};

const BatchText* Batch::text() const
{
    const bool isSame = m_read && m_read->title == title && m_read->reason == reason && m_read->commands == commands;
    return isSame ? &m_read->text : nullptr;
}

void Batch::setText(BatchText text)
{
    m_read = std::make_shared<Read>(Read { std::move(text), title, reason, commands });
}

bool operator==(const Batch& left, const Batch& right)
{
    const auto same = [](const StoreCommandPtr& a, const StoreCommandPtr& b) { return a->equals(*b); };
    return left.title == right.title && left.reason == right.reason && left.targets == right.targets
        && std::ranges::equal(left.commands, right.commands, same);
}

} // namespace holdpoint
