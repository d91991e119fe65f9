// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/stepgraph.h"

#include <functional>
#include <queue>

namespace holdpoint {

namespace {

size_t at(int index)
{
    return static_cast<size_t>(index);
}

/// How many edges of each strength a step still waits for.
using Waits = std::array<int, 3>;

class Placing
{
public:
    explicit Placing(const std::vector<int>& natural)
        : m_natural(natural)
        , m_placeOf(natural.size())
        , m_starts(natural.size() + 1, 0)
        , m_waits(natural.size())
        , m_placed(natural.size(), false)
    {
        for (size_t place = 0; place < natural.size(); ++place)
            m_placeOf[at(natural[place])] = static_cast<int>(place);
    }

    template <typename Edges> void setEdges(const Edges& edges);
    [[nodiscard]] StepGraph::Order run();

private:
    [[nodiscard]] bool isReady(int step) const { return m_waits[at(step)] == Waits {}; }
    void place(int step);
    [[nodiscard]] bool release();

    const std::vector<int>& m_natural;
    std::vector<int> m_placeOf;
    std::vector<int> m_starts; // the followers of a step stand together, from m_starts[step] to m_starts[step + 1]
    std::vector<std::pair<int, StepGraph::Strength>> m_followers;
    std::vector<Waits> m_waits;
    std::vector<bool> m_placed;
    std::priority_queue<int, std::vector<int>, std::greater<>> m_ready; // places
    size_t m_firstLeft = 0; // every place before it is placed
    StepGraph::Order m_order;
};

template <typename Edges> void Placing::setEdges(const Edges& edges)
{
    for (const auto& edge : edges) {
        ++m_starts[at(edge.earlier) + 1];
        ++m_waits[at(edge.later)][at(static_cast<int>(edge.strength))];
    }
    for (size_t step = 0; step < m_natural.size(); ++step)
        m_starts[step + 1] += m_starts[step];
    m_followers.resize(edges.size());
    std::vector<int> next(m_starts.begin(), m_starts.end() - 1);
    for (const auto& edge : edges)
        m_followers[at(next[at(edge.earlier)]++)] = { edge.later, edge.strength };
}

void Placing::place(int step)
{
    m_placed[at(step)] = true;
    m_order.steps.push_back(step);
    for (int i = m_starts[at(step)]; i < m_starts[at(step) + 1]; ++i) {
        const auto [follower, strength] = m_followers[at(i)];
        --m_waits[at(follower)][at(static_cast<int>(strength))];
        if (!m_placed[at(follower)] && isReady(follower))
            m_ready.push(m_placeOf[at(follower)]);
    }
}

// Nobody is ready: the first in the natural order that waits for wishes alone goes on, else for no demand.
bool Placing::release()
{
    while (m_firstLeft < m_natural.size() && m_placed[at(m_natural[m_firstLeft])])
        ++m_firstLeft;
    for (size_t allowed = 1; allowed <= 2; ++allowed) {
        for (size_t place = m_firstLeft; place < m_natural.size(); ++place) {
            const int step = m_natural[place];
            const Waits& waits = m_waits[at(step)];
            if (m_placed[at(step)] || waits[2] > 0 || (allowed == 1 && waits[1] > 0))
                continue;
            m_waits[at(step)] = {};
            m_order.yielded = true;
            m_ready.push(static_cast<int>(place));
            return true;
        }
    }
    return false;
}

StepGraph::Order Placing::run()
{
    m_order.steps.reserve(m_natural.size());
    for (const int step : m_natural) {
        if (isReady(step))
            m_ready.push(m_placeOf[at(step)]);
    }
    do {
        while (!m_ready.empty()) {
            const int step = m_natural[at(m_ready.top())];
            m_ready.pop();
            if (!m_placed[at(step)])
                place(step);
        }
    } while (m_order.steps.size() < m_natural.size() && release());
    return std::move(m_order);
}

} // namespace

StepGraph::Order StepGraph::sorted(const std::vector<int>& natural) const
{
    Placing placing(natural);
    placing.setEdges(m_edges);
    return placing.run();
}

} // namespace holdpoint
