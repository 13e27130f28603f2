/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Owns the memory of blocks: the packet rows, the octets behind them and the arena. A block
 * that a flood of fragments made large gives that memory back when it is emptied; otherwise
 * emptying it costs nothing.
 */
#include "telltale/block.h"

#include <sys/mman.h>

#define ARENA_CHUNK (128u << 10)
#define ARENA_KEPT  4 /* chunks */

struct tt_block *tt_block_new(void)
{
    size_t size = sizeof(struct tt_block) + TT_BLOCK_ROOM;
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        return NULL;
    }
    struct tt_block *b = p;
    b->octets = (uint8_t *)p + sizeof(struct tt_block);
    tt_arena_init(&b->arena, ARENA_CHUNK);
    return b;
}

void tt_block_reset(struct tt_block *b)
{
    b->n_packets = 0;
    b->n_ticks = 0;
    b->octets_used = 0;
    b->last = false;
    if (b->arena.reserved > (size_t)ARENA_KEPT * ARENA_CHUNK) {
        tt_arena_free(&b->arena);
    }
    tt_arena_reset(&b->arena);
}

void tt_block_free(struct tt_block *b)
{
    if (b) {
        tt_arena_free(&b->arena);
        munmap(b, sizeof(struct tt_block) + TT_BLOCK_ROOM);
    }
}
