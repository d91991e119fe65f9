// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <memory>

struct evp_md_ctx_st;

namespace holdpoint {

/// SHA-256 by libcrypto, which knows the processor's own instructions for it: ten times as quick as Qt 6.4's.
class Sha256
{
public:
    Sha256();
    void add(QByteArrayView bytes);
    /// Of everything that was added. Once, at the end.
    [[nodiscard]] QByteArray result();

private:
    struct Deleter
    {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Deleter> m_context;
};

} // namespace holdpoint
