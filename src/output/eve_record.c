/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lines about traffic: a transaction, a flow that ended, an oddity. Names and order after
 * Suricata 8's loggers (mqtt, flow, anomaly); what Suricata does not know stands under `telltale`.
 */
#include "decode/decode.h"
#include "output/eve_line.h"
#include "stream/stream.h"

static void nothing(struct tt_json *j)
{
    j->full = true;
    j->end = j->p;
}

/* Members under `telltale`; most transactions have none. */
static void transaction_state(struct tt_json *j, const struct tt_tx *tx, enum tt_tx_end end,
                              const struct tt_dissector *carrier, const struct tt_tunnels *tunnels)
{
    unsigned written = 0;
    for (uint64_t left = tx->kinds; left; left &= left - 1) {
        written++;
    }
    unsigned repeated = tx->kinds && tx->messages > written ? tx->messages - written : 0;
    if (end != TT_TX_UNANSWERED && !tx->unasked && !repeated && !carrier && !tunnels) {
        return;
    }
    TT_KEY(j, "telltale");
    tt_json_open(j, '{');
    if (carrier) {
        TT_KEY(j, "transport");
        tt_json_cstr(j, carrier->name);
    }
    if (end == TT_TX_UNANSWERED) {
        TT_KEY(j, "unanswered");
        tt_json_bool(j, true);
    }
    if (tx->unasked) {
        TT_KEY(j, "unasked");
        tt_json_bool(j, true);
    }
    if (repeated) {
        TT_KEY(j, "repeated");
        tt_json_uint(j, repeated);
    }
    eve_tunnels(j, tunnels);
    tt_json_close(j, '}');
}

void tt_eve_transaction(struct tt_eve *e, struct tt_json *j, const struct tt_flow *f,
                        const struct tt_packet *p, const struct tt_tx *tx, enum tt_tx_end end,
                        const void *members, size_t n)
{
    const struct tt_dissector *d = tt_engine_dissector(f);
    const struct tt_plan *plan = d ? eve_plan(e, d) : NULL;
    if (!plan) {
        nothing(j);
        return;
    }
    struct eve_head h = {.time = p ? p->time : f->last,
                         .type = plan->type,
                         .type_length = plan->type_length,
                         .packet = p,
                         .count = p ? p->count : 0,
                         .input = p ? p->input : f->input,
                         .pkt_src = true,
                         .flow = f,
                         .forward = true};
    eve_head(e, j, &h);
    size_t room = (size_t)(j->end - j->p); /* for the object, what it holds and the direction */
    if (j->full || room < 2 * TT_PLAN_SLACK || n > room - 2 * TT_PLAN_SLACK) {
        nothing(j);
        return;
    }
    char *at = eve_piece((char *)j->p, plan->object, plan->object_length);
    if (n) {
        memcpy(at, members, n);
    }
    static const char server[32] = "},\"direction\":\"to_server\"}\n",
                      client[32] = "},\"direction\":\"to_client\"}\n";
    memcpy(at + n, tx->asker == TT_TO_SERVER ? server : client, 32);
    j->p = (uint8_t *)at + n + strlen(server);
    const struct tt_dissector *carrier = tt_engine_carrier(f);
    if (tx->messages > 1 || tx->unasked || end == TT_TX_UNANSWERED || carrier || f->stack) {
        j->p -= 2; /* the end comes later */
        transaction_state(j, tx, end, carrier, eve_tunnels_of(e, f, NULL));
        eve_end(j);
    }
    j->comma = false;
}

static void hex_flags(struct tt_json *j, const char *key, unsigned flags)
{
    uint8_t octet = (uint8_t)flags;
    tt_json_key(j, key, strlen(key));
    tt_json_hex(j, &octet, 1, 0);
}

static void tcp_object(struct tt_json *j, const struct tt_flow *f, const char *state)
{
    static const struct {
        uint8_t flag;
        const char *name;
    } flags[] = {{TT_SYN, "syn"}, {TT_FIN, "fin"}, {TT_RST, "rst"}, {TT_PSH, "psh"},
                 {TT_ACK, "ack"}, {TT_URG, "urg"}, {TT_ECE, "ecn"}, {TT_CWR, "cwr"}};
    unsigned seen = f->tcp_flags[0] | f->tcp_flags[1];
    TT_KEY(j, "tcp");
    tt_json_open(j, '{');
    hex_flags(j, "tcp_flags", seen);
    hex_flags(j, "tcp_flags_ts", f->tcp_flags[TT_TO_SERVER]);
    hex_flags(j, "tcp_flags_tc", f->tcp_flags[TT_TO_CLIENT]);
    for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (seen & flags[i].flag) {
            tt_json_key(j, flags[i].name, 3);
            tt_json_bool(j, true);
        }
    }
    if (state) {
        TT_KEY(j, "state");
        tt_json_cstr(j, state);
    }
    if (f->flags & (TT_FLOW_GAP << TT_TO_SERVER)) {
        TT_KEY(j, "ts_gap");
        tt_json_bool(j, true);
    }
    if (f->flags & (TT_FLOW_GAP << TT_TO_CLIENT)) {
        TT_KEY(j, "tc_gap");
        tt_json_bool(j, true);
    }
    tt_json_close(j, '}');
}

static void put_events(struct tt_json *j, const struct tt_anomaly *rows, uint32_t n,
                       uint64_t events)
{
    for (uint32_t i = 0; i < n && i < 64; i++) {
        if (events >> i & 1) {
            tt_json_cstr(j, rows[i].name);
        }
    }
}

/* What the rooms noticed: bit i = their row i. */
static void events_list(struct tt_json *j, const struct tt_flow *f, uint64_t stream_events,
                        const struct tt_flow_odd *odd)
{
    uint32_t n_decode, n_stream, n_engine;
    const struct tt_anomaly *decode = tt_decode_anomalies(&n_decode);
    const struct tt_anomaly *stream = tt_stream_anomalies(&n_stream);
    const struct tt_anomaly *engine = tt_dissect_anomalies(&n_engine);
    const struct tt_dissector *d = tt_engine_dissector(f);
    TT_KEY(j, "events");
    tt_json_open(j, '[');
    put_events(j, decode, n_decode, odd ? odd->decode : 0);
    put_events(j, stream, n_stream, stream_events);
    put_events(j, engine, n_engine, odd ? odd->engine : 0);
    if (d && odd) {
        put_events(j, d->anomalies, d->n_anomalies, odd->protocol);
    }
    tt_json_close(j, ']');
}

static void own_object(struct tt_json *j, const struct tt_flow *f, uint64_t stream_events,
                       const struct tt_flow_odd *odd, const struct tt_tunnels *tunnels)
{
    bool noted = stream_events || (odd && (odd->decode | odd->engine | odd->protocol));
    if (!noted && !tunnels) {
        return;
    }
    TT_KEY(j, "telltale");
    tt_json_open(j, '{');
    if (noted) {
        events_list(j, f, stream_events, odd);
    }
    eve_tunnels(j, tunnels);
    tt_json_close(j, '}');
}

void tt_eve_flow(struct tt_eve *e, struct tt_json *j, const struct tt_flow *f,
                 enum tt_flow_reason reason, const char *tcp_state, uint64_t stream_events,
                 const struct tt_flow_odd *odd, int64_t time)
{
    static const char *const states[] = {"new", "established", "closed"};
    static const char *const reasons[] = {"timeout", "shutdown", "forced", "tcp_reuse"};
    struct eve_head h = {.time = time, EVE_HEAD_TYPE(flow), .input = f->input};
    eve_head_flow(&h, f, true);
    eve_head(e, j, &h);
    eve_app_proto_flow(j, f);
    TT_KEY(j, "flow");
    tt_json_open(j, '{');
    eve_flow_counts(j, f);
    TT_KEY(j, "end");
    tt_json_time(j, f->last);
    TT_KEY(j, "age"); /* of the seconds, as Suricata counts: 0.9 s may be 1 */
    tt_json_int(j, f->last / 1000000000 - f->first / 1000000000);
    TT_KEY(j, "state");
    tt_json_cstr(j, states[f->state <= TT_FLOW_CLOSED ? f->state : TT_FLOW_CLOSED]);
    TT_KEY(j, "reason");
    tt_json_cstr(j, (unsigned)reason <= TT_FLOW_REUSED ? reasons[reason] : "unknown");
    TT_KEY(j, "alerted");
    tt_json_bool(j, (f->flags & TT_FLOW_ALERTED) != 0);
    if (tt_engine_dissector(f)) {
        TT_KEY(j, "tx_cnt");
        tt_json_uint(j, tt_engine_tx_count(f));
    }
    tt_json_close(j, '}');
    if (f->key.protocol == 6) {
        tcp_object(j, f, tcp_state);
    }
    own_object(j, f, stream_events, odd, eve_tunnels_of(e, f, NULL));
    eve_end(j);
}

void tt_eve_opinion(struct tt_json *j, const struct tt_opinion *o)
{
    j->p -= 2; /* the end comes later */
    j->comma = true;
    TT_KEY(j, "ndpi");
    tt_json_open(j, '{');
    TT_KEY(j, "protocol");
    tt_json_cstr(j, o->protocol);
    TT_KEY(j, "category");
    tt_json_cstr(j, o->category ? o->category : "");
    if (o->n_risks) {
        TT_KEY(j, "risk");
        tt_json_open(j, '[');
        for (unsigned i = 0; i < o->n_risks; i++) {
            tt_json_cstr(j, o->risks[i]);
        }
        tt_json_close(j, ']');
    }
    if (o->host[0]) {
        TT_KEY(j, "hostname");
        eve_text(j, o->host);
    }
    tt_json_close(j, '}');
    eve_end(j);
}

void tt_eve_anomaly(struct tt_eve *e, struct tt_json *j, const struct tt_flow *f,
                    const struct tt_packet *p, enum tt_direction direction, const char *type,
                    const char *event, const char *layer, const struct tt_tx *tx)
{
    if (!p && !f) {
        nothing(j);
        return;
    }
    struct eve_head h = {.time = p ? p->time : f->last, EVE_HEAD_TYPE(anomaly), .pkt_src = true};
    eve_head_packet(&h, f, p, direction);
    eve_head(e, j, &h);
    if (tx) {
        TT_KEY(j, "tx_id");
        tt_json_uint(j, tx->id);
    }
    TT_KEY(j, "anomaly");
    tt_json_open(j, '{');
    if (strcmp(type, "applayer") == 0) {
        eve_app_proto(j, f);
    }
    TT_KEY(j, "type");
    tt_json_cstr(j, type);
    TT_KEY(j, "event");
    eve_text(j, event);
    if (layer) {
        TT_KEY(j, "layer");
        tt_json_cstr(j, layer);
    }
    tt_json_close(j, '}');
    own_object(j, f, 0, NULL, eve_tunnels_of(e, f, p));
    eve_end(j);
}
