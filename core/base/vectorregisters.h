// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace holdpoint {

#ifdef __x86_64__
__attribute__((target("avx"))) inline void zeroUpperHalves()
{
    _mm256_zeroupper();
}
#endif

/// To be called before a loop over very many rows. Qt's hash of text (6.4, by VAES) returns with the upper halves of
/// the vector registers in use; from then on each change between SSE and AVX, such as from our code to the C library's
/// memcpy and back, takes 170 ns on some processors.
inline void releaseVectorRegisters()
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx"))
        zeroUpperHalves();
#endif
}

} // namespace holdpoint
