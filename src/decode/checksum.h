/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The Internet checksum (RFC 1071), in the machine's byte order, 64 bits at a time. Private to decode.
 */
#ifndef DECODE_CHECKSUM_H
#define DECODE_CHECKSUM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Sums are kept as 64 bits of ones' complement: carries come back in at the bottom. */
static inline uint64_t tt_sum_add(uint64_t sum, uint64_t v)
{
    sum += v;
    return sum + (sum < v);
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
    sum = (sum >> 32) + (sum & 0xffffffffu);
    sum = (sum >> 32) + (sum & 0xffffffffu);
    sum = (sum >> 16) + (sum & 0xffffu);
    sum = (sum >> 16) + (sum & 0xffffu);
    return (uint16_t)((sum >> 16) + (sum & 0xffffu));
}

/* Adds n octets at p, which begin at an even offset of what is summed. */
uint64_t tt_sum_octets(uint64_t sum, const uint8_t *p, uint32_t n);

#endif
