/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The shard from inside: only shard.c and judge.c include this.
 */
#ifndef DEVICE_SHARD_H
#define DEVICE_SHARD_H

#include "device/device.h"
#include "device/devices.h"
#include "device/governor.h"
#include "device/texts.h"

#define TT_SHARD_SECOND 1000000000LL
/* Times are brought to 0 … year 2096, so that seconds fit 32 bits. */
#define TT_SHARD_TIME_MOST (4000000000LL * TT_SHARD_SECOND)

enum tt_shard_counter {
    TT_SHARD_DEVICES,
    TT_SHARD_DEVICES_FORGOTTEN,
    TT_SHARD_DEVICES_REFUSED,
    TT_SHARD_STREAMS,
    TT_SHARD_STREAMS_REFUSED,
    TT_SHARD_STREAMS_FOLDED,
    TT_SHARD_TEXTS_REFUSED,
    TT_SHARD_SAMPLES,
    TT_SHARD_BLOCKS,
    TT_SHARD_ODD,
    TT_SHARD_FINDINGS,
    TT_SHARD_FOLDED,
    TT_SHARD_HELD,
    TT_SHARD_RECYCLED,
    TT_SHARD_COUNTERS
};

struct tt_shard {
    struct tt_shard_options options;
    tt_finding_fn *emit;
    void *ctx;
    struct tt_devices devices;
    struct tt_texts texts;
    struct tt_governor governor;
    const struct tt_model *models[TT_MODELS_MAX];
    uint32_t offset[TT_MODELS_MAX]; /* of each model's octets in a stream's state */
    uint32_t n_models;
    uint16_t n_protocols;
    struct tt_finding finding;     /* kept zeroed between verdicts */
    struct tt_model_context asked; /* of the sample under way */
    int64_t learn_until;           /* time before which all streams learn */
    int64_t learn_least;           /* ns that each stream learns at least */
    struct tt_arena *row_texts;    /* of tt_shard_device, until the next tick */
    uint64_t values[TT_SHARD_COUNTERS];
};

/* "mqtt:meter-0417" or "ip:10.0.0.1"; client: the identity's text or "". */
void tt_shard_device_id(const struct tt_shard *, const struct tt_device *, char id[160],
                        char client[TT_FACT_TEXT + 1]);
void tt_shard_stream_name(const struct tt_shard *, uint64_t hash, char out[TT_FACT_TEXT + 1]);

/* Shows a sample, with a time within bounds, to all models of its stream; it stands for 1 + extra
 * messages. */
void tt_shard_judge(struct tt_shard *, struct tt_stream *, const struct tt_sample *,
                    uint32_t extra);
/* Fills learn_until and learn_least from the options. */
void tt_shard_set_learning(struct tt_shard *);
/* Says how many findings were held back when that is due. */
void tt_shard_tell_storm(struct tt_shard *, int64_t second, uint64_t packet, bool at_end);
/* Median seconds between messages as learned, 0 = not known. */
double tt_shard_period(const struct tt_shard *, const struct tt_stream *);

#endif
