// SPDX-License-Identifier: GPL-3.0-or-later
#include "target/targetlist.h"

#include "base/jsonreader.h"
#include "target/targetjson.h"
#include "target/targeturi.h"

#include <QFileInfo>
#include <QSaveFile>
#include <QStandardPaths>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr auto format = "holdpoint-targets/1"_L1;

bool contains(const QList<Target>& targets, const QString& name)
{
    return std::ranges::find(targets, name, &Target::name) != targets.end();
}

// A name that looks like a URI, or holds the = of --target NAME=URI, could never be named.
QString nameProblem(const QString& name, const QList<Target>& others)
{
    if (name.isEmpty())
        return u"a target needs a name"_s;
    if (name.contains(u'=') || isTargetUri(name))
        return u"\"%1\" cannot be a target's name: it holds a = or looks like a URI"_s.arg(name);
    if (contains(others, name))
        return u"two targets are called \"%1\""_s.arg(name);
    return {};
}

Result<Target> readTarget(const JsonNode& node, const JsonSource& source, const QList<Target>& before, const QDir& base)
{
    JsonFields fields(node, source);
    const JsonNode* name = fields.required("name"_L1, JsonNode::Kind::String);
    if (name) {
        if (const QString problem = nameProblem(name->toString(), before); !problem.isEmpty())
            fields.fail(name->offset(), problem);
    }
    Target target = readTargetMembers(fields, source, name ? name->toString() : QString(), base);
    if (const auto finished = fields.finish(); !finished)
        return finished.error();
    return target;
}

Result<QList<Target>> readTargets(const JsonSource& source, const QDir& base)
{
    const auto root = parseJson(source);
    if (!root)
        return root.error();
    JsonFields fields(*root, source);
    const JsonNode* name = fields.required("format"_L1, JsonNode::Kind::String);
    if (name && name->toString() != format)
        fields.fail(name->offset(),
                    u"the format \"%1\" is not known; this program reads \"%2\""_s.arg(name->toString(), format));
    const JsonNode* list = fields.required("targets"_L1, JsonNode::Kind::Array);
    if (const auto finished = fields.finish(); !finished)
        return finished.error();
    QList<Target> targets;
    for (const JsonNode& node : list->elements()) {
        auto target = readTarget(node, source, targets, base);
        if (!target)
            return target.error();
        targets.append(std::move(target).value());
    }
    return targets;
}

QByteArray targetListJson(const QList<Target>& targets, const QDir& base)
{
    JsonWriter writer(JsonWriter::Layout::Lines);
    writer.beginObject();
    writer.key("format"_L1);
    writer.string(format);
    writer.key("targets"_L1);
    writer.beginArray();
    for (const Target& target : targets) {
        writer.beginObject(JsonWriter::Layout::OneLine);
        writer.key("name"_L1);
        writer.string(target.name);
        writeTargetMembers(writer, target, base);
        writer.endObject();
    }
    writer.endArray();
    writer.endObject();
    return writer.take() + '\n';
}

Error fileError(const QString& path, const QString& what, const QString& why)
{
    return makeError(ErrorKind::File, u"%1: %2: %3"_s.arg(path, what, why));
}

Result<void> checkNames(const QList<Target>& targets)
{
    QList<Target> before;
    for (const Target& target : targets) {
        if (const QString problem = nameProblem(target.name, before); !problem.isEmpty())
            return makeError(ErrorKind::Usage, problem);
        before.append(target);
    }
    return {};
}

} // namespace

Result<QList<Target>> readTargetList(const QString& path)
{
    QFile file(path);
    if (!file.exists())
        return QList<Target>();
    if (!file.open(QIODevice::ReadOnly))
        return fileError(path, u"the list of targets cannot be read"_s, file.errorString());
    const QByteArray bytes = file.readAll();
    if (file.error() != QFileDevice::NoError)
        return fileError(path, u"the list of targets cannot be read"_s, file.errorString());
    return readTargets({ bytes, path }, QFileInfo(path).absoluteDir());
}

Result<void> writeTargetList(const QString& path, const QList<Target>& targets)
{
    if (const auto checked = checkNames(targets); !checked)
        return checked.error();
    const QDir folder = QFileInfo(path).absoluteDir();
    if (!folder.mkpath(u"."_s))
        return fileError(path, u"the list of targets cannot be saved"_s, u"its folder cannot be made"_s);
    QSaveFile file(path);
    const QByteArray json = targetListJson(targets, folder);
    if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size() || !file.commit())
        return fileError(path, u"the list of targets cannot be saved"_s, file.errorString());
    return {};
}

QString defaultTargetListPath()
{
    return QDir(QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation)).filePath(u"targets.json"_s);
}

} // namespace holdpoint
