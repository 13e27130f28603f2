/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The decoder: goes over the packets of a block and hands each to its link layer. Owns the counters
 * and the state of reassembly; keeps nothing of a packet but the fragments.
 */
#include "decode/layers.h"

#include <stdlib.h>

#define AHEAD 4 /* packets whose headers are fetched in advance */

#define DATAGRAMS 4096u
#define OCTETS    (16u << 20)
#define TIMEOUT   30u

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
    d->values[TT_COUNTS + (unsigned)e]++;
    if (k->n_events < TT_PACKET_EVENTS) {
        k->events[k->n_events++] = (uint16_t)e;
    }
}

void tt_invalid(struct tt_decoder *d, struct tt_packet *k, enum tt_decode_event e)
{
    tt_report(d, k, e);
    tt_count(d, TT_COUNT_INVALID);
}

void tt_short(struct tt_decoder *d, struct tt_packet *k, enum tt_decode_event e)
{
    if (tt_is_cut(k)) {
        k->flags |= TT_PACKET_CUT;
    } else {
        tt_invalid(d, k, e);
    }
}

void tt_decode_block(struct tt_decoder *d, struct tt_block *block)
{
    const size_t start = offsetof(struct tt_packet, flags);
    uint64_t octets = 0;
    d->arena = &block->arena;
    for (uint32_t i = 0; i < block->n_packets; i++) {
        struct tt_packet *k = &block->packets[i];
        if (i + AHEAD < block->n_packets) {
            __builtin_prefetch(k[AHEAD].frame);
        }
        memset((uint8_t *)k + start, 0, sizeof *k - start);
        octets += k->captured;
        d->now = k->time > d->now ? k->time : d->now;
        tt_decode_link(d, k, (struct tt_bytes){k->frame, k->captured});
    }
    d->values[TT_COUNT_PACKETS] += block->n_packets;
    d->values[TT_COUNT_OCTETS] += octets;
}

struct tt_counter_set tt_decode_counters(const struct tt_decoder *d)
{
    return (struct tt_counter_set){tt_decode_counter_rows, d->values, TT_DECODE_VALUES};
}
