/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The shape of a payload: octets by class (detectors.md P8) and the kind of format (P9). Looks at
 * the first 4096 octets and at nothing else; keeps nothing. On x86-64 with AVX2 a vector of 32
 * octets costs about twenty instructions; the table costs two for each octet. Both give the same
 * counts.
 */
#include "device/shape.h"

#include "base/text.h"
#include "device/device.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* One octet lane for each class: adding the rows of up to 255 octets counts all classes at once. */
#define C(n)   ((uint64_t)1 << (8 * (n)))
#define CTL    C(TT_CLASS_CONTROL)
#define SPC    C(TT_CLASS_SPACE)
#define DIG    C(TT_CLASS_DIGIT)
#define UPP    C(TT_CLASS_UPPER)
#define LOW    C(TT_CLASS_LOWER)
#define JSN    C(TT_CLASS_JSON)
#define OTH    C(TT_CLASS_OTHER)
#define HIG    C(TT_CLASS_HIGH)
#define X8(c)  c, c, c, c, c, c, c, c
#define X32(c) X8(c), X8(c), X8(c), X8(c)

static const uint64_t lane[256] = {
    X32(CTL),
    /* space to / */
    SPC,
    OTH,
    JSN,
    OTH,
    OTH,
    OTH,
    OTH,
    OTH,
    OTH,
    OTH,
    OTH,
    OTH,
    JSN,
    OTH,
    OTH,
    OTH,
    /* 0 to ? */
    X8(DIG),
    DIG,
    DIG,
    JSN,
    OTH,
    OTH,
    OTH,
    OTH,
    OTH,
    /* @ to _ */
    OTH,
    X8(UPP),
    X8(UPP),
    X8(UPP),
    UPP,
    UPP,
    JSN,
    OTH,
    JSN,
    OTH,
    OTH,
    /* ` to DEL */
    OTH,
    X8(LOW),
    X8(LOW),
    X8(LOW),
    LOW,
    LOW,
    JSN,
    OTH,
    JSN,
    OTH,
    OTH,
    X32(HIG),
    X32(HIG),
    X32(HIG),
    X32(HIG),
};

void tt_shape_count_table(const uint8_t *p, uint32_t n, uint16_t classes[TT_BYTE_CLASSES])
{
    uint32_t sum[TT_BYTE_CLASSES] = {0};
    while (n > 0) {
        uint32_t block = n < 255 ? n : 255;
        uint64_t lanes = 0;
        for (uint32_t i = 0; i < block; i++) {
            lanes += lane[p[i]];
        }
        for (int c = 0; c < TT_BYTE_CLASSES; c++) {
            sum[c] += (uint32_t)(lanes >> (8 * c)) & 0xff;
        }
        p += block;
        n -= block;
    }
    for (int c = 0; c < TT_BYTE_CLASSES; c++) {
        classes[c] = (uint16_t)sum[c];
    }
}

#if defined(__x86_64__)

#define AVX2        __attribute__((target("avx2")))
#define AVX2_INLINE AVX2 static inline __attribute__((always_inline))

/* Counts in octets, negative for those that are subtracted; no lane passes 128 because no payload
 * has more vectors. */
struct lanes {
    __m256i control, space, digit, upper, lower, json, high;
};

/* Constants in memory, so that the instructions take them from there: building them costs more than
 * a short payload. */
#define V32(c)                                                                                     \
    {                                                                                              \
        X32(c)                                                                                     \
    }
struct constants {
    int8_t zero[32], space[32], to_9[32], to_z_upper[32], to_z_lower[32], ten[32], twenty_six[32];
    int8_t first[32], second[32], tail[64];
};

static const struct constants constant __attribute__((aligned(64))) = {
    .zero = V32(0),
    .space = V32(0x20),
    /* Signed comparison: octets from 0x80 are below all others; each range is moved so that it ends
       at 0x7f. */
    .to_9 = V32(0x7f - '9'),
    .to_z_upper = V32(0x7f - 'Z'),
    .to_z_lower = V32(0x7f - 'z'),
    .ten = V32(0x7f - 10),
    .twenty_six = V32(0x7f - 26),
    /* The seven structure characters differ in their low nibble, but for the two pairs of brackets.
     */
    .first = {-1, -1, '"', -1, -1, -1, -1, -1, -1, -1, ':', '[', ',', ']', -1, -1,
              -1, -1, '"', -1, -1, -1, -1, -1, -1, -1, ':', '[', ',', ']', -1, -1},
    .second = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, '{', -1, '}', -1, -1,
               -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, '{', -1, '}', -1, -1},
    .tail = {X32(0), X32(-1)},
};
#define K(k, name) _mm256_load_si256((const __m256i *)(const void *)(k)->name)

AVX2_INLINE __m256i in_range(__m256i v, __m256i to_end, __m256i above)
{
    return _mm256_cmpgt_epi8(_mm256_add_epi8(v, to_end), above);
}

/* Constants of k stay in registers, those of m are second operands. */
AVX2_INLINE void add_vector(const struct constants *k, const struct constants *m, struct lanes *a,
                            __m256i v)
{
    __m256i json;
    a->high = _mm256_sub_epi8(a->high, _mm256_cmpgt_epi8(K(k, zero), v));
    a->control = _mm256_sub_epi8(a->control, _mm256_cmpgt_epi8(K(k, space), v)); /* and >= 0x80 */
    a->space = _mm256_sub_epi8(a->space, _mm256_cmpeq_epi8(K(k, space), v));
    json = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(K(k, first), v), v);
    a->json = _mm256_sub_epi8(a->json, json);
    json = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(K(k, second), v), v);
    a->json = _mm256_sub_epi8(a->json, json);
    a->digit = _mm256_sub_epi8(a->digit, in_range(v, K(m, to_9), K(m, ten)));
    a->upper = _mm256_sub_epi8(a->upper, in_range(v, K(m, to_z_upper), K(m, twenty_six)));
    a->lower = _mm256_sub_epi8(a->lower, in_range(v, K(m, to_z_lower), K(m, twenty_six)));
}

/* Sums of the octets of four lanes: for each half of 128 bits two words a lane. */
AVX2_INLINE __m256i four_sums(const struct constants *k, __m256i a, __m256i b, __m256i c, __m256i d)
{
    __m256i front =
        _mm256_packus_epi32(_mm256_sad_epu8(a, K(k, zero)), _mm256_sad_epu8(b, K(k, zero)));
    __m256i back =
        _mm256_packus_epi32(_mm256_sad_epu8(c, K(k, zero)), _mm256_sad_epu8(d, K(k, zero)));
    return _mm256_packus_epi32(front, back);
}

AVX2_INLINE __m256i load(const void *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}

/* The last vector comes first, with `padding` octets of 0x00 in place of those that belong to the
 * one before. p: whole vectors from here to the end. */
AVX2_INLINE void count_vectors(const struct constants *k, __m256i last, const uint8_t *p,
                               const uint8_t *end, uint32_t padding,
                               uint16_t classes[TT_BYTE_CLASSES])
{
    struct lanes a = {K(k, zero), K(k, zero), K(k, zero), K(k, zero),
                      K(k, zero), K(k, zero), K(k, zero)};
    __m256i all = _mm256_set1_epi8((char)(1 + (end - p) / 32)), v = last;
    const struct constants *m = k;
    for (;; p += 32) {
        __asm__("" : "+r"(m)); /* or the compiler runs out of registers for them */
        add_vector(k, m, &a, v);
        /* … or keeps what they were before as well */
        __asm__("" : "+x"(a.control), "+x"(a.space), "+x"(a.digit), "+x"(a.upper));
        __asm__("" : "+x"(a.lower), "+x"(a.json), "+x"(a.high));
        if (p == end) {
            break;
        }
        v = load(p);
    }
    /* Each octet has one class: other is what is left. Control was counted with >= 0x80. */
    __m256i other = _mm256_sub_epi8(_mm256_sub_epi8(all, a.control), a.space);
    other = _mm256_sub_epi8(_mm256_sub_epi8(other, a.digit), a.upper);
    other = _mm256_sub_epi8(_mm256_sub_epi8(other, a.lower), a.json);
    a.control = _mm256_sub_epi8(a.control, a.high);
    __m256i pairs = _mm256_hadd_epi16(four_sums(k, a.control, a.space, a.digit, a.upper),
                                      four_sums(k, a.lower, a.json, other, a.high));
    __m128i sums = _mm_add_epi16(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
    sums = _mm_sub_epi16(sums, _mm_cvtsi32_si128((int)padding));
    _mm_storeu_si128((__m128i *)(void *)classes, sums);
}

AVX2 static __attribute__((noinline)) void count_short(const struct constants *k, const uint8_t *p,
                                                       uint32_t n,
                                                       uint16_t classes[TT_BYTE_CLASSES])
{
    uint8_t last[32] = {0};
    memcpy(last, p, n);
    count_vectors(k, load(last), p, p, 32 - n, classes);
}

AVX2 static void count_avx2(const uint8_t *p, uint32_t n, uint16_t classes[TT_BYTE_CLASSES])
{
    const struct constants *k = &constant;
    __asm__("" : "+r"(k)); /* or the compiler builds them anew, knowing what they are */
    if (n < 32) {
        count_short(k, p, n, classes);
        return;
    }
    uint32_t padding = -n & 31;
    __m256i last = _mm256_and_si256(load(p + n - 32), load(k->tail + 32 - padding));
    count_vectors(k, last, p, p + n - 32 + padding, padding, classes);
}

tt_shape_count_fn *tt_shape_counter(void)
{
    return __builtin_cpu_supports("avx2") ? count_avx2 : tt_shape_count_table;
}

#else

tt_shape_count_fn *tt_shape_counter(void)
{
    return tt_shape_count_table;
}

#endif

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Printable UTF-8 in the first n octets? A sequence that the limit of 4096 cuts is let pass. */
static bool is_text(const uint8_t *p, uint32_t n, bool cut, const uint16_t classes[TT_BYTE_CLASSES])
{
    if (classes[TT_CLASS_CONTROL]) {
        for (uint32_t i = 0; i < n; i++) {
            if (p[i] < 0x20 && !is_blank(p[i])) {
                return false;
            }
        }
    }
    if (!classes[TT_CLASS_HIGH]) {
        return true;
    }
    for (uint32_t i = 0; i < n;) {
        unsigned step = p[i] < 0x80 ? 1 : tt_utf8_length(p + i, n - i);
        if (step == 0) {
            return cut && n - i < 4 && p[i] >= 0xc2;
        }
        i += step;
    }
    return true;
}

/* A bracket at each end; whether all between is well-formed is not asked on the packet path. */
static bool is_json(struct tt_bytes b)
{
    const uint8_t *p = b.p, *last = b.p + b.n - 1;
    while (p < last && is_blank(*p)) {
        p++;
    }
    while (last > p && is_blank(*last)) {
        last--;
    }
    return (*p == '{' && *last == '}') || (*p == '[' && *last == ']');
}

void tt_shape_unusual(struct tt_bytes payload, struct tt_sample *s)
{
    uint32_t n = payload.n < TT_SHAPE_OCTETS ? payload.n : TT_SHAPE_OCTETS;
    bool plain = !(s->classes[TT_CLASS_CONTROL] | s->classes[TT_CLASS_HIGH]);
    if (payload.n == 0) {
        s->format = TT_FORMAT_EMPTY;
    } else if (!plain && !is_text(payload.p, n, n < payload.n, s->classes)) {
        s->format = TT_FORMAT_BINARY;
    } else {
        s->format = is_json(payload) ? TT_FORMAT_JSON : TT_FORMAT_TEXT;
    }
}

void tt_payload_shape(struct tt_bytes payload, struct tt_sample *s)
{
    tt_shape_by(tt_shape_counter(), payload, s);
}
