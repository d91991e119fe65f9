// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/effects.h"

#include <deque>
#include <vector>

namespace holdpoint {

using RowPointers = std::vector<RowChange*>;
struct RowPair
{
    RowChange* first = nullptr;
    RowChange* second = nullptr;
};

/// Pairs rows of one table in two runs that are the same row, although values in them differ: the same kind of
/// change, the same old row, first among rows of the same command and origin. New rows are told apart by the
/// columns in which both runs hold the same values, by the key if it is one of these; where that leaves a choice, in
/// order; the rest goes to the row that differs least.
/// What is paired is taken out of both lists.
[[nodiscard]] std::vector<RowPair> pairRows(RowPointers& first, RowPointers& second, const QList<int>& keyColumns);

/// Copies of some of a table's rows, to be marked; store() puts back those that were.
class EditedRows
{
public:
    explicit EditedRows(TableEffects& table)
        : m_table(table)
    {
    }
    void add(qsizetype row);
    void addAll();
    [[nodiscard]] RowPointers pointers();
    void store();

private:
    struct Edited
    {
        qsizetype row = 0;
        RowChange change;
    };
    TableEffects& m_table;
    std::deque<Edited> m_rows; // whose elements stay where they are
};

/// The rows that two runs do not have in common; both normalized. Volatile values count as equal.
void withoutEqualRows(const TableEffects& first, const TableEffects& second, EditedRows& onlyFirst,
                      EditedRows& onlySecond);

} // namespace holdpoint
