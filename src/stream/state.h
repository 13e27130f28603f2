/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inside of the stream room: the state of a connection, the memory of a worker, and what its files
 * ask of one another. A "way" is one direction of a connection: what its sender sent, as its
 * receiver reads it. Nobody else includes this.
 */
#ifndef STREAM_STATE_H
#define STREAM_STATE_H

#include "base/arena.h"
#include "stream/stream.h"

#define BLOCK_BITS   11
#define BLOCK_OCTETS (1u << BLOCK_BITS)
#define WAY_RECORDS  4
#define UNHEARD_LIMIT                                                                              \
    16 /* refused or doubted packets without a word from the receiver: it left the capture */
#define EVENT_OCTETS 5
/* Events of a direction written within 2^6 slow ticks (68 s), beyond the first of a kind. */
#define TOLD_MOST       15
#define TOLD_EPOCH_BITS 6
#define HOLE_MS         3000 /* how long a hole may last when no receiver acknowledges */

enum way_flag {
    WAY_STARTED = 1,   /* next is known */
    WAY_SYN = 2,       /* its SYN was seen: isn and options are known */
    WAY_HEARD = 4,     /* packets of this direction are in the capture */
    WAY_FIN = 8,       /* fin_seq is known */
    WAY_FIN_DONE = 16, /* everything up to the FIN was delivered */
    WAY_FIN_ACKED = 32,
    WAY_URGENT = 64,     /* the octet at urgent_seq is not in the stream */
    WAY_TIMESTAMP = 128, /* SYN offered the option */
    WAY_SCALE = 256,
    WAY_MD5 = 512,   /* SYN (or the first packet seen) carried the MD5 or AO option */
    WAY_EDGE = 1024, /* edge is known */
    WAY_OTHER_ISN = 2048,
    /* next is where the other side acknowledged: nothing of its own was seen yet */
    WAY_PLACED = 4096,
    WAY_TS_KNOWN = 8192,
    WAY_FIN_FIRST = 16384, /* this side closed first */
};

/* One direction. Sequence numbers are compared by signed difference. */
struct way {
    uint32_t next;  /* first octet not yet delivered */
    uint32_t acked; /* highest acknowledgement by the receiver that was valid */
    uint32_t sent;  /* end of the farthest octet seen from the sender (FIN and SYN count) */
    uint32_t edge;  /* end of the window that the receiver offered */
    uint32_t ts_recent, ts_when; /* RFC 7323; slow_clock at which it was set */
    uint32_t first, last;        /* waiting pieces */
    uint32_t blocks;             /* chain of memory blocks, in sequence order */
    uint32_t isn, other_isn, urgent_seq;
    uint32_t fin_seq, fin_origin; /* of the FIN; where the segment that carried it began */
    uint32_t resync_seq; /* end of the last segment that was refused; valid while resync_n > 0 */
    /* packet time in ms at which octets began to wait; used while the receiver is not heard */
    uint32_t hole_since;
    uint16_t n_pieces, n_blocks;
    uint16_t flags; /* enum way_flag */
    uint8_t scale, resync_n, n_records;
    uint8_t told;         /* events written of late: epoch << 4 | how many */
    uint8_t ttl, ttl_low; /* of the sender's packets; a lower one that is not confirmed yet */
    uint32_t records[WAY_RECORDS]; /* last deliveries, newest first: length << 16 | hash */
};

enum phase { PHASE_NONE, PHASE_SYN, PHASE_SYNACK, PHASE_OPEN, PHASE_RESET, PHASE_CLOSED };

struct tt_stream {
    struct way way[2];            /* by enum tt_direction of the data */
    uint8_t plain;                /* 1: the fast path may be taken */
    uint8_t phase;                /* enum phase */
    uint8_t events[EVENT_OCTETS]; /* ever raised: bit i = enum event */
    uint8_t policies; /* enum tt_stream_policy of the receiver of each way, 4 bits each */
};
_Static_assert(sizeof(struct tt_stream) <= 192, "three cache lines");

enum piece_flag {
    /* its packet was not one that a receiver takes: valid only when it is acknowledged */
    PIECE_DOUBTFUL = 1,
    PIECE_LOST = 2, /* the wire had it, the capture has not */
};

/* A run of waiting octets. origin: where the segment that it came from began (what Linux compares).
 * Doubtful ones keep the frame that brought them: when the receiver confirms them, it was that
 * frame which made them known. */
struct piece {
    uint32_t start, end, origin;
    uint32_t next, prev;
    uint32_t flags;
    uint64_t number; /* 0 = not kept */
    int64_t time;
    uint32_t count, input;
};

/* Octets by position: a block holds the sequence numbers from page to page + BLOCK_OCTETS. */
struct block {
    uint32_t page;
    uint32_t next;
    uint32_t near; /* of a chain's first: the block that was used last */
    uint32_t reserved;
    uint8_t octets[BLOCK_OCTETS];
};

enum event {
    EVENT_OVERLAP,
    EVENT_GAP,
    EVENT_NO_SEGMENT,
    EVENT_BEFORE_BASE,
    EVENT_INSERT_LIMIT,
    EVENT_INSERT_MEMCAP,
    EVENT_OUT_OF_WINDOW,
    EVENT_TIMESTAMP,
    EVENT_INVALID_ACK,
    EVENT_BROKEN_ACK,
    EVENT_CHECKSUM,
    EVENT_MD5,
    EVENT_URGENT,
    EVENT_RST_INVALID,
    EVENT_RST_INJECT,
    EVENT_FIN_WINDOW,
    EVENT_FIN_FALSE,
    EVENT_AFTER_FIN,
    EVENT_SYN_RESEND,
    EVENT_SYN_RESEND_OTHER,
    EVENT_SYN_TO_CLIENT,
    EVENT_SYN_OTHER_ISN,
    EVENT_SYN_DATA,
    EVENT_SYNACK_DIRECTION,
    EVENT_SYNACK_ACK,
    EVENT_SYNACK_OTHER_SEQ,
    EVENT_SYNACK_RESEND,
    EVENT_SYNACK_TOSERVER,
    EVENT_HANDSHAKE_ACK,
    EVENT_FLAGS,
    EVENT_ZERO_WINDOW,
    EVENT_MIDSTREAM,
    EVENT_FRAGMENTS,
    EVENT_TTL,
    EVENT_KEEPALIVE_OCTET,
    EVENT_SYN_AFTER_RST,
    EVENT_URGENT_AHEAD,
    EVENTS
};
_Static_assert(EVENTS <= 8 * EVENT_OCTETS, "a bit for each");

enum count {
    COUNT_SESSIONS,
    COUNT_MIDSTREAM,
    COUNT_ACTIVE,
    COUNT_REFUSED,
    COUNT_FAST,
    COUNT_SLOW,
    COUNT_OCTETS,
    COUNT_SEGMENTS_WAITED,
    COUNT_OCTETS_WAITING,
    COUNT_RETRANSMITTED,
    COUNT_OVERLAPS,
    COUNT_OVERLAPS_DIFFERENT,
    COUNT_GAPS,
    COUNT_GAP_OCTETS,
    COUNT_FLOW_CAP,
    COUNT_MEMORY_CAP,
    COUNT_BAD_SUM,
    COUNT_IGNORED,
    COUNT_OUT_OF_WINDOW,
    COUNT_KEEPALIVE,
    COUNT_DOUBTED,
    COUNT_RESYNCS,
    COUNT_RST,
    COUNT_REUSED,
    COUNT_NOT_TOLD,
    COUNT_DOUBTED_SHED,
    COUNTS
};

struct tt_streams {
    struct tt_stream_options options;
    struct tt_stream_sink sink;
    struct tt_slab streams, pieces, blocks;
    uint64_t raised; /* events of the packet at hand */
    uint64_t counts[COUNTS];
    uint32_t max_blocks, max_pieces; /* per direction */
};

/* The packet at hand, as the files of this room pass it on. packet is NULL at the end of a flow. */
struct turn {
    struct tt_streams *all;
    struct tt_flow *flow;
    struct tt_stream *stream;
    const struct tt_packet *packet;
    enum tt_direction dir;
    bool has_ts, has_md5, has_scale;
    uint8_t scale;
    uint32_t ts;
};

/* Packet time in units of 2^30 ns (1.07 s), by a shift only. */
static inline uint32_t slow_clock(const struct tt_packet *p)
{
    return (uint32_t)(p->time >> 30);
}

#define PAWS_AGE                                                                                   \
    ((uint32_t)(24 * 86400 * 1000000000ull >>                                                      \
                30)) /* a timestamp older than 24 days proves nothing */

static inline int32_t seq_diff(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static inline bool seq_before(uint32_t a, uint32_t b)
{
    return seq_diff(a, b) < 0;
}

static inline uint32_t seq_max(uint32_t a, uint32_t b)
{
    return seq_before(a, b) ? b : a;
}

static inline uint32_t seq_min(uint32_t a, uint32_t b)
{
    return seq_before(a, b) ? a : b;
}

static inline struct piece *piece_at(const struct tt_streams *s, uint32_t i)
{
    return tt_slab_at(&s->pieces, i);
}

/* events.c */
void raise_event(struct turn *, enum tt_direction, enum event);

/* deliver.c: what the room above gets. */
void deliver(struct turn *, enum tt_direction, struct tt_bytes);
void lose(struct turn *, enum tt_direction, uint32_t n);
/* The Internet checksum of n octets, where decode has not told it. */
uint16_t payload_sum(const uint8_t *, uint32_t n);
/* Octets that the receiver has read already come again: are they the same? */
/* True when some of them could be compared. */
bool compare_old(struct turn *, enum tt_direction, uint32_t seq, struct tt_bytes);

/* waiting.c: octets that came early. */
enum waiting_result { WAITING_OK, WAITING_FULL };
enum waiting_result waiting_put(struct turn *, enum tt_direction, uint32_t seq, struct tt_bytes,
                                uint32_t lost, unsigned flags);
/* Delivers what follows `next` without a hole. */
void waiting_drain(struct turn *, enum tt_direction);
/* Declares the first hole a gap and delivers what follows. False when nothing waits. */
bool waiting_skip(struct turn *, enum tt_direction);
/* Does this acknowledgement, beyond all that was seen, confirm octets that wait in doubt? */
bool waiting_confirmed(const struct tt_streams *, const struct way *, uint32_t ack);
/* The receiver acknowledged up to way->acked: doubtful octets below are
 * good, holes below are gaps. */
void waiting_acked(struct turn *, enum tt_direction);
void waiting_flush(struct turn *, enum tt_direction);
/* Where the waiting segment that ends at `end` began; otherwise `none`. */
uint32_t waiting_origin(const struct turn *, const struct way *, uint32_t end, uint32_t none);
/* Forgets what waits. */
void waiting_drop(struct tt_streams *, struct way *);
/* Gives back blocks that lie before next. */
void waiting_trim(struct tt_streams *, struct way *);

/* handshake.c: SYN, SYN-ACK, RST. False: a new connection begins. */
bool take_syn(struct turn *);
void take_rst(struct turn *);

/* options.c */
void read_options(struct turn *);

/* segment.c: everything with ACK and neither SYN nor RST. */
void take_segment(struct turn *);
/* The first octet of a way is known to be seq. */
void way_start(struct way *, uint32_t seq);
/* The receiver of way[dir] acknowledged ack, which is valid: doubts end, holes become
 * gaps, a FIN is complete. */
void take_ack(struct turn *, enum tt_direction dir, uint32_t ack);
/* After each packet: what the two ways say of the connection; whether
 * the fast path may be taken. */
void connection_settle(struct turn *);
/* Counts a packet that a receiver ignores, and says why. */
void ignore(struct turn *, enum event);

#endif
