/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A worker: every stage from flow to event for the packets that are dealt to it, run to completion
 * in batches. Shares nothing but the immutable rule set; writes only its own tt_out.
 */
#ifndef ENGINE_WORKER_H
#define ENGINE_WORKER_H

#include "device/device.h"
#include "dissect/ndpi.h"
#include "engine/out.h"
#include "output/eve.h"
#include "rules/rules.h"
#include "stream/stream.h"
#include "telltale/block.h"

#define TT_PROTOCOLS 64

struct tt_worker;

struct tt_worker_options {
    const struct tt_ruleset *rules; /* NULL = none */
    /* EVE types wanted: bit = enum tt_eve_type; alerts cost nothing else
     * when they are not wanted */
    uint64_t types;
    bool devices; /* partials for the device shard */
    struct tt_flow_options flows;
    struct tt_stream_options streams;
    struct tt_dissect_options dissect;
    struct {
        bool enabled;
        struct tt_ndpi_options options;
    } ndpi;
    struct tt_eve_options eve;
    uint64_t record_octets; /* members of open transactions held; 0 = 32 MiB */
    /* For `fields`: sees each message before everything else. May be NULL. */
    void (*tap)(void *ctx, const struct tt_flow *, const struct tt_msg *, const struct tt_packet *);
    void *tap_ctx;
};

struct tt_protocol_counts {
    uint64_t flows, messages, transactions, octets;
};

struct tt_worker *tt_worker_new(const struct tt_worker_options *);
void tt_worker_free(struct tt_worker *);

/* The packets of the block with these indexes (NULL = all n of them), and the block's
 * ticks. Entries go to out. */
void tt_worker_block(struct tt_worker *, const struct tt_block *, const uint16_t *indexes,
                     uint32_t n, struct tt_out *);
/* The end of the input, where everything that is open ends; packet = number after the last. */
void tt_worker_end(struct tt_worker *, uint64_t packet, int64_t time, struct tt_out *);
/* Live, when no packet comes: the clock goes on. */
void tt_worker_tick(struct tt_worker *, int64_t second, uint64_t packet, struct tt_out *);
/* After a reload. */
void tt_worker_use(struct tt_worker *, const struct tt_ruleset *);

#define TT_COUNTER_SETS 9
uint32_t tt_worker_counters(const struct tt_worker *, struct tt_counter_set sets[TT_COUNTER_SETS]);
/* TT_PROTOCOLS rows */
const struct tt_protocol_counts *tt_worker_protocols(const struct tt_worker *);

#endif
