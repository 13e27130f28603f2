/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A rig for the stream tests: packets from a few words, and a sink that writes down what was read.
 */
#ifndef TESTS_STREAM_RIG_H
#define TESTS_STREAM_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stream/stream.h"

#define RIG_CAP (1u << 20)

struct rig {
    struct tt_streams *streams;
    struct tt_flow flow;
    uint8_t *read[2];
    uint32_t n[2], gaps[2], gap_octets[2], calls[2];
    uint64_t events;
    uint64_t clock; /* ns */
    uint64_t number;
    bool closed_over; /* tt_stream_packet said: a new connection */
    bool refuse_gap_marks;
};

static void rig_octets(void *ctx, struct tt_flow *f, enum tt_direction d, struct tt_bytes b,
                       const struct tt_packet *p)
{
    struct rig *r = ctx;
    (void)f, (void)p;
    assert_true(b.n > 0);
    assert_true(b.n <= RIG_CAP - r->n[d]);
    memcpy(r->read[d] + r->n[d], b.p, b.n);
    r->n[d] += b.n;
    r->calls[d]++;
}

/* A gap shows as '#' in what was read. */
static void rig_gap(void *ctx, struct tt_flow *f, enum tt_direction d, uint32_t n,
                    const struct tt_packet *p)
{
    struct rig *r = ctx;
    (void)f, (void)p;
    r->gaps[d]++;
    r->gap_octets[d] += n;
    if (!r->refuse_gap_marks) {
        r->read[d][r->n[d]++] = '#';
    }
}

static void rig_event(void *ctx, struct tt_flow *f, enum tt_direction d, unsigned e,
                      const struct tt_packet *p)
{
    struct rig *r = ctx;
    (void)f, (void)d, (void)p;
    r->events |= (uint64_t)1 << e;
}

static inline void rig_open(struct rig *r, struct tt_stream_options o)
{
    memset(r, 0, sizeof *r);
    if (!o.max_streams) {
        o.max_streams = 64;
    }
    struct tt_stream_sink sink = {r, rig_octets, rig_gap, rig_event};
    r->streams = tt_streams_new(&o, &sink);
    assert_non_null(r->streams);
    r->read[0] = malloc(RIG_CAP);
    r->read[1] = malloc(RIG_CAP);
    r->flow.key.protocol = 6;
}

static inline void rig_reset(struct rig *r)
{
    tt_stream_end(r->streams, &r->flow);
    memset(&r->flow, 0, sizeof r->flow);
    r->n[0] = r->n[1] = r->gaps[0] = r->gaps[1] = r->gap_octets[0] = r->gap_octets[1] = 0;
    r->calls[0] = r->calls[1] = 0;
    r->events = 0;
    r->closed_over = false;
}

static inline void rig_close(struct rig *r)
{
    tt_stream_end(r->streams, &r->flow);
    tt_streams_free(r->streams);
    free(r->read[0]);
    free(r->read[1]);
}

static inline struct tt_packet rig_packet(struct rig *r, uint8_t flags, uint32_t seq, uint32_t ack,
                                          const void *payload, uint32_t n)
{
    r->clock += 1000000;
    return (struct tt_packet){.time = (int64_t)r->clock,
                              .number = ++r->number,
                              .flags = TT_PACKET_IP | TT_PACKET_TRANSPORT | TT_PACKET_SUMMED,
                              .protocol = 6,
                              .ttl = 60,
                              .tcp_flags = flags,
                              .seq = seq,
                              .ack = ack,
                              .window = 0xfff0,
                              .payload = payload,
                              .payload_length = n};
}

static inline bool rig_give(struct rig *r, int dir, const struct tt_packet *p)
{
    r->flow.tcp_flags[dir] |= p->tcp_flags;
    bool same = tt_stream_packet(r->streams, &r->flow, (enum tt_direction)dir, p);
    if (!same) {
        r->closed_over = true;
    }
    return same;
}

static inline bool rig_send(struct rig *r, int dir, uint8_t flags, uint32_t seq, uint32_t ack,
                            const void *payload, uint32_t n)
{
    struct tt_packet p = rig_packet(r, flags, seq, ack, payload, n);
    return rig_give(r, dir, &p);
}

/* The handshake: client octets begin at c, those of the server at s. Windows are scaled by 2^7. */
static inline void rig_handshake(struct rig *r, uint32_t c, uint32_t s)
{
    static const uint8_t scale[4] = {1, 3, 3, 7};
    struct tt_packet p = rig_packet(r, TT_SYN, c - 1, 0, NULL, 0);
    p.tcp_options = scale;
    p.tcp_options_length = sizeof scale;
    rig_give(r, 0, &p);
    p = rig_packet(r, TT_SYN | TT_ACK, s - 1, c, NULL, 0);
    p.tcp_options = scale;
    p.tcp_options_length = sizeof scale;
    rig_give(r, 1, &p);
    rig_send(r, 0, TT_ACK, c, s, NULL, 0);
}

static inline bool rig_raised(const struct rig *r, const char *name)
{
    uint32_t n;
    const struct tt_anomaly *rows = tt_stream_anomalies(&n);
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return r->events >> i & 1;
        }
    }
    fail_msg("no event %s", name);
    return false;
}

static inline uint64_t rig_count(const struct rig *r, const char *name)
{
    struct tt_counter_set c = tt_stream_counters(r->streams);
    for (uint32_t i = 0; i < c.n; i++) {
        if (strcmp(c.rows[i].name, name) == 0) {
            return c.values[i];
        }
    }
    fail_msg("no counter %s", name);
    return 0;
}

/* splitmix64: the same sequence on every machine. */
static inline uint64_t rig_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline uint32_t rig_below(uint64_t *state, uint32_t n)
{
    return n ? (uint32_t)(rig_random(state) % n) : 0;
}

#endif
