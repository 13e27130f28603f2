/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a worker made of one block: entries one behind the other in memory that is reused. The
 * outlet takes them in order.
 */
#ifndef ENGINE_OUT_H
#define ENGINE_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "telltale/event.h"

struct tt_out {
    uint8_t *p;
    size_t n, cap;
    uint32_t entries;
    bool unsorted;   /* an entry came before an earlier one in output order */
    size_t last;     /* where the newest entry is… */
    uint64_t packet; /* …and its packet, 0 = there is none */
    /* Called when more than `limit` octets would wait, if they are in order: takes them and resets.
     * Without it, a million flows that end together would be a gigabyte of lines. */
    void (*full)(void *ctx, struct tt_out *);
    void *ctx;
    size_t limit; /* what a rare burst of another order needed beyond is given back */
    bool alone;   /* there are no other workers, whose entries may belong between these */
};

#define TT_OUT_ALONE  (1u << 20)   /* limit of the only worker… */
#define TT_OUT_SHARED (256u << 10) /* …and of one of several, for each block under way */

/* Hands over what waits, or grows; called by tt_out_reserve. */
void tt_out_make_room(struct tt_out *, size_t size);

static inline int tt_entry_order(const struct tt_entry *a, const struct tt_entry *b)
{
    if (a->packet != b->packet) {
        return a->packet < b->packet ? -1 : 1;
    }
    if (a->origin != b->origin) {
        return a->origin < b->origin ? -1 : 1;
    }
    return a->ordinal < b->ordinal ? -1 : a->ordinal > b->ordinal;
}

static inline size_t tt_entry_room(uint32_t size)
{
    return sizeof(struct tt_entry) + ((size + 7u) & ~7u);
}

/* Room for one entry of at most `size` octets; returns where they go. Grows to the
 * high-water mark and stays, up to the limit. */
static inline uint8_t *tt_out_reserve(struct tt_out *o, size_t size)
{
    if (o->n + sizeof(struct tt_entry) + size + 8 > o->cap) {
        tt_out_make_room(o, size);
    }
    return o->p + o->n + sizeof(struct tt_entry);
}

/* Makes the reserved octets an entry of `size` octets (≤ reserved); they may be written until the
 * next call of tt_out_reserve. */
static inline void tt_out_commit(struct tt_out *o, const struct tt_entry *key, size_t size)
{
    struct tt_entry *e = (struct tt_entry *)(void *)(o->p + o->n);
    *e = *key;
    e->size = (uint32_t)size;
    if (key->packet <= o->packet) {
        o->unsorted |=
            key->packet < o->packet || tt_entry_order((const void *)(o->p + o->last), key) > 0;
    }
    o->packet = key->packet;
    o->last = o->n;
    o->n += tt_entry_room((uint32_t)size);
    o->entries++;
}

/* Room for `size` more octets (a multiple of 8) in the newest entry if that is of this kind; false
 * when it is not, or when there are other workers. */
static inline bool tt_out_extend(struct tt_out *o, enum tt_entry_kind kind, uint64_t packet,
                                 uint32_t size, uint8_t **room)
{
    struct tt_entry *e = (struct tt_entry *)(void *)(o->p + o->last);
    if (!o->packet || e->kind != kind || !o->alone || o->n + size > o->cap) {
        return false;
    }
    *room = o->p + o->n;
    e->size += size;
    o->n += size;
    o->packet = packet;
    return true;
}

void tt_out_reset(struct tt_out *);
void tt_out_free(struct tt_out *);

#endif
