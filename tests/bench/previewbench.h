// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command/batch.h"
#include "execution/preview.h"
#include "session/sessionpools.h"

#include <QTemporaryDir>

#include <array>
#include <vector>

namespace holdpoint {

/// A batch whose preview is measured beside the same change, made and rolled back through the engine's own library.
struct PreviewScene
{
    const char* title;
    Batch batch;
    qint64 changedRows = 0;
    std::function<void()> base; ///< the same change and ROLLBACK on one connection that stays open
    double limit = 0; ///< of the preview's time divided by the base's
};

/// Measures scenes in this process, as Workbench runs previews: the two sides take turns, what both need is warm, and
/// medians are compared.
class PreviewBench
{
public:
    explicit PreviewBench(int rounds);

    /// Prints the ratio, and where the preview's time goes. False: over the limit.
    [[nodiscard]] bool measure(const PreviewScene& scene);

private:
    enum Part : size_t { Connecting, Running, Capturing, Recording, partCount };
    struct Round
    {
        double base = 0; // seconds, as all others
        double preview = 0;
        double processor = 0;
        std::array<double, partCount> parts = {};
        int passes = 0; // runs of the batch: two where a value may be volatile
    };

    [[nodiscard]] Round measureOnce(const PreviewScene& scene);
    [[nodiscard]] static double median(const std::vector<Round>& rounds, const std::function<double(const Round&)>& of);
    [[nodiscard]] static bool print(const PreviewScene& scene, const std::vector<Round>& rounds);

    int m_rounds;
    QTemporaryDir m_folder;
    std::shared_ptr<Journal> m_journal;
    std::shared_ptr<SessionPools> m_pools;
};

} // namespace holdpoint
