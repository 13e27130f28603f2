/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What decode counts and reports, each declared once. Names are Suricata's; counters of its own
 * begin with "telltale.". Private to decode.
 */
#ifndef DECODE_EVENTS_H
#define DECODE_EVENTS_H

#include <stdint.h>

#include "base/counter.h"
#include "telltale/field.h"
#include "telltale/packet.h"

/* id, name below "decoder.", sentence */
#define TT_DECODE_EVENTS(X)                                                                        \
    X(ETHERNET_SMALL, "ethernet.pkt_too_small", "A frame is shorter than an Ethernet header")      \
    X(SLL_SMALL, "sll.pkt_too_small", "A frame is shorter than a Linux cooked v1 header")          \
    X(SLL2_SMALL, "sll2.pkt_too_small", "A frame is shorter than a Linux cooked v2 header")        \
    X(NULL_SMALL, "ltnull.pkt_too_small", "A frame is shorter than a loopback header")             \
    X(NULL_TYPE, "ltnull.unsupported_type", "A loopback header names another family than IP")      \
    X(RAW_VERSION, "ipraw.invalid_ip_version", "A raw packet is neither IPv4 nor IPv6")            \
    X(PPP_SMALL, "ppp.pkt_too_small", "A frame is shorter than a PPP header")                      \
    X(PPP_PROTOCOL, "ppp.unsup_proto", "A PPP frame carries neither IPv4 nor IPv6")                \
    X(VLAN_SMALL, "vlan.header_too_small", "A frame ends inside a VLAN tag")                       \
    X(VLAN_LAYERS, "vlan.too_many_layers", "A frame has more than three VLAN tags")                \
    X(IPV4_SMALL, "ipv4.pkt_too_small", "A packet is shorter than an IPv4 header")                 \
    X(IPV4_VERSION, "ipv4.wrong_ip_version", "An IPv4 packet says another version")                \
    X(IPV4_HLEN, "ipv4.hlen_too_small", "An IPv4 header length is below 20")                       \
    X(IPV4_TOTAL, "ipv4.iplen_smaller_than_hlen", "An IPv4 total length is below the header's")    \
    X(IPV4_CUT, "ipv4.trunc_pkt", "An IPv4 packet announces more octets than the frame has")       \
    X(IPV4_OPTION, "ipv4.opt_invalid", "An IPv4 option is impossible or asks for a source route")  \
    X(IPV4_OPTION_LENGTH, "ipv4.opt_invalid_len", "An IPv4 option has an impossible length")       \
    X(IPV4_FRAG_LARGE, "ipv4.frag_pkt_too_large", "IPv4 fragments make more than 65535 octets")    \
    X(IPV4_FRAG_OVERLAP, "ipv4.frag_overlap", "IPv4 fragments overlap with other content")         \
    X(IPV4_FRAG_IGNORED, "ipv4.frag_ignored", "An IPv4 fragment could not be used")                \
    X(IPV6_SMALL, "ipv6.pkt_too_small", "A packet is shorter than an IPv6 header")                 \
    X(IPV6_VERSION, "ipv6.wrong_ip_version", "An IPv6 packet says another version")                \
    X(IPV6_CUT, "ipv6.trunc_pkt", "An IPv6 packet announces more octets than the frame has")       \
    X(IPV6_EXTENSION_CUT, "ipv6.trunc_exthdr", "A packet ends inside an IPv6 extension header")    \
    X(IPV6_ROUTE, "ipv6.rh_type_0", "An IPv6 routing header that its receiver drops")              \
    X(IPV6_FRAG_TWICE, "ipv6.exthdr_dupl_fh", "An IPv6 packet has two fragment headers")           \
    X(IPV6_HBH_TWICE, "ipv6.exthdr_dupl_hh", "An IPv6 packet has two hop-by-hop headers")          \
    X(IPV6_ROUTE_TWICE, "ipv6.exthdr_dupl_rh", "An IPv6 packet has two routing headers")           \
    X(IPV6_AH_TWICE, "ipv6.exthdr_dupl_ah", "An IPv6 packet has two authentication headers")       \
    X(IPV6_DST_TWICE, "ipv6.exthdr_dupl_dh", "An IPv6 packet has over two destination headers")    \
    X(IPV6_OPTION_LENGTH, "ipv6.exthdr_invalid_optlen", "An IPv6 option has an impossible length") \
    X(IPV6_FRAG_USELESS, "ipv6.exthdr_useless_fh", "An IPv6 packet is its only fragment")          \
    X(IPV6_FRAG_LENGTH, "ipv6.frag_invalid_length", "A fragment's length is no multiple of 8")     \
    X(IPV6_FRAG_LARGE, "ipv6.frag_pkt_too_large", "IPv6 fragments make more than 65535 octets")    \
    X(IPV6_FRAG_OVERLAP, "ipv6.frag_overlap", "IPv6 fragments overlap")                            \
    X(IPV6_FRAG_IGNORED, "ipv6.frag_ignored", "An IPv6 fragment could not be used")                \
    X(TCP_SMALL, "tcp.pkt_too_small", "A TCP segment is shorter than a TCP header")                \
    X(TCP_HLEN, "tcp.hlen_too_small", "A TCP segment is shorter than its header says")             \
    X(TCP_OPTLEN, "tcp.invalid_optlen", "A TCP header length is below 20")                         \
    X(TCP_OPTION_LENGTH, "tcp.opt_invalid_len", "A TCP option has an impossible length")           \
    X(UDP_HLEN, "udp.hlen_too_small", "A datagram is shorter than a UDP header")                   \
    X(UDP_SMALL, "udp.pkt_too_small", "A UDP datagram announces more octets than there are")       \
    X(UDP_LEN, "udp.len_invalid", "A UDP length is below 8")

/* … and those that Suricata has no name for. */
#define TT_DECODE_OWN_EVENTS(X)                                                                    \
    X(IPV4_FRAG_FAR, "ipv4.frag_far", "An IPv4 datagram forgotten: too many other fragments")      \
    X(IPV4_FRAG_TINY, "ipv4.frag_tiny", "An IPv4 fragment before the last has under 64 octets")    \
    X(IPV6_OPTION, "ipv6.unknown_option", "An IPv6 option that its receiver must not skip")        \
    X(IPV6_CONFIGURED, "ipv6.exthdr_configured", "An IPv6 header that few receivers go beyond")    \
    X(IPV6_ORDER, "ipv6.exthdr_order", "An IPv6 header that no receiver reads in that place")      \
    X(IPV6_FRAG_TINY, "ipv6.frag_tiny", "An IPv6 fragment before the last has under 64 octets")    \
    X(UDP_SUM, "udp.invalid_checksum", "A datagram was refused for its checksum")

/* Tunnels, in two lists: Suricata's names and others. A flow's record remembers the first 64 of all
 * rows: what the flow can live with comes first. */
#define TT_TUNNEL_EVENTS(X)                                                                        \
    X(GRE_RECUR, "gre.version0_recur", "A GRE header asks for recursion control")                  \
    X(GRE_FLAGS, "gre.version0_flags", "A GRE header has reserved flags")                          \
    X(ERSPAN_VLANS, "erspan.too_many_vlan_layers", "ERSPAN adds a fourth VLAN tag")                \
    X(MPLS_SMALL, "mpls.header_too_small", "A frame ends inside its MPLS labels")                  \
    X(MPLS_EMPTY, "mpls.pkt_too_small", "There is nothing behind the MPLS labels")                 \
    X(MPLS_ALERT, "mpls.bad_label_router_alert", "An MPLS stack ends with label 1")                \
    X(MPLS_NULL, "mpls.bad_label_implicit_null", "An MPLS stack ends with label 3")                \
    X(MPLS_RESERVED, "mpls.bad_label_reserved", "An MPLS stack ends with a reserved label")        \
    X(MPLS_PAYLOAD, "mpls.unknown_payload_type", "MPLS carries neither IP nor Ethernet")           \
    X(PPPOE_SMALL, "pppoe.pkt_too_small", "PPPoE announces more octets than the frame has")        \
    X(PPPOE_CODE, "pppoe.wrong_code", "A PPPoE session packet has a code that it may not have")    \
    X(PPPOE_TAGS, "pppoe.malformed_tags", "The tags of PPPoE discovery do not fit")                \
    X(GRE_SMALL, "gre.pkt_too_small", "A packet is shorter than a GRE header")                     \
    X(GRE_VERSION, "gre.wrong_version", "A GRE header is neither version 0 nor 1")                 \
    X(GRE_HEADER, "gre.version0_hdr_too_big", "A packet ends inside its GRE header")               \
    X(GRE1_SUM, "gre.version1_chksum", "A PPTP header has a checksum")                             \
    X(GRE1_ROUTE, "gre.version1_route", "A PPTP header has a route")                               \
    X(GRE1_STRICT, "gre.version1_ssr", "A PPTP header has a strict source route")                  \
    X(GRE1_RECUR, "gre.version1_recur", "A PPTP header asks for recursion control")                \
    X(GRE1_FLAGS, "gre.version1_flags", "A PPTP header has reserved flags")                        \
    X(GRE1_KEY, "gre.version1_no_key", "A PPTP header has no call")                                \
    X(GRE1_TYPE, "gre.version1_wrong_protocol", "A PPTP header carries something else than PPP")   \
    X(GRE1_HEADER, "gre.version1_hdr_too_big", "A packet ends inside its PPTP header")             \
    X(ERSPAN_SMALL, "erspan.header_too_small", "A packet ends inside its ERSPAN header")           \
    X(ERSPAN_VERSION, "erspan.unsupported_version", "An ERSPAN header of a version not known")     \
    X(VXLAN_PAYLOAD, "vxlan.unknown_payload_type", "VXLAN carries neither IP nor ARP")             \
    X(GENEVE_PAYLOAD, "geneve.unknown_payload_type", "GENEVE carries neither IP nor Ethernet")     \
    X(IPV6_4_SMALL, "ipv6.ipv4_in_ipv6_too_small", "IPv4 in IPv6 is shorter than its header")      \
    X(IPV6_4_VERSION, "ipv6.ipv4_in_ipv6_wrong_version", "IPv4 in IPv6 says another version")      \
    X(IPV6_6_SMALL, "ipv6.ipv6_in_ipv6_too_small", "IPv6 in IPv6 is shorter than its header")      \
    X(IPV6_6_VERSION, "ipv6.ipv6_in_ipv6_wrong_version", "IPv6 in IPv6 says another version")

#define TT_TUNNEL_OWN_EVENTS(X)                                                                    \
    X(LAYERS, "too_many_layers", "More tunnels within one another than are opened")                \
    X(VXLAN_RESERVED, "vxlan.reserved_bits", "A VXLAN header has bits set that must not be")       \
    X(GRE_ROUTE, "gre.version0_route", "A GRE header has a route, which few receivers read")       \
    X(GRE_SUM, "gre.bad_checksum", "A GRE checksum is wrong: the receiver drops the packet")       \
    X(GTP_IN_GTP, "gtp_u.gtp_in_gtp", "A user's packet goes to a port of GTP itself")              \
    X(GTP_U_PAYLOAD, "gtp_u.inner_invalid", "What GTP-U carries cannot be the IP that it says")

/* id, name, sentence, unit, is_loss */
#define TT_DECODE_COUNTS(X)                                                                        \
    X(PACKETS, "decoder.pkts", "Packets read", "packets", 0)                                       \
    X(OCTETS, "decoder.bytes", "Octets captured", "octets", 0)                                     \
    X(INVALID, "decoder.invalid", "Packets with a header that cannot be", "packets", 0)            \
    X(IPV4, "decoder.ipv4", "IPv4 packets", "packets", 0)                                          \
    X(IPV6, "decoder.ipv6", "IPv6 packets", "packets", 0)                                          \
    X(ETHERNET, "decoder.ethernet", "Ethernet frames", "packets", 0)                               \
    X(ARP, "decoder.arp", "ARP frames", "packets", 0)                                              \
    X(UNKNOWN_ETHERTYPE, "decoder.unknown_ethertype", "Frames of another type", "packets", 0)      \
    X(RAW, "decoder.raw", "Packets without a link header", "packets", 0)                           \
    X(NULL, "decoder.null", "Loopback frames", "packets", 0)                                       \
    X(SLL, "decoder.sll", "Linux cooked v1 frames", "packets", 0)                                  \
    X(SLL2, "decoder.sll2", "Linux cooked v2 frames", "packets", 0)                                \
    X(PPP, "decoder.ppp", "PPP frames", "packets", 0)                                              \
    X(MPLS, "decoder.mpls", "MPLS frames", "packets", 0)                                           \
    X(PPPOE, "decoder.pppoe", "PPPoE frames", "packets", 0)                                        \
    X(GRE, "decoder.gre", "GRE packets", "packets", 0)                                             \
    X(ERSPAN, "decoder.erspan", "ERSPAN packets", "packets", 0)                                    \
    X(VXLAN, "decoder.vxlan", "VXLAN packets", "packets", 0)                                       \
    X(GENEVE, "decoder.geneve", "GENEVE packets", "packets", 0)                                    \
    X(GTP_U, "telltale.decode.gtp_u", "GTP-U packets that were opened", "packets", 0)              \
    X(IPV4_IN_IPV4, "decoder.ipv4_in_ipv4", "IPv4 in IPv4", "packets", 0)                          \
    X(IPV6_IN_IPV4, "decoder.ipv6_in_ipv4", "IPv6 in IPv4", "packets", 0)                          \
    X(IPV4_IN_IPV6, "decoder.ipv4_in_ipv6", "IPv4 in IPv6", "packets", 0)                          \
    X(IPV6_IN_IPV6, "decoder.ipv6_in_ipv6", "IPv6 in IPv6", "packets", 0)                          \
    X(TUNNELLED, "telltale.decode.tunnelled", "Packets that came out of a tunnel", "packets", 0)   \
    X(TCP, "decoder.tcp", "TCP segments", "packets", 0)                                            \
    X(UDP, "decoder.udp", "UDP datagrams", "packets", 0)                                           \
    X(SCTP, "decoder.sctp", "SCTP packets", "packets", 0)                                          \
    X(ICMPV4, "decoder.icmpv4", "ICMP messages", "packets", 0)                                     \
    X(ICMPV6, "decoder.icmpv6", "ICMPv6 messages", "packets", 0)                                   \
    X(VLAN, "decoder.vlan", "Frames with a VLAN tag", "packets", 0)                                \
    X(QINQ, "decoder.vlan_qinq", "Frames with two VLAN tags", "packets", 0)                        \
    X(QINQINQ, "decoder.vlan_qinqinq", "Frames with three VLAN tags", "packets", 0)                \
    X(LAYERS, "decoder.too_many_layers", "Packets with too many headers", "packets", 0)            \
    X(FRAGMENTS_4, "defrag.ipv4.fragments", "IPv4 fragments", "packets", 0)                        \
    X(REASSEMBLED_4, "defrag.ipv4.reassembled", "IPv4 datagrams made whole", "datagrams", 0)       \
    X(TIMEOUTS_4, "defrag.ipv4.timeouts", "IPv4 datagrams never made whole", "datagrams", 0)       \
    X(FRAGMENTS_6, "defrag.ipv6.fragments", "IPv6 fragments", "packets", 0)                        \
    X(REASSEMBLED_6, "defrag.ipv6.reassembled", "IPv6 datagrams made whole", "datagrams", 0)       \
    X(TIMEOUTS_6, "defrag.ipv6.timeouts", "IPv6 datagrams never made whole", "datagrams", 0)       \
    X(MAX_FRAGMENTS, "defrag.max_frags_reached", "Datagrams given up: octets cap", "datagrams", 1) \
    X(MAX_DATAGRAMS, "defrag.max_trackers_reached", "Datagrams given up: cap", "datagrams", 1)     \
    X(DISCARDED, "telltale.decode.fragments_discarded", "Datagrams that contradict themselves",    \
      "datagrams", 0)                                                                              \
    X(BAD_IP_SUM, "telltale.decode.bad_ip_checksum", "IPv4 headers with a wrong checksum",         \
      "packets", 0)                                                                                \
    X(BAD_SUM, "telltale.decode.bad_checksum", "TCP or UDP with a wrong checksum", "packets", 0)   \
    X(NOT_TOLD, "telltale.decode.events_suppressed", "Oddities beyond 256 of a kind in a second",  \
      "events", 0)                                                                                 \
    X(UNREADABLE, "telltale.decode.unsupported_link", "Packets of a link type not supported",      \
      "packets", 1)                                                                                \
    X(IP_ONLY, TT_PACKET_FATE "ip_only", "Packets of neither TCP nor UDP: rules for IP saw them",  \
      "packets", 0)                                                                                \
    X(NOT_IP, TT_PACKET_FATE "not_ip", "Frames that hold no IP", "packets", 0)                     \
    X(JOINED, TT_PACKET_FATE "fragments_joined", "Fragments that are in a datagram made whole",    \
      "packets", 0)                                                                                \
    X(SHED_INVALID, TT_PACKET_SHED "invalid", "Packets with a header that cannot be", "packets",   \
      0)                                                                                           \
    X(SHED_CUT, TT_PACKET_SHED "cut", "Packets whose headers the capture cut off", "packets", 0)   \
    X(SHED_LINK, TT_PACKET_SHED "unsupported_link", "Packets of a link type not supported",        \
      "packets", 0)                                                                                \
    X(SHED_LATE, TT_PACKET_SHED "fragments_timeout", "Fragments of datagrams never made whole",    \
      "packets", 0)                                                                                \
    X(SHED_CAP, TT_PACKET_SHED "fragments_cap", "Fragments that made room for newer ones",         \
      "packets", 0)                                                                                \
    X(SHED_FRAGMENT, TT_PACKET_SHED "fragments_refused",                                           \
      "Fragments that a receiver has or cannot use, and those of datagrams they contradict",       \
      "packets", 0)                                                                                \
    X(SHED_WAITING, TT_PACKET_SHED "fragments_waiting", "Fragments whose others did not come yet", \
      "packets", 0)

enum tt_decode_event {
#define X(id, name, doc) TT_EVENT_##id,
    TT_DECODE_EVENTS(X) TT_DECODE_OWN_EVENTS(X) TT_TUNNEL_OWN_EVENTS(X) TT_TUNNEL_EVENTS(X)
#undef X
        TT_EVENTS
};
_Static_assert(TT_EVENTS <= 255, "a packet's events are octets");

enum tt_decode_count {
#define X(id, name, doc, unit, loss) TT_COUNT_##id,
    TT_DECODE_COUNTS(X)
#undef X
        TT_COUNTS
};

/* Counters first, then one for each event ("decoder.event.<name>", own ones
 * "telltale.decode.event.<name>"). */
#define TT_DECODE_VALUES (TT_COUNTS + TT_EVENTS)

extern const struct tt_counter tt_decode_counter_rows[TT_DECODE_VALUES];

#endif
