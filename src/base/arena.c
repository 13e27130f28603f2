/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Owns the memory of arenas and slabs. An arena is a chain of chunks from malloc that is walked
 * again after a reset; a slab is one anonymous mapping (with its free list behind the pieces) that
 * the kernel fills page by page as pieces are first used. Never moves or zeroes what it gave out,
 * and takes no lock: each arena and slab has one user.
 */
#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGN      16u
#define CHUNK_MIN  4096u
#define HUGE_PAGE  ((size_t)2 << 20)
#define SLAB_LIMIT ((size_t)1 << 40)

struct tt_arena_chunk {
    struct tt_arena_chunk *next;
    size_t size; /* octets behind this header */
    uint8_t octets[] __attribute__((aligned(ALIGN)));
};

static void out_of_memory(size_t n)
{
    fprintf(stderr, "telltale: no memory left for %zu octets\n", n);
    abort();
}

void tt_arena_init(struct tt_arena *a, size_t chunk_size)
{
    *a = (struct tt_arena){.chunk_size = chunk_size < CHUNK_MIN ? CHUNK_MIN : chunk_size};
}

/* Puts a chunk of at least n octets behind the current one and makes it current. */
static void add_chunk(struct tt_arena *a, size_t n)
{
    size_t size = n > a->chunk_size ? n : a->chunk_size;
    struct tt_arena_chunk *c = NULL;
    if (size > SIZE_MAX - sizeof *c || posix_memalign((void **)&c, ALIGN, sizeof *c + size) != 0) {
        out_of_memory(size);
        return;
    }
    c->size = size;
    if (a->current) {
        c->next = a->current->next;
        a->current->next = c;
    } else {
        c->next = a->first;
        a->first = c;
    }
    a->current = c;
    a->used = 0;
    a->reserved += size;
}

void *tt_arena_alloc(struct tt_arena *a, size_t n)
{
    if (n > SLAB_LIMIT) {
        out_of_memory(n);
    }
    n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (!a->current && a->first) {
        a->current = a->first;
        a->used = 0;
    }
    /* A kept chunk that is too small for this piece is passed over until the next reset. */
    while (a->current && n > a->current->size - a->used) {
        if (!a->current->next) {
            break;
        }
        a->current = a->current->next;
        a->used = 0;
    }
    if (!a->current || n > a->current->size - a->used) {
        add_chunk(a, n);
    }
    void *p = a->current->octets + a->used;
    a->used += n;
    return p;
}

void tt_arena_reset(struct tt_arena *a)
{
    a->current = a->first;
    a->used = 0;
}

void tt_arena_free(struct tt_arena *a)
{
    struct tt_arena_chunk *c = a->first;
    while (c) {
        struct tt_arena_chunk *next = c->next;
        free(c);
        c = next;
    }
    *a = (struct tt_arena){.chunk_size = a->chunk_size};
}

static size_t mapped_size(size_t piece, uint32_t cap)
{
    return piece * cap + (size_t)cap * sizeof(uint32_t);
}

bool tt_slab_init(struct tt_slab *s, size_t piece, uint32_t cap)
{
    *s = (struct tt_slab){0};
    if (piece == 0 || piece > SLAB_LIMIT / 2 || cap == 0) {
        return false;
    }
    piece = (piece + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (piece > SLAB_LIMIT / cap) {
        return false;
    }
    size_t size = mapped_size(piece, cap);
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
    if (p == MAP_FAILED) {
        return false;
    }
    if (size >= 2 * HUGE_PAGE) {
        (void)madvise(p, size, MADV_HUGEPAGE); /* only advice: works without */
    }
    s->base = p;
    s->free_list = (uint32_t *)(void *)(s->base + piece * cap);
    s->piece = piece;
    s->cap = cap;
    return true;
}

void tt_slab_sparse(struct tt_slab *s)
{
    if (s->base) {
        (void)madvise(s->base, mapped_size(s->piece, s->cap), MADV_NOHUGEPAGE);
    }
}

void tt_slab_free(struct tt_slab *s)
{
    if (s->base) {
        munmap(s->base, mapped_size(s->piece, s->cap));
    }
    *s = (struct tt_slab){0};
}
