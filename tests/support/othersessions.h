// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <latch>
#include <random>
#include <stop_token>
#include <thread>
#include <vector>

namespace holdpoint {

/// Four sessions that work beside what a test does, each in a thread of its own, until this is destroyed: some
/// milliseconds after one piece of work comes the next.
class OtherSessions
{
public:
    static constexpr int count = 4;
    using Work = std::function<void()>;

    /// `open` is called in the thread that does the work. Returns when each session has worked once.
    explicit OtherSessions(const std::function<Work(int number)>& open)
    {
        for (int number = 0; number < count; ++number)
            m_threads.emplace_back([this, open, number](const std::stop_token& stop) {
                const Work work = open(number);
                work();
                m_begun.count_down();
                std::minstd_rand random(static_cast<unsigned>(number) + 1);
                while (!stop.stop_requested()) {
                    std::this_thread::sleep_for(std::chrono::milliseconds(2 + random() % 4));
                    work();
                }
            });
        m_begun.wait();
    }
    OtherSessions(const OtherSessions&) = delete;
    OtherSessions& operator=(const OtherSessions&) = delete;

private:
    std::latch m_begun { count };
    std::vector<std::jthread> m_threads;
};

} // namespace holdpoint
