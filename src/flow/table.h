/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inside the flow room: the table's memory and its buckets, shared by lookup
 * (table.c) and expiry (wheel.c).
 */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include "base/arena.h"
#include "base/hash.h"
#include "flow/flow.h"

#define BUCKET_SLOTS 8
#define WHEEL_SLOTS  1024 /* seconds; longer timers are looked at once a turn */
#define WHEEL_NONE   UINT32_MAX

/* One cache line: eight tags compared at once, eight entries, and how many entries of this home
 * went to the next buckets. */
struct bucket {
    uint16_t tag[BUCKET_SLOTS]; /* 0 = free */
    uint32_t index[BUCKET_SLOTS];
    uint32_t spilled;
    uint32_t reserved[3];
} __attribute__((aligned(64)));
_Static_assert(sizeof(struct bucket) == 64, "one cache line");

enum {
    FLOW_TOTAL,
    FLOW_TCP,
    FLOW_UDP,
    FLOW_REUSE,
    FLOW_TIMEOUTS,
    FLOW_EVICTED,
    FLOW_REFUSED,
    FLOW_UNTOLD,
    FLOW_COUNTERS
};

/* Stacks of tunnels, each kept once for all the flows in it. */
struct flow_stack {
    uint32_t next;             /* in its bucket */
    uint32_t users;            /* flows */
    struct tt_tunnels tunnels; /* and TT_TUNNELS tunnels behind it */
};

struct flow_stacks {
    struct tt_slab slab;
    uint32_t *buckets; /* heads */
    uint32_t mask;
    uint64_t secret;
};

struct tt_flows {
    struct bucket *buckets;
    uint32_t mask;
    struct tt_slab slab;
    struct tt_flow_odd *odd; /* beside the slab; valid with TT_FLOW_ODD, touched as used */
    struct tt_flow_options options;
    tt_flow_end_fn *end;
    void *ctx;
    struct flow_stacks stacks;
    uint32_t wheel[WHEEL_SLOTS];
    int64_t second;       /* wheel position: everything before was visited */
    struct tt_flow **due; /* scratch of a tick, grows to its high-water mark */
    uint32_t n_due, cap_due;
    uint64_t counters[FLOW_COUNTERS];
    struct { /* of the flow of the last packet with SYN, before it was accounted */
        int64_t last;
        uint16_t flags;
        uint8_t tcp_flags;
    } before;
};

#define FLOW_MIX_A UINT64_C(0x9e3779b97f4a7c15)
#define FLOW_MIX_B UINT64_C(0xd6e8feb86659fd93)
#define FLOW_MIX_C                                                                                 \
    UINT64_C(0xa0761d6478bd642f) /* so that a small secret mixes as well as a large one */

static inline uint64_t tt_flow_endpoint(const struct tt_address *a, uint16_t port, uint64_t secret)
{
    return tt_mum(tt_load64(a->b) ^ FLOW_MIX_B ^ secret ^ ((uint64_t)port << 24),
                  tt_load64(a->b + 8) ^ FLOW_MIX_A ^ secret);
}

static inline uint64_t tt_flow_end4(const struct tt_address *a, uint16_t port)
{
    uint32_t v;
    memcpy(&v, a->b + 12, sizeof v);
    return (uint64_t)v << 16 | port;
}

/* Keyed hash of both ends, whichever sends: the lesser one first. */
static inline uint32_t tt_flow_packet_hash(const struct tt_packet *p, uint64_t secret)
{
    uint64_t x, y;
    if (__builtin_expect(p->ip_version == 4, 1)) {
        x = tt_flow_end4(&p->src, p->sport);
        y = tt_flow_end4(&p->dst, p->dport);
    } else {
        x = tt_flow_endpoint(&p->src, p->sport, secret);
        y = tt_flow_endpoint(&p->dst, p->dport, secret);
    }
    uint64_t low = x < y ? x : y, high = x < y ? y : x;
    return (uint32_t)(tt_mum(low ^ secret ^ FLOW_MIX_B, high ^ secret ^ FLOW_MIX_C) >> 7);
}

static inline struct tt_flow *flow_at(const struct tt_flows *t, uint32_t i)
{
    return (struct tt_flow *)(void *)t->slab.base + i;
}

static inline uint32_t flow_index(const struct tt_flows *t, const struct tt_flow *f)
{
    return (uint32_t)((size_t)((const uint8_t *)f - t->slab.base) / sizeof *f);
}

/* stacks.c: a number for tt_flow.stack, 0 = no room. */
bool tt_stacks_init(struct flow_stacks *, uint32_t max_flows, uint64_t secret);
void tt_stacks_free(struct flow_stacks *);
uint16_t tt_stacks_take(struct flow_stacks *, const struct tt_tunnels *);
void tt_stacks_give(struct flow_stacks *, uint16_t stack);

/* wheel.c */
void tt_wheel_init(struct tt_flows *);
void tt_wheel_add(struct tt_flows *, struct tt_flow *);
void tt_wheel_remove(struct tt_flows *, struct tt_flow *);

/* table.c: takes the entry out of bucket and wheel and gives it back. */
void tt_flow_drop(struct tt_flows *, struct tt_flow *);

#endif
