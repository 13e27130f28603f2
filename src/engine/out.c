/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The entry buffer. Owns its memory; knows nothing of what entries mean.
 */
#include "engine/out.h"

#include <stdlib.h>

void tt_out_make_room(struct tt_out *o, size_t size)
{
    const size_t one = sizeof(struct tt_entry) + size + 8;
    if (o->full && o->entries && o->n + one > o->limit && !o->unsorted) {
        o->full(o->ctx, o);
    }
    size_t need = o->n + one, cap = o->cap ? o->cap : o->limit;
    if (need <= o->cap) {
        return;
    }
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

void tt_out_reset(struct tt_out *o)
{
    o->n = 0;
    o->last = 0;
    o->packet = 0;
    o->entries = 0;
    o->unsorted = false;
    if (o->cap > o->limit) {
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
