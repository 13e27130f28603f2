/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the tests of the flow room share: packets made from numbers, and a log
 * of the flows that ended.
 */
#ifndef UNIT_FLOW_FLOWS_H
#define UNIT_FLOW_FLOWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "flow/flow.h"

#define SECOND   INT64_C(1000000000)
#define ENDS_MAX 100000

struct ends {
    uint32_t n;
    struct {
        uint64_t first_packet, packet;
        enum tt_flow_reason reason;
    } e[ENDS_MAX];
};

static inline void note_end(void *ctx, struct tt_flow *f, enum tt_flow_reason reason,
                            uint64_t packet)
{
    struct ends *ends = ctx;
    assert_true(ends->n < ENDS_MAX);
    ends->e[ends->n].first_packet = f->first_packet;
    ends->e[ends->n].packet = packet;
    ends->e[ends->n].reason = reason;
    ends->n++;
}

static inline struct tt_address v4(uint32_t a)
{
    struct tt_address r = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, (uint8_t)(a >> 24),
                            (uint8_t)(a >> 16), (uint8_t)(a >> 8), (uint8_t)a}};
    return r;
}

static inline struct tt_packet packet_of(uint8_t protocol, uint32_t src, uint16_t sport,
                                         uint32_t dst, uint16_t dport, uint8_t tcp_flags,
                                         int64_t time, uint64_t number)
{
    return (struct tt_packet){.flags = TT_PACKET_IP | TT_PACKET_TRANSPORT,
                              .protocol = protocol,
                              .ip_version = 4,
                              .src = v4(src),
                              .dst = v4(dst),
                              .sport = sport,
                              .dport = dport,
                              .tcp_flags = tcp_flags,
                              .length = 60,
                              .time = time,
                              .number = number};
}

static inline struct tt_packet answer_to(const struct tt_packet *p, uint8_t tcp_flags, int64_t time,
                                         uint64_t number)
{
    struct tt_packet r = *p;
    r.src = p->dst;
    r.dst = p->src;
    r.sport = p->dport;
    r.dport = p->sport;
    r.tcp_flags = tcp_flags;
    r.time = time;
    r.number = number;
    return r;
}

static inline struct tt_flow *feed(struct tt_flows *t, struct tt_packet *p, bool *is_new)
{
    struct tt_flow *likely;
    tt_flows_prepare(t, &p, 1);
    tt_flows_prefetch(t, &p, 1, &likely);
    struct tt_flow_place at = tt_flows_packet(t, p, likely);
    *is_new = at.is_new;
    if (at.flow) {
        assert_int_equal(at.direction, tt_flow_direction(at.flow, p));
    }
    return at.flow;
}

static inline uint64_t flow_count_of(const struct tt_flows *t, const char *name)
{
    struct tt_counter_set set = tt_flows_counters(t);
    for (uint32_t i = 0; i < set.n; i++) {
        if (strcmp(set.rows[i].name, name) == 0) {
            return set.values[i];
        }
    }
    fail_msg("no counter %s", name);
    return 0;
}

#endif
