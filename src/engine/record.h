/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keeps the rendered members of transactions that are not complete yet, in
 * slab pieces of three sizes.
 */
#ifndef ENGINE_RECORD_H
#define ENGINE_RECORD_H

#include "base/arena.h"
#include "base/counter.h"
#include "dissect/engine.h"

#define RECORD_CLASSES 3

struct tt_records {
    struct tt_slab slabs[RECORD_CLASSES];
    uint64_t counters[2]; /* messages left out, lines left out */
};

bool tt_records_init(struct tt_records *, uint64_t max_octets);
void tt_records_free(struct tt_records *);
/* Adds members to those of the transaction (with a comma between); what does not fit
 * is left out and counted. Strangers may not take the last quarter. */
void tt_records_add(struct tt_records *, struct tt_tx *, const uint8_t *members, uint32_t n,
                    bool stranger);
struct tt_bytes tt_records_get(const struct tt_records *, const struct tt_tx *);
void tt_records_drop(struct tt_records *, struct tt_tx *);
/* A message was too long to be told. */
void tt_records_clipped(struct tt_records *);
/* A line that did not fit its room was dropped. */
void tt_records_dropped(struct tt_records *);
struct tt_counter_set tt_records_counters(const struct tt_records *);

#endif
