/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The stacks of tunnels that flows are in, each kept once: a flow remembers only a number, and its
 * records can tell the tunnels when no packet is at hand. Capped by what the number can be; what
 * has no user is forgotten.
 */
#include <stdlib.h>

#include "flow/table.h"

#define MOST 65535u
#define NONE TT_SLAB_NONE

static struct flow_stack *at(const struct flow_stacks *s, uint32_t i)
{
    return tt_slab_at(&s->slab, i);
}

bool tt_stacks_init(struct flow_stacks *s, uint32_t max_flows, uint64_t secret)
{
    uint32_t cap = max_flows < MOST ? max_flows : MOST, n = 16;
    while (n < cap) {
        n *= 2;
    }
    *s = (struct flow_stacks){.mask = n - 1, .secret = secret ^ FLOW_MIX_C};
    s->buckets = calloc(n, sizeof *s->buckets); /* index + 1; untouched until there are tunnels */
    if (!s->buckets ||
        !tt_slab_init(&s->slab, sizeof(struct flow_stack) + TT_TUNNELS * sizeof(struct tt_tunnel),
                      cap)) {
        tt_stacks_free(s);
        return false;
    }
    return true;
}

void tt_stacks_free(struct flow_stacks *s)
{
    free(s->buckets);
    tt_slab_free(&s->slab);
    *s = (struct flow_stacks){0};
}

static size_t octets(const struct tt_tunnels *t)
{
    return sizeof *t + t->n * sizeof(struct tt_tunnel);
}

static uint32_t *bucket_of(const struct flow_stacks *s, const struct tt_tunnels *t)
{
    return &s->buckets[tt_hash_bytes(t, octets(t), s->secret) & s->mask];
}

uint16_t tt_stacks_take(struct flow_stacks *s, const struct tt_tunnels *t)
{
    uint32_t *head = bucket_of(s, t);
    for (uint32_t i = *head; i; i = at(s, i - 1)->next) {
        struct flow_stack *e = at(s, i - 1);
        if (e->tunnels.n == t->n && memcmp(&e->tunnels, t, octets(t)) == 0) {
            e->users++;
            return (uint16_t)i;
        }
    }
    uint32_t i = t->n <= TT_TUNNELS ? tt_slab_take(&s->slab) : NONE;
    if (i == NONE) {
        return 0;
    }
    struct flow_stack *e = at(s, i);
    e->users = 1;
    e->next = *head;
    memcpy(&e->tunnels, t, octets(t));
    *head = i + 1;
    return (uint16_t)(i + 1);
}

void tt_stacks_give(struct flow_stacks *s, uint16_t stack)
{
    struct flow_stack *e = at(s, stack - 1U);
    if (--e->users) {
        return;
    }
    uint32_t *link = bucket_of(s, &e->tunnels);
    while (*link != stack) {
        link = &at(s, *link - 1)->next;
    }
    *link = e->next;
    tt_slab_give(&s->slab, stack - 1U);
}
