// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayList>
#include <QRandomGenerator>

namespace holdpoint {

/// Every choice of a random test, repeatable by its seed.
class Dice
{
public:
    explicit Dice(quint32 seed)
        : m_random(seed)
    {
    }

    [[nodiscard]] int below(int bound) { return bound < 2 ? 0 : static_cast<int>(m_random.bounded(bound)); }
    [[nodiscard]] int between(int least, int most) { return least + below(most - least + 1); }
    [[nodiscard]] bool chance(int percent) { return below(100) < percent; }
    template <typename List> [[nodiscard]] auto pick(const List& list)
    {
        return *std::next(std::begin(list), below(static_cast<int>(std::size(list))));
    }
    [[nodiscard]] QByteArray oneOf(std::initializer_list<const char*> texts) { return pick(texts); }
    /// At least `least` of the list, in its order.
    template <typename List> [[nodiscard]] List some(const List& list, int least = 1)
    {
        List chosen;
        const auto left = [&](qsizetype at) { return std::size(list) - at; };
        for (qsizetype at = 0; at < std::size(list); ++at) {
            if (chance(50) || left(at) <= least - chosen.size())
                chosen.append(list.at(at));
        }
        return chosen;
    }

private:
    QRandomGenerator m_random;
};

} // namespace holdpoint
