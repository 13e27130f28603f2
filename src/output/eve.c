/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The writer's state and what every EVE line begins with: keys and order of Suricata 8's own
 * writer. The head is written without a check for each piece: one look at the room left, for the
 * longest that it can be, decides.
 */
#include "output/eve.h"

#include <stdlib.h>

#include "base/community.h"
#include "base/registry.h"
#include "output/eve_line.h"

#define HEAD_FIXED 512 /* all constant keys, numbers, addresses and times of a head */

static char *fragment(const char *key, const char *text, uint32_t *n)
{
    size_t cap = strlen(text) * 6 + 64;
    char *out = malloc(cap);
    if (!out) {
        return NULL;
    }
    struct tt_json j;
    tt_json_init(&j, out, cap);
    j.comma = true;
    tt_json_key(&j, key, strlen(key));
    tt_json_text(&j, text, strlen(text), 0);
    *n = (uint32_t)tt_json_length(&j);
    return out;
}

static bool name_inputs(struct tt_eve *e, const struct tt_eve_options *o)
{
    /* one file needs no name: the caller knows it, and captures that were
     * moved give the same output */
    if (!o->inputs || (!o->live && o->n_inputs < 2)) {
        return true;
    }
    e->inputs = calloc(o->n_inputs + 1U, sizeof *e->inputs);
    if (!e->inputs) {
        return false;
    }
    e->n_inputs = o->n_inputs;
    uint32_t longest = 0;
    for (uint32_t i = 0; i < o->n_inputs; i++) {
        if (o->inputs[i]) {
            e->inputs[i].text =
                fragment(o->live ? "in_iface" : "pcap_filename", o->inputs[i], &e->inputs[i].n);
            if (!e->inputs[i].text) {
                return false;
            }
            longest = e->inputs[i].n > longest ? e->inputs[i].n : longest;
        }
    }
    e->head_room += longest;
    return true;
}

static bool make_plans(struct tt_eve *e, bool passwords)
{
    while (tt_registry_dissectors[e->n_plans]) {
        e->n_plans++;
    }
    e->plans = calloc(e->n_plans + 1U, sizeof(*e->plans));
    if (!e->plans) {
        return false;
    }
    for (uint32_t i = 0; i < e->n_plans; i++) {
        const struct tt_dissector *d = tt_registry_dissectors[i];
        e->plans[i] = tt_plan_new(d, passwords && strcmp(d->name, "mqtt") == 0, NULL, 0);
        if (!e->plans[i]) {
            return false;
        }
    }
    return true;
}

struct tt_eve *tt_eve_new(const struct tt_eve_options *o)
{
    struct tt_eve *e = aligned_alloc(_Alignof(struct tt_eve), sizeof *e);
    if (!e) {
        return NULL;
    }
    memset(e, 0, sizeof *e);
    eve_escapes_init(&e->escapes);
    e->live = o->live;
    e->payload = o->payload;
    e->community = o->community_id;
    e->seed = o->community_seed;
    e->limit = o->string_limit ? o->string_limit : EVE_TEXT_LIMIT;
    e->head_room = HEAD_FIXED;
    for (unsigned i = 0; i < 256; i++) {
        char text[20];
        e->quad_n[i] = (uint8_t)(tt_text_uint(text, i) + 1);
        memcpy(e->quads[i], text, e->quad_n[i] - 1U);
        e->quads[i][e->quad_n[i] - 1] = '.';
    }
    bool ok = true;
    if (o->sensor) {
        e->host = fragment("host", o->sensor, &e->host_n);
        e->head_room += e->host_n;
        ok = e->host != NULL;
    }
    e->named = o->sensor || o->inputs;
    if (!ok || !name_inputs(e, o) || !make_plans(e, o->passwords)) {
        tt_eve_free(e);
        return NULL;
    }
    return e;
}

void tt_eve_free(struct tt_eve *e)
{
    if (!e) {
        return;
    }
    for (uint32_t i = 0; i < e->n_inputs; i++) {
        free(e->inputs[i].text);
    }
    for (uint32_t i = 0; e->plans && i < e->n_plans; i++) {
        tt_plan_free(e->plans[i]);
    }
    free(e->inputs);
    free(e->plans);
    free(e->host);
    free(e->stats);
    free(e);
}

const struct tt_plan *eve_plan(struct tt_eve *e, const struct tt_dissector *d)
{
    if (e->last && e->last->dissector == d) {
        return e->last;
    }
    for (uint32_t i = 0; i < e->n_plans; i++) {
        if (e->plans[i]->dissector == d) {
            e->last = e->plans[i];
            return e->last;
        }
    }
    return NULL;
}

/* ---- the head ---- */

#define PUT(p, literal) (memcpy((p), "" literal, sizeof(literal) - 1), (p) + sizeof(literal) - 1)

const char eve_type_alert[TT_PLAN_SLACK] = ",\"event_type\":\"alert\"";
const char eve_type_anomaly[TT_PLAN_SLACK] = ",\"event_type\":\"anomaly\"";
const char eve_type_flow[TT_PLAN_SLACK] = ",\"event_type\":\"flow\"";
const char eve_type_stats[TT_PLAN_SLACK] = ",\"event_type\":\"stats\"";

const char eve_pairs[201] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

char *eve_uint_long(char *p, uint64_t v)
{
    uint64_t high = v / 100000000;
    uint32_t low = (uint32_t)(v % 100000000);
    p = high < 100000000 ? eve_uint8(p, (uint32_t)high) : p + tt_text_uint(p, high);
    return eve_zero4(eve_zero4(p, low / 10000), low % 10000);
}

static inline char *put_text(char *p, const char *text, size_t n)
{
    memcpy(p, text, n);
    return p + n;
}

static inline char *put_address(const struct tt_eve *e, char *p, const struct tt_address *a)
{
    uint64_t high = 0;
    uint32_t middle = 0;
    memcpy(&high, a->b, 8);
    memcpy(&middle, a->b + 8, 4);
    static const uint8_t mapped[4] = {0, 0, 0xff, 0xff};
    uint32_t mark;
    memcpy(&mark, mapped, 4);
    if (high || middle != mark) {
        return p + tt_text_address_full(p, a->b);
    }
    for (unsigned i = 12; i < 16; i++) {
        memcpy(p, e->quads[a->b[i]], 4);
        p += e->quad_n[a->b[i]];
    }
    return p - 1; /* the last dot */
}

static bool has_ports(uint8_t protocol)
{
    return protocol == 6 || protocol == 17 || protocol == 132;
}

static inline char *put_protocol(char *p, uint8_t protocol)
{
    switch (protocol) {
    case 6:
        return PUT(p, "TCP");
    case 17:
        return PUT(p, "UDP");
    case 1:
        return PUT(p, "ICMP");
    case 58:
        return PUT(p, "IPv6-ICMP");
    case 132:
        return PUT(p, "SCTP");
    default:
        return eve_uint(p, protocol);
    }
}

static char *put_vlans(char *p, const struct eve_head *h)
{
    uint16_t one = h->flow ? h->flow->vlan : 0;
    const uint16_t *vlans = h->packet ? h->packet->vlans : &one;
    unsigned n = h->packet ? h->packet->n_vlans : 1;
    for (unsigned i = 0; i < n && i < TT_VLANS; i++) {
        p = i ? PUT(p, ",") : PUT(p, ",\"vlan\":[");
        p = eve_uint(p, vlans[i]);
    }
    return PUT(p, "]");
}

static char *put_addresses(struct tt_eve *e, char *p, const struct eve_head *h)
{
    p = PUT(p, ",\"src_ip\":\"");
    p = put_address(e, p, h->src);
    p = PUT(p, "\"");
    if (h->ports) {
        p = PUT(p, ",\"src_port\":");
        p = eve_uint(p, h->sport);
    }
    if (h->dst) {
        p = PUT(p, ",\"dest_ip\":\"");
        p = put_address(e, p, h->dst);
        p = PUT(p, "\"");
    }
    if (h->dst && h->ports) {
        p = PUT(p, ",\"dest_port\":");
        p = eve_uint(p, h->dport);
    }
    if (h->protocol || h->packet) {
        p = PUT(p, ",\"proto\":\"");
        p = put_protocol(p, h->protocol);
        p = PUT(p, "\"");
    }
    if (h->ip_version) {
        p = PUT(p, ",\"ip_v\":");
        p = eve_uint(p, h->ip_version);
    }
    return p;
}

static char *put_input(const struct tt_eve *e, char *p, const struct eve_head *h)
{
    if (h->input < e->n_inputs && e->inputs[h->input].text) {
        p = put_text(p, e->inputs[h->input].text, e->inputs[h->input].n);
    }
    return p;
}

static char *put_names(const struct tt_eve *e, char *p, const struct eve_head *h)
{
    if (e->host) {
        p = put_text(p, e->host, e->host_n);
    }
    return e->live ? put_input(e, p, h) : p;
}

/* ICMP would need type and code, fragments the ports: no id is better than a wrong one. */
static char *put_community(const struct tt_eve *e, char *p, const struct eve_head *h)
{
    if (!h->src || !h->dst || h->protocol == 1 || h->protocol == 58 ||
        (has_ports(h->protocol) && !h->ports)) {
        return p;
    }
    p = PUT(p, ",\"community_id\":\"");
    p += tt_community_id(p, h->src->b, h->dst->b, h->ip_version == 4, h->protocol, h->sport,
                         h->dport, e->seed);
    return PUT(p, "\"");
}

/* From addresses to community_id: half of the head's cost, and the same
 * in every record of a flow. */
static char *put_ends(struct tt_eve *e, char *p, const struct eve_head *h)
{
    struct tt_flow_device *kept =
        h->forward && h->packet && h->pkt_src ? tt_engine_device(h->flow) : NULL;
    if (kept && kept->head_length) {
        /* whole: the room is there, and a fixed size is cheap */
        memcpy(p, kept->head, sizeof kept->head);
        return p + kept->head_length;
    }
    char *start = p;
    p = h->src ? put_addresses(e, p, h) : p;
    if (h->pkt_src) {
        p = h->packet ? PUT(p, ",\"pkt_src\":\"wire/pcap\"")
                      : PUT(p, ",\"pkt_src\":\"stream (flow timeout)\"");
    }
    p = e->community ? put_community(e, p, h) : p;
    if (kept && (size_t)(p - start) <= sizeof kept->head) {
        kept->head_length = (uint32_t)(p - start);
        memcpy(kept->head, start, kept->head_length);
    }
    return p;
}

void eve_head(struct tt_eve *e, struct tt_json *j, const struct eve_head *h)
{
    if ((size_t)(j->end - j->p) < e->head_room) {
        j->full = true;
        j->end = j->p;
        return;
    }
    char *p = (char *)j->p;
    p = PUT(p, "{\"timestamp\":\"");
    p += tt_text_time_cached(p, &e->clock, h->time);
    p = PUT(p, "\"");
    if (h->flow) {
        p = PUT(p, ",\"flow_id\":");
        p = eve_uint(p, tt_flow_id(h->flow));
    }
    p = e->named ? put_names(e, p, h) : p;
    if (h->count && !e->live) {
        p = PUT(p, ",\"pcap_cnt\":");
        p = eve_uint(p, h->count);
    }
    if (e->named && !e->live) {
        p = put_input(e, p, h);
    }
    p = eve_piece(p, h->type, h->type_length);
    if (h->packet ? h->packet->n_vlans != 0 : h->flow && h->flow->flags & TT_FLOW_VLAN) {
        p = put_vlans(p, h);
    }
    p = put_ends(e, p, h);
    j->p = (uint8_t *)p;
    j->comma = true;
}

void eve_end(struct tt_json *j)
{
    tt_json_raw(j, "}\n", 2);
    j->comma = false;
}

void eve_head_flow(struct eve_head *h, const struct tt_flow *f, bool forward)
{
    h->flow = f;
    h->forward = forward;
    h->src = forward ? tt_flow_client(f) : tt_flow_server(f);
    h->dst = forward ? tt_flow_server(f) : tt_flow_client(f);
    h->sport = forward ? tt_flow_client_port(f) : tt_flow_server_port(f);
    h->dport = forward ? tt_flow_server_port(f) : tt_flow_client_port(f);
    h->ports = has_ports(f->key.protocol);
    h->protocol = f->key.protocol;
    h->ip_version = f->ip_version;
}

void eve_head_packet(struct eve_head *h, const struct tt_flow *f, const struct tt_packet *p,
                     enum tt_direction direction)
{
    h->packet = p;
    h->input = p ? p->input : f ? f->input : UINT32_MAX;
    h->count = p ? p->count : 0;
    if (!p) {
        if (f) {
            eve_head_flow(h, f, direction == TT_TO_SERVER);
        }
        return;
    }
    if (f && (p->flags & TT_PACKET_TRANSPORT) && tt_flow_direction(f, p) != direction) {
        eve_head_flow(h, f, direction == TT_TO_SERVER); /* the packet only set free what waited */
        return;
    }
    h->flow = f;
    if (p->flags & TT_PACKET_IP) {
        h->src = &p->src;
        h->dst = &p->dst;
        h->sport = p->sport;
        h->dport = p->dport;
        h->ports = (p->flags & TT_PACKET_TRANSPORT) && has_ports(p->protocol);
        h->protocol = p->protocol;
        h->ip_version = p->ip_version;
    }
}

/* ---- types ---- */

static const char *const own_types[TT_EVE_PROTOCOL] = {"alert", "anomaly", "flow", "stats",
                                                       "device"};

unsigned tt_eve_type_names(const char *names[TT_EVE_TYPES_MAX])
{
    unsigned n = 0;
    for (; n < TT_EVE_PROTOCOL; n++) {
        names[n] = own_types[n];
    }
    for (unsigned i = 0; n < TT_EVE_TYPES_MAX - 1 && tt_registry_dissectors[i]; i++) {
        names[n++] = tt_registry_dissectors[i]->name;
    }
    names[n] = NULL;
    return n;
}

int tt_eve_type(const char *name)
{
    const char *names[TT_EVE_TYPES_MAX];
    unsigned n = tt_eve_type_names(names);
    for (unsigned i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}
