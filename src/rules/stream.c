/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TCP octets in order against rules of protocol tcp (decisions 6): each chunk is searched together
 * with the end of the one before it, so that a content may lie across segments. What is carried is
 * bounded: 512 octets for each direction of at most CARRY_FLOWS flows. A match must reach into the
 * new octets, so nothing alerts twice.
 */
#include <stdlib.h>

#include "rules/matcher.h"

#define CARRY_FLOWS 65536u
#define SLOTS       (CARRY_FLOWS * 2)
#define SLICE_MAX   65536u

struct kept {
    uint64_t total[2]; /* octets of the direction so far */
    uint32_t n[2];
    uint8_t octets[2][CARRY_OCTETS];
};

struct slot {
    const struct tt_flow *flow; /* NULL = free */
    uint32_t piece;
    uint32_t hash;
};

struct carry {
    struct tt_slab slab;
    struct slot *slots;
    uint8_t buffer[CARRY_OCTETS + SLICE_MAX];
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
    k->n[0] = k->n[1] = 0;
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

/* buffer = `carried` octets from before, then the slice. */
static bool holds(const struct plan *p, struct sight *s, struct tt_bytes buffer, uint32_t carried,
                  bool from_start)
{
    struct tt_bytes slice = {buffer.p + carried, buffer.n - carried};
    if (carried && (!p->absolute || from_start)) {
        s->payload = buffer;
        s->fresh = carried;
        if (judge_groups(p, s)) {
            return true;
        }
    }
    /* Places count from the chunk, as from a packet in Suricata. */
    s->payload = slice;
    s->fresh = 0;
    return judge_groups(p, s);
}

static void search(struct sight *s, struct tt_bytes buffer, uint32_t carried, bool from_start)
{
    struct tt_matcher *m = s->m;
    const struct bench *b = &m->set->stream[s->direction & 1];
    if (b->search) {
        uint32_t before = b->search->longest - 1; /* of a literal that ends in the chunk */
        uint32_t skip = carried > before ? carried - before : 0;
        mark_scan(m, b->search, (struct tt_bytes){buffer.p + skip, buffer.n - skip});
    }
    mark_list(m, &b->listed[0]);
    bool judging = m->first <= m->last && !judge_passed(s);
    for (const struct plan *p; (p = mark_next(m)) != NULL;) {
        if (judging && judge_header(p, s) && holds(p, s, buffer, carried, from_start)) {
            judging = judge_fire(p, s);
        }
    }
}

static __attribute__((noinline)) void judge_stream(struct tt_matcher *m, struct tt_flow *flow,
                                                   enum tt_direction direction,
                                                   struct tt_bytes octets,
                                                   const struct tt_packet *packet)
{
    const struct bench *b = &m->set->stream[direction & 1];
    if (!b->search && b->listed[0].n == 0) {
        return;
    }
    struct sight s = {.m = m, .flow = flow, .packet = packet, .direction = direction};
    struct kept *k = kept_of(m, flow);
    uint8_t *buffer = m->carry->buffer;
    unsigned d = direction & 1;
    uint32_t carried = k ? k->n[d] : 0;
    if (carried) {
        memcpy(buffer, k->octets[d], carried);
    }
    for (uint32_t at = 0; at < octets.n;) {
        uint32_t n = octets.n - at < SLICE_MAX ? octets.n - at : SLICE_MAX;
        memcpy(buffer + carried, octets.p + at, n);
        bool from_start = k && k->total[d] == carried;
        search(&s, (struct tt_bytes){buffer, carried + n}, carried, from_start);
        uint32_t all = carried + n;
        carried = all < CARRY_OCTETS ? all : CARRY_OCTETS;
        memmove(buffer, buffer + all - carried, carried);
        at += n;
        if (k) {
            k->total[d] += n;
        }
    }
    if (k) {
        k->n[d] = carried;
        memcpy(k->octets[d], buffer, carried);
    }
}

void tt_matcher_stream(struct tt_matcher *m, struct tt_flow *flow, enum tt_direction direction,
                       struct tt_bytes octets, const struct tt_packet *packet)
{
    if (m->set->any_stream && m->carry && packet && octets.n) {
        judge_stream(m, flow, direction, octets, packet);
    }
}
