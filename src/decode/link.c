/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From the link header to IP: Ethernet II and 802.3 with LLC/SNAP, VLAN tags, Linux cooked v1 and
 * v2, loopback, raw IP. (IEEE 802.1Q, RFC 1042, tcpdump.org's link type pages.)
 */
#include "decode/tunnel.h"

enum {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_PPP = 9,
    LINK_RAW_12 = 12, /* what DLT_RAW is on some systems */
    LINK_RAW_14 = 14,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_SLL = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_SLL2 = 276,
};

enum { TYPE_SLL_802_2 = 0x0004 };

const char *tt_link_type_name(uint32_t link_type)
{
    switch (link_type) {
    case LINK_NULL:
        return "loopback (NULL)";
    case LINK_ETHERNET:
        return "Ethernet";
    case LINK_PPP:
        return "PPP";
    case LINK_RAW_12:
    case LINK_RAW_14:
    case LINK_RAW:
        return "raw IP";
    case LINK_LOOP:
        return "loopback (LOOP)";
    case LINK_SLL:
        return "Linux cooked v1";
    case LINK_IPV4:
        return "raw IPv4";
    case LINK_IPV6:
        return "raw IPv6";
    case LINK_SLL2:
        return "Linux cooked v2";
    default:
        return NULL;
    }
}

/* Takes tags off; the type behind them, or 0 when the packet ended. */
static uint16_t vlan_tags(struct tt_decoder *d, struct tt_packet *k, uint16_t type,
                          struct tt_bytes *b)
{
    for (unsigned n = 0; tt_is_vlan_type(type); n++) {
        const uint8_t *tag = tt_take(b, 4);
        if (!tag) {
            tt_short(d, k, TT_EVENT_VLAN_SMALL);
            return 0;
        }
        if (n == TT_VLANS) {
            tt_invalid(d, k, TT_EVENT_VLAN_LAYERS);
            return 0;
        }
        tt_count(d, n == 0 ? TT_COUNT_VLAN : n == 1 ? TT_COUNT_QINQ : TT_COUNT_QINQINQ);
        if (k->n_vlans < TT_VLANS) { /* those of outer frames come first */
            k->vlans[k->n_vlans++] = tt_be16(tag) & 0x0fff;
        }
        type = tt_be16(tag + 2);
    }
    return type;
}

/* LLC with SNAP and organisation 0 carries an Ethernet type (RFC 1042); 0 = another protocol. */
static uint16_t snap_type(struct tt_bytes *b)
{
    const uint8_t *h = tt_take(b, 8);
    bool snap =
        h && h[0] == 0xaa && h[1] == 0xaa && h[2] == 3 && h[3] == 0 && h[4] == 0 && h[5] == 0;
    return snap ? tt_be16(h + 6) : 0;
}

/* What carries something else. False: it is not to be opened. */
static bool carrier(struct tt_decoder *d, struct tt_packet *k, uint16_t type, struct tt_bytes b)
{
    bool mpls = type == TT_TYPE_MPLS || type == TT_TYPE_MPLS_UPSTREAM;
    bool pppoe = type == TT_TYPE_PPPOE || type == TT_TYPE_PPPOE_DISCOVERY;
    if ((!mpls && !pppoe) || !tt_tunnel_wanted(d, mpls ? TT_TUNNEL_MPLS : TT_TUNNEL_PPPOE)) {
        return false;
    }
    if (mpls) {
        tt_decode_mpls(d, k, b);
    } else if (type == TT_TYPE_PPPOE) {
        tt_decode_pppoe(d, k, b);
    } else {
        tt_decode_pppoe_discovery(d, k, b);
    }
    return true;
}

void tt_decode_type(struct tt_decoder *d, struct tt_packet *k, uint16_t type, struct tt_bytes b)
{
    if (__builtin_expect(tt_is_vlan_type(type), 0)) {
        type = vlan_tags(d, k, type, &b);
        if (type == 0) {
            return;
        }
    }
    if (type <= TT_TYPE_802_3_MAX) {
        b.n = type < b.n ? type : b.n;
        type = snap_type(&b);
    }
    switch (type) {
    case TT_TYPE_IPV4:
        tt_decode_ipv4(d, k, b);
        break;
    case TT_TYPE_IPV6:
        tt_decode_ipv6(d, k, b);
        break;
    case TT_TYPE_ARP:
        tt_count(d, TT_COUNT_ARP);
        break;
    default:
        if (!carrier(d, k, type, b)) {
            tt_count(d, TT_COUNT_UNKNOWN_ETHERTYPE);
        }
        break;
    }
}

static void cooked(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b, uint32_t header,
                   uint32_t at)
{
    bool v2 = header == 20;
    tt_count(d, v2 ? TT_COUNT_SLL2 : TT_COUNT_SLL);
    const uint8_t *h = tt_take(&b, header);
    if (!h) {
        tt_short(d, k, v2 ? TT_EVENT_SLL2_SMALL : TT_EVENT_SLL_SMALL);
        return;
    }
    uint16_t type = tt_be16(h + at);
    if (type == TYPE_SLL_802_2) {
        type = snap_type(&b);
    } else if (type <= TT_TYPE_802_3_MAX) {
        type = 0; /* CAN, frame relay, … : numbers of their own */
    }
    if (type == 0) {
        tt_count(d, TT_COUNT_UNKNOWN_ETHERTYPE);
    } else {
        tt_decode_type(d, k, type, b);
    }
}

/* The family is in the byte order of the host that captured; AF_INET6 differs among systems. */
static void loopback(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b)
{
    tt_count(d, TT_COUNT_NULL);
    const uint8_t *h = tt_take(&b, 4);
    if (!h) {
        tt_short(d, k, TT_EVENT_NULL_SMALL);
        return;
    }
    uint32_t family = tt_be32(h);
    if (family > 0xffffff) {
        family = __builtin_bswap32(family);
    }
    switch (family) {
    case 2: /* AF_INET everywhere */
        tt_decode_ipv4(d, k, b);
        break;
    case 10: /* AF_INET6: Linux, NetBSD and OpenBSD, FreeBSD, Darwin */
    case 24:
    case 28:
    case 30:
        tt_decode_ipv6(d, k, b);
        break;
    default:
        tt_invalid(d, k, TT_EVENT_NULL_TYPE);
        break;
    }
}

static void raw(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b)
{
    tt_count(d, TT_COUNT_RAW);
    unsigned version = b.n ? b.p[0] >> 4 : 0;
    if (version == 4) {
        tt_decode_ipv4(d, k, b);
    } else if (version == 6) {
        tt_decode_ipv6(d, k, b);
    } else {
        tt_short(d, k, TT_EVENT_RAW_VERSION);
    }
}

static void other(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b)
{
    switch (k->link_type) {
    case LINK_NULL:
    case LINK_LOOP:
        loopback(d, k, b);
        break;
    case LINK_SLL:
        cooked(d, k, b, 16, 14);
        break;
    case LINK_SLL2:
        cooked(d, k, b, 20, 0);
        break;
    case LINK_PPP:
        tt_decode_ppp(d, k, b);
        break;
    case LINK_RAW_12:
    case LINK_RAW_14:
    case LINK_RAW:
        raw(d, k, b);
        break;
    case LINK_IPV4:
        tt_count(d, TT_COUNT_RAW);
        tt_decode_ipv4(d, k, b);
        break;
    case LINK_IPV6:
        tt_count(d, TT_COUNT_RAW);
        tt_decode_ipv6(d, k, b);
        break;
    default:
        tt_count(d, TT_COUNT_UNREADABLE);
        break;
    }
}

void tt_decode_ethernet(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b)
{
    tt_count(d, TT_COUNT_ETHERNET);
    const uint8_t *h = tt_take(&b, 14);
    if (!h) {
        tt_short(d, k, TT_EVENT_ETHERNET_SMALL);
        return;
    }
    uint16_t type = tt_be16(h + 12);
    if (__builtin_expect(type == TT_TYPE_IPV4, 1)) {
        tt_decode_ipv4(d, k, b);
    } else {
        d->macs = h;
        tt_decode_type(d, k, type, b);
    }
}

void tt_decode_link(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b)
{
    d->macs = NULL;
    if (__builtin_expect(k->link_type != LINK_ETHERNET, 0)) {
        other(d, k, b);
    } else {
        tt_decode_ethernet(d, k, b);
    }
}
