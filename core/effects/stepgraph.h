// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

namespace holdpoint {

/// Steps that must wait for others, and the order in which they would stand if none had to.
class StepGraph
{
public:
    /// A weaker edge yields where the edges together make a circle; a demand never does.
    enum class Strength { Wish, Preference, Demand };

    void addEdge(int earlier, int later, Strength strength) { m_edges.push_back({ earlier, later, strength }); }
    [[nodiscard]] bool isEmpty() const { return m_edges.empty(); }

    struct Order
    {
        /// Shorter than `natural` if the demands alone make a circle: without the steps that wait for it.
        std::vector<int> steps;
        bool yielded = false; ///< some edge is not kept
    };
    /// `natural` holds every step once, from 0; the result keeps to it as far as the edges allow.
    [[nodiscard]] Order sorted(const std::vector<int>& natural) const;

private:
    struct Edge
    {
        int earlier = 0;
        int later = 0;
        Strength strength = Strength::Demand;
    };

    std::vector<Edge> m_edges;
};

} // namespace holdpoint
