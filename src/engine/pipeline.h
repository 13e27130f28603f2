/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The whole way: source → decode → workers → outlet. With one worker everything runs in the
 * caller's thread; with more, the caller reads and deals, workers run side by side, and a further
 * thread is the outlet. The output is the same octet for octet.
 */
#ifndef ENGINE_PIPELINE_H
#define ENGINE_PIPELINE_H

#include <signal.h>

#include "capture/source.h"
#include "decode/decode.h"
#include "engine/outlet.h"
#include "engine/worker.h"

#define TT_WORKERS_MAX 32

struct tt_pipeline_options {
    struct tt_source *source; /* not owned */
    struct tt_decode_options decode;
    struct tt_worker_options worker;
    struct tt_outlet_options outlet;
    uint32_t workers; /* 1 … TT_WORKERS_MAX */
    bool live;
    uint32_t stats_interval; /* live: seconds between stats records, 0 = only at the end */
    const volatile sig_atomic_t *stop; /* not 0: end as if the input were at its end; may be NULL */
    /* Live with one worker: called between blocks when *reload was set; gives the new set or
     * NULL to keep the old one. */
    volatile sig_atomic_t *reload;
    const struct tt_ruleset *(*on_reload)(void *ctx);
    /* Called now and then with the packets read so far (progress); may be NULL. */
    void (*progress)(void *ctx, uint64_t packets);
    void *ctx;
};

struct tt_pipeline;

struct tt_pipeline *tt_pipeline_new(const struct tt_pipeline_options *);
void tt_pipeline_free(struct tt_pipeline *);
/* Until the input ends or *stop. */
void tt_pipeline_run(struct tt_pipeline *);

uint64_t tt_pipeline_packets(const struct tt_pipeline *);
const struct tt_outlet *tt_pipeline_outlet(const struct tt_pipeline *);
/* Sum over workers, TT_PROTOCOLS rows. */
void tt_pipeline_protocols(const struct tt_pipeline *, struct tt_protocol_counts out[TT_PROTOCOLS]);
/* All counters summed over workers; sets and values live as long as the pipeline. */
const struct tt_counter_set *tt_pipeline_counters(struct tt_pipeline *, uint32_t *n);

#endif
