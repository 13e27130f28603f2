/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The Internet checksum (RFC 1071), in the machine's byte order, 64 bits at a
 * time. For decode, and for the stream room, which recalls by it what a payload was.
 */
#ifndef DECODE_CHECKSUM_H
#define DECODE_CHECKSUM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Sums are kept as 64 bits of ones' complement: carries come back in at the bottom. */
static inline uint64_t tt_sum_add(uint64_t sum, uint64_t v)
{
    bool carry = __builtin_add_overflow(sum, v, &sum);
    return sum + carry;
}

static inline uint64_t tt_sum_load(uint64_t sum, const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return tt_sum_add(sum, v);
}

/* Folded to 16 bits. What includes its own checksum field is right when this is 0xffff. */
static inline uint16_t tt_sum_fold(uint64_t sum)
{
    sum += sum >> 32 | sum << 32; /* the upper half is both halves, with the carry */
    uint32_t half = (uint32_t)(sum >> 32);
    half += half >> 16 | half << 16;
    return (uint16_t)(half >> 16);
}

/* The last 1..7 octets, as the low ones of a word (whose high ones, 0, add nothing). */
static inline uint64_t tt_sum_tail(const uint8_t *p, uint32_t n)
{
    uint64_t v = 0;
    for (uint32_t i = 0; i < n; i++) {
        v |= (uint64_t)p[i] << (8 * i);
    }
    return v;
}

/* Adds n octets at p, which begin at an even offset of what is summed. Two chains, so that
 * additions need not wait. */
static inline uint64_t tt_sum_octets(uint64_t sum, const uint8_t *p, uint32_t n)
{
    uint64_t other = 0;
    bool long_enough = n >= 8;
    for (; n >= 32; n -= 32, p += 32) {
        sum = tt_sum_load(sum, p);
        other = tt_sum_load(other, p + 8);
        sum = tt_sum_load(sum, p + 16);
        other = tt_sum_load(other, p + 24);
    }
    for (; n >= 8; n -= 8, p += 8) {
        sum = tt_sum_load(sum, p);
    }
    if (n && long_enough) {
        uint64_t v; /* looks back into what is summed already, and shifts that out */
        memcpy(&v, p + n - 8, sizeof v);
        sum = tt_sum_add(sum, v >> (64 - 8 * n));
    } else if (n) {
        sum = tt_sum_add(sum, tt_sum_tail(p, n));
    }
    return tt_sum_add(sum, other);
}

/* The folded sum of n octets, where 32 octets before the end may be read whatever n is: what
 * is left of the steps of 32 is taken from those, without a branch that depends on it. */
uint16_t tt_sum_behind(const uint8_t *p, uint32_t n);

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the last octets are placed for little-endian");

#endif
