// SPDX-License-Identifier: GPL-3.0-or-later
#include "command/storecommand.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

Error StoreCommand::explainGuard(CommandContext& context, qint64 rows) const
{
    Q_UNUSED(context)
    return makeError(
        ErrorKind::Guard,
        u"%1: %2 rows were changed, not the expected number; a trigger, a rule or a policy may be why"_s.arg(describe())
            .arg(rows));
}

} // namespace holdpoint
