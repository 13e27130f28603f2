/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From records to handshake messages: one behind the other and over records in TLS (RFC 8446, 5.1),
 * fragments in DTLS (RFC 6347, 4.2.2 and 4.2.3). Part of tls.c alone.
 */
#ifndef DISSECT_PROTO_TLS_PARTS_H
#define DISSECT_PROTO_TLS_PARTS_H

#include "dissect/proto/tls_handshake.h"

enum {
    HEADER = 5,          /* of a record: type, version, length */
    DTLS_HEADER = 13,    /* type, version, epoch, sequence number, length */
    MESSAGE_HEADER = 4,  /* type, length */
    DTLS_MESSAGE = 12,   /* and number, fragment offset, fragment length */
    RECORD_MAX = 18432,  /* 2^14 + 2048 (RFC 5246, 6.2.3) */
    HEARTBEAT_HEADER = 3 /* type, length */
};

static inline bool known_message(uint8_t type)
{
    const uint32_t known = 0x51f93fu; /* 0-5, 8, 11-16, 20, 22 */
    return type == 24 || (type < 23 && (known >> type & 1)) || type == 21 || type == 23;
}

static inline struct parts *parts_new(struct turn *t)
{
    struct parts *p = tt_state_more(&t->s->facts, t->m);
    if (!p) {
        note(t->m, true, A_UNKEPT);
        return NULL;
    }
    p->active = 1;
    p->direction = (uint8_t)t->d;
    p->have = p->length = 0;
    p->n_islands = p->header = 0;
    return p;
}

static inline void parts_done(struct turn *t, struct parts *p)
{
    uint32_t n = p->have < KEPT_OCTETS ? p->have : KEPT_OCTETS;
    p->active = 0;
    handshake(t, p->type, (struct tt_bytes){p->octets, n}, n < p->length);
    tt_state_less(&t->s->facts, t->m);
}

/* Is this a length that a message may have? Otherwise nothing more is read of this side. */
static inline bool believable(struct turn *t, uint8_t type, uint32_t length)
{
    bool good = length <= LONGEST && known_message(type);
    if (!good) {
        bool sure = t->s->hello[t->d] || t->s->hello[!t->d];
        note(t->m, sure && length > LONGEST, A_HANDSHAKE_LENGTH);
        note(t->m, sure && !known_message(type), A_HANDSHAKE);
        t->s->dark[t->d] = 1;
    }
    return good;
}

/* A message that goes on in the next record: octets of its header, then of its body. */
static inline struct tt_bytes parts_more(struct turn *t, struct parts *p, struct tt_bytes b)
{
    while (b.n && p->header < MESSAGE_HEADER) {
        p->head[p->header++] = *b.p;
        b = (struct tt_bytes){b.p + 1, b.n - 1};
    }
    if (p->header < MESSAGE_HEADER) {
        return b;
    }
    p->type = p->head[0];
    p->length = (uint32_t)p->head[1] << 16 | (uint32_t)p->head[2] << 8 | p->head[3];
    if (!believable(t, p->type, p->length)) {
        p->active = 0;
        return (struct tt_bytes){b.p, 0};
    }
    uint32_t take = p->length - p->have < b.n ? p->length - p->have : b.n;
    parts_keep(p, p->have, (struct tt_bytes){b.p, take});
    p->have += take;
    if (p->have == p->length) {
        put(t, F_RAW_TYPE, p->type);
        parts_done(t, p);
    }
    return (struct tt_bytes){b.p + take, b.n - take};
}

/* The content of a record of TLS: messages one behind the other, the last may go on in the next. */
static inline void handshake_record(struct turn *t, struct tt_bytes b)
{
    struct state *s = t->s;
    struct parts *p = tt_state_has_more(&s->facts, t->m);
    if (s->skip[t->d]) {
        uint32_t n = s->skip[t->d] < b.n ? s->skip[t->d] : b.n;
        s->skip[t->d] -= n;
        b = (struct tt_bytes){b.p + n, b.n - n};
    }
    if (p && p->active && p->direction == t->d) {
        b = parts_more(t, p, b);
    }
    while (b.n && !s->dark[t->d]) {
        uint32_t length =
            b.n < MESSAGE_HEADER ? 0 : (uint32_t)b.p[1] << 16 | (uint32_t)b.p[2] << 8 | b.p[3];
        if (b.n >= MESSAGE_HEADER && !believable(t, b.p[0], length)) {
            return;
        }
        if (b.n < MESSAGE_HEADER || length > b.n - MESSAGE_HEADER) {
            p = parts_new(t);
            s->skip[t->d] = p || b.n < MESSAGE_HEADER ? 0 : length - (b.n - MESSAGE_HEADER);
            if (p) {
                parts_more(t, p, b);
            }
            return;
        }
        put(t, F_RAW_TYPE, b.p[0]);
        handshake(t, b.p[0], (struct tt_bytes){b.p + MESSAGE_HEADER, length}, false);
        b = (struct tt_bytes){b.p + MESSAGE_HEADER + length, b.n - MESSAGE_HEADER - length};
    }
}

/* A fragment of DTLS (RFC 6347, 4.2.2). Whole messages are read where they lie, also when they come
 * again. */
static inline void fragment(struct turn *t, uint8_t type, uint32_t length, uint16_t number,
                            uint32_t offset, struct tt_bytes b)
{
    struct state *s = t->s;
    if (offset > length || b.n > length - offset) {
        note(t->m, true, A_FRAGMENT_LENGTH);
        return;
    }
    put(t, F_DTLS_TYPE, type);
    if (b.n == length) {
        handshake(t, type, b, false);
        s->sequence[t->d] = (uint16_t)(number + 1);
        return;
    }
    struct parts *p = tt_state_has_more(&s->facts, t->m);
    bool same = p && p->active && p->direction == t->d && p->sequence == number;
    if (!same && s->sequence[t->d] > number) {
        return; /* of a message that was read */
    }
    if (!same) {
        p = parts_new(t);
        if (!p) {
            return;
        }
        p->sequence = number;
        p->type = type;
        p->length = length;
    }
    note(t->m, p->length != length || p->type != type, A_FRAGMENT);
    if (p->length != length || p->type != type) {
        return;
    }
    uint32_t before = p->have;
    bool again = offset + b.n <= before;
    bool overlap = parts_cover(p, offset, offset + b.n);
    note(t->m, overlap && !again && offset < before && offset != 0, A_FRAGMENT_OVERLAP);
    parts_keep(p, offset, b);
    if (p->have == p->length) {
        s->sequence[t->d] = (uint16_t)(number + 1);
        parts_done(t, p);
    }
}

static inline void handshake_datagram(struct turn *t, struct tt_bytes b)
{
    struct tt_reader r = tt_reader_over(b);
    while (tt_reader_left(&r)) {
        uint8_t type = tt_read_u8(&r);
        uint32_t length = (uint32_t)tt_read_u8(&r) << 16;
        length |= tt_read_u16(&r);
        uint16_t number = tt_read_u16(&r);
        uint32_t offset = (uint32_t)tt_read_u8(&r) << 16;
        offset |= tt_read_u16(&r);
        uint32_t n = (uint32_t)tt_read_u8(&r) << 16;
        n |= tt_read_u16(&r);
        struct tt_bytes part = tt_read_bytes(&r, n);
        if (!tt_reader_ok(&r)) {
            note(t->m, true, A_FRAGMENT_LENGTH);
            return;
        }
        if (!believable(t, type, length)) {
            return;
        }
        fragment(t, type, length, number, offset, part);
    }
}

#endif
