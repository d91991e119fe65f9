// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <memory>
#include <optional>
#include <string_view>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace holdpoint {

/// Compresses by Zstandard, with a checksum, what is added piece by piece.
class Compressor
{
public:
    Compressor();
    void add(std::string_view bytes);
    /// All of it. Once, at the end.
    [[nodiscard]] QByteArray result();

private:
    struct Deleter
    {
        void operator()(ZSTD_CCtx_s* context) const;
    };
    void compress(std::string_view bytes, bool end);

    std::unique_ptr<ZSTD_CCtx_s, Deleter> m_context;
    std::string m_waiting; // small pieces, until they are worth a call
    QByteArray m_result;
};

/// Reads what Compressor gave, piece by piece. `compressed` must live as long.
class Decompressor
{
public:
    explicit Decompressor(QByteArrayView compressed);
    /// The next bytes, valid until the next call; fewer than `size` at the end, or where the bytes are damaged.
    [[nodiscard]] std::string_view read(size_t size);
    /// False if there is more to read, or if the bytes were damaged.
    [[nodiscard]] bool atEnd();

private:
    struct Deleter
    {
        void operator()(ZSTD_DCtx_s* context) const;
    };
    void fill(size_t size);

    std::unique_ptr<ZSTD_DCtx_s, Deleter> m_context;
    QByteArrayView m_rest;
    std::string m_bytes; // decompressed, and read up to m_read
    size_t m_read = 0;
    bool m_complete = false; // the frame came to its end, and its checksum was right
};

[[nodiscard]] QByteArray compressed(QByteArrayView bytes);
/// None if the bytes are damaged.
[[nodiscard]] std::optional<QByteArray> decompressed(QByteArrayView bytes);

} // namespace holdpoint
