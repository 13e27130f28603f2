/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Who a device is and what it normally does. Worker side (partials): messages become samples, what
 * is more than a flow's share of an interval becomes sums. Shard side: resolves identities, learns,
 * judges. The shard knows no packets, flows or threads: fed with the same records in the same order
 * it says the same.
 */
#ifndef DEVICE_DEVICE_H
#define DEVICE_DEVICE_H

#include "base/counter.h"
#include "base/error.h"
#include "dissect/engine.h"
#include "telltale/event.h"
#include "telltale/window.h"

/* ---- worker side: partial.c ---- */

struct tt_partials;

/* Where they go, at once (samples, facts) or by flush (windows). */
struct tt_partial_sink {
    void *ctx;
    struct tt_sample *(*sample)(void *ctx); /* room for one, which is filled at once */
    void (*window)(void *ctx, const struct tt_window *);
    void (*fact)(void *ctx, const struct tt_fact *);
};

/* Messages of a flow in an interval that travel as samples. */
#define TT_FLOW_SAMPLES 256

struct tt_partials *tt_partials_new(uint32_t max_partials /* 0 = 64 Ki */,
                                    const struct tt_partial_sink *);
void tt_partials_free(struct tt_partials *);
/* A message of the flow; only those from the client side that carry a stream or payload become
 * samples, others only count. */
void tt_partials_message(struct tt_partials *, const struct tt_flow *, struct tt_flow_device *,
                         const struct tt_msg *, const struct tt_packet *);
/* Emits and empties every partial that was touched since the last flush. */
void tt_partials_flush(struct tt_partials *);
struct tt_counter_set tt_partials_counters(const struct tt_partials *);

/* Byte classes and format of a payload (detectors.md P8, P9); looks at no more than 4096 octets. */
void tt_payload_shape(struct tt_bytes payload, struct tt_sample *);

/* ---- shard side: shard.c, devices.c, governor.c, model_*.c ---- */

struct tt_shard;

struct tt_shard_options {
    uint32_t max_devices; /* 0 = 100,000 */
    uint32_t max_streams; /* 0 = 4 × devices; per device at most 16, further topics share one */
    /* --baseline self: learn until learn_until, judge afterwards. A stream that begins later learns
     * as it does without: a few messages of a moment are no baseline. */
    bool self;
    int64_t learn_until;   /* ns */
    double rate_a, rate_b; /* P1: fire when count > a × max + b; 0 = 2, 3 */
    /* Keys the tables against chosen identities; changes nothing that is written. */
    uint64_t secret;
    uint32_t learn_min_s; /* not self: learn at least so long; 0 = 24 h (never longer than 14 d) */
};

typedef void tt_finding_fn(void *ctx, const struct tt_finding *);

struct tt_shard *tt_shard_new(const struct tt_shard_options *, tt_finding_fn *, void *ctx);
void tt_shard_free(struct tt_shard *);
/* Brings what is known of the senders of n samples near, which are to come next; each hint is for
 * tt_shard_sample. */
void tt_shard_fetch(const struct tt_shard *, const struct tt_sample *const samples[], unsigned n,
                    uint32_t hints[]);
/* All of these in output order. hint: of tt_shard_fetch, or 0. */
void tt_shard_sample(struct tt_shard *, const struct tt_sample *, uint32_t hint);
void tt_shard_window(struct tt_shard *, const struct tt_window *);
void tt_shard_fact(struct tt_shard *, const struct tt_fact *);
/* After the windows of the interval that ends with it. */
void tt_shard_tick(struct tt_shard *, int64_t second, uint64_t packet);
/* The end of the input. */
void tt_shard_end(struct tt_shard *, uint64_t packet);
struct tt_counter_set tt_shard_counters(const struct tt_shard *);

/* For tables: what is known of a device. Texts live until the shard is freed or ticks again. */
struct tt_device_row {
    const char *id, *client_id;
    struct tt_address address;
    uint16_t protocol; /* dissector index */
    uint64_t messages, octets;
    int64_t first, last;
    uint32_t streams, findings;
    const char *state;      /* learning, armed */
    double period_s;        /* median gap of its busiest stream, 0 = unknown */
    struct tt_address peer; /* server that it spoke to last */
    uint16_t port;          /* of the server, 0 = unknown */
};
uint32_t tt_shard_devices(const struct tt_shard *);
/* Device i in order of first appearance; false past the end. */
bool tt_shard_device(const struct tt_shard *, uint32_t i, struct tt_device_row *);

/* ---- models (one file each, registered by name: const struct tt_model tt_model_<name>) ---- */

struct tt_model_context {
    const struct tt_sample *sample;
    /* messages beside the sample that it stands for: those of an interval beyond the samples are
     * judged as a block */
    uint32_t extra;
    bool learning;  /* the life cycle says: learn, do not judge */
    bool alerting;  /* the stream was odd to some model a short while ago: judge, do not learn
                      (anti-poisoning) */
    uint64_t stamp; /* time of the sample: seconds << 32 | ns */
    uint64_t n;     /* messages learned on this stream so far */
    int64_t since;  /* first sample of the stream */
    const struct tt_shard_options *options;
};

/* What a model says of a sample. TT_SUSPECT: odd by itself, not enough for a finding; not learned,
 * kept as evidence. */
enum tt_verdict { TT_NORMAL, TT_SUSPECT, TT_ODD };

struct tt_model {
    const char *name;
    const struct tt_detector *detector;
    uint16_t state_size; /* plain octets per stream, zeroed */
    /* Learns or judges one sample. On TT_ODD fills observed, expected, unit, limits, nots,
     * severity, confidence of *finding. An odd sample is never learned (anti-poisoning). */
    enum tt_verdict (*sample)(void *state, const struct tt_model_context *,
                              struct tt_finding *finding);
    /* Seconds between messages as learned (median), 0 = not known yet. NULL when the model learns
     * no such thing. */
    double (*period)(const void *state);
    /* May learning end? Asked when the life cycle allows it; after 14 days nobody is asked. NULL =
     * always. */
    bool (*settled)(const void *state, int64_t since, int64_t now);
};

#endif
