/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The windows of one interval: those of the same device and stream become one, then all samples
 * stand in order of packets. Exact and commutative: how the messages were spread over windows, and
 * in which order these came, leaves no trace.
 */
#ifndef DEVICE_MERGE_H
#define DEVICE_MERGE_H

#include "base/arena.h"
#include "telltale/window.h"

#define TT_REPLAY_NO_SAMPLE 255

/* One step of the replay: a sample of a merged window, or TT_REPLAY_NO_SAMPLE for a window that has
 * none. */
struct tt_replay_step {
    uint64_t packet;
    uint32_t window; /* for tt_merge_window */
    uint8_t ordinal, sample;
    bool first; /* the first step of its window: the sums are booked here */
    uint8_t reserved;
};

struct tt_merge;

struct tt_merge *tt_merge_new(uint32_t max_windows, uint64_t secret);
void tt_merge_free(struct tt_merge *);
/* Takes a window in. False: there are max_windows different ones already, this one is lost. */
bool tt_merge_add(struct tt_merge *, const struct tt_window *);
/* All steps of the interval in order. Valid until tt_merge_clear. */
const struct tt_replay_step *tt_merge_steps(struct tt_merge *, uint32_t *n);
const struct tt_window *tt_merge_window(const struct tt_merge *, uint32_t window);
void tt_merge_clear(struct tt_merge *);

#endif
