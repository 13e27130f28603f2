/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What MQTT says of its texts, part of mqtt.c alone: UTF-8 (1.5.4), topic names and filters (4.7).
 * Judges octets that were read already; reads nothing itself.
 */
#ifndef DISSECT_PROTO_MQTT_TEXT_H
#define DISSECT_PROTO_MQTT_TEXT_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "dissect/proto/mqtt_rows.h"

enum { LEVELS_MAX = 200 };

static inline void note(struct tt_msg *m, bool when, enum oddity oddity)
{
    m->anomalies |= when ? (uint64_t)1 << oddity : 0;
}

/* Bit 7 of some octet is set when one of eight is not ASCII, U+0000, '+' or '#'. The two wildcards
 * differ in bit 3; subtracting 1 from an octet 0 sets its top bit. */
static inline uint64_t odd(uint64_t w)
{
    const uint64_t ones = 0x0101010101010101u;
    return (w - ones) | (((w | ones << 3) ^ ones * 0x2b) - ones) | w;
}

#ifdef __SSE2__
/* The same of sixteen. */
static inline __m128i odd16(const uint8_t *p)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i wild = _mm_cmpeq_epi8(_mm_or_si128(v, _mm_set1_epi8(8)), _mm_set1_epi8('+'));
    return _mm_or_si128(_mm_or_si128(v, wild), _mm_cmpeq_epi8(v, _mm_setzero_si128()));
}

static inline bool plain_long(struct tt_bytes b)
{
    const uint8_t *last = b.p + b.n - 16;
    __m128i found = odd16(last);
    for (const uint8_t *p = b.p; p < last; p += 16) {
        found = _mm_or_si128(found, odd16(p));
    }
    return _mm_movemask_epi8(found) == 0;
}
#endif

/* No octet is odd: asked of every PUBLISH, so many at a time, the last ones overlap. */
static inline bool plain(struct tt_bytes b)
{
    uint64_t w, found = 0;
#ifdef __SSE2__
    if (b.n >= 16) {
        return plain_long(b);
    }
#endif
    if (b.n >= 8) {
        const uint8_t *last = b.p + b.n - 8;
        for (const uint8_t *p = b.p; p < last; p += 8) {
            memcpy(&w, p, 8);
            found |= odd(w);
        }
        memcpy(&w, last, 8);
        found |= odd(w);
    } else {
        for (uint32_t i = 0; i < b.n; i++) {
            found |= odd(b.p[i] * 0x0101010101010101u);
        }
    }
    return !(found & 0x8080808080808080u);
}

static inline bool holds(struct tt_bytes b, char c)
{
    return b.n && memchr(b.p, c, b.n);
}

static inline void judge_text(struct tt_msg *m, struct tt_bytes b)
{
    if (!plain(b)) {
        note(m, holds(b, 0), A_NUL);
        note(m, !tt_bytes_utf8(b), A_UTF8);
    }
}

static inline void judge_depth(struct tt_msg *m, struct tt_bytes b)
{
    uint32_t levels = 1;
    for (uint32_t i = 0; i < b.n; i++) {
        levels += b.p[i] == '/';
    }
    note(m, levels > LEVELS_MAX, A_DEEP);
}

/* A topic name: of a PUBLISH, a will, an answer. */
static inline void judge_topic(struct tt_msg *m, struct tt_bytes b)
{
    judge_text(m, b);
    judge_depth(m, b);
    note(m, holds(b, '+') || holds(b, '#'), A_WILDCARD);
}

/* A topic name that surely has no fault. */
static inline bool ordinary(struct tt_bytes b)
{
    return b.n > 0 && b.n < LEVELS_MAX && plain(b);
}

/* A filter; true when it is a shared subscription (4.8.2, version 5). */
static inline bool judge_filter(struct tt_msg *m, struct tt_bytes b, bool five)
{
    judge_text(m, b);
    judge_depth(m, b);
    note(m, b.n == 0, A_EMPTY_TOPIC);
    for (uint32_t i = 0; i < b.n; i++) {
        bool last = i + 1 == b.n, many = b.p[i] == '#';
        bool alone = (i == 0 || b.p[i - 1] == '/') && (last || (!many && b.p[i + 1] == '/'));
        note(m, (many || b.p[i] == '+') && !alone, A_MISPLACED);
    }
    if (!five || b.n < 7 || memcmp(b.p, "$share/", 7) != 0) {
        return false;
    }
    struct tt_bytes group = {b.p + 7, 0};
    while (group.n < b.n - 7 && group.p[group.n] != '/') {
        group.n++;
    }
    note(m, group.n == 0 || holds(group, '+') || holds(group, '#'), A_SHARED);
    note(m, 7 + group.n + 1 >= b.n, A_SHARED); /* no filter behind it */
    return true;
}

#endif
