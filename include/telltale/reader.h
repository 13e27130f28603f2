/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The only way to look at hostile bytes: a window that only shrinks, with a sticky error. After the
 * first failure every read gives 0 or an empty slice, so a parser reads straight down and asks
 * once. Nothing here allocates or copies.
 */
#ifndef TELLTALE_READER_H
#define TELLTALE_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A slice of somebody else's memory: n octets from p. p may be NULL only when n is 0. */
struct tt_bytes {
    const uint8_t *p;
    uint32_t n;
};

enum tt_reader_error {
    TT_READ_OK = 0,
    TT_READ_SHORT,   /* a length or a fixed field pointed past the end */
    TT_READ_INVALID, /* the value read is impossible (tt_reader_fail) */
};

struct tt_reader {
    const uint8_t *p, *end, *base; /* base: first octet of the unit, for offsets in messages */
    enum tt_reader_error error;
};

static inline struct tt_reader tt_reader_over(struct tt_bytes b)
{
    return (struct tt_reader){
        .p = b.p, .end = b.n ? b.p + b.n : b.p, .base = b.p, .error = TT_READ_OK};
}

static inline bool tt_reader_ok(const struct tt_reader *r)
{
    return r->error == TT_READ_OK;
}

static inline void tt_reader_fail(struct tt_reader *r, enum tt_reader_error e)
{
    if (r->error == TT_READ_OK) {
        r->error = e;
    }
    r->p = r->end;
}

/* Octets left; 0 after an error. */
static inline uint32_t tt_reader_left(const struct tt_reader *r)
{
    return (uint32_t)(r->end - r->p);
}

/* Offset of the next octet from the start of the unit. */
static inline uint32_t tt_reader_offset(const struct tt_reader *r)
{
    return (uint32_t)(r->p - r->base);
}

/* True when n more octets can be read; otherwise the error becomes SHORT. */
static inline bool tt_reader_need(struct tt_reader *r, uint32_t n)
{
    if (n > tt_reader_left(r)) {
        tt_reader_fail(r, TT_READ_SHORT);
        return false;
    }
    return true;
}

static inline uint8_t tt_read_u8(struct tt_reader *r)
{
    return tt_reader_need(r, 1) ? *r->p++ : 0;
}

/* Big-endian (network order) integers. */
static inline uint16_t tt_read_u16(struct tt_reader *r)
{
    if (!tt_reader_need(r, 2)) {
        return 0;
    }
    uint16_t v = (uint16_t)((uint16_t)(r->p[0] << 8) | r->p[1]);
    r->p += 2;
    return v;
}

static inline uint32_t tt_read_u32(struct tt_reader *r)
{
    if (!tt_reader_need(r, 4)) {
        return 0;
    }
    uint32_t v =
        (uint32_t)r->p[0] << 24 | (uint32_t)r->p[1] << 16 | (uint32_t)r->p[2] << 8 | r->p[3];
    r->p += 4;
    return v;
}

/* A slice of n octets; empty on error. */
static inline struct tt_bytes tt_read_bytes(struct tt_reader *r, uint32_t n)
{
    if (!tt_reader_need(r, n)) {
        return (struct tt_bytes){r->end, 0};
    }
    struct tt_bytes b = {r->p, n};
    r->p += n;
    return b;
}

static inline void tt_read_skip(struct tt_reader *r, uint32_t n)
{
    (void)tt_read_bytes(r, n);
}

static inline struct tt_bytes tt_read_rest(struct tt_reader *r)
{
    return tt_read_bytes(r, tt_reader_left(r));
}

/* A reader over the next n octets, which are consumed here. If they are not there
 * both readers are in error. */
static inline struct tt_reader tt_read_sub(struct tt_reader *r, uint32_t n)
{
    struct tt_reader s = *r;
    struct tt_bytes b = tt_read_bytes(r, n);
    s.p = b.p;
    s.end = b.n ? b.p + b.n : b.p;
    s.error = r->error;
    return s;
}

/* Looks at one octet ahead without consuming; 0 when it is not there (no error is set). */
static inline uint8_t tt_peek_u8(const struct tt_reader *r, uint32_t at)
{
    return at < tt_reader_left(r) ? r->p[at] : 0;
}

static inline bool tt_bytes_equal(struct tt_bytes a, struct tt_bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Octets of the UTF-8 sequence at p (RFC 3629), 0 = ill-formed. left > 0 */
static inline uint32_t tt_utf8_sequence(const uint8_t *p, uint32_t left)
{
    uint8_t c = p[0];
    uint32_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    if (n < 2 || n > left) {
        return n < 2 ? n : 0;
    }
    uint8_t low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    uint8_t high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    bool good = p[1] >= low && p[1] <= high;
    for (uint32_t i = 2; i < n; i++) {
        good = good && (p[i] & 0xc0) == 0x80;
    }
    return good ? n : 0;
}

/* True when all of it is UTF-8. */
static inline bool tt_bytes_utf8(struct tt_bytes b)
{
    for (uint32_t i = 0, n; i < b.n; i += n) {
        n = tt_utf8_sequence(b.p + i, b.n - i);
        if (n == 0) {
            return false;
        }
    }
    return true;
}

#endif
