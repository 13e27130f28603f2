/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A block: the unit of work between the reader and the workers. It owns the octets of its packets
 * (read in place, no copy for each packet) and whatever decode made for them (reassembled
 * datagrams); it is emptied and reused whole.
 */
#ifndef TELLTALE_BLOCK_H
#define TELLTALE_BLOCK_H

#include "base/arena.h"
#include "telltale/packet.h"

#define TT_BLOCK_PACKETS 512
#define TT_BLOCK_OCTETS  (64u << 10)  /* one read(2): stays in L2 */
#define TT_BLOCK_ROOM    (512u << 10) /* room for the largest record (256 KiB) behind a full read */
#define TT_BLOCK_TICKS   512

/* "From this packet on the clock shows this second": the clock is the
 * running maximum of packet time. */
struct tt_tick {
    int64_t second;  /* since 1970 */
    uint64_t packet; /* number of the first packet at or after it */
    uint32_t index;  /* of that packet in the block */
};

struct tt_block {
    struct tt_packet packets[TT_BLOCK_PACKETS];
    uint32_t n_packets;
    uint32_t n_ticks;
    struct tt_tick ticks[TT_BLOCK_TICKS];
    uint8_t *octets; /* TT_BLOCK_ROOM */
    uint32_t octets_used;
    /* reassembled datagrams and anything else that lives as long as the block */
    struct tt_arena arena;
    uint64_t sequence; /* 0, 1, 2 … in reading order */
    bool last;         /* no block follows */
};

struct tt_block *tt_block_new(void);
void tt_block_reset(struct tt_block *);
void tt_block_free(struct tt_block *);

#endif
