/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TCP reassembly driven by a small language: each octet pair is an instruction (segment, early
 * segment, retransmission, hole, acknowledgement, handshake, reset, anything at all, end of the
 * flow) for one of two flows. Whatever comes, no more is read than was received, one packet causes
 * a bounded number of calls, caps hold, and the end gives all memory back.
 *
 * A first octet with its high bit set is for the plain receiver of plain_receiver.h instead: one
 * direction of one connection to a receiver of any system of host-os-policy, with or without that
 * receiver's packets in the capture. Segments in order, early, repeated, overlapping with other
 * content, losses that are acknowledged, time that passes, an end, octets behind it, resets: after
 * each instruction both must have read the same.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/work.h"
#include "fuzz/must.h"
#include "plain_receiver.h"
#include "stream/stream.h"

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

/* One direction of one connection, beside the plain receiver. */
struct beside {
    struct tt_streams *streams;
    struct tt_flow flow;
    uint32_t base, top; /* sequence number of octet 0; end of what was sent */
    uint32_t fin;       /* of the FIN, SPAN = none */
    bool heard;         /* the capture has the receiver's packets */
    bool reset;         /* the connection was reset */
    uint32_t beyond; /* segments behind its end: sixteen mean that the receiver left the capture */
    int64_t now, since; /* ms; when octets began to wait */
    uint8_t got[SPAN];
    uint32_t n_got, lost, compared;
    struct plain_receiver plain; /* last: its list need not be cleared */
};

#define GIVEN_UP 3000 /* ms that a hole lasts where the receiver is not in the capture */

static void beside_octets(void *ctx, struct tt_flow *f, enum tt_direction d, struct tt_bytes b,
                          const struct tt_packet *p)
{
    struct beside *o = ctx;
    (void)f, (void)p;
    MUST(d == TT_TO_SERVER && b.n <= SPAN - o->n_got);
    memcpy(o->got + o->n_got, b.p, b.n);
    o->n_got += b.n;
}

static void beside_gap(void *ctx, struct tt_flow *f, enum tt_direction d, uint32_t n,
                       const struct tt_packet *p)
{
    (void)f, (void)d, (void)p;
    ((struct beside *)ctx)->lost += n;
}

static void same_as_plain(struct beside *o)
{
    const struct plain_receiver *p = &o->plain;
    MUST(o->n_got == p->n_read && o->lost == p->lost &&
         memcmp(o->got + o->compared, p->read + o->compared, o->n_got - o->compared) == 0);
    o->compared = o->n_got;
}

static struct tt_packet packet_of(const struct beside *o, unsigned flags, uint32_t seq)
{
    return (struct tt_packet){.flags = TT_PACKET_IP | TT_PACKET_TRANSPORT,
                              .protocol = 6,
                              .window = 0xffff,
                              .tcp_flags = (uint8_t)flags,
                              .seq = seq,
                              .ack = 7000,
                              .time = o->now * 1000000};
}

static void send(struct beside *o, enum tt_direction d, const struct tt_packet *p)
{
    MUST(tt_stream_packet(o->streams, &o->flow, d, p));
}

static void handshake(struct beside *o)
{
    struct tt_packet p = packet_of(o, TT_SYN, o->base - 1);
    p.ack = 0;
    send(o, TT_TO_SERVER, &p);
    if (o->heard) {
        p = packet_of(o, TT_SYN | TT_ACK, 6999);
        p.ack = o->base;
        send(o, TT_TO_CLIENT, &p);
    }
    p = packet_of(o, TT_ACK, o->base);
    send(o, TT_TO_SERVER, &p);
}

static void segment(struct beside *o, uint32_t at, uint32_t n, unsigned flags, uint8_t content)
{
    uint8_t octets[64];
    struct plain_receiver *plain = &o->plain;
    struct tt_packet p = packet_of(o, TT_ACK | flags, o->base + at);
    bool old = at + n <= plain->next, waited = plain_waits(plain);
    memset(octets, content, n);
    p.payload = octets;
    p.payload_length = n;
    send(o, TT_TO_SERVER, &p);
    if (o->reset || at >= o->fin) {
        o->beyond++; /* nobody reads it */
        return;
    }
    o->fin = flags & TT_FIN ? at + n : o->fin;
    o->top = at + n > o->top ? at + n : o->top;
    plain_take(plain, at, at + n, content);
    o->since = waited ? o->since : o->now;
    if (!old && !o->heard && plain_waits(plain) && o->now - o->since > GIVEN_UP) {
        plain_give_up(plain, SPAN);
        o->since = o->now;
    }
}

/* The receiver acknowledges what it has, not half a hole: what is missing below was lost to the
 * capture only. */
static void acknowledge(struct beside *o, uint8_t y)
{
    uint32_t next = o->plain.next, at = next + (o->top - next) * (y & 15u) / 15;
    if (!o->heard || o->reset) {
        return;
    }
    while (at > next && !plain_has(&o->plain, at - 1)) {
        at--;
    }
    struct tt_packet p = packet_of(o, TT_ACK, 7000);
    p.ack = o->base + at;
    send(o, TT_TO_CLIENT, &p);
    while (o->plain.next < at) {
        plain_give_up(&o->plain, at);
    }
}

static void reset(struct beside *o, uint8_t y)
{
    uint32_t past = y & 1 ? 0 : y >> 1; /* only the exact number counts */
    struct tt_packet p = packet_of(o, TT_RST, o->base + o->plain.next + past);
    /* Linux takes that of the end of the early octets, too */
    if (o->heard && o->plain.next < o->fin && (past == 0 || !plain_waits(&o->plain))) {
        send(o, TT_TO_SERVER, &p);
        o->reset |= past == 0;
    }
}

/* One instruction x with operand y. False: no room for more. */
static bool step(struct beside *o, uint8_t x, uint8_t y)
{
    const uint8_t content = (uint8_t)(x ^ y ^ (o->now & 0xff));
    uint32_t next = o->plain.next, n = (y & 63u) + 1, at = next;
    switch (x & 7) {
    case 0: /* in order */
        break;
    case 1: /* early, over what waits or beyond it */
    case 5:
        at += (uint32_t)(x >> 3) * 4 + (y >> 6);
        break;
    case 2: /* again, or partly */
        at -= at < x >> 3 ? at : x >> 3;
        break;
    case 3:
        acknowledge(o, y);
        return true;
    case 4: /* time passes */
        o->now += (int64_t)y * 20;
        return true;
    case 6: /* the end, or a reset */
        if (y & 128) {
            reset(o, y & 127);
            return true;
        }
        if (o->fin < SPAN || o->reset) {
            return true;
        }
        at = o->top > next ? o->top : next;
        return at + n <= SPAN && (segment(o, at, n, TT_FIN, content), true);
    default: /* behind the end */
        at = o->fin < SPAN ? o->fin + (y >> 6) : at;
        break;
    }
    if ((o->reset || at >= o->fin) && o->beyond >= 12) {
        return true;
    }
    if (at >= o->fin && !o->heard && o->plain.next < o->fin) {
        return true; /* whether a hole before the end was lost cannot be told */
    }
    if (at < o->fin && at + n > o->fin) {
        n = o->fin - at; /* who sends a FIN sends nothing beyond it in the same breath */
    }
    if (at + n > SPAN) {
        return false;
    }
    segment(o, at, n, 0, content);
    return true;
}

static void beside_plain(struct tt_reader *r, uint8_t head)
{
    static struct beside o;
    unsigned system = (head & 31) % TT_RECEIVERS;
    memset(&o, 0, offsetof(struct beside, plain) + offsetof(struct plain_receiver, list));
    o.heard = !(head & 32);
    o.base = head & 64 ? 0u - SPAN / 2 : 1000;
    o.fin = SPAN;
    o.now = 1;
    MUST(plain_rule_of(tt_receiver_names[system], &o.plain.rule));
    struct tt_stream_sink sink = {&o, beside_octets, beside_gap, NULL};
    struct tt_stream_options options = {.max_streams = 1,
                                        .max_octets = 1 << 20,
                                        .max_flow_octets = 1 << 16,
                                        .max_flow_segments = 4096,
                                        .policy = tt_stream_policy_of((enum tt_receiver)system)};
    o.streams = tt_streams_new(&options, &sink);
    MUST(o.streams);
    handshake(&o);
    for (unsigned i = 0; i < SEGMENTS && tt_reader_left(r) >= 2; i++) {
        uint8_t x = tt_read_u8(r), y = tt_read_u8(r);
        o.now++;
        if (!step(&o, x, y)) {
            break;
        }
        same_as_plain(&o);
    }
    tt_stream_end(o.streams, &o.flow);
    if (!o.reset && !o.beyond) {
        while (plain_waits(&o.plain)) {
            plain_give_up(&o.plain, SPAN);
        }
        same_as_plain(&o);
    }
    MUST(count(o.streams, "tcp.reassembly_memuse") == 0);
    MUST(count(o.streams, "tcp.active_sessions") == 0);
    tt_streams_free(o.streams);
}

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *in, size_t n)
{
    struct tt_reader r = tt_reader_over((struct tt_bytes){in, (uint32_t)(n > 65536 ? 65536 : n)});
    struct seen seen = {0};
    struct tt_stream_sink sink = {&seen, octets, gap, event};
    uint8_t head = tt_read_u8(&r);
    if (head & 0x80) {
        beside_plain(&r, head);
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
