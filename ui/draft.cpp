// SPDX-License-Identifier: GPL-3.0-or-later
#include "draft.h"

#include "draftedit.h"
#include "words.h"

#include <QSet>

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

enum MergeId { TitleEdits = 1, ReasonEdits };

// A target that no command names is none of the batch's business.
QList<Target> usedTargets(const QList<Target>& targets, const QList<StoreCommandPtr>& commands)
{
    QSet<QString> named;
    for (const StoreCommandPtr& command : commands)
        named.insert(command->target());
    QList<Target> used;
    for (const Target& target : targets) {
        if (named.contains(target.name))
            used += target;
    }
    return used;
}

} // namespace

Draft::Draft(QObject* parent)
    : QObject(parent)
{
}

void Draft::start(const Batch& batch, const QString& fileName)
{
    m_edits.clear();
    m_batch = batch;
    m_fileName = fileName;
    Q_EMIT started();
    Q_EMIT fileNameChanged();
    announce();
}

void Draft::markSaved(const QString& fileName)
{
    m_fileName = fileName;
    m_edits.setClean();
    Q_EMIT fileNameChanged();
}

Result<void> Draft::append(const Target& target, const QList<StoreCommandPtr>& commands)
{
    QList<Target> targets = m_batch.targets;
    if (const Target* known = m_batch.target(target.name); !known) {
        targets += target;
    } else if (known->engine != target.engine || known->address != target.address) {
        return makeError(ErrorKind::Usage,
                         tr("The batch already has another target named \"%1\": %2.").arg(target.name, known->address),
                         {}, tr("Give one of the two another name."));
    }
    const int at = int(m_batch.commands.size());
    const int count = int(commands.size());
    const auto redo = [this, at, commands, targets] {
        setTargetsNow(targets);
        insertNow(at, commands);
    };
    const auto undo = [this, at, count, before = m_batch.targets] {
        setTargetsNow(before);
        removeNow(at, count);
    };
    m_edits.push(new DraftEdit(countWord(count, tr("add %1 command"), tr("add %1 commands")), redo, undo));
    return {};
}

void Draft::replace(int at, const QList<StoreCommandPtr>& commands)
{
    const StoreCommandPtr old = m_batch.commands.at(at);
    const auto redo = [this, at, commands] {
        replaceNow(at, commands.first());
        insertNow(at + 1, commands.sliced(1));
    };
    const auto undo = [this, at, more = int(commands.size()) - 1, old] {
        removeNow(at + 1, more);
        replaceNow(at, old);
    };
    m_edits.push(new DraftEdit(tr("change command %1").arg(at + 1), redo, undo));
}

void Draft::remove(int at, int count)
{
    const QList<StoreCommandPtr> gone = m_batch.commands.sliced(at, count);
    QList<StoreCommandPtr> rest = m_batch.commands;
    rest.remove(at, count);
    const auto redo = [this, at, count, targets = usedTargets(m_batch.targets, rest)] {
        setTargetsNow(targets);
        removeNow(at, count);
    };
    const auto undo = [this, at, gone, targets = m_batch.targets] {
        setTargetsNow(targets);
        insertNow(at, gone);
    };
    m_edits.push(new DraftEdit(countWord(count, tr("remove %1 command"), tr("remove %1 commands")), redo, undo));
}

void Draft::move(int from, int to)
{
    if (from == to)
        return;
    m_edits.push(new DraftEdit(
        tr("move command %1").arg(from + 1), [this, from, to] { moveNow(from, to); },
        [this, from, to] { moveNow(to, from); }));
}

void Draft::setTitle(const QString& title)
{
    setText(&Batch::title, title, tr("change the title"), TitleEdits);
}

void Draft::setReason(const QString& reason)
{
    setText(&Batch::reason, reason, tr("change the reason"), ReasonEdits);
}

void Draft::setText(QString Batch::*text, const QString& value, const QString& what, int mergeId)
{
    if (m_batch.*text == value)
        return;
    m_edits.push(new DraftEdit(
        what, [this, text, value] { setTextNow(text, value); },
        [this, text, before = m_batch.*text] { setTextNow(text, before); }, mergeId));
}

void Draft::insertNow(int at, const QList<StoreCommandPtr>& commands)
{
    if (commands.isEmpty())
        return;
    m_batch.commands = m_batch.commands.first(at) + commands + m_batch.commands.sliced(at);
    Q_EMIT inserted(at, commands);
    announce();
}

void Draft::replaceNow(int at, const StoreCommandPtr& command)
{
    m_batch.commands[at] = command;
    Q_EMIT replaced(at, command);
    announce();
}

void Draft::removeNow(int at, int count)
{
    if (count == 0)
        return;
    m_batch.commands.remove(at, count);
    Q_EMIT removed(at, count);
    announce();
}

void Draft::moveNow(int from, int to)
{
    m_batch.commands.move(from, to);
    Q_EMIT moved(from, to);
    announce();
}

void Draft::setTargetsNow(const QList<Target>& targets)
{
    m_batch.targets = targets;
}

void Draft::setTextNow(QString Batch::*text, const QString& value)
{
    m_batch.*text = value;
    Q_EMIT textsChanged();
    announce();
}

void Draft::announce()
{
    ++m_revision;
    Q_EMIT changed();
}

} // namespace holdpoint

#include "moc_draft.cpp"
