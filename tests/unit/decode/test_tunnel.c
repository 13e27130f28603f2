/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Each kind of tunnel by hand-made octets: RFC 2516 (PPPoE), 2784 and 2890 (GRE), 2637 (PPTP), 3032
 * (MPLS), 2003, 2473 and 4213 (IP in IP), 7348 (VXLAN), 8926 (GENEVE), draft-foschiano-erspan-03,
 * 3GPP TS 29.281 (GTP-U). What is in it is the packet; what is not right is told or stays closed.
 */
#include <stdio.h>

#include "unit/decode/wrap.h"

static struct frame f;

/* The inner packet of hello(), out of n tunnels. */
static const struct tt_tunnel *opened(const struct tt_packet *k, bool v6, unsigned n)
{
    assert_int_equal(k->flags & (TT_PACKET_IP | TT_PACKET_TRANSPORT | TT_PACKET_SUMMED),
                     TT_PACKET_IP | TT_PACKET_TRANSPORT | TT_PACKET_SUMMED);
    assert_int_equal(k->flags & (TT_PACKET_BAD_SUM | TT_PACKET_CUT), 0);
    assert_int_equal(k->ip_version, v6 ? 6 : 4);
    assert_int_equal(k->protocol, 6);
    assert_int_equal(k->ttl, v6 ? 63 : 64);
    assert_memory_equal(k->src.b, v6 ? SOURCE6 : V4(SOURCE), 16);
    assert_memory_equal(k->dst.b, v6 ? DESTINATION6 : V4(DESTINATION), 16);
    assert_int_equal(k->sport, 1000);
    assert_int_equal(k->dport, 1883);
    assert_int_equal(k->payload_length, 5);
    assert_memory_equal(k->payload, "hello", 5);
    assert_int_equal(k->n_tunnels, n);
    if (n == 0) {
        assert_int_equal(k->carried, 6);
        return NULL;
    }
    assert_int_equal(k->tunnels->n, n);
    return k->tunnels->of;
}

static void has_ends(const struct tt_tunnel *t, unsigned kind, unsigned protocol, bool has_id,
                     uint32_t id)
{
    assert_int_equal(t->kind, kind);
    assert_int_equal(t->protocol, protocol);
    assert_memory_equal(t->src.b, V4(OUTER_A), 16);
    assert_memory_equal(t->dst.b, V4(OUTER_B), 16);
    assert_int_equal(t->has_id, has_id);
    assert_int_equal(t->id, id);
    assert_int_equal(t->dport != 0, protocol == 17);
}

/* Decodes and expects the packet that carries, with an event ("" = none). */
static void closed(struct bench *t, unsigned protocol, const char *event)
{
    const struct tt_packet *k = decode(t, &f, 1);
    assert_string_equal(event_of(k, 0), event);
    assert_int_equal(k->n_tunnels, 0);
    assert_int_equal(k->flags & TT_PACKET_IP, TT_PACKET_IP);
    assert_int_equal(k->carried, protocol);
    assert_memory_equal(k->src.b, V4(OUTER_A), 16);
}

static void mpls_labels(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    hello(&f, false);
    BEFORE(&f, "\x00\x01\x00\x40\x00\x01\x11\x40"); /* labels 16 and 17, bottom, TTL 64 */
    in_ethernet(&f, 0x8847);
    const struct tt_tunnel *u = opened(decode(&t, &f, 1), false, 1);
    assert_int_equal(u->kind, TT_TUNNEL_MPLS);
    assert_int_equal(u->n_labels, 2);
    assert_int_equal(u->labels[0], 16);
    assert_int_equal(u->labels[1], 17);
    /* labels differ by direction: they keep nothing apart */
    assert_int_equal(t.b->packets[0].carried, 6);
    hello(&f, true);
    BEFORE(&f, "\x00\x00\x21\x01"); /* explicit null of IPv6 */
    in_ethernet(&f, 0x8848);
    opened(decode(&t, &f, 1), true, 1);
    static const struct {
        const char *label, *event;
    } odd[] = {{"\x00\x00\x11\x40", "decoder.mpls.bad_label_router_alert"},
               {"\x00\x00\x31\x40", "decoder.mpls.bad_label_implicit_null"},
               {"\x00\x00\xf1\x40", "decoder.mpls.bad_label_reserved"},
               {"\x00\x00\xd1\x40", ""} /* 13: of the network itself */};
    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        hello(&f, false);
        before(&f, odd[i].label, 4);
        in_ethernet(&f, 0x8847);
        const struct tt_packet *k = decode(&t, &f, 1);
        assert_string_equal(event_of(k, 0), odd[i].event);
        assert_int_equal(k->flags & TT_PACKET_IP, 0);
    }
    f.n = 0;
    BEFORE(&f, "\x00\x01\x00\x40\x00\x01");
    in_ethernet(&f, 0x8847);
    assert_string_equal(event_of(decode(&t, &f, 1), 0), "decoder.mpls.header_too_small");
    f.n = 0;
    BEFORE(&f, "\x00\x01\x01\x40");
    in_ethernet(&f, 0x8847);
    assert_string_equal(event_of(decode(&t, &f, 1), 0), "decoder.mpls.pkt_too_small");
    f.n = 0;
    BEFORE(&f, "\x00\x01\x01\x40\xf0nothing that is known here at all");
    in_ethernet(&f, 0x8847);
    assert_string_equal(event_of(decode(&t, &f, 1), 0), "decoder.mpls.unknown_payload_type");
    assert_int_equal(counted(&t, "decoder.mpls"), 9);
    check_account(&t, 2);
    bench_free(&t);
}

static void mpls_carries_ethernet(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    static const char *const macs[] = {"\x02\0\0\0\0\1", "\x45\0\0\x28\0\1", "\x60\0\0\0\0\5",
                                       "\x00\x10\x20\0\0\1"};
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned word = 0; word < 2; word++) {
            hello(&f, false);
            in_ethernet(&f, 0x0800);
            memcpy(f.p, macs[i], 6);
            if (word) { /* RFC 4448: control word with a sequence number */
                BEFORE(&f, "\x00\x00\x00\x07");
            }
            BEFORE(&f, "\x00\x01\x01\x40");
            in_ethernet(&f, 0x8847);
            opened(decode(&t, &f, 1), false, 1);
        }
    }
    f.n = 0; /* RFC 4385: an associated channel */
    BEFORE(&f, "\x00\x01\x01\x40\x10\x00\x00\x21 whatever the network says");
    in_ethernet(&f, 0x8847);
    assert_int_equal(decode(&t, &f, 1)->n_events, 0);
    check_account(&t, 8);
    bench_free(&t);
}

static void pppoe_and_ppp(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    static const struct {
        const char *p;
        uint32_t n;
        bool v6;
    } ppp[] = {{"\x00\x21", 2, false},
               {"\x21", 1, false},
               {"\x00\x57", 2, true},
               {"\xff\x03\x57", 3, true},
               {"\x02\x81\x00\x01\x01\x40", 6, false}};
    for (unsigned i = 0; i < sizeof ppp / sizeof *ppp; i++) {
        hello(&f, ppp[i].v6);
        before(&f, ppp[i].p, ppp[i].n);
        uint8_t h[6] = {0x11, 0, 0x12, 0x34, 0, (uint8_t)f.n};
        before(&f, h, 6);
        in_ethernet(&f, 0x8864);
        put(&f, "padding", 7);
        const struct tt_tunnel *u = opened(decode(&t, &f, 1), ppp[i].v6, i == 4 ? 2 : 1);
        assert_int_equal(u->kind, TT_TUNNEL_PPPOE);
        assert_int_equal(u->id, 0x1234);
        assert_int_not_equal(t.b->packets[0].carried, 6);
    }
    static const struct {
        const char *p;
        uint32_t n;
        unsigned type;
        const char *event;
    } odd[] = {
        {"\x11\x00\x00\x01\x00", 5, 0x8864, "decoder.pppoe.pkt_too_small"},
        {"\x11\x00\x00\x01\x00\x09\x00\x21", 8, 0x8864, "decoder.pppoe.pkt_too_small"},
        {"\x11\x09\x00\x01\x00\x02\x00\x21", 8, 0x8864, "decoder.pppoe.wrong_code"},
        {"\x11\x00\x00\x01\x00\x02\x00\x2b", 8, 0x8864, "decoder.ppp.unsup_proto"},
        {"\x11\x00\x00\x01\x00\x01\x00", 7, 0x8864, "decoder.ppp.pkt_too_small"},
        {"\x11\x00\x00\x01\x00\x06\xc0\x21\x09\x00\x00\x04", 12, 0x8864, ""}, /* LCP echo */
        {"\x11\x09\x00\x00\x00\x08\x01\x01\x00\x00\x01\x03\x00\x00", 14, 0x8863, ""},
        {"\x11\x09\x00\x00\x00\x08\x01\x01\x00\x00\x01\x03\x00\x01", 14, 0x8863,
         "decoder.pppoe.malformed_tags"},
        {"\x11\x09\x00\x00\x00\x09\x01\x01\x00\x00\x01\x03\x00\x00", 14, 0x8863,
         "decoder.pppoe.pkt_too_small"},
    };
    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        f.n = 0;
        before(&f, odd[i].p, odd[i].n);
        in_ethernet(&f, odd[i].type);
        const struct tt_packet *k = decode(&t, &f, 1);
        assert_string_equal(event_of(k, 0), odd[i].event);
        assert_int_equal(k->flags & TT_PACKET_IP, 0);
    }
    check_account(&t, 5);
    bench_free(&t);
}

static void gre_headers(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    static const struct {
        const char *p;
        uint32_t n;
        bool v6;
        uint32_t key;
        const char *event;
    } good[] = {
        {"\x00\x00\x08\x00", 4, false, 0, ""},
        {"\x00\x00\x86\xdd", 4, true, 0, ""},
        {"\x20\x00\x08\x00\x00\x00\x00\x2a", 8, false, 42, ""},
        {"\x10\x00\x08\x00\x00\x00\x00\x01", 8, false, 0, ""},
        {"\x30\x00\x86\xdd\x00\x00\x00\x2a\x00\x00\x00\x01", 12, true, 42, ""},
        {"\x00\x00\x65\x58\2\0\0\0\0\1\2\0\0\0\0\2\x08\x00", 18, false, 0, ""},
        {"\x00\x00\x81\x00\x00\x05\x08\x00", 8, false, 0, ""},
        {"\x00\x00\x88\x0b\xff\x03\x00\x21", 8, false, 0, ""},
        {"\x00\x00\x88\x3e", 4, false, 0, ""},                 /* WCCP */
        {"\x00\x00\x88\x3e\x00\x00\x00\x00", 8, false, 0, ""}, /* its second version */
        /* what RFC 2784 has receivers ignore */
        {"\x01\x00\x08\x00", 4, false, 0, "decoder.gre.version0_recur"},
        {"\x00\x08\x08\x00", 4, false, 0, "decoder.gre.version0_flags"},
    };
    for (unsigned i = 0; i < sizeof good / sizeof *good; i++) {
        hello(&f, good[i].v6);
        before(&f, good[i].p, good[i].n);
        in_ipv4(&f, 47);
        in_ethernet(&f, 0x0800);
        const struct tt_packet *k = decode(&t, &f, 1);
        has_ends(opened(k, good[i].v6, 1), TT_TUNNEL_GRE, 47, good[i].key != 0, good[i].key);
        assert_string_equal(event_of(k, 0), good[i].event);
        assert_int_equal(k->n_vlans, i == 6);
    }
    hello(&f, false); /* labels in GRE */
    BEFORE(&f, "\x00\x00\x88\x47\x00\x01\x01\x40");
    in_ipv4(&f, 47);
    in_ethernet(&f, 0x0800);
    assert_int_equal(opened(decode(&t, &f, 1), false, 2)[1].labels[0], 16);
    static const struct {
        const char *p;
        uint32_t n;
        const char *event;
    } odd[] = {
        {"\x00\x00\x08", 3, "decoder.gre.pkt_too_small"},
        {"\x00\x02\x08\x00", 4, "decoder.gre.wrong_version"},
        {"\x40\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00", 12, "decoder.gre.version0_route"},
        {"\x20\x00\x08\x00\x00\x00\x00", 7, "decoder.gre.version0_hdr_too_big"},
        {"\x00\x00\x08\x00\x45\x00", 6, "decoder.ipv4.pkt_too_small"},
        {"\x00\x00\x12\x34", 4, ""}, /* not known */
    };
    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        f.n = 0;
        before(&f, odd[i].p, odd[i].n);
        in_ipv4(&f, 47);
        in_ethernet(&f, 0x0800);
        closed(&t, 47, odd[i].event);
    }
    assert_int_equal(counted(&t, "decoder.gre"), 19);
    assert_int_equal(counted(&t, "telltale.decode.tunnelled"), 13);
    check_account(&t, 13);
    bench_free(&t);
}

static void gre_checksum(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    for (unsigned wrong = 0; wrong < 2; wrong++) {
        hello(&f, false);
        BEFORE(&f, "\xa0\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x07"); /* sum, reserved, key 7 */
        uint16_t sum = (uint16_t)(internet_sum(f.p, f.n, 0) + wrong);
        f.p[4] = (uint8_t)(sum >> 8);
        f.p[5] = (uint8_t)sum;
        in_ipv4(&f, 47);
        in_ethernet(&f, 0x0800);
        if (wrong) {
            closed(&t, 47, "decoder.gre.bad_checksum");
        } else {
            has_ends(opened(decode(&t, &f, 1), false, 1), TT_TUNNEL_GRE, 47, true, 7);
        }
    }
    check_account(&t, 1);
    bench_free(&t);
    t = bench_new(false, 0, 0); /* -k none */
    assert_int_equal(decode(&t, &f, 1)->n_tunnels, 1);
    bench_free(&t);
}

static void pptp(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    hello(&f, false);
    BEFORE(&f, "\xff\x03\x00\x21");
    /* key with length 49 and call 5, sequence number, acknowledgement */
    BEFORE(&f, "\x30\x81\x88\x0b\x00\x31\x00\x05\x00\x00\x00\x01\x00\x00\x00\x00");
    put(&f, "more", 4);
    in_ipv4(&f, 47);
    in_ethernet(&f, 0x0800);
    has_ends(opened(decode(&t, &f, 1), false, 1), TT_TUNNEL_PPTP, 47, true, 5);
    static const struct {
        const char *p;
        uint32_t n;
        const char *event;
    } odd[] = {
        {"\x20\x81\x88\x0b\x00\x00\x00\x05\x00\x00\x00\x00", 12, ""}, /* acknowledges only */
        {"\xb0\x01\x88\x0b\x00\x00\x00\x05\x00\x00\x00\x00", 12, "decoder.gre.version1_chksum"},
        {"\x70\x01\x88\x0b\x00\x00\x00\x05\x00\x00\x00\x00", 12, "decoder.gre.version1_route"},
        {"\x38\x01\x88\x0b\x00\x00\x00\x05\x00\x00\x00\x00", 12, "decoder.gre.version1_ssr"},
        {"\x31\x01\x88\x0b\x00\x00\x00\x05\x00\x00\x00\x00", 12, "decoder.gre.version1_recur"},
        {"\x30\x09\x88\x0b\x00\x00\x00\x05\x00\x00\x00\x00", 12, "decoder.gre.version1_flags"},
        {"\x10\x01\x88\x0b\x00\x00\x00\x05\x00\x00\x00\x00", 12, "decoder.gre.version1_no_key"},
        {"\x30\x01\x08\x00\x00\x00\x00\x05\x00\x00\x00\x00", 12,
         "decoder.gre.version1_wrong_protocol"},
        {"\x30\x01\x88\x0b\x00\x00\x00\x05\x00\x00\x00", 11, "decoder.gre.version1_hdr_too_big"},
        {"\x30\x01\x88\x0b\x00\x01\x00\x05\x00\x00\x00\x00", 12,
         "decoder.gre.version1_hdr_too_big"},
    };
    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        f.n = 0;
        before(&f, odd[i].p, odd[i].n);
        in_ipv4(&f, 47);
        in_ethernet(&f, 0x0800);
        closed(&t, 47, odd[i].event);
    }
    check_account(&t, 1);
    bench_free(&t);
}

static void erspan(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    static const struct {
        const char *p;
        uint32_t n;
        unsigned kind, vlan;
        uint32_t id;
        bool frame;
    } good[] = {
        {"\x00\x00\x88\xbe", 4, TT_TUNNEL_ERSPAN_1, 0, 0, true},
        /* sequence number; version 1, VLAN 100, session 0x123; port index */
        {"\x10\x00\x88\xbe\x00\x00\x00\x01\x10\x64\x01\x23\x00\x00\x00\x05", 16, TT_TUNNEL_ERSPAN_2,
         100, 0x123, true},
        {"\x10\x00\x88\xbe\x00\x00\x00\x01\x10\x64\x19\x23\x00\x00\x00\x05", 16, TT_TUNNEL_ERSPAN_2,
         0, 0x123, true}, /* the tag is in the frame */
        {"\x10\x00\x22\xeb\x00\x00\x00\x01\x20\x64\x00\x09\x11\x22\x33\x44\x00\x00\x00\x00", 20,
         TT_TUNNEL_ERSPAN_3, 100, 9, true},
        {"\x10\x00\x22\xeb\x00\x00\x00\x01\x20\x00\x00\x09\x11\x22\x33\x44\x00\x00\x00\x01"
         "platform",
         28, TT_TUNNEL_ERSPAN_3, 0, 9, true},
        {"\x10\x00\x22\xeb\x00\x00\x00\x01\x20\x00\x00\x09\x11\x22\x33\x44\x00\x00\x08\x00", 20,
         TT_TUNNEL_ERSPAN_3, 0, 9, false}, /* frame type 2: IP */
    };
    for (unsigned i = 0; i < sizeof good / sizeof *good; i++) {
        hello(&f, false);
        if (good[i].frame) {
            in_ethernet(&f, 0x0800);
        }
        before(&f, good[i].p, good[i].n);
        in_ipv4(&f, 47);
        in_ethernet(&f, 0x0800);
        const struct tt_packet *k = decode(&t, &f, 1);
        has_ends(opened(k, false, 1), good[i].kind, 47, good[i].id != 0, good[i].id);
        assert_int_equal(k->n_vlans, good[i].vlan != 0);
        assert_int_equal(k->vlans[0], good[i].vlan);
    }
    static const struct {
        const char *p;
        uint32_t n;
        const char *event;
    } odd[] = {
        {"\x10\x00\x88\xbe\x00\x00\x00\x01\x10\x64\x01\x23\x00", 13,
         "decoder.erspan.header_too_small"},
        {"\x10\x00\x88\xbe\x00\x00\x00\x01\x20\x64\x01\x23\x00\x00\x00\x05", 16,
         "decoder.erspan.unsupported_version"},
        {"\x10\x00\x22\xeb\x00\x00\x00\x01\x20\x00\x00\x09\x11\x22\x33\x44\x00\x00\x00\x01x", 21,
         "decoder.erspan.header_too_small"},
    };
    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        f.n = 0;
        before(&f, odd[i].p, odd[i].n);
        in_ipv4(&f, 47);
        in_ethernet(&f, 0x0800);
        closed(&t, 47, odd[i].event);
    }
    /* the switch cut the frame and says so: not the sender's fault */
    hello(&f, false);
    f.n -= 3;
    in_ethernet(&f, 0x0800);
    BEFORE(&f, "\x10\x00\x88\xbe\x00\x00\x00\x01\x10\x00\x04\x01\x00\x00\x00\x05");
    in_ipv4(&f, 47);
    in_ethernet(&f, 0x0800);
    const struct tt_packet *k = decode(&t, &f, 1);
    assert_int_equal(k->n_events, 0);
    assert_int_equal(k->payload_length, 2);
    assert_int_equal(k->payload_missing, 3);
    assert_int_equal(counted(&t, "decoder.erspan"), 7);
    check_account(&t, 7);
    bench_free(&t);
}

static void vxlan(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    static const struct {
        const char *header, *event;
        unsigned port;
    } good[] = {{"\x08\0\0\0\0\0\x2a\0", "", 4789},
                {"\x08\0\0\0\0\0\x2a\0", "", 8472},
                {"\x88\x08\x01\x02\0\0\x2a\0", "", 4789}, /* group policy */
                {"\x08\0\0\0\0\0\x2a\1", "decoder.vxlan.reserved_bits", 4789},
                {"\x18\0\0\0\0\0\x2a\0", "decoder.vxlan.reserved_bits", 4789}};
    for (unsigned i = 0; i < sizeof good / sizeof *good; i++) {
        hello(&f, i & 1);
        in_ethernet(&f, i & 1 ? 0x86dd : 0x0800);
        before(&f, good[i].header, 8);
        in_udp(&f, good[i].port);
        in_ipv4(&f, 17);
        in_ethernet(&f, 0x0800);
        const struct tt_packet *k = decode(&t, &f, 1);
        const struct tt_tunnel *u = opened(k, i & 1, 1);
        has_ends(u, TT_TUNNEL_VXLAN, 17, true, 42);
        assert_int_equal(u->sport, 50000);
        assert_int_equal(u->dport, good[i].port);
        assert_string_equal(event_of(k, 0), good[i].event);
    }
    for (unsigned i = 0; i < 2; i++) { /* GPE: IPv4 and IPv6 at once */
        hello(&f, i);
        before(&f, i ? "\x0c\0\0\2\0\0\x2a\0" : "\x0c\0\0\1\0\0\x2a\0", 8);
        in_udp(&f, 4790);
        in_ipv4(&f, 17);
        in_ethernet(&f, 0x0800);
        has_ends(opened(decode(&t, &f, 1), i, 1), TT_TUNNEL_VXLAN, 17, true, 42);
    }
    static const struct {
        const char *header;
        unsigned port, type;
        uint32_t cut;
        const char *event;
    } odd[] = {{"\x00\0\0\0\0\0\x2a\0", 4789, 0x0800, 0, ""}, /* no VNI */
               {"\x08\0\0\0\0\0\x2a\0", 4788, 0x0800, 0, ""},
               {"\x08\0\0\0\0\0\x2a\0", 4789, 0x0806, 0, ""}, /* ARP: stays as it came */
               {"\x08\0\0\0\0\0\x2a\0", 4789, 0x1234, 0, "decoder.vxlan.unknown_payload_type"},
               {"\x08\0\0\0\0\0\x2a\0", 4789, 0x86dd, 0, "decoder.vxlan.unknown_payload_type"},
               {"\x08\0\0\0\0\0\x2a\0", 4789, 0x0800, 1, "decoder.vxlan.unknown_payload_type"}};
    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        hello(&f, false);
        f.n -= odd[i].cut;
        in_ethernet(&f, odd[i].type);
        before(&f, odd[i].header, 8);
        in_udp(&f, odd[i].port);
        in_ipv4(&f, 17);
        in_ethernet(&f, 0x0800);
        closed(&t, 17, odd[i].event);
        const struct tt_packet *k = &t.b->packets[0];
        assert_int_equal(k->flags & TT_PACKET_TRANSPORT, TT_PACKET_TRANSPORT);
        assert_int_equal(k->sport, 50000);
        assert_int_equal(k->payload_length, 8 + 14 + 45 - odd[i].cut);
    }
    check_account(&t, 13);
    bench_free(&t);
}

static void geneve(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    hello(&f, false);
    in_ethernet(&f, 0x0800);
    BEFORE(&f, "\x02\x00\x65\x58\x00\x00\x2a\x00\x01\x02\x80\x01\xaa\xbb\xcc\xdd"); /* an option */
    in_udp(&f, 6081);
    in_ipv4(&f, 17);
    in_ethernet(&f, 0x0800);
    has_ends(opened(decode(&t, &f, 1), false, 1), TT_TUNNEL_GENEVE, 17, true, 42);
    static const char *const odd[] = {"\x3f\x00\x65\x58\x00\x00\x2a\x00", /* options beyond */
                                      "\x40\x00\x08\x00\x00\x00\x2a\x00", /* version 1 */
                                      "\x00\x00\x86\xdd\x00\x00\x2a\x00"};
    for (unsigned i = 0; i < 3; i++) {
        hello(&f, false);
        before(&f, odd[i], 8);
        in_udp(&f, 6081);
        in_ipv4(&f, 17);
        in_ethernet(&f, 0x0800);
        closed(&t, 17, "");
    }
    bench_free(&t);
}

static void gtp_u(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    /* TEID 0x01020304; inner packet of 45 octets */
    static const struct {
        const char *p;
        uint32_t n;
    } good[] = {
        {"\x30\xff\x00\x2d\1\2\3\4", 8},
        {"\x32\xff\x00\x31\1\2\3\4\x00\x07\x00\x00", 12}, /* sequence number */
        {"\x31\xff\x00\x31\1\2\3\4\x00\x00\x09\xc0", 12}, /* N-PDU: the type does not count */
        {"\x34\xff\x00\x35\1\2\3\4\x00\x00\x00\xc0\x01\x00\x0b\x00", 16}, /* PDCP number */
        {"\x37\xff\x00\x3d\1\2\3\4\x00\x07\x09\x85\x01\x00\x09\xc0\x02\x00\x0b\x00\x00\x00\x00\x00",
         24},
        {"\x38\xff\x00\x2d\1\2\3\4", 8}, /* spare bit: ignored */
    };
    for (unsigned i = 0; i < sizeof good / sizeof *good; i++) {
        hello(&f, false);
        before(&f, good[i].p, good[i].n);
        in_udp(&f, 2152);
        in_ipv4(&f, 17);
        in_ethernet(&f, 0x0800);
        has_ends(opened(decode(&t, &f, 1), false, 1), TT_TUNNEL_GTP_U, 17, true, 0x01020304);
    }
    static const struct {
        const char *p;
        uint32_t n;
        const char *event;
    } odd[] = {
        {"\x30\x1a\x00\x2d\1\2\3\4", 8, ""}, /* error indication */
        {"\x20\xff\x00\x2d\1\2\3\4", 8, ""}, /* GTP' */
        {"\x50\xff\x00\x2d\1\2\3\4", 8, ""}, /* version 2 */
        {"\x30\xff\x00\x2e\1\2\3\4", 8, ""}, /* longer than it is */
        {"\x34\xff\x00\x35\1\2\3\4\x00\x00\x00\xc0\x00\x00\x0b\x00", 16, ""}, /* of length 0 */
        {"\x34\xff\x00\x35\1\2\3\4\x00\x00\x00\xc0\xff\x00\x0b\x00", 16, ""},
        {"\x30\xff\x00\x2c\1\2\3\4", 8, ""}, /* the inner packet is longer; something follows */
        {"\x30\xff\x00\x31\1\2\3\4\x45\x00\x00\x00", 12, "decoder.gtp_u.inner_invalid"},
    };
    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        hello(&f, false);
        before(&f, odd[i].p, odd[i].n);
        in_udp(&f, 2152);
        in_ipv4(&f, 17);
        in_ethernet(&f, 0x0800);
        closed(&t, 17, odd[i].event);
    }
    check_account(&t, 14);
    bench_free(&t);
}

static void ip_in_ip(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    for (unsigned i = 0; i < 4; i++) {
        bool inner6 = i & 1, outer6 = i >> 1;
        hello(&f, inner6);
        if (outer6) {
            in_ipv6(&f, inner6 ? 41 : 4);
        } else {
            in_ipv4(&f, inner6 ? 41 : 4);
        }
        in_ethernet(&f, outer6 ? 0x86dd : 0x0800);
        const struct tt_tunnel *u = opened(decode(&t, &f, 1), inner6, 1);
        assert_int_equal(u->kind, TT_TUNNEL_IP_IN_IP);
        assert_int_equal(u->protocol, inner6 ? 41 : 4);
        assert_memory_equal(u->src.b, outer6 ? OUTER6_A : V4(OUTER_A), 16);
        assert_memory_equal(u->dst.b, outer6 ? OUTER6_B : V4(OUTER_B), 16);
    }
    static const char *const counts[] = {"decoder.ipv4_in_ipv4", "decoder.ipv6_in_ipv4",
                                         "decoder.ipv4_in_ipv6", "decoder.ipv6_in_ipv6"};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(counted(&t, counts[i]), 1);
    }
    static const struct {
        const char *p;
        uint32_t n;
        unsigned next;
        const char *event;
    } odd[] = {
        {"\x45\0\0\x14", 4, 4, "decoder.ipv6.ipv4_in_ipv6_too_small"},
        {"\x65\0\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, 4,
         "decoder.ipv6.ipv4_in_ipv6_wrong_version"},
        {"\x60\0\0\0", 4, 41, "decoder.ipv6.ipv6_in_ipv6_too_small"},
    };
    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        f.n = 0;
        before(&f, odd[i].p, odd[i].n);
        in_ipv6(&f, odd[i].next);
        in_ethernet(&f, 0x86dd);
        const struct tt_packet *k = decode(&t, &f, 1);
        assert_string_equal(event_of(k, 0), odd[i].event);
        assert_memory_equal(k->src.b, OUTER6_A, 16);
    }
    /* an inner packet cannot be longer than what carries it */
    hello(&f, false);
    f.n -= 1;
    in_ipv4(&f, 4);
    in_ethernet(&f, 0x0800);
    put(&f, "padding", 7);
    assert_string_equal(event_of(decode(&t, &f, 1), 0), "decoder.ipv4.trunc_pkt");
    check_account(&t, 4);
    bench_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mpls_labels),   cmocka_unit_test(mpls_carries_ethernet),
        cmocka_unit_test(pppoe_and_ppp), cmocka_unit_test(gre_headers),
        cmocka_unit_test(gre_checksum),  cmocka_unit_test(pptp),
        cmocka_unit_test(erspan),        cmocka_unit_test(vxlan),
        cmocka_unit_test(geneve),        cmocka_unit_test(gtp_u),
        cmocka_unit_test(ip_in_ip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
