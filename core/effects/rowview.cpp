// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/rowview.h"

#include <algorithm>

namespace holdpoint {

namespace {

template <typename Number> void appendRaw(std::string& out, Number number)
{
    char bytes[sizeof number];
    qToLittleEndian(number, bytes);
    out.append(bytes, sizeof bytes);
}

void put(std::string& out, size_t place, size_t number)
{
    qToLittleEndian(static_cast<quint32>(number), out.data() + place);
}

Row decodedRow(const PackedRow& stored, const Row& earlier)
{
    Row row;
    row.reserve(stored.count);
    const char* value = stored.first();
    for (qsizetype column = 0; column < stored.count; ++column) {
        const std::string_view bytes(value, packed::length(value));
        row.append(packed::markOf(bytes) == packed::Mark::Unchanged ? earlier.at(column) : packed::decoded(bytes));
        value += bytes.size();
    }
    return row;
}

// How many bytes `count` values take at the beginning of `bytes`; none if they are not sound.
std::optional<size_t> soundRow(std::string_view bytes, quint32 count, quint32 earlier)
{
    size_t end = 0;
    for (quint32 column = 0; column < count; ++column) {
        const size_t size = packed::checkedLength(bytes.substr(end));
        if (size == 0)
            return {};
        if (packed::markOf(bytes.substr(end)) == packed::Mark::Unchanged && column >= earlier)
            return {};
        end += size;
    }
    return end;
}

} // namespace

quint32 RowView::extraSize() const
{
    return hasExtra() ? packed::numberAt<quint32>(extra()) : 0;
}

quint32 RowView::extraCount() const
{
    return hasExtra() ? packed::numberAt<quint32>(extra() + sizeof(quint32)) : 0;
}

std::optional<int> RowView::command() const
{
    if (!(flags() & commandFlag))
        return {};
    return packed::numberAt<qint32>(m_record + sizeof(quint32) + 1);
}

std::optional<qint64> RowView::rowidBehind(unsigned flag) const
{
    if (!(flags() & flag))
        return {};
    const bool isSecond = flag == formerRowidFlag && (flags() & rowidFlag);
    return packed::numberAt<qint64>(m_record + headSize + (isSecond ? sizeof(qint64) : 0));
}

QList<int> RowView::volatileColumns() const
{
    QList<int> columns;
    const char* next = extra() + extraHeadSize;
    for (quint32 i = 0; i < extraCount(); ++i, next += sizeof(qint32))
        columns.append(packed::numberAt<qint32>(next));
    return columns;
}

QString RowView::partition() const
{
    if (!hasExtra())
        return {};
    const size_t columns = extraHeadSize + extraCount() * sizeof(qint32);
    return QString::fromUtf8(extra() + columns, static_cast<qsizetype>(extraSize() - columns));
}

std::string_view RowView::bothRows() const
{
    const std::string_view all = record();
    return all.substr(static_cast<size_t>(rows() - m_record));
}

PackedRow RowView::rowAt(const char* count) const
{
    const char* const first = count + sizeof(quint32);
    return { packed::numberAt<quint32>(count), record().substr(static_cast<size_t>(first - m_record)) };
}

PackedRow RowView::after() const
{
    const PackedRow old = before();
    const char* value = old.first();
    for (qsizetype i = old.count; i > 0; --i)
        value += packed::length(value);
    return rowAt(value);
}

RowChange RowView::decoded() const
{
    RowChange row;
    row.change = change();
    row.origin = origin();
    row.command = command();
    row.assignedKey = hasAssignedKey();
    if (hasExtra()) {
        row.volatileColumns = volatileColumns();
        row.partition = partition();
    }
    row.rowid = rowid();
    row.formerRowid = formerRowid();
    row.before = decodedRow(before(), {});
    row.after = decodedRow(after(), row.before);
    return row;
}

bool RowView::hasEffectOf(const RowView& other) const
{
    return change() == other.change() && !hasVolatile() && !other.hasVolatile() && bothRows() == other.bothRows();
}

bool RowView::isSame(const RowView& other) const
{
    constexpr unsigned rowids = rowidFlag | formerRowidFlag;
    const auto rest
        = [](const RowView& row) { return row.record().substr(static_cast<size_t>(row.extra() - row.m_record)); };
    return (flags() & ~rowids) == (other.flags() & ~rowids) && command() == other.command()
        && rest(*this) == rest(other);
}

void RowView::pack(const RowChange& change, const PackedRow& before, const PackedRow& after, std::string& out)
{
    const size_t begin = out.size();
    const bool extra = !change.volatileColumns.isEmpty() || !change.partition.isEmpty();
    const unsigned flags = static_cast<unsigned>(change.change) | (change.origin == Origin::Indirect ? indirectFlag : 0)
        | (change.command ? commandFlag : 0) | (change.assignedKey ? assignedFlag : 0) | (extra ? extraFlag : 0)
        | (change.rowid ? rowidFlag : 0) | (change.formerRowid ? formerRowidFlag : 0);
    appendRaw(out, quint32(0));
    out.push_back(static_cast<char>(flags));
    appendRaw(out, qint32(change.command.value_or(0)));
    if (change.rowid)
        appendRaw(out, *change.rowid);
    if (change.formerRowid)
        appendRaw(out, *change.formerRowid);
    if (extra) {
        const size_t place = out.size();
        appendRaw(out, quint32(0));
        appendRaw(out, static_cast<quint32>(change.volatileColumns.size()));
        for (const int column : change.volatileColumns)
            appendRaw(out, qint32(column));
        out += change.partition.toStdString();
        put(out, place, out.size() - place);
    }
    appendRaw(out, static_cast<quint32>(before.count));
    out.append(before.bytes);
    appendRaw(out, static_cast<quint32>(after.count));
    const char* old = before.first();
    const char* now = after.first();
    for (qsizetype column = 0; column < after.count; ++column) {
        const std::string_view value(now, packed::length(now));
        now += value.size();
        const std::string_view earlier = column < before.count ? std::string_view(old, packed::length(old)) : "";
        old += earlier.size();
        if (value == earlier)
            out.push_back(static_cast<char>(packed::Mark::Unchanged));
        else
            out.append(value);
    }
    put(out, begin, out.size() - begin);
}

void RowView::pack(const RowChange& change, std::string& out)
{
    thread_local std::string before;
    thread_local std::string after;
    before.clear();
    after.clear();
    for (const Value& value : change.before)
        packed::append(before, value);
    for (const Value& value : change.after)
        packed::append(after, value);
    pack(change, { change.before.size(), before }, { change.after.size(), after }, out);
}

size_t RowView::checkedLength(std::string_view bytes, qsizetype columns)
{
    if (bytes.size() < headSize)
        return 0;
    const RowView view(bytes.data());
    const auto size = packed::numberAt<quint32>(bytes.data());
    const size_t head = headSize + view.rowidsSize();
    if (size < head || size > bytes.size() || (view.flags() & changeBits) > static_cast<unsigned>(ChangeKind::Delete))
        return 0;
    std::string_view rest = bytes.substr(head, size - head);
    if (view.hasExtra()) {
        if (rest.size() < extraHeadSize || view.extraSize() > rest.size()
            || view.extraSize() < extraHeadSize + quint64(view.extraCount()) * sizeof(qint32))
            return 0;
        const auto isColumn = [&](int column) { return column >= 0 && column < columns; };
        if (!std::ranges::all_of(view.volatileColumns(), isColumn))
            return 0;
        rest.remove_prefix(view.extraSize());
    }
    quint32 earlier = 0;
    for (int row = 0; row < 2; ++row) {
        if (rest.size() < sizeof(quint32))
            return 0;
        const auto count = packed::numberAt<quint32>(rest.data());
        const auto end = count <= quint64(columns) ? soundRow(rest.substr(sizeof(quint32)), count, earlier)
                                                   : std::optional<size_t>();
        if (!end)
            return 0;
        rest.remove_prefix(sizeof(quint32) + *end);
        earlier = count;
    }
    return rest.empty() ? size : 0;
}

} // namespace holdpoint
