// SPDX-License-Identifier: GPL-3.0-or-later
#include "effects/spillfile.h"

#include <atomic>
#include <fcntl.h>
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

char* SpillFile::take(qsizetype size)
{
    if (!m_file && !(m_file = namelessFile()))
        return nullptr;
    constexpr qint64 page = 1 << 16; // a mapping begins at the border of one, whatever its size is here
    const qint64 begin = (m_file->size() + page - 1) / page * page;
    // The space is the file's now: a full disk must not be noticed when the memory is written to.
    if (posix_fallocate(m_file->handle(), begin, size) != 0 || m_file->size() < begin + size)
        return nullptr; // and QFile has looked at its size again
    return reinterpret_cast<char*>(m_file->map(begin, size));
}

void SpillFile::release(char* bytes, qsizetype size)
{
    ::madvise(bytes, static_cast<size_t>(size), MADV_DONTNEED); // of a shared mapping: what was written stays
}

void SpillFile::setMemoryLimit(qsizetype bytes)
{
    limit = bytes;
}

qsizetype SpillFile::memoryLimit()
{
    return limit;
}

} // namespace holdpoint
