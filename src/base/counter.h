/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Counters: each room declares its rows and keeps an array of uint64_t of the same length for each
 * worker; the engine adds the arrays up for `stats` events and the summary.
 */
#ifndef BASE_COUNTER_H
#define BASE_COUNTER_H

#include <stdint.h>

struct tt_counter {
    const char *name; /* EVE stats path, parts joined by '.': "decoder.pkts" */
    const char *doc;
    const char *unit; /* "packets", "octets", "flows"… */
    /* not 0: a limit of ours was hit, so output may be incomplete (what the capture itself lacks is
     * no loss of ours); the summary says so and the exit code is 4 */
    uint8_t is_loss;
};

/* What became of packets: rows of these names account for every packet that was read, once
 * ("decoder.pkts" is their sum). Those below the second name were not looked into. */
#define TT_PACKET_FATE "telltale.packets."
#define TT_PACKET_SHED TT_PACKET_FATE "shed."

struct tt_counter_set {
    const struct tt_counter *rows;
    const uint64_t *values;
    uint32_t n;
};

#endif
