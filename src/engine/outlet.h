/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The one place where everything comes together in order: feeds the device shard, judges
 * thresholds, writes lines, counts alerts for the summary. One thread.
 */
#ifndef ENGINE_OUTLET_H
#define ENGINE_OUTLET_H

#include "device/device.h"
#include "engine/order.h"
#include "output/eve.h"
#include "output/lines.h"

struct tt_outlet;

struct tt_outlet_options {
    struct tt_lines *const *lines; /* where to write; ended by NULL; not owned */
    uint64_t types;                /* EVE types wanted */
    struct tt_eve_options eve;
    struct tt_shard_options shard;
    bool devices;
    /* enum tt_severity: alerts at or above it count in tt_outlet_failing */
    uint8_t fail_on;
    /* Sees every alert that is written, in order (a live table); may be NULL. */
    void (*alert)(void *ctx, const struct tt_alert *, const struct tt_finding *);
    void *alert_ctx;
};

/* Alerts of one rule or detector on one device, for the summary. */
struct tt_alert_row {
    uint32_t gid, sid;
    uint8_t severity;
    uint64_t count;
    int64_t first, last; /* times */
    uint64_t packet;     /* of the first */
    char title[120];
    char device[160];
    char detail[200]; /* of the first finding: observed against learned */
};

struct tt_outlet *tt_outlet_new(const struct tt_outlet_options *);
void tt_outlet_free(struct tt_outlet *);
/* Entries that the only worker made. */
void tt_outlet_take(struct tt_outlet *, const struct tt_out *);
/* Entries of one block from n workers, who may still be at it (refill). */
void tt_outlet_block(struct tt_outlet *, const struct tt_out *outs, uint32_t n,
                     tt_refill_fn *refill, void *ctx);
/* After the last block: the shard's last judgement. */
void tt_outlet_end(struct tt_outlet *, uint64_t packet);
/* A stats record from all counters. */
void tt_outlet_stats(struct tt_outlet *, int64_t time, int64_t uptime_s,
                     const struct tt_counter_set *, uint32_t n);
void tt_outlet_flush(struct tt_outlet *);

/* most severe first, then by first packet */
const struct tt_alert_row *tt_outlet_alerts(const struct tt_outlet *, uint32_t *n);
uint64_t tt_outlet_failing(const struct tt_outlet *);
uint64_t tt_outlet_records(const struct tt_outlet *);
const struct tt_shard *tt_outlet_shard(const struct tt_outlet *);
uint32_t tt_outlet_counters(const struct tt_outlet *, struct tt_counter_set sets[4]);

#endif
