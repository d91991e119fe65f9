// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/rowview.h"
#include "effects/spillbytes.h"

#include <QSharedDataPointer>

#include <functional>

namespace holdpoint {

/// The changed rows of one table: packed, one after the other, past a limit in a temporary file (SpillBytes). What
/// reads them gets a copy of the row, or a view of its bytes. Copying is cheap (shared data).
class RowChanges
{
public:
    template <typename Element> class Iterator;
    using const_iterator = Iterator<RowChange>;
    using value_type = RowChange;
    class Views;

    RowChanges();
    RowChanges(std::initializer_list<RowChange> rows);
    RowChanges(const QList<RowChange>& rows);
    RowChanges(const RowChanges&);
    RowChanges& operator=(const RowChanges&);
    RowChanges(RowChanges&&) noexcept;
    RowChanges& operator=(RowChanges&&) noexcept;
    ~RowChanges();

    [[nodiscard]] qsizetype size() const;
    [[nodiscard]] bool isEmpty() const { return size() == 0; }
    [[nodiscard]] RowView view(qsizetype row) const;
    [[nodiscard]] RowChange at(qsizetype row) const { return view(row).decoded(); }
    [[nodiscard]] RowChange first() const { return at(0); }
    [[nodiscard]] const_iterator begin() const;
    [[nodiscard]] const_iterator end() const;
    /// The same rows as RowView, without a copy of their values.
    [[nodiscard]] Views views() const;
    /// How many bytes are in a temporary file.
    [[nodiscard]] qsizetype spilled() const;

    void append(const RowChange& row);
    /// The same with rows that are packed already, elsewhere; those of `change` are not looked at.
    void append(const RowChange& change, const PackedRow& before, const PackedRow& after);
    /// A sound record, as RowView::record().
    void appendRecord(std::string_view record);
    /// The space of the earlier row is not used again.
    void replace(qsizetype row, const RowChange& change);
    template <typename Edit> void edit(qsizetype row, Edit change)
    {
        RowChange edited = at(row);
        change(edited);
        replace(row, edited);
    }
    /// The row of `order[i]` comes to place i; others are no more.
    template <typename Order, typename RowOf = std::identity> void arrange(const Order& order, RowOf rowOf = {})
    {
        RowChanges arranged;
        for (const auto& each : order)
            arranged.appendRecord(view(std::invoke(rowOf, each)).record());
        *this = std::move(arranged);
    }
    /// Some rows are not stored where their place is: replace() put them behind all others.
    [[nodiscard]] bool isScattered() const;

    friend bool operator==(const RowChanges& left, const RowChanges& right);

private:
    struct Stored;
    QSharedDataPointer<Stored> m_stored;
    friend class Views;
    void passed(qsizetype row, qsizetype next) const;
};

template <typename Element> class RowChanges::Iterator
{
public:
    using iterator_concept = std::forward_iterator_tag;
    using iterator_category = std::input_iterator_tag;
    using value_type = Element;
    using difference_type = qsizetype;
    using reference = Element;
    using pointer = void;

    Iterator() = default;
    Iterator(const RowChanges* rows, qsizetype row)
        : m_rows(rows)
        , m_row(row)
    {
    }
    [[nodiscard]] Element operator*() const
    {
        if constexpr (std::is_same_v<Element, RowView>)
            return m_rows->view(m_row);
        else
            return m_rows->at(m_row);
    }
    Iterator& operator++()
    {
        m_rows->passed(m_row, m_row + 1);
        ++m_row;
        return *this;
    }
    Iterator operator++(int)
    {
        const Iterator before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

private:
    const RowChanges* m_rows = nullptr;
    qsizetype m_row = 0;
};

class RowChanges::Views
{
public:
    explicit Views(const RowChanges& rows)
        : m_rows(rows)
    {
    }
    [[nodiscard]] Iterator<RowView> begin() const { return { &m_rows, 0 }; }
    [[nodiscard]] Iterator<RowView> end() const { return { &m_rows, m_rows.size() }; }

private:
    const RowChanges& m_rows;
};

struct RowCounts
{
    qint64 inserted = 0;
    qint64 updated = 0;
    qint64 deleted = 0;
};
[[nodiscard]] RowCounts countsOf(const RowChanges& rows);

} // namespace holdpoint
