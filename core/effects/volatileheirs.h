// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/keycopies.h"
#include "effects/volatilematch.h"

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
    void takeFitting(RowPointers& wanting, const QList<int>& hidden, bool sameCause);
    void takeFittingGroup(RowPointers& wanting, RowPointers& free);
    void pairRest();
    [[nodiscard]] QList<int> hiddenColumns(const RowChange& preview) const;
    [[nodiscard]] bool fits(const RowChange& preview, const RowChange& now) const;
    [[nodiscard]] bool fitsVolatile(const RowChange& preview, const RowChange& now, int column) const;
    void inherit(RowChange& preview, RowChange& now);

    TableEffects& m_preview;
    TableEffects& m_now;
    const TableKeyCopies& m_copies;
    RowPointers m_wanting; // rows of the preview without an heir
    RowPointers m_free; // rows of now that are nobody's heir
    bool m_markedPreview = false;
};

} // namespace holdpoint
