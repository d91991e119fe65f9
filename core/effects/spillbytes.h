// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "effects/spillfile.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace holdpoint {

/// Bytes that are only ever added to, in pieces that stay whole. Past a limit they go to a temporary file (SpillFile);
/// where it cannot take them, they stay in memory: nothing is lost.
/// A copy shares what was added; reading is allowed from several threads at once.
class SpillBytes
{
public:
    using Place = quint64;

    SpillBytes() = default;
    SpillBytes(const SpillBytes& other);
    SpillBytes& operator=(const SpillBytes& other);
    SpillBytes(SpillBytes&&) noexcept = default;
    SpillBytes& operator=(SpillBytes&&) noexcept = default;
    ~SpillBytes() = default;

    /// Where the next piece is to be appended. It is forgotten if the following one begins before its end.
    [[nodiscard]] std::string& begin();
    [[nodiscard]] Place end();
    [[nodiscard]] Place append(std::string_view piece);
    /// Where the piece begins. Valid until the next one begins.
    [[nodiscard]] const char* at(Place place) const;
    /// Whether both lie in the same part: crossing a border is the time to passed() the one before.
    [[nodiscard]] static bool isSamePart(Place left, Place right) { return left >> placeBits == right >> placeBits; }
    /// The part with `place` is not read for now: it needs no memory. Only a hint; it may be read again.
    void passed(Place place) const;

    /// How much of it is in the file.
    [[nodiscard]] qsizetype spilled() const { return m_spilled; }

private:
    static constexpr int placeBits = 32;
    static constexpr size_t partSize = size_t(1) << 20;
    static constexpr size_t margin = partSize / 16; // for the piece that turns out to lie in the next part
    /// A part that is full: in memory or in the file.
    struct Part
    {
        std::string memory;
        SpillFile file; // keeps what is mapped
        char* mapped = nullptr;
        qsizetype size = 0;
    };
    void close();
    [[nodiscard]] bool spill(Part& part);

    std::vector<std::shared_ptr<const Part>> m_parts;
    std::string m_open; // the last part
    size_t m_begin = 0; // of the next piece in it
    SpillFile m_file; // this object's own
    qsizetype m_inMemory = 0;
    qsizetype m_spilled = 0;
};

} // namespace holdpoint
