// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/postgresversions.h"

using namespace Qt::StringLiterals;

namespace holdpoint {

namespace {

constexpr int headColumns = 3; // before the values: place, command id, transaction id

PostgresFoundRow removed(const PostgresVersions& old, qsizetype version)
{
    PostgresFoundRow row;
    row.change.change = ChangeKind::Delete;
    row.change.before = old.row(version);
    row.first = old.touch(version);
    return row;
}

PostgresFoundRow added(const PostgresShape& shape, const PostgresVersions& fresh, qsizetype version)
{
    PostgresFoundRow row;
    row.change.change = ChangeKind::Insert;
    row.change.after = fresh.row(version);
    row.change.rowid = rowidOf(shape, fresh.place(version));
    row.last = fresh.touch(version);
    return row;
}

} // namespace

PostgresLook PostgresVersions::look(Result<void>& taken)
{
    return [this, &taken](const PostgresAnswer& answer) {
        if (taken && !add(answer))
            taken = makeError(ErrorKind::Internal,
                              u"a table has other columns now than a moment before, or a row is too large"_s);
    };
}

bool PostgresVersions::add(const PostgresAnswer& answer)
{
    if (answer.columns() > headColumns && !m_cells.add(answer, headColumns)) // a table may have no columns
        return false;
    for (int row = 0; row < answer.rows(); ++row)
        m_heads.push_back(
            { placeOf(answer.text(row, 0)), 0, { true, answer.text(row, 1).toUInt(), answer.text(row, 2).toUInt() } });
    return true;
}

Row PostgresVersions::row(qsizetype version) const
{
    return m_cells.columns() > 0 ? m_cells.row(version) : Row();
}

PostgresArrays PostgresVersions::places(const SpillVector<qsizetype>& versions) const
{
    return arraysOf(versions.size(), [this, &versions](size_t index) { return place(versions[index]); });
}

std::optional<qint64> rowidOf(const PostgresShape& shape, PostgresPlace place)
{
    return shape.key.isEmpty() ? std::optional(static_cast<qint64>(place)) : std::nullopt;
}

PostgresFoundRows pairVersions(const PostgresShape& shape, const PostgresVersions& old, const PostgresVersions& fresh)
{
    PostgresFoundRows found;
    std::vector<bool> isSuccessor(static_cast<size_t>(fresh.size()));
    for (qsizetype i = 0; i < old.kept().size(); ++i) {
        const qsizetype version = old.kept().at(i);
        PostgresFoundRow row = removed(old, version);
        if (const auto successor = fresh.kept().find(old.successor(version))) {
            isSuccessor[static_cast<size_t>(*successor)] = true;
            row.change.change = ChangeKind::Update;
            row.change.after = fresh.row(*successor);
            row.change.rowid = rowidOf(shape, fresh.place(*successor));
            row.last = fresh.touch(*successor);
            if (row.change.before == row.change.after)
                continue;
        }
        found.append(row);
    }
    for (qsizetype i = 0; i < fresh.kept().size(); ++i) {
        const qsizetype version = fresh.kept().at(i);
        if (!isSuccessor[static_cast<size_t>(version)])
            found.append(added(shape, fresh, version));
    }
    return found;
}

} // namespace holdpoint
