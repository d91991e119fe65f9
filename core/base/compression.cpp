// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/compression.h"

#include <zstd.h>

#include <new>

namespace holdpoint {

namespace {

constexpr int quick = 1;
constexpr size_t worthCalling = size_t(64) << 10;

} // namespace

void Compressor::Deleter::operator()(ZSTD_CCtx_s* context) const
{
    ZSTD_freeCCtx(context);
}

Compressor::Compressor()
    : m_context(ZSTD_createCCtx())
{
    if (!m_context)
        throw std::bad_alloc();
    ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_compressionLevel, quick);
    ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_checksumFlag, 1);
}

void Compressor::add(std::string_view bytes)
{
    m_waiting.append(bytes);
    if (m_waiting.size() < worthCalling)
        return;
    compress(m_waiting, false);
    m_waiting.clear();
}

QByteArray Compressor::result()
{
    compress(std::exchange(m_waiting, {}), true);
    return std::exchange(m_result, {});
}

void Compressor::compress(std::string_view bytes, bool end)
{
    ZSTD_inBuffer in { bytes.data(), bytes.size(), 0 };
    const ZSTD_EndDirective directive = end ? ZSTD_e_end : ZSTD_e_continue;
    char buffer[1 << 16];
    for (bool more = true; more;) {
        ZSTD_outBuffer out { buffer, sizeof buffer, 0 };
        const size_t left = ZSTD_compressStream2(m_context.get(), &out, &in, directive);
        if (ZSTD_isError(left)) // only where there is no memory
            throw std::bad_alloc();
        m_result.append(buffer, static_cast<qsizetype>(out.pos));
        more = end ? left != 0 : in.pos < in.size;
    }
}

void Decompressor::Deleter::operator()(ZSTD_DCtx_s* context) const
{
    ZSTD_freeDCtx(context);
}

Decompressor::Decompressor(QByteArrayView compressed)
    : m_context(ZSTD_createDCtx())
    , m_rest(compressed)
{
    if (!m_context)
        throw std::bad_alloc();
}

std::string_view Decompressor::read(size_t size)
{
    if (m_bytes.size() - m_read < size)
        fill(size);
    const std::string_view piece = std::string_view(m_bytes).substr(m_read, size);
    m_read += piece.size();
    return piece;
}

bool Decompressor::atEnd()
{
    if (m_read == m_bytes.size())
        fill(1);
    return m_complete && m_read == m_bytes.size() && m_rest.isEmpty();
}

// Decompresses until `size` bytes wait to be read, or there are no more.
void Decompressor::fill(size_t size)
{
    m_bytes.erase(0, std::exchange(m_read, 0));
    char buffer[1 << 17];
    while (m_bytes.size() < size && !m_complete) {
        ZSTD_inBuffer in { m_rest.data(), static_cast<size_t>(m_rest.size()), 0 };
        ZSTD_outBuffer out { buffer, sizeof buffer, 0 };
        const size_t left = ZSTD_decompressStream(m_context.get(), &out, &in);
        m_rest = m_rest.sliced(static_cast<qsizetype>(in.pos));
        if (ZSTD_isError(left) || (in.pos == 0 && out.pos == 0)) {
            m_rest = {};
            return;
        }
        m_bytes.append(buffer, out.pos);
        m_complete = left == 0;
    }
}

QByteArray compressed(QByteArrayView bytes)
{
    Compressor compressor;
    compressor.add({ bytes.data(), static_cast<size_t>(bytes.size()) });
    return compressor.result();
}

std::optional<QByteArray> decompressed(QByteArrayView bytes)
{
    constexpr size_t step = size_t(1) << 20;
    Decompressor decompressor(bytes);
    QByteArray result;
    for (std::string_view piece = decompressor.read(step); !piece.empty(); piece = decompressor.read(step))
        result.append(piece.data(), static_cast<qsizetype>(piece.size()));
    return decompressor.atEnd() ? std::optional(result) : std::nullopt;
}

} // namespace holdpoint
