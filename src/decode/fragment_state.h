/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A datagram that is being put together, as fragment.c (which there are, when they go) and
 * overlap.c (which octets count) both see it. A unit is 8 octets, a run what one fragment, or
 * several that arrived in order, left standing.
 */
#ifndef DECODE_FRAGMENT_STATE_H
#define DECODE_FRAGMENT_STATE_H

#include "decode/events.h"
#include "decode/fragment.h"

#define TT_FRAGMENT_UNITS (TT_FRAGMENT_PIECE / 8)
#define TT_FRAGMENT_WORDS (TT_FRAGMENT_UNITS / 64)
#define TT_FRAGMENT_EMPTY UINT32_MAX /* no piece there */

struct tt_fragment_piece {
    uint64_t there[TT_FRAGMENT_WORDS]; /* units */
    uint64_t start[TT_FRAGMENT_WORDS]; /* units with which a run begins */
    uint8_t data[TT_FRAGMENT_PIECE];
};

struct tt_datagram {
    struct tt_fragment_key key;
    int64_t since;
    uint32_t next_in_bucket, older, newer;
    uint32_t have;  /* units */
    uint32_t end;   /* octets: of the highest fragment */
    uint32_t total; /* octets: known from the last fragment */
    uint32_t n;     /* fragments kept */
    bool last_seen;
    uint8_t next;    /* protocol, from the first fragment */
    uint8_t rule;    /* enum tt_fragment_rule of its receiver */
    uint64_t odd;    /* what was noticed of its fragments */
    uint32_t sender; /* TT_SLAB_NONE for IPv6 */
    uint32_t seen;   /* the sender's fragments when its last one came */
    uint32_t piece[TT_FRAGMENT_PIECES];
};

/* Who has IPv4 datagrams under way. Linux forgets one when more than TT_FRAGMENT_DISTANCE fragments
 * of its sender came since its last (net.ipv4.ipfrag_max_dist). */
#define TT_FRAGMENT_DISTANCE 64
struct tt_fragment_sender {
    struct tt_address address;
    uint32_t next_in_bucket;
    uint32_t fragments; /* so far */
    uint32_t datagrams; /* under way */
    uint32_t reserved;
};

static inline struct tt_datagram *tt_datagram_at(const struct tt_fragments *f, uint32_t i)
{
    return tt_slab_at(&f->datagrams, i);
}

static inline struct tt_fragment_piece *tt_piece_at(const struct tt_fragments *f, uint32_t i)
{
    return tt_slab_at(&f->pieces, i);
}

/* Where a receiver's answers differ (overlap.c has the table). */
enum tt_fragment_rule {
    TT_OVERLAP_LINUX,
    TT_OVERLAP_DISCARD,
    TT_OVERLAP_FIRST,
    TT_OVERLAP_LAST,
    TT_OVERLAP_BSD,
    TT_OVERLAP_BSD_RIGHT,
    TT_OVERLAP_OLD_LINUX,
    TT_OVERLAP_WINDOWS,
    TT_OVERLAP_SOLARIS,
};
enum tt_fragment_rule tt_fragment_rule_of(enum tt_receiver system);

/* What becomes of a fragment of datagram g with octets b from `offset`? KEPT: tt_fragment_store
 * puts it in, once there is room. OVERLAP and REFUSED: the datagram is to be thrown away. */
enum tt_fragment_result tt_fragment_place(const struct tt_fragments *f, struct tt_datagram *g,
                                          uint32_t offset, bool more, struct tt_bytes b);

/* Puts the octets in that win. True: it met others, of other content. */
bool tt_fragment_store(const struct tt_fragments *f, struct tt_datagram *g, uint32_t offset,
                       struct tt_bytes b);

#endif
