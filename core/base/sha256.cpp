// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/sha256.h"

#include <QByteArray>

#include <openssl/evp.h>

namespace holdpoint {

namespace {

// Without memory or without SHA-256 itself nothing can be told apart any more.
void demand(int done)
{
    if (done != 1)
        qFatal("libcrypto cannot hash with SHA-256");
}

} // namespace

void Sha256::Deleter::operator()(evp_md_ctx_st* context) const
{
    EVP_MD_CTX_free(context);
}

Sha256::Sha256()
    : m_context(EVP_MD_CTX_new())
{
    demand(EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr));
}

void Sha256::add(QByteArrayView bytes)
{
    demand(EVP_DigestUpdate(m_context.get(), bytes.data(), static_cast<size_t>(bytes.size())));
}

QByteArray Sha256::result()
{
    QByteArray hash(EVP_MAX_MD_SIZE, Qt::Uninitialized);
    unsigned size = 0;
    demand(EVP_DigestFinal_ex(m_context.get(), reinterpret_cast<unsigned char*>(hash.data()), &size));
    hash.truncate(static_cast<qsizetype>(size));
    return hash;
}

} // namespace holdpoint
