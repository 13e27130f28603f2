/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TCP octets in the receiver's order: what the application at the other end would read.
 * In-order payload is delivered in place (zero copy); what comes early waits in bounded
 * buffers; what overlaps is cut by the receiver's policy; what never comes becomes a gap.
 * Knows no protocol above TCP.
 */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include "base/counter.h"
#include "config/receivers.h"
#include "flow/flow.h"

struct tt_streams; /* one per worker: memory, caps, counters */
struct tt_stream;  /* one per TCP flow that carried payload */

/* Which of two waiting segments a receiver reads where they overlap. Several systems share one:
 * tt_stream_policy_of. */
enum tt_stream_policy {
    TT_POLICY_LINUX, /* of one that begins before, or at the same octet and reaches farther */
    TT_POLICY_FIRST, /* what came first stays */
    TT_POLICY_LAST,
    TT_POLICY_BSD,       /* the new one where it begins before the other */
    TT_POLICY_OLD_LINUX, /* as BSD, and where both begin together and the new one ends no earlier */
    TT_POLICY_SOLARIS,   /* the new one where it ends no earlier, or begins later and ends later */
    TT_POLICIES
};

/* Novak and Sturges, "Target-Based TCP Stream Reassembly" (2007), and Suricata's stream engine. */
enum tt_stream_policy tt_stream_policy_of(enum tt_receiver system);

enum tt_checksum_mode { TT_CHECKSUM_AUTO, TT_CHECKSUM_ALL, TT_CHECKSUM_NONE };

struct tt_stream_options {
    uint32_t max_streams;                 /* 0 = 1 Mi */
    uint64_t max_octets;                  /* early octets held, all flows; 0 = 64 MiB */
    uint32_t max_flow_octets;             /* per direction; 0 = 256 KiB */
    uint32_t max_flow_segments;           /* per direction; 0 = 256 */
    const struct tt_receivers *receivers; /* the system of each address; NULL: `policy` for all */
    enum tt_stream_policy policy;
    enum tt_checksum_mode checksums;
};

/* What a stream tells the room above. `packet` is the frame whose arrival made it known;
 * NULL when the flow ends. */
struct tt_stream_sink {
    void *ctx;
    void (*octets)(void *ctx, struct tt_flow *, enum tt_direction, struct tt_bytes,
                   const struct tt_packet *);
    /* n octets will never be seen (0 = unknown how many); the next octets follow after the hole. */
    void (*gap)(void *ctx, struct tt_flow *, enum tt_direction, uint32_t n,
                const struct tt_packet *);
    /* An ambiguity that an attacker could use: index into tt_stream_anomalies. The first of each
     * kind in a flow, then up to 15 a minute in each direction; the others are counted. */
    void (*event)(void *ctx, struct tt_flow *, enum tt_direction, unsigned event,
                  const struct tt_packet *);
};

struct tt_streams *tt_streams_new(const struct tt_stream_options *, const struct tt_stream_sink *);
void tt_streams_free(struct tt_streams *);

/* A TCP packet of the flow; direction as tt_flow_direction. Checksum policy is applied here: a
 * packet refused for its sum is counted and changes nothing. Sets flow->state to ESTABLISHED and
 * CLOSED, flow->stream, TT_FLOW_GAP. Returns false when the packet starts a new connection on the
 * same ports (SYN with another number after the old one closed or with an unacceptable one): the
 * caller closes the flow (TT_FLOW_REUSED), makes a new one and calls again. */
bool tt_stream_packet(struct tt_streams *, struct tt_flow *, enum tt_direction,
                      const struct tt_packet *);

/* The flow ends: delivers what waits behind holes (gap, octets), then frees flow->stream. Returns
 * which events the flow had, whether or not each was written: bit i = row i of the anomalies. */
uint64_t tt_stream_end(struct tt_streams *, struct tt_flow *);

/* EVE names for the flow record: "established", "fin_wait1"… of the connection; never NULL. */
const char *tt_stream_state_name(const struct tt_flow *);

/* Rows named as Suricata's stream events: "stream.reassembly_overlap_different_data"… */
const struct tt_anomaly *tt_stream_anomalies(uint32_t *n);
struct tt_counter_set tt_stream_counters(const struct tt_streams *);

#endif
