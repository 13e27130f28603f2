/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The JSON appender of the packet path (RFC 8259): constant pieces are copied, texts are scanned 16
 * octets at a time for what needs escaping, numbers are written in place. It never allocates and
 * never writes past the span: once something does not fit, the span counts as full from there on.
 */
#include "base/json.h"

#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/text.h"

#if defined(__SSE2__) && !defined(TT_JSON_PORTABLE)
#include <emmintrin.h>
#endif

static const char hex_digits[] = "0123456789abcdef";

static void overflow(struct tt_json *j)
{
    j->full = true;
    j->end = j->p;
}

static size_t room(const struct tt_json *j)
{
    return (size_t)(j->end - j->p);
}

/* The comma before a value where one is due. False when not even that fits. */
static inline bool begin(struct tt_json *j)
{
    if (j->comma) {
        if (j->p == j->end) {
            overflow(j);
            return false;
        }
        *j->p++ = ',';
    }
    j->comma = true;
    return true;
}

void tt_json_init(struct tt_json *j, void *span, size_t n)
{
    j->start = j->p = span;
    j->end = j->start + n;
    j->full = false;
    j->comma = false;
}

void tt_json_open(struct tt_json *j, char bracket)
{
    if (begin(j)) {
        tt_json_raw(j, &bracket, 1);
        j->comma = false;
    }
}

void tt_json_close(struct tt_json *j, char bracket)
{
    tt_json_raw(j, &bracket, 1);
    j->comma = true;
}

void tt_json_uint(struct tt_json *j, uint64_t v)
{
    if (!begin(j)) {
        return;
    }
    if (room(j) >= 20) {
        j->p += tt_text_uint((char *)j->p, v);
        return;
    }
    char text[20];
    tt_json_raw(j, text, tt_text_uint(text, v));
}

void tt_json_int(struct tt_json *j, int64_t v)
{
    char text[21] = "-";
    if (v >= 0) {
        tt_json_uint(j, (uint64_t)v);
    } else if (begin(j)) {
        tt_json_raw(j, text, 1 + tt_text_uint(text + 1, 0 - (uint64_t)v));
    }
}

void tt_json_double(struct tt_json *j, double v, int decimals)
{
    static const double scales[] = {1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    if (!isfinite(v)) {
        tt_json_null(j);
        return;
    }
    if (!begin(j)) {
        return;
    }
    decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
    double size = fabs(v);
    char text[340];
    size_t n = 0;
    if (size * scales[decimals] < 9e15) { /* exact in a double */
        uint64_t scaled = (uint64_t)(size * scales[decimals] + 0.5);
        uint64_t unit = (uint64_t)scales[decimals], rest = scaled % unit;
        if (v < 0 && scaled) {
            text[n++] = '-';
        }
        n += tt_text_uint(text + n, scaled / unit);
        if (decimals) {
            /* the 1 in front keeps the zeros behind the point; the point then takes its place */
            size_t at = n;
            n += tt_text_uint(text + n, unit + rest);
            text[at] = '.';
        }
    } else {
        n = (size_t)snprintf(text, sizeof text, "%.0f", v); /* no point, hence no locale */
    }
    tt_json_raw(j, text, n);
}

void tt_json_bool(struct tt_json *j, bool v)
{
    if (begin(j)) {
        tt_json_raw(j, v ? "true" : "false", v ? 4 : 5);
    }
}

void tt_json_null(struct tt_json *j)
{
    if (begin(j)) {
        tt_json_raw(j, "null", 4);
    }
}

void tt_json_value(struct tt_json *j, const void *json, size_t n)
{
    if (begin(j)) {
        tt_json_raw(j, json, n);
    }
}

/* One octet that cannot stand as it is (RFC 8259 section 7; 0x80.. = not UTF-8). Returns the octets
 * written, at most 6. */
static size_t escape_octet(uint8_t out[6], uint8_t b)
{
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    out[0] = '\\';
    if (b >= 0x80) {
        out[1] = '\\';
        out[2] = 'x';
        out[3] = (uint8_t)hex_digits[b >> 4];
        out[4] = (uint8_t)hex_digits[b & 15];
        return 5;
    }
    if (b >= 0x20 || letters[b]) {
        out[1] = b >= 0x20 ? b : (uint8_t)letters[b];
        return 2;
    }
    memcpy(out + 1, "u00", 3);
    out[4] = (uint8_t)hex_digits[b >> 4];
    out[5] = (uint8_t)hex_digits[b & 15];
    return 6;
}

static bool special(uint8_t b)
{
    return b < 0x20 || b >= 0x80 || b == '"' || b == '\\';
}

#define EACH(octet) (0x0101010101010101U * (octet))

/* True when one of eight octets is special: high bit, below 0x20, or equal to one of the two (a
 * zero after the xor). */
static bool special8(uint64_t v)
{
    uint64_t quote = v ^ EACH('"'), back = v ^ EACH('\\');
    uint64_t found = (v - EACH(0x20)) | (quote - EACH(1)) | (back - EACH(1)) | v;
    return (found & EACH(0x80)) != 0;
}

#if defined(__SSE2__) && !defined(TT_JSON_PORTABLE)
#define WIDE 16

/* Copies fewer than sixteen octets without a call: where they are now sixteen can be read. */
static inline void copy_rest(uint8_t out[WIDE], const uint8_t *s, size_t n)
{
    if (n >= 8) {
        memcpy(out, s, 8);
        memcpy(&out[n - 8], &s[n - 8], 8);
    } else if (n >= 4) {
        memcpy(out, s, 4);
        memcpy(&out[n - 4], &s[n - 4], 4);
    } else {
        for (size_t i = 0; i < n; i++) {
            out[i] = s[i];
        }
    }
}

/* Copies sixteen octets; bit i of the result: octet i is special. */
static inline unsigned copy16(uint8_t *out, const uint8_t *s)
{
    __m128i v = _mm_loadu_si128((const void *)s);
    _mm_storeu_si128((void *)out, v);
    __m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20)); /* signed: 0x80.. is below too */
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i back = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, back)));
}
#endif

/* Copies octets that stand as they are, up to the first special one, the end of the text or of the
 * span; returns how many. */
static size_t copy_plain(uint8_t *out, size_t space, const uint8_t *s, size_t n)
{
    size_t at = 0, most = n < space ? n : space;
    while (most - at >= 8) {
        uint64_t v = tt_load64(s + at);
        if (special8(v)) {
            break;
        }
        memcpy(out + at, &v, 8);
        at += 8;
    }
    while (at < most && !special(s[at])) {
        out[at] = s[at];
        at++;
    }
    return at;
}

/* What is special at s, at most up to stop; returns where the plain rest begins. */
static const uint8_t *escape_some(struct tt_json *j, const uint8_t *s, const uint8_t *stop)
{
    do {
        unsigned length = *s >= 0x80 ? tt_utf8_length(s, (size_t)(stop - s)) : 0;
        if (length) {
            tt_json_raw(j, s, length);
            s += length;
        } else {
            uint8_t out[6];
            tt_json_raw(j, out, escape_octet(out, *s++));
        }
    } while (s < stop && *s >= 0x80 && !j->full);
    return s;
}

/* Text between quotes that are already there, up to its end or the end of the span. */
static void escape_narrow(struct tt_json *j, const uint8_t *s, const uint8_t *stop)
{
    while (s < stop && !j->full) {
        size_t plain = copy_plain(j->p, room(j), s, (size_t)(stop - s));
        j->p += plain;
        s += plain;
        if (s == stop) {
            return;
        }
        if (special(*s)) {
            s = escape_some(j, s, stop);
        } else {
            overflow(j);
        }
    }
}

#ifdef WIDE
/* The same, sixteen octets at a time while the span has room for twice that. The last octets of the
 * text are moved to where sixteen can be read; the zeros behind them end the loop. Places stay in
 * registers: a store through j->p may alias *j. */
static void escape_wide(struct tt_json *j, const uint8_t *s, const uint8_t *stop)
{
    uint8_t rest[2 * WIDE] = {0};
    size_t least = WIDE; /* octets that must be left to be read in place */
    uint8_t *p = j->p, *p_last = j->end - 2 * WIDE;
    while (p <= p_last && s < stop) {
        size_t left = (size_t)(stop - s);
        if (left < least) {
            copy_rest(rest, s, left);
            s = rest;
            stop = rest + left;
            least = 0;
        }
        unsigned found = copy16(p, s);
        if (!found) {
            p += WIDE;
            s += WIDE;
            continue;
        }
        size_t plain = (size_t)__builtin_ctz(found);
        p += plain;
        s += plain;
        if (*s == '"' || *s == '\\') { /* JSON in JSON: the frequent case */
            p[0] = '\\';
            p[1] = *s++;
            p += 2;
        } else if (s < stop) {
            j->p = p;
            s = escape_some(j, s, stop);
            p = j->p;
        }
    }
    j->p = p;
    escape_narrow(j, s, stop);
}
#endif

static void escape(struct tt_json *j, const uint8_t *s, size_t n)
{
#ifdef WIDE
    if (room(j) >= 2 * WIDE) {
        escape_wide(j, s, s + n);
        return;
    }
#endif
    escape_narrow(j, s, s + n);
}

static void truncated(struct tt_json *j, size_t n)
{
    static const char head[] = "[truncated ", foot[] = " additional bytes]";
    char digits[20];
    tt_json_raw(j, head, sizeof head - 1);
    tt_json_raw(j, digits, tt_text_uint(digits, n));
    tt_json_raw(j, foot, sizeof foot - 1);
}

/* How much of s to keep for a limit below n: not the first part of a well-formed sequence. */
static size_t cut(const uint8_t *s, size_t n, size_t limit)
{
    for (size_t back = 1; back <= 3 && back <= limit; back++) {
        if (s[limit - back] >= 0xc0) {
            return tt_utf8_length(s + limit - back, n - (limit - back)) > back ? limit - back
                                                                               : limit;
        }
        if (s[limit - back] < 0x80) {
            break;
        }
    }
    return limit;
}

void tt_json_text(struct tt_json *j, const void *text, size_t n, size_t limit)
{
    size_t keep = limit && n > limit ? cut(text, n, limit) : n;
    if (!begin(j)) {
        return;
    }
    if (j->p == j->end) {
        overflow(j);
        return;
    }
    *j->p++ = '"';
    if (keep) {
        escape(j, text, keep);
    }
    if (keep < n) {
        truncated(j, n - keep);
    }
    if (j->p == j->end) {
        overflow(j);
        return;
    }
    *j->p++ = '"';
}

void tt_json_cstr(struct tt_json *j, const char *text)
{
    tt_json_text(j, text, strlen(text), 0);
}

void tt_json_hex(struct tt_json *j, const void *octets, size_t n, size_t limit)
{
    const uint8_t *s = octets;
    size_t keep = limit && n > limit ? limit : n;
    if (!begin(j)) {
        return;
    }
    tt_json_raw(j, "\"", 1);
    if (keep > room(j) / 2) {
        overflow(j);
        return;
    }
    for (size_t i = 0; i < keep; i++) {
        *j->p++ = (uint8_t)hex_digits[s[i] >> 4];
        *j->p++ = (uint8_t)hex_digits[s[i] & 15];
    }
    if (keep < n) {
        truncated(j, n - keep);
    }
    tt_json_raw(j, "\"", 1);
}

void tt_json_base64(struct tt_json *j, const void *octets, size_t n)
{
    if (!begin(j)) {
        return;
    }
    tt_json_raw(j, "\"", 1);
    if (n > room(j) || (n + 2) / 3 * 4 > room(j)) {
        overflow(j);
        return;
    }
    j->p += tt_base64((char *)j->p, octets, n);
    tt_json_raw(j, "\"", 1);
}

void tt_json_time_cached(struct tt_json *j, struct tt_time_cache *cache, int64_t ns)
{
    if (!begin(j)) {
        return;
    }
    if (room(j) < 34) {
        overflow(j);
        return;
    }
    *j->p = '"';
    j->p += 1 + tt_text_time_cached((char *)j->p + 1, cache, ns);
    *j->p++ = '"';
}

void tt_json_time(struct tt_json *j, int64_t ns)
{
    struct tt_time_cache none = {0};
    tt_json_time_cached(j, &none, ns);
}

void tt_json_address(struct tt_json *j, const uint8_t address[16])
{
    if (!begin(j)) {
        return;
    }
    char text[48];
    uint8_t *out = room(j) >= sizeof text ? j->p : (uint8_t *)text;
    out[0] = '"';
    size_t n = 1 + tt_text_address_full((char *)out + 1, address);
    out[n++] = '"';
    if (out == j->p) {
        j->p += n;
    } else {
        tt_json_raw(j, text, n);
    }
}
