/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Texts in which nothing but '"' and '\\' needs an escape (topics, JSON payloads; RFC 8259 section
 * 7), sixteen octets at a time: a table turns eight octets and the marks among them into the octets
 * with their escapes, so quotes cost nothing extra. Anything else is left to base/json.c.
 */
#include "output/eve_line.h"

#if defined(__x86_64__) && !defined(TT_JSON_PORTABLE)
#include <tmmintrin.h>

#define WIDE    16
#define SSSE3   __attribute__((target("ssse3")))
#define BACK    8    /* lane that holds a '\\' */
#define NOTHING 0x80 /* a lane of zero */

/* Both halves of sixteen octets, with escapes before those that are marked. */
SSSE3 static inline char *spread(const struct eve_escapes *t, char *out, __m128i v, unsigned marks)
{
    const __m128i back = _mm_set1_epi8('\\');
    const unsigned first = marks & 0xff, second = marks >> 8;
    __m128i half = _mm_unpacklo_epi64(v, back);
    half = _mm_shuffle_epi8(half, _mm_load_si128((const void *)t->lanes[first]));
    _mm_storeu_si128((void *)out, half);
    out += t->length[first];
    half = _mm_unpackhi_epi64(v, back);
    half = _mm_shuffle_epi8(half, _mm_load_si128((const void *)t->lanes[second]));
    _mm_storeu_si128((void *)out, half);
    return out + t->length[second];
}

SSSE3 static char *copy_ssse3(const struct eve_escapes *t, char *out, const uint8_t *s, size_t n)
{
    /* loaded from 16 - n on: moves the last n octets of sixteen to the front, zeros behind */
    static const uint8_t slide[2 * WIDE] = {
        0,       1,       2,       3,       4,       5,       6,       7,
        8,       9,       10,      11,      12,      13,      14,      15,
        NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING,
        NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING};
    const __m128i space = _mm_set1_epi8(0x20), quote = _mm_set1_epi8('"');
    const __m128i back = _mm_set1_epi8('\\');
    if (n < WIDE) {
        return NULL;
    }
    for (;;) {
        __m128i v;
        unsigned valid = 0xffff;
        if (n >= WIDE) {
            v = _mm_loadu_si128((const void *)s);
        } else if (n) {
            v = _mm_loadu_si128((const void *)(s + n - WIDE));
            v = _mm_shuffle_epi8(v, _mm_loadu_si128((const void *)(slide + WIDE - n)));
            valid = (1U << n) - 1;
        } else {
            return out;
        }
        __m128i low = _mm_cmplt_epi8(v, space); /* signed: 0x80 and more too */
        __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, back));
        unsigned found = (unsigned)_mm_movemask_epi8(_mm_or_si128(low, marks)) & valid;
        if (!found) {
            _mm_storeu_si128((void *)out, v);
            out += WIDE;
        } else if ((unsigned)_mm_movemask_epi8(low) & valid) {
            return NULL;
        } else {
            out = spread(t, out, v, found);
        }
        if (n <= WIDE) {
            return out - (WIDE - n);
        }
        s += WIDE;
        n -= WIDE;
    }
}

static void make(struct eve_escapes *t)
{
    for (unsigned marks = 0; marks < 256; marks++) {
        uint8_t n = 0;
        memset(t->lanes[marks], NOTHING, WIDE);
        for (uint8_t i = 0; i < 8; i++) {
            if (marks >> i & 1) {
                t->lanes[marks][n++] = BACK;
            }
            t->lanes[marks][n++] = i;
        }
        t->length[marks] = n;
    }
}

void eve_escapes_init(struct eve_escapes *t)
{
    make(t);
    t->copy = __builtin_cpu_supports("ssse3") ? copy_ssse3 : NULL;
}

#else

void eve_escapes_init(struct eve_escapes *t)
{
    t->copy = NULL;
}

#endif
