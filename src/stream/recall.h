/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a way remembers of octets that are gone: length, and sixteen bits made of their Internet
 * checksum, which decode has computed anyway, and a hash of their ends; enough to notice a
 * retransmission with other content. Inline because it is on the fast path.
 */
#ifndef STREAM_RECALL_H
#define STREAM_RECALL_H

#include "base/hash.h"
#include "stream/state.h"

#define HASH_START 0x2545f4914f6cdd1du
#define HASH_STEP  0x9e3779b97f4a7c15u

static inline uint32_t load32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* n > 0; sum: of all of them. */
static inline uint32_t payload_hash(const uint8_t *p, uint32_t n, uint16_t sum)
{
    uint64_t h;
    if (n >= 8) {
        h = tt_mum(tt_load64(p) ^ HASH_START, tt_load64(p + n - 8) ^ HASH_STEP);
    } else if (n >= 4) {
        h = tt_mum(load32(p) ^ HASH_START, load32(p + n - 4) ^ HASH_STEP);
    } else {
        h = tt_mum(((uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1]) ^ HASH_START,
                   HASH_STEP);
    }
    return (uint32_t)(h >> 48) ^ sum;
}

static inline void remember(struct way *w, const uint8_t *p, uint32_t n, uint16_t sum)
{
    uint64_t first_two;
    uint32_t third = w->records[2];
    if (n > 0xffff) {
        w->n_records = 0;
        return;
    }
    memcpy(&first_two, &w->records[0], sizeof first_two);
    memcpy(&w->records[1], &first_two, sizeof first_two);
    w->records[3] = third;
    w->records[0] = n << 16 | payload_hash(p, n, sum);
    w->n_records = (uint8_t)(w->n_records + (w->n_records < WAY_RECORDS));
}
_Static_assert(WAY_RECORDS == 4, "shifted by hand");

#endif
