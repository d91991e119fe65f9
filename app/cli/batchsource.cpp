// SPDX-License-Identifier: GPL-3.0-or-later
#include "batchsource.h"

#include "command/batchfile.h"
#include "target/targetlist.h"
#include "target/targeturi.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace holdpoint::cli {

namespace {

Result<QByteArray> contents(const QString& name)
{
    QFile file(name);
    const bool opened = name == "-"_L1 ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (!opened)
        return makeError(ErrorKind::File, u"%1 cannot be read: %2"_s.arg(name, file.errorString()));
    QByteArray bytes = file.readAll();
    if (file.error() != QFileDevice::NoError)
        return makeError(ErrorKind::File, u"%1 cannot be read: %2"_s.arg(name, file.errorString()));
    return bytes;
}

bool looksLikeBatch(const QByteArray& bytes)
{
    for (const char c : bytes.first(std::min<qsizetype>(bytes.size(), 4096))) {
        if (c == '{')
            return true;
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\xef' && c != '\xbb' && c != '\xbf')
            return false;
    }
    return false;
}

Result<QList<Target>> overrides(const QStringList& texts)
{
    QList<Target> targets;
    for (const QString& text : texts) {
        const qsizetype equals = text.indexOf(u'=');
        auto target = parseTargetUri(text.left(equals), text.mid(equals + 1), QDir::current());
        if (!target)
            return target.error();
        targets.append(std::move(target).value());
    }
    return targets;
}

// What a bare URI is called: the file or the database.
QString targetName(const QString& uri)
{
    const QString path = uri.section(u'?', 0, 0);
    const QString name
        = QFileInfo(path.startsWith("sqlite:"_L1) ? path.mid(7) : path.section(u'/', -1)).completeBaseName();
    return name.isEmpty() ? u"target"_s : name;
}

Result<Target> scriptTarget(const Arguments& arguments, const QList<Target>& saved, const QList<Target>& overriding)
{
    if (arguments.scriptTarget.isEmpty()) {
        if (overriding.size() == 1)
            return overriding.first();
        return makeError(ErrorKind::Usage,
                         u"%1 is not a batch file; an SQL script needs --target TARGET"_s.arg(arguments.file));
    }
    const auto known = std::ranges::find(saved, arguments.scriptTarget, &Target::name);
    if (known != saved.end())
        return *known;
    return parseTargetUri(targetName(arguments.scriptTarget), arguments.scriptTarget, QDir::current());
}

} // namespace

Result<Batch> readBatchSource(const Arguments& arguments, const std::function<void(const QByteArray& json)>& begins)
{
    const auto bytes = contents(arguments.file);
    if (!bytes)
        return bytes.error();
    const auto saved = readTargetList(defaultTargetListPath());
    if (!saved)
        return saved.error();
    const auto overriding = overrides(arguments.targetOverrides);
    if (!overriding)
        return overriding.error();
    const bool standardInput = arguments.file == "-"_L1;
    const QString name = standardInput ? u"standard input"_s : arguments.file;
    if (arguments.scriptTarget.isEmpty() && (looksLikeBatch(*bytes) || overriding->isEmpty())) {
        BatchFileOptions options;
        options.base = standardInput ? QDir::current() : QFileInfo(arguments.file).absoluteDir();
        options.fileName = name;
        options.targets = *saved;
        options.overrides = *overriding;
        if (!looksLikeBatch(*bytes) && arguments.file.endsWith(".sql"_L1, Qt::CaseInsensitive))
            return scriptTarget(arguments, *saved, *overriding).error();
        if (begins)
            begins(*bytes);
        return readBatch(*bytes, options);
    }
    const auto target = scriptTarget(arguments, *saved, *overriding);
    if (!target)
        return target.error();
    return readScript(*bytes, *target, name);
}

} // namespace holdpoint::cli
