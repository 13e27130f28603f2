/* SPDX-License-Identifier: BSD-3-Clause
 *
 * IPv4 (RFC 791) and IPv6 (RFC 8200) headers: lengths against what is there, options, extension
 * headers, fragments. What a Linux receiver would drop (malformed options, source routes, wrong
 * checksums of fragments) goes no further than IP.
 */
#include "decode/checksum.h"
#include "decode/layers.h"

#define IPV4_HEADER 20u
#define IPV6_HEADER 40u
#define MORE        0x2000u
#define OFFSET      0x1fffu
#define SEGMENTS_MIN                                                                               \
    1280u               /* a length of 0 in a larger packet: the NIC was to cut it (TSO, BIG TCP) */
#define EXTENSIONS 1024 /* Linux has no limit; each takes 8 octets at least */
#define JOINED     2u   /* levels of tunnels on which fragments are put together: work is bounded */
#define TINY       64u  /* octets; the least MTU is 68, that of IPv6 1280 */

enum {
    NEXT_HOP_BY_HOP = 0,
    NEXT_ROUTING = 43,
    NEXT_FRAGMENT = 44,
    NEXT_AH = 51,
    NEXT_NONE = 59,
    NEXT_DESTINATION = 60,
    NEXT_MOBILITY = 135,
    NEXT_HIP = 139,
    NEXT_SHIM6 = 140,
};

static void reassembled(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b,
                        uint8_t protocol)
{
    bool v4 = k->ip_version == 4;
    tt_count(d, v4 ? TT_COUNT_REASSEMBLED_4 : TT_COUNT_REASSEMBLED_6);
    k->flags |= TT_PACKET_REASSEMBLED;
    tt_decode_transport(d, k, protocol, b, 0);
}

static bool is_extension(uint8_t next)
{
    return next == NEXT_HOP_BY_HOP || next == NEXT_ROUTING || next == NEXT_DESTINATION ||
           next == NEXT_AH || next == NEXT_FRAGMENT;
}

/* Goes behind extension headers without a look at what they say; false: one is not all there. */
static bool skip_extensions(struct tt_bytes *b, uint8_t *next)
{
    while (is_extension(*next)) {
        uint32_t n = b->n < 2                 ? 0
                     : *next == NEXT_AH       ? (b->p[1] + 2u) * 4u
                     : *next == NEXT_FRAGMENT ? 8
                                              : (b->p[1] + 1u) * 8u;
        const uint8_t *h = n ? tt_take(b, n) : NULL;
        if (!h) {
            return false;
        }
        *next = h[0];
    }
    return true;
}

/* A receiver drops the packet; b is what came, from the header `next` on. */
static TT_RARE void name_flow(struct tt_packet *k, struct tt_bytes b, uint8_t next)
{
    if (k->ip_version == 4 || skip_extensions(&b, &next)) {
        tt_name_flow(k, b, next);
    }
}

/* What a fragment shows belongs to its datagram's flow, as soon as the ports are known. */
static void share_odd(struct tt_decoder *d, struct tt_packet *k, bool whole)
{
    struct tt_fragments *f = &d->fragments;
    if (k->flags & TT_PACKET_ODD) {
        *f->odd |= k->odd;
    }
    if (*f->odd) {
        tt_add_odd(k, *f->odd);
        if (!whole) {
            name_flow(k, f->head, f->head_next);
        }
    }
}

/* True when the datagram is whole now: *b and *protocol are its. */
static bool take_fragment(struct tt_decoder *d, struct tt_packet *k, const struct tt_fragment *in,
                          struct tt_bytes *b, uint8_t *protocol)
{
    bool v4 = in->key.version == 4;
    if (k->flags & (TT_PACKET_CUT | TT_PACKET_BAD_IP_SUM) || d->stack.joined == JOINED) {
        tt_fragments_seek(&d->fragments, in);
    } else {
        enum tt_fragment_result r =
            tt_fragments_add(&d->fragments, in, d->now, d->arena, b, protocol);
        if (d->fragments.far) {
            tt_report(d, k, TT_EVENT_IPV4_FRAG_FAR);
        }
        if (d->fragments.differs) {
            tt_report(d, k, v4 ? TT_EVENT_IPV4_FRAG_OVERLAP : TT_EVENT_IPV6_FRAG_OVERLAP);
        }
        switch (r) {
        case TT_FRAGMENT_WHOLE:
            d->stack.joined++;
            return true;
        case TT_FRAGMENT_KEPT:
            k->flags |= TT_PACKET_FRAGMENT;
            return false;
        case TT_FRAGMENT_AGAIN:
            return false;
        case TT_FRAGMENT_DIFFERENT:
        case TT_FRAGMENT_OVERLAP:
            tt_report(d, k, v4 ? TT_EVENT_IPV4_FRAG_OVERLAP : TT_EVENT_IPV6_FRAG_OVERLAP);
            return false;
        case TT_FRAGMENT_LARGE:
            tt_report(d, k, v4 ? TT_EVENT_IPV4_FRAG_LARGE : TT_EVENT_IPV6_FRAG_LARGE);
            return false;
        case TT_FRAGMENT_LENGTH:
            tt_report(d, k, TT_EVENT_IPV6_FRAG_LENGTH);
            return false;
        case TT_FRAGMENT_REFUSED:
            break;
        }
    }
    tt_report(d, k, v4 ? TT_EVENT_IPV4_FRAG_IGNORED : TT_EVENT_IPV6_FRAG_IGNORED);
    return false;
}

static bool fragment(struct tt_decoder *d, struct tt_packet *k, const struct tt_fragment *in,
                     struct tt_bytes *b, uint8_t *protocol)
{
    bool v4 = in->key.version == 4;
    tt_count(d, v4 ? TT_COUNT_FRAGMENTS_4 : TT_COUNT_FRAGMENTS_6);
    if (in->more && in->data.n < TINY) {
        tt_report(d, k, v4 ? TT_EVENT_IPV4_FRAG_TINY : TT_EVENT_IPV6_FRAG_TINY);
    }
    d->fragmented = true;
    bool whole = take_fragment(d, k, in, b, protocol);
    share_odd(d, k, whole);
    return whole;
}

static inline void put_ipv4(struct tt_address *a, const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    uint64_t low = (uint64_t)v << 32 | 0xffff0000u;
    memset(a->b, 0, 8);
    memcpy(a->b + 8, &low, sizeof low);
}

static TT_RARE void bad_ipv4_sum(struct tt_decoder *d, struct tt_packet *k)
{
    /* For upper rooms a wrong sum like any other: a host's offload or an insertion. */
    k->flags |= TT_PACKET_BAD_IP_SUM | TT_PACKET_BAD_SUM;
    tt_count(d, TT_COUNT_BAD_IP_SUM);
}

/* The header is 20 octets nearly always. */
static inline bool ipv4_sum_is_right(const uint8_t *h, uint32_t n)
{
    uint32_t last;
    memcpy(&last, h + 16, sizeof last);
    uint64_t sum = tt_sum_load(tt_sum_load(last, h), h + 8);
    if (__builtin_expect(n > IPV4_HEADER, 0)) {
        sum = tt_sum_octets(sum, h + IPV4_HEADER, n - IPV4_HEADER);
    }
    return tt_sum_fold(sum) == 0xffff;
}

static TT_RARE void ipv4_fragment(struct tt_decoder *d, struct tt_packet *k, const uint8_t *h,
                                  uint16_t place, struct tt_bytes b)
{
    struct tt_fragment in = {
        .key = {.src = k->src,
                .dst = k->dst,
                .id = tt_be16(h + 4),
                .protocol = k->protocol,
                .version = 4,
                .tunnel = d->stack.id[d->stack.n]},
        .offset = (place & OFFSET) * 8u,
        .more = (place & MORE) != 0,
        .next = k->protocol,
        .data = b,
    };
    uint8_t protocol;
    if (fragment(d, k, &in, &b, &protocol)) {
        reassembled(d, k, b, protocol);
    }
}

static inline void put_ipv4_header(struct tt_packet *k, const uint8_t *h)
{
    k->flags |= TT_PACKET_IP;
    k->ip_version = 4;
    k->ttl = h[8];
    k->protocol = h[9];
    put_ipv4(&k->src, h + 12);
    put_ipv4(&k->dst, h + 16);
}

/* No receiver reads on; b is what follows the first 20 octets of its header h. */
static TT_RARE void name_ipv4_flow(struct tt_packet *k, const uint8_t *h, struct tt_bytes b,
                                   uint32_t header)
{
    bool first = (tt_be16(h + 6) & OFFSET) == 0;
    if (first && (header <= IPV4_HEADER || tt_take(&b, header - IPV4_HEADER))) {
        name_flow(k, b, h[9]);
    }
}

/* Everything but the plain packet of tt_decode_ipv4. */
static __attribute__((noinline)) void special_ipv4(struct tt_decoder *d, struct tt_packet *k,
                                                   struct tt_bytes b)
{
    struct tt_bytes all = b;
    const uint8_t *h = tt_take(&b, IPV4_HEADER);
    if (!h) {
        tt_short(d, k, TT_EVENT_IPV4_SMALL);
        return;
    }
    uint32_t header = (h[0] & 15u) * 4u, total = tt_be16(h + 2);
    put_ipv4_header(k, h);
    if (h[0] >> 4 != 4 || header < IPV4_HEADER) {
        tt_invalid(d, k, h[0] >> 4 != 4 ? TT_EVENT_IPV4_VERSION : TT_EVENT_IPV4_HLEN);
        k->flags &= (uint16_t)~TT_PACKET_IP;
        name_ipv4_flow(k, h, b, header);
        return;
    }
    uint32_t wire = all.n + d->missing;
    if (total == 0 && wire > SEGMENTS_MIN) {
        total = wire;
    }
    if (total < header) {
        tt_invalid(d, k, TT_EVENT_IPV4_TOTAL);
        name_ipv4_flow(k, h, b, header);
        return;
    }
    if (total > all.n) {
        if (total > wire) {
            tt_invalid(d, k, TT_EVENT_IPV4_CUT);
            name_ipv4_flow(k, h, b, header);
            return;
        }
        k->flags |= TT_PACKET_CUT;
    }
    const uint8_t *options = tt_take(&b, header - IPV4_HEADER);
    if (!options) {
        return;
    }
    if (d->checksums && !ipv4_sum_is_right(h, header)) {
        bad_ipv4_sum(d, k);
    }
    if (header > IPV4_HEADER && !tt_ipv4_options(d, k, options, header - IPV4_HEADER)) {
        name_ipv4_flow(k, h, b, IPV4_HEADER);
        return;
    }
    uint32_t payload = total - header, missing = payload > b.n ? payload - b.n : 0;
    b.n = payload - missing;
    uint16_t place = tt_be16(h + 6);
    if (__builtin_expect((place & (MORE | OFFSET)) != 0, 0)) {
        ipv4_fragment(d, k, h, place, b);
    } else {
        tt_decode_transport(d, k, k->protocol, b, missing);
    }
}

void tt_decode_ipv4(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b)
{
    const uint8_t *h = b.p;
    tt_count(d, TT_COUNT_IPV4);
    /* no options, all there, no fragment */
    if (__builtin_expect(b.n < IPV4_HEADER || h[0] != 0x45, 0)) {
        special_ipv4(d, k, b);
        return;
    }
    uint32_t total = tt_be16(h + 2);
    if (__builtin_expect(total > b.n || total < IPV4_HEADER || (tt_be16(h + 6) & (MORE | OFFSET)),
                         0)) {
        special_ipv4(d, k, b);
        return;
    }
    put_ipv4_header(k, h);
    if (d->checksums && __builtin_expect(!ipv4_sum_is_right(h, IPV4_HEADER), 0)) {
        bad_ipv4_sum(d, k);
    }
    struct tt_bytes payload = {h + IPV4_HEADER, total - IPV4_HEADER};
    tt_decode_transport(d, k, h[9], payload, 0);
}

/* RFC 2675: the length that a jumbo payload option gives, in a hop-by-hop
 * header of n octets; 0 = none. */
static uint32_t jumbo_length(struct tt_bytes b)
{
    enum { PAD1 = 0, JUMBO = 0xc2 };
    uint32_t n = b.n >= 2 ? (b.p[1] + 1u) * 8u : 0;
    if (n == 0 || n > b.n) {
        return 0;
    }
    for (uint32_t at = 2; at < n;) {
        if (b.p[at] == PAD1) {
            at++;
            continue;
        }
        if (n - at < 2 || b.p[at + 1] > n - at - 2) {
            return 0;
        }
        if (b.p[at] == JUMBO && b.p[at + 1] == 4) {
            return tt_be32(b.p + at + 2);
        }
        at += 2u + b.p[at + 1];
    }
    return 0;
}

/* The way through the extension headers. */
struct chain {
    struct tt_bytes b;
    uint32_t missing;
    uint8_t next;
    uint8_t hop_by_hop, routing, destination, ah; /* how many came */
    bool first, jumbo, fragmented, ended;
};

/* RFC 8200 4.5: a first fragment holds all headers up to the transport's, or is dropped. A chain
 * that ends inside an extension header passes here, as in Linux: nothing comes of it later. */
static bool holds_headers(struct tt_bytes b, uint8_t next)
{
    enum { TCP = 6, UDP = 17, ICMP = 58 };
    if (!skip_extensions(&b, &next)) {
        return true;
    }
    return next == NEXT_NONE || b.n >= (next == TCP ? 20u : next == UDP || next == ICMP ? 8u : 1u);
}

static TT_RARE void ipv6_fragment(struct tt_decoder *d, struct tt_packet *k, struct chain *c)
{
    const uint8_t *h = tt_take(&c->b, 8);
    if (!h) {
        tt_short(d, k, TT_EVENT_IPV6_EXTENSION_CUT);
        c->ended = true;
        return;
    }
    uint16_t place = tt_be16(h + 2);
    c->next = h[0];
    if (c->fragmented) {
        tt_invalid(d, k, TT_EVENT_IPV6_FRAG_TWICE);
        c->ended = true;
        return;
    }
    c->fragmented = true;
    if ((place & 0xfff9u) == 0) { /* atomic (RFC 6946): never meets other fragments */
        tt_report(d, k, TT_EVENT_IPV6_FRAG_USELESS);
        return;
    }
    k->protocol = h[0];
    if ((place & 0xfff8u) == 0 && !c->missing && !holds_headers(c->b, h[0])) {
        tt_count(d, TT_COUNT_FRAGMENTS_6);
        tt_report(d, k, TT_EVENT_IPV6_FRAG_IGNORED);
        name_flow(k, c->b, h[0]);
        c->ended = true;
        return;
    }
    struct tt_fragment in = {
        .key = {.src = k->src,
                .dst = k->dst,
                .id = tt_be32(h + 4),
                .version = 6,
                .tunnel = d->stack.id[d->stack.n]},
        .offset = place & 0xfff8u,
        .more = (place & 1) != 0,
        .next = h[0],
        .data = c->b,
    };
    if (!fragment(d, k, &in, &c->b, &c->next)) {
        c->ended = true;
        return;
    }
    tt_count(d, TT_COUNT_REASSEMBLED_6);
    k->flags |= TT_PACKET_REASSEMBLED;
}

/* Twice what may come once (RFC 8200 4.1): legal, and of no use but to confuse. */
static void extension_again(struct tt_decoder *d, struct tt_packet *k, struct chain *c,
                            uint8_t type)
{
    if (type == NEXT_HOP_BY_HOP && ++c->hop_by_hop == 2) {
        tt_report(d, k, TT_EVENT_IPV6_HBH_TWICE);
    } else if (type == NEXT_ROUTING && ++c->routing == 2) {
        tt_report(d, k, TT_EVENT_IPV6_ROUTE_TWICE);
    } else if (type == NEXT_AH && ++c->ah == 2) {
        tt_report(d, k, TT_EVENT_IPV6_AH_TWICE);
    } else if (type == NEXT_DESTINATION && ++c->destination == 3) {
        tt_report(d, k, TT_EVENT_IPV6_DST_TWICE);
    }
}

/* A routing header that its receiver would have to act on is dropped (RFC 5095 asks that of type
 * 0). RPL and segment routing headers are read by those that take part, also with nothing left. */
static bool route_is_over(struct tt_decoder *d, struct tt_packet *k, const uint8_t *h)
{
    enum { RPL = 3, SEGMENTS = 4 };
    if (h[3] > 0) {
        tt_report(d, k, h[2] == 0 ? TT_EVENT_IPV6_ROUTE : TT_EVENT_IPV6_ORDER);
        return false;
    }
    if (h[2] == RPL || h[2] == SEGMENTS) {
        tt_report(d, k, TT_EVENT_IPV6_CONFIGURED);
        k->flags |= TT_PACKET_DOUBTFUL;
    }
    return true;
}

/* Would Linux read what follows this header of n octets? */
static bool extension_fits(struct tt_decoder *d, struct tt_packet *k, struct chain *c, uint8_t type,
                           const uint8_t *h, uint32_t n)
{
    extension_again(d, k, c, type);
    switch (type) {
    case NEXT_HOP_BY_HOP:
        if (!c->first) {
            tt_report(d, k, TT_EVENT_IPV6_ORDER);
            return false;
        }
        return tt_ipv6_options(d, k, h + 2, n - 2,
                               c->jumbo ? TT_IPV6_HOP_BY_HOP_JUMBO : TT_IPV6_HOP_BY_HOP);
    case NEXT_DESTINATION:
        return tt_ipv6_options(d, k, h + 2, n - 2, TT_IPV6_DESTINATION);
    case NEXT_ROUTING:
        return route_is_over(d, k, h);
    case NEXT_AH:
        tt_report(d, k, TT_EVENT_IPV6_CONFIGURED);
        k->flags |= TT_PACKET_DOUBTFUL;
        return true;
    default: /* mobility, HIP, SHIM6 are the end of a packet */
        tt_report(d, k, TT_EVENT_IPV6_ORDER);
        return false;
    }
}

/* One header that has its length in the second octet. */
static void extension(struct tt_decoder *d, struct tt_packet *k, struct chain *c)
{
    uint8_t type = c->next;
    uint32_t n = c->b.n < 2 ? 0 : type == NEXT_AH ? (c->b.p[1] + 2u) * 4u : (c->b.p[1] + 1u) * 8u;
    const uint8_t *h = n ? tt_take(&c->b, n) : NULL;
    if (!h) {
        if (c->missing) {
            k->flags |= TT_PACKET_CUT;
        } else {
            tt_invalid(d, k, TT_EVENT_IPV6_EXTENSION_CUT);
        }
        c->ended = true;
        return;
    }
    c->next = h[0];
    c->ended = !extension_fits(d, k, c, type, h, n);
}

static void walk_chain(struct tt_decoder *d, struct tt_packet *k, struct chain *c)
{
    for (int i = 0; !c->ended; i++) {
        switch (c->next) {
        case NEXT_HOP_BY_HOP:
        case NEXT_ROUTING:
        case NEXT_DESTINATION:
        case NEXT_AH:
        case NEXT_MOBILITY:
        case NEXT_HIP:
        case NEXT_SHIM6:
            extension(d, k, c);
            break;
        case NEXT_FRAGMENT:
            ipv6_fragment(d, k, c);
            break;
        case NEXT_NONE:
            c->ended = true;
            break;
        default:
            return;
        }
        c->first = false;
        if (i == EXTENSIONS && !c->ended) {
            tt_count(d, TT_COUNT_LAYERS);
            tt_count(d, TT_COUNT_INVALID);
            c->ended = true;
        }
    }
}

void tt_decode_ipv6(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b)
{
    const uint8_t *h = tt_take(&b, IPV6_HEADER);
    tt_count(d, TT_COUNT_IPV6);
    if (!h) {
        tt_short(d, k, TT_EVENT_IPV6_SMALL);
        return;
    }
    k->ip_version = 6;
    k->ttl = h[7];
    k->protocol = h[6];
    memcpy(k->src.b, h + 8, 16);
    memcpy(k->dst.b, h + 24, 16);
    if (h[0] >> 4 != 6) {
        tt_invalid(d, k, TT_EVENT_IPV6_VERSION);
        name_flow(k, b, h[6]);
        return;
    }
    k->flags |= TT_PACKET_IP;
    uint32_t payload = tt_be16(h + 4), wire = b.n + d->missing;
    if (payload == 0 && wire > SEGMENTS_MIN - IPV6_HEADER) {
        uint32_t jumbo = h[6] == NEXT_HOP_BY_HOP ? jumbo_length(b) : 0;
        payload = jumbo ? jumbo : wire;
    }
    struct chain c = {.b = b, .next = h[6], .first = true, .jumbo = tt_be16(h + 4) == 0};
    if (payload > b.n) {
        if (payload > wire) {
            tt_invalid(d, k, TT_EVENT_IPV6_CUT);
            name_flow(k, b, h[6]);
            return;
        }
        k->flags |= TT_PACKET_CUT;
        c.missing = payload - b.n;
    } else {
        c.b.n = payload;
    }
    walk_chain(d, k, &c);
    if (!c.ended) {
        tt_decode_transport(d, k, c.next, c.b, c.missing);
    } else if ((k->flags & (TT_PACKET_ODD | TT_PACKET_NAMES_FLOW)) == TT_PACKET_ODD &&
               !d->fragmented) {
        name_flow(k, c.b, c.next);
    }
    /* What a header chain ends with is the protocol, also when nothing of it can be read. */
    if (!(k->flags & TT_PACKET_NAMES_FLOW)) {
        k->protocol = c.next;
    }
}
