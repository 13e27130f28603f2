/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Entries of several workers in the order of output, while the workers may still be making them:
 * what is there of each is merged by its smallest, and where one is used up more is asked for.
 */
#ifndef ENGINE_ORDER_H
#define ENGINE_ORDER_H

#include "engine/out.h"

/* More of worker i? False: that was all. Otherwise its buffer holds at least one entry, and what
 * was taken of it before is gone. */
typedef bool tt_refill_fn(void *ctx, uint32_t i);

struct tt_cursor {
    const struct tt_entry *next;
    uint32_t left;                 /* entries, with next */
    const struct tt_entry **order; /* where the buffer is not in order itself */
    uint32_t cap, at;
    bool by_order;
};

struct tt_order {
    const struct tt_out *outs;
    uint32_t n;
    tt_refill_fn *refill;
    void *ctx;
    struct tt_cursor *cursors;
    uint32_t cap;
};

/* The buffers of n workers, as far as they are filled; refill may be NULL. */
void tt_order_begin(struct tt_order *, const struct tt_out *outs, uint32_t n, tt_refill_fn *refill,
                    void *ctx);
/* The worker whose entry comes next; UINT32_MAX at the end. */
uint32_t tt_order_first(const struct tt_order *);
static inline const struct tt_entry *tt_order_entry(const struct tt_order *o, uint32_t i)
{
    return o->cursors[i].next;
}
/* Goes on behind that entry. False: it was the last that is there of that worker; entries that were
 * told before must be done with when tt_order_more asks for others. */
bool tt_order_step(struct tt_order *, uint32_t i);
void tt_order_more(struct tt_order *, uint32_t i);
void tt_order_free(struct tt_order *);

static inline const struct tt_entry *tt_next_entry(const struct tt_entry *e)
{
    return (const struct tt_entry *)(const void *)((const uint8_t *)e + tt_entry_room(e->size));
}

#endif
