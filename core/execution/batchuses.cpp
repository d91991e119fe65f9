// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/batchuses.h"

#include "command/runsql.h"

#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

bool isKnown(const QString& operation)
{
    static const QStringList known { u"insert"_s, u"update"_s, u"delete"_s, u"import"_s, u"sql"_s };
    return known.contains(operation);
}

bool isBrief(const Batch& batch)
{
    constexpr qsizetype longest = 4096; // characters
    const auto* sql
        = batch.commands.size() == 1 ? dynamic_cast<const RunSql*>(batch.commands.constFirst().get()) : nullptr;
    return sql && sql->text().size() <= longest;
}

} // namespace

// Commands of one target and kind mostly stand together, and there may be a million.
BatchUses usesOf(const BatchPass& pass)
{
    BatchUses uses;
    uses.rewritten = pass.rewritten;
    QSet<QString> names;
    QString name;
    QString operation;
    const Target* target = nullptr;
    for (const StoreCommandPtr& command : pass.batch.commands) {
        if (const QString next = command->target(); next != name || names.isEmpty()) {
            name = next;
            names.insert(name);
            target = pass.batch.target(name);
        }
        if (const QString next = command->operation(); next != operation) {
            operation = next;
            uses.allKnown = uses.allKnown && isKnown(operation);
        }
        const SchemaUse schema = target ? command->schemaUse(target->engine) : SchemaUse();
        uses.sessionOfItsOwn = uses.sessionOfItsOwn || schema.mayChange;
        if (!schema.rewritten.isEmpty())
            uses.rewritten[name] += schema.rewritten;
    }
    uses.brief = isBrief(pass.batch);
    std::ranges::copy_if(pass.batch.targets, std::back_inserter(uses.targets),
                         [&](const Target& each) { return names.contains(each.name); });
    return uses;
}

} // namespace holdpoint
