// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/spillbytes.h"

#include <algorithm>
#include <cstring>

namespace holdpoint {

SpillBytes::SpillBytes(const SpillBytes& other)
    : m_parts(other.m_parts)
    , m_open(other.m_open)
    , m_begin(other.m_begin)
    , m_inMemory(other.m_inMemory)
    , m_spilled(other.m_spilled)
{
}

SpillBytes& SpillBytes::operator=(const SpillBytes& other)
{
    if (this != &other)
        *this = SpillBytes(other);
    return *this;
}

std::string& SpillBytes::begin()
{
    m_begin = std::min(m_begin, m_open.size()); // which is empty once it was moved away
    m_open.resize(m_begin);
    return m_open;
}

SpillBytes::Place SpillBytes::end()
{
    if (m_begin > 0 && m_open.size() > partSize) {
        const std::string piece = m_open.substr(m_begin);
        m_open.resize(m_begin);
        close();
        m_open.append(piece);
    }
    const Place place = Place(m_parts.size()) << placeBits | m_begin;
    m_begin = m_open.size();
    return place;
}

SpillBytes::Place SpillBytes::append(std::string_view piece)
{
    begin().append(piece);
    return end();
}

const char* SpillBytes::at(Place place) const
{
    const auto part = static_cast<size_t>(place >> placeBits);
    const auto offset = static_cast<size_t>(place & 0xffffffffU);
    if (part == m_parts.size())
        return m_open.data() + offset;
    const Part& full = *m_parts[part];
    return (full.mapped ? full.mapped : full.memory.data()) + offset;
}

void SpillBytes::close()
{
    const auto part = std::make_shared<Part>();
    part->memory = std::move(m_open);
    part->size = static_cast<qsizetype>(part->memory.size());
    if (m_inMemory + part->size <= SpillFile::memoryLimit() || !spill(*part))
        m_inMemory += part->size;
    m_parts.push_back(part);
    m_open = {};
    m_open.reserve(partSize + margin);
    m_begin = 0;
}

bool SpillBytes::spill(Part& part)
{
    part.mapped = m_file.take(part.size);
    if (!part.mapped)
        return false;
    std::memcpy(part.mapped, part.memory.data(), part.memory.size());
    SpillFile::release(part.mapped, part.size);
    part.file = m_file;
    std::string().swap(part.memory); // an assignment would keep its space
    m_spilled += part.size;
    return true;
}

void SpillBytes::passed(Place place) const
{
    const auto index = static_cast<size_t>(place >> placeBits);
    if (index < m_parts.size() && m_parts[index]->mapped)
        SpillFile::release(m_parts[index]->mapped, m_parts[index]->size);
}

} // namespace holdpoint
