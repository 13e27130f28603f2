/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The short way of nearly every packet: Ethernet, IPv4 without options and fragments, TCP or UDP,
 * all of it there, the IPv4 sum right. Part of decode.c alone. It sets what the long way sets;
 * anything else, and what may hold packets itself, is left to the long way untouched.
 */
#ifndef DECODE_PLAIN_H
#define DECODE_PLAIN_H

#include "base/work.h"
#include "decode/checksum.h"
#include "decode/layers.h"

enum { PLAIN_ETHERNET = 14, PLAIN_IP = 20, PLAIN_TCP = 20, PLAIN_LINK = 1, PLAIN_PROTOCOL = 6 };
enum { PLAIN_UDP = 8, PLAIN_DATAGRAM = 17 };
#define PLAIN_LEAST (PLAIN_ETHERNET + PLAIN_IP + PLAIN_TCP)

/* From the type in the Ethernet header to the first octet of IPv4: a header of 20 octets. */
#define PLAIN_TYPE      UINT32_C(0x00450008)
#define PLAIN_TYPE_MASK UINT32_C(0x00ffffff)
/* From the total length to the protocol: TCP, neither more fragments nor an offset. */
#define PLAIN_WORD      ((uint64_t)PLAIN_PROTOCOL << 56)
#define PLAIN_WORD_MASK UINT64_C(0xff00ff3f00000000)

static inline uint64_t tt_plain64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint32_t tt_plain32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* ::ffff:0.0.0.0 and then the four octets at p. */
static inline void tt_plain_address(struct tt_address *a, const uint8_t *p)
{
    static const struct tt_address prefix = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}};
    *a = prefix;
    memcpy(a->b + 12, p, 4);
}

/* The TCP sum of the header at t and n octets of payload; the addresses stand right before. The
 * payload's own sum is kept: it tells a payload from another one. */
static inline void tt_plain_check_sum(struct tt_decoder *d, struct tt_packet *k, const uint8_t *t,
                                      uint32_t header, uint32_t n)
{
    uint64_t sum = __builtin_bswap32(header + n) + ((uint64_t)PLAIN_PROTOCOL << 8);
    sum = tt_sum_add(sum + tt_plain32(t + 16), tt_plain64(t - 8));
    sum = tt_sum_load(tt_sum_load(sum, t), t + 8);
    if (header == PLAIN_TCP + 12) {
        sum = tt_sum_load(sum + tt_plain32(t + 20), t + 24);
    } else if (header > PLAIN_TCP) {
        sum = tt_sum_octets(sum, t + PLAIN_TCP, header - PLAIN_TCP);
    }
    uint32_t payload = n ? tt_sum_behind(t + header, n) : 0;
    k->payload_sum = (uint16_t)payload;
    k->flags |= TT_PACKET_SUMMED | TT_PACKET_PAYLOAD_SUM;
    if (__builtin_expect(tt_sum_fold(tt_sum_add(sum, payload)) != 0xffff, 0)) {
        k->flags |= TT_PACKET_BAD_SUM;
        tt_count(d, TT_COUNT_BAD_SUM);
    }
}

static inline bool tt_plain_ip_sum_is_right(const uint8_t *ip)
{
    uint64_t sum = tt_sum_load(tt_sum_load(tt_plain32(ip + 16), ip), ip + 8);
    return tt_sum_fold(sum) == 0xffff;
}

static inline void tt_plain_options(struct tt_decoder *d, struct tt_packet *k, const uint8_t *p,
                                    uint32_t n)
{
    const uint32_t timestamps_behind_two_nops = __builtin_bswap32(0x0101080a);
    if (n != 12 || tt_plain32(p) != timestamps_behind_two_nops) {
        tt_decode_tcp_options(d, k, p, n);
    }
}

static inline void tt_plain_ip(struct tt_packet *k, const uint8_t *ip, uint8_t protocol)
{
    k->ttl = ip[8];
    k->ip_version = 4;
    k->carried = protocol;
    k->n_tunnels = 0;
    k->payload_missing = 0;
    k->flags = TT_PACKET_IP | TT_PACKET_TRANSPORT;
    tt_plain_address(&k->src, ip + 12);
    tt_plain_address(&k->dst, ip + 16);
    k->n_vlans = 0;
    k->n_events = 0;
    k->hash = 0;
}

/* A datagram that fills its packet. Frames are of 42 octets at least, so that the last 32 of the
 * datagram may be read. */
static inline bool tt_decode_plain_udp(struct tt_decoder *d, struct tt_packet *k, const uint8_t *ip,
                                       uint32_t total)
{
    const uint8_t *t = ip + PLAIN_IP;
    uint32_t length = total - PLAIN_IP;
    if (total > k->captured - PLAIN_ETHERNET || total < PLAIN_IP + PLAIN_UDP ||
        tt_be16(t + 4) != length || tt_opens_datagrams(d, tt_be16(t), tt_be16(t + 2))) {
        return false;
    }
    if (d->checksums && !tt_plain_ip_sum_is_right(ip)) {
        return false;
    }
    tt_plain_ip(k, ip, PLAIN_DATAGRAM);
    k->tcp_flags = 0;
    k->payload = t + PLAIN_UDP;
    k->payload_length = length - PLAIN_UDP;
    k->ports = tt_be32(t);
    k->numbers = 0;
    k->window = k->urgent = 0;
    k->tcp_options = NULL;
    k->tcp_options_length = 0;
    k->payload_sum = 0;
    d->values[TT_COUNT_UDP]++;
    d->values[TT_COUNT_TCP]--; /* where all plain packets are counted */
    if (d->checksums && (t[6] | t[7])) {
        uint64_t sum = __builtin_bswap32(length) + ((uint64_t)PLAIN_DATAGRAM << 8);
        sum = tt_sum_add(sum + tt_sum_behind(t, length), tt_plain64(t - 8));
        TT_LOOKED(length);
        k->flags |= TT_PACKET_SUMMED;
        if (__builtin_expect(tt_sum_fold(sum) != 0xffff, 0)) {
            k->flags |= TT_PACKET_BAD_SUM;
            tt_count(d, TT_COUNT_BAD_SUM);
        }
    }
    return true;
}

static inline bool tt_decode_plain(struct tt_decoder *d, struct tt_packet *k)
{
    const uint8_t *frame = k->frame, *ip = frame + PLAIN_ETHERNET, *t = ip + PLAIN_IP;
    if (k->captured < PLAIN_ETHERNET + PLAIN_IP + PLAIN_UDP || k->link_type != PLAIN_LINK ||
        (tt_plain32(frame + 12) & PLAIN_TYPE_MASK) != PLAIN_TYPE) {
        return false;
    }
    uint64_t word = tt_plain64(ip + 2);
    uint32_t total = __builtin_bswap16((uint16_t)word);
    if ((word & PLAIN_WORD_MASK) == (uint64_t)PLAIN_DATAGRAM << 56) {
        return tt_decode_plain_udp(d, k, ip, total);
    }
    if (k->captured < PLAIN_LEAST) {
        return false;
    }
    uint32_t header = (t[12] & 0xf0u) >> 2;
    if ((word & PLAIN_WORD_MASK) != PLAIN_WORD || total > k->captured - PLAIN_ETHERNET ||
        header < PLAIN_TCP || total < PLAIN_IP + header) {
        return false;
    }
    if (d->checksums && !tt_plain_ip_sum_is_right(ip)) {
        return false;
    }
    uint32_t payload = total - PLAIN_IP - header;
    uint8_t tcp_flags = t[13];
    tt_plain_ip(k, ip, PLAIN_PROTOCOL);
    k->tcp_flags = tcp_flags;
    k->payload = t + header;
    k->payload_length = payload;
    k->ports = tt_be32(t);
    k->numbers = tt_be64(t + 4);
    k->window = tt_be16(t + 14);
    k->urgent = tt_be16(t + 18);
    k->tcp_options = t + PLAIN_TCP;
    k->tcp_options_length = (uint8_t)(header - PLAIN_TCP);
    if (header > PLAIN_TCP) {
        tt_plain_options(d, k, t + PLAIN_TCP, header - PLAIN_TCP);
    }
    if (d->checksums && (payload || (tcp_flags & (TT_SYN | TT_FIN | TT_RST)))) {
        tt_plain_check_sum(d, k, t, header, payload);
    }
    return true;
}

#endif
