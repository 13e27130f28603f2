/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inside the engine room: a worker's stages and the sinks through which they speak (sinks.c).
 */
#ifndef ENGINE_INSIDE_H
#define ENGINE_INSIDE_H

#include "device/claim.h"
#include "engine/record.h"
#include "engine/worker.h"

#define TT_SERVER_PORTS 128
#define TT_MEMBERS_ROOM (64u << 10) /* rendered members of one message */
#define TT_LINE_ROOM    (80u << 10) /* the longest line: members and what stands around them */

enum tt_worker_counter {
    TT_WORKER_INSPECTED,
    TT_WORKER_NO_FLOW,
    TT_WORKER_BAD_SUM,
    TT_WORKER_COUNTERS
};

struct tt_worker {
    struct tt_worker_options options;
    struct tt_flows *flows;
    struct tt_streams *streams;
    struct tt_engine *engine;
    struct tt_ndpi *ndpi; /* NULL = none */
    uint16_t unsettled;   /* flag that a flow lacks while it is looked at; 0 = no flow is */
    bool aside;           /* others than the engine want octets of streams */
    uint64_t asked;       /* packet that nDPI was given last */
    struct tt_partials *partials;
    struct tt_claims *claims; /* NULL: nobody wants identities */
    struct tt_matcher *matcher;
    /* the same where its rules look at them, else NULL */
    struct tt_matcher *of_packets, *of_streams;
    struct tt_eve *eve;
    struct tt_records records;
    struct tt_out *out;
    struct tt_entry at; /* order of what is written next */
    int64_t now;        /* time of the packet under way, ns */
    int64_t second, tick_time;
    uint32_t n_members; /* of the message under way; 0 = not rendered */
    bool rendered;
    uint64_t counters[TT_WORKER_COUNTERS];
    const struct tt_tx *alone; /* transaction of the message under way when it is its only one */
    struct tt_protocol_counts protocols[TT_PROTOCOLS];
    uint16_t server_ports[TT_SERVER_PORTS];
    struct tt_msg brief; /* stands for a message that is longer than a record may be */
    uint8_t members[TT_MEMBERS_ROOM];
};

tt_flow_end_fn tt_worker_flow_end;
struct tt_sample *tt_worker_sample(void *);
void tt_worker_window(void *, const struct tt_window *);
void tt_worker_fact(void *, const struct tt_fact *);
void tt_worker_claim(void *, const struct tt_claim *);
void tt_worker_octets(void *, struct tt_flow *, enum tt_direction, struct tt_bytes,
                      const struct tt_packet *);
void tt_worker_gap(void *, struct tt_flow *, enum tt_direction, uint32_t n,
                   const struct tt_packet *);
void tt_worker_stream_event(void *, struct tt_flow *, enum tt_direction, unsigned event,
                            const struct tt_packet *);
void tt_worker_message(void *, struct tt_flow *, struct tt_tx *, const struct tt_msg *,
                       const struct tt_packet *);
void tt_worker_transaction(void *, struct tt_flow *, struct tt_tx *, enum tt_tx_end,
                           const struct tt_packet *);
void tt_worker_anomaly(void *, struct tt_flow *, enum tt_direction, unsigned anomaly,
                       const struct tt_packet *);
void tt_worker_hit(void *, const struct tt_hit *);
/* A datagram that does not count for its checksum. */
void tt_worker_refused(struct tt_worker *, struct tt_flow *, enum tt_direction,
                       const struct tt_packet *);
void tt_worker_decode_events(struct tt_worker *, struct tt_flow *, enum tt_direction,
                             const struct tt_packet *);

#endif
