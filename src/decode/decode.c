/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The decoder: goes over the packets of a block and hands each to its link layer. Owns the counters
 * and the state of reassembly; keeps nothing of a packet but the fragments.
 */
#include "decode/plain.h"
#include "decode/tunnel.h"

#include <stdlib.h>

#define AHEAD 512 /* octets from the frame at hand to one whose headers are fetched */

#define DATAGRAMS 4096u
#define OCTETS    (16u << 20)
#define TIMEOUT   30u
#define TOLD_MOST 256 /* packets in 2^30 ns that carry an event of one kind */

static void use_ports(struct tt_decoder *d, const uint16_t *ports)
{
    for (; *ports; ports++) {
        d->tunnel_ports[*ports / 64] |= UINT64_C(1) << *ports % 64;
    }
}

static void use_tunnels(struct tt_decoder *d, const struct tt_tunnel_options *o)
{
    d->tunnels = *o;
    use_ports(d, o->open & TT_OPEN_VXLAN ? o->vxlan : (const uint16_t[]){0});
    use_ports(d, o->open & TT_OPEN_GENEVE ? o->geneve : (const uint16_t[]){0});
    use_ports(d, o->open & TT_OPEN_GTP_U ? o->gtp_u : (const uint16_t[]){0});
}

struct tt_decoder *tt_decoder_new(const struct tt_decode_options *o)
{
    struct tt_decoder *d = calloc(1, sizeof *d);
    if (!d) {
        return NULL;
    }
    d->checksums = o->checksums;
    uint32_t timeout = o->timeout ? o->timeout : TIMEOUT;
    if (!tt_fragments_init(&d->fragments, d->values,
                           o->max_datagrams ? o->max_datagrams : DATAGRAMS,
                           o->max_octets ? o->max_octets : OCTETS, (int64_t)timeout * 1000000000)) {
        free(d);
        return NULL;
    }
    d->fragments.receivers = o->receivers;
    use_tunnels(d, o->tunnels ? o->tunnels : &tt_tunnel_defaults);
    return d;
}

void tt_decoder_free(struct tt_decoder *d)
{
    if (d) {
        tt_fragments_free(&d->fragments);
        free(d);
    }
}

void tt_report(struct tt_decoder *d, struct tt_packet *k, enum tt_decode_event e)
{
    uint32_t now = (uint32_t)(d->now >> 30);
    tt_add_odd(k, e < 64 ? (uint64_t)1 << e : 0);
    d->values[TT_COUNTS + (unsigned)e]++;
    if (d->told_when[e] != now) {
        d->told_when[e] = now;
        d->told[e] = 0;
    }
    if (d->told[e] == TOLD_MOST) {
        tt_count(d, TT_COUNT_NOT_TOLD);
    } else if (k->n_events < TT_PACKET_EVENTS) {
        d->told[e]++;
        k->events[k->n_events++] = (uint8_t)e;
    }
}

void tt_name_flow(struct tt_packet *k, struct tt_bytes b, uint8_t protocol)
{
    enum { TCP = 6, UDP = 17 };
    const uint8_t *h = tt_take(&b, 4);
    if (h && (protocol == TCP || protocol == UDP)) {
        k->protocol = protocol;
        k->sport = tt_be16(h);
        k->dport = tt_be16(h + 2);
        k->flags |= TT_PACKET_NAMES_FLOW;
    }
}

void tt_invalid(struct tt_decoder *d, struct tt_packet *k, enum tt_decode_event e)
{
    tt_report(d, k, e);
    tt_count(d, TT_COUNT_INVALID);
}

void tt_short(struct tt_decoder *d, struct tt_packet *k, enum tt_decode_event e)
{
    if (d->missing) {
        k->flags |= TT_PACKET_CUT;
    } else {
        tt_invalid(d, k, e);
    }
}

/* The long way: everything but the plain packet. */
static __attribute__((noinline)) void other(struct tt_decoder *d, struct tt_packet *k)
{
    const size_t start = offsetof(struct tt_packet, flags);
    memset((uint8_t *)k + start, 0, sizeof *k - start);
    uint64_t invalid = d->values[TT_COUNT_INVALID], unreadable = d->values[TT_COUNT_UNREADABLE];
    d->fragmented = false;
    d->missing = k->length > k->captured ? k->length - k->captured : 0;
    d->inner.as = TT_AS_NOTHING;
    d->stack.n = d->stack.sums = d->stack.joined = 0;
    tt_decode_link(d, k, (struct tt_bytes){k->frame, k->captured});
    if (__builtin_expect(d->inner.as != TT_AS_NOTHING, 0)) {
        tt_tunnels_open(d, k);
    }
    if (k->flags & TT_PACKET_TRANSPORT) {
        return;
    }
    /* what became of it: every packet is in one of these or goes to a flow */
    if (k->flags & TT_PACKET_FRAGMENT) {
        tt_count(d, TT_COUNT_SHED_WAITING); /* until its datagram is whole or given up */
    } else if (d->values[TT_COUNT_UNREADABLE] != unreadable) {
        tt_count(d, TT_COUNT_SHED_LINK);
    } else if (d->values[TT_COUNT_INVALID] != invalid) {
        tt_count(d, TT_COUNT_SHED_INVALID);
    } else if (d->fragmented && !(k->flags & TT_PACKET_REASSEMBLED)) {
        tt_count(d, TT_COUNT_SHED_FRAGMENT);
    } else if (k->flags & TT_PACKET_CUT) {
        tt_count(d, TT_COUNT_SHED_CUT);
    } else {
        tt_count(d, k->flags & TT_PACKET_IP ? TT_COUNT_IP_ONLY : TT_COUNT_NOT_IP);
    }
}

void tt_decode_block(struct tt_decoder *d, struct tt_block *block)
{
    uint64_t octets = 0, n_plain = block->n_packets;
    int64_t now = d->now;
    struct tt_packet *k = block->packets, *end = k + block->n_packets;
    d->arena = &block->arena;
    for (; k < end; k++) {
        __builtin_prefetch(k->frame + AHEAD); /* frames mostly lie one behind the other */
        octets += k->captured;
        now = k->time > now ? k->time : now;
        if (__builtin_expect(!tt_decode_plain(d, k), 0)) {
            n_plain--;
            d->now = now;
            other(d, k);
        }
    }
    d->now = now;
    d->values[TT_COUNT_ETHERNET] += n_plain;
    d->values[TT_COUNT_IPV4] += n_plain;
    d->values[TT_COUNT_TCP] += n_plain;
    d->values[TT_COUNT_PACKETS] += block->n_packets;
    d->values[TT_COUNT_OCTETS] += octets;
}

int64_t tt_decode_now(const struct tt_decoder *d)
{
    return d->now;
}

struct tt_counter_set tt_decode_counters(const struct tt_decoder *d)
{
    return (struct tt_counter_set){tt_decode_counter_rows, d->values, TT_DECODE_VALUES};
}
