/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tunnels in UDP: VXLAN (RFC 7348, with group policy and GPE's bits), GENEVE (RFC 8926) and the
 * packets of users in GTP-U (3GPP TS 29.281; its other messages stay UDP). A port alone says
 * nothing: what is not right in header and lengths, down to those of the inner IP packet, stays a
 * datagram.
 */
#include "decode/tunnel.h"

enum { PROTOCOL_UDP = 17 };

/* The standards name the receiver's port; some answer from it. */
static bool has_port(const uint16_t *ports, const struct tt_packet *k)
{
    for (; *ports; ports++) {
        if (*ports == k->dport || *ports == k->sport) {
            return true;
        }
    }
    return false;
}

/* An Ethernet frame or, where `type` says so, IP. False: it is none that could be. */
static bool enter(struct tt_decoder *d, struct tt_packet *k, struct tt_tunnel *t, uint16_t type,
                  struct tt_bytes b, uint32_t missing)
{
    struct tt_inner in = {.as = TT_AS_TYPE, .type = type, .b = b, .missing = missing};
    uint64_t apart = t->kind == TT_TUNNEL_GTP_U ? 0 : (uint64_t)t->id + 1;
    if (type == TT_TYPE_BRIDGED) {
        in.as = TT_AS_ETHERNET;
        enum tt_looks looks = tt_looks_ethernet(b, missing);
        return looks != TT_LOOKS_NOT && tt_tunnel_enter(d, k, t, apart, &in);
    }
    return tt_looks_ip(b, missing) == (type == TT_TYPE_IPV6 ? 6 : 4) &&
           tt_tunnel_enter(d, k, t, apart, &in);
}

static bool vxlan(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b, uint32_t missing)
{
    enum { HAS_VNI = 0x08, NAMES_NEXT = 0x04, GROUP_POLICY = 0x80 };
    const uint8_t *h = tt_take(&b, 8);
    if (!h || !(h[0] & HAS_VNI)) {
        return false;
    }
    /* The RFC has them ignored, Linux drops the packet. */
    bool group = h[0] & GROUP_POLICY, names = h[0] & NAMES_NEXT;
    bool odd = (h[0] & ~(HAS_VNI | NAMES_NEXT | GROUP_POLICY)) || h[7] ||
               (!group && (h[1] || h[2] || (h[3] && !names)));
    unsigned version = h[3] == 1 ? 4 : h[3] == 2 ? 6 : 0; /* GPE's next protocol, if it fits */
    uint16_t type = version == 0 || tt_looks_ip(b, missing) != version ? TT_TYPE_BRIDGED
                    : version == 4                                     ? TT_TYPE_IPV4
                                                                       : TT_TYPE_IPV6;
    struct tt_tunnel t = {
        .kind = TT_TUNNEL_VXLAN, .protocol = PROTOCOL_UDP, .has_id = 1, .id = tt_be32(h + 4) >> 8};
    if (!enter(d, k, &t, type, b, missing)) {
        if (!odd && !names && !missing && b.n >= 14 &&
            tt_looks_ethernet(b, missing) == TT_LOOKS_NOT) {
            tt_report(d, k, TT_EVENT_VXLAN_PAYLOAD);
        }
        return false;
    }
    tt_count(d, TT_COUNT_VXLAN);
    if (odd) {
        tt_report(d, k, TT_EVENT_VXLAN_RESERVED);
    }
    return true;
}

static bool geneve(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b, uint32_t missing)
{
    const uint8_t *h = tt_take(&b, 8);
    if (!h || h[0] >> 6 != 0 || !tt_take(&b, (h[0] & 63u) * 4u)) {
        return false;
    }
    uint16_t type = tt_be16(h + 2);
    struct tt_tunnel t = {
        .kind = TT_TUNNEL_GENEVE, .protocol = PROTOCOL_UDP, .has_id = 1, .id = tt_be32(h + 4) >> 8};
    bool known = type == TT_TYPE_BRIDGED || type == TT_TYPE_IPV4 || type == TT_TYPE_IPV6;
    if (!known || !enter(d, k, &t, type, b, missing)) {
        if (!known && h[7] == 0 && (h[1] & 63) == 0) {
            tt_report(d, k, TT_EVENT_GENEVE_PAYLOAD);
        }
        return false;
    }
    tt_count(d, TT_COUNT_GENEVE);
    return true;
}

/* What follows the first 8 octets: with any of the flags four more, then extension headers of
 * 4 octets each unit, whose last octet says what is next. */
static bool gtp_extensions(struct tt_bytes *b, unsigned flags)
{
    enum { EXTENSION = 4, ANY = 7 };
    if (!(flags & ANY)) {
        return true;
    }
    const uint8_t *o = tt_take(b, 4);
    if (!o) {
        return false;
    }
    unsigned next = flags & EXTENSION ? o[3] : 0;
    while (next) {
        uint32_t n = b->n ? b->p[0] * 4u : 0;
        const uint8_t *h = n ? tt_take(b, n) : NULL;
        if (!h) {
            return false;
        }
        next = h[n - 1];
    }
    return true;
}

static bool gtp_u(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b, uint32_t missing)
{
    enum { VERSION_1_AND_GTP = 0x30, OF_USER = 255 };
    const uint8_t *h = tt_take(&b, 8);
    if (!h || (h[0] & 0xf0) != VERSION_1_AND_GTP || h[1] != OF_USER) {
        return false;
    }
    uint32_t length = tt_be16(h + 2);
    if (length > b.n + missing) {
        return false;
    }
    bool exact = length == b.n + missing;
    b.n = length < b.n ? length : b.n;
    missing = length - b.n;
    if (!gtp_extensions(&b, h[0])) {
        return false;
    }
    unsigned version = b.n ? b.p[0] >> 4 : 0;
    if (version != 4 && version != 6) {
        return false; /* PPP, Ethernet: which, only the control plane says */
    }
    struct tt_tunnel t = {
        .kind = TT_TUNNEL_GTP_U, .protocol = PROTOCOL_UDP, .has_id = 1, .id = tt_be32(h + 4)};
    if (!enter(d, k, &t, version == 6 ? TT_TYPE_IPV6 : TT_TYPE_IPV4, b, missing)) {
        if (exact && !missing && tt_looks_ip(b, missing) == 0) {
            tt_report(d, k, TT_EVENT_GTP_U_PAYLOAD);
        }
        return false;
    }
    tt_count(d, TT_COUNT_GTP_U);
    return true;
}

bool tt_decode_udp_tunnel(struct tt_decoder *d, struct tt_packet *k)
{
    const struct tt_tunnel_options *o = &d->tunnels;
    struct tt_bytes b = {k->payload, k->payload_length};
    uint32_t missing = k->payload_missing;
    if (has_port(o->gtp_u, k) && tt_tunnel_wanted(d, TT_TUNNEL_GTP_U) && gtp_u(d, k, b, missing)) {
        return true;
    }
    if (has_port(o->vxlan, k) && tt_tunnel_wanted(d, TT_TUNNEL_VXLAN) && vxlan(d, k, b, missing)) {
        return true;
    }
    return has_port(o->geneve, k) && tt_tunnel_wanted(d, TT_TUNNEL_GENEVE) &&
           geneve(d, k, b, missing);
}
