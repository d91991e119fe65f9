// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/drift.h"

#include <QAbstractTableModel>

namespace holdpoint {

/// How the effects of an apply differed from the preview's, or those of an undo from the exact inverse: one line for
/// each column of a row in which either image differs, one for whatever is no row.
class DriftModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column {
        TargetColumn,
        TableColumn,
        KeyColumn,
        WhatColumn,
        PreviewBeforeColumn,
        PreviewAfterColumn,
        NowBeforeColumn,
        NowAfterColumn,
        ColumnCount
    };

    enum class Compared { ApplyWithPreview, UndoWithExact };

    explicit DriftModel(Compared compared = Compared::ApplyWithPreview, QObject* parent = nullptr)
        : QAbstractTableModel(parent)
        , m_compared(compared)
    {
    }

    void setDrift(const QList<DriftRow>& drift);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Line
    {
        QString target;
        QString table;
        QString key;
        QString what;
        std::optional<Value> previewBefore, previewAfter, nowBefore, nowAfter;
    };
    static void appendLines(QList<Line>& lines, const DriftRow& row);
    [[nodiscard]] static QVariant imageData(const Line& line, int column, int role);
    [[nodiscard]] static const std::optional<Value>& value(const Line& line, int column);

    Compared m_compared;
    QList<Line> m_lines;
};

} // namespace holdpoint
