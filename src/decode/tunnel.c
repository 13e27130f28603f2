/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The stack of tunnels around a packet, and the loop that opens one after the other: what is inside
 * becomes the packet, what carried it is kept in the stack. What turns out to hold no IP gives the
 * packet back to what carried it. IP in IP (RFC 2003, 2473, 4213) is opened here, too. Never
 * recursive; an octet is summed for one tunnel at most.
 */
#include "decode/tunnel.h"

#include "base/hash.h"

#define MIX_A UINT64_C(0x9e3779b97f4a7c15)
#define MIX_B UINT64_C(0xd6e8feb86659fd93)

/* pair: the addresses of what carries keep its conversations apart from others. */
static const struct {
    const char *name;
    uint32_t bit;
    bool pair;
} kinds[TT_TUNNEL_KINDS] = {
    [TT_TUNNEL_MPLS] = {"mpls", TT_OPEN_MPLS, false},
    [TT_TUNNEL_PPPOE] = {"pppoe", TT_OPEN_PPPOE, false},
    [TT_TUNNEL_GRE] = {"gre", TT_OPEN_GRE, true},
    [TT_TUNNEL_PPTP] = {"pptp", TT_OPEN_GRE, true},
    [TT_TUNNEL_ERSPAN_1] = {"erspan-1", TT_OPEN_ERSPAN, true},
    [TT_TUNNEL_ERSPAN_2] = {"erspan-2", TT_OPEN_ERSPAN, true},
    [TT_TUNNEL_ERSPAN_3] = {"erspan-3", TT_OPEN_ERSPAN, true},
    [TT_TUNNEL_VXLAN] = {"vxlan", TT_OPEN_VXLAN, false},
    [TT_TUNNEL_GENEVE] = {"geneve", TT_OPEN_GENEVE, false},
    [TT_TUNNEL_GTP_U] = {"gtp-u", TT_OPEN_GTP_U, true},
    [TT_TUNNEL_IP_IN_IP] = {"ip-in-ip", TT_OPEN_IP_IN_IP, true},
};

const char *tt_tunnel_name(enum tt_tunnel_kind kind)
{
    return (unsigned)kind < TT_TUNNEL_KINDS ? kinds[kind].name : "unknown";
}

bool tt_tunnel_wanted(const struct tt_decoder *d, enum tt_tunnel_kind kind)
{
    return (d->tunnels.open & kinds[kind].bit) != 0;
}

/* Both directions have the same: the lesser address first. Without a secret, as it is in flow_id;
 * the flow table's hash has one. */
static uint64_t mix(uint64_t id, const struct tt_tunnel *t, uint64_t apart, bool pair)
{
    id = tt_mum(id ^ MIX_A ^ (uint64_t)t->kind << 56, apart ^ MIX_B);
    if (pair) {
        bool turned = memcmp(&t->src, &t->dst, sizeof t->src) > 0;
        const struct tt_address *low = turned ? &t->dst : &t->src;
        const struct tt_address *high = turned ? &t->src : &t->dst;
        id = tt_mum(id ^ tt_load64(low->b), tt_load64(low->b + 8) ^ MIX_A);
        id = tt_mum(id ^ tt_load64(high->b), tt_load64(high->b + 8) ^ MIX_B);
    }
    return id ? id : 1;
}

bool tt_tunnel_enter(struct tt_decoder *d, struct tt_packet *k, struct tt_tunnel *t, uint64_t apart,
                     const struct tt_inner *inner)
{
    struct tt_tunnel_stack *s = &d->stack;
    if (!tt_tunnel_wanted(d, (enum tt_tunnel_kind)t->kind) || d->tunnels.depth == 0) {
        return false;
    }
    if (s->n >= d->tunnels.depth || s->n >= TT_TUNNELS) {
        tt_report(d, k, TT_EVENT_LAYERS);
        tt_count(d, TT_COUNT_LAYERS);
        return false;
    }
    if (t->protocol) {
        t->src = k->src;
        t->dst = k->dst;
    }
    if (t->protocol && k->flags & TT_PACKET_TRANSPORT) {
        t->sport = k->sport;
        t->dport = k->dport;
    }
    bool pair = kinds[t->kind].pair;
    uint64_t id = s->id[s->n];
    s->id[s->n + 1] = (pair || apart) && !d->tunnels.together ? mix(id, t, apart, pair) : id;
    s->of[s->n++] = *t;
    d->inner = *inner;
    return true;
}

/* The inner packet begins: what the outer ones said is gone, but for what speaks against it. */
static void begin(struct tt_decoder *d, struct tt_packet *k)
{
    const size_t start = offsetof(struct tt_packet, flags);
    const struct tt_packet was = *k;
    const uint16_t stays = TT_PACKET_CUT | TT_PACKET_BAD_IP_SUM | TT_PACKET_BAD_SUM |
                           TT_PACKET_DOUBTFUL | TT_PACKET_ODD;
    memset((uint8_t *)k + start, 0, sizeof *k - start);
    k->flags = was.flags & stays;
    k->n_vlans = was.n_vlans;
    memcpy(k->vlans, was.vlans, sizeof k->vlans);
    k->n_events = was.n_events;
    memcpy(k->events, was.events, sizeof k->events);
    k->odd = was.odd;
    d->fragmented = false;
    d->macs = NULL;
}

/* Users have no business with what their packets are carried by. */
static bool is_gtp_of_a_user(const struct tt_tunnel_stack *s, const struct tt_packet *k)
{
    enum { UDP = 17, GTP_C = 2123, GTP_U = 2152, GTP_PRIME = 3386 };
    bool of_user = false;
    for (uint32_t i = 0; i < s->n; i++) {
        of_user |= s->of[i].kind == TT_TUNNEL_GTP_U;
    }
    return of_user && k->flags & TT_PACKET_TRANSPORT && k->protocol == UDP &&
           (k->dport == GTP_C || k->dport == GTP_U || k->dport == GTP_PRIME);
}

static void seal(struct tt_decoder *d, struct tt_packet *k)
{
    const struct tt_tunnel_stack *s = &d->stack;
    if (s->n == 0) {
        return;
    }
    size_t n = s->n * sizeof(struct tt_tunnel);
    struct tt_tunnels *t = tt_arena_alloc(d->arena, sizeof *t + n);
    uint64_t id = s->id[s->n];
    *t = (struct tt_tunnels){.id = id, .n = s->n};
    memcpy(t->of, s->of, n);
    k->tunnels = t;
    k->n_tunnels = (uint8_t)s->n;
    tt_count(d, TT_COUNT_TUNNELLED);
    if (is_gtp_of_a_user(s, k)) {
        tt_report(d, k, TT_EVENT_GTP_IN_GTP);
    }
    if (id) {
        uint32_t part = (uint32_t)(id ^ id >> 24 ^ id >> 48) & 0xffffff;
        k->carried = (part ? part : 1) << 8 | k->protocol;
    }
}

void tt_tunnels_open(struct tt_decoder *d, struct tt_packet *k)
{
    struct tt_packet outer;
    uint32_t n_outer = 0;
    outer.flags = 0;
    while (d->inner.as != TT_AS_NOTHING) {
        const struct tt_inner in = d->inner;
        d->inner.as = TT_AS_NOTHING;
        if (k->flags & TT_PACKET_IP) {
            outer = *k;
            n_outer = d->stack.n - 1;
        }
        begin(d, k);
        d->missing = in.missing;
        switch (in.as) {
        case TT_AS_ETHERNET:
            tt_decode_ethernet(d, k, in.b);
            break;
        case TT_AS_PPP:
            tt_decode_ppp(d, k, in.b);
            break;
        default:
            tt_decode_type(d, k, in.type, in.b);
            break;
        }
    }
    if (!(k->flags & TT_PACKET_IP) && outer.flags & TT_PACKET_IP) {
        outer.n_events = k->n_events;
        memcpy(outer.events, k->events, sizeof outer.events);
        outer.flags |= k->flags & (uint16_t)~TT_PACKET_NAMES_FLOW;
        outer.odd = k->odd;
        *k = outer;
        d->stack.n = n_outer;
        d->fragmented = false;
    }
    seal(d, k);
}

unsigned tt_looks_ip(struct tt_bytes b, uint32_t missing)
{
    unsigned version = b.n ? b.p[0] >> 4 : 0;
    uint32_t wire = b.n + missing;
    if (version == 4 && b.n >= 20) {
        uint32_t header = (b.p[0] & 15u) * 4u, total = tt_be16(b.p + 2);
        return header >= 20 && ((total >= header && total <= wire) || (total == 0 && wire > 1280))
                   ? 4
                   : 0;
    }
    if (version == 6 && b.n >= 40) {
        uint32_t payload = tt_be16(b.p + 4);
        return payload + 40 <= wire ? 6 : 0;
    }
    return 0;
}

enum tt_looks tt_looks_ethernet(struct tt_bytes b, uint32_t missing)
{
    const uint8_t *h = tt_take(&b, 14);
    if (!h) {
        return TT_LOOKS_NOT;
    }
    uint16_t type = tt_be16(h + 12);
    for (unsigned i = 0; i < TT_VLANS && tt_is_vlan_type(type); i++) {
        h = tt_take(&b, 4);
        type = h ? tt_be16(h + 2) : 0;
    }
    if (type == TT_TYPE_IPV4 || type == TT_TYPE_IPV6) {
        unsigned version = type == TT_TYPE_IPV4 ? 4 : 6;
        return tt_looks_ip(b, missing) == version ? TT_LOOKS_IP : TT_LOOKS_NOT;
    }
    enum { LLDP = 0x88cc, SLOW = 0x8809, EAPOL = 0x888e, CFM = 0x8902, PTP = 0x88f7 };
    switch (type) {
    case TT_TYPE_ARP:
    case TT_TYPE_MPLS:
    case TT_TYPE_MPLS_UPSTREAM:
    case TT_TYPE_PPPOE:
    case TT_TYPE_PPPOE_DISCOVERY:
    case LLDP:
    case SLOW:
    case EAPOL:
    case CFM:
    case PTP:
        return TT_LOOKS_KNOWN;
    default:
        return type > 2 && type <= TT_TYPE_802_3_MAX && type <= b.n + missing ? TT_LOOKS_KNOWN
                                                                              : TT_LOOKS_NOT;
    }
}

/* Suricata's names, where it has them, for what stands in IPv6. */
static bool fits(struct tt_decoder *d, struct tt_packet *k, bool v6, struct tt_bytes b,
                 uint32_t missing)
{
    if (b.n < (v6 ? 40u : 20u)) {
        if (missing == 0) {
            tt_invalid(d, k, v6 ? TT_EVENT_IPV6_6_SMALL : TT_EVENT_IPV6_4_SMALL);
        }
        return false;
    }
    if (b.p[0] >> 4 != (v6 ? 6 : 4)) {
        tt_invalid(d, k, v6 ? TT_EVENT_IPV6_6_VERSION : TT_EVENT_IPV6_4_VERSION);
        return false;
    }
    return true;
}

void tt_decode_ip_in_ip(struct tt_decoder *d, struct tt_packet *k, uint8_t protocol,
                        struct tt_bytes b, uint32_t missing)
{
    enum { IPV6_IN_IP = 41 };
    bool v6 = protocol == IPV6_IN_IP, in_v6 = k->ip_version == 6;
    struct tt_tunnel t = {.kind = TT_TUNNEL_IP_IN_IP, .protocol = protocol};
    struct tt_inner in = {TT_AS_TYPE, v6 ? TT_TYPE_IPV6 : TT_TYPE_IPV4, b, missing};
    if (!tt_tunnel_wanted(d, TT_TUNNEL_IP_IN_IP) || (in_v6 && !fits(d, k, v6, b, missing)) ||
        !tt_tunnel_enter(d, k, &t, 0, &in)) {
        return;
    }
    tt_count(d, in_v6 ? (v6 ? TT_COUNT_IPV6_IN_IPV6 : TT_COUNT_IPV4_IN_IPV6)
                      : (v6 ? TT_COUNT_IPV6_IN_IPV4 : TT_COUNT_IPV4_IN_IPV4));
}
