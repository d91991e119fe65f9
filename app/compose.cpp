// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose.h"

namespace holdpoint {

QFuture<Result<Composition>> compose(const QString& journalPath, std::shared_ptr<SecretSource> secrets)
{
    return Journal::open(journalPath.isEmpty() ? Journal::defaultPath() : journalPath)
        .then([secrets = std::move(secrets)](const Result<std::shared_ptr<Journal>>& journal) -> Result<Composition> {
            if (!journal)
                return journal.error();
            return Composition { *journal, std::make_shared<Workbench>(*journal, secrets) };
        });
}

} // namespace holdpoint
