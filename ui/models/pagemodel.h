// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/pageoverlay.h"
#include "models/roles.h"

#include <QAbstractTableModel>

namespace holdpoint {

/// One page of a table's rows with the draft's edits laid over them; new rows stand below.
/// Editing changes nothing here: it asks for a command, whose overlay then comes back.
class PageModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;

    void setPage(const Workbench::Page& page, EngineKind engine, bool editable);
    void setOverlay(const PageOverlay& overlay);
    [[nodiscard]] const Workbench::Page& page() const { return m_page; }
    [[nodiscard]] const PageOverlay& overlay() const { return m_overlay; }
    [[nodiscard]] bool isEditable() const { return m_editable; }

    /// The command that inserts the row, if it is a new one.
    [[nodiscard]] std::optional<int> insertedBy(int row) const;
    /// The row with the draft's edits on it; of a new row only what its command says.
    [[nodiscard]] Row currentRow(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// Takes a Value for ValueRole, or text for EditRole; true if the text is a value of the column.
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;

Q_SIGNALS:
    void cellEditRequested(int row, int column, const Value& value);

private:
    [[nodiscard]] const Column& column(int section) const { return m_page.table.columns.at(section); }
    [[nodiscard]] std::optional<Value> value(int row, int column) const; ///< none: the column's default will be taken
    [[nodiscard]] CellState cellState(int row, int column) const;
    [[nodiscard]] QString toolTip(const QModelIndex& index) const;

    Workbench::Page m_page;
    EngineKind m_engine = EngineKind::SQLite;
    bool m_editable = false;
    PageOverlay m_overlay;
};

} // namespace holdpoint
