// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"

namespace holdpoint {

/// The batch file "holdpoint-batch/1" (CONTRACT): JSON, UTF-8, read strictly.
/// Reading and writing is the identity: readBatch(writeBatch(b)) == b.
/// Error: ErrorKind::Usage with file, line and column in the message. Nothing is run; no database is needed.
/// Under 1 KB of memory a command. Any thread.
struct BatchFileOptions
{
    QDir base; ///< relative SQLite paths and import files are taken from here
    QString fileName; ///< for messages
    QList<Target> targets; ///< the saved targets, which a file may name instead of a URI
    QList<Target> overrides; ///< --target NAME=URI: replaces the file's target of that name
};

[[nodiscard]] Result<Batch> readBatch(const QByteArray& json, const BatchFileOptions& options);
[[nodiscard]] QByteArray writeBatch(const Batch& batch, const QDir& base);

/// An SQL script as a batch on one target, one RunSql a statement.
[[nodiscard]] Result<Batch> readScript(const QByteArray& sql, const Target& target, const QString& fileName);

} // namespace holdpoint
