// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/keycopies.h"
#include "effects/rowrange.h"

namespace holdpoint {

/// Finds for each row of a preview the row of a later run that is the same but for volatile values, and marks these
/// there. Rows with fewer volatile values choose first. Rows that are left over differ in something else; they are
/// marked alike where they are the same row, so that drift shows only what really differs.
class VolatileHeirs
{
public:
    VolatileHeirs(TableEffects& preview, TableEffects& now, const TableKeyCopies& copies);

    /// True if any mark may have changed.
    [[nodiscard]] bool mark();
    /// Whether a mark was added to the preview.
    [[nodiscard]] bool markedPreview() const { return m_markedPreview; }

private:
    [[nodiscard]] bool hasNothingVolatile() const;
    void takeFitting(RowPlaces& wanting, RowPlaces& free, const QList<int>& hidden, bool sameCause);
    void takeFittingGroup(RowRange& wanting, RowRange& free);
    [[nodiscard]] QList<int> hiddenColumns(qsizetype preview) const;
    [[nodiscard]] bool fits(const RowChange& preview, const RowChange& now) const;
    [[nodiscard]] bool fitsVolatile(const RowChange& preview, const RowChange& now, int column) const;
    void inherit(qsizetype preview, qsizetype now);

    TableEffects& m_preview;
    TableEffects& m_now;
    const TableKeyCopies& m_copies;
    bool m_markedPreview = false;
};

} // namespace holdpoint
