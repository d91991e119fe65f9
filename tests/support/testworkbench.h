// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/runsql.h"
#include "execution/workbench.h"
#include "journal/journal.h"

#include <QTemporaryDir>

#include <atomic>

namespace holdpoint {

/// A workbench with sessions and a journal of its own, which are gone with it.
class TestWorkbench
{
public:
    TestWorkbench()
    {
        auto journal = Journal::open(m_folder.filePath(QStringLiteral("journal.db"))).takeResult();
        if (!journal)
            qFatal("%s", qUtf8Printable(journal.error().text()));
        m_workbench = std::make_shared<Workbench>(*journal, nullptr);
    }
    Workbench* operator->() const { return m_workbench.get(); }
    Workbench& operator*() const { return *m_workbench; }

private:
    QTemporaryDir m_folder;
    std::shared_ptr<Workbench> m_workbench;
};

/// These statements, each a command, on the one target "shop".
[[nodiscard]] inline Batch batchOf(EngineKind engine, const QString& uri, const QStringList& statements)
{
    const auto shop = QStringLiteral("shop");
    Batch batch;
    batch.targets = { { shop, engine, uri, Environment::Development, false } };
    for (const QString& statement : statements)
        batch.commands.append(std::make_shared<RunSql>(shop, statement));
    return batch;
}

[[nodiscard]] inline QStringList cautionTexts(const Run& run, QLatin1StringView code)
{
    QStringList texts;
    for (const TargetEffects& effects : run.effects) {
        for (const Caution& caution : effects.cautions) {
            if (caution.code == code)
                texts.append(caution.text);
        }
    }
    return texts;
}

/// Counts in `passes` how often a run of one target begins, and calls `work` with that number as it does.
[[nodiscard]] inline RunOptions countingPasses(const std::shared_ptr<std::atomic<int>>& passes,
                                               const std::function<void(int pass)>& work = {})
{
    RunOptions options;
    options.progress = [passes, work](const Progress& progress) {
        if (progress.phase != Progress::Phase::Connecting)
            return;
        const int pass = ++*passes;
        if (work)
            work(pass);
    };
    return options;
}

} // namespace holdpoint
