/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The Internet checksum (RFC 1071) of a payload in a frame: the carry of each addition goes into
 * the next. Owns no state; apart from its callers, because there it would cost them registers.
 */
#include "decode/checksum.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

static inline uint64_t load(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t four(uint64_t sum, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
#ifdef __x86_64__
    unsigned long long v = 0, w = 0, x = 0, y = 0, z = 0; /* for analysers that know no carry */
    unsigned char carry = _addcarry_u64(0, sum, a, &v);
    carry = _addcarry_u64(carry, v, b, &w);
    carry = _addcarry_u64(carry, w, c, &x);
    carry = _addcarry_u64(carry, x, d, &y);
    (void)_addcarry_u64(carry, y, 0, &z);
    return z;
#else
    return tt_sum_add(tt_sum_add(tt_sum_add(tt_sum_add(sum, a), b), c), d);
#endif
}

/* Of 32 octets the last n: read from n on. */
static const uint8_t masks[64] = {
    [32] = 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff,        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff,        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

/* The intrinsics take addresses of scalars: no array, nothing to protect. */
__attribute__((no_stack_protector)) uint16_t tt_sum_behind(const uint8_t *p, uint32_t n)
{
    uint64_t sum = 0;
    const uint8_t *last = p + n - 32, *mask = masks + (n & 31);
    uint64_t rest = four(0, load(last) & load(mask), load(last + 8) & load(mask + 8),
                         load(last + 16) & load(mask + 16), load(last + 24) & load(mask + 24));
    for (; p <= last; p += 32) {
        sum = four(sum, load(p), load(p + 8), load(p + 16), load(p + 24));
    }
    unsigned turn = (n & 1) * 8; /* an odd number of octets stands at odd places there */
    return tt_sum_fold(tt_sum_add(sum, rest << turn | rest >> (-turn & 63)));
}
