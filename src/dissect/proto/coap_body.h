/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bodies that come in blocks, part of coap.c alone (RFC 7959; 9177 where blocks need no order; BERT
 * of 8323): each block has its place by its number, and with the block that was missing last the
 * whole body is the payload. A flow has two bodies at a time, the older gives way; of a body the
 * first BODY_KEPT octets are kept, in a place of the engine that is given up when others need it.
 */
#ifndef DISSECT_PROTO_COAP_BODY_H
#define DISSECT_PROTO_COAP_BODY_H

#include "dissect/proto/coap_lwm2m.h"
#include "telltale/body.h"

enum { BODY_KEPT = 8192, UNIT = 16 /* the least size of a block */ };

/* What is kept of a body beside its octets. */
struct body_octets {
    uint32_t size; /* as announced, 0 = not */
    uint32_t end;  /* where the last block ended, 0 = it did not come yet */
    uint32_t etag; /* hash, 0 = none */
    uint32_t blocks;
    uint8_t szx;
    uint64_t have[BODY_KEPT / UNIT / 64]; /* units that came out of order, too */
    uint8_t octets[BODY_KEPT];
};

struct block {
    uint32_t offset, n, end;
    bool more, any_order;
};

/* The same in all blocks of a body: direction, path and method, query and Request-Tag. */
static inline uint32_t body_key(const struct tt_msg *m, const struct head *h, unsigned which)
{
    uint64_t seed = (uint64_t)m->direction << 1 | which;
    uint32_t own = which ? (h->x ? h->x->key : h->hash) : h->key;
    return mix(path_text(h), seed << 32 | own) | 1;
}

/* The slot of a key; begins: or the one that is given up for it. */
static inline struct body *body_of(struct state *s, struct tt_msg *m, uint32_t key, bool begins)
{
    for (unsigned i = 0; i < BODIES; i++) {
        if (s->body[i].key == key) {
            return &s->body[i];
        }
    }
    if (!begins) {
        return NULL;
    }
    struct body *y = &s->body[s->body[0].key == 0 ? 0 : s->body[1].key == 0 ? 1 : s->next_body];
    s->next_body = (uint8_t)(y == s->body);
    tt_body_give(m, &y->ticket);
    *y = (struct body){.key = key};
    return y;
}

static inline void forget_body(struct tt_msg *m, struct body *y)
{
    tt_body_give(m, &y->ticket);
    *y = (struct body){.key = 0};
}

static inline bool have_unit(const struct body_octets *o, uint32_t unit)
{
    return o->have[unit / 64] >> (unit % 64) & 1;
}

/* The kept part of a block. True: octets that were here already are others now. */
static inline bool keep_block(struct body_octets *o, const uint8_t *p, const struct block *b)
{
    bool differs = false;
    if (b->offset >= BODY_KEPT) {
        return false;
    }
    uint32_t n = b->n < BODY_KEPT - b->offset ? b->n : BODY_KEPT - b->offset;
    for (uint32_t at = 0; at < n; at += UNIT) {
        uint32_t unit = (b->offset + at) / UNIT, step = n - at < UNIT ? n - at : UNIT;
        uint8_t *to = o->octets + b->offset + at;
        differs |= have_unit(o, unit) && memcmp(to, p + at, step) != 0;
        memcpy(to, p + at, step);
        o->have[unit / 64] |= (uint64_t)1 << (unit % 64);
    }
    return differs;
}

/* How far the body is there without a gap: what came out of order counts as soon as it is
 * reached. */
static inline uint32_t reach(const struct body_octets *o, uint32_t got)
{
    while (got < BODY_KEPT && got % UNIT == 0 && have_unit(o, got / UNIT)) {
        got += UNIT;
    }
    return o->end && got > o->end ? o->end : got;
}

/* What all blocks of a body must agree on. */
static inline void judge_block(struct tt_msg *m, struct body_octets *o, const struct head *h,
                               unsigned which)
{
    uint32_t size = h->size[which];
    note(m, h->block[which].szx > o->szx, A_BLOCK_GROWS);
    note(m, size && o->size && size != o->size, A_SIZE_CHANGES);
    o->size = size ? size : o->size;
    o->szx = h->block[which].szx;
}

/* The last that was missing: the payload of the message is the body. */
static inline void finish_body(struct tt_msg *m, const struct tt_reader *r, struct head *h,
                               struct body *y, const struct body_octets *o)
{
    uint32_t kept = y->got < BODY_KEPT ? y->got : BODY_KEPT;
    tt_put_uint(m, r, F_BODY_LENGTH, y->got);
    if (o) {
        tt_put_uint(m, r, F_BODY_BLOCKS, o->blocks);
        note(m, o->size && o->size != y->got, A_BODY_SIZE);
        h->payload = (struct tt_bytes){o->octets, kept};
        h->partial = kept < y->got;
        if (h->partial) {
            tt_put_uint(m, r, F_BODY_TRUNCATED, 1);
        }
    } else {
        note(m, m->more != NULL, A_BODY_NOT_KEPT);
    }
    forget_body(m, y);
}

/* True: the block goes on with what is there. */
static inline bool place_block(struct tt_msg *m, struct head *h, struct body *y,
                               struct body_octets *o, const struct block *b)
{
    bool next = b->offset == y->got, later = b->offset > y->got;
    note(m, later && !b->any_order, A_BLOCK_ORDER);
    if (later && (!b->any_order || !o || b->end > BODY_KEPT)) {
        return false;
    }
    if (o && keep_block(o, h->payload.p, b)) {
        note(m, true, A_BLOCK_CONFLICT);
        return false;
    }
    if (o) {
        o->blocks += next || later;
        o->end = b->more ? o->end : b->end;
    }
    y->got = next ? b->end : y->got;
    if (o && b->any_order) {
        y->got = reach(o, y->got);
    }
    return true;
}

static inline void add_block(struct state *s, struct tt_msg *m, const struct tt_reader *r,
                             struct head *h, unsigned which)
{
    uint32_t szx = h->block[which].szx, size = szx == 7 ? 1024 : 16u << szx;
    struct block b = {.offset = h->block[which].num * size,
                      .n = h->payload.n,
                      .more = h->block[which].more,
                      .any_order = h->block[which].any_order};
    b.end = b.offset + b.n;
    h->partial = b.offset || b.more;
    note(m, b.more && (szx == 7 ? b.n % 1024 != 0 : b.n != size), A_BLOCK_LENGTH);
    note(m, h->size[which] && b.end > h->size[which], A_BLOCK_BEYOND);
    if (h->again) {
        return;
    }
    if (!h->partial) {
        tt_put_uint(m, r, F_BODY_LENGTH, b.n);
        return;
    }
    uint32_t key = body_key(m, h, which);
    struct body *y = body_of(s, m, key, b.offset == 0 || b.any_order);
    if (!y) {
        return; /* it began before, or was given up */
    }
    struct body_octets *o = y->ticket ? tt_body_at(m, y->ticket) : NULL;
    if (b.any_order ? !o : b.offset == 0) {
        tt_body_give(m, &y->ticket);
        o = tt_body_take(m, &y->ticket);
        y->got = 0;
        if (o) {
            memset(o, 0, offsetof(struct body_octets, octets));
            o->szx = (uint8_t)szx;
            o->etag = h->etag;
        }
    }
    if (o) {
        note(m, h->etag != o->etag, A_ETAG_CHANGES);
        judge_block(m, o, h, which);
    }
    bool going_on = !(o && h->etag != o->etag) && place_block(m, h, y, o, &b);
    if (!going_on) {
        forget_body(m, y);
    } else if (o ? o->end && y->got == o->end : !b.more && y->got == b.end) {
        finish_body(m, r, h, y, o);
    }
}

#endif
