/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The protocol engine: finds out what a flow speaks (by its octets, not its port), cuts streams
 * into units, skips what is too long, survives gaps, pairs questions with answers, and raises the
 * anomalies that all protocols share. One for each worker.
 */
#ifndef DISSECT_ENGINE_H
#define DISSECT_ENGINE_H

#include "base/arena.h"
#include "base/counter.h"
#include "flow/flow.h"

/* A transaction: a question and its answers, or a message that needs none. Lives from its
 * first message to its last. */
struct tt_tx {
    uint64_t id;           /* number in the flow, from 0 */
    uint64_t first_packet; /* frame in which its first message ended */
    int64_t first_time;
    uint32_t key;
    /* for the record writer: its piece of memory; 0 = none. Engine sets 0 and
     * hands it back at the end */
    uint32_t record;
    uint32_t record_length;
    uint32_t claim; /* for the device room: its piece of memory + 1, as record */
    uint16_t messages;
    uint8_t asker;   /* enum tt_direction of the question */
    uint8_t kind;    /* of the first message */
    uint8_t unasked; /* begins with an answer */
    uint8_t open;
    uint8_t n_candidates;
    uint8_t reserved;
    uint8_t protocol;    /* index of the dissector in the registry */
    uint64_t kinds;      /* bit k: a message of kind k was written into the record */
    uint32_t alerted[4]; /* rules that fired on it already (tt_rules owns the meaning) */
    struct {
        uint32_t rule, met; /* bit i: condition group i was met by an earlier message */
    } candidates[4];
};

#define TT_ANOMALY_OWN 256

enum tt_tx_end { TT_TX_COMPLETE, TT_TX_UNANSWERED };

struct tt_dissect_sink {
    void *ctx;
    /* A message and its transaction (never NULL). The last message of a transaction is
     * followed by `transaction`. */
    void (*message)(void *ctx, struct tt_flow *, struct tt_tx *, const struct tt_msg *,
                    const struct tt_packet *);
    void (*transaction)(void *ctx, struct tt_flow *, struct tt_tx *, enum tt_tx_end,
                        const struct tt_packet *);
    /* Anomalies without a message: index into tt_dissect_anomalies, or TT_ANOMALY_OWN + index into
     * the flow's dissector's rows. packet may be NULL at the flow's end. */
    void (*anomaly)(void *ctx, struct tt_flow *, enum tt_direction, unsigned anomaly,
                    const struct tt_packet *);
};

struct tt_dissect_options {
    uint32_t max_flows;        /* flows with a protocol state; 0 = 128 Ki */
    uint64_t max_octets;       /* unfinished units held; 0 = 64 MiB */
    uint32_t max_transactions; /* open ones of a flow; 0 = 64, the oldest ends unanswered */
};

struct tt_engine;

/* Further octets of flows (tt_state_more). */
struct tt_more {
    struct tt_slab pieces;
    uint64_t *refused; /* counter */
    /* A ring: ticket t has place t % cap, as long as the place says so in its first octets. */
    struct tt_slab bodies;
    uint32_t ticket;   /* the newest */
    uint64_t *givenup; /* counter */
};

struct tt_engine *tt_engine_new(const struct tt_dissect_options *, const struct tt_dissect_sink *);
void tt_engine_free(struct tt_engine *);

/* Octets of a TCP stream (sink of the stream room), a lost part, a datagram. */
void tt_engine_octets(struct tt_engine *, struct tt_flow *, enum tt_direction, struct tt_bytes,
                      const struct tt_packet *);
void tt_engine_gap(struct tt_engine *, struct tt_flow *, enum tt_direction, uint32_t n,
                   const struct tt_packet *);
void tt_engine_datagram(struct tt_engine *, struct tt_flow *, enum tt_direction, struct tt_bytes,
                        const struct tt_packet *);
/* Brings what is kept for the flow near: a packet with payload is soon to come. */
void tt_engine_fetch(const struct tt_flow *);
/* The flow ends: reports units that are not complete, ends open transactions as unanswered. */
void tt_engine_finish(struct tt_engine *, struct tt_flow *);
/* The same, and frees flow->app. */
void tt_engine_end(struct tt_engine *, struct tt_flow *);

/* What the flow speaks; NULL = not known (yet). During a callback: what the callback is about. */
const struct tt_dissector *tt_engine_dissector(const struct tt_flow *);
/* During a callback about a protocol that another one carries: that other one; else NULL. */
const struct tt_dissector *tt_engine_carrier(const struct tt_flow *);
/* What is carried in the end by what the flow speaks. */
const struct tt_dissector *tt_engine_innermost(const struct tt_flow *);
/* Its index in the registry, -1 = not known. */
int tt_engine_protocol(const struct tt_flow *);
/* True when probing gave up. */
bool tt_engine_failed(const struct tt_flow *);
/* Device partial slot of the flow: owned by the engine's memory, used by the device room; NULL when
 * the flow speaks nothing. */
struct tt_flow_device *tt_engine_device(const struct tt_flow *);
uint64_t tt_engine_tx_count(const struct tt_flow *);

/* Standard anomalies: gap, truncated_unit, too_many_transactions,
 * lost_synchronisation, repeated_field… */
const struct tt_anomaly *tt_dissect_anomalies(uint32_t *n);
struct tt_counter_set tt_engine_counters(const struct tt_engine *);

/* Prepares a message for a direct call of parse (tests, fuzzing): empties it and
 * fills dissector and hot. */
void tt_msg_reset(struct tt_msg *, const struct tt_dissector *, const struct tt_field_hot *,
                  struct tt_bytes unit, enum tt_direction);
/* hot rows of a dissector, TT_FIELDS_MAX of them, into out. */
void tt_fields_hot(const struct tt_dissector *, struct tt_field_hot out[TT_FIELDS_MAX]);

/* Index of a dissector in the registry by name, -1 when there is none. */
int tt_dissector_index(const char *name);
const struct tt_dissector *tt_dissector_at(unsigned index);

/* What the device room remembers for each flow (see device/partial.c). */
struct tt_flow_device {
    uint64_t identity; /* hash of the identity text shown on this flow, 0 = none */
    uint64_t stream;   /* hash of the last stream name */
    uint32_t generation;
    uint32_t partial; /* the newest, and… */
    uint32_t samples; /* …messages that were told one by one; valid while generation matches */
    uint8_t text[64]; /* start of the identity text, for alerts; written by the worker */
    uint32_t text_length;
    uint32_t head_length;
    /* addresses to community_id of the flow's records, rendered; written by the output room */
    char head[228];
};

#endif
