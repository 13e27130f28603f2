/* SPDX-License-Identifier: BSD-3-Clause
 *
 * GRE version 0 (RFC 2784, 2890; a route of RFC 1701 is not read, as Linux does not), version 1 of
 * PPTP (RFC 2637), and ERSPAN types I, II and III in it (draft-foschiano-erspan-03). Says what
 * stands inside; opens nothing itself.
 */
#include "base/work.h"
#include "decode/checksum.h"
#include "decode/tunnel.h"

enum {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTE = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_STRICT = 0x0800,
    GRE_RECUR = 0x0700,
    GRE_ACK = 0x0080, /* version 1 */
    GRE_RESERVED = 0x00f8,
    GRE_VERSION = 0x0007,
};

enum { TYPE_ERSPAN = 0x88be, TYPE_ERSPAN_3 = 0x22eb, TYPE_WCCP = 0x883e };
enum { PROTOCOL_GRE = 47, ANY_LENGTH = 65535 };

/* What is left of the packet behind a part of the header. */
struct rest {
    struct tt_bytes b;
    uint32_t missing;
};

/* A part of the header: NULL when it is not there, which is reported unless the capture cut it. */
static const uint8_t *part(struct tt_decoder *d, struct tt_packet *k, struct rest *r, uint32_t n,
                           enum tt_decode_event e)
{
    const uint8_t *p = tt_take(&r->b, n);
    if (!p && !r->missing) {
        tt_invalid(d, k, e);
    }
    return p;
}

/* The mirrored frame's tag, which stands in ERSPAN's header and not in the frame. */
static void erspan_vlan(struct tt_decoder *d, struct tt_packet *k, const uint8_t *h)
{
    enum { TAG_IN_FRAME = 3 };
    uint16_t vlan = tt_be16(h) & 0x0fff;
    if (vlan == 0 || (h[2] >> 3 & 3) == TAG_IN_FRAME) {
        return;
    }
    if (k->n_vlans == TT_VLANS) {
        tt_report(d, k, TT_EVENT_ERSPAN_VLANS);
        return;
    }
    k->vlans[k->n_vlans++] = vlan;
}

/* Type II: version, VLAN, class, truncated, session; index. III: the same and a time stamp, group,
 * frame type, flags, and 8 octets more when the last flag says so. */
static void erspan(struct tt_decoder *d, struct tt_packet *k, bool third, struct rest r)
{
    enum { ETHERNET = 0, IP = 2 };
    const uint8_t *h = part(d, k, &r, third ? 12 : 8, TT_EVENT_ERSPAN_SMALL);
    if (!h) {
        return;
    }
    if (h[0] >> 4 != (third ? 2 : 1)) {
        tt_invalid(d, k, TT_EVENT_ERSPAN_VERSION);
        return;
    }
    unsigned frame = third ? h[10] >> 2 & 31u : ETHERNET;
    if (third && h[11] & 1 && !part(d, k, &r, 8, TT_EVENT_ERSPAN_SMALL)) {
        return;
    }
    if (frame != ETHERNET && frame != IP) {
        return; /* 802.11 and the like */
    }
    struct tt_tunnel t = {.kind = third ? TT_TUNNEL_ERSPAN_3 : TT_TUNNEL_ERSPAN_2,
                          .protocol = PROTOCOL_GRE,
                          .has_id = 1,
                          .id = tt_be16(h + 2) & 0x03ffu};
    unsigned version = r.b.n ? r.b.p[0] >> 4 : 0;
    struct tt_inner in = {
        .as = frame == IP ? TT_AS_TYPE : TT_AS_ETHERNET,
        .type = version == 6 ? TT_TYPE_IPV6 : TT_TYPE_IPV4,
        .b = r.b,
        .missing = h[2] & 4 ? ANY_LENGTH : r.missing, /* the switch cut it: nobody knows how much */
    };
    if (tt_tunnel_enter(d, k, &t, t.id + 1, &in)) {
        tt_count(d, TT_COUNT_ERSPAN);
        erspan_vlan(d, k, h);
    }
}

/* RFC 7637: NVGRE has the network in the upper 24 bits, from 0x1000 on, and a number of the
 * conversation below, which each direction chooses. */
static uint64_t apart(uint16_t type, const struct tt_tunnel *t)
{
    uint32_t key = type == TT_TYPE_BRIDGED && t->id >= 0x100000 ? t->id & ~0xffu : t->id;
    return t->has_id ? UINT64_C(1) << 32 | key : 0;
}

static void carried(struct tt_decoder *d, struct tt_packet *k, uint16_t type, struct tt_tunnel *t,
                    struct rest r)
{
    struct tt_inner in = {.as = TT_AS_TYPE, .type = type, .b = r.b, .missing = r.missing};
    switch (type) {
    case TT_TYPE_BRIDGED:
        in.as = TT_AS_ETHERNET;
        break;
    case TT_TYPE_PPP:
        in.as = TT_AS_PPP;
        break;
    case TYPE_WCCP: /* the second version puts four octets before the packet */
        if (r.b.n && r.b.p[0] >> 4 != 4 && !tt_take(&in.b, 4)) {
            return;
        }
        in.type = TT_TYPE_IPV4;
        break;
    case TT_TYPE_IPV4:
    case TT_TYPE_IPV6:
    case TT_TYPE_MPLS:
    case TT_TYPE_MPLS_UPSTREAM:
    case TT_TYPE_VLAN:
        break;
    default:
        return;
    }
    (void)tt_tunnel_enter(d, k, t, apart(type, t), &in);
}

/* Sums cover the whole packet: of nested ones only the outermost is checked. */
static bool sum_is_right(struct tt_decoder *d, struct tt_bytes all)
{
    if (!d->checksums || d->stack.sums++ > 0) {
        return true;
    }
    TT_LOOKED(all.n);
    return tt_sum_fold(tt_sum_octets(0, all.p, all.n)) == 0xffff;
}

static void version_0(struct tt_decoder *d, struct tt_packet *k, const uint8_t *h, struct rest r,
                      struct tt_bytes all)
{
    uint16_t flags = tt_be16(h), type = tt_be16(h + 2);
    if (flags & GRE_ROUTE) {
        tt_report(d, k, TT_EVENT_GRE_ROUTE);
        return;
    }
    if (flags & GRE_RECUR) {
        tt_report(d, k, TT_EVENT_GRE_RECUR);
    }
    if (flags & (GRE_RESERVED | GRE_STRICT)) {
        tt_report(d, k, TT_EVENT_GRE_FLAGS);
    }
    bool summed = flags & GRE_CHECKSUM, keyed = flags & GRE_KEY, counted = flags & GRE_SEQUENCE;
    const uint8_t *o =
        part(d, k, &r, 4u * ((unsigned)summed + keyed + counted), TT_EVENT_GRE_HEADER);
    if (!o) {
        return;
    }
    if (summed && !r.missing && !sum_is_right(d, all)) {
        tt_invalid(d, k, TT_EVENT_GRE_SUM);
        return;
    }
    struct tt_tunnel t = {.kind = TT_TUNNEL_GRE, .protocol = PROTOCOL_GRE, .has_id = keyed};
    t.id = keyed ? tt_be32(o + (summed ? 4 : 0)) : 0;
    if (!tt_tunnel_wanted(d, TT_TUNNEL_ERSPAN_1) ||
        (type != TYPE_ERSPAN && type != TYPE_ERSPAN_3)) {
        carried(d, k, type, &t, r);
    } else if (type == TYPE_ERSPAN && !counted) {
        struct tt_inner in = {.as = TT_AS_ETHERNET, .b = r.b, .missing = r.missing};
        t.kind = TT_TUNNEL_ERSPAN_1;
        if (tt_tunnel_enter(d, k, &t, apart(type, &t), &in)) {
            tt_count(d, TT_COUNT_ERSPAN);
        }
    } else {
        erspan(d, k, type == TYPE_ERSPAN_3, r);
    }
}

/* What a header of PPTP may not have; */
static bool pptp_fits(struct tt_decoder *d, struct tt_packet *k, uint16_t flags, uint16_t type)
{
    static const struct {
        uint16_t mask, want;
        enum tt_decode_event e;
    } rows[] = {
        {GRE_CHECKSUM, 0, TT_EVENT_GRE1_SUM},
        {GRE_ROUTE, 0, TT_EVENT_GRE1_ROUTE},
        {GRE_STRICT, 0, TT_EVENT_GRE1_STRICT},
        {GRE_RECUR, 0, TT_EVENT_GRE1_RECUR},
        {GRE_RESERVED & ~GRE_ACK, 0, TT_EVENT_GRE1_FLAGS},
        {GRE_KEY, GRE_KEY, TT_EVENT_GRE1_KEY},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        if ((flags & rows[i].mask) != rows[i].want) {
            tt_invalid(d, k, rows[i].e);
            return false;
        }
    }
    if (type != TT_TYPE_PPP) {
        tt_invalid(d, k, TT_EVENT_GRE1_TYPE);
    }
    return type == TT_TYPE_PPP;
}

static void version_1(struct tt_decoder *d, struct tt_packet *k, const uint8_t *h, struct rest r)
{
    uint16_t flags = tt_be16(h);
    if (!pptp_fits(d, k, flags, tt_be16(h + 2))) {
        return;
    }
    bool counted = flags & GRE_SEQUENCE, acknowledges = flags & GRE_ACK;
    const uint8_t *o = part(d, k, &r, 4u * (1u + counted + acknowledges), TT_EVENT_GRE1_HEADER);
    if (!o || !counted) { /* without a number of its own it only acknowledges */
        return;
    }
    uint32_t length = tt_be16(o);
    if (length > r.b.n + r.missing) {
        tt_invalid(d, k, TT_EVENT_GRE1_HEADER);
        return;
    }
    struct tt_tunnel t = {
        .kind = TT_TUNNEL_PPTP, .protocol = PROTOCOL_GRE, .has_id = 1, .id = tt_be16(o + 2)};
    struct tt_inner in = {.as = TT_AS_PPP, .b = r.b};
    in.b.n = length < r.b.n ? length : r.b.n;
    in.missing = length - in.b.n;
    (void)tt_tunnel_enter(d, k, &t, 0, &in);
}

void tt_decode_gre(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b, uint32_t missing)
{
    struct rest r = {b, missing};
    tt_count(d, TT_COUNT_GRE);
    const uint8_t *h = part(d, k, &r, 4, TT_EVENT_GRE_SMALL);
    if (!h) {
        return;
    }
    switch (h[1] & GRE_VERSION) {
    case 0:
        version_0(d, k, h, r, b);
        break;
    case 1:
        version_1(d, k, h, r);
        break;
    default:
        tt_invalid(d, k, TT_EVENT_GRE_VERSION);
        break;
    }
}
