// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/rowchanges.h"

#include "effects/spillvector.h"

#include <algorithm>

namespace holdpoint {

struct RowChanges::Stored : QSharedData
{
    Stored() = default;
    Stored(const Stored& other)
        : QSharedData(other)
        , bytes(other.bytes)
        , places(other.places.copy())
    {
    }
    Stored& operator=(const Stored&) = delete;

    SpillBytes bytes;
    SpillVector<SpillBytes::Place> places;
};

RowChanges::RowChanges()
    : m_stored(new Stored)
{
}

RowChanges::RowChanges(std::initializer_list<RowChange> rows)
    : RowChanges()
{
    for (const RowChange& row : rows)
        append(row);
}

RowChanges::RowChanges(const QList<RowChange>& rows)
    : RowChanges()
{
    for (const RowChange& row : rows)
        append(row);
}

RowChanges::RowChanges(const RowChanges&) = default;
RowChanges& RowChanges::operator=(const RowChanges&) = default;
RowChanges::RowChanges(RowChanges&& other) noexcept
    : m_stored(other.m_stored)
{
}
RowChanges& RowChanges::operator=(RowChanges&& other) noexcept
{
    m_stored.swap(other.m_stored);
    return *this;
}
RowChanges::~RowChanges() = default;

qsizetype RowChanges::size() const
{
    return static_cast<qsizetype>(m_stored->places.size());
}

RowView RowChanges::view(qsizetype row) const
{
    return RowView(m_stored->bytes.at(m_stored->places[static_cast<size_t>(row)]));
}

RowChanges::const_iterator RowChanges::begin() const
{
    return { this, 0 };
}

RowChanges::const_iterator RowChanges::end() const
{
    return { this, size() };
}

RowChanges::Views RowChanges::views() const
{
    return Views(*this);
}

qsizetype RowChanges::spilled() const
{
    return m_stored->bytes.spilled();
}

void RowChanges::append(const RowChange& row)
{
    Stored& stored = *m_stored;
    RowView::pack(row, stored.bytes.begin());
    stored.places.push_back(stored.bytes.end());
}

void RowChanges::append(const RowChange& change, const PackedRow& before, const PackedRow& after)
{
    Stored& stored = *m_stored;
    RowView::pack(change, before, after, stored.bytes.begin());
    stored.places.push_back(stored.bytes.end());
}

void RowChanges::appendRecord(std::string_view record)
{
    Stored& stored = *m_stored;
    stored.places.push_back(stored.bytes.append(record));
}

void RowChanges::replace(qsizetype row, const RowChange& change)
{
    Stored& stored = *m_stored;
    RowView::pack(change, stored.bytes.begin());
    stored.places[static_cast<size_t>(row)] = stored.bytes.end();
}

bool RowChanges::isScattered() const
{
    return !std::is_sorted(m_stored->places.begin(), m_stored->places.end());
}

void RowChanges::passed(qsizetype row, qsizetype next) const
{
    const auto& places = m_stored->places;
    const SpillBytes::Place place = places[static_cast<size_t>(row)];
    const bool leaves = static_cast<size_t>(next) >= places.size()
        || !SpillBytes::isSamePart(place, places[static_cast<size_t>(next)]);
    if (leaves)
        m_stored->bytes.passed(place);
}

bool operator==(const RowChanges& left, const RowChanges& right)
{
    if (left.m_stored == right.m_stored)
        return true;
    if (left.size() != right.size())
        return false;
    return std::ranges::equal(left.views(), right.views(),
                              [](RowView one, RowView other) { return one.isSame(other); });
}

RowCounts countsOf(const RowChanges& rows)
{
    RowCounts counts;
    for (const RowView row : rows.views()) {
        switch (row.change()) {
        case ChangeKind::Insert: ++counts.inserted; break;
        case ChangeKind::Update: ++counts.updated; break;
        case ChangeKind::Delete: ++counts.deleted; break;
        }
    }
    return counts;
}

} // namespace holdpoint
