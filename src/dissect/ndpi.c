/* SPDX-License-Identifier: BSD-3-Clause
 *
 * nDPI (4.2) as a second opinion. Owns the flows that it looks at (a pool with a cap: what does not
 * fit is refused and counted), what it said of them, and the budget beyond which packets are shed.
 * Each packet is given to it with headers made anew, so that tunnels and fragments are no matter.
 * It has tables across flows (STUN, BitTorrent, Zoom, certificates): what it says may depend on
 * other flows of the worker, and is outside of the promise of equal octets. Without TT_NDPI none of
 * it is there.
 */
#include "dissect/ndpi.h"

#include <stdio.h>
#include <stdlib.h>

#include "dissect/engine.h"

#ifdef TT_NDPI
#include <ndpi/ndpi_api.h>

_Static_assert(NDPI_MAX_RISK <= 64, "an opinion's risks");

enum { TCP_PACKETS = 8, UDP_PACKETS = 4, HEADERS = 60, OCTETS = 65535 };
enum { C_FLOWS, C_PACKETS, C_REFUSED, C_SHED, C_OPEN, C_COUNT };

/* A flow and what was said of it. */
struct said {
    const struct tt_flow *flow;
    uint64_t risks;
    uint32_t next; /* of the bucket + 1 */
    uint32_t open; /* piece of the flow that is looked at + 1; 0 = it is settled */
    uint16_t master, app;
    uint8_t category, packets;
    char host[TT_NDPI_HOST];
};

struct tt_ndpi {
    struct ndpi_detection_module_struct *module;
    struct tt_slab said, open;
    uint32_t *buckets, mask;
    uint64_t of_machines; /* dissectors whose flows are none of its business */
    bool failed;          /* the module could not be made */
    uint32_t budget, spent;
    int64_t second;
    uint64_t counters[C_COUNT];
    uint8_t packet[OCTETS];
};

static const struct tt_counter rows[C_COUNT] = {
    [C_FLOWS] = {"telltale.ndpi.flows", "flows that nDPI was asked about", "flows", 0},
    [C_PACKETS] = {"telltale.ndpi.packets", "packets that it was given", "packets", 0},
    [C_REFUSED] = {"telltale.ndpi.refused", "flows it was not asked about: ndpi.flows reached",
                   "flows", 1},
    [C_SHED] = {"telltale.ndpi.shed", "packets it was not given: too many in a second", "packets",
                1},
    [C_OPEN] = {"telltale.ndpi.open", "most flows it looked at together", "flows", 0},
};

static uint64_t machines(void)
{
    uint64_t out = 0;
    for (unsigned i = 0; tt_dissector_at(i) && i < 64; i++) {
        out |= tt_dissector_at(i)->general ? 0 : UINT64_C(1) << i;
    }
    return out;
}

/* Made with the first packet that it is asked about: its tables are 7 MiB, which networks where
 * all is known never need. */
static bool module_ready(struct tt_ndpi *n)
{
    if (!n->module && !n->failed) {
        n->module = ndpi_init_detection_module(ndpi_no_prefs);
        n->failed = !n->module;
        if (n->module) {
            NDPI_PROTOCOL_BITMASK all;
            NDPI_BITMASK_SET_ALL(all);
            ndpi_set_protocol_detection_bitmask2(n->module, &all);
            ndpi_finalize_initialization(n->module);
        }
    }
    return n->module != NULL;
}

struct tt_ndpi *tt_ndpi_new(const struct tt_ndpi_options *o)
{
    struct tt_ndpi *n = calloc(1, sizeof *n);
    if (!n) {
        return NULL;
    }
    uint32_t flows = o->max_flows ? o->max_flows : 1u << 17, size = 64;
    while (size < flows && size < 1u << 30) {
        size *= 2;
    }
    n->mask = size - 1;
    n->budget = o->budget ? o->budget : 200000;
    n->of_machines = machines();
    n->buckets = calloc(size, sizeof *n->buckets);
    size_t piece = (ndpi_detection_get_sizeof_ndpi_flow_struct() + 15) & ~(size_t)15;
    if (!n->buckets || !tt_slab_init(&n->said, (sizeof(struct said) + 15) & ~(size_t)15, flows) ||
        !tt_slab_init(&n->open, piece, o->open ? o->open : 1u << 14)) {
        tt_ndpi_free(n);
        return NULL;
    }
    tt_slab_sparse(&n->said);
    tt_slab_sparse(&n->open);
    return n;
}

static struct said *said_at(const struct tt_ndpi *n, uint32_t i)
{
    return tt_slab_at(&n->said, i);
}

static void settle(struct tt_ndpi *n, struct said *s)
{
    if (s->open) {
        ndpi_free_flow_data(tt_slab_at(&n->open, s->open - 1));
        tt_slab_give(&n->open, s->open - 1);
        s->open = 0;
    }
}

void tt_ndpi_free(struct tt_ndpi *n)
{
    if (!n) {
        return;
    }
    for (uint32_t b = 0; n->buckets && b <= n->mask; b++) {
        for (uint32_t i = n->buckets[b]; i; i = said_at(n, i - 1)->next) {
            settle(n, said_at(n, i - 1));
        }
    }
    if (n->module) {
        ndpi_exit_detection_module(n->module);
    }
    tt_slab_free(&n->said);
    tt_slab_free(&n->open);
    free(n->buckets);
    free(n);
}

static uint32_t *place_of(struct tt_ndpi *n, const struct tt_flow *f)
{
    uint32_t *at = &n->buckets[f->hash & n->mask];
    while (*at && said_at(n, *at - 1)->flow != f) {
        at = &said_at(n, *at - 1)->next;
    }
    return at;
}

static struct said *begin(struct tt_ndpi *n, const struct tt_flow *f, uint32_t *at)
{
    uint32_t i = module_ready(n) ? tt_slab_take(&n->said) : TT_SLAB_NONE;
    uint32_t k = i == TT_SLAB_NONE ? i : tt_slab_take(&n->open);
    if (k == TT_SLAB_NONE) {
        if (i != TT_SLAB_NONE) {
            tt_slab_give(&n->said, i);
        }
        n->counters[C_REFUSED]++;
        return NULL;
    }
    struct said *s = said_at(n, i);
    memset(s, 0, sizeof *s);
    memset(tt_slab_at(&n->open, k), 0, n->open.piece);
    s->flow = f;
    s->open = k + 1;
    *at = i + 1;
    n->counters[C_FLOWS]++;
    n->counters[C_OPEN] = n->open.used > n->counters[C_OPEN] ? n->open.used : n->counters[C_OPEN];
    return s;
}

static void put16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v >> 16);
    put16(p + 2, v);
}

/* The packet from its IP header on; returns its octets. */
static uint16_t rebuild(struct tt_ndpi *n, const struct tt_packet *p)
{
    bool tcp = p->protocol == 6, v4 = tt_address_is_v4(&p->src);
    uint32_t ip = v4 ? 20 : 40, transport = tcp ? 20 : 8;
    uint32_t payload = p->payload_length < OCTETS - HEADERS ? p->payload_length : OCTETS - HEADERS;
    uint32_t size = ip + transport + payload;
    uint8_t *o = n->packet, *t = o + ip;
    memset(o, 0, ip + transport);
    if (v4) {
        o[0] = 0x45;
        put16(o + 2, size);
        o[8] = p->ttl;
        o[9] = p->protocol;
        memcpy(o + 12, p->src.b + 12, 4);
        memcpy(o + 16, p->dst.b + 12, 4);
    } else {
        o[0] = 0x60;
        put16(o + 4, size - 40);
        o[6] = p->protocol;
        o[7] = p->ttl;
        memcpy(o + 8, p->src.b, 16);
        memcpy(o + 24, p->dst.b, 16);
    }
    put16(t, p->sport);
    put16(t + 2, p->dport);
    if (tcp) {
        put32(t + 4, p->seq);
        put32(t + 8, p->ack);
        t[12] = 0x50;
        t[13] = p->tcp_flags;
        put16(t + 14, p->window);
    } else {
        put16(t + 4, 8 + payload);
    }
    memcpy(t + transport, p->payload, payload);
    return (uint16_t)size;
}

/* Takes over what nDPI knows, and lets go of its flow. */
static void conclude(struct tt_ndpi *n, struct said *s)
{
    struct ndpi_flow_struct *flow = tt_slab_at(&n->open, s->open - 1);
    uint8_t guessed;
    ndpi_protocol p = ndpi_detection_giveup(n->module, flow, 1, &guessed);
    s->master = p.master_protocol;
    s->app = p.app_protocol;
    s->category = (uint8_t)p.category;
    s->risks = flow->risk;
    memcpy(s->host, flow->host_server_name, sizeof s->host - 1);
    settle(n, s);
}

static bool within_budget(struct tt_ndpi *n, const struct tt_packet *p)
{
    int64_t second = p->time / 1000000000;
    n->spent = second == n->second ? n->spent + 1 : 1;
    n->second = second;
    n->counters[C_SHED] += n->spent > n->budget;
    return n->spent <= n->budget;
}

void tt_ndpi_packet(struct tt_ndpi *n, struct tt_flow *f, const struct tt_packet *p)
{
    int protocol = tt_engine_protocol(f);
    bool machine = protocol >= 0 && n->of_machines >> protocol & 1;
    if (machine) {
        f->flags |= TT_FLOW_SETTLED;
        tt_ndpi_end(n, f);
        return;
    }
    if (p->payload_length == 0 || !within_budget(n, p)) {
        return;
    }
    uint32_t *at = place_of(n, f);
    struct said *s = *at ? said_at(n, *at - 1) : begin(n, f, at);
    if (!s || !s->open) {
        f->flags |= TT_FLOW_SETTLED;
        return;
    }
    struct ndpi_flow_struct *flow = tt_slab_at(&n->open, s->open - 1);
    uint16_t size = rebuild(n, p);
    n->counters[C_PACKETS]++;
    ndpi_protocol found = ndpi_detection_process_packet(n->module, flow, n->packet, size,
                                                        (uint64_t)(p->time / 1000000));
    bool known = found.app_protocol != NDPI_PROTOCOL_UNKNOWN;
    s->packets++;
    if ((known && !ndpi_extra_dissection_possible(n->module, flow)) ||
        s->packets >= (p->protocol == 6 ? TCP_PACKETS : UDP_PACKETS)) {
        conclude(n, s);
        f->flags |= TT_FLOW_SETTLED;
    }
}

bool tt_ndpi_opinion(struct tt_ndpi *n, const struct tt_flow *f, struct tt_opinion *o)
{
    uint32_t at = *place_of(n, f);
    if (at == 0) {
        return false;
    }
    struct said *s = said_at(n, at - 1);
    if (s->open) {
        conclude(n, s);
    }
    memset(o, 0, sizeof *o);
    ndpi_protocol p = {.master_protocol = s->master, .app_protocol = s->app};
    ndpi_protocol2name(n->module, p, o->protocol, sizeof o->protocol);
    o->category = ndpi_category_get_name(n->module, (ndpi_protocol_category_t)s->category);
    for (unsigned i = 0; i < NDPI_MAX_RISK; i++) {
        if (s->risks >> i & 1) {
            o->risks[o->n_risks++] = ndpi_risk2str((ndpi_risk_enum)i);
        }
    }
    memcpy(o->host, s->host, sizeof o->host);
    return true;
}

void tt_ndpi_end(struct tt_ndpi *n, const struct tt_flow *f)
{
    uint32_t *at = place_of(n, f);
    if (*at) {
        uint32_t i = *at - 1;
        settle(n, said_at(n, i));
        *at = said_at(n, i)->next;
        tt_slab_give(&n->said, i);
    }
}

struct tt_counter_set tt_ndpi_counters(const struct tt_ndpi *n)
{
    return (struct tt_counter_set){rows, n->counters, C_COUNT};
}

#else

struct tt_ndpi *tt_ndpi_new(const struct tt_ndpi_options *o)
{
    (void)o;
    return NULL;
}

void tt_ndpi_free(struct tt_ndpi *n)
{
    (void)n;
}

void tt_ndpi_packet(struct tt_ndpi *n, struct tt_flow *f, const struct tt_packet *p)
{
    (void)n, (void)f, (void)p;
}

bool tt_ndpi_opinion(struct tt_ndpi *n, const struct tt_flow *f, struct tt_opinion *o)
{
    (void)n, (void)f, (void)o;
    return false;
}

void tt_ndpi_end(struct tt_ndpi *n, const struct tt_flow *f)
{
    (void)n, (void)f;
}

struct tt_counter_set tt_ndpi_counters(const struct tt_ndpi *n)
{
    (void)n;
    return (struct tt_counter_set){NULL, NULL, 0};
}

#endif
