// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/notesmodel.h"

#include "words.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

void NotesModel::setEffects(const QList<TargetEffects>& effects)
{
    beginResetModel();
    m_notes.clear();
    for (const TargetEffects& target : effects) {
        for (const TableEffects& table : target.tables) {
            if (!table.complete)
                m_notes.append(
                    { tr("Incomplete"), target.target, tableWord(table.name) + ": "_L1 + table.incompleteReason, {} });
        }
    }
    for (const TargetEffects& target : effects) {
        for (const Caution& caution : target.cautions)
            m_notes.append({ tr("Caution"), target.target, caution.text, caution.code });
    }
    for (const TargetEffects& target : effects) {
        for (const SchemaChange& change : target.schemaChanges)
            m_notes.append({ tr("Schema"), target.target, change.kind + ' '_L1 + change.object,
                             tr("before:\n%1\n\nafter:\n%2").arg(change.before, change.after) });
    }
    endResetModel();
}

int NotesModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_notes.size());
}

int NotesModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant NotesModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Note& note = m_notes.at(index.row());
    if (role == Qt::ToolTipRole)
        return note.detail.isEmpty() ? note.text : note.text + u"\n\n"_s + note.detail;
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case KindColumn: return note.kind;
    case TargetColumn: return note.target;
    case TextColumn: return note.text;
    default: return {};
    }
}

QVariant NotesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case KindColumn: return tr("Note");
    case TargetColumn: return tr("Target");
    case TextColumn: return tr("What");
    default: return {};
    }
}

} // namespace holdpoint

#include "moc_notesmodel.cpp"
