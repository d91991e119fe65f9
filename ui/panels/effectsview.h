// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/effectstablemodel.h"
#include "models/notesmodel.h"
#include "models/rowchangesmodel.h"

#include <QWidget>

class QCheckBox;
class QLabel;

namespace holdpoint {

class ListView;
class RowChangesProxy;

/// The effects of one run: its tables, the rows of the chosen one before and after, and the notes.
/// Its parts' object names begin with the given prefix.
class EffectsView : public QWidget
{
    Q_OBJECT
public:
    explicit EffectsView(const QString& prefix, QWidget* parent = nullptr);

    void showEffects(const QList<TargetEffects>& effects);
    void setEmptyText(const QString& text);

private:
    void layOut(const QString& prefix);
    void layOutRows(const QString& prefix);
    void showCurrentTable();

    EffectsTableModel m_tables;
    RowChangesModel m_rows;
    NotesModel m_notes;
    RowChangesProxy* m_shownRows;
    ListView* m_tableView;
    ListView* m_rowView;
    ListView* m_noteView;
    QWidget* m_rowsPart; ///< there as long as there is a table
    QLabel* m_rowsTitle;
    QCheckBox* m_changedOnly;
};

} // namespace holdpoint
