/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The entry buffer. Owns its memory; knows nothing of what entries mean.
 */
#include "engine/out.h"

#include <stdlib.h>

uint8_t *tt_out_reserve(struct tt_out *o, size_t size)
{
    size_t need = o->n + sizeof(struct tt_entry) + size + 8;
    if (need > o->cap) {
        size_t cap = o->cap ? o->cap : 1u << 16;
        while (cap < need) {
            cap *= 2;
        }
        uint8_t *p = realloc(o->p, cap);
        if (!p) {
            abort(); /* the system has no memory left: nothing sensible can follow */
        }
        o->p = p;
        o->cap = cap;
    }
    return o->p + o->n + sizeof(struct tt_entry);
}

void tt_out_commit(struct tt_out *o, const struct tt_entry *key, size_t size)
{
    struct tt_entry e = *key;
    e.size = (uint32_t)size;
    o->unsorted |= o->entries && tt_entry_order(&o->last, &e) > 0;
    memcpy(o->p + o->n, &e, sizeof e);
    o->n += tt_entry_room(e.size);
    o->entries++;
    o->last = e;
    if (o->full && o->n > TT_OUT_FULL && !o->unsorted) {
        o->full(o->ctx, o);
    }
}

void tt_out_reset(struct tt_out *o)
{
    o->n = 0;
    o->entries = 0;
    o->unsorted = false;
    if (o->cap > TT_OUT_KEPT && !o->full) {
        free(o->p);
        o->p = NULL;
        o->cap = 0;
    }
}

void tt_out_free(struct tt_out *o)
{
    free(o->p);
    *o = (struct tt_out){0};
}
