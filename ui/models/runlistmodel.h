// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/run.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

namespace holdpoint {

/// The runs of the journal, newest first.
class RunListModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { TimeColumn, TitleColumn, KindColumn, OutcomeColumn, CauseColumn, TargetsColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    /// Newest first. Runs that came on top of the known ones are inserted, so that a selection stays.
    void setRuns(const QList<Run>& runs);
    [[nodiscard]] const Run& run(int row) const { return m_runs.at(row); }
    [[nodiscard]] int rowOf(const RunId& id) const; ///< -1 if it is not listed

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(const QModelIndex& index) const;

    QList<Run> m_runs;
};

/// Runs with an outcome and with a text in title, reason, cause or targets; sorts by SortRole.
class RunFilterProxy : public QSortFilterProxyModel
{
    Q_OBJECT
public:
    explicit RunFilterProxy(QObject* parent = nullptr);

    void setOutcome(std::optional<Outcome> outcome); ///< none: every outcome
    void setText(const QString& text);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    std::optional<Outcome> m_outcome;
    QString m_text;
};

} // namespace holdpoint
