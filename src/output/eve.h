/* SPDX-License-Identifier: BSD-3-Clause
 *
 * EVE JSON in Suricata 8's shape, and the JSON Schema that is derived from the same rows. Pure:
 * turns what the stages know into one line; writes no file.
 */
#ifndef OUTPUT_EVE_H
#define OUTPUT_EVE_H

#include <stdio.h>

#include "base/counter.h"
#include "base/json.h"
#include "dissect/engine.h"
#include "dissect/ndpi.h"
#include "flow/flow.h"
#include "rules/rules.h"
#include "telltale/event.h"

struct tt_eve_options {
    /* names by input index, for pcap_filename / in_iface; may be NULL */
    const char *const *inputs;
    uint32_t n_inputs;
    bool live;             /* in_iface and no pcap_cnt */
    bool passwords;        /* eve.mqtt.passwords */
    uint32_t string_limit; /* octets of a text; 0 = 1024 */
    bool community_id;
    uint16_t community_seed;
    bool payload;                 /* alert: payload, payload_printable */
    const char *sensor;           /* host; NULL = none */
    const struct tt_flows *flows; /* of the flows that are told, for their tunnels; may be NULL */
};

struct tt_eve; /* one per worker and one for the outlet: JSON plans of all dissectors, time cache */

struct tt_eve *tt_eve_new(const struct tt_eve_options *);
void tt_eve_free(struct tt_eve *);

/* The message's member(s) of the protocol object: `"publish":{…}`, comma-aware, values in declared
 * order (objects are never opened twice), repeated scalars and lists as the rows say. */
void tt_eve_message(struct tt_eve *, struct tt_json *, const struct tt_msg *);

/* Whole lines with '\n'. When the span is too small j->full is set and nothing of it counts.
 * `members`: what tt_eve_message wrote for the transaction's messages so far, joined by commas. */
void tt_eve_transaction(struct tt_eve *, struct tt_json *, const struct tt_flow *,
                        const struct tt_packet *, const struct tt_tx *, enum tt_tx_end,
                        const void *members, size_t n);
/* time, packet number: of the record when packet is NULL (a timer). stream_events: what
 * tt_stream_end returned; odd: tt_flows_noted. */
void tt_eve_flow(struct tt_eve *, struct tt_json *, const struct tt_flow *, enum tt_flow_reason,
                 const char *tcp_state, uint64_t stream_events, const struct tt_flow_odd *odd,
                 int64_t time);
/* Adds what nDPI said to the flow's line. */
void tt_eve_opinion(struct tt_json *, const struct tt_opinion *);
/* keyword: "applayer", "stream", "decode". tx may be NULL. */
void tt_eve_anomaly(struct tt_eve *, struct tt_json *, const struct tt_flow *,
                    const struct tt_packet *, enum tt_direction, const char *type,
                    const char *event, const char *layer, const struct tt_tx *);
/* A message with m->sms: what its rows with a role in a short message say. tx may be NULL. */
void tt_eve_sms(struct tt_eve *, struct tt_json *, const struct tt_flow *, const struct tt_packet *,
                const struct tt_msg *, const struct tt_tx *);
void tt_eve_alert(struct tt_eve *, struct tt_json *, const struct tt_hit *, const void *members,
                  size_t n, const struct tt_device_key *, const char *client_id);
void tt_eve_finding(struct tt_eve *, struct tt_json *, const struct tt_finding *);
/* Who is behind an address (device/claim.h). */
struct tt_identity;
void tt_eve_identity(struct tt_eve *, struct tt_json *, const struct tt_identity *);
void tt_eve_stats(struct tt_eve *, struct tt_json *, int64_t time, int64_t uptime_s,
                  const struct tt_counter_set *, uint32_t n);

/* EVE type index (enum tt_eve_type) by name, -1 = unknown. */
int tt_eve_type(const char *name);
/* Names for the option eve.types: index = type, NULL after the last. Returns how many there are. A
 * set of types is a uint64_t, so there are at most 64. */
#define TT_EVE_TYPES_MAX 65
unsigned tt_eve_type_names(const char *names[TT_EVE_TYPES_MAX]);

/* The JSON Schema (draft 2020-12) of all that telltale writes, derived
 * from the dissectors' rows. */
void tt_schema_write(FILE *out);

#endif
