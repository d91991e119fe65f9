// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/spillbytes.h"

#include <atomic>
#include <sys/mman.h>

namespace holdpoint {

namespace {

constexpr qsizetype usualLimit = qsizetype(64) << 20;
std::atomic<qsizetype> limit = usualLimit;

// Open, and without a name from now on.
std::shared_ptr<QTemporaryFile> namelessFile()
{
    auto file = std::make_shared<QTemporaryFile>();
    if (!file->open() || !QFile::remove(file->fileName()))
        return nullptr;
    return file;
}

} // namespace

SpillBytes::SpillBytes(const SpillBytes& other)
    : m_parts(other.m_parts)
    , m_open(other.m_open)
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

void SpillBytes::setMemoryLimit(qsizetype bytes)
{
    limit = bytes;
}

qsizetype SpillBytes::memoryLimit()
{
    return limit;
}

SpillBytes::Place SpillBytes::append(std::string_view piece)
{
    if (!m_open.empty() && m_open.size() + piece.size() > partSize)
        close();
    const Place place = Place(m_parts.size()) << placeBits | m_open.size();
    m_open.append(piece);
    return place;
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
    if (m_inMemory + part->size <= limit || !spill(*part))
        m_inMemory += part->size;
    m_parts.push_back(part);
    m_open = {};
    m_open.reserve(partSize);
}

bool SpillBytes::spill(Part& part)
{
    if (!m_file && !(m_file = namelessFile()))
        return false;
    constexpr qint64 page = 1 << 16; // a mapping begins at the border of one, whatever its size is here
    const qint64 begin = (m_file->size() + page - 1) / page * page;
    const bool written
        = m_file->seek(begin) && m_file->write(part.memory.data(), part.size) == part.size && m_file->flush();
    const uchar* mapped = written ? m_file->map(begin, part.size) : nullptr;
    if (!mapped)
        return false;
    part.mapped = reinterpret_cast<const char*>(mapped);
    part.file = m_file;
    part.memory = std::string();
    m_spilled += part.size;
    return true;
}

void SpillBytes::passed(Place place) const
{
    const auto index = static_cast<size_t>(place >> placeBits);
    if (index >= m_parts.size() || !m_parts[index]->mapped)
        return;
    const Part& part = *m_parts[index];
    // The bytes are in the file; the mapping reads them again when it must.
    ::madvise(const_cast<char*>(part.mapped), static_cast<size_t>(part.size), MADV_DONTNEED);
}

} // namespace holdpoint
