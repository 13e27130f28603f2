/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whose events are these? What decode notices belongs to the flow of the packet, of the datagram
 * that fragments make, or, where no receiver reads on, of the ports that the packet shows.
 */
#include "unit/decode/build.h"

static struct frame f;

static bool is_odd(const struct tt_packet *k, const char *name)
{
    uint32_t n;
    const struct tt_anomaly *rows = tt_decode_anomalies(&n);
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return k->flags & TT_PACKET_ODD && k->odd >> i & 1;
        }
    }
    fail_msg("no event %s", name);
    return false;
}

/* The packet is not to be read, and is of the connection that put_tcp makes. */
static void names_connection(const struct tt_packet *k, unsigned version, const char *event)
{
    assert_true(k->flags & TT_PACKET_NAMES_FLOW);
    assert_false(k->flags & TT_PACKET_TRANSPORT);
    assert_true(is_odd(k, event));
    assert_int_equal(k->ip_version, version);
    assert_int_equal(k->protocol, 6);
    assert_int_equal(k->sport, 1000);
    assert_int_equal(k->dport, 1883);
    assert_memory_equal(k->src.b + 12, version == 4 ? SOURCE : &SOURCE6[12], 4);
    assert_memory_equal(k->dst.b + 12, version == 4 ? DESTINATION : &DESTINATION6[12], 4);
}

static const struct tt_packet *changed(struct bench *t, uint32_t n_options, uint32_t at, unsigned v)
{
    static const uint8_t nops[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    f.n = 0;
    put_ethernet(&f, 0x0800);
    put_ipv4(&f, 6, 22, 1, 0, nops, n_options);
    put_tcp(&f, false, TT_ACK, "", 0, "hi", 2);
    if (at) {
        f.p[14 + at] = (uint8_t)v;
    }
    return decode(t, &f, 1);
}

static void packets_that_no_receiver_reads(void **state)
{
    (void)state;
    struct bench t = bench_new(false, 0, 0);
    const struct tt_packet *k = changed(&t, 0, 0, 0);
    assert_false(k->flags & (TT_PACKET_ODD | TT_PACKET_NAMES_FLOW));
    assert_true(k->flags & TT_PACKET_TRANSPORT);
    f.p[14] = 0x55;
    names_connection(decode(&t, &f, 1), 4, "decoder.ipv4.wrong_ip_version");
    f.p[14] = 0x43;
    names_connection(decode(&t, &f, 1), 4, "decoder.ipv4.hlen_too_small");
    names_connection(changed(&t, 0, 3, 19), 4, "decoder.ipv4.iplen_smaller_than_hlen");
    names_connection(changed(&t, 0, 2, 1), 4, "decoder.ipv4.trunc_pkt");
    names_connection(changed(&t, 8, 20, 131), 4, "decoder.ipv4.opt_invalid_len");
    names_connection(changed(&t, 0, 20 + 12, 0x40), 4, "decoder.tcp.invalid_optlen");
    names_connection(changed(&t, 0, 20 + 12, 0xf0), 4, "decoder.tcp.hlen_too_small");
    /* neither TCP nor UDP; and a later fragment, whose octets are no ports */
    assert_false(changed(&t, 8, 21, 1)->flags & TT_PACKET_NAMES_FLOW);
    f.p[14 + 9] = 47;
    assert_false(decode(&t, &f, 1)->flags & TT_PACKET_NAMES_FLOW);
    changed(&t, 0, 7, 4);
    f.p[14 + 2] = 1;
    assert_false(decode(&t, &f, 1)->flags & TT_PACKET_NAMES_FLOW);
    bench_free(&t);
}

/* An option of IPv6 that its receiver must not skip, and another header behind it. */
static void behind_extension_headers(void **state)
{
    (void)state;
    struct bench t = bench_new(false, 0, 0);
    f.n = 0;
    put_ethernet(&f, 0x86dd);
    put_ipv6(&f, 60, 8 + 8 + 20);
    put(&f, "\x3c\0\xc3\4\0\0\0\0", 8);
    put(&f, "\6\0\1\4\0\0\0\0", 8);
    put_tcp(&f, true, TT_ACK, "", 0, "", 0);
    names_connection(decode(&t, &f, 1), 6, "decoder.ipv6.unknown_option");
    f.p[14 + 5] = 200; /* a length beyond the frame */
    names_connection(decode(&t, &f, 1), 6, "decoder.ipv6.trunc_pkt");
    f.p[14] = 0x50;
    names_connection(decode(&t, &f, 1), 6, "decoder.ipv6.wrong_ip_version");
    bench_free(&t);
}

static struct frame segment;

static const struct tt_packet *send(struct bench *t, unsigned id, uint32_t from, uint32_t to,
                                    bool more)
{
    f.n = 0;
    put_ipv4(&f, 6, to - from, id, from / 8 | (more ? 0x2000 : 0), "", 0);
    put(&f, segment.p + from, to - from);
    return decode(t, &f, 101);
}

static void make_segment(void)
{
    static const uint8_t payload[180];
    segment.n = 0;
    put_tcp(&segment, false, TT_ACK, "", 0, payload, sizeof payload);
}

/* What a fragment shows is told with it, and stands in the record of the flow that the whole is of:
 * once, not as another event. */
static void events_of_fragments_go_with_the_whole(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    make_segment();
    const struct tt_packet *k = send(&t, 1, 8, 40, true);
    assert_string_equal(event_of(k, 0), "decoder.ipv4.frag_tiny");
    assert_false(k->flags & TT_PACKET_NAMES_FLOW); /* whose they are is not known yet */
    k = send(&t, 1, 40, 200, false);
    assert_int_equal(k->n_events, 0);
    assert_false(k->flags & TT_PACKET_NAMES_FLOW);
    k = send(&t, 1, 0, 8, true);
    assert_true(k->flags & TT_PACKET_TRANSPORT);
    assert_int_equal(k->n_events, 1);
    assert_true(is_odd(k, "decoder.ipv4.frag_tiny"));

    k = send(&t, 2, 64, 136, true);
    assert_false(k->flags & TT_PACKET_ODD);
    segment.p[70] ^= 1;
    k = send(&t, 2, 64, 136, true);
    assert_string_equal(event_of(k, 0), "decoder.ipv4.frag_overlap");
    segment.p[70] ^= 1;
    send(&t, 2, 136, 200, false);
    k = send(&t, 2, 0, 64, true);
    assert_true(k->flags & TT_PACKET_TRANSPORT);
    assert_int_equal(k->n_events, 0);
    assert_true(is_odd(k, "decoder.ipv4.frag_overlap"));
    k = send(&t, 3, 0, 200, false);
    assert_false(k->flags & TT_PACKET_ODD);
    bench_free(&t);
}

/* Datagrams that nobody completes: of the flow that the first fragment names, once it is there. */
static void datagrams_that_are_never_whole(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    make_segment();
    names_connection(send(&t, 1, 0, 32, true), 4, "decoder.ipv4.frag_tiny");
    names_connection(send(&t, 1, 128, 136, true), 4, "decoder.ipv4.frag_tiny");
    send(&t, 2, 0, 96, true);
    names_connection(send(&t, 2, 64, 136, true), 4, "decoder.ipv4.frag_overlap"); /* thrown away */
    send(&t, 3, 64, 96, true);
    names_connection(send(&t, 3, 0, 64, true), 4, "decoder.ipv4.frag_tiny");
    /* a wrong header sum */
    send(&t, 4, 0, 64, true);
    assert_false(send(&t, 4, 64, 136, true)->flags & TT_PACKET_ODD);
    f.p[10] ^= 1;
    names_connection(decode(&t, &f, 101), 4, "decoder.ipv4.frag_ignored");
    bench_free(&t);
}

/* net.ipv4.ipfrag_max_dist: with 64 fragments of other datagrams between, Linux has forgotten. */
static void others_of_the_sender_between(void **state)
{
    (void)state;
    make_segment();
    for (unsigned others = 63; others < 65; others++) {
        struct bench t = bench_new(true, 0, 0);
        send(&t, 1, 0, 64, true);
        for (unsigned i = 0; i < others; i++) {
            assert_false(send(&t, 100 + i, 0, 64, true)->flags & TT_PACKET_ODD);
        }
        const struct tt_packet *k = send(&t, 1, 64, 200, false);
        if (others < 64) {
            assert_true(k->flags & TT_PACKET_REASSEMBLED);
            assert_false(k->flags & TT_PACKET_ODD);
        } else {
            names_connection(k, 4, "decoder.ipv4.frag_far");
            assert_true(k->flags & TT_PACKET_FRAGMENT);
            assert_true(send(&t, 1, 0, 64, true)->flags & TT_PACKET_REASSEMBLED);
        }
        bench_free(&t);
    }
}

/* Told 256 times a second and no more; the flow's record has it each time. */
static void suppressed_ones_are_noted(void **state)
{
    (void)state;
    struct bench t = bench_new(false, 0, 0);
    unsigned told = 0;
    for (unsigned i = 0; i < 300; i++) {
        const struct tt_packet *k = changed(&t, 0, 20 + 12, 0x40);
        names_connection(k, 4, "decoder.tcp.invalid_optlen");
        told += k->n_events;
    }
    assert_int_equal(told, 256);
    assert_int_equal(counted(&t, "telltale.decode.events_suppressed"), 44);
    bench_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_that_no_receiver_reads),
        cmocka_unit_test(behind_extension_headers),
        cmocka_unit_test(events_of_fragments_go_with_the_whole),
        cmocka_unit_test(datagrams_that_are_never_whole),
        cmocka_unit_test(others_of_the_sender_between),
        cmocka_unit_test(suppressed_ones_are_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
