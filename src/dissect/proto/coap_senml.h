/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SenML (RFC 8428) in JSON and CBOR, and LwM2M 1.0's JSON, part of coap.c alone: records with a
 * name behind a base name and one value. Nothing is unescaped or converted that need not be; depth
 * is bounded, nothing calls itself.
 */
#ifndef DISSECT_PROTO_COAP_SENML_H
#define DISSECT_PROTO_COAP_SENML_H

#include "dissect/proto/coap_values.h"

struct record {
    struct tt_bytes base, name, value;
    bool has_value;
};

/* The record is complete: base name and name are the path. */
static inline void flush(struct tt_msg *m, struct record *r)
{
    if (r->has_value) {
        struct tt_bytes path = r->base.n ? r->base : r->name;
        if (r->base.n && r->name.n) {
            path = word(m, r->base.p, r->base.n);
            path.n = path.p ? path.n + word(m, r->name.p, r->name.n).n : 0;
        }
        struct place p = place_of(path);
        put_value(m, &p, path, r->value);
    }
    r->name = r->value = (struct tt_bytes){NULL, 0};
    r->has_value = false;
}

/* label: as in JSON. */
static inline void member(struct record *r, struct tt_bytes label, struct tt_bytes v)
{
    static const char values[][4] = {"v", "vs", "vb", "vd", "vlo", "sv", "bv", "ov"};
    char text[4] = {0};
    if (label.n == 0 || label.n > 3) {
        return;
    }
    memcpy(text, label.p, label.n);
    if (strcmp(text, "bn") == 0) {
        r->base = v;
    } else if (strcmp(text, "n") == 0) {
        r->name = v;
    }
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
        if (strcmp(text, values[i]) == 0) {
            r->value = v;
            r->has_value = true;
        }
    }
}

/* --- JSON ------------------------------------------------------------------------------------ */

static inline void blank(struct tt_reader *r)
{
    while (tt_reader_left(r) && strchr(" \t\r\n", tt_peek_u8(r, 0)) && tt_peek_u8(r, 0)) {
        tt_read_skip(r, 1);
    }
}

/* Behind the first quote. */
static inline struct tt_bytes quoted(struct tt_reader *r)
{
    uint32_t n = 0, left = tt_reader_left(r);
    while (n < left && r->p[n] != '"') {
        n += r->p[n] == '\\' ? 2 : 1;
    }
    struct tt_bytes b = tt_read_bytes(r, n);
    tt_read_skip(r, 1);
    return b;
}

/* A number, true, false. */
static inline struct tt_bytes bare(struct tt_reader *r)
{
    uint32_t n = 0, left = tt_reader_left(r);
    while (n < left && r->p[n] > ' ' && r->p[n] != ',' && r->p[n] != '}' && r->p[n] != ']') {
        n++;
    }
    if (n == 0) {
        tt_reader_fail(r, TT_READ_INVALID);
    }
    return tt_read_bytes(r, n);
}

static inline void json_member(struct tt_reader *r, struct record *record)
{
    struct tt_bytes label = quoted(r);
    blank(r);
    if (tt_peek_u8(r, 0) != ':') {
        return; /* an element of a list */
    }
    tt_read_skip(r, 1);
    blank(r);
    uint8_t c = tt_peek_u8(r, 0);
    if (c == '{' || c == '[') {
        return;
    }
    if (c == '"') {
        tt_read_skip(r, 1);
        member(record, label, quoted(r));
    } else {
        member(record, label, bare(r));
    }
}

static inline void senml_json(struct tt_msg *m, struct tt_bytes payload)
{
    struct tt_reader r = tt_reader_over(payload);
    struct record record = {.has_value = false};
    int depth = 0;
    for (blank(&r); tt_reader_left(&r) > 0; blank(&r)) {
        uint8_t c = tt_peek_u8(&r, 0);
        if (c == '"' || strchr("{}[],", c)) {
            tt_read_skip(&r, 1);
        }
        if (c == '"') {
            json_member(&r, &record);
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
            flush(m, &record);
        } else if (c != ',') {
            bare(&r);
        }
        if (depth < 0 || depth > LEVELS) {
            tt_reader_fail(&r, TT_READ_INVALID);
        }
    }
    note(m, !tt_reader_ok(&r) || depth != 0, A_SENML);
}

/* --- CBOR (RFC 8949) -------------------------------------------------------------------------- */

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

/* A scalar as text; lists and maps are passed over. */
static inline struct tt_bytes cbor_value(struct tt_msg *m, struct tt_reader *r)
{
    uint64_t v, pending = 1;
    unsigned width, type = cbor_head(r, &v, &width);
    while (type == C_TAG && tt_reader_ok(r)) {
        type = cbor_head(r, &v, &width);
    }
    if (type == C_UINT || type == C_NEGATIVE) {
        return number_word(m, type == C_UINT ? (int64_t)v : -1 - (int64_t)v);
    }
    if ((type == C_BYTES || type == C_TEXT) && v <= tt_reader_left(r)) {
        return tt_read_bytes(r, (uint32_t)v);
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

#endif
