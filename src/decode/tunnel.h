/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What carries other packets: the stack of tunnels around the packet at hand, and how a layer hands
 * on what is inside. A layer never decodes what it carries: it says where that is, and the loop in
 * tunnel.c goes on (nesting costs no stack). Private to decode.
 */
#ifndef DECODE_TUNNEL_H
#define DECODE_TUNNEL_H

#include "decode/layers.h"

/* What stands inside of a tunnel's header. False of all that follows: nothing was opened, the
 * packet is what carries. */

/* Pushes the tunnel and leaves `inner` for the loop. `apart`: a number that both directions have
 * and that other tunnels between the same ends have not; 0 = none. False: this kind is not to be
 * opened, or there are too many within one another (reported). */
bool tt_tunnel_enter(struct tt_decoder *d, struct tt_packet *k, struct tt_tunnel *t, uint64_t apart,
                     const struct tt_inner *inner);
/* Is this kind to be opened? */
bool tt_tunnel_wanted(const struct tt_decoder *d, enum tt_tunnel_kind kind);

/* While d->inner says that there is something: opens it. Sets k->tunnels. */
TT_RARE void tt_tunnels_open(struct tt_decoder *d, struct tt_packet *k);

/* Could this be IP, so that its lengths fit `missing` octets more than are there? Version or 0. */
unsigned tt_looks_ip(struct tt_bytes b, uint32_t missing);
/* An Ethernet frame? TT_LOOKS_IP: with IP inside that could be. */
enum tt_looks { TT_LOOKS_NOT, TT_LOOKS_KNOWN, TT_LOOKS_IP };
enum tt_looks tt_looks_ethernet(struct tt_bytes b, uint32_t missing);

/* label.c: behind the Ethernet type. */
TT_RARE void tt_decode_mpls(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b);
TT_RARE void tt_decode_pppoe(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b);
TT_RARE void tt_decode_pppoe_discovery(struct tt_decoder *d, struct tt_packet *k,
                                       struct tt_bytes b);
TT_RARE void tt_decode_ppp(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b);

/* gre.c: payload of IP with protocol 47. */
TT_RARE void tt_decode_gre(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b,
                           uint32_t missing);
/* tunnel.c: protocols 4 and 41. */
TT_RARE void tt_decode_ip_in_ip(struct tt_decoder *d, struct tt_packet *k, uint8_t protocol,
                                struct tt_bytes b, uint32_t missing);

/* udp_tunnel.c: a datagram to one of the ports; k has what UDP says. */
TT_RARE bool tt_decode_udp_tunnel(struct tt_decoder *d, struct tt_packet *k);

/* link.c: Ethernet from its header on, and what follows an Ethernet type. */
void tt_decode_ethernet(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b);
void tt_decode_type(struct tt_decoder *d, struct tt_packet *k, uint16_t type, struct tt_bytes b);

enum tt_ether_type {
    TT_TYPE_IPV4 = 0x0800,
    TT_TYPE_ARP = 0x0806,
    TT_TYPE_BRIDGED = 0x6558,
    TT_TYPE_VLAN = 0x8100,
    TT_TYPE_IPV6 = 0x86dd,
    TT_TYPE_PPP = 0x880b,
    TT_TYPE_MPLS = 0x8847,
    TT_TYPE_MPLS_UPSTREAM = 0x8848,
    TT_TYPE_PPPOE_DISCOVERY = 0x8863,
    TT_TYPE_PPPOE = 0x8864,
    TT_TYPE_8021AD = 0x88a8,
    TT_TYPE_QINQ_OLD = 0x9100,
    TT_TYPE_802_3_MAX = 0x05dc, /* up to here it is a length */
};

static inline bool tt_is_vlan_type(uint16_t type)
{
    return type == TT_TYPE_VLAN || type == TT_TYPE_8021AD || type == TT_TYPE_QINQ_OLD;
}

#endif
