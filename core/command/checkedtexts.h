// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/statementinfo.h"

#include <QCache>

namespace holdpoint {

/// What a parser said of the last few hundred different texts: batches repeat them. Long ones are literals of one
/// row or scripts, and are not kept. For one thread.
class CheckedTexts
{
public:
    /// `check` is called as Result<StatementInfo>(), for a text that is not known.
    template <typename Check> [[nodiscard]] Result<StatementInfo> info(const QString& text, const Check& check)
    {
        if (const auto* known = m_known.object(text))
            return *known;
        Result<StatementInfo> info = check();
        if (text.size() <= longest)
            m_known.insert(text, new Result<StatementInfo>(info));
        return info;
    }

private:
    static constexpr qsizetype longest = 4096; // characters
    static constexpr qsizetype kept = 256;

    QCache<QString, Result<StatementInfo>> m_known { kept };
};

} // namespace holdpoint
