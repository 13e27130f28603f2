/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The merge of entry buffers: one cursor for each worker; a buffer that is not in order itself gets
 * a sorted index first. Owns cursors and indexes, which grow to their high-water mark; knows
 * nothing of what entries mean.
 */
#include "engine/order.h"

#include <stdlib.h>

static int in_order(const void *a, const void *b)
{
    return tt_entry_order(*(const struct tt_entry *const *)a, *(const struct tt_entry *const *)b);
}

static void *grown(void *p, size_t n, size_t each)
{
    p = realloc(p, n * each);
    if (!p) {
        abort(); /* as tt_out_make_room */
    }
    return p;
}

static void sort(struct tt_cursor *c, const struct tt_out *out)
{
    if (out->entries > c->cap) {
        c->order = grown((void *)c->order, out->entries, sizeof *c->order);
        c->cap = out->entries;
    }
    const struct tt_entry *e = (const struct tt_entry *)(const void *)out->p;
    for (uint32_t i = 0; i < out->entries; i++) {
        c->order[i] = e;
        e = tt_next_entry(e);
    }
    qsort((void *)c->order, out->entries, sizeof *c->order, in_order);
}

static void start(struct tt_cursor *c, const struct tt_out *out)
{
    c->left = out->entries;
    c->by_order = out->unsorted;
    c->at = 0;
    if (c->by_order) {
        sort(c, out);
    }
    c->next = !c->left      ? NULL
              : c->by_order ? c->order[0]
                            : (const struct tt_entry *)(const void *)out->p;
}

void tt_order_begin(struct tt_order *o, const struct tt_out *outs, uint32_t n, tt_refill_fn *refill,
                    void *ctx)
{
    if (n > o->cap) {
        o->cursors = grown(o->cursors, n, sizeof *o->cursors);
        memset(o->cursors + o->cap, 0, (n - o->cap) * sizeof *o->cursors);
        o->cap = n;
    }
    o->outs = outs;
    o->n = n;
    o->refill = refill;
    o->ctx = ctx;
    for (uint32_t i = 0; i < n; i++) {
        start(&o->cursors[i], &outs[i]);
        if (o->cursors[i].left == 0) {
            tt_order_more(o, i);
        }
    }
}

uint32_t tt_order_first(const struct tt_order *o)
{
    uint32_t first = UINT32_MAX;
    for (uint32_t i = 0; i < o->n; i++) {
        if (o->cursors[i].left &&
            (first == UINT32_MAX ||
             tt_entry_order(o->cursors[i].next, o->cursors[first].next) < 0)) {
            first = i;
        }
    }
    return first;
}

bool tt_order_step(struct tt_order *o, uint32_t i)
{
    struct tt_cursor *c = &o->cursors[i];
    if (--c->left == 0) {
        return false;
    }
    c->next = c->by_order ? c->order[++c->at] : tt_next_entry(c->next);
    return true;
}

void tt_order_more(struct tt_order *o, uint32_t i)
{
    if (o->refill && o->refill(o->ctx, i)) {
        start(&o->cursors[i], &o->outs[i]);
    }
}

void tt_order_free(struct tt_order *o)
{
    for (uint32_t i = 0; i < o->cap; i++) {
        free((void *)o->cursors[i].order);
    }
    free(o->cursors);
}
