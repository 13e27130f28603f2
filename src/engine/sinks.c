/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where a worker's stages speak: octets go on to the protocol engine and stream rules, messages
 * to rules, record and partial, oddities to rules and anomaly records, ends of flows to flow
 * records. Everything that is written becomes an entry with its place in the order of output.
 * Decides nothing about content.
 */
#include <string.h>

#include "base/registry.h"
#include "decode/decode.h"
#include "engine/inside.h"

/* Keeps its registers and locals out of what every message passes. */
#define ASIDE __attribute__((noinline))

static bool wanted(const struct tt_worker *w, unsigned type)
{
    return w->options.types >> type & 1;
}

static inline struct tt_json json_over(uint8_t *p, size_t n)
{
    return (struct tt_json){.start = p, .p = p, .end = p + n};
}

static inline struct tt_json line_begin(struct tt_worker *w, size_t before)
{
    return json_over(tt_out_reserve(w->out, before + TT_LINE_ROOM) + before, TT_LINE_ROOM);
}

static void line_end(struct tt_worker *w, const struct tt_json *j, enum tt_entry_kind kind,
                     unsigned type, size_t before)
{
    if (j->full) {
        tt_records_dropped(&w->records);
        return;
    }
    struct tt_entry key = w->at;
    key.kind = (uint16_t)kind;
    key.type = (uint16_t)type;
    tt_out_commit(w->out, &key, before + tt_json_length(j));
    w->at.ordinal++;
}

/* Stream rules come before the messages, so that they may let them go; but a rule may ask what the
 * flow speaks. */
static void octets_to_both(struct tt_worker *w, struct tt_flow *f, enum tt_direction d,
                           struct tt_bytes b, const struct tt_packet *p)
{
    bool told = tt_engine_dissector(f) || tt_engine_failed(f);
    if (!told) {
        tt_engine_octets(w->engine, f, d, b, p);
    }
    tt_matcher_stream(w->of_streams, f, d, b, p);
    if (told) {
        tt_engine_octets(w->engine, f, d, b, p);
    }
}

/* nDPI sees a flow until it is settled, a packet once. */
static ASIDE void octets_aside(struct tt_worker *w, struct tt_flow *f, enum tt_direction d,
                               struct tt_bytes b, const struct tt_packet *p)
{
    if (w->of_streams) {
        octets_to_both(w, f, d, b, p);
    } else {
        tt_engine_octets(w->engine, f, d, b, p);
    }
    if ((~f->flags & w->unsettled) && p && p->number != w->asked) {
        w->asked = p->number;
        tt_ndpi_packet(w->ndpi, f, p);
    }
}

void tt_worker_octets(void *ctx, struct tt_flow *f, enum tt_direction d, struct tt_bytes b,
                      const struct tt_packet *p)
{
    struct tt_worker *w = ctx;
    if (w->aside) {
        octets_aside(w, f, d, b, p);
    } else {
        tt_engine_octets(w->engine, f, d, b, p);
    }
}

void tt_worker_gap(void *ctx, struct tt_flow *f, enum tt_direction d, uint32_t n,
                   const struct tt_packet *p)
{
    tt_engine_gap(((struct tt_worker *)ctx)->engine, f, d, n, p);
}

/* type: "stream", "decode", "applayer"; keyword: the rule keyword that tests it. */
static void oddity(struct tt_worker *w, struct tt_flow *f, enum tt_direction d, const char *type,
                   const char *keyword, const char *name, const char *layer, const struct tt_tx *tx,
                   const struct tt_packet *p)
{
    if (w->matcher && p) {
        tt_matcher_event(w->matcher, f, d, keyword, name, p);
    }
    if (wanted(w, TT_EVE_ANOMALY)) {
        struct tt_json j = line_begin(w, 0);
        tt_eve_anomaly(w->eve, &j, f, p, d, type, name, layer, tx);
        line_end(w, &j, TT_ENTRY_RECORD, TT_EVE_ANOMALY, 0);
    }
}

void tt_worker_stream_event(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned event,
                            const struct tt_packet *p)
{
    uint32_t n;
    const struct tt_anomaly *rows = tt_stream_anomalies(&n);
    if (event < n) {
        oddity(ctx, f, d, "stream", "stream-event", rows[event].name, NULL, NULL, p);
    }
}

void tt_worker_decode_events(struct tt_worker *w, struct tt_flow *f, enum tt_direction d,
                             const struct tt_packet *p)
{
    uint32_t n;
    const struct tt_anomaly *rows = tt_decode_anomalies(&n);
    for (unsigned i = 0; i < p->n_events && i < TT_PACKET_EVENTS; i++) {
        if (p->events[i] < n) {
            oddity(w, f, d, "decode", "decode-event", rows[p->events[i]].name, NULL, NULL, p);
        }
    }
}

void tt_worker_refused(struct tt_worker *w, struct tt_flow *f, enum tt_direction d,
                       const struct tt_packet *p)
{
    uint32_t n;
    const struct tt_anomaly *rows = tt_decode_anomalies(&n);
    const uint64_t bit = (uint64_t)1 << tt_decode_udp_sum;
    struct tt_flow_odd *odd = tt_flows_odd(w->flows, f);
    w->counters[TT_WORKER_BAD_SUM]++;
    if (!(odd->decode & bit)) {
        odd->decode |= bit;
        oddity(w, f, d, "decode", "decode-event", rows[tt_decode_udp_sum].name, NULL, NULL, p);
    }
}

void tt_worker_anomaly(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned anomaly,
                       const struct tt_packet *p)
{
    const struct tt_dissector *dis = tt_engine_dissector(f);
    uint32_t n;
    const struct tt_anomaly *rows = tt_dissect_anomalies(&n);
    struct tt_worker *w = ctx;
    bool own = false;
    if (anomaly >= TT_ANOMALY_OWN && dis) {
        rows = dis->anomalies;
        n = dis->n_anomalies;
        anomaly -= TT_ANOMALY_OWN;
        own = true;
    }
    if (anomaly < n) {
        struct tt_flow_odd *odd = tt_flows_odd(w->flows, f);
        if (!own || !tt_engine_carrier(f)) { /* of what the flow itself speaks */
            *(own ? &odd->protocol : &odd->engine) |= (uint64_t)1 << anomaly;
        }
        oddity(w, f, d, "applayer", "app-layer-event", rows[anomaly].name, "proto_parser", NULL, p);
    }
}

static ASIDE void message_anomalies(struct tt_worker *w, struct tt_flow *f, const struct tt_tx *tx,
                                    const struct tt_msg *m, const struct tt_packet *p)
{
    if (m->dissector == tt_engine_dissector(f) && !tt_engine_carrier(f)) {
        tt_flows_odd(w->flows, f)->protocol |= m->anomalies;
    }
    if (!wanted(w, TT_EVE_ANOMALY)) {
        return;
    }
    for (uint64_t left = m->anomalies; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        if (i < m->dissector->n_anomalies) {
            struct tt_json j = line_begin(w, 0);
            tt_eve_anomaly(w->eve, &j, f, p, m->direction, "applayer",
                           m->dissector->anomalies[i].name, "proto_parser", tx);
            line_end(w, &j, TT_ENTRY_RECORD, TT_EVE_ANOMALY, 0);
        }
    }
}

static ASIDE void tell_sms(struct tt_worker *w, struct tt_flow *f, const struct tt_tx *tx,
                           const struct tt_msg *m, const struct tt_packet *p)
{
    struct tt_json j = line_begin(w, 0);
    tt_eve_sms(w->eve, &j, f, p, m, tx);
    line_end(w, &j, TT_ENTRY_RECORD, TT_EVE_SMS, 0);
}

/* All that is told of a message that would be longer than TT_MEMBERS_ROOM: its
 * kind, and that it was cut. */
static void render_brief(struct tt_worker *w, struct tt_json *j, const struct tt_msg *m)
{
    struct tt_msg *b = &w->brief;
    tt_msg_reset(b, m->dissector, m->hot, m->unit, (enum tt_direction)m->direction);
    b->kind = m->kind;
    b->truncated = true;
    b->skipped = m->unit.n;
    tt_json_init(j, w->members, sizeof w->members);
    tt_eve_message(w->eve, j, b);
    tt_records_clipped(&w->records);
}

static void render(struct tt_worker *w, const struct tt_msg *m)
{
    if (!w->rendered) {
        struct tt_json j = json_over(w->members, sizeof w->members);
        tt_eve_message(w->eve, &j, m);
        if (j.full) {
            render_brief(w, &j, m);
        }
        w->n_members = j.full ? 0 : (uint32_t)tt_json_length(&j);
        w->rendered = true;
    }
}

/* The text of the identity, for alerts: the device room keeps only its hash on the flow. */
static ASIDE void remember_identity(struct tt_flow_device *dev, const struct tt_msg *m)
{
    const struct tt_value *v = &m->values[m->identity];
    if (v->n) {
        dev->text_length = v->n < sizeof dev->text ? v->n : sizeof dev->text;
        memcpy(dev->text, v->p, dev->text_length);
    }
}

/* For the record of the transaction. */
static ASIDE void keep_members(struct tt_worker *w, const struct tt_flow *f, struct tt_tx *tx,
                               const struct tt_msg *m)
{
    uint64_t bit = (uint64_t)1 << (m->kind & 63);
    if (m->tx_role == TT_TX_NONE) {
        return;
    }
    if (tx->kinds & bit) {
        w->n_members = 0; /* a second message of the kind: the record keeps the first */
        w->rendered = true;
    } else {
        render(w, m);
        tx->kinds |= bit;
    }
    if (tx->open) {
        tt_records_add(&w->records, tx, w->members, w->n_members, tt_flow_is_stranger(f));
    }
}

void tt_worker_message(void *ctx, struct tt_flow *f, struct tt_tx *tx, const struct tt_msg *m,
                       const struct tt_packet *p)
{
    struct tt_worker *w = ctx;
    unsigned protocol = m->protocol;
    struct tt_protocol_counts *c = &w->protocols[protocol % TT_PROTOCOLS];
    struct tt_flow_device *dev = tt_engine_device(f);
    c->messages++;
    c->octets += m->unit.n + m->skipped;
    c->flows += tx->id == 0 && tx->messages == 1;
    w->rendered = false;
    w->n_members = 0;
    w->alone = tx->open ? NULL : tx;
    if (w->options.tap) {
        w->options.tap(w->options.tap_ctx, f, m, p);
    }
    if (m->identity >= 0) {
        remember_identity(dev, m);
    }
    if (w->options.devices && p) {
        tt_partials_message(w->partials, f, dev, m, p);
    }
    if (w->matcher && p) {
        tt_matcher_message(w->matcher, f, tx, m, p);
    }
    if (__builtin_expect(m->claim, 0) && w->claims) {
        tt_claims_message(w->claims, f, tx, m);
    }
    if (m->anomalies) {
        message_anomalies(w, f, tx, m, p);
    }
    if (m->sms && wanted(w, TT_EVE_SMS)) {
        tell_sms(w, f, tx, m, p);
    }
    if (wanted(w, TT_EVE_PROTOCOL + protocol)) {
        keep_members(w, f, tx, m);
    }
}

static ASIDE void tell_transaction(struct tt_worker *w, struct tt_flow *f, struct tt_tx *tx,
                                   enum tt_tx_end end, unsigned protocol, const struct tt_packet *p)
{
    struct tt_bytes members = tt_records_get(&w->records, tx);
    /* never kept: rendered a moment ago. What another message left there is not this one's */
    if (w->alone == tx) {
        members = (struct tt_bytes){w->members, w->n_members};
    }
    struct tt_json j = line_begin(w, 0);
    tt_eve_transaction(w->eve, &j, f, p, tx, end, members.p, members.n);
    line_end(w, &j, TT_ENTRY_RECORD, TT_EVE_PROTOCOL + protocol, 0);
    tt_records_drop(&w->records, tx);
}

void tt_worker_transaction(void *ctx, struct tt_flow *f, struct tt_tx *tx, enum tt_tx_end end,
                           const struct tt_packet *p)
{
    struct tt_worker *w = ctx;
    unsigned protocol = tx->protocol;
    w->protocols[protocol % TT_PROTOCOLS].transactions++;
    if (__builtin_expect(tx->claim, 0)) {
        tt_claims_end(w->claims, f, tx, end, p);
    }
    if (wanted(w, TT_EVE_PROTOCOL + protocol)) {
        tell_transaction(w, f, tx, end, protocol, p);
    }
}

static void fill_alert(const struct tt_hit *h, struct tt_alert *a)
{
    const struct tt_packet *p = h->packet;
    /* An acknowledgement may set free octets of the other side: who sent them is the source. */
    bool turned = h->flow && tt_flow_direction(h->flow, p) != h->direction;
    *a = (struct tt_alert){.time = p->time,
                           .packet = p->number,
                           .src = turned ? p->dst : p->src,
                           .dst = turned ? p->src : p->dst,
                           .sport = turned ? p->dport : p->sport,
                           .dport = turned ? p->sport : p->dport,
                           .protocol = p->protocol,
                           .severity = h->rule->severity,
                           .direction = (uint8_t)h->direction,
                           .gid = h->rule->gid,
                           .sid = h->rule->sid,
                           .rev = h->rule->rev,
                           .count = p->count,
                           .threshold = h->rule->threshold};
    size_t n = strlen(h->rule->msg);
    memcpy(a->title, h->rule->msg, n < sizeof a->title ? n : sizeof a->title - 1);
}

void tt_worker_hit(void *ctx, const struct tt_hit *h)
{
    struct tt_worker *w = ctx;
    struct tt_alert a;
    fill_alert(h, &a);
    if (h->flow) {
        struct tt_flow_device *dev = tt_engine_device(h->flow);
        h->flow->flags |= TT_FLOW_ALERTED;
        a.flow_id = tt_flow_id(h->flow);
        a.device.address = *tt_flow_client(h->flow);
        if (dev) {
            a.device.identity = dev->identity;
            a.app = (uint8_t)(tt_engine_protocol(h->flow) + 1);
            memcpy(a.client_id, dev->text, dev->text_length);
        }
    }
    struct tt_bytes members = {NULL, 0};
    if (h->msg) {
        render(w, h->msg);
        members = (struct tt_bytes){w->members, w->n_members};
    }
    struct tt_json j = line_begin(w, sizeof a);
    tt_eve_alert(w->eve, &j, h, members.p, members.n, &a.device, a.client_id);
    if (j.full) { /* an alert is never lost for what a sender put into the message */
        tt_json_init(&j, j.start, TT_LINE_ROOM);
        tt_eve_alert(w->eve, &j, h, NULL, 0, &a.device, a.client_id);
    }
    a.line = (uint32_t)tt_json_length(&j);
    memcpy(j.start - sizeof a, &a, sizeof a);
    line_end(w, &j, TT_ENTRY_ALERT, TT_EVE_ALERT, sizeof a);
}

static ASIDE struct tt_sample *begin_samples(struct tt_worker *w)
{
    uint8_t *p = tt_out_reserve(w->out, sizeof(struct tt_sample));
    w->at.kind = TT_ENTRY_SAMPLE;
    tt_out_commit(w->out, &w->at, sizeof(struct tt_sample));
    w->at.ordinal++;
    return (struct tt_sample *)(void *)p;
}

struct tt_sample *tt_worker_sample(void *ctx)
{
    struct tt_worker *w = ctx;
    uint8_t *p;
    return tt_out_extend(w->out, TT_ENTRY_SAMPLE, w->at.packet, sizeof(struct tt_sample), &p)
               ? (struct tt_sample *)(void *)p
               : begin_samples(w);
}

void tt_worker_fact(void *ctx, const struct tt_fact *f)
{
    struct tt_worker *w = ctx;
    memcpy(tt_out_reserve(w->out, sizeof *f), f, sizeof *f);
    w->at.kind = TT_ENTRY_FACT;
    tt_out_commit(w->out, &w->at, sizeof *f);
    w->at.ordinal++;
}

void tt_worker_claim(void *ctx, const struct tt_claim *c)
{
    struct tt_worker *w = ctx;
    memcpy(tt_out_reserve(w->out, sizeof *c), c, sizeof *c);
    w->at.kind = TT_ENTRY_CLAIM;
    tt_out_commit(w->out, &w->at, sizeof *c);
    w->at.ordinal++;
}

void tt_worker_window(void *ctx, const struct tt_window *window)
{
    struct tt_worker *w = ctx;
    struct tt_entry key = w->at;
    key.kind = TT_ENTRY_WINDOW;
    key.origin = TT_ORIGIN_WINDOW | window->first_packet;
    memcpy(tt_out_reserve(w->out, sizeof *window), window, sizeof *window);
    tt_out_commit(w->out, &key, sizeof *window);
    w->at.ordinal++;
}

void tt_worker_flow_end(void *ctx, struct tt_flow *f, enum tt_flow_reason reason, uint64_t packet)
{
    struct tt_worker *w = ctx;
    struct tt_entry before = w->at;
    bool timer = reason == TT_FLOW_TIMEOUT || reason == TT_FLOW_SHUTDOWN;
    if (timer) {
        w->at = (struct tt_entry){.packet = packet, .origin = f->first_packet};
    }
    const char *state = tt_stream_state_name(f);
    uint64_t events = tt_stream_end(w->streams, f);
    /* what is still open comes before the flow's own record, and counts in it */
    tt_engine_finish(w->engine, f);
    if (wanted(w, TT_EVE_FLOW)) {
        struct tt_json j = line_begin(w, 0);
        tt_eve_flow(w->eve, &j, f, reason, state, events, tt_flows_noted(w->flows, f),
                    timer ? w->tick_time : w->now);
        struct tt_opinion opinion;
        if (w->ndpi && !j.full && tt_ndpi_opinion(w->ndpi, f, &opinion)) {
            tt_eve_opinion(&j, &opinion);
        }
        line_end(w, &j, TT_ENTRY_RECORD, TT_EVE_FLOW, 0);
    }
    if (w->ndpi) {
        tt_ndpi_end(w->ndpi, f);
    }
    tt_engine_end(w->engine, f);
    if (w->matcher) {
        tt_matcher_end(w->matcher, f);
    }
    if (!timer) {
        uint32_t ordinal = w->at.ordinal;
        w->at = before;
        w->at.ordinal = ordinal;
    }
}
