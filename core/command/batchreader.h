// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batchfile.h"
#include "command/commandformat.h"
#include "command/runsql.h"

#include <unordered_map>

namespace holdpoint {

/// Reads one batch file command by command: no tree of the whole file is made. What a command needs of
/// the targets (its own is known, its SQL is the engine's) is checked at the end: they may stand after it.
class BatchReader
{
public:
    BatchReader(const QByteArray& json, const BatchFileOptions& options);
    [[nodiscard]] Result<Batch> read();

private:
    [[nodiscard]] Result<void> readCommand(const JsonNode& node);
    [[nodiscard]] Result<void> readRoot(const JsonNode& root);
    [[nodiscard]] Result<void> readTargets(const JsonNode& node);
    [[nodiscard]] Result<Target> readTarget(const JsonMember& member) const;
    [[nodiscard]] Result<Target> savedTarget(const JsonMember& member) const;
    [[nodiscard]] Result<void> checkOverrides() const;
    [[nodiscard]] Result<void> checkCommands();
    [[nodiscard]] Error unknownTarget(qsizetype index) const;
    [[nodiscard]] Result<void> checkSql(const RunSql& sql, EngineKind engine, qsizetype textOffset);
    [[nodiscard]] Result<int> parameterCount(EngineKind engine, const QString& text);

    // Where a command's target and SQL text stand; -1 if it has no text.
    struct Place
    {
        qsizetype target = 0;
        qsizetype text = -1;
    };

    JsonSource m_source;
    const BatchFileOptions& m_options;
    SharedStrings m_strings;
    Batch m_batch;
    std::vector<Place> m_places;
    std::unordered_map<QString, int, TextHash> m_checked[2]; // parameter counts of SQL texts, by engine
};

} // namespace holdpoint
