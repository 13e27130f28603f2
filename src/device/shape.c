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

#define AVX2 __attribute__((target("avx2")))

/* Negative counts in octets; a lane never passes 128 because no payload has more than 128 vectors.
 */
struct lanes {
    __m256i control, space, digit, upper, lower, json, high;
};

AVX2 static inline __attribute__((always_inline)) void add_vector(struct lanes *a, __m256i v)
{
    /* The seven structure characters differ in their low nibble, but for the two pairs of brackets.
     */
    const __m256i first = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(-1, -1, '"', -1, -1, -1, -1, -1, -1, -1, ':', '[', ',', ']', -1, -1));
    const __m256i second = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, '{', -1, '}', -1, -1));
    /* Signed comparison: octets from 0x80 are below all others; each range is moved so that it ends
     * at 0x7f. */
    a->high = _mm256_sub_epi8(a->high, _mm256_cmpgt_epi8(_mm256_setzero_si256(), v));
    a->control = _mm256_sub_epi8(a->control, _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), v));
    a->space = _mm256_sub_epi8(a->space, _mm256_cmpeq_epi8(_mm256_set1_epi8(0x20), v));
    a->digit = _mm256_sub_epi8(a->digit,
                               _mm256_cmpgt_epi8(_mm256_add_epi8(v, _mm256_set1_epi8(0x7f - '9')),
                                                 _mm256_set1_epi8(0x7f - 10)));
    a->upper = _mm256_sub_epi8(a->upper,
                               _mm256_cmpgt_epi8(_mm256_add_epi8(v, _mm256_set1_epi8(0x7f - 'Z')),
                                                 _mm256_set1_epi8(0x7f - 26)));
    a->lower = _mm256_sub_epi8(a->lower,
                               _mm256_cmpgt_epi8(_mm256_add_epi8(v, _mm256_set1_epi8(0x7f - 'z')),
                                                 _mm256_set1_epi8(0x7f - 26)));
    a->json = _mm256_sub_epi8(a->json, _mm256_cmpeq_epi8(_mm256_shuffle_epi8(first, v), v));
    a->json = _mm256_sub_epi8(a->json, _mm256_cmpeq_epi8(_mm256_shuffle_epi8(second, v), v));
}

/* Four classes in one 64-bit word of four 16-bit counts. */
AVX2 static inline __attribute__((always_inline)) uint64_t four_sums(__m256i a, __m256i b,
                                                                     __m256i c, __m256i d)
{
    const __m256i zero = _mm256_setzero_si256();
    __m256i ab =
        _mm256_or_si256(_mm256_sad_epu8(a, zero), _mm256_slli_epi64(_mm256_sad_epu8(b, zero), 16));
    __m256i cd = _mm256_or_si256(_mm256_slli_epi64(_mm256_sad_epu8(c, zero), 32),
                                 _mm256_slli_epi64(_mm256_sad_epu8(d, zero), 48));
    __m256i all = _mm256_or_si256(ab, cd);
    __m128i half = _mm_add_epi64(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
    return (uint64_t)_mm_cvtsi128_si64(half) + (uint64_t)_mm_extract_epi64(half, 1);
}

static const uint8_t tail_mask[64] __attribute__((aligned(64))) = {
    X32(0),
    X32(0xff),
};

AVX2 static void count_avx2(const uint8_t *p, uint32_t n, uint16_t classes[TT_BYTE_CLASSES])
{
    const __m256i zero = _mm256_setzero_si256();
    struct lanes a = {zero, zero, zero, zero, zero, zero, zero};
    uint32_t padding = (32 - (n & 31)) & 31; /* octets of the last vector that are made 0x00 */
    if (n < 32) {
        uint8_t last[32] __attribute__((aligned(32))) = {0};
        memcpy(last, p, n);
        add_vector(&a, _mm256_load_si256((const __m256i *)(const void *)last));
    } else {
        uint32_t i = 0;
        for (; n - i >= 32; i += 32) {
            add_vector(&a, _mm256_loadu_si256((const __m256i *)(const void *)(p + i)));
        }
        if (padding) {
            __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + n - 32));
            __m256i keep =
                _mm256_loadu_si256((const __m256i *)(const void *)(tail_mask + 32 - padding));
            add_vector(&a, _mm256_and_si256(v, keep));
        }
    }
    a.control = _mm256_sub_epi8(a.control, a.high);
    uint64_t front = four_sums(a.control, a.space, a.digit, a.upper) - padding;
    uint64_t back = four_sums(a.lower, a.json, zero, a.high);
    const uint64_t ones =
        0x0001000100010001U; /* the top lane of x * ones is the sum of all lanes */
    uint64_t known = ((front * ones) >> 48) + ((back * ones) >> 48);
    back += (n - known) << 32;
    memcpy(classes, &front, sizeof front);
    memcpy(classes + 4, &back, sizeof back);
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

void tt_shape_by(tt_shape_count_fn *count, struct tt_bytes payload, struct tt_sample *s)
{
    s->length = payload.n;
    if (payload.n == 0) {
        memset(s->classes, 0, sizeof s->classes);
        s->format = TT_FORMAT_EMPTY;
        return;
    }
    uint32_t n = payload.n < TT_SHAPE_OCTETS ? payload.n : TT_SHAPE_OCTETS;
    count(payload.p, n, s->classes);
    bool plain = !(s->classes[TT_CLASS_CONTROL] | s->classes[TT_CLASS_HIGH]);
    if (!plain && !is_text(payload.p, n, n < payload.n, s->classes)) {
        s->format = TT_FORMAT_BINARY;
    } else {
        s->format = is_json(payload) ? TT_FORMAT_JSON : TT_FORMAT_TEXT;
    }
}

void tt_payload_shape(struct tt_bytes payload, struct tt_sample *s)
{
    tt_shape_by(tt_shape_counter(), payload, s);
}
