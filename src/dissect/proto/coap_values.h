/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values of LwM2M's resources, part of coap.c alone: TLV (LwM2M 1.1 core 7.4.3), plain text, lists
 * of links (RFC 6690). What a value is, the name of its resource says; of others it is guessed.
 */
#ifndef DISSECT_PROTO_COAP_VALUES_H
#define DISSECT_PROTO_COAP_VALUES_H

#include <inttypes.h>
#include <stdio.h>

#include "dissect/proto/coap_objects.h"
#include "dissect/proto/coap_pairing.h"
#include "dissect/proto/coap_path.h"

enum { LEVELS = 4, LINKS_MAX = 64 };

/* /object/instance/resource/resource instance; n of them, 0 = another path. */
struct place {
    uint32_t id[LEVELS];
    uint32_t n;
};

/* A path of one to four numbers. */
static inline struct place place_of(struct tt_bytes path)
{
    struct place place = {.n = 0};
    uint32_t at = 0;
    while (at < path.n && place.n < LEVELS) {
        uint32_t v = 0, digits = 0;
        for (at += path.p[at] == '/'; at < path.n && path.p[at] != '/'; at++, digits++) {
            unsigned c = path.p[at];
            if (c < '0' || c > '9' || digits == 5) {
                return (struct place){.n = 0};
            }
            v = v * 10 + (c - '0');
        }
        if (digits == 0 || v > 65535) {
            return (struct place){.n = 0};
        }
        place.id[place.n++] = v;
    }
    return at == path.n ? place : (struct place){.n = 0};
}

static inline struct tt_bytes path_word(struct tt_msg *m, const struct place *p)
{
    char text[LEVELS * 11];
    int n = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        n += snprintf(text + n, sizeof text - (size_t)n, "/%" PRIu32, p->id[i]);
    }
    return word(m, text, (uint32_t)n);
}

static inline const struct resource *resource_at(const struct place *p)
{
    return p->n >= 3 ? resource_of(p->id[0], p->id[2]) : NULL;
}

/* One value. path empty: that of the place is made. */
static inline void put_value(struct tt_msg *m, const struct place *p, struct tt_bytes path,
                             struct tt_bytes value)
{
    struct tt_reader good = tt_reader_over(m->unit);
    const struct resource *known = resource_at(p);
    if (path.n == 0) {
        path = path_word(m, p);
    }
    tt_put_bytes(m, &good, F_VALUE_PATH, path);
    if (known) {
        tt_put_bytes(m, &good, F_VALUE_NAME, of_text(known->name));
    }
    tt_put_bytes(m, &good, known && known->type == 'K' ? F_VALUE_SECRET : F_VALUE, value);
}

static inline struct tt_bytes number_word(struct tt_msg *m, int64_t v)
{
    char text[24];
    return word(m, text, (uint32_t)snprintf(text, sizeof text, "%" PRId64, v));
}

static inline struct tt_bytes real_word(struct tt_msg *m, double v)
{
    char text[32];
    return word(m, text, (uint32_t)snprintf(text, sizeof text, "%.9g", v));
}

static inline uint64_t big_endian(struct tt_bytes b)
{
    uint64_t v = 0;
    for (uint32_t i = 0; i < b.n && i < 8; i++) {
        v = v << 8 | b.p[i];
    }
    return v;
}

static inline int64_t signed_number(struct tt_bytes b)
{
    uint64_t v = big_endian(b);
    bool negative = b.n && b.n < 8 && b.p[0] & 0x80;
    return (int64_t)(negative ? v | ~UINT64_C(0) << (8 * b.n) : v);
}

static inline double real_number(uint64_t bits, unsigned octets)
{
    double d;
    float f;
    uint32_t half = (uint32_t)bits;
    if (octets == 4) {
        memcpy(&f, &half, 4);
        return (double)f;
    }
    memcpy(&d, &bits, 8);
    return d;
}

static inline bool printable(struct tt_bytes b)
{
    for (uint32_t i = 0; i < b.n; i++) {
        if (b.p[i] < 0x20 || b.p[i] == 0x7f) {
            return false;
        }
    }
    return tt_bytes_utf8(b);
}

/* The octets of a TLV as text. */
static inline struct tt_bytes tlv_text(struct tt_msg *m, char type, struct tt_bytes b)
{
    bool integer = b.n == 1 || b.n == 2 || b.n == 4 || b.n == 8;
    if (type == 0) {
        type = printable(b) || !integer ? 'S' : 'I';
    }
    if (type == 'B' && b.n == 1) {
        return of_text(b.p[0] ? "true" : "false");
    }
    if (type == 'F' && (b.n == 4 || b.n == 8)) {
        return real_word(m, real_number(big_endian(b), b.n));
    }
    if (type == 'L' && b.n == 4) {
        char text[16];
        uint64_t v = big_endian(b);
        int n = snprintf(text, sizeof text, "%u:%u", (unsigned)(v >> 16), (unsigned)(v & 0xffff));
        return word(m, text, (uint32_t)n);
    }
    if ((type == 'I' || type == 'T') && integer) {
        return number_word(m, signed_number(b));
    }
    return b;
}

/* Type octet: kind, width of the identifier, and of the length. */
static inline struct tt_bytes tlv_head(struct tt_reader *r, uint8_t *kind, uint32_t *id)
{
    uint8_t octet = tt_read_u8(r), wide = octet >> 3 & 3;
    uint32_t length = octet & 7;
    *kind = octet >> 6;
    *id = octet & 0x20 ? tt_read_u16(r) : tt_read_u8(r);
    if (wide) {
        length = 0;
        for (uint8_t i = 0; i < wide; i++) {
            length = length << 8 | tt_read_u8(r);
        }
    }
    return tt_read_bytes(r, length);
}

/* Kinds: 0 object instance, 1 resource instance, 2 resource of several, 3 resource. */
static inline void tlv(struct tt_msg *m, struct place at, struct tt_bytes payload)
{
    struct tt_reader stack[LEVELS] = {tt_reader_over(payload)};
    uint8_t within[LEVELS] = {3};
    unsigned depth = 0;
    at.id[1] = at.n > 1 ? at.id[1] : 0;
    for (;;) {
        struct tt_reader *r = &stack[depth];
        if (tt_reader_left(r) == 0) {
            if (depth == 0) {
                return;
            }
            depth--;
            continue;
        }
        uint8_t kind;
        uint32_t id;
        struct tt_bytes b = tlv_head(r, &kind, &id);
        bool place = within[depth] == 3 ? true : within[depth] == 0 ? kind >= 2 : kind == 1;
        if (!tt_reader_ok(r) || !place || (kind % 2 == 0 && depth + 1 == LEVELS)) {
            note(m, true, A_TLV);
            return;
        }
        if (kind == 1 && within[depth] == 2) {
            at.id[3] = id;
            at.n = 4;
        } else {
            at.id[kind == 0 ? 1 : 2] = id;
            at.n = kind == 0 ? 2 : 3;
        }
        if (kind % 2 == 0) {
            stack[++depth] = tt_reader_over(b);
            within[depth] = kind;
            continue;
        }
        const struct resource *known = resource_at(&at);
        put_value(m, &at, (struct tt_bytes){NULL, 0}, tlv_text(m, known ? known->type : 0, b));
    }
}

/* </1/0>,</3/0>;ver=1.1: what the device has. */
static inline void links(struct tt_msg *m, struct tt_bytes payload)
{
    struct tt_reader good = tt_reader_over(m->unit);
    uint32_t start = UINT32_MAX, count = 0;
    for (uint32_t i = 0; i < payload.n; i++) {
        if (payload.p[i] == '<') {
            start = i + 1;
        } else if (payload.p[i] == '>' && start <= i) {
            if (++count > LINKS_MAX) {
                note(m, true, A_TEXTS);
                return;
            }
            tt_put_bytes(m, &good, F_OBJECTS, (struct tt_bytes){payload.p + start, i - start});
            start = UINT32_MAX;
        }
    }
}

#endif
