/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The decoder's inside: its state, the way from layer to layer, and the checked access to
 * octets. Private to decode.
 */
#ifndef DECODE_LAYERS_H
#define DECODE_LAYERS_H

#include <stddef.h>
#include <string.h>

#include "decode/decode.h"
#include "decode/events.h"
#include "decode/fragment.h"
#include "telltale/reader.h"

/* Kept out of the way of packets that are as they should be. */
#define TT_RARE __attribute__((cold, noinline))

/* What a tunnel's header says is inside. */
struct tt_inner {
    enum { TT_AS_NOTHING, TT_AS_TYPE, TT_AS_ETHERNET, TT_AS_PPP } as;
    uint16_t type; /* TT_AS_TYPE: as an Ethernet type */
    struct tt_bytes b;
    uint32_t missing; /* octets that the snap length took */
};

/* Tunnels around what is being decoded. */
struct tt_tunnel_stack {
    uint32_t n;
    uint32_t sums;               /* payloads of tunnels that were summed */
    uint32_t joined;             /* levels on which fragments became whole */
    uint64_t id[TT_TUNNELS + 1]; /* [n]: of the first n */
    struct tt_tunnel of[TT_TUNNELS];
};

struct tt_decoder {
    uint64_t values[TT_DECODE_VALUES];
    bool checksums;
    uint32_t missing;       /* octets that the snap length took from the layer at hand */
    struct tt_inner inner;  /* to be opened next */
    const uint8_t *macs;    /* of the Ethernet header at hand, 12 octets; NULL = none */
    int64_t now;            /* running maximum of packet time */
    struct tt_arena *arena; /* of the block being decoded */
    struct tt_fragments fragments;
    bool fragmented;               /* the packet at hand is a fragment */
    uint32_t told_when[TT_EVENTS]; /* in units of 2^30 ns of packet time */
    uint16_t told[TT_EVENTS];      /* since then */
    struct tt_tunnel_stack stack;
    struct tt_tunnel_options tunnels;
    /* bit for each UDP port to which tunnels go */
    uint64_t tunnel_ports[65536 / 64];
};

/* Takes n octets off the front of b: NULL when they are not there. The caller reads at
 * constant offsets below n only. */
static inline const uint8_t *tt_take(struct tt_bytes *b, uint32_t n)
{
    if (n > b->n) {
        return NULL;
    }
    const uint8_t *p = b->p;
    b->p += n;
    b->n -= n;
    return p;
}

static inline uint16_t tt_be16(const uint8_t *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return __builtin_bswap16(v);
}

static inline uint32_t tt_be32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return __builtin_bswap32(v);
}

static inline uint64_t tt_be64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return __builtin_bswap64(v);
}

/* May datagrams between these ports hold packets? They go the long way. */
static inline bool tt_opens_datagrams(const struct tt_decoder *d, uint16_t sport, uint16_t dport)
{
    const uint64_t *bits = d->tunnel_ports;
    return (bits[sport / 64] >> sport % 64 | bits[dport / 64] >> dport % 64) & 1;
}

static inline void tt_count(struct tt_decoder *d, enum tt_decode_count c)
{
    d->values[c]++;
}

TT_RARE void tt_report(struct tt_decoder *d, struct tt_packet *k, enum tt_decode_event e);

/* A receiver drops the packet, whose b would be a header of this protocol: names the flow that it
 * seems to be of. */
TT_RARE void tt_name_flow(struct tt_packet *k, struct tt_bytes b, uint8_t protocol);
/* What is noticed of the packet and of those that it was made from. */
static inline void tt_add_odd(struct tt_packet *k, uint64_t odd)
{
    k->odd = k->flags & TT_PACKET_ODD ? k->odd | odd : odd;
    k->flags |= TT_PACKET_ODD;
}

/* The packet ends here: reported and counted as invalid. */
TT_RARE void tt_invalid(struct tt_decoder *d, struct tt_packet *k, enum tt_decode_event e);

/* A header is not all there: that is the snap length's doing, or the sender's (reported). */
TT_RARE void tt_short(struct tt_decoder *d, struct tt_packet *k, enum tt_decode_event e);

/* Each takes what is left of the frame. */
void tt_decode_link(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b);
void tt_decode_ipv4(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b);
void tt_decode_ipv6(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b);

/* Are the lengths of these TCP options possible? What they mean is the flow's matter. */
void tt_decode_tcp_options(struct tt_decoder *d, struct tt_packet *k, const uint8_t *p, uint32_t n);

/* Where IPv6 options stand: a jumbo length only counts in a packet that gives no other. */
enum tt_ipv6_place { TT_IPV6_DESTINATION, TT_IPV6_HOP_BY_HOP, TT_IPV6_HOP_BY_HOP_JUMBO };

/* Does a Linux receiver read on behind these n octets of options? False: reported. */
TT_RARE bool tt_ipv4_options(struct tt_decoder *d, struct tt_packet *k, const uint8_t *p,
                             uint32_t n);
TT_RARE bool tt_ipv6_options(struct tt_decoder *d, struct tt_packet *k, const uint8_t *p,
                             uint32_t n, enum tt_ipv6_place place);

/* Payload of IP: b is what is there, `missing` what the snap length took. */
void tt_decode_transport(struct tt_decoder *d, struct tt_packet *k, uint8_t protocol,
                         struct tt_bytes b, uint32_t missing);

#endif
