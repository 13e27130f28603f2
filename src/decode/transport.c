/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TCP (RFC 9293) and UDP (RFC 768) headers and their checksums. Sums are only made where they can
 * matter: segments with payload or SYN, FIN, RST, and datagrams; never of packets that the snap
 * length cut. What carries packets is handed on; other protocols are only counted.
 */
#include "base/work.h"
#include "decode/checksum.h"
#include "decode/tunnel.h"

#define TCP_HEADER   20u
#define UDP_HEADER   8u
#define SEGMENTS_MIN 1280u

enum { ICMP = 1, IPIP = 4, TCP = 6, UDP = 17, IPV6 = 41, GRE = 47, ICMPV6 = 58, SCTP = 132 };

/* An IPv4 address counts as ::ffff:a.b.c.d: 0xffff adds nothing in ones' complement. */
static inline bool sum_is_right(const struct tt_packet *k, uint8_t protocol, const uint8_t *p,
                                uint32_t n)
{
    uint64_t sum = __builtin_bswap32(n) + ((uint64_t)protocol << 8);
    sum = tt_sum_load(sum, k->src.b);
    sum = tt_sum_load(sum, k->src.b + 8);
    sum = tt_sum_load(sum, k->dst.b);
    sum = tt_sum_load(sum, k->dst.b + 8);
    TT_LOOKED(n);
    return tt_sum_fold(tt_sum_octets(sum, p, n)) == 0xffff;
}

static void check_sum(struct tt_decoder *d, struct tt_packet *k, uint8_t protocol, const uint8_t *p,
                      uint32_t n)
{
    k->flags |= TT_PACKET_SUMMED;
    if (!sum_is_right(k, protocol, p, n)) {
        k->flags |= TT_PACKET_BAD_SUM;
        tt_count(d, TT_COUNT_BAD_SUM);
    }
}

void tt_decode_tcp_options(struct tt_decoder *d, struct tt_packet *k, const uint8_t *p, uint32_t n)
{
    enum { END = 0, NOP = 1 };
    for (uint32_t at = 0; at < n && p[at] != END;) {
        if (p[at] == NOP) {
            at++;
        } else if (n - at < 2 || p[at + 1] < 2 || p[at + 1] > n - at) {
            tt_report(d, k, TT_EVENT_TCP_OPTION_LENGTH);
            return;
        } else {
            at += p[at + 1];
        }
    }
}

static inline void tcp(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b,
                       uint32_t missing)
{
    struct tt_bytes segment = b;
    const uint8_t *h = tt_take(&b, TCP_HEADER);
    tt_count(d, TT_COUNT_TCP);
    if (!h) {
        if (!missing) {
            tt_invalid(d, k, TT_EVENT_TCP_SMALL);
            tt_name_flow(k, b, TCP);
        }
        return;
    }
    uint32_t header = (h[12] >> 4) * 4u;
    if (header < TCP_HEADER) {
        tt_invalid(d, k, TT_EVENT_TCP_OPTLEN);
        tt_name_flow(k, segment, TCP);
        return;
    }
    const uint8_t *options = tt_take(&b, header - TCP_HEADER);
    if (!options) {
        if (!missing || header - TCP_HEADER > b.n + missing) {
            tt_invalid(d, k, TT_EVENT_TCP_HLEN);
            tt_name_flow(k, segment, TCP);
        }
        return;
    }
    k->flags |= TT_PACKET_TRANSPORT;
    k->sport = tt_be16(h);
    k->dport = tt_be16(h + 2);
    k->seq = tt_be32(h + 4);
    k->ack = tt_be32(h + 8);
    k->tcp_flags = h[13];
    k->window = tt_be16(h + 14);
    k->urgent = tt_be16(h + 18);
    k->payload = b.p;
    k->payload_length = b.n;
    k->payload_missing = missing;
    if (header > TCP_HEADER) {
        k->tcp_options = options;
        k->tcp_options_length = (uint8_t)(header - TCP_HEADER);
        tt_decode_tcp_options(d, k, options, header - TCP_HEADER);
    }
    if (d->checksums && !missing && (b.n || (h[13] & (TT_SYN | TT_FIN | TT_RST)))) {
        check_sum(d, k, TCP, segment.p, segment.n);
    }
}

static void udp(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b, uint32_t missing)
{
    struct tt_bytes datagram = b;
    const uint8_t *h = tt_take(&b, UDP_HEADER);
    tt_count(d, TT_COUNT_UDP);
    if (!h) {
        if (!missing) {
            tt_invalid(d, k, TT_EVENT_UDP_HLEN);
            tt_name_flow(k, b, UDP);
        }
        return;
    }
    uint32_t wire = datagram.n + missing, length = tt_be16(h + 4);
    if (length == 0 && wire > SEGMENTS_MIN) {
        length = wire; /* RFC 2675, and segments that the NIC was to cut */
    }
    if (length > wire) {
        tt_invalid(d, k, TT_EVENT_UDP_SMALL);
        tt_name_flow(k, datagram, UDP);
        return;
    }
    if (length < UDP_HEADER) {
        tt_invalid(d, k, TT_EVENT_UDP_LEN);
        tt_name_flow(k, datagram, UDP);
        return;
    }
    uint32_t payload = length - UDP_HEADER;
    k->flags |= TT_PACKET_TRANSPORT;
    k->sport = tt_be16(h);
    k->dport = tt_be16(h + 2);
    k->payload = b.p;
    k->payload_length = payload < b.n ? payload : b.n;
    k->payload_missing = payload - k->payload_length;
    /* 0 = the sender made none; not allowed over IPv6, but around tunnels (RFC 6935) */
    bool summed = k->ip_version == 6 || (h[6] | h[7]) != 0;
    if (__builtin_expect(tt_opens_datagrams(d, k->sport, k->dport), 0) &&
        tt_decode_udp_tunnel(d, k)) {
        summed = (h[6] | h[7]) != 0 && d->stack.sums++ == 0; /* of nested ones the outermost */
    }
    if (d->checksums && summed && k->payload_missing == 0) {
        check_sum(d, k, UDP, datagram.p, length);
    }
}

void tt_decode_transport(struct tt_decoder *d, struct tt_packet *k, uint8_t protocol,
                         struct tt_bytes b, uint32_t missing)
{
    if (__builtin_expect(protocol == TCP, 1)) {
        tcp(d, k, b, missing);
        return;
    }
    switch (protocol) {
    case UDP:
        udp(d, k, b, missing);
        break;
    case ICMP:
        tt_count(d, TT_COUNT_ICMPV4);
        break;
    case ICMPV6:
        tt_count(d, TT_COUNT_ICMPV6);
        break;
    case SCTP:
        tt_count(d, TT_COUNT_SCTP);
        break;
    case IPIP:
    case IPV6:
        tt_decode_ip_in_ip(d, k, protocol, b, missing);
        break;
    case GRE:
        tt_decode_gre(d, k, b, missing);
        break;
    default:
        break;
    }
}
