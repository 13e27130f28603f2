/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What every EVE line begins with: keys and order of Suricata 8's own writer. It is written without
 * a check for each piece: one look at the room left, for the longest that it can be, decides. What
 * is the same in the next line (the second, the upper digits of pcap_cnt, all that is the flow's)
 * is kept as text.
 */
#include "base/community.h"
#include "output/eve_line.h"

#define PUT(p, literal) (memcpy((p), "" literal, sizeof(literal) - 1), (p) + sizeof(literal) - 1)

const char eve_type_alert[TT_PLAN_SLACK] = ",\"event_type\":\"alert\"";
const char eve_type_anomaly[TT_PLAN_SLACK] = ",\"event_type\":\"anomaly\"";
const char eve_type_identity[TT_PLAN_SLACK] = ",\"event_type\":\"identity\"";
const char eve_type_flow[TT_PLAN_SLACK] = ",\"event_type\":\"flow\"";
const char eve_type_stats[TT_PLAN_SLACK] = ",\"event_type\":\"stats\"";
const char eve_type_sms[TT_PLAN_SLACK] = ",\"event_type\":\"sms\"";

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

static inline char *put_source(char *p, const struct tt_packet *k)
{
    if (__builtin_expect(k->n_tunnels == 0, 1)) {
        return PUT(p, ",\"pkt_src\":\"wire/pcap\"");
    }
    const char *name = eve_pkt_src(k);
    p = PUT(p, ",\"pkt_src\":\"");
    p = put_text(p, name, strlen(name));
    return PUT(p, "\"");
}

/* What is kept of a flow's head: at the front what put_ends writes, at the back the flow_id.
 * head_length holds both lengths. */
#define ID_ROOM    24
#define ENDS(kept) ((kept)->head_length & 0xffff)
#define ID(kept)   ((kept)->head_length >> 16)

/* From addresses to community_id: half of the head's cost, and the same
 * in every record of a flow. */
static inline char *put_ends(struct tt_eve *e, char *p, const struct eve_head *h,
                             struct tt_flow_device *kept)
{
    kept = h->forward && h->packet && h->pkt_src ? kept : NULL;
    if (kept && ENDS(kept)) {
        /* whole: the room is there, and a fixed size is cheap */
        memcpy(p, kept->head, sizeof kept->head);
        return p + ENDS(kept);
    }
    char *start = p;
    struct eve_head own;
    if (h->forward && h->flow && !h->src) {
        own = *h;
        eve_head_flow(&own, h->flow, true);
        h = &own;
    }
    p = h->src ? put_addresses(e, p, h) : p;
    if (h->pkt_src) {
        p = h->packet ? put_source(p, h->packet) : PUT(p, ",\"pkt_src\":\"stream (flow timeout)\"");
    }
    p = e->community ? put_community(e, p, h) : p;
    size_t n = (size_t)(p - start);
    if (kept && n <= sizeof kept->head) {
        bool both = n + ID_ROOM <= sizeof kept->head;
        kept->head_length = (uint32_t)n | (both ? kept->head_length & 0xffff0000U : 0);
        memcpy(kept->head, start, n);
    }
    return p;
}

static inline char *put_id(char *p, const struct tt_flow *f, struct tt_flow_device *kept)
{
    if (kept && ID(kept)) {
        memcpy(p, kept->head + sizeof kept->head - ID_ROOM, ID_ROOM);
        return p + ID(kept);
    }
    char *start = p;
    p = eve_uint(p, tt_flow_id(f));
    size_t n = (size_t)(p - start);
    if (kept && ENDS(kept) + ID_ROOM <= sizeof kept->head) {
        kept->head_length = ENDS(kept) | (uint32_t)n << 16;
        memcpy(kept->head + sizeof kept->head - ID_ROOM, start, n);
    }
    return p;
}

#define STAMP_FOOT "+0000\",\"flow_id\":"
#define STAMP_TIME (sizeof "{\"timestamp\":\"" - 1)
#define STAMP_FLOW (STAMP_TIME + sizeof "2026-11-21T14:02:11.204518" - 1 + sizeof STAMP_FOOT - 1)

static __attribute__((noinline)) void new_second(struct tt_eve *e, int64_t ns)
{
    struct tt_time_cache cache = {0};
    char text[32];
    tt_text_time_cached(text, &cache, ns);
    e->second = (uint64_t)cache.second * 1000000000;
    char *p = PUT(e->stamp, "{\"timestamp\":\"");
    p = put_text(p, text, 26);
    put_text(p, STAMP_FOOT, sizeof STAMP_FOOT - 1);
}

/* To `"flow_id":`; where the line has none, its key is written over. */
static inline char *put_stamp(struct tt_eve *e, char *p, int64_t ns)
{
    uint64_t left = (uint64_t)ns - e->second;
    if (left >= 1000000000) {
        new_second(e, ns);
        left = (uint64_t)ns - e->second;
    }
    uint32_t micros = (uint32_t)left / 1000;
    memcpy(p, e->stamp, sizeof e->stamp);
    char *at = p + STAMP_TIME + 20;
    memcpy(at, eve_pairs + (size_t)(micros / 10000) * 2, 2);
    eve_zero4(at + 2, micros % 10000);
    return p + STAMP_FLOW;
}

static inline char *put_count(struct tt_eve *e, char *p, uint32_t count)
{
    uint32_t high = count / 10000;
    if (high == 0) {
        return eve_uint4(p, count);
    }
    if (high != e->count_high) {
        e->count_high = high;
        e->count_n = (uint8_t)(eve_uint(e->count_digits, high) - e->count_digits);
    }
    memcpy(p, e->count_digits, sizeof e->count_digits);
    return eve_zero4(p + e->count_n, count % 10000);
}

void eve_head(struct tt_eve *e, struct tt_json *j, const struct eve_head *h)
{
    if ((size_t)(j->end - j->p) < e->head_room) {
        j->full = true;
        j->end = j->p;
        return;
    }
    char *p = (char *)j->p;
    struct tt_flow_device *kept = h->flow ? tt_engine_device(h->flow) : NULL;
    p = put_stamp(e, p, h->time);
    p = h->flow ? put_id(p, h->flow, kept) : p - (sizeof ",\"flow_id\":" - 1);
    p = e->named ? put_names(e, p, h) : p;
    if (h->count && !e->live) {
        p = PUT(p, ",\"pcap_cnt\":");
        p = put_count(e, p, h->count);
    }
    if (e->named && !e->live) {
        p = put_input(e, p, h);
    }
    p = eve_piece(p, h->type, h->type_length);
    if (h->packet ? h->packet->n_vlans != 0 : h->flow && h->flow->flags & TT_FLOW_VLAN) {
        p = put_vlans(p, h);
    }
    p = put_ends(e, p, h, kept);
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
