// SPDX-License-Identifier: GPL-3.0-or-later
#include "arguments.h"

#include <QCommandLineParser>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace holdpoint::cli {

namespace {

const QHash<QString, Verb> verbs {
    { u"preview"_s, Verb::Preview }, { u"apply"_s, Verb::Apply }, { u"undo"_s, Verb::Undo },
    { u"queue"_s, Verb::Queue },     { u"log"_s, Verb::Log },     { u"resolve"_s, Verb::Resolve },
    { u"check"_s, Verb::Check },
};

const QHash<QString, QueueVerb> queueVerbs {
    { u"add"_s, QueueVerb::Add },
    { u"remove"_s, QueueVerb::Remove },
    { u"move"_s, QueueVerb::Move },
    { u"apply"_s, QueueVerb::Apply },
};

Error usage(const QString& message)
{
    return makeError(ErrorKind::Usage, message, {}, u"holdpoint-cli --help lists the calls"_s);
}

void addOptions(QCommandLineParser& parser)
{
    for (const auto& flag : { u"json"_s, u"apply"_s, u"quiet"_s, u"no-color"_s, u"timing"_s, u"help"_s, u"version"_s,
                              u"accept-differences"_s, u"verify-fully"_s })
        parser.addOption(QCommandLineOption(flag));
    for (const auto& valued : { u"expect"_s, u"journal"_s, u"target"_s, u"lock-timeout"_s, u"statement-timeout"_s,
                                u"outcome"_s, u"since"_s, u"max-rows"_s })
        parser.addOption(QCommandLineOption(valued, {}, u"value"_s));
}

// Options that belong to some verbs only; all others are for all.
Result<void> checkOptionsFit(const QCommandLineParser& parser, const Arguments& arguments)
{
    const auto isOneOf
        = [&](std::initializer_list<Verb> fitting) { return std::ranges::count(fitting, arguments.verb) > 0; };
    const QList<std::pair<QString, bool>> rules {
        { u"expect"_s, isOneOf({ Verb::Apply, Verb::Undo }) },
        { u"apply"_s, isOneOf({ Verb::Undo }) },
        { u"outcome"_s, isOneOf({ Verb::Log }) },
        { u"since"_s, isOneOf({ Verb::Log }) },
        { u"max-rows"_s, !isOneOf({ Verb::Check }) },
        { u"json"_s, !isOneOf({ Verb::Check }) },
        { u"accept-differences"_s, isOneOf({ Verb::Undo }) },
        { u"verify-fully"_s, isOneOf({ Verb::Preview, Verb::Apply, Verb::Undo, Verb::Queue }) },
    };
    for (const auto& [option, fits] : rules) {
        if (parser.isSet(option) && !fits)
            return usage(u"--%1 does not belong to this call"_s.arg(option));
    }
    return {};
}

Result<std::chrono::milliseconds> duration(const QString& option, const QString& text)
{
    static const QRegularExpression form(u"^(\\d{1,12})(ms|s|min)?$"_s);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return usage(u"--%1 is a time such as 500ms, 5s or 2min (0: no limit), not '%2'"_s.arg(option, text));
    const qint64 number = match.captured(1).toLongLong();
    if (match.captured(2) == "s"_L1)
        return std::chrono::milliseconds(number * 1000);
    if (match.captured(2) == "min"_L1)
        return std::chrono::milliseconds(number * 60000);
    return std::chrono::milliseconds(number);
}

Result<QDateTime> pointInTime(const QString& text)
{
    static const QRegularExpression ago(u"^(\\d{1,6})(min|h|d)$"_s);
    if (const auto match = ago.match(text); match.hasMatch()) {
        const qint64 unit = match.captured(2) == "min"_L1 ? 60 : match.captured(2) == "h"_L1 ? 3600 : 86400;
        return QDateTime::currentDateTimeUtc().addSecs(-match.captured(1).toLongLong() * unit);
    }
    const QDateTime time = QDateTime::fromString(text, Qt::ISODate);
    if (!time.isValid())
        return usage(
            u"--since is a time such as 2026-01-31, 2026-01-31T12:00:00Z, 30min, 2h or 7d, not '%1'"_s.arg(text));
    return time;
}

// NAME=URI, or a bare target; a URI may hold '=' itself, but only behind its colon.
void readTarget(const QString& value, Arguments& arguments)
{
    const qsizetype equals = value.indexOf(u'=');
    const qsizetype colon = value.indexOf(u':');
    if (equals > 0 && (colon < 0 || equals < colon))
        arguments.targetOverrides.append(value);
    else
        arguments.scriptTarget = value;
}

Result<void> readValues(const QCommandLineParser& parser, Arguments& arguments)
{
    arguments.json = parser.isSet(u"json"_s);
    arguments.applyUndo = parser.isSet(u"apply"_s);
    arguments.acceptDifferences = parser.isSet(u"accept-differences"_s);
    arguments.quiet = parser.isSet(u"quiet"_s);
    arguments.noColor = parser.isSet(u"no-color"_s);
    arguments.timing = parser.isSet(u"timing"_s);
    arguments.verifyFully = parser.isSet(u"verify-fully"_s);
    arguments.expect = parser.value(u"expect"_s);
    arguments.journal = parser.value(u"journal"_s);
    if (parser.isSet(u"expect"_s) && arguments.expect.isEmpty())
        return usage(u"--expect needs the digest of a preview"_s);
    if (arguments.verb == Verb::Log) {
        arguments.filter.target = parser.value(u"target"_s);
    } else {
        for (const QString& value : parser.values(u"target"_s))
            readTarget(value, arguments);
    }
    for (const auto& [option, field] : { std::pair(u"lock-timeout"_s, &ConnectionOptions::lockTimeout),
                                         std::pair(u"statement-timeout"_s, &ConnectionOptions::statementTimeout) }) {
        if (!parser.isSet(option))
            continue;
        const auto time = duration(option, parser.value(option));
        if (!time)
            return time.error();
        arguments.connection.*field = *time;
    }
    if (parser.isSet(u"outcome"_s)) {
        arguments.filter.outcome = outcomeFromName(parser.value(u"outcome"_s));
        if (!arguments.filter.outcome)
            return usage(
                u"--outcome is ready, failed, committed, rolled-back, rollback-failed or in-doubt, not '%1'"_s.arg(
                    parser.value(u"outcome"_s)));
    }
    if (parser.isSet(u"since"_s)) {
        const auto since = pointInTime(parser.value(u"since"_s));
        if (!since)
            return since.error();
        arguments.filter.since = *since;
    }
    if (parser.isSet(u"max-rows"_s)) {
        bool isNumber = false;
        arguments.maxRows = parser.value(u"max-rows"_s).toLongLong(&isNumber);
        if (!isNumber || *arguments.maxRows < 0)
            return usage(u"--max-rows is a number of rows, not '%1'"_s.arg(parser.value(u"max-rows"_s)));
    }
    return {};
}

Result<qint64> number(const QString& what, const QString& text)
{
    bool isNumber = false;
    const qint64 value = text.toLongLong(&isNumber);
    return isNumber && value > 0 ? Result<qint64>(value)
                                 : Result<qint64>(usage(u"%1 is a number, not '%2'"_s.arg(what, text)));
}

Result<void> readQueueWords(const QStringList& words, Arguments& arguments)
{
    if (words.isEmpty())
        return {};
    const auto verb = queueVerbs.constFind(words.first());
    if (verb == queueVerbs.constEnd())
        return usage(u"queue knows add, remove, move and apply, not '%1'"_s.arg(words.first()));
    arguments.queueVerb = *verb;
    const qsizetype operands = words.size() - 1;
    const bool fits = *verb == QueueVerb::Move ? operands == 2
        : *verb == QueueVerb::Apply            ? operands <= 1
                                               : operands == 1;
    if (!fits)
        return usage(u"queue %1 needs %2"_s.arg(words.first(),
                                                *verb == QueueVerb::Move        ? u"ID POSITION"_s
                                                    : *verb == QueueVerb::Add   ? u"one FILE"_s
                                                    : *verb == QueueVerb::Apply ? u"at most one ID"_s
                                                                                : u"one ID"_s));
    if (*verb == QueueVerb::Add) {
        arguments.file = words.at(1);
        return {};
    }
    if (operands >= 1) {
        const auto id = number(u"ID"_s, words.at(1));
        if (!id)
            return id.error();
        arguments.queueId = *id;
    }
    if (operands == 2) {
        const auto position = number(u"POSITION"_s, words.at(2));
        if (!position)
            return position.error();
        arguments.queuePosition = static_cast<int>(*position);
    }
    return {};
}

Result<void> readWords(const QStringList& words, Arguments& arguments)
{
    switch (arguments.verb) {
    case Verb::Preview:
    case Verb::Apply:
    case Verb::Check:
        if (words.size() != 1)
            return usage(u"This call needs one FILE ('-' is standard input)"_s);
        arguments.file = words.first();
        return {};
    case Verb::Undo:
        if (words.size() != 1)
            return usage(u"undo needs one RUN; holdpoint-cli log lists them"_s);
        arguments.run = words.first();
        if (!arguments.expect.isEmpty() && !arguments.applyUndo)
            return usage(u"undo takes --expect together with --apply"_s);
        return {};
    case Verb::Log:
    case Verb::Resolve:
        if (words.size() > 1)
            return usage(u"This call takes at most one RUN"_s);
        arguments.run = words.value(0);
        return {};
    case Verb::Queue: return readQueueWords(words, arguments);
    case Verb::Help:
    case Verb::Version: return {};
    }
    Q_UNREACHABLE();
}

} // namespace

Result<Arguments> parseArguments(const QStringList& list)
{
    QCommandLineParser parser;
    addOptions(parser);
    if (!parser.parse(list))
        return usage(parser.errorText());
    Arguments arguments;
    if (parser.isSet(u"help"_s) || parser.positionalArguments().value(0) == "help"_L1)
        return arguments;
    if (parser.isSet(u"version"_s)) {
        arguments.verb = Verb::Version;
        return arguments;
    }
    QStringList words = parser.positionalArguments();
    if (words.isEmpty())
        return usage(u"What is to be done? preview, apply, undo, queue, log, resolve or check"_s);
    const auto verb = verbs.constFind(words.takeFirst());
    if (verb == verbs.constEnd())
        return usage(u"Unknown call '%1'"_s.arg(parser.positionalArguments().first()));
    arguments.verb = *verb;
    if (const auto fits = checkOptionsFit(parser, arguments); !fits)
        return fits.error();
    if (const auto values = readValues(parser, arguments); !values)
        return values.error();
    if (const auto operands = readWords(words, arguments); !operands)
        return operands.error();
    return arguments;
}

QString helpText()
{
    return uR"(Holdpoint: look at a change to a database before it happens, apply all of it or nothing, explain it afterwards.

  holdpoint-cli preview FILE [--json] [--max-rows N]
  holdpoint-cli apply FILE [--expect DIGEST] [--json]
  holdpoint-cli undo RUN [--apply [--expect DIGEST]] [--accept-differences] [--json]
  holdpoint-cli queue [add FILE | remove ID | move ID POSITION | apply [ID]] [--json]
  holdpoint-cli log [RUN] [--outcome O] [--target T] [--since TIME] [--json]
  holdpoint-cli resolve [RUN] [--json]
  holdpoint-cli check FILE

FILE is a batch file (*.holdpoint), or an SQL script with --target TARGET; '-' is standard input.
TARGET is a saved target's name, sqlite:PATH or a libpq URI (postgresql://user@host/dbname).

  --journal PATH            the journal (default: the user's data directory)
  --target NAME=URI         overrides a target of the batch file
  --lock-timeout TIME       how long to wait for locks (default 5s; 0: for ever)
  --statement-timeout TIME  how long one statement may run (default 60s; 0: no limit)
  --verify-fully            read every changed PostgreSQL table through, also where counters confirm the cheap way
  --max-rows N              rows shown a table
  --accept-differences      undo also where triggers keep it from restoring exactly what was there
  --no-color, --quiet, --version, --help

Exit: 0 done, 1 the batch failed and was rolled back, 2 usage or unreadable batch, 3 target unreachable,
4 drift, 5 in doubt, 6 a rollback failed or only some targets committed, 130 cancelled.
)"_s;
}

} // namespace holdpoint::cli
