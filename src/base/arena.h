/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Two allocators for the packet path. An arena hands out octets in order and is emptied whole; it
 * keeps its memory, so after the first rounds it allocates nothing. A slab hands out pieces of one
 * size up to a cap and takes them back.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tt_arena_chunk;

struct tt_arena {
    struct tt_arena_chunk *first, *current;
    size_t used, chunk_size;
    size_t reserved; /* octets in all chunks */
};

void tt_arena_init(struct tt_arena *a, size_t chunk_size);
/* n octets aligned to 16, never NULL (aborts the process when the system has no memory:
 * start-up sizes are bounded). */
void *tt_arena_alloc(struct tt_arena *a, size_t n);
void tt_arena_reset(struct tt_arena *a);
void tt_arena_free(struct tt_arena *a);

/* Memory is mapped at once and touched as used; huge pages are advised. Pieces are not zeroed. */
struct tt_slab {
    uint8_t *base;
    uint32_t *free_list;
    size_t piece;    /* octets, multiple of 16 */
    uint32_t cap;    /* pieces */
    uint32_t fresh;  /* pieces never given out start here */
    uint32_t n_free; /* returned ones, used first (cache-warm) */
    uint32_t used, peak;
    uint64_t refused; /* times that the cap said no */
};

bool tt_slab_init(struct tt_slab *s, size_t piece, uint32_t cap);
/* Of a slab that few pieces are used of, most of the time: huge pages would mostly be waste. */
void tt_slab_sparse(struct tt_slab *s);
void tt_slab_free(struct tt_slab *s);

#define TT_SLAB_NONE UINT32_MAX

/* Index of a piece or TT_SLAB_NONE (counted in refused). */
static inline uint32_t tt_slab_take(struct tt_slab *s)
{
    uint32_t i;
    if (s->n_free) {
        i = s->free_list[--s->n_free];
    } else if (s->fresh < s->cap) {
        i = s->fresh++;
    } else {
        s->refused++;
        return TT_SLAB_NONE;
    }
    if (++s->used > s->peak) {
        s->peak = s->used;
    }
    return i;
}

static inline void tt_slab_give(struct tt_slab *s, uint32_t i)
{
    s->free_list[s->n_free++] = i;
    s->used--;
}

static inline void *tt_slab_at(const struct tt_slab *s, uint32_t i)
{
    return s->base + (size_t)i * s->piece;
}

#endif
