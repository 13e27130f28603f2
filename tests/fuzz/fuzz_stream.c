/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TCP reassembly driven by a small language: each octet pair is an instruction (segment, early
 * segment, retransmission, hole, acknowledgement, handshake, reset, anything at all, end of the
 * flow) for one of two flows. Whatever comes, no more is read than was received, one packet causes
 * a bounded number of calls, caps hold, and the end gives all memory back.
 */
#include <stddef.h>
#include <stdlib.h>

#include "stream/stream.h"

#define MUST(x)                                                                                    \
    do {                                                                                           \
        if (!(x)) {                                                                                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#define FLOW_OCTETS   8192u
#define ALL_OCTETS    12288u
#define FLOW_SEGMENTS 12u

struct seen {
    uint64_t received, read;
    uint32_t calls;
};

static void octets(void *ctx, struct tt_flow *f, enum tt_direction d, struct tt_bytes b,
                   const struct tt_packet *p)
{
    struct seen *s = ctx;
    static volatile uint8_t touched;
    (void)d, (void)p;
    MUST(b.n > 0 && f->stream);
    touched = b.p[0] ^ b.p[b.n - 1];
    (void)touched;
    s->read += b.n;
    s->calls++;
}

static void gap(void *ctx, struct tt_flow *f, enum tt_direction d, uint32_t n,
                const struct tt_packet *p)
{
    struct seen *s = ctx;
    (void)p;
    MUST(n < 1u << 31 && (f->flags & TT_FLOW_GAP << d));
    s->calls++;
}

static void event(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned e,
                  const struct tt_packet *p)
{
    uint32_t n;
    (void)ctx, (void)f, (void)d, (void)p;
    (void)tt_stream_anomalies(&n);
    MUST(e < n);
}

static uint64_t count(const struct tt_streams *s, const char *name)
{
    struct tt_counter_set c = tt_stream_counters(s);
    for (uint32_t i = 0; i < c.n; i++) {
        if (strcmp(c.rows[i].name, name) == 0) {
            return c.values[i];
        }
    }
    abort();
}

/* Where an honest sender of each flow and direction stands. */
struct talk {
    uint32_t at[2];
};

static const uint8_t any_flags[8] = {TT_ACK,          TT_ACK | TT_FIN, TT_RST, TT_SYN,
                                     TT_SYN | TT_ACK, TT_ACK | TT_URG, 0,      0xff};

static uint8_t body[2048];

/* One instruction over x (operation) and y (operand) to a packet. */
static struct tt_packet compile(struct talk *k, int dir, uint8_t x, uint8_t y, struct tt_reader *r)
{
    struct tt_packet p = {.flags = TT_PACKET_IP | TT_PACKET_TRANSPORT | TT_PACKET_SUMMED,
                          .protocol = 6,
                          .tcp_flags = TT_ACK,
                          .seq = k->at[dir],
                          .ack = k->at[!dir],
                          .window = 4096,
                          .payload = body + y};
    switch (x & 7) {
    case 0: /* in order */
        p.payload_length = y;
        k->at[dir] += y;
        break;
    case 1: /* early or late */
        p.seq += (uint32_t)(int32_t)(int8_t)y * 16;
        p.payload_length = tt_read_u8(r);
        break;
    case 2: /* the capture loses some */
        p.payload_length = 8;
        p.seq += (uint32_t)y * 8;
        k->at[dir] = p.seq + 8;
        break;
    case 3: /* long */
        p.payload_length = (uint32_t)y * 7;
        p.seq += tt_read_u8(r);
        break;
    case 4: /* acknowledge near */
        p.ack += (uint32_t)(int32_t)(int8_t)y;
        p.window = (uint16_t)(tt_read_u8(r) * 16);
        p.payload_length = x >> 6;
        break;
    case 5: /* flags */
        p.tcp_flags = any_flags[y & 7];
        p.seq += y >> 3 & 3;
        p.payload_length = y >> 5;
        p.urgent = y >> 4;
        break;
    case 6: /* cut by the snap length */
        p.payload_length = y;
        p.payload_missing = tt_read_u8(r);
        p.flags |= TT_PACKET_CUT;
        k->at[dir] += y + p.payload_missing;
        break;
    default: /* anything */
        p.seq = y & 1 ? tt_read_u32(r) : p.seq;
        p.ack = y & 2 ? tt_read_u32(r) : p.ack;
        p.tcp_flags = y & 4 ? tt_read_u8(r) : TT_ACK;
        p.flags |= y & 8 ? TT_PACKET_BAD_SUM : 0;
        p.tcp_options_length = y & 16 ? tt_read_u8(r) & 0x28 : 0;
        p.tcp_options = tt_read_bytes(r, p.tcp_options_length).p;
        p.payload_length = y >> 5;
        if (!tt_reader_ok(r)) {
            p.tcp_options_length = 0;
        }
        break;
    }
    return p;
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
    struct tt_reader r = tt_reader_over((struct tt_bytes){in, (uint32_t)(n > 65536 ? 65536 : n)});
    struct seen seen = {0};
    struct tt_stream_sink sink = {&seen, octets, gap, event};
    uint8_t head = tt_read_u8(&r);
    struct tt_stream_options o = {.max_streams = 2,
                                  .max_octets = ALL_OCTETS,
                                  .max_flow_octets = FLOW_OCTETS,
                                  .max_flow_segments = FLOW_SEGMENTS,
                                  .policy = (enum tt_stream_policy)(head % 5),
                                  .checksums = (enum tt_checksum_mode)(head / 5 % 3)};
    struct tt_streams *s = tt_streams_new(&o, &sink);
    struct tt_flow flows[2] = {0};
    struct talk talks[2] = {{{0xfffffff0u, 1000}}, {{5, 0x7ffffff0u}}};
    int64_t now = 0;
    MUST(s);
    for (size_t i = 0; i < sizeof body; i++) {
        body[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    while (tt_reader_left(&r) >= 2) {
        uint8_t x = tt_read_u8(&r), y = tt_read_u8(&r);
        struct tt_flow *f = &flows[x >> 3 & 1];
        int dir = x >> 4 & 1;
        if (x == 0xff) {
            tt_stream_end(s, f);
            memset(f, 0, sizeof *f);
            continue;
        }
        struct tt_packet p = compile(&talks[x >> 3 & 1], dir, x, y, &r);
        p.time = now += (int64_t)(x >> 5) * 400000000;
        seen.received += p.payload_length;
        seen.calls = 0;
        if (!tt_stream_packet(s, f, (enum tt_direction)dir, &p)) {
            tt_stream_end(s, f);
            memset(f, 0, sizeof *f);
            MUST(tt_stream_packet(s, f, (enum tt_direction)dir, &p));
        }
        MUST(seen.read <= seen.received);
        MUST(seen.calls <= 2 * (3 * FLOW_SEGMENTS + 2 * FLOW_OCTETS / 2048 + 8));
        MUST(count(s, "tcp.reassembly_memuse") <= ALL_OCTETS);
        MUST(tt_stream_state_name(f));
    }
    tt_stream_end(s, &flows[0]);
    tt_stream_end(s, &flows[1]);
    MUST(seen.read <= seen.received);
    MUST(count(s, "tcp.reassembly_memuse") == 0 && count(s, "tcp.active_sessions") == 0);
    tt_streams_free(s);
    return 0;
}
