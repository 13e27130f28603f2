/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Datagrams that come in pieces, put together as their receiver does it (what it read is what
 * counts). Private to decode.
 */
#ifndef DECODE_FRAGMENT_H
#define DECODE_FRAGMENT_H

#include "base/arena.h"
#include "config/receivers.h"
#include "telltale/packet.h"
#include "telltale/reader.h"

/* Data of a datagram are kept in pieces of 1 KiB; each knows which of its
 * units of 8 octets are there. */
#define TT_FRAGMENT_PIECE  1024u
#define TT_FRAGMENT_PIECES 64u

struct tt_fragment_key {
    struct tt_address src, dst;
    uint32_t id;
    uint16_t protocol; /* IPv4 only: IPv6 takes it from the first fragment */
    uint16_t version;
    uint64_t tunnel; /* that they came in; 0 = none */
};

struct tt_fragment {
    struct tt_fragment_key key;
    uint32_t offset;
    bool more;
    uint8_t next; /* protocol of the data (of the first fragment) */
    struct tt_bytes data;
};

enum tt_fragment_result {
    TT_FRAGMENT_KEPT,
    TT_FRAGMENT_WHOLE,     /* the datagram is complete */
    TT_FRAGMENT_AGAIN,     /* was there already, with the same content */
    TT_FRAGMENT_DIFFERENT, /* was there already, with other content: the first stays */
    TT_FRAGMENT_OVERLAP,   /* overlaps in part: the datagram is discarded */
    TT_FRAGMENT_REFUSED,   /* impossible, contradicts the length known, or the cap */
    TT_FRAGMENT_LARGE,     /* reaches beyond 65535 */
    TT_FRAGMENT_LENGTH,    /* IPv6: not the last, and no multiple of 8 */
};

struct tt_fragments {
    struct tt_slab datagrams, pieces, senders;
    uint32_t *buckets; /* of datagrams, then as many of senders */
    uint32_t mask;
    uint32_t oldest, newest; /* in order of their first fragment */
    uint64_t secret;
    int64_t timeout;  /* ns */
    uint64_t *values; /* the decoder's counters */
    const struct tt_receivers *receivers;
    bool differs; /* the fragment that was kept last met others of other content */
    bool far;     /* what there was of its datagram is forgotten: too many others came since */
    /* Of the datagram that the last fragment is or was of (tt_fragments_add, tt_fragments_seek): */
    uint64_t *odd;        /* what was noticed of its fragments: bit i = decode's row i */
    struct tt_bytes head; /* its first octets, until the next call; n = 0: not there */
    uint8_t head_next;    /* their protocol */
    uint64_t odd_gone;    /* what odd points at when there is no such datagram any more */
    uint8_t gone[64];     /* what head points at when its datagram began again */
};

bool tt_fragments_init(struct tt_fragments *f, uint64_t *values, uint32_t max_datagrams,
                       uint32_t max_octets, int64_t timeout);
void tt_fragments_free(struct tt_fragments *f);

/* Takes one fragment at packet time `now`. WHOLE sets *out (octets in the arena) and *next. */
enum tt_fragment_result tt_fragments_add(struct tt_fragments *f, const struct tt_fragment *in,
                                         int64_t now, struct tt_arena *arena, struct tt_bytes *out,
                                         uint8_t *next);

/* For a fragment that is not to be added: only sets odd and head. */
void tt_fragments_seek(struct tt_fragments *f, const struct tt_fragment *in);

#endif
