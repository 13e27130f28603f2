/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What comes of doubts: octets with a low TTL, and how often an event is told.
 */
#include "rig.h"

#define C 1000u
#define S 5000u

static void with_ttl(struct rig *r, uint8_t ttl, uint32_t at, const char *octets)
{
    struct tt_packet p = rig_packet(r, TT_ACK, C + at, S, octets, (uint32_t)strlen(octets));
    p.ttl = ttl;
    rig_give(r, 0, &p);
}

/* A segment that dies on its way: what comes after it and is acknowledged is read. When the way
 * itself has changed, its octets are read too, later. */
static void low_ttl(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, (struct tt_stream_options){0});
    rig_handshake(&r, C, S);
    with_ttl(&r, 60, 0, "one ");
    rig_send(&r, 1, TT_ACK, S, C + 4, NULL, 0);
    with_ttl(&r, 9, 4, "GOOD");
    assert_int_equal(r.n[0], 4);
    with_ttl(&r, 60, 4, "EVIL");
    rig_send(&r, 1, TT_ACK, S, C + 8, NULL, 0);
    with_ttl(&r, 58, 8, " way");
    assert_int_equal(r.n[0], 8);
    rig_send(&r, 1, TT_ACK, S, C + 12, NULL, 0);
    with_ttl(&r, 58, 12, " two");
    assert_int_equal(r.n[0], 16);
    assert_memory_equal(r.read[0], "one EVIL way two", 16);
    assert_true(rig_raised(&r, "stream.ttl_low"));
    rig_close(&r);
}

/* The first of each kind, then 15 a minute and direction; the flow knows all kinds. */
static void events_are_limited(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, (struct tt_stream_options){0});
    rig_handshake(&r, C, S);
    for (int i = 0; i < 100; i++) {
        rig_send(&r, 0, 0, C, 0, "x", 1);
    }
    assert_int_equal(rig_count(&r, "tcp.events_suppressed"), 85);
    r.events = 0;
    rig_send(&r, 0, TT_RST, C + 5, 0, NULL, 0);
    assert_true(rig_raised(&r, "stream.rst_invalid_ack")); /* another kind */
    rig_send(&r, 0, 0, C, 0, "x", 1);
    assert_int_equal(rig_count(&r, "tcp.events_suppressed"), 86);
    r.clock += UINT64_C(140000000000);
    r.events = 0;
    rig_send(&r, 0, 0, C, 0, "x", 1);
    assert_true(rig_raised(&r, "stream.pkt_broken_ack"));
    uint64_t before = tt_stream_end(r.streams, &r.flow);
    assert_int_equal(__builtin_popcountll(before), 2);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(low_ttl),
                                       cmocka_unit_test(events_are_limited)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
