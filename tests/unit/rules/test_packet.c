/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rules of tcp, udp, ip and icmp: streams across segments, payloads, header
 * keywords, IP-only rules, pass.
 */
#define RIG_FAKE
#include "unit/rules/rig.h"

#include "base/work.h"

static const char *chunk(struct rig *r, enum tt_direction d, const char *text)
{
    struct tt_bytes b = {(const uint8_t *)text, (uint32_t)strlen(text)};
    tt_matcher_stream(r->m, &r->flow, d, b, &r->packet);
    r->packet.number++;
    return rig_hits(r);
}

static const char *packet(struct rig *r, const char *payload)
{
    r->packet.payload = (const uint8_t *)payload;
    r->packet.payload_length = (uint32_t)strlen(payload);
    r->flow.packets[TT_TO_SERVER]++;
    tt_matcher_packet(r->m, &r->flow, TT_TO_SERVER, &r->packet);
    r->packet.number++;
    return rig_hits(r);
}

static void across_segments(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r,
             "alert tcp any any -> any any (content:\"attack\"; sid:1;)\n"
             "alert tcp any any -> any any (flow:to_server; content:\"GO\"; depth:2; sid:2;)\n"
             "alert tcp any any -> any any (content:\"one\"; content:\"two\"; distance:0; sid:3;)\n"
             "alert tcp any any -> any any (flow:to_client; content:\"attack\"; sid:4;)\n"
             "alert tcp any any -> any any (pcre:\"/x\\d{4}y/\"; sid:5;)\n");
    assert_string_equal(r.reports, "");
    assert_string_equal(chunk(&r, TT_TO_SERVER, "G"), "");
    /* depth counts from the start of the stream */
    assert_string_equal(chunk(&r, TT_TO_SERVER, "O att"), "2");
    assert_string_equal(chunk(&r, TT_TO_SERVER, "ack on"), "1");
    assert_string_equal(chunk(&r, TT_TO_SERVER, "e, "), ""); /* not a second time */
    assert_string_equal(chunk(&r, TT_TO_SERVER, "two"), "3");
    assert_string_equal(chunk(&r, TT_TO_CLIENT, "att"), "");
    assert_string_equal(chunk(&r, TT_TO_CLIENT, "ack"), "1,4");
    assert_string_equal(chunk(&r, TT_TO_SERVER, "x12"), "");
    assert_string_equal(chunk(&r, TT_TO_SERVER, "34y GO"), "5");
    tt_matcher_end(r.m, &r.flow);
    assert_string_equal(chunk(&r, TT_TO_SERVER, "att"), "");
    tt_matcher_end(r.m, &r.flow);
    assert_string_equal(chunk(&r, TT_TO_SERVER, "ack"), "");
    rig_close(&r);
}

/* Every cut of a text gives the same alert once: whole = split. */
static void every_cut(void **state)
{
    (void)state;
    const char *text = "....needle.then.a.thread....";
    struct rig r;
    rig_open(&r, "alert tcp any any -> any any (content:\"needle\"; content:\"thread\"; "
                 "distance:8; within:6; sid:1;)\n");
    for (unsigned size = 1; size <= strlen(text); size++) {
        unsigned hits = 0;
        for (unsigned at = 0; at < strlen(text); at += size) {
            char part[64];
            snprintf(part, sizeof part, "%.*s", (int)size, text + at);
            hits += *chunk(&r, TT_TO_SERVER, part) != 0;
        }
        assert_int_equal(hits, 1);
        tt_matcher_end(r.m, &r.flow);
    }
    rig_close(&r);
}

/* Many flows come and go; each finds its own octets. */
static void carried_by_flow(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "alert tcp any any -> any any (content:\"attack\"; sid:1;)\n");
    static struct tt_flow flows[1000];
    struct tt_bytes a = {(const uint8_t *)"att", 3}, b = {(const uint8_t *)"ack", 3};
    for (unsigned i = 0; i < 1000; i++) {
        flows[i] = r.flow;
        flows[i].hash = i % 7; /* they all collide */
        tt_matcher_stream(r.m, &flows[i], TT_TO_SERVER, a, &r.packet);
    }
    for (unsigned i = 0; i < 1000; i += 2) {
        tt_matcher_end(r.m, &flows[i]);
    }
    unsigned hits = 0;
    for (unsigned i = 0; i < 1000; i++) {
        r.packet.number++;
        tt_matcher_stream(r.m, &flows[i], TT_TO_SERVER, b, &r.packet);
        hits += r.n;
        assert_int_equal(r.n, i % 2);
        r.n = 0;
    }
    assert_int_equal(hits, 500);
    rig_close(&r);
}

static void payloads_and_headers(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "alert udp any any -> any 5683 (content:\"core\"; sid:1;)\n"
                 "alert tcp-pkt any any -> any any (content:\"core\"; sid:2;)\n"
                 "alert tcp any any -> any any (flags:S,12; sid:3;)\n"
                 "alert tcp any any -> any any (flags:+A; sid:4;)\n"
                 "alert ip any any -> any any (ttl:<5; sid:5;)\n"
                 "alert tcp any any -> any any (dsize:>3; content:\"core\"; sid:6;)\n"
                 "alert ip any any -> any any (ip_proto:udp; ttl:64; sid:7;)\n"
                 "alert ip any any -> any any (sameip; sid:8;)\n"
                 "alert icmp any any -> any any (ttl:1-9; sid:9;)\n"
                 "alert tcp any any -> any any (window:1024; sid:10;)\n"
                 "alert ipv6 any any -> any any (ttl:64; sid:11;)\n");
    assert_string_equal(r.reports, "");
    r.packet.tcp_flags = TT_SYN | TT_ECE | TT_CWR;
    assert_string_equal(packet(&r, ""), "3");
    r.packet.tcp_flags = TT_ACK | TT_PSH;
    r.packet.window = 1024;
    assert_string_equal(packet(&r, "<core>"), "2,4,6,10");
    r.packet.ttl = 3;
    r.packet.window = 0;
    assert_string_equal(packet(&r, ""), "4,5");
    r.packet.protocol = 17;
    r.flow.key.protocol = 17;
    r.packet.ttl = 64;
    assert_string_equal(packet(&r, "<core>"), "7"); /* another port */
    r.flow.key.high_port = r.packet.dport = 5683;
    assert_string_equal(packet(&r, "<core>"), "1,7");
    r.packet.protocol = 1;
    r.packet.ttl = 8;
    r.packet.flags = TT_PACKET_IP;
    r.packet.dst = r.packet.src;
    tt_matcher_packet(r.m, NULL, TT_TO_SERVER, &r.packet);
    assert_string_equal(rig_hits(&r), "8,9");
    rig_close(&r);
}

static void once_per_flow(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "alert ip 10.0.0.5 any -> any any (sid:1;)\n"
                 "alert tcp 10.0.0.5 any -> any any (sid:2;)\n"
                 "alert udp any any -> any any (sid:3;)\n"
                 "alert tcp any any -> any 1883 (sid:4;)\n");
    assert_string_equal(packet(&r, "a"), "1,2,4");
    /* with a port it is no IP-only rule: each packet, as in Suricata */
    assert_string_equal(packet(&r, "b"), "4");
    rig_close(&r);
}

static void passes(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "pass ip 10.0.0.5 any -> any any (sid:1;)\n"
                 "alert tcp any any -> any any (content:\"core\"; sid:2;)\n"
                 "alert fake any any -> any any (fake.type:NOTE; sid:3;)\n"
                 "alert tcp-pkt any any -> any any (content:\"core\"; sid:4;)\n");
    assert_string_equal(chunk(&r, TT_TO_SERVER, "core"), "");
    assert_string_equal(rig_note(&r, "a", "b"), "");
    assert_string_equal(packet(&r, "core"), "");
    /* the other direction is not let go */
    assert_string_equal(chunk(&r, TT_TO_CLIENT, "core"), "2");
    rig_close(&r);
}

/* A segment of n octets costs 4 n and twice what a literal may lie in before it (20 - 1), not the
 * 512 that are carried. */
static void segments_of_one_octet(void **state)
{
    (void)state;
#ifdef TT_WORK
    enum { OCTETS = 8000, BEFORE = 19 };
    struct rig r;
    rig_open(&r, "alert tcp any any -> any any (content:\"twenty octets, a few\"; sid:1;)\n");
    uint64_t before = tt_work_looked;
    unsigned hits = 0;
    for (uint32_t i = 0; i < OCTETS; i++) {
        static const char text[] = "nothing of it, or twenty octet, or ";
        uint8_t octet = (uint8_t)text[i % (sizeof text - 1)];
        tt_matcher_stream(r.m, &r.flow, TT_TO_SERVER, (struct tt_bytes){&octet, 1}, &r.packet);
        r.packet.number++;
        hits += r.n;
    }
    assert_int_equal(hits, 0);
    assert_in_range(tt_work_looked - before, OCTETS, (4 + 2 * BEFORE) * OCTETS);
    before = tt_work_looked;
    static uint8_t large[100000];
    tt_matcher_stream(r.m, &r.flow, TT_TO_SERVER, (struct tt_bytes){large, sizeof large},
                      &r.packet);
    assert_in_range(tt_work_looked - before, sizeof large, 4 * sizeof large);
    rig_close(&r);
#endif
}

/* However a stream is cut, what lies across two of the pieces is found, wherever the ring ends. */
static void any_cut_finds_it(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "alert tcp any any -> any any (content:\"mark\"; content:\"at the end\"; "
                 "distance:1; within:400; fast_pattern; sid:1;)\n");
    static uint8_t octets[2000];
    for (uint32_t at = 0; at + 500 < sizeof octets; at += 61) {
        for (uint32_t cut = 1; cut < 700; cut = cut * 2 + 1) {
            struct tt_flow flow = r.flow;
            unsigned hits = 0;
            memset(octets, '.', sizeof octets);
            memcpy(octets + at, "mark", 4);
            memcpy(octets + at + 390, "at the end", 10);
            for (uint32_t from = 0; from < sizeof octets; from += cut) {
                uint32_t n = cut < sizeof octets - from ? cut : (uint32_t)sizeof octets - from;
                tt_matcher_stream(r.m, &flow, TT_TO_SERVER, (struct tt_bytes){octets + from, n},
                                  &r.packet);
                r.packet.number++;
                hits += r.n;
                r.n = 0;
            }
            tt_matcher_end(r.m, &flow);
            assert_int_equal(hits, 1);
        }
    }
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(across_segments),       cmocka_unit_test(every_cut),
        cmocka_unit_test(carried_by_flow),       cmocka_unit_test(payloads_and_headers),
        cmocka_unit_test(once_per_flow),         cmocka_unit_test(passes),
        cmocka_unit_test(segments_of_one_octet), cmocka_unit_test(any_cut_finds_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
