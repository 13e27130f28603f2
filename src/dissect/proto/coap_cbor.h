/* SPDX-License-Identifier: BSD-3-Clause
 *
 * CBOR (RFC 8949) as LwM2M uses it, part of coap.c alone: SenML (RFC 8428 6), LwM2M CBOR (LwM2M
 * 1.2 core 7.4.6: maps whose keys are steps of a path) and a single value. Values become the text
 * that JSON would have. Depth is bounded by the length of a path, nothing calls itself.
 */
#ifndef DISSECT_PROTO_COAP_CBOR_H
#define DISSECT_PROTO_COAP_CBOR_H

#include "dissect/proto/coap_senml.h"

enum { OCTETS_SHOWN = 64 };
enum { C_UINT, C_NEGATIVE, C_BYTES, C_TEXT, C_ARRAY, C_MAP, C_TAG, C_SIMPLE };
#define ENDLESS UINT64_MAX

/* Major type; *v: number or length, ENDLESS; *width: octets that held it. */
static inline unsigned cbor_head(struct tt_reader *r, uint64_t *v, unsigned *width)
{
    uint8_t octet = tt_read_u8(r), low = octet & 31;
    *width = low < 24 || low > 27 ? 0 : 1u << (low - 24);
    *v = low < 24 ? low : low == 31 ? ENDLESS : 0;
    for (unsigned i = 0; i < *width; i++) {
        *v = *v << 8 | tt_read_u8(r);
    }
    if (low > 27 && low < 31) {
        tt_reader_fail(r, TT_READ_INVALID);
    }
    return octet >> 5;
}

static inline double half_number(uint64_t v)
{
    unsigned exponent = v >> 10 & 31, fraction = v & 0x3ff;
    double d = exponent ? 1024 + fraction : fraction;
    for (unsigned e = exponent ? exponent : 1; e < 25; e++) {
        d /= 2;
    }
    for (unsigned e = exponent; e > 25; e--) {
        d *= 2;
    }
    return v >> 15 & 1 ? -d : d;
}

static inline struct tt_bytes natural_word(struct tt_msg *m, uint64_t v)
{
    char text[24];
    return word(m, text, (uint32_t)snprintf(text, sizeof text, "%" PRIu64, v));
}

/* Octets that are no text in hexadecimal digits, the first of them. */
static inline struct tt_bytes octets_word(struct tt_msg *m, struct tt_bytes b)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * OCTETS_SHOWN];
    uint32_t n = b.n < OCTETS_SHOWN ? b.n : OCTETS_SHOWN;
    if (printable(b)) {
        return b;
    }
    for (uint32_t i = 0; i < n; i++) {
        text[2 * i] = digits[b.p[i] >> 4];
        text[2 * i + 1] = digits[b.p[i] & 15];
    }
    return word(m, text, 2 * n);
}

/* A scalar as text; lists and maps are passed over. */
static inline struct tt_bytes cbor_value(struct tt_msg *m, struct tt_reader *r)
{
    uint64_t v, pending = 1;
    unsigned width, type = cbor_head(r, &v, &width);
    while (type == C_TAG && tt_reader_ok(r)) {
        type = cbor_head(r, &v, &width);
    }
    if (type == C_UINT || (type == C_NEGATIVE && v <= INT64_MAX)) {
        return type == C_UINT ? natural_word(m, v) : number_word(m, -1 - (int64_t)v);
    }
    if ((type == C_BYTES || type == C_TEXT) && v <= tt_reader_left(r)) {
        return octets_word(m, tt_read_bytes(r, (uint32_t)v));
    }
    if (type == C_SIMPLE && width == 2) {
        return real_word(m, half_number(v));
    }
    if (type == C_SIMPLE && width >= 4) {
        return real_word(m, real_number(v, width));
    }
    if (type == C_SIMPLE) {
        return of_text(v == 21 ? "true" : v == 20 ? "false" : "null");
    }
    for (;; type = cbor_head(r, &v, &width)) { /* each item takes an octet at least */
        uint64_t items = type == C_MAP ? 2 * v : type == C_ARRAY || type == C_TAG ? v : 0;
        items = type == C_TAG ? 1 : items;
        if (v > tt_reader_left(r) && type >= C_BYTES && type <= C_MAP) {
            tt_reader_fail(r, TT_READ_INVALID);
        }
        if (type == C_BYTES || type == C_TEXT) {
            tt_read_skip(r, (uint32_t)v);
        }
        pending += items - 1;
        if (!tt_reader_ok(r) || pending == 0) {
            return (struct tt_bytes){NULL, 0};
        }
    }
}

static inline void cbor_member(struct tt_msg *m, struct tt_reader *r, struct record *record)
{
    static const char labels[][4] = {"n", "u", "v", "vs", "vb", "s", "t", "ut", "vd"};
    uint64_t v;
    unsigned width, type = cbor_head(r, &v, &width);
    struct tt_bytes label = {NULL, 0};
    if (type == C_TEXT && v <= tt_reader_left(r)) {
        label = tt_read_bytes(r, (uint32_t)v);
    } else if (type == C_UINT && v < sizeof labels / sizeof *labels) {
        label = of_text(labels[v]);
    } else if (type == C_NEGATIVE && v == 1) { /* -2 */
        label = of_text("bn");
    } else if (type > C_NEGATIVE) {
        tt_reader_fail(r, TT_READ_INVALID);
    }
    struct tt_bytes value = cbor_value(m, r);
    if (tt_reader_ok(r)) {
        member(record, label, value);
    }
}

/* left > 0: one item less, and something is there. */
static inline bool more_items(struct tt_reader *r, uint64_t *left)
{
    if (*left == ENDLESS && tt_peek_u8(r, 0) == 0xff) {
        tt_read_skip(r, 1);
        return false;
    }
    *left -= *left != ENDLESS ? 1 : 0;
    return tt_reader_need(r, 1);
}

static inline void senml_cbor(struct tt_msg *m, struct tt_bytes payload)
{
    struct tt_reader r = tt_reader_over(payload);
    struct record record = {.has_value = false};
    uint64_t records, pairs;
    unsigned width;
    bool good = cbor_head(&r, &records, &width) == C_ARRAY;
    while (good && records && more_items(&r, &records)) {
        good = cbor_head(&r, &pairs, &width) == C_MAP;
        while (good && pairs && more_items(&r, &pairs)) {
            cbor_member(m, &r, &record);
        }
        if (tt_reader_ok(&r) && good) {
            flush(m, &record);
        }
    }
    note(m, !good || !tt_reader_ok(&r) || tt_reader_left(&r) > 0, A_SENML);
}

/* --- LwM2M CBOR ------------------------------------------------------------------------------ */

/* A key: a number, or a list of them, behind the path so far. False: neither. */
static inline bool cbor_step(struct tt_reader *r, struct place *at)
{
    uint64_t v, n = 1;
    unsigned width, type = cbor_head(r, &v, &width);
    if (type == C_ARRAY) {
        n = v;
    }
    if ((type != C_UINT && type != C_ARRAY) || n == 0 || n > LEVELS - at->n) {
        return false;
    }
    for (uint64_t i = 0; i < n; i++) {
        if (type == C_ARRAY && cbor_head(r, &v, &width) != C_UINT) {
            return false;
        }
        if (v > UINT16_MAX || !tt_reader_ok(r)) {
            return false;
        }
        at->id[at->n++] = (uint32_t)v;
    }
    return true;
}

static inline void lwm2m_cbor(struct tt_msg *m, struct tt_bytes payload)
{
    struct tt_reader r = tt_reader_over(payload);
    struct {
        uint64_t pairs; /* still to come */
        uint32_t n;     /* steps of the path that it is at */
    } stack[LEVELS + 1];
    unsigned depth = 0, width;
    struct place at = {.n = 0};
    bool good = cbor_head(&r, &stack[0].pairs, &width) == C_MAP;
    stack[0].n = 0;
    while (good && tt_reader_ok(&r)) {
        at.n = stack[depth].n;
        if (stack[depth].pairs == 0 || !more_items(&r, &stack[depth].pairs)) {
            if (depth == 0 || !tt_reader_ok(&r)) {
                break;
            }
            depth--;
            continue;
        }
        good = cbor_step(&r, &at);
        if (good && tt_peek_u8(&r, 0) >> 5 == C_MAP) {
            depth++; /* each takes a step of the path at least, of which there are LEVELS */
            (void)cbor_head(&r, &stack[depth].pairs, &width);
            stack[depth].n = at.n;
        } else if (good) {
            struct tt_bytes value = cbor_value(m, &r);
            if (tt_reader_ok(&r)) {
                put_value(m, &at, (struct tt_bytes){NULL, 0}, value);
            }
        }
    }
    note(m, !good || !tt_reader_ok(&r) || tt_reader_left(&r) > 0, A_SENML);
}

/* The value of the resource that the path names (1.1, 7.4.2). */
static inline void one_cbor(struct tt_msg *m, const struct place *p, struct tt_bytes path,
                            struct tt_bytes payload)
{
    struct tt_reader r = tt_reader_over(payload);
    struct tt_bytes value = cbor_value(m, &r);
    note(m, !tt_reader_ok(&r) || tt_reader_left(&r) > 0, A_SENML);
    if (tt_reader_ok(&r)) {
        put_value(m, p, path, value);
    }
}

#endif
