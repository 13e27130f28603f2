/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Frames of any octets through the decoder: the input is a list of [link type choice, flags, length
 * (2), octets]. Each frame is decoded in memory of exactly its size, so that one step too far is
 * seen; payloads are read to their end.
 */
#include <stdlib.h>
#include <string.h>

#include "base/work.h"
#include "decode/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint16_t link_types[] = {1,   1, 1,   101, 101, 0,   108, 113,
                                      276, 9, 228, 229, 12,  105, 1,   101};

static void touch(const uint8_t *p, uint32_t n)
{
    unsigned sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += p[i];
    }
    __asm__ volatile("" : : "r"(sum)); /* keeps the reads */
}

static void check(const struct tt_packet *k)
{
    uint32_t n;
    (void)tt_decode_anomalies(&n);
    for (unsigned i = 0; i < k->n_events; i++) {
        if (k->events[i] >= n) {
            abort();
        }
    }
    if (k->flags & TT_PACKET_TRANSPORT) {
        touch(k->payload, k->payload_length);
        touch(k->tcp_options, k->tcp_options_length);
        if (!(k->flags & TT_PACKET_IP)) {
            abort();
        }
    }
    if (k->n_tunnels) {
        touch((const uint8_t *)k->tunnels, sizeof *k->tunnels);
        touch((const uint8_t *)k->tunnels->of, k->n_tunnels * (uint32_t)sizeof(struct tt_tunnel));
        if (k->n_tunnels > TT_TUNNELS || k->tunnels->n != k->n_tunnels) {
            abort();
        }
    } else if (k->carried != k->protocol) {
        abort();
    }
    if ((k->flags & TT_PACKET_SUMMED) && (k->flags & TT_PACKET_CUT) && k->payload_missing) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tt_block *b;
    if (!b) {
        b = tt_block_new();
    }
    struct tt_decode_options o = {.checksums = true, .max_datagrams = 8, .max_octets = 1};
    struct tt_decoder *d = tt_decoder_new(&o);
    uint8_t *frames[TT_BLOCK_PACKETS];
    tt_block_reset(b);
    while (size >= 4 && b->n_packets < TT_BLOCK_PACKETS) {
        uint32_t n = (uint32_t)data[2] << 8 | data[3], left = (uint32_t)size - 4;
        n = n > left ? left : n;
        struct tt_packet *k = &b->packets[b->n_packets];
        memset(k, 0xa5, sizeof *k);
        frames[b->n_packets] = malloc(n ? n : 1);
        memcpy(frames[b->n_packets], data + 4, n);
        k->frame = frames[b->n_packets++];
        k->captured = n;
        k->length = n + (data[1] & 1 ? 200 : 0);
        k->time = (int64_t)(data[1] >> 1) * 1000000000;
        k->link_type = link_types[data[0] & 15];
        data += 4 + n;
        size -= 4 + n;
    }
    uint64_t wire = 0, looked = tt_work_looked;
    for (uint32_t i = 0; i < b->n_packets; i++) {
        wire += b->packets[i].captured;
    }
    tt_decode_block(d, b);
    if (tt_work_looked - looked > 4 * wire) {
        abort(); /* more than four octets looked at for each that was received */
    }
    for (uint32_t i = 0; i < b->n_packets; i++) {
        check(&b->packets[i]);
    }
    for (uint32_t i = 0; i < b->n_packets; i++) {
        free(frames[i]);
    }
    tt_decoder_free(d);
    return 0;
}
