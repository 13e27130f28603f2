/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Who talks to whom: one entry of two cache lines for each conversation of a worker, found by its
 * canonical key, expired by a lazy timer wheel in packet time. Owns addresses, counters and life;
 * what upper rooms keep hangs on `stream` and `app`.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include <stddef.h>

#include "base/counter.h"
#include "telltale/dissect.h"
#include "telltale/packet.h"

/* Endpoints in canonical order: (address, port) of low <= that of high, bytewise. */
struct tt_flow_key {
    struct tt_address low, high;
    union {
        struct {
            uint16_t low_port, high_port;
        };
        uint32_t ports; /* a packet of the high end has the same word */
    };
    union {
        struct {
            uint8_t protocol, tunnel[3];
        };
        uint32_t carried; /* of its packets: in another tunnel is another conversation */
    };
};

enum tt_flow_state { TT_FLOW_NEW, TT_FLOW_ESTABLISHED, TT_FLOW_CLOSED };

enum tt_flow_flag {
    TT_FLOW_CLIENT_HIGH = 1, /* the client is the high endpoint of the key */
    TT_FLOW_SEEN_SYN = 2,    /* the start of the connection is in the capture */
    TT_FLOW_SEEN_SYNACK = 4,
    TT_FLOW_ALERTED = 8,
    TT_FLOW_GAP = 16 /* << direction */,
    TT_FLOW_SUM_GOOD = 64 /* << direction: a right checksum was seen (-k auto) */,
    TT_FLOW_SWAPPABLE = 256, /* who is the client is a guess: the dissector may turn it round */
    TT_FLOW_VLAN = 512,
    TT_FLOW_ODD = 1024,     /* tt_flows_noted has something */
    TT_FLOW_SETTLED = 2048, /* a second opinion is there, or not wanted */
};

enum tt_flow_reason { TT_FLOW_TIMEOUT, TT_FLOW_SHUTDOWN, TT_FLOW_FORCED, TT_FLOW_REUSED };

struct tt_flow {
    struct tt_flow_key key;
    int64_t last; /* time of the last packet, ns */
    int64_t first;
    uint64_t first_packet; /* number of the packet that made it: unique, orders what timers write */

    uint32_t packets[2];      /* by enum tt_direction */
    uint64_t octets[2];       /* frames on the wire */
    struct tt_stream *stream; /* NULL for UDP and until TCP needs one */
    struct tt_app *app;       /* NULL until something is to be dissected */
    uint32_t wheel_next, wheel_prev;
    uint32_t hash;
    uint16_t flags;       /* enum tt_flow_flag */
    uint8_t tcp_flags[2]; /* seen, by direction */
    uint8_t state;        /* enum tt_flow_state */
    uint8_t ip_version;
    uint16_t stack;      /* tt_flow_tunnels */
    uint32_t vlan : 12;  /* outermost, of the first packet; with TT_FLOW_VLAN */
    uint32_t input : 20; /* of the first packet */
};
_Static_assert(sizeof(struct tt_flow) == 128, "two cache lines");
_Static_assert(offsetof(struct tt_flow_key, high_port) - offsetof(struct tt_flow_key, low_port) ==
                   offsetof(struct tt_packet, sport) - offsetof(struct tt_packet, dport),
               "ports of both as one word");

/* Of a packet of the flow: its ports tell the ends apart where they differ. */
static inline enum tt_direction tt_flow_direction(const struct tt_flow *f,
                                                  const struct tt_packet *p)
{
    bool from_high = p->sport == f->key.high_port;
    if (__builtin_expect(f->key.low_port == f->key.high_port, 0)) {
        from_high = memcmp(&p->src, &f->key.high, sizeof p->src) == 0 &&
                    memcmp(&p->src, &f->key.low, sizeof p->src) != 0;
    }
    return from_high == ((f->flags & TT_FLOW_CLIENT_HIGH) != 0) ? TT_TO_SERVER : TT_TO_CLIENT;
}

static inline const struct tt_address *tt_flow_client(const struct tt_flow *f)
{
    return f->flags & TT_FLOW_CLIENT_HIGH ? &f->key.high : &f->key.low;
}

static inline const struct tt_address *tt_flow_server(const struct tt_flow *f)
{
    return f->flags & TT_FLOW_CLIENT_HIGH ? &f->key.low : &f->key.high;
}

static inline uint16_t tt_flow_client_port(const struct tt_flow *f)
{
    return f->flags & TT_FLOW_CLIENT_HIGH ? f->key.high_port : f->key.low_port;
}

static inline uint16_t tt_flow_server_port(const struct tt_flow *f)
{
    return f->flags & TT_FLOW_CLIENT_HIGH ? f->key.low_port : f->key.high_port;
}

/* Packets after which a conversation that both ends speak in is no stranger any more. */
#define TT_FLOW_KNOWN 16

/* Not much was heard of it: what floods are made of. Strangers are the first to make room, and may
 * not take the last quarter of a pool that flows share. */
static inline bool tt_flow_is_stranger(const struct tt_flow *f)
{
    return f->state != TT_FLOW_ESTABLISHED || f->packets[0] == 0 || f->packets[1] == 0 ||
           f->packets[0] + f->packets[1] < TT_FLOW_KNOWN;
}

struct tt_flows;

/* The tunnels around its first packet, as that packet had them; NULL: there were none, or no room
 * to keep them (counted). */
const struct tt_tunnels *tt_flow_tunnels(const struct tt_flows *, const struct tt_flow *);

/* EVE flow_id: 51 bits, positive, the same for any number of workers and every run. */
uint64_t tt_flow_id(const struct tt_flow *);

/* Keyed hash of the canonical address pair (without ports: what deals packets to
 * workers) and of the whole key. */
uint32_t tt_flow_pair_hash(const struct tt_packet *, uint64_t secret);

struct tt_flow_options {
    uint32_t max_flows; /* cap; 0 = 128 Ki */
    uint64_t secret;    /* of the hash */
    /* ports known for servers, ended by 0: who is the client when no SYN was seen */
    const uint16_t *server_ports;
    /* seconds; 0 = 60, 90000, 10, 30, 300 */
    uint32_t tcp_new, tcp_established, tcp_closed, udp_new, udp_established;
};

/* Called for each flow that ends, before its entry is reused. packet: number that orders
 * what is written about it. */
typedef void tt_flow_end_fn(void *ctx, struct tt_flow *, enum tt_flow_reason, uint64_t packet);

struct tt_flows *tt_flows_new(const struct tt_flow_options *, tt_flow_end_fn *, void *ctx);
void tt_flows_free(struct tt_flows *);

/* The three passes over a batch of n packets: hash and prefetch the buckets; prefetch the entries;
 * then one by one find or make the entry and account the packet (counters, times, TCP flags,
 * state). The second pass tells the entry that each packet is likely of, NULL = none: of it only
 * the pointers may be looked at, to prefetch what is behind, and it may be given to the third. */
void tt_flows_prepare(struct tt_flows *, struct tt_packet *const *packets, unsigned n);
void tt_flows_prefetch(const struct tt_flows *, struct tt_packet *const *packets, unsigned n,
                       struct tt_flow **likely);

struct tt_flow_place {
    /* NULL when the table is full of better flows (counted) or the packet has no flow */
    struct tt_flow *flow;
    uint32_t direction; /* enum tt_direction */
    bool is_new;
};
struct tt_flow_place tt_flows_packet(struct tt_flows *, const struct tt_packet *,
                                     struct tt_flow *likely);
/* The flow that a packet without transport header names (TT_PACKET_NAMES_FLOW), or NULL. */
struct tt_flow *tt_flows_find(const struct tt_flows *, const struct tt_packet *);
/* What was noticed of the flow, for its record. Only flows that have something cost memory. */
struct tt_flow_odd {
    uint64_t decode;   /* bit i = decode's anomaly row i */
    uint64_t engine;   /* … row i of tt_dissect_anomalies */
    uint64_t protocol; /* … row i of the flow's dissector */
};
/* To be added to; zero at first. */
struct tt_flow_odd *tt_flows_odd(struct tt_flows *, struct tt_flow *);
/* The same for reading; NULL: nothing. */
const struct tt_flow_odd *tt_flows_noted(const struct tt_flows *, const struct tt_flow *);
/* The packet, with SYN and the last that was accounted, begins another conversation: it leaves
 * the account of this one. */
void tt_flows_take_back(struct tt_flows *, struct tt_flow *, const struct tt_packet *);

/* The clock shows `second`: ends what is overdue, in order of first_packet. */
void tt_flows_tick(struct tt_flows *, int64_t second, uint64_t packet);
/* The end: ends all, in order of first_packet. */
void tt_flows_end(struct tt_flows *, uint64_t packet);
/* Its state became CLOSED: the shorter time-out applies from now on. */
void tt_flows_closing(struct tt_flows *, struct tt_flow *);
/* Ends one at once. */
void tt_flows_close(struct tt_flows *, struct tt_flow *, enum tt_flow_reason, uint64_t packet);

struct tt_counter_set tt_flows_counters(const struct tt_flows *);

#endif
