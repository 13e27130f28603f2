/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loop of the Internet checksum: two chains of add-with-carry over 64-bit words, so that a 100-octet packet costs about as
 * many instructions as it has words. Little-endian machines only, as the rest of the program's tail handling.
 */
#include "decode/checksum.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the last octets are placed for little-endian");

static inline uint64_t load64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

uint64_t tt_sum_octets(uint64_t sum, const uint8_t *p, uint32_t n)
{
    unsigned __int128 a = sum, b = 0;
    for (; n >= 32; n -= 32, p += 32) {
        a += load64(p);
        b += load64(p + 8);
        a += load64(p + 16);
        b += load64(p + 24);
    }
    for (; n >= 8; n -= 8, p += 8) {
        a += load64(p);
    }
    uint64_t tail = 0;
    if (n & 4) {
        uint32_t v;
        memcpy(&v, p, sizeof v);
        a += v;
        p += 4;
    }
    if (n & 2) {
        uint16_t v;
        memcpy(&v, p, sizeof v);
        tail = v;
        p += 2;
    }
    if (n & 1) {
        tail += *p;
    }
    a += tail;
    a += b;
    return tt_sum_add((uint64_t)a, (uint64_t)(a >> 64));
}
