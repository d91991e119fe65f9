// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/guiarguments.h"

#include "target/targeturi.h"

#include <QCommandLineParser>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

Error usage(const QString& message)
{
    return makeError(ErrorKind::Usage, message, {}, u"holdpoint --help lists the options"_s);
}

Result<Target> namedTarget(const QString& text)
{
    const qsizetype equals = text.indexOf(u'=');
    if (equals < 1)
        return usage(u"--target is NAME=URI, not '%1'"_s.arg(text));
    return parseTargetUri(text.left(equals), text.mid(equals + 1), QDir::current());
}

bool isBatchName(const QString& path)
{
    return path.endsWith(".holdpoint"_L1, Qt::CaseInsensitive) || path.endsWith(".json"_L1, Qt::CaseInsensitive);
}

Result<void> takeFile(const QString& path, GuiArguments& arguments)
{
    if (!isBatchName(path)) {
        const QFileInfo file(path);
        auto target = parseTargetUri(file.completeBaseName(), "sqlite:"_L1 + path, QDir::current());
        if (!target)
            return target.error();
        arguments.targets.append(*target);
        return {};
    }
    if (!arguments.batch.isEmpty())
        return usage(u"One batch can be open at a time; '%1' is the second"_s.arg(path));
    arguments.batch = QFileInfo(path).absoluteFilePath();
    return {};
}

void addOptions(QCommandLineParser& parser)
{
    parser.addOption(QCommandLineOption(u"target"_s, {}, u"NAME=URI"_s));
    parser.addOption(QCommandLineOption(u"journal"_s, {}, u"PATH"_s));
    parser.addOption(QCommandLineOption(u"theme"_s, {}, u"THEME"_s));
    parser.addOption(QCommandLineOption(u"help"_s));
    parser.addOption(QCommandLineOption(u"version"_s));
}

} // namespace

Result<GuiArguments> readGuiArguments(const QStringList& words)
{
    QCommandLineParser parser;
    addOptions(parser);
    if (!parser.parse(words))
        return usage(parser.errorText());
    GuiArguments arguments;
    arguments.help = parser.isSet(u"help"_s);
    arguments.version = parser.isSet(u"version"_s);
    arguments.journal = parser.value(u"journal"_s);
    if (parser.isSet(u"theme"_s)) {
        arguments.theme = themeFromName(parser.value(u"theme"_s));
        if (!arguments.theme)
            return usage(u"--theme is light, dark or system, not '%1'"_s.arg(parser.value(u"theme"_s)));
    }
    for (const QString& text : parser.values(u"target"_s)) {
        const auto target = namedTarget(text);
        if (!target)
            return target.error();
        arguments.targets.append(*target);
    }
    for (const QString& path : parser.positionalArguments()) {
        if (const auto taken = takeFile(path, arguments); !taken)
            return taken.error();
    }
    return arguments;
}

QString guiHelp()
{
    return uR"(Preview, queue and apply changes to live databases.

holdpoint [options] [BATCH] [SQLITE FILE]...

  BATCH               a batch file, *.holdpoint
  SQLITE FILE         a database to open
  --target NAME=URI   a target to open: sqlite:PATH or postgresql://user@host:port/database;
                      it replaces the batch's target of that name
  --journal PATH      the journal (default: the user's)
  --theme THEME       light, dark or system
  --version
  --help
)"_s;
}

} // namespace holdpoint
