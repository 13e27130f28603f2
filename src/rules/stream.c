/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TCP octets in order against rules of protocol tcp (decisions 6): each chunk is searched together
 * with the end of the one before it, so that a content may lie across segments. What is carried is
 * bounded: 512 octets for each direction of at most CARRY_FLOWS flows, in a ring. A match must
 * reach into the new octets, so nothing alerts twice. Work: of a chunk of n octets 4 n are looked
 * at, and twice as many carried ones as the longest literal of the rules has, whatever the
 * segments; all carried ones only for a rule whose literal was found, or that has none.
 */
#include <stdlib.h>

#include "base/work.h"
#include "rules/matcher.h"

#define CARRY_FLOWS 65536u
#define SLOTS       (CARRY_FLOWS * 2)
#define SLICE_MAX   65536u

struct kept {
    uint64_t total[2];               /* octets of the direction so far */
    uint8_t octets[2][CARRY_OCTETS]; /* the last ones: number i at i % CARRY_OCTETS */
};

struct slot {
    const struct tt_flow *flow; /* NULL = free */
    uint32_t piece;
    uint32_t hash;
};

struct carry {
    struct tt_slab slab;
    struct slot *slots;
    uint8_t buffer[CARRY_OCTETS + SLICE_MAX]; /* the end of what is carried, the slice at hand */
};

struct carry *carry_new(void)
{
    struct carry *c = calloc(1, sizeof *c);
    if (!c) {
        return NULL;
    }
    c->slots = calloc(SLOTS, sizeof *c->slots);
    if (!c->slots ||
        !tt_slab_init(&c->slab, (sizeof(struct kept) + 15) & ~(size_t)15, CARRY_FLOWS)) {
        free(c->slots);
        free(c);
        return NULL;
    }
    return c;
}

void carry_free(struct carry *c)
{
    if (c) {
        tt_slab_free(&c->slab);
        free(c->slots);
        free(c);
    }
}

/* Slot of the flow, or the free one where it belongs. At most half of the slots are ever used. */
static struct slot *find(struct carry *c, const struct tt_flow *f)
{
    uint32_t i = f->hash & (SLOTS - 1);
    while (c->slots[i].flow && c->slots[i].flow != f) {
        i = (i + 1) & (SLOTS - 1);
    }
    return &c->slots[i];
}

static struct kept *kept_of(struct tt_matcher *m, const struct tt_flow *f)
{
    struct carry *c = m->carry;
    struct slot *s = find(c, f);
    if (s->flow) {
        return tt_slab_at(&c->slab, s->piece);
    }
    uint32_t piece = tt_slab_take(&c->slab);
    if (piece == TT_SLAB_NONE) {
        m->counters[COUNT_CARRY_FULL]++;
        return NULL;
    }
    *s = (struct slot){f, piece, f->hash};
    struct kept *k = tt_slab_at(&c->slab, piece);
    k->total[0] = k->total[1] = 0;
    return k;
}

/* Takes the slot out and closes the hole: followers move up as long as they are not at home. */
static void release(struct carry *c, struct slot *s)
{
    tt_slab_give(&c->slab, s->piece);
    uint32_t hole = (uint32_t)(s - c->slots);
    for (uint32_t i = (hole + 1) & (SLOTS - 1); c->slots[i].flow; i = (i + 1) & (SLOTS - 1)) {
        uint32_t home = c->slots[i].hash & (SLOTS - 1);
        if (((i - home) & (SLOTS - 1)) >= ((i - hole) & (SLOTS - 1))) {
            c->slots[hole] = c->slots[i];
            hole = i;
        }
    }
    c->slots[hole].flow = NULL;
}

void tt_matcher_end(struct tt_matcher *m, const struct tt_flow *flow)
{
    if (m->carry) {
        struct slot *s = find(m->carry, flow);
        if (s->flow) {
            release(m->carry, s);
        }
    }
}

/* A slice of the chunk at hand, in the buffer behind what was carried. */
struct slice {
    const struct kept *k;
    const uint8_t *before; /* the octets in front of it, where they do not lie in k */
    unsigned d;
    uint32_t n;
    uint32_t carried; /* that there are */
    uint32_t here;    /* of those: in the buffer */
    bool from_start;  /* the carried ones are all that came before */
};

/* Brings the last n carried octets in front of the slice. */
static void fetch(struct carry *c, struct slice *x, uint32_t n)
{
    uint8_t *to = c->buffer + CARRY_OCTETS - n;
    if (n <= x->here) {
        return;
    }
    TT_LOOKED(n);
    if (x->before) {
        memcpy(to, x->before - n, n);
    } else {
        const uint8_t *ring = x->k->octets[x->d];
        uint32_t end = (uint32_t)(x->k->total[x->d] % CARRY_OCTETS), low = n < end ? n : end;
        memcpy(to + n - low, ring + end - low, low);
        memcpy(to, ring + CARRY_OCTETS - (n - low), n - low);
    }
    x->here = n;
}

static bool holds(const struct plan *p, struct sight *s, struct slice *x)
{
    struct carry *c = s->m->carry;
    if (x->carried && (!p->absolute || x->from_start)) {
        fetch(c, x, x->carried);
        s->payload = (struct tt_bytes){c->buffer + CARRY_OCTETS - x->carried, x->carried + x->n};
        s->fresh = x->carried;
        TT_LOOKED(s->payload.n);
        if (judge_groups(p, s)) {
            return true;
        }
    }
    /* Places count from the chunk, as from a packet in Suricata. */
    s->payload = (struct tt_bytes){c->buffer + CARRY_OCTETS, x->n};
    s->fresh = 0;
    TT_LOOKED(x->n);
    return judge_groups(p, s);
}

static void search(struct sight *s, struct slice *x)
{
    struct tt_matcher *m = s->m;
    const struct bench *b = &m->set->stream[s->direction & 1];
    if (b->search) {
        uint32_t before = b->search->longest - 1; /* of a literal that ends in the chunk */
        before = before < x->carried ? before : x->carried;
        fetch(m->carry, x, before);
        TT_LOOKED(before + x->n);
        mark_scan(m, b->search,
                  (struct tt_bytes){m->carry->buffer + CARRY_OCTETS - before, before + x->n});
    }
    mark_list(m, &b->listed[0]);
    bool judging = m->first <= m->last && !judge_passed(s);
    for (const struct plan *p; (p = mark_next(m)) != NULL;) {
        if (judging && judge_header(p, s) && holds(p, s, x)) {
            judging = judge_fire(p, s);
        }
    }
}

/* The last octets of b into the ring. */
static void keep(struct kept *k, unsigned d, struct tt_bytes b)
{
    uint32_t n = b.n < CARRY_OCTETS ? b.n : CARRY_OCTETS;
    k->total[d] += b.n;
    uint32_t end = (uint32_t)(k->total[d] % CARRY_OCTETS), low = n < end ? n : end;
    TT_LOOKED(n);
    memcpy(k->octets[d] + end - low, b.p + b.n - low, low);
    memcpy(k->octets[d] + CARRY_OCTETS - (n - low), b.p + b.n - n, n - low);
}

static __attribute__((noinline)) void judge_stream(struct tt_matcher *m, struct tt_flow *flow,
                                                   enum tt_direction direction,
                                                   struct tt_bytes octets,
                                                   const struct tt_packet *packet)
{
    unsigned d = direction & 1;
    const struct bench *b = &m->set->stream[d];
    if (!b->search && b->listed[0].n == 0) {
        return;
    }
    struct sight s = {.m = m, .flow = flow, .packet = packet, .direction = direction};
    struct kept *k = kept_of(m, flow);
    uint64_t total = k ? k->total[d] : 0;
    for (uint32_t at = 0; at < octets.n; at += SLICE_MAX) {
        struct slice x = {.k = k, .before = at ? octets.p + at : NULL, .d = d};
        x.n = octets.n - at < SLICE_MAX ? octets.n - at : SLICE_MAX;
        x.carried = total + at < CARRY_OCTETS ? (uint32_t)total + at : CARRY_OCTETS;
        x.from_start = k && total + at == x.carried;
        TT_LOOKED(x.n);
        memcpy(m->carry->buffer + CARRY_OCTETS, octets.p + at, x.n);
        search(&s, &x);
    }
    if (k) {
        keep(k, d, octets);
    }
}

void tt_matcher_stream(struct tt_matcher *m, struct tt_flow *flow, enum tt_direction direction,
                       struct tt_bytes octets, const struct tt_packet *packet)
{
    if (m->set->any_stream && m->carry && packet && octets.n) {
        judge_stream(m, flow, direction, octets, packet);
    }
}
