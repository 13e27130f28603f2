/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A second opinion on flows that no dissector of machines or signalling claims: nDPI sees their
 * first packets with payload, at most 8 of TCP and 4 of UDP. One for each worker. Built without
 * nDPI (WITH_NDPI=0) there is none: tt_ndpi_new returns NULL.
 */
#ifndef DISSECT_NDPI_H
#define DISSECT_NDPI_H

#include "base/counter.h"
#include "flow/flow.h"

struct tt_ndpi;

struct tt_ndpi_options {
    uint32_t max_flows; /* flows with an opinion at once; 0 = 128 Ki */
    uint32_t open;      /* of those being looked at; 0 = 16 Ki, more are refused and counted */
    uint32_t budget;    /* packets in a second of packet time; 0 = 200,000, more are shed */
};

#define TT_NDPI_HOST 80

/* What is told of a flow. Texts belong to nDPI's tables or to the opinion. */
struct tt_opinion {
    char protocol[48]; /* "TLS.Google" */
    const char *category;
    const char *risks[64]; /* their names, in order of their numbers */
    uint32_t n_risks;
    char host[TT_NDPI_HOST];
};

/* NULL: built without, or no memory. */
struct tt_ndpi *tt_ndpi_new(const struct tt_ndpi_options *);
void tt_ndpi_free(struct tt_ndpi *);

/* A packet of a flow that is not settled yet (TT_FLOW_SETTLED), after the engine had it. */
void tt_ndpi_packet(struct tt_ndpi *, struct tt_flow *, const struct tt_packet *);
/* What is known of the flow; false = nothing, or it was not asked about. Ends the looking. */
bool tt_ndpi_opinion(struct tt_ndpi *, const struct tt_flow *, struct tt_opinion *);
/* The flow ends. */
void tt_ndpi_end(struct tt_ndpi *, const struct tt_flow *);
struct tt_counter_set tt_ndpi_counters(const struct tt_ndpi *);

#endif
