// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/packedvalue.h"
#include "effects/rowchange.h"

namespace holdpoint {

/// The values of a row as bytes, one after the other; other bytes may follow.
struct PackedRow
{
    qsizetype count = 0;
    std::string_view bytes;

    [[nodiscard]] const char* first() const { return bytes.data(); }
    /// NULL past the end.
    [[nodiscard]] std::string_view at(qsizetype column) const
    {
        return column < count ? packed::valueAt(first(), column) : packed::nullValue;
    }
};

/// A RowChange as bytes: its size, what it is, and both rows; of the new row, a value that is that of the old one is
/// only marked as such. Valid as long as the RowChanges that it is a view of are neither changed nor gone.
class RowView
{
public:
    explicit RowView(const char* record)
        : m_record(record)
    {
    }

    [[nodiscard]] ChangeKind change() const { return static_cast<ChangeKind>(flags() & changeBits); }
    [[nodiscard]] Origin origin() const { return flags() & indirectFlag ? Origin::Indirect : Origin::Direct; }
    [[nodiscard]] std::optional<int> command() const;
    [[nodiscard]] bool hasAssignedKey() const { return flags() & assignedFlag; }
    [[nodiscard]] bool hasVolatile() const { return extraCount() > 0; }
    [[nodiscard]] QList<int> volatileColumns() const;
    [[nodiscard]] QString partition() const;
    [[nodiscard]] std::optional<qint64> rowid() const { return rowidBehind(rowidFlag); }
    [[nodiscard]] std::optional<qint64> formerRowid() const { return rowidBehind(formerRowidFlag); }
    [[nodiscard]] PackedRow before() const { return rowAt(rows()); }
    /// The new row, as it is packed: Unchanged stands for the value of the old row.
    [[nodiscard]] PackedRow after() const;
    /// The bytes of both rows.
    [[nodiscard]] std::string_view bothRows() const;
    [[nodiscard]] std::string_view record() const { return { m_record, packed::numberAt<quint32>(m_record) }; }
    [[nodiscard]] RowChange decoded() const;

    /// Same kind of change, old and new row, and nothing volatile in either.
    [[nodiscard]] bool hasEffectOf(const RowView& other) const;
    /// Equal but for the rowids, as RowChange has it.
    [[nodiscard]] bool isSame(const RowView& other) const;

    /// The record of a change; its rows are taken from `before` and `after` instead, which are packed already.
    static void pack(const RowChange& change, const PackedRow& before, const PackedRow& after, std::string& out);
    static void pack(const RowChange& change, std::string& out);
    /// How long the first record of `bytes` is; 0 if it is not a whole and sound one of `columns` columns at most.
    [[nodiscard]] static size_t checkedLength(std::string_view bytes, qsizetype columns);

private:
    static constexpr unsigned changeBits = 3;
    static constexpr unsigned indirectFlag = 4;
    static constexpr unsigned commandFlag = 8;
    static constexpr unsigned assignedFlag = 16;
    static constexpr unsigned extraFlag = 32;
    static constexpr unsigned rowidFlag = 64;
    static constexpr unsigned formerRowidFlag = 128;
    static constexpr size_t headSize = sizeof(quint32) + 1 + sizeof(qint32);
    /// After the head: the rowid and the former rowid, where there are any; then, where there is any of it: its size,
    /// the number of volatile columns, these, the partition.
    static constexpr size_t extraHeadSize = 2 * sizeof(quint32);

    [[nodiscard]] unsigned flags() const { return static_cast<unsigned char>(m_record[sizeof(quint32)]); }
    [[nodiscard]] bool hasExtra() const { return flags() & extraFlag; }
    [[nodiscard]] size_t rowidsSize() const
    {
        return (flags() & rowidFlag ? sizeof(qint64) : 0) + (flags() & formerRowidFlag ? sizeof(qint64) : 0);
    }
    [[nodiscard]] std::optional<qint64> rowidBehind(unsigned flag) const;
    /// What follows the head and the rowids.
    [[nodiscard]] const char* extra() const { return m_record + headSize + rowidsSize(); }
    [[nodiscard]] quint32 extraSize() const;
    [[nodiscard]] quint32 extraCount() const;
    [[nodiscard]] PackedRow rowAt(const char* count) const;
    [[nodiscard]] const char* rows() const { return extra() + extraSize(); }

    const char* m_record;
};

} // namespace holdpoint
