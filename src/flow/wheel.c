/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Expiry in packet time: a wheel of one-second slots with intrusive 32-bit links. It is lazy: a
 * packet only writes flow->last, and a flow whose slot fires too early is queued again, so each
 * flow is visited once in its time-out. What is due ends in order of first_packet, so the order
 * does not depend on the table. Never looks at a clock.
 */
#include <stdlib.h>

#include "flow/table.h"

#define NS INT64_C(1000000000)

void tt_wheel_init(struct tt_flows *t)
{
    for (unsigned i = 0; i < WHEEL_SLOTS; i++) {
        t->wheel[i] = WHEEL_NONE;
    }
    t->second = INT64_MIN;
}

static uint32_t timeout_of(const struct tt_flows *t, const struct tt_flow *f)
{
    const struct tt_flow_options *o = &t->options;
    if (f->key.protocol != 6) {
        return f->state == TT_FLOW_NEW ? o->udp_new : o->udp_established;
    }
    return f->state == TT_FLOW_NEW           ? o->tcp_new
           : f->state == TT_FLOW_ESTABLISHED ? o->tcp_established
                                             : o->tcp_closed;
}

/* The second at which the flow is overdue. */
static int64_t deadline(const struct tt_flows *t, const struct tt_flow *f)
{
    int64_t s = f->last / NS - (f->last % NS < 0);
    return s + timeout_of(t, f) + 1;
}

/* The first of a slot says so in wheel_prev, so that it can be taken out without searching. */
#define HEAD UINT32_C(0x80000000)

static void link_at(struct tt_flows *t, struct tt_flow *f, int64_t second)
{
    if (second <= t->second) {
        second = t->second + 1; /* never into a slot that was visited in this turn */
    }
    uint32_t slot = (uint32_t)((uint64_t)second % WHEEL_SLOTS), index = flow_index(t, f);
    f->wheel_prev = HEAD | slot;
    f->wheel_next = t->wheel[slot];
    if (f->wheel_next != WHEEL_NONE) {
        flow_at(t, f->wheel_next)->wheel_prev = index;
    }
    t->wheel[slot] = index;
}

void tt_wheel_add(struct tt_flows *t, struct tt_flow *f)
{
    link_at(t, f, deadline(t, f));
}

void tt_wheel_remove(struct tt_flows *t, struct tt_flow *f)
{
    if (f->wheel_next != WHEEL_NONE) {
        flow_at(t, f->wheel_next)->wheel_prev = f->wheel_prev;
    }
    if (f->wheel_prev & HEAD) {
        t->wheel[f->wheel_prev & ~HEAD] = f->wheel_next;
    } else {
        flow_at(t, f->wheel_prev)->wheel_next = f->wheel_next;
    }
}

void tt_flows_closing(struct tt_flows *t, struct tt_flow *f)
{
    tt_wheel_remove(t, f);
    tt_wheel_add(t, f);
}

static void collect(struct tt_flows *t, struct tt_flow *f)
{
    if (t->n_due == t->cap_due) {
        uint32_t cap = t->cap_due ? t->cap_due * 2 : 1024;
        struct tt_flow **p = realloc(t->due, cap * sizeof *p);
        if (!p) {
            abort();
        }
        t->due = p;
        t->cap_due = cap;
    }
    t->due[t->n_due++] = f;
}

static int by_first_packet(const void *a, const void *b)
{
    uint64_t x = (*(struct tt_flow *const *)a)->first_packet,
             y = (*(struct tt_flow *const *)b)->first_packet;
    return x < y ? -1 : x > y;
}

static void sort_due(struct tt_flows *t)
{
    if (t->n_due) {
        qsort(t->due, t->n_due, sizeof *t->due, by_first_packet);
    }
}

static void visit(struct tt_flows *t, uint32_t slot, int64_t now)
{
    uint32_t i = t->wheel[slot];
    t->wheel[slot] = WHEEL_NONE;
    while (i != WHEEL_NONE) {
        struct tt_flow *f = flow_at(t, i);
        i = f->wheel_next;
        int64_t d = deadline(t, f);
        link_at(t, f, d);
        if (d <= now) {
            collect(t, f);
        }
    }
}

void tt_flows_tick(struct tt_flows *t, int64_t second, uint64_t packet)
{
    if (second <= t->second) {
        return;
    }
    /* a turn shows every flow: at the first tick, and after a jump */
    int64_t from = second - WHEEL_SLOTS + 1;
    if (t->second >= from) {
        from = t->second + 1;
    }
    t->second = second;
    for (int64_t s = from; s <= second; s++) {
        visit(t, (uint32_t)((uint64_t)s % WHEEL_SLOTS), second);
    }
    sort_due(t);
    for (uint32_t i = 0; i < t->n_due; i++) {
        tt_flows_close(t, t->due[i], TT_FLOW_TIMEOUT, packet);
    }
    t->counters[FLOW_TIMEOUTS] += t->n_due;
    t->n_due = 0;
}

void tt_flows_end(struct tt_flows *t, uint64_t packet)
{
    for (uint32_t s = 0; s < WHEEL_SLOTS; s++) {
        for (uint32_t i = t->wheel[s]; i != WHEEL_NONE; i = flow_at(t, i)->wheel_next) {
            collect(t, flow_at(t, i));
        }
    }
    sort_due(t);
    for (uint32_t i = 0; i < t->n_due; i++) {
        tt_flows_close(t, t->due[i], TT_FLOW_SHUTDOWN, packet);
    }
    t->n_due = 0;
}
