/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Runs every stage from flow to event over batches of packets: hash and prefetch the bucket,
 * prefetch the entry, then flow → stream → dissect → rules, record, partial. Owns all memory
 * of its stages; locks nothing, shares nothing. What happens inside the stages comes back
 * through the sinks in sinks.c.
 */
#include "engine/inside.h"

#include <stdlib.h>

#include "base/registry.h"

#define BATCH 64
#define AHEAD 8 /* packets */
#define NS    INT64_C(1000000000)

/* Ports of all dissectors: they only help to guess which side is the
 * server when no SYN was seen. */
static void gather_ports(struct tt_worker *w)
{
    unsigned n = 0;
    for (unsigned i = 0; tt_registry_dissectors[i]; i++) {
        for (const uint16_t *p = tt_registry_dissectors[i]->ports;
             p && *p && n < TT_SERVER_PORTS - 1; p++) {
            w->server_ports[n++] = *p;
        }
    }
}

static void call_where_wanted(struct tt_worker *w)
{
    w->of_packets = w->matcher && tt_matcher_wants_packets(w->matcher) ? w->matcher : NULL;
    w->of_streams = w->matcher && tt_matcher_wants_streams(w->matcher) ? w->matcher : NULL;
    w->aside = w->of_streams || w->ndpi;
}

struct tt_worker *tt_worker_new(const struct tt_worker_options *options)
{
    struct tt_worker *w = calloc(1, sizeof *w);
    if (!w) {
        return NULL;
    }
    w->options = *options;
    gather_ports(w);
    struct tt_flow_options flows = options->flows;
    flows.server_ports = w->server_ports;
    w->flows = tt_flows_new(&flows, tt_worker_flow_end, w);
    w->streams = tt_streams_new(
        &options->streams,
        &(struct tt_stream_sink){w, tt_worker_octets, tt_worker_gap, tt_worker_stream_event});
    w->engine = tt_engine_new(
        &options->dissect,
        &(struct tt_dissect_sink){w, tt_worker_message, tt_worker_transaction, tt_worker_anomaly});
    /* it says something in flow records only */
    w->ndpi = options->ndpi.enabled && (options->types >> TT_EVE_FLOW & 1)
                  ? tt_ndpi_new(&options->ndpi.options)
                  : NULL;
    w->unsettled = w->ndpi ? TT_FLOW_SETTLED : 0;
    w->partials = tt_partials_new(
        0, &(struct tt_partial_sink){w, tt_worker_sample, tt_worker_window, tt_worker_fact});
    bool identities = options->types >> TT_EVE_IDENTITY & 1;
    w->claims = identities ? tt_claims_new(0, tt_worker_claim, w) : NULL;
    struct tt_eve_options eve = options->eve;
    eve.flows = w->flows;
    w->eve = tt_eve_new(&eve);
    w->matcher = options->rules ? tt_matcher_new(options->rules, tt_worker_hit, w) : NULL;
    if ((identities && !w->claims) || !w->flows || !w->streams || !w->engine || !w->partials ||
        !w->eve || (options->rules && !w->matcher) ||
        !tt_records_init(&w->records, options->record_octets)) {
        tt_worker_free(w);
        return NULL;
    }
    call_where_wanted(w);
    return w;
}

void tt_worker_free(struct tt_worker *w)
{
    if (!w) {
        return;
    }
    tt_flows_free(w->flows);
    tt_streams_free(w->streams);
    tt_engine_free(w->engine);
    tt_ndpi_free(w->ndpi);
    tt_partials_free(w->partials);
    tt_claims_free(w->claims);
    tt_eve_free(w->eve);
    tt_matcher_free(w->matcher);
    tt_records_free(&w->records);
    free(w);
}

void tt_worker_use(struct tt_worker *w, const struct tt_ruleset *rules)
{
    w->options.rules = rules;
    if (w->matcher && rules) {
        tt_matcher_use(w->matcher, rules);
    } else if (rules) {
        w->matcher = tt_matcher_new(rules, tt_worker_hit, w);
    }
    call_where_wanted(w);
}

/* The packet begins another conversation on the same ports. */
static struct tt_flow_place reuse(struct tt_worker *w, struct tt_flow *f, const struct tt_packet *p)
{
    if (p->tcp_flags & TT_SYN) {
        tt_flows_take_back(w->flows, f, p);
    }
    tt_flows_close(w->flows, f, TT_FLOW_REUSED, p->number);
    struct tt_flow_place at = tt_flows_packet(w->flows, p, NULL);
    if (at.flow && (p->flags & TT_PACKET_ODD)) {
        tt_flows_odd(w->flows, at.flow)->decode |= p->odd;
    }
    return at;
}

static const struct tt_counter counter_rows[TT_WORKER_COUNTERS] = {
    [TT_WORKER_INSPECTED] = {TT_PACKET_FATE "inspected", "packets that went to their flow",
                             "packets", 0},
    [TT_WORKER_BAD_SUM] = {"telltale.udp.invalid_checksum",
                           "datagrams refused for their checksum; the first of a flow is told",
                           "packets", 0},
    [TT_WORKER_NO_FLOW] = {TT_PACKET_SHED "flow_table", "packets without a flow: table full",
                           "packets", 0},
};

/* As for TCP: in -k auto a wrong sum is accepted in a direction until a right one was seen. */
static bool datagram_fits(const struct tt_worker *w, struct tt_flow *f, enum tt_direction d,
                          const struct tt_packet *p)
{
    uint16_t good = (uint16_t)(TT_FLOW_SUM_GOOD << d);
    if (!(p->flags & TT_PACKET_BAD_SUM)) {
        f->flags |= p->flags & TT_PACKET_SUMMED ? good : 0;
        return true;
    }
    enum tt_checksum_mode mode = w->options.streams.checksums;
    return mode == TT_CHECKSUM_NONE || (mode == TT_CHECKSUM_AUTO && !(f->flags & good));
}

static __attribute__((noinline)) void without_flow(struct tt_worker *w, const struct tt_packet *p)
{
    w->counters[TT_WORKER_INSPECTED]--;
    w->counters[TT_WORKER_NO_FLOW] += (p->flags & TT_PACKET_TRANSPORT) != 0;
    if (p->flags & TT_PACKET_ODD) {
        struct tt_flow *f = p->flags & TT_PACKET_NAMES_FLOW ? tt_flows_find(w->flows, p) : NULL;
        tt_worker_decode_events(w, NULL, TT_TO_SERVER, p);
        if (f) {
            tt_flows_odd(w->flows, f)->decode |= p->odd;
        }
    }
    if (w->of_packets && (p->flags & TT_PACKET_IP)) {
        tt_matcher_packet(w->of_packets, NULL, TT_TO_SERVER, p);
    }
}

/* nDPI sees a flow until it is settled. */
static inline void second_opinion(struct tt_worker *w, struct tt_flow *f, const struct tt_packet *p)
{
    if (__builtin_expect(~f->flags & w->unsettled, 0)) {
        tt_ndpi_packet(w->ndpi, f, p);
    }
}

static void one_datagram(struct tt_worker *w, struct tt_flow *f, enum tt_direction d,
                         const struct tt_packet *p)
{
    if (w->of_packets) {
        tt_matcher_packet(w->of_packets, f, d, p);
    }
    if (datagram_fits(w, f, d, p)) {
        tt_engine_datagram(w->engine, f, d, (struct tt_bytes){p->payload, p->payload_length}, p);
        second_opinion(w, f, p);
    } else {
        tt_worker_refused(w, f, d, p);
    }
}

static inline void one_packet(struct tt_worker *w, const struct tt_packet *p,
                              struct tt_flow *likely)
{
    w->at.packet = p->number;
    w->at.origin = TT_ORIGIN_PACKET;
    w->at.ordinal = 0;
    w->now = p->time; /* no maximum: that would depend on which packets this worker got */
    struct tt_flow_place at = tt_flows_packet(w->flows, p, likely);
    if (__builtin_expect(!at.flow, 0)) {
        without_flow(w, p);
        return;
    }
    if (__builtin_expect(p->flags & TT_PACKET_ODD, 0)) {
        tt_worker_decode_events(w, at.flow, at.direction, p);
        tt_flows_odd(w->flows, at.flow)->decode |= p->odd;
    }
    if (__builtin_expect(p->protocol != 6, 0)) {
        one_datagram(w, at.flow, at.direction, p);
        return;
    }
    uint8_t state = at.flow->state;
    if (__builtin_expect(!tt_stream_packet(w->streams, at.flow, at.direction, p), 0)) {
        at = reuse(w, at.flow, p);
        if (!at.flow) {
            return;
        }
        state = at.flow->state;
        tt_stream_packet(w->streams, at.flow, at.direction, p);
    }
    if (w->of_packets) {
        tt_matcher_packet(w->of_packets, at.flow, at.direction, p);
    }
    if (__builtin_expect(at.flow->state == TT_FLOW_CLOSED, 0) && state != TT_FLOW_CLOSED) {
        tt_flows_closing(w->flows, at.flow);
    }
}

void tt_worker_tick(struct tt_worker *w, int64_t second, uint64_t packet, struct tt_out *out)
{
    w->out = out;
    w->at = (struct tt_entry){.packet = packet};
    w->second = second;
    w->tick_time = second * NS;
    tt_flows_tick(w->flows, second, packet);
    if (!w->options.devices) {
        return;
    }
    w->at = (struct tt_entry){.packet = packet};
    tt_partials_flush(w->partials);
    uint8_t *p = tt_out_reserve(out, sizeof second);
    memcpy(p, &second, sizeof second);
    w->at =
        (struct tt_entry){.packet = packet, .origin = TT_ORIGIN_PACKET - 1, .kind = TT_ENTRY_TICK};
    tt_out_commit(out, &w->at, sizeof second);
}

/* What upper rooms keep for the flow that a packet is likely of. */
static inline void fetch(const struct tt_flow *f, const struct tt_packet *p)
{
    const uint8_t *stream = (const uint8_t *)f->stream;
    for (unsigned i = 0; stream && i < 3; i++) {
        __builtin_prefetch(stream + i * 64);
    }
    if (p->payload_length) {
        tt_engine_fetch(f);
    }
}

/* The ticks up to this packet; number of the packet before which the next one is due. */
static __attribute__((noinline)) uint64_t tick(struct tt_worker *w, const struct tt_block *b,
                                               uint32_t *n, uint64_t number)
{
    for (; *n < b->n_ticks && b->ticks[*n].packet <= number; ++*n) {
        tt_worker_tick(w, b->ticks[*n].second, b->ticks[*n].packet, w->out);
    }
    return *n < b->n_ticks ? b->ticks[*n].packet : UINT64_MAX;
}

static void batch(struct tt_worker *w, struct tt_packet *const *packets, unsigned n,
                  const struct tt_block *b, uint32_t *ticks)
{
    struct tt_flow *likely[BATCH + AHEAD];
    tt_flows_prepare(w->flows, packets, n);
    tt_flows_prefetch(w->flows, packets, n, likely);
    for (unsigned i = 0; i < AHEAD; i++) {
        likely[n + i] = NULL;
    }
    uint64_t due = 0;
    for (unsigned i = 0; i < n; i++) {
        const struct tt_packet *p = packets[i];
        if (likely[i + AHEAD]) {
            fetch(likely[i + AHEAD], packets[i + AHEAD]);
        }
        if (__builtin_expect(due <= p->number, 0)) {
            due = tick(w, b, ticks, p->number);
        }
        one_packet(w, p, likely[i]);
    }
}

/* The k packets from the from-th of those dealt to this worker; indexes NULL: it has all. */
static inline void choose(struct tt_packet **packets, struct tt_packet *all,
                          const uint16_t *indexes, uint32_t from, unsigned k)
{
    if (indexes) {
        for (unsigned i = 0; i < k; i++) {
            packets[i] = all + indexes[from + i];
        }
        return;
    }
    struct tt_packet *p = all + from;
#pragma GCC unroll 8
    for (unsigned i = 0; i < k; i++) {
        packets[i] = p++;
    }
}

void tt_worker_block(struct tt_worker *w, const struct tt_block *b, const uint16_t *indexes,
                     uint32_t n, struct tt_out *out)
{
    uint32_t ticks = 0;
    w->out = out;
    w->counters[TT_WORKER_INSPECTED] += n; /* but for those without a flow, which are few */
    w->at = (struct tt_entry){0};
    /* The hash is the worker's to write: each packet is dealt to one worker. */
    struct tt_packet *all = (struct tt_packet *)(uintptr_t)b->packets;
    for (uint32_t from = 0; from < n; from += BATCH) {
        struct tt_packet *packets[BATCH];
        unsigned k = n - from < BATCH ? n - from : BATCH;
        choose(packets, all, indexes, from, k);
        batch(w, packets, k, b, &ticks);
    }
    (void)tick(w, b, &ticks, UINT64_MAX);
}

void tt_worker_end(struct tt_worker *w, uint64_t packet, int64_t time, struct tt_out *out)
{
    w->out = out;
    w->at = (struct tt_entry){.packet = packet};
    w->tick_time = time;
    tt_flows_end(w->flows, packet);
    w->at = (struct tt_entry){.packet = packet};
    tt_partials_flush(w->partials);
}

uint32_t tt_worker_counters(const struct tt_worker *w, struct tt_counter_set sets[TT_COUNTER_SETS])
{
    uint32_t n = 0;
    sets[n++] = tt_flows_counters(w->flows);
    sets[n++] = tt_stream_counters(w->streams);
    sets[n++] = tt_engine_counters(w->engine);
    sets[n++] = tt_partials_counters(w->partials);
    sets[n++] = tt_records_counters(&w->records);
    sets[n++] = (struct tt_counter_set){counter_rows, w->counters, TT_WORKER_COUNTERS};
    if (w->matcher) {
        sets[n++] = tt_matcher_counters(w->matcher);
    }
    if (w->claims) {
        sets[n++] = tt_claims_counters(w->claims);
    }
    if (w->ndpi) {
        sets[n++] = tt_ndpi_counters(w->ndpi);
    }
    return n;
}

const struct tt_protocol_counts *tt_worker_protocols(const struct tt_worker *w)
{
    return w->protocols;
}
