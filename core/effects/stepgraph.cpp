// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/stepgraph.h"

#include <functional>
#include <queue>

namespace holdpoint {

std::vector<int> StepGraph::sorted(const std::vector<int>& natural) const
{
    std::vector<int> order = sorted(natural, Strength::Wish);
    if (order.size() < natural.size())
        order = sorted(natural, Strength::Demand);
    return order;
}

std::vector<int> StepGraph::sorted(const std::vector<int>& natural, Strength weakest) const
{
    const size_t count = natural.size();
    std::vector<int> placeOf(count);
    for (size_t place = 0; place < count; ++place)
        placeOf[static_cast<size_t>(natural[place])] = static_cast<int>(place);

    // The followers of a step stand together, from starts[step] to starts[step + 1].
    std::vector<int> starts(count + 1, 0);
    std::vector<int> waitsFor(count, 0);
    for (const Edge& edge : m_edges) {
        if (edge.strength >= weakest) {
            ++starts[static_cast<size_t>(edge.earlier) + 1];
            ++waitsFor[static_cast<size_t>(edge.later)];
        }
    }
    for (size_t step = 0; step < count; ++step)
        starts[step + 1] += starts[step];
    std::vector<int> followers(static_cast<size_t>(starts[count]));
    std::vector<int> next(starts.begin(), starts.end() - 1);
    for (const Edge& edge : m_edges) {
        if (edge.strength >= weakest)
            followers[static_cast<size_t>(next[static_cast<size_t>(edge.earlier)]++)] = edge.later;
    }

    std::priority_queue<int, std::vector<int>, std::greater<>> ready; // places
    for (size_t step = 0; step < count; ++step) {
        if (waitsFor[step] == 0)
            ready.push(placeOf[step]);
    }
    std::vector<int> order;
    order.reserve(count);
    while (!ready.empty()) {
        const int step = natural[static_cast<size_t>(ready.top())];
        ready.pop();
        order.push_back(step);
        for (int at = starts[static_cast<size_t>(step)]; at < starts[static_cast<size_t>(step) + 1]; ++at) {
            const auto follower = static_cast<size_t>(followers[static_cast<size_t>(at)]);
            if (--waitsFor[follower] == 0)
                ready.push(placeOf[follower]);
        }
    }
    return order;
}

} // namespace holdpoint
