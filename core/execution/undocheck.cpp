// SPDX-License-Identifier: GPL-3.0-or-later
#include "execution/undocheck.h"

#include "effects/dangling.h"
#include "effects/drift.h"
#include "effects/undoable.h"

#include <QSet>

#include <algorithm>
#include <map>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

QList<TargetEffects> whatIsPutBack(QList<TargetEffects> effects)
{
    for (TargetEffects& target : effects) {
        target = putBackPart(target);
        target.schemaChanges.removeIf(isTemporary);
    }
    return effects;
}

ChangeKind inverted(ChangeKind change)
{
    switch (change) {
    case ChangeKind::Insert: return ChangeKind::Delete;
    case ChangeKind::Update: return ChangeKind::Update;
    case ChangeKind::Delete: return ChangeKind::Insert;
    }
    Q_UNREACHABLE();
}

/// How many rows of this content a table has more than before.
using Balance = std::map<Row, qint64>;

Balance balanceOf(const TableEffects& table)
{
    Balance balance;
    for (const RowChange& row : table.rows) {
        if (!row.after.isEmpty())
            ++balance[row.after];
        if (!row.before.isEmpty())
            --balance[row.before];
    }
    std::erase_if(balance, [](const auto& rows) { return rows.second == 0; });
    return balance;
}

bool isWhole(const TableEffects& table)
{
    return table.complete && table.rows.size() == table.inserted + table.updated + table.deleted;
}

// Tables whose rows cancel out are none; what is not whole is equal to nothing.
bool isSameContent(const TargetEffects& left, const TargetEffects& right)
{
    using Content = std::map<std::pair<QString, QString>, std::pair<QStringList, Balance>>;
    const auto contentOf = [](const TargetEffects& effects) {
        Content content;
        for (const TableEffects& table : effects.tables) {
            if (Balance balance = balanceOf(table); !balance.empty())
                content[{ table.name.schema, table.name.table }] = { table.columns, std::move(balance) };
        }
        return content;
    };
    return std::ranges::all_of(left.tables, isWhole) && std::ranges::all_of(right.tables, isWhole)
        && left.schemaChanges == right.schemaChanges && contentOf(left) == contentOf(right);
}

} // namespace

QList<TargetEffects> invertedEffects(const QList<TargetEffects>& effects)
{
    QList<TargetEffects> result = whatIsPutBack(effects);
    for (TargetEffects& target : result) {
        for (TableEffects& table : target.tables) {
            std::swap(table.inserted, table.deleted);
            RowChanges rows;
            for (RowChange row : table.rows) {
                row.change = inverted(row.change);
                row.before.swap(row.after);
                row.volatileColumns.clear();
                rows.append(row);
            }
            table.rows = std::move(rows);
        }
        normalize(target);
    }
    return result;
}

void checkUndo(const QList<TargetEffects>& undone, bool accept, Run& preview)
{
    if (preview.outcome != Outcome::Ready)
        return;
    const QList<TargetEffects> expected = invertedEffects(undone);
    const QList<TargetEffects> done = whatIsPutBack(preview.effects);
    for (const TargetEffects& target : expected) {
        const auto now = std::ranges::find(done, target.target, &TargetEffects::target);
        if (now == done.end() || !isSameContent(target, *now))
            preview.drift += compareEffects({ target }, now == done.end() ? QList<TargetEffects>() : QList { *now });
    }
    if (preview.drift.isEmpty() || accept)
        return;
    preview.outcome = Outcome::Failed;
    preview.cause = u"undo-differs"_s;
    preview.failure
        = Failure { {},
                    {},
                    makeError(ErrorKind::Guard, u"The undo would not restore exactly what was there"_s, {},
                              u"A trigger or rule runs again on the way back, a materialized view was not up to date,"
                              " or rows were changed since; see the rows that differ."
                              " It can be undone all the same where these are accepted (--accept-differences)"_s) };
}

QHash<QString, QStringList> dangledBefore(const QList<TargetEffects>& undone)
{
    QHash<QString, QStringList> texts;
    for (const TargetEffects& target : undone) {
        for (const Caution& caution : target.cautions) {
            if (caution.code == dangledBeforehand)
                texts[target.target].append(caution.text);
        }
    }
    return texts;
}

void cautionOfWhatStays(const QList<TargetEffects>& undone, Run& preview)
{
    static const QSet<QString> here { dangledBeforehand,      danglingNow,      u"not-undoable"_s,
                                      u"not-undone"_s,        u"notice"_s,      u"triggers-fire"_s,
                                      u"no-counters"_s,       u"capture-end"_s, u"temporary-table"_s,
                                      u"materialized-view"_s, u"old-check"_s };
    for (const TargetEffects& target : undone) {
        const auto effects = std::ranges::find(preview.effects, target.target, &TargetEffects::target);
        if (effects == preview.effects.end())
            continue;
        for (const Caution& caution : target.cautions) {
            if (!here.contains(caution.code))
                effects->cautions.append({ u"not-undone"_s, u"stays as the undone run left it: "_s + caution.text });
        }
    }
}

} // namespace holdpoint
