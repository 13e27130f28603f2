/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tunnels within tunnels, what keeps conversations of different ones apart and lets both directions
 * meet, fragments inside and outside, sums, cut captures, options, and the account of packets.
 */
#include <stdio.h>

#include "flow/flow.h"
#include "unit/decode/wrap.h"

static struct frame f;

static struct bench bench_with(const struct tt_tunnel_options *tunnels)
{
    struct tt_decode_options o = {.checksums = true, .tunnels = tunnels};
    struct bench t = {tt_decoder_new(&o), tt_block_new(), 0};
    assert_non_null(t.d);
    return t;
}

static void too_deep(void **state)
{
    (void)state;
    for (unsigned depth = 0; depth <= TT_TUNNELS; depth += 2) {
        struct tt_tunnel_options o = tt_tunnel_defaults;
        o.depth = depth;
        struct bench t = bench_with(&o);
        for (unsigned n = 1; n < 14; n++) {
            hello(&f, false);
            for (unsigned i = 0; i < n; i++) {
                in_ipv4(&f, 4);
            }
            in_ethernet(&f, 0x0800);
            const struct tt_packet *k = decode(&t, &f, 1);
            assert_int_equal(k->n_tunnels, n < depth ? n : depth);
            assert_int_equal(k->protocol, n <= depth ? 6 : 4);
            bool told = n > depth && depth > 0; /* 0 is a choice */
            assert_string_equal(event_of(k, 0), told ? "decoder.too_many_layers" : "");
        }
        assert_int_equal(counted(&t, "decoder.too_many_layers"), depth ? 13 - depth : 0);
        check_account(&t, depth);
        bench_free(&t);
    }
}

/* All kinds within one another. */
static void many_kinds(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    hello(&f, true);
    BEFORE(&f, "\x34\xff\x00\x49\1\2\3\4\x00\x00\x00\xc0\x01\x00\x0b\x00"); /* GTP-U */
    in_udp(&f, 2152);
    in_ipv4(&f, 17);
    BEFORE(&f, "\x00\x00\x08\x00"); /* GRE */
    in_ipv6(&f, 47);
    in_ethernet(&f, 0x86dd);
    BEFORE(&f, "\x08\0\0\0\0\0\x07\0"); /* VXLAN */
    in_udp(&f, 4789);
    in_ipv4(&f, 17);
    uint8_t ppp[] = {0x11, 0, 0, 1, (uint8_t)((f.n + 2) >> 8), (uint8_t)(f.n + 2), 0, 0x21};
    before(&f, ppp, sizeof ppp);
    in_ethernet(&f, 0x8864);
    BEFORE(&f, "\0\0\0\0\x00\x01\x01\x40"); /* a label, and a pseudowire's control word */
    memcpy(f.p, "\x00\x01\x01\x40\0\0\0\0", 8);
    in_ethernet(&f, 0x8847);
    const struct tt_packet *k = decode(&t, &f, 1);
    static const uint8_t kinds[] = {TT_TUNNEL_MPLS, TT_TUNNEL_PPPOE, TT_TUNNEL_VXLAN, TT_TUNNEL_GRE,
                                    TT_TUNNEL_GTP_U};
    assert_int_equal(k->n_events, 0);
    assert_int_equal(k->n_tunnels, 5);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(k->tunnels->of[i].kind, kinds[i]);
    }
    assert_memory_equal(k->src.b, SOURCE6, 16);
    assert_int_equal(k->dport, 1883);
    check_account(&t, 1);
    bench_free(&t);
}

enum way { PLAIN, KEY_1, KEY_2, GTP_1, GTP_2, GTP_OTHER, VNI_1, VNI_2, LABEL_1, LABEL_2, WAYS };

/* hello, or the answer of its server, on this way. */
static const struct tt_packet *on(struct bench *t, enum way way, bool back)
{
    hello(&f, false);
    if (back) { /* ends change places: sums stay right */
        uint8_t h[12];
        memcpy(h, f.p + 12, 8);
        memcpy(f.p + 12, h + 4, 4);
        memcpy(f.p + 16, h, 4);
        memcpy(h, f.p + 20, 4);
        memcpy(f.p + 20, h + 2, 2);
        memcpy(f.p + 22, h, 2);
    }
    switch (way) {
    case KEY_1:
    case KEY_2:
        BEFORE(&f, "\x20\x00\x08\x00\x00\x00\x00\x00");
        f.p[7] = way == KEY_1 ? 1 : 2;
        in_ipv4_as(&f, 47, back, 1, 0);
        break;
    case GTP_1:
    case GTP_2: /* TEIDs are the receiver's: each direction has its own */
    case GTP_OTHER:
        BEFORE(&f, "\x30\xff\x00\x2d\0\0\0\0");
        f.p[7] = (uint8_t)(way * 2u + back);
        in_udp(&f, 2152);
        in_ipv4_as(&f, 17, back, 1, 0);
        if (way == GTP_OTHER) { /* another cell: sum by hand */
            f.p[back ? 19 : 15] ^= 0x10;
            f.p[10] = f.p[11] = 0;
            uint16_t sum = internet_sum(f.p, 20, 0);
            f.p[10] = (uint8_t)(sum >> 8);
            f.p[11] = (uint8_t)sum;
        }
        break;
    case VNI_1:
    case VNI_2:
        in_ethernet(&f, 0x0800);
        BEFORE(&f, "\x08\0\0\0\0\0\0\0");
        f.p[6] = way == VNI_1 ? 1 : 2;
        in_udp(&f, 4789);
        in_ipv4_as(&f, 17, back, 1, 0);
        break;
    case LABEL_1:
    case LABEL_2:
        BEFORE(&f, "\x00\x10\x01\x40");
        f.p[1] = (uint8_t)(way * 16u + back);
        break;
    default:
        break;
    }
    in_ethernet(&f, way == LABEL_1 || way == LABEL_2 ? 0x8847 : 0x0800);
    return decode(t, &f, 1);
}

static void nothing_ends(void *ctx, struct tt_flow *flow, enum tt_flow_reason r, uint64_t packet)
{
    (void)ctx, (void)flow, (void)r, (void)packet;
}

static struct tt_flow *flow_on(struct tt_flows *flows, struct bench *t, enum way way, bool back)
{
    struct tt_packet *k = (struct tt_packet *)(uintptr_t)on(t, way, back);
    struct tt_flow *likely;
    assert_int_equal(k->flags & TT_PACKET_BAD_SUM, 0);
    tt_flows_prepare(flows, &k, 1);
    tt_flows_prefetch(flows, &k, 1, &likely);
    return tt_flows_packet(flows, k, likely).flow;
}

static void conversations(struct bench *t, bool together)
{
    struct tt_flows *flows = tt_flows_new(&(struct tt_flow_options){0}, nothing_ends, NULL);
    /* GTP_2: the same two nodes; labels say nothing: the same as without a tunnel */
    static const uint8_t same_as[WAYS] = {PLAIN,     KEY_1, KEY_2, GTP_1, GTP_1,
                                          GTP_OTHER, VNI_1, VNI_2, PLAIN, PLAIN};
    struct tt_flow *seen[WAYS];
    for (unsigned i = 0; i < WAYS; i++) {
        seen[i] = flow_on(flows, t, (enum way)i, i & 1);
        assert_non_null(seen[i]);
    }
    for (unsigned i = 0; i < WAYS; i++) {
        assert_ptr_equal(flow_on(flows, t, (enum way)i, !(i & 1)), seen[i]);
        for (unsigned j = 0; j < i; j++) {
            assert_int_equal(seen[i] == seen[j], together || same_as[i] == same_as[j]);
            assert_int_equal(tt_flow_id(seen[i]) == tt_flow_id(seen[j]), seen[i] == seen[j]);
        }
    }
    if (!together) {
        assert_null(tt_flow_tunnels(flows, seen[PLAIN]));
        const struct tt_tunnels *u = tt_flow_tunnels(flows, seen[GTP_1]);
        assert_int_equal(u->n, 1);
        assert_int_equal(u->of[0].kind, TT_TUNNEL_GTP_U);
        assert_int_equal(u->of[0].id, GTP_1 * 2 + 1); /* as its first packet had it */
        assert_memory_equal(u->of[0].src.b, V4(OUTER_B), 16);
    }
    tt_flows_free(flows);
}

static void both_directions_meet(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    conversations(&t, false);
    bench_free(&t);
    struct tt_tunnel_options o = tt_tunnel_defaults;
    o.together = true;
    t = bench_with(&o);
    conversations(&t, true);
    bench_free(&t);
}

/* RFC 7637: the lower 8 bits of NVGRE's key are the sender's choice. */
static void nvgre(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {{"\x20\x00\x65\x58\x00\x20\x01\x11", "\x20\x00\x65\x58\x00\x20\x01\x22", true},
                 {"\x20\x00\x65\x58\x00\x20\x01\x11", "\x20\x00\x65\x58\x00\x20\x02\x11", false},
                 {"\x20\x00\x65\x58\x00\x00\x00\x01", "\x20\x00\x65\x58\x00\x00\x00\x02", false}};
    for (unsigned i = 0; i < 3; i++) {
        uint32_t seen[2];
        for (unsigned j = 0; j < 2; j++) {
            hello(&f, false);
            in_ethernet(&f, 0x0800);
            before(&f, j ? cases[i].b : cases[i].a, 8);
            in_ipv4_as(&f, 47, j, 1, 0);
            in_ethernet(&f, 0x0800);
            seen[j] = decode(&t, &f, 1)->carried;
            assert_int_not_equal(seen[j], 6);
        }
        assert_int_equal(seen[0] == seen[1], cases[i].same);
    }
    bench_free(&t);
}

/* Octets from..to of hello's TCP segment as a fragment with number 77, in GRE with a key. */
static const struct tt_packet *inner_fragment(struct bench *t, unsigned key, uint32_t from,
                                              uint32_t to, uint8_t xor)
{
    hello(&f, false);
    uint8_t segment[25];
    memcpy(segment, f.p + 20, 25);
    f.n = 0;
    put_ipv4(&f, 6, to - from, 77, (to < 25 ? 0x2000 : 0) | from / 8, "", 0);
    for (uint32_t i = from; i < to; i++) {
        put8(&f, segment[i] ^ (i >= 20 ? xor : 0));
    }
    BEFORE(&f, "\x20\x00\x08\x00\x00\x00\x00\x00");
    f.p[7] = (uint8_t)key;
    in_ipv4(&f, 47);
    in_ethernet(&f, 0x0800);
    return decode(t, &f, 1);
}

static void inner_fragments(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    assert_int_equal(inner_fragment(&t, 1, 0, 16, 0)->flags & TT_PACKET_FRAGMENT,
                     TT_PACKET_FRAGMENT);
    /* the same number in another tunnel is another datagram */
    assert_int_equal(inner_fragment(&t, 2, 16, 25, 1)->flags & TT_PACKET_FRAGMENT,
                     TT_PACKET_FRAGMENT);
    const struct tt_packet *k = inner_fragment(&t, 1, 16, 25, 0);
    assert_int_equal(k->flags & TT_PACKET_REASSEMBLED, TT_PACKET_REASSEMBLED);
    assert_int_equal(k->flags & TT_PACKET_BAD_SUM, 0);
    assert_memory_equal(k->payload, "hello", 5);
    assert_int_equal(k->tunnels->of[0].id, 1);
    k = inner_fragment(&t, 2, 0, 16, 1);
    assert_int_equal(k->flags & TT_PACKET_REASSEMBLED, TT_PACKET_REASSEMBLED);
    assert_int_equal(k->flags & TT_PACKET_BAD_SUM, TT_PACKET_BAD_SUM); /* its octets are others */
    assert_memory_equal(k->payload, "idmmn", 5);
    check_account(&t, 2);
    bench_free(&t);
}

/* A packet of several levels cut into two fragments on each of `levels`; the frames in turn. */
static unsigned cut_in_two(struct frame *frames, unsigned levels)
{
    unsigned n = 1;
    hello(&frames[0], false);
    for (unsigned level = 0; level < levels; level++) {
        for (unsigned i = n; i--;) {
            struct frame whole = frames[i];
            uint32_t at = whole.n / 2 & ~7u;
            struct frame *first = &frames[2 * i], *last = &frames[2 * i + 1];
            first->n = last->n = 0;
            put(first, whole.p, at);
            put(last, whole.p + at, whole.n - at);
            in_ipv4_as(first, 4, false, 100 * level + i, 0x2000);
            in_ipv4_as(last, 4, false, 100 * level + i, at / 8);
        }
        n *= 2;
    }
    return n;
}

static void fragments_on_several_levels(void **state)
{
    (void)state;
    static struct frame frames[16];
    for (unsigned levels = 1; levels <= 3; levels++) {
        struct bench t = bench_new(true, 0, 0);
        unsigned n = cut_in_two(frames, levels), whole = 0;
        for (unsigned i = 0; i < n; i++) {
            in_ethernet(&frames[i], 0x0800);
            const struct tt_packet *k = decode(&t, &frames[i], 1);
            whole += (k->flags & TT_PACKET_TRANSPORT) != 0;
            if (k->flags & TT_PACKET_TRANSPORT) {
                assert_memory_equal(k->payload, "hello", 5);
                assert_int_equal(k->n_tunnels, levels);
                assert_int_equal(i, n - 1);
            }
        }
        /* work is bounded: the third level within one another is refused */
        assert_int_equal(whole, levels <= 2);
        check_account(&t, whole);
        bench_free(&t);
    }
}

/* A user's packet to the network's own port. */
static void gtp_in_gtp(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    for (unsigned port = 2122; port < 2124; port++) {
        f.n = 0;
        BEFORE(&f, "\x32\x01\0\x04\0\0\0\0\0\0\0\0"); /* an echo request */
        in_udp(&f, port);
        in_ipv4(&f, 17);
        BEFORE(&f, "\x30\xff\x00\x28\1\2\3\4");
        in_udp(&f, 2152);
        in_ipv4(&f, 17);
        in_ethernet(&f, 0x0800);
        const struct tt_packet *k = decode(&t, &f, 1);
        assert_int_equal(k->n_tunnels, 1);
        assert_int_equal(k->dport, port);
        assert_string_equal(event_of(k, 0), port == 2123 ? "decoder.gtp_u.gtp_in_gtp" : "");
    }
    bench_free(&t);
}

static void sums(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    hello(&f, false); /* wrong inside */
    f.p[44] ^= 1;
    in_ipv4(&f, 4);
    in_ethernet(&f, 0x0800);
    assert_int_equal(decode(&t, &f, 1)->flags & TT_PACKET_BAD_SUM, TT_PACKET_BAD_SUM);
    hello(&f, false); /* wrong outside: whoever opens the tunnel drops it */
    in_ethernet(&f, 0x0800);
    BEFORE(&f, "\x08\0\0\0\0\0\x07\0");
    in_udp(&f, 4789);
    f.p[6] = 0x12;
    in_ipv4(&f, 17);
    in_ethernet(&f, 0x0800);
    const struct tt_packet *k = decode(&t, &f, 1);
    assert_int_equal(k->n_tunnels, 1);
    assert_int_equal(k->flags & TT_PACKET_BAD_SUM, TT_PACKET_BAD_SUM);
    hello(&f, false);
    in_ipv4(&f, 4);
    f.p[10] ^= 1;
    in_ethernet(&f, 0x0800);
    assert_int_equal(decode(&t, &f, 1)->flags & (TT_PACKET_BAD_SUM | TT_PACKET_BAD_IP_SUM),
                     TT_PACKET_BAD_SUM | TT_PACKET_BAD_IP_SUM);
    hello(&f, true); /* RFC 6935: around tunnels IPv6 may be without one */
    in_ethernet(&f, 0x86dd);
    BEFORE(&f, "\x08\0\0\0\0\0\x07\0");
    in_udp(&f, 4789);
    in_ipv6(&f, 17);
    in_ethernet(&f, 0x86dd);
    assert_int_equal(decode(&t, &f, 1)->flags & TT_PACKET_BAD_SUM, 0);
    check_account(&t, 4);
    bench_free(&t);
}

/* Cut anywhere: never reported as the sender's fault, never more octets than there are. */
static void snap_length(void **state)
{
    (void)state;
    for (unsigned i = 1; i < WAYS; i++) {
        struct bench t = bench_new(true, 0, 0);
        uint64_t to_flows = 1;
        on(&t, (enum way)i, false);
        uint32_t whole = f.n;
        for (uint32_t n = 0; n < whole; n++) {
            const struct tt_packet *k = decode_cut(&t, &f, 1, n);
            assert_int_equal(k->n_events, 0);
            bool seen = k->flags & TT_PACKET_TRANSPORT;
            to_flows += seen;
            if (seen && k->n_tunnels) {
                assert_int_equal(k->payload_length + k->payload_missing, 5);
                assert_int_equal(k->payload_length, n - (whole - 5));
            }
        }
        check_account(&t, to_flows);
        bench_free(&t);
    }
}

static void each_kind_can_be_left_closed(void **state)
{
    (void)state;
    static const struct {
        enum way way;
        uint32_t bit;
        unsigned protocol;
    } cases[] = {{KEY_1, TT_OPEN_GRE, 47},
                 {GTP_1, TT_OPEN_GTP_U, 17},
                 {VNI_1, TT_OPEN_VXLAN, 17},
                 {LABEL_1, TT_OPEN_MPLS, 0}};
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tt_tunnel_options o = tt_tunnel_defaults;
        o.open &= ~cases[i].bit;
        struct bench t = bench_with(&o);
        const struct tt_packet *k = on(&t, cases[i].way, false);
        assert_int_equal(k->n_tunnels, 0);
        assert_int_equal(k->protocol, cases[i].protocol);
        for (unsigned j = 0; j < sizeof cases / sizeof *cases; j++) {
            assert_int_equal(on(&t, cases[j].way, false)->n_tunnels, i != j);
        }
        bench_free(&t);
    }
}

static void ports(void **state)
{
    (void)state;
    uint16_t p[TT_TUNNEL_PORTS + 1];
    struct tt_error e;
    assert_true(tt_tunnel_ports_parse("x", "4789, 8472", p, &e));
    assert_int_equal(p[0], 4789);
    assert_int_equal(p[1], 8472);
    assert_int_equal(p[2], 0);
    assert_true(tt_tunnel_ports_parse("x", "", p, &e));
    assert_int_equal(p[0], 0);
    assert_false(tt_tunnel_ports_parse("x", "0", p, &e));
    assert_false(tt_tunnel_ports_parse("x", "65536", p, &e));
    assert_false(tt_tunnel_ports_parse("x", "4789 vxlan", p, &e));
    assert_false(tt_tunnel_ports_parse("x", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", p, &e));
    struct tt_tunnel_options o = tt_tunnel_defaults;
    assert_true(tt_tunnel_ports_parse("x", "1234", o.vxlan, &e));
    struct bench t = bench_with(&o);
    assert_int_equal(on(&t, VNI_1, false)->n_tunnels, 0);
    hello(&f, false);
    in_ethernet(&f, 0x0800);
    BEFORE(&f, "\x08\0\0\0\0\0\x07\0");
    in_udp(&f, 1234);
    in_ipv4(&f, 17);
    in_ethernet(&f, 0x0800);
    assert_int_equal(decode(&t, &f, 1)->n_tunnels, 1);
    bench_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_deep),
        cmocka_unit_test(many_kinds),
        cmocka_unit_test(both_directions_meet),
        cmocka_unit_test(nvgre),
        cmocka_unit_test(inner_fragments),
        cmocka_unit_test(fragments_on_several_levels),
        cmocka_unit_test(gtp_in_gtp),
        cmocka_unit_test(sums),
        cmocka_unit_test(snap_length),
        cmocka_unit_test(each_kind_can_be_left_closed),
        cmocka_unit_test(ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
