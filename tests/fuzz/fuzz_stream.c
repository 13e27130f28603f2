/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TCP reassembly driven by a small language: each octet pair is an instruction (segment, early
 * segment, retransmission, hole, acknowledgement, handshake, reset, anything at all, end of the
 * flow) for one of two flows. Whatever comes, no more is read than was received, one packet causes
 * a bounded number of calls, caps hold, and the end gives all memory back.
 *
 * A first octet with its high bit set is for the oracle instead: one direction of one connection,
 * whose octets (segments in order, early, repeated, overlapping with other content, losses that are
 * acknowledged, acknowledgements) also go to a map of one entry for each octet, kept by the
 * simplest reading of the policy. After each instruction both must have read the same.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/work.h"
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

#define SPAN 3000u

/* What a receiver that keeps the first, or the last, of what waits would read: for each octet its
 * content, or nothing. */
struct oracle {
    bool last;
    uint32_t next;
    bool known[SPAN];
    uint8_t content[SPAN];
    uint8_t expected[SPAN], got[SPAN];
    uint32_t n_expected, n_got, lost_expected, lost_got;
    uint32_t top, compared; /* end of what was sent; octets compared already */
};

static void oracle_octets(void *ctx, struct tt_flow *f, enum tt_direction d, struct tt_bytes b,
                          const struct tt_packet *p)
{
    struct oracle *o = ctx;
    (void)f, (void)p;
    MUST(d == TT_TO_SERVER && b.n <= SPAN - o->n_got);
    memcpy(o->got + o->n_got, b.p, b.n);
    o->n_got += b.n;
}

static void oracle_gap(void *ctx, struct tt_flow *f, enum tt_direction d, uint32_t n,
                       const struct tt_packet *p)
{
    (void)f, (void)d, (void)p;
    ((struct oracle *)ctx)->lost_got += n;
}

static void oracle_read(struct oracle *o)
{
    while (o->next < SPAN && o->known[o->next]) {
        o->expected[o->n_expected++] = o->content[o->next++];
    }
}

static void oracle_segment(struct oracle *o, uint32_t at, const uint8_t *p, uint32_t n)
{
    for (uint32_t i = at < o->next ? o->next : at; i < at + n; i++) {
        if (!o->known[i] || o->last) {
            o->content[i] = p[i - at];
            o->known[i] = true;
        }
    }
    o->top = at + n > o->top ? at + n : o->top;
    oracle_read(o);
}

/* The receiver acknowledged up to `to`: what is missing below was lost to the capture only. */
static void oracle_acknowledged(struct oracle *o, uint32_t to)
{
    while (o->next < to) {
        while (o->next < to && !o->known[o->next]) {
            o->next++;
            o->lost_expected++;
        }
        oracle_read(o);
    }
}

static void oracle_handshake(struct tt_streams *s, struct tt_flow *f, uint32_t base)
{
    struct tt_packet p = {.flags = TT_PACKET_IP | TT_PACKET_TRANSPORT,
                          .protocol = 6,
                          .window = 0xffff,
                          .tcp_flags = TT_SYN,
                          .seq = base - 1};
    MUST(tt_stream_packet(s, f, TT_TO_SERVER, &p));
    p.tcp_flags = TT_SYN | TT_ACK;
    p.seq = 6999;
    p.ack = base;
    MUST(tt_stream_packet(s, f, TT_TO_CLIENT, &p));
    p.tcp_flags = TT_ACK;
    p.seq = base;
    p.ack = 7000;
    MUST(tt_stream_packet(s, f, TT_TO_SERVER, &p));
}

/* One instruction x with operand y. False: no room for more. */
static bool oracle_step(struct oracle *o, struct tt_streams *s, struct tt_flow *f, uint32_t base,
                        uint8_t x, uint8_t y, int64_t now)
{
    uint8_t octets[256];
    uint32_t at = o->next, n = (y & 63u) + 1, top = o->next;
    struct tt_packet p = {.flags = TT_PACKET_IP | TT_PACKET_TRANSPORT,
                          .protocol = 6,
                          .window = 0xffff,
                          .tcp_flags = TT_ACK,
                          .ack = 7000,
                          .time = now};
    top = o->top > top ? o->top : top;
    switch (x & 3) {
    case 0: /* in order */
        break;
    case 1: /* early, over what waits or beyond it */
        at += (uint32_t)(x >> 2) * 4 + (y >> 6);
        break;
    case 2: /* again, or partly */
        at -= at < x >> 2 ? at : x >> 2;
        break;
    default: /* the receiver acknowledges some of what was sent */
        p.tcp_flags = TT_ACK;
        p.seq = 7000;
        at = o->next + (top - o->next) * (y & 15u) / 15;
        while (at > o->next && !o->known[at - 1]) {
            at--; /* it acknowledges what it has, not half a hole */
        }
        p.ack = base + at;
        MUST(tt_stream_packet(s, f, TT_TO_CLIENT, &p));
        oracle_acknowledged(o, at);
        return true;
    }
    if (at + n > SPAN) {
        return false;
    }
    memset(octets, x ^ y ^ (int)(now & 0xff), n);
    p.seq = base + at;
    p.payload = octets;
    p.payload_length = n;
    MUST(tt_stream_packet(s, f, TT_TO_SERVER, &p));
    oracle_segment(o, at, octets, n);
    return true;
}

static void with_oracle(struct tt_reader *r, uint8_t head)
{
    static struct oracle o;
    memset(&o, 0, sizeof o);
    o.last = head & 1;
    struct tt_stream_sink sink = {&o, oracle_octets, oracle_gap, NULL};
    struct tt_stream_options options = {.max_streams = 1,
                                        .max_octets = 1 << 20,
                                        .max_flow_octets = 1 << 16,
                                        .max_flow_segments = 4096,
                                        .policy = o.last ? TT_POLICY_LAST : TT_POLICY_FIRST};
    struct tt_streams *s = tt_streams_new(&options, &sink);
    struct tt_flow f = {0};
    uint32_t base = head & 2 ? 0u - SPAN / 2 : 1000;
    MUST(s);
    oracle_handshake(s, &f, base);
    for (int64_t now = 1; tt_reader_left(r) >= 2; now++) {
        uint8_t x = tt_read_u8(r), y = tt_read_u8(r);
        if (!oracle_step(&o, s, &f, base, x, y, now)) {
            break;
        }
        MUST(o.n_got == o.n_expected &&
             memcmp(o.got + o.compared, o.expected + o.compared, o.n_got - o.compared) == 0);
        o.compared = o.n_got;
        MUST(o.lost_got == o.lost_expected);
    }
    tt_stream_end(s, &f);
    MUST(count(s, "tcp.reassembly_memuse") == 0 && count(s, "tcp.active_sessions") == 0);
    tt_streams_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
    struct tt_reader r = tt_reader_over((struct tt_bytes){in, (uint32_t)(n > 65536 ? 65536 : n)});
    struct seen seen = {0};
    struct tt_stream_sink sink = {&seen, octets, gap, event};
    uint8_t head = tt_read_u8(&r);
    if (head & 0x80) {
        with_oracle(&r, head);
        return 0;
    }
    struct tt_stream_options o = {.max_streams = 2,
                                  .max_octets = ALL_OCTETS,
                                  .max_flow_octets = FLOW_OCTETS,
                                  .max_flow_segments = FLOW_SEGMENTS,
                                  .policy = (enum tt_stream_policy)(head % TT_POLICIES),
                                  .checksums = (enum tt_checksum_mode)(head / TT_POLICIES % 3)};
    struct tt_streams *s = tt_streams_new(&o, &sink);
    struct tt_flow flows[2] = {0};
    struct talk talks[2] = {{{0xfffffff0u, 1000}}, {{5, 0x7ffffff0u}}};
    int64_t now = 0;
    uint64_t wire = 0, looked = tt_work_looked;
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
        wire += 54 + p.payload_length;
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
    MUST(tt_work_looked - looked <= 4 * wire); /* headers and all */
    MUST(seen.read <= seen.received);
    MUST(count(s, "tcp.reassembly_memuse") == 0 && count(s, "tcp.active_sessions") == 0);
    tt_streams_free(s);
    return 0;
}
