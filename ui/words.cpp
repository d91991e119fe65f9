// SPDX-License-Identifier: GPL-3.0-or-later
#include "words.h"

#include <QCoreApplication>
#include <QHash>
#include <QLocale>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("holdpoint", text);
}

} // namespace

QString outcomeWord(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Ready: return tr("Ready");
    case Outcome::Failed: return tr("Failed");
    case Outcome::Committed: return tr("Committed");
    case Outcome::RolledBack: return tr("Rolled back");
    case Outcome::RollbackFailed: return tr("Rollback failed");
    case Outcome::InDoubt: return tr("In doubt");
    }
    Q_UNREACHABLE();
}

QString runKindWord(RunKind kind)
{
    switch (kind) {
    case RunKind::Preview: return tr("Preview");
    case RunKind::Apply: return tr("Apply");
    case RunKind::Undo: return tr("Undo");
    }
    Q_UNREACHABLE();
}

QString causeWord(const QString& cause)
{
    static const QHash<QString, const char*> words {
        { u"command-failed"_s, "a command failed" },
        { u"drift"_s, "the effects were not the previewed ones" },
        { u"cancelled"_s, "cancelled" },
        { u"commit-failed"_s, "the commit failed" },
        { u"connection-lost"_s, "the connection was lost" },
        { u"lock-timeout"_s, "a lock was not free in time" },
        { u"statement-timeout"_s, "a statement took too long" },
        { u"crashed"_s, "the program ended in the middle of it" },
        { u"unreachable"_s, "a target could not be reached" },
    };
    const auto known = words.constFind(cause);
    return known == words.constEnd() ? cause : tr(*known);
}

QString changeWord(ChangeKind change)
{
    switch (change) {
    case ChangeKind::Insert: return tr("Insert");
    case ChangeKind::Update: return tr("Update");
    case ChangeKind::Delete: return tr("Delete");
    }
    Q_UNREACHABLE();
}

QString originWord(Origin origin)
{
    switch (origin) {
    case Origin::Direct: return tr("direct");
    case Origin::Indirect: return tr("indirect");
    }
    Q_UNREACHABLE();
}

QString commandStatusWord(CommandStatus status)
{
    switch (status) {
    case CommandStatus::Ok: return tr("ok");
    case CommandStatus::Failed: return tr("failed");
    case CommandStatus::Skipped: return tr("skipped");
    }
    Q_UNREACHABLE();
}

QString tableKindWord(TableKind kind)
{
    switch (kind) {
    case TableKind::Table: return tr("table");
    case TableKind::View: return tr("view");
    case TableKind::Virtual: return tr("virtual table");
    case TableKind::Partitioned: return tr("partitioned table");
    case TableKind::Foreign: return tr("foreign table");
    case TableKind::MaterializedView: return tr("materialized view");
    }
    Q_UNREACHABLE();
}

QString environmentWord(Environment environment)
{
    switch (environment) {
    case Environment::Development: return tr("Development");
    case Environment::Staging: return tr("Staging");
    case Environment::Production: return tr("Production");
    }
    Q_UNREACHABLE();
}

QString engineWord(EngineKind engine)
{
    switch (engine) {
    case EngineKind::SQLite: return u"SQLite"_s;
    case EngineKind::PostgreSQL: return u"PostgreSQL"_s;
    }
    Q_UNREACHABLE();
}

QString countWord(qint64 count, const QString& one, const QString& many)
{
    return (count == 1 ? one : many).arg(QLocale().toString(count));
}

QString tableWord(const TableName& name)
{
    if (name.schema.isEmpty() || name.schema == "main"_L1 || name.schema == "public"_L1)
        return name.table;
    return name.schema + '.'_L1 + name.table;
}

ChangeCounts countChanges(const TargetEffects& effects)
{
    ChangeCounts counts;
    for (const TableEffects& table : effects.tables) {
        counts.inserted += table.inserted;
        counts.updated += table.updated;
        counts.deleted += table.deleted;
    }
    return counts;
}

ChangeCounts countChanges(const QList<TargetEffects>& effects)
{
    ChangeCounts sum;
    for (const TargetEffects& target : effects) {
        const ChangeCounts counts = countChanges(target);
        sum.inserted += counts.inserted;
        sum.updated += counts.updated;
        sum.deleted += counts.deleted;
    }
    return sum;
}

QString countsWord(const ChangeCounts& counts)
{
    const QLocale locale;
    QStringList parts;
    if (counts.inserted != 0)
        parts += '+'_L1 + locale.toString(counts.inserted);
    if (counts.updated != 0)
        parts += '~'_L1 + locale.toString(counts.updated);
    if (counts.deleted != 0)
        parts += QChar(0x2212) + locale.toString(counts.deleted);
    return parts.isEmpty() ? tr("no row changes") : parts.join(' '_L1);
}

QString effectsWord(const QList<TargetEffects>& effects)
{
    QStringList parts;
    for (const TargetEffects& target : effects)
        parts += target.target + ": "_L1 + countsWord(countChanges(target));
    return parts.join(", "_L1);
}

bool isComplete(const QList<TargetEffects>& effects)
{
    for (const TargetEffects& target : effects) {
        for (const TableEffects& table : target.tables) {
            if (!table.complete)
                return false;
        }
    }
    return true;
}

QString failurePlace(const Failure& failure)
{
    if (!failure.command)
        return failure.target;
    const QString number = QString::number(*failure.command + 1);
    return failure.target.isEmpty() ? tr("Command %1").arg(number) : tr("Command %1 on %2").arg(number, failure.target);
}

} // namespace holdpoint
