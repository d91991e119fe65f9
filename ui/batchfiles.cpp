// SPDX-License-Identifier: GPL-3.0-or-later
#include "batchfiles.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSaveFile>
#include <QtConcurrentRun>

namespace holdpoint {

namespace {

Error fileError(const char* text, const QString& path, const QString& reason)
{
    return makeError(ErrorKind::File, QCoreApplication::translate("holdpoint", text).arg(path, reason));
}

Result<Batch> read(const QString& path, const QList<Target>& savedTargets)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fileError(QT_TRANSLATE_NOOP("holdpoint", "The batch \"%1\" cannot be read: %2."), path,
                         file.errorString());
    const QByteArray content = file.readAll();
    if (file.error() != QFileDevice::NoError)
        return fileError(QT_TRANSLATE_NOOP("holdpoint", "The batch \"%1\" cannot be read: %2."), path,
                         file.errorString());
    return readBatch(content, { QFileInfo(path).absoluteDir(), path, savedTargets, {} });
}

Result<void> write(const Batch& batch, const QString& path)
{
    const QByteArray content = writeBatch(batch, QFileInfo(path).absoluteDir());
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size() || !file.commit())
        return fileError(QT_TRANSLATE_NOOP("holdpoint", "The batch \"%1\" cannot be saved: %2."), path,
                         file.errorString());
    return {};
}

} // namespace

QFuture<Result<Batch>> readBatchFile(const QString& path, const QList<Target>& savedTargets)
{
    return QtConcurrent::run([=] { return read(path, savedTargets); });
}

QFuture<Result<void>> writeBatchFile(const Batch& batch, const QString& path)
{
    return QtConcurrent::run([=] { return write(batch, path); });
}

QFuture<Result<QList<StoreCommandPtr>>> commandsOfScript(const Target& target, const QString& script)
{
    return QtConcurrent::run([=]() -> Result<QList<StoreCommandPtr>> {
        const Result<Batch> batch = readScript(script.toUtf8(), target, QStringLiteral("SQL"));
        if (!batch)
            return batch.error();
        return batch->commands;
    });
}

} // namespace holdpoint
