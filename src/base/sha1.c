/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SHA-1 (FIPS 180-4, 6.1) of octets that are all there: what every flow's community id is made of,
 * so it takes one pass over the blocks without a state that is filled octet by octet. Not for
 * anything that has to withstand an attacker. Keeps nothing.
 */
#include <string.h>

#include "base/hash.h"

enum { BLOCK = 64, LENGTH = 8 };

static inline uint32_t load(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return __builtin_bswap32(v);
}

static inline uint32_t left(uint32_t v, unsigned n)
{
    return v << n | v >> (32 - n);
}

/* 6.1.3: the schedule in sixteen words. */
static inline uint32_t word(uint32_t w[16], unsigned t)
{
    uint32_t v = w[(t + 13) & 15] ^ w[(t + 8) & 15] ^ w[(t + 2) & 15] ^ w[t & 15];
    return w[t & 15] = left(v, 1);
}

#define CHOOSE(b, c, d)   ((d) ^ ((b) & ((c) ^ (d))))
#define PARITY(b, c, d)   ((b) ^ (c) ^ (d))
#define MAJORITY(b, c, d) (((b) & (c)) | ((d) & ((b) | (c))))

/* One step; the names turn instead of the values. */
#define STEP(f, k, v, a, b, c, d, e)                                                               \
    do {                                                                                           \
        (e) += left(a, 5) + f(b, c, d) + (k) + (v);                                                \
        (b) = left(b, 30);                                                                         \
    } while (0)
#define FIVE(f, k, w, t)                                                                           \
    do {                                                                                           \
        STEP(f, k, w(t), a, b, c, d, e);                                                           \
        STEP(f, k, w((t) + 1), e, a, b, c, d);                                                     \
        STEP(f, k, w((t) + 2), d, e, a, b, c);                                                     \
        STEP(f, k, w((t) + 3), c, d, e, a, b);                                                     \
        STEP(f, k, w((t) + 4), b, c, d, e, a);                                                     \
    } while (0)
#define GIVEN(t) w[t]
#define MADE(t)  word(w, t)

static void block(uint32_t h[5], const uint8_t *p)
{
    uint32_t w[16], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (unsigned t = 0; t < 16; t++) {
        w[t] = load(p + (size_t)t * 4);
    }
    FIVE(CHOOSE, 0x5a827999, GIVEN, 0);
    FIVE(CHOOSE, 0x5a827999, GIVEN, 5);
    FIVE(CHOOSE, 0x5a827999, GIVEN, 10);
    STEP(CHOOSE, 0x5a827999, GIVEN(15), a, b, c, d, e);
    STEP(CHOOSE, 0x5a827999, MADE(16), e, a, b, c, d);
    STEP(CHOOSE, 0x5a827999, MADE(17), d, e, a, b, c);
    STEP(CHOOSE, 0x5a827999, MADE(18), c, d, e, a, b);
    STEP(CHOOSE, 0x5a827999, MADE(19), b, c, d, e, a);
    FIVE(PARITY, 0x6ed9eba1, MADE, 20);
    FIVE(PARITY, 0x6ed9eba1, MADE, 25);
    FIVE(PARITY, 0x6ed9eba1, MADE, 30);
    FIVE(PARITY, 0x6ed9eba1, MADE, 35);
    FIVE(MAJORITY, 0x8f1bbcdc, MADE, 40);
    FIVE(MAJORITY, 0x8f1bbcdc, MADE, 45);
    FIVE(MAJORITY, 0x8f1bbcdc, MADE, 50);
    FIVE(MAJORITY, 0x8f1bbcdc, MADE, 55);
    FIVE(PARITY, 0xca62c1d6, MADE, 60);
    FIVE(PARITY, 0xca62c1d6, MADE, 65);
    FIVE(PARITY, 0xca62c1d6, MADE, 70);
    FIVE(PARITY, 0xca62c1d6, MADE, 75);
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

void tt_sha1(const void *p, size_t n, uint8_t out[20])
{
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    const uint8_t *from = p;
    size_t rest = n;
    for (; rest >= BLOCK; rest -= BLOCK, from += BLOCK) {
        block(h, from);
    }
    uint8_t last[2 * BLOCK] = {0};
    if (rest) {
        memcpy(last, from, rest);
    }
    last[rest] = 0x80;
    size_t total = rest < BLOCK - LENGTH ? BLOCK : 2 * BLOCK;
    uint64_t bits = __builtin_bswap64((uint64_t)n * 8);
    memcpy(last + total - LENGTH, &bits, sizeof bits);
    for (size_t i = 0; i < total; i += BLOCK) {
        block(h, last + i);
    }
    for (unsigned i = 0; i < 5; i++) {
        uint32_t v = __builtin_bswap32(h[i]);
        memcpy(out + (size_t)i * 4, &v, sizeof v);
    }
}
