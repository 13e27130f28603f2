/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Expiry in packet time: at which second a flow ends, in which order, and what jumps of the clock
 * do. A model that looks at every flow at every tick says what is right.
 */
#include "unit/flow/flows.h"

static struct ends ends;

static struct tt_flows *table_of(void)
{
    ends.n = 0;
    struct tt_flow_options o = {.max_flows = 8192, .secret = 1};
    return tt_flows_new(&o, note_end, &ends);
}

static struct tt_flow *udp_at(struct tt_flows *t, uint32_t who, int64_t time, uint64_t number)
{
    bool is_new;
    struct tt_packet p = packet_of(17, who, 4000, 0xc0a80001, 5000, 0, time, number);
    return feed(t, &p, &is_new);
}

/* Silent for 30 seconds is not longer than the time-out of a new UDP flow (30
 * s); 31 full seconds are. */
static void ends_after_its_timeout(void **state)
{
    (void)state;
    struct tt_flows *t = table_of();
    tt_flows_tick(t, 100, 0);
    udp_at(t, 1, 100 * SECOND + 999, 1);
    tt_flows_tick(t, 130, 2);
    assert_int_equal(ends.n, 0);
    tt_flows_tick(t, 131, 3);
    assert_int_equal(ends.n, 1);
    assert_int_equal(ends.e[0].reason, TT_FLOW_TIMEOUT);
    assert_int_equal(ends.e[0].packet, 3);
    assert_int_equal(flow_count_of(t, "telltale.flow.timeouts"), 1);
    tt_flows_free(t);
}

static void a_packet_keeps_it_alive(void **state)
{
    (void)state;
    struct tt_flows *t = table_of();
    for (int64_t s = 0; s < 300; s += 20) {
        tt_flows_tick(t, s, 1);
        udp_at(t, 1, s * SECOND, (uint64_t)s + 1);
    }
    assert_int_equal(ends.n, 0);
    assert_int_equal(flow_count_of(t, "flow.total"), 1);
    tt_flows_tick(t, 280 + 31, 1);
    assert_int_equal(ends.n, 1);
    tt_flows_free(t);
}

/* The first tick is one like every other: what is overdue by then ends. */
static void the_first_tick_counts(void **state)
{
    (void)state;
    struct tt_flows *t = table_of();
    udp_at(t, 1, 100 * SECOND, 1);
    tt_flows_tick(t, 500, 2);
    assert_int_equal(ends.n, 1);
    tt_flows_free(t);
}

static void due_flows_end_in_order_of_their_first_packet(void **state)
{
    (void)state;
    struct tt_flows *t = table_of();
    tt_flows_tick(t, 0, 0);
    for (uint32_t i = 0; i < 2000; i++) {
        /* numbers and times in an order that the table and the wheel do not have */
        uint32_t k = (i * 769) % 2000;
        udp_at(t, k + 1, (int64_t)(k % 20) * SECOND, k + 1);
    }
    tt_flows_tick(t, 1000, 5000);
    assert_int_equal(ends.n, 2000);
    for (uint32_t i = 0; i < ends.n; i++) {
        assert_int_equal(ends.e[i].first_packet, i + 1);
    }
    tt_flows_free(t);
}

static void states_have_their_own_timeouts(void **state)
{
    (void)state;
    static const struct {
        enum tt_flow_state state;
        int64_t seconds;
    } rows[] = {{TT_FLOW_NEW, 60}, {TT_FLOW_ESTABLISHED, 90000}, {TT_FLOW_CLOSED, 10}};
    for (unsigned i = 0; i < 3; i++) {
        struct tt_flows *t = table_of();
        bool is_new;
        tt_flows_tick(t, 0, 0);
        struct tt_packet p = packet_of(6, 1, 40000, 2, 1883, TT_SYN, 0, 1);
        struct tt_flow *f = feed(t, &p, &is_new);
        f->state = (uint8_t)rows[i].state;
        if (rows[i].state == TT_FLOW_CLOSED) {
            tt_flows_closing(t, f);
        }
        tt_flows_tick(t, rows[i].seconds, 2);
        assert_int_equal(ends.n, 0);
        tt_flows_tick(t, rows[i].seconds + 1, 3);
        assert_int_equal(ends.n, 1);
        tt_flows_free(t);
    }
}

/* Years at once: one pass over the wheel, every flow ends once; and the clock never runs back. */
static void huge_jumps(void **state)
{
    (void)state;
    struct tt_flows *t = table_of();
    tt_flows_tick(t, 0, 0);
    for (uint32_t i = 0; i < 1000; i++) {
        udp_at(t, i + 1, (int64_t)i * SECOND / 100, i + 1);
    }
    tt_flows_tick(t, INT64_C(9000000000), 2000);
    assert_int_equal(ends.n, 1000);
    tt_flows_tick(t, 5, 2001);
    assert_int_equal(ends.n, 1000);
    /* A packet from long ago opens a flow that the next tick ends; nothing is lost. */
    udp_at(t, 1, 0, 3000);
    tt_flows_tick(t, INT64_C(9000000000), 3001);
    assert_int_equal(ends.n, 1000);
    tt_flows_tick(t, INT64_C(9000000001), 3002);
    assert_int_equal(ends.n, 1001);
    tt_flows_free(t);
}

static void before_1970(void **state)
{
    (void)state;
    struct tt_flows *t = table_of();
    tt_flows_tick(t, -1000, 0);
    udp_at(t, 1, -1000 * SECOND + 1, 1);
    tt_flows_tick(t, -970, 2);
    assert_int_equal(ends.n, 0);
    tt_flows_tick(t, -969, 3);
    assert_int_equal(ends.n, 1);
    tt_flows_free(t);
}

static uint32_t next_random(uint32_t *x)
{
    *x = *x * 1664525 + 1013904223;
    return *x >> 8;
}

/* Against a model that looks at all flows at each tick, with steps of 0 to 3000
 * seconds and packets in between. */
static void same_as_looking_at_all(void **state)
{
    (void)state;
    enum { FLOWS = 200 };
    uint32_t x = 7;
    for (unsigned round = 0; round < 20; round++) {
        struct tt_flows *t = table_of();
        int64_t last[FLOWS], now = 1000;
        bool alive[FLOWS] = {false};
        uint64_t number = 0;
        uint32_t expected = 0;
        tt_flows_tick(t, now, 0);
        for (unsigned step = 0; step < 300; step++) {
            for (unsigned k = 0; k < 20; k++) {
                uint32_t who = next_random(&x) % FLOWS;
                udp_at(t, who + 1, now * SECOND + next_random(&x) % 1000, ++number);
                last[who] = now;
                alive[who] = true;
            }
            now += next_random(&x) % 10 ? next_random(&x) % 12 : next_random(&x) % 3000;
            for (unsigned i = 0; i < FLOWS; i++) {
                if (alive[i] && now > last[i] + 30) {
                    alive[i] = false;
                    expected++;
                }
            }
            tt_flows_tick(t, now, number);
            assert_int_equal(ends.n, expected);
        }
        tt_flows_end(t, number + 1);
        assert_int_equal(ends.n, flow_count_of(t, "flow.total"));
        tt_flows_free(t);
    }
}

static void the_end_ends_all_in_order(void **state)
{
    (void)state;
    struct tt_flows *t = table_of();
    tt_flows_tick(t, 0, 0);
    for (uint32_t i = 500; i > 0; i--) {
        udp_at(t, i, (int64_t)(i % 13) * SECOND, i);
    }
    tt_flows_end(t, 1000);
    assert_int_equal(ends.n, 500);
    for (uint32_t i = 0; i < 500; i++) {
        assert_int_equal(ends.e[i].first_packet, i + 1);
        assert_int_equal(ends.e[i].reason, TT_FLOW_SHUTDOWN);
    }
    tt_flows_end(t, 1001);
    assert_int_equal(ends.n, 500);
    tt_flows_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_after_its_timeout),
        cmocka_unit_test(a_packet_keeps_it_alive),
        cmocka_unit_test(the_first_tick_counts),
        cmocka_unit_test(due_flows_end_in_order_of_their_first_packet),
        cmocka_unit_test(states_have_their_own_timeouts),
        cmocka_unit_test(huge_jumps),
        cmocka_unit_test(before_1970),
        cmocka_unit_test(same_as_looking_at_all),
        cmocka_unit_test(the_end_ends_all_in_order),
    };
    return cmocka_run_group_tests_name("flow wheel", tests, NULL, NULL);
}
