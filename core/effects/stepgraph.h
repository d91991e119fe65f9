// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace holdpoint {

/// Steps that must wait for others, and the order in which they would stand if none had to.
class StepGraph
{
public:
    /// A wish yields where the wishes and the demands together make a circle.
    enum class Strength { Wish, Demand };

    void addEdge(int earlier, int later, Strength strength) { m_edges.push_back({ earlier, later, strength }); }
    [[nodiscard]] bool isEmpty() const { return m_edges.empty(); }

    /// `natural` holds every step once; the result keeps to it as far as the edges allow.
    /// Shorter than `natural` if the demands alone make a circle: without the steps that wait for it.
    [[nodiscard]] std::vector<int> sorted(const std::vector<int>& natural) const;

private:
    struct Edge
    {
        int earlier = 0;
        int later = 0;
        Strength strength = Strength::Demand;
    };
    [[nodiscard]] std::vector<int> sorted(const std::vector<int>& natural, Strength weakest) const;

    std::vector<Edge> m_edges;
};

} // namespace holdpoint
