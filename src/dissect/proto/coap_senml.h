/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SenML (RFC 8428) in JSON, and LwM2M 1.0's JSON, part of coap.c alone: records with a
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

#endif
