/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tunnels around a packet: `telltale.tunnel`, one element for each, outermost first; and `tunnel`
 * of alerts as Suricata 8 writes it, which is what carries all others.
 */
#include "decode/decode.h"
#include "output/eve_line.h"

static void number(struct tt_json *j, const char *key, uint64_t v)
{
    tt_json_key(j, key, strlen(key));
    tt_json_uint(j, v);
}

static void address(struct tt_json *j, const char *key, const struct tt_address *a)
{
    tt_json_key(j, key, strlen(key));
    tt_json_address(j, a->b);
}

/* What carries it: addresses, and ports where it is UDP. */
static void ends(struct tt_json *j, const struct tt_tunnel *t)
{
    address(j, "src_ip", &t->src);
    if (t->protocol == 17) {
        number(j, "src_port", t->sport);
    }
    address(j, "dest_ip", &t->dst);
    if (t->protocol == 17) {
        number(j, "dest_port", t->dport);
    }
}

static void element(struct tt_json *j, const struct tt_tunnel *t)
{
    static const char *const ids[TT_TUNNEL_KINDS] = {
        [TT_TUNNEL_PPPOE] = "session",    [TT_TUNNEL_GRE] = "key",
        [TT_TUNNEL_PPTP] = "call",        [TT_TUNNEL_ERSPAN_1] = "key",
        [TT_TUNNEL_ERSPAN_2] = "session", [TT_TUNNEL_VXLAN] = "vni",
        [TT_TUNNEL_ERSPAN_3] = "session", [TT_TUNNEL_GENEVE] = "vni",
        [TT_TUNNEL_GTP_U] = "teid",
    };
    tt_json_open(j, '{');
    TT_KEY(j, "type");
    tt_json_cstr(j, tt_tunnel_name((enum tt_tunnel_kind)t->kind));
    if (t->protocol) {
        ends(j, t);
    }
    if (t->has_id && t->kind < TT_TUNNEL_KINDS && ids[t->kind]) {
        number(j, ids[t->kind], t->id);
    }
    if (t->n_labels) {
        TT_KEY(j, "labels");
        tt_json_open(j, '[');
        for (unsigned i = 0; i < t->n_labels && i < TT_TUNNEL_LABELS; i++) {
            tt_json_uint(j, t->labels[i]);
        }
        tt_json_close(j, ']');
    }
    tt_json_close(j, '}');
}

void eve_tunnels(struct tt_json *j, const struct tt_tunnels *t)
{
    if (!t) {
        return;
    }
    TT_KEY(j, "tunnel");
    tt_json_open(j, '[');
    for (uint32_t i = 0; i < t->n && i < TT_TUNNELS; i++) {
        element(j, &t->of[i]);
    }
    tt_json_close(j, ']');
}

const struct tt_tunnels *eve_tunnels_of(const struct tt_eve *e, const struct tt_flow *f,
                                        const struct tt_packet *p)
{
    if (p && p->n_tunnels) {
        return p->tunnels;
    }
    return !p && f && f->stack && e->flows ? tt_flow_tunnels(e->flows, f) : NULL;
}

/* Suricata counts as tunnels what has a packet of its own below: not labels and PPPoE. */
static const struct tt_tunnel *outermost(const struct tt_tunnels *t, unsigned *n)
{
    const struct tt_tunnel *first = NULL;
    *n = 0;
    for (uint32_t i = 0; i < t->n && i < TT_TUNNELS; i++) {
        if (t->of[i].protocol) {
            first = first ? first : &t->of[i];
            ++*n;
        }
    }
    return first;
}

static const char *protocol_name(uint8_t protocol)
{
    return protocol == 17 ? "UDP" : protocol == 47 ? "GRE" : protocol == 41 ? "IPv6" : "IPv4";
}

void eve_tunnel_root(const struct tt_eve *e, struct tt_json *j, const struct tt_packet *p)
{
    unsigned depth;
    const struct tt_tunnel *t = p && p->n_tunnels ? outermost(p->tunnels, &depth) : NULL;
    if (!t) {
        return;
    }
    TT_KEY(j, "tunnel");
    tt_json_open(j, '{');
    ends(j, t);
    TT_KEY(j, "proto");
    tt_json_cstr(j, protocol_name(t->protocol));
    number(j, "depth", depth);
    if (!e->live) {
        number(j, "pcap_cnt", p->count);
    }
    TT_KEY(j, "pkt_src");
    tt_json_cstr(j, "wire/pcap");
    tt_json_close(j, '}');
}

const char *eve_pkt_src(const struct tt_packet *p)
{
    for (uint32_t i = p->n_tunnels ? p->tunnels->n : 0; i--;) {
        const struct tt_tunnel *t = &p->tunnels->of[i];
        switch (t->kind) {
        case TT_TUNNEL_GRE:
        case TT_TUNNEL_PPTP:
        case TT_TUNNEL_ERSPAN_1:
        case TT_TUNNEL_ERSPAN_2:
        case TT_TUNNEL_ERSPAN_3:
            return "gre tunnel";
        case TT_TUNNEL_VXLAN:
            return "vxlan encapsulation";
        case TT_TUNNEL_GENEVE:
            return "geneve encapsulation";
        case TT_TUNNEL_GTP_U:
            return "gtp-u tunnel";
        case TT_TUNNEL_IP_IN_IP:
            return tt_address_is_v4(&t->src) ? "ipv4 tunnel" : "ipv6 tunnel";
        default:
            break;
        }
    }
    return "wire/pcap";
}
