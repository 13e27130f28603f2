/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From each link type to TCP and UDP; what is reported and how far decoding goes when headers lie,
 * are cut, or are odd. Expected values are put together by hand from the RFCs named in the sources.
 */
#include "unit/decode/build.h"

#define SUMMED TT_PACKET_SUMMED
#define GOOD   (TT_PACKET_IP | TT_PACKET_TRANSPORT | SUMMED)

static struct frame f;

static struct frame *fresh(void)
{
    f.n = 0;
    return &f;
}

static void check_tcp(const struct tt_packet *k, bool v6)
{
    assert_int_equal(PLAIN_FLAGS(k) & ~(TT_PACKET_DOUBTFUL | TT_PACKET_PAYLOAD_SUM), GOOD);
    assert_int_equal(k->ip_version, v6 ? 6 : 4);
    assert_int_equal(k->protocol, 6);
    assert_int_equal(k->ttl, v6 ? 63 : 64);
    assert_memory_equal(k->src.b, v6 ? SOURCE6 : "\0\0\0\0\0\0\0\0\0\0\xff\xff" SOURCE, 16);
    assert_memory_equal(k->dst.b, v6 ? DESTINATION6 : "\0\0\0\0\0\0\0\0\0\0\xff\xff" DESTINATION,
                        16);
    assert_int_equal(k->sport, 1000);
    assert_int_equal(k->dport, 1883);
    assert_int_equal(k->seq, 0x01020304);
    assert_int_equal(k->ack, 0x05060708);
    assert_int_equal(k->tcp_flags, TT_PSH | TT_ACK);
    assert_int_equal(k->window, 4096);
    assert_int_equal(k->urgent, 7);
    assert_int_equal(k->payload_length, 5);
    assert_int_equal(k->payload_missing, 0);
    assert_memory_equal(k->payload, "hello", 5);
    assert_int_equal(k->tcp_options_length, 0);
    assert_int_equal(k->n_events, (k->flags & TT_PACKET_DOUBTFUL) != 0);
    assert_int_equal(k->hash, 0);
}

static void put_hello(struct frame *o, bool v6)
{
    if (v6) {
        put_ipv6(o, 6, 25);
    } else {
        put_ipv4(o, 6, 25, 1, 0x4000, "", 0);
    }
    put_tcp(o, v6, TT_PSH | TT_ACK, "", 0, "hello", 5);
}

static void each_link_type(void **state)
{
    (void)state;
    static const struct {
        unsigned link_type;
        uint32_t n;
        const char *v4, *v6; /* headers; NULL = not possible */
    } cases[] = {
        {1, 14, "\2\0\0\0\0\1\2\0\0\0\0\2\x08\0", "\2\0\0\0\0\1\2\0\0\0\0\2\x86\xdd"},
        {0, 4, "\2\0\0\0", "\x1e\0\0\0"},
        {0, 4, "\0\0\0\2", "\0\0\0\x1c"},
        {0, 4, "\2\0\0\0", "\x18\0\0\0"},
        {108, 4, "\0\0\0\2", "\0\0\0\x0a"},
        {101, 0, "", ""},
        {12, 0, "", ""},
        {14, 0, "", ""},
        {228, 0, "", NULL},
        {229, 0, NULL, ""},
        {113, 16, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\0", "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x86\xdd"},
        {276, 20, "\x08\0\0\0\0\0\0\1\0\1\0\6\2\0\0\0\0\1\0\0",
         "\x86\xdd\0\0\0\0\0\1\0\1\0\6\2\0\0\0\0\1\0\0"},
        {9, 4, "\xff\3\0\x21", "\xff\3\0\x57"},
        {9, 1, "\x21", "\x57"},
    };
    struct bench t = bench_new(true, 0, 0);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_non_null(tt_link_type_name(cases[i].link_type));
        for (unsigned v6 = 0; v6 < 2; v6++) {
            const char *header = v6 ? cases[i].v6 : cases[i].v4;
            if (header) {
                put(fresh(), header, cases[i].n);
                put_hello(&f, v6);
                check_tcp(decode(&t, &f, cases[i].link_type), v6);
            }
        }
    }
    assert_int_equal(counted(&t, "decoder.pkts"), 26);
    assert_int_equal(counted(&t, "decoder.tcp"), 26);
    assert_int_equal(counted(&t, "decoder.ethernet"), 2);
    assert_int_equal(counted(&t, "decoder.sll"), 2);
    assert_int_equal(counted(&t, "decoder.null"), 8);
    assert_int_equal(counted(&t, "decoder.raw"), 8);
    assert_null(tt_link_type_name(105));
    assert_int_equal(decode(&t, &f, 105)->flags, 0);
    assert_int_equal(counted(&t, "telltale.decode.unsupported_link"), 1);
    bench_free(&t);
}

static void vlan_tags_up_to_three(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    static const unsigned types[] = {0x8100, 0x88a8, 0x9100};
    for (unsigned n = 1; n <= 4; n++) {
        put_ethernet(fresh(), types[(n - 1) % 3]);
        for (unsigned i = 0; i < n; i++) {
            put16(&f, 0xe000 | (100 + i)); /* priority bits are not part of it */
            put16(&f, i + 1 < n ? types[i % 3] : 0x0800);
        }
        put_hello(&f, false);
        const struct tt_packet *k = decode(&t, &f, 1);
        if (n == 4) {
            assert_int_equal(PLAIN_FLAGS(k), 0);
            assert_string_equal(event_of(k, 0), "decoder.vlan.too_many_layers");
            break;
        }
        assert_int_equal(k->n_vlans, n);
        for (unsigned i = 0; i < n; i++) {
            assert_int_equal(k->vlans[i], 100 + i);
        }
        check_tcp(k, false);
    }
    put_ethernet(fresh(), 0x8100);
    put16(&f, 1);
    assert_string_equal(event_of(decode(&t, &f, 1), 0), "decoder.vlan.header_too_small");
    bench_free(&t);
}

static void snap_carries_ip(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    put_ethernet(fresh(), 8 + 20 + 25); /* 802.3: a length */
    put(&f, "\xaa\xaa\3\0\0\0\x08\0", 8);
    put_hello(&f, false);
    put(&f, "padding", 7);
    check_tcp(decode(&t, &f, 1), false);
    put_ethernet(fresh(), 3); /* spanning tree or the like */
    put(&f, "\x42\x42\3xxxxx", 8);
    assert_int_equal(decode(&t, &f, 1)->flags, 0);
    assert_int_equal(counted(&t, "decoder.unknown_ethertype"), 1);
    assert_int_equal(counted(&t, "decoder.invalid"), 0);
    bench_free(&t);
}

static void padding_is_no_payload(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    for (unsigned v6 = 0; v6 < 2; v6++) {
        put_ethernet(fresh(), v6 ? 0x86dd : 0x0800);
        put_hello(&f, v6);
        put(&f, "\0\0\0\0\0\0\0\0", 8);
        check_tcp(decode(&t, &f, 1), v6);
    }
    put_ethernet(fresh(), 0x0800); /* UDP has a length of its own */
    put_ipv4(&f, 17, 8 + 4 + 6, 1, 0, "", 0);
    put_udp(&f, false, "abcd", 4);
    put(&f, "behind", 6);
    const struct tt_packet *k = decode(&t, &f, 1);
    assert_int_equal(PLAIN_FLAGS(k), GOOD);
    assert_int_equal(k->payload_length, 4);
    assert_int_equal(k->sport, 5683);
    assert_int_equal(k->dport, 5684);
    bench_free(&t);
}

/* Segmentation by the NIC: the kernel's own packets have length 0. */
static void length_zero_of_a_large_packet(void **state)
{
    (void)state;
    struct bench t = bench_new(false, 0, 0);
    static char big[3000];
    for (unsigned v6 = 0; v6 < 2; v6++) {
        put_ethernet(fresh(), v6 ? 0x86dd : 0x0800);
        if (v6) {
            put_ipv6(&f, 6, 0);
        } else {
            put_ipv4(&f, 6, 3020, 1, 0, "", 0);
            f.p[16] = f.p[17] = 0;
        }
        put_tcp(&f, v6, TT_ACK, "", 0, big, 3000);
        const struct tt_packet *k = decode(&t, &f, 1);
        assert_int_equal(PLAIN_FLAGS(k), TT_PACKET_IP | TT_PACKET_TRANSPORT);
        assert_int_equal(k->payload_length, 3000);
        k = decode_cut(&t, &f, 1, f.n - 1000);
        assert_int_equal(PLAIN_FLAGS(k), TT_PACKET_IP | TT_PACKET_TRANSPORT | TT_PACKET_CUT);
        assert_int_equal(k->payload_length, 2000);
        assert_int_equal(k->payload_missing, 1000);
    }
    put_ethernet(fresh(), 0x0800); /* but not of a small one */
    put_hello(&f, false);
    f.p[16] = f.p[17] = 0;
    assert_string_equal(event_of(decode(&t, &f, 1), 0), "decoder.ipv4.iplen_smaller_than_hlen");
    bench_free(&t);
}

static void jumbo_payload_option(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    static char big[66000];
    put_ipv6(fresh(), 0, 0);
    put(&f, "\6\0\xc2\4", 4); /* RFC 2675: next header TCP, 8 octets, jumbo */
    put32(&f, 8 + 20 + 66000);
    put_tcp(&f, true, TT_ACK, "", 0, big, 66000);
    put(&f, "tail", 4);
    const struct tt_packet *k = decode(&t, &f, 101);
    assert_int_equal(PLAIN_FLAGS(k), GOOD);
    assert_int_equal(k->payload_length, 66000);
    bench_free(&t);
}

/* Snap length: every cut gives what is there, never an event, never a sum. */
static void cut_at_every_octet(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    for (unsigned form = 0; form < 4; form++) {
        bool v6 = form & 1, udp = form & 2;
        uint32_t ip = 14 + (v6 ? 40 : 20), header = udp ? 8 : 32;
        put_ethernet(fresh(), v6 ? 0x86dd : 0x0800);
        if (v6) {
            put_ipv6(&f, udp ? 17 : 6, header + 5);
        } else {
            put_ipv4(&f, udp ? 17 : 6, header + 5, 1, 0, "", 0);
        }
        if (udp) {
            put_udp(&f, v6, "hello", 5);
        } else {
            put_tcp(&f, v6, TT_ACK, "\1\1\x08\x0a\0\0\0\1\0\0\0\2", 12, "hello", 5);
        }
        for (uint32_t n = 0; n < f.n; n++) {
            const struct tt_packet *k = decode_cut(&t, &f, 1, n);
            unsigned want = TT_PACKET_CUT | (n >= ip ? TT_PACKET_IP : 0) |
                            (n >= ip + header ? TT_PACKET_TRANSPORT : 0);
            assert_int_equal(PLAIN_FLAGS(k), want);
            assert_int_equal(k->n_events, 0);
            if (n >= ip + header) {
                assert_int_equal(k->payload_length, n - ip - header);
                assert_int_equal(k->payload_length + k->payload_missing, 5);
            }
        }
        assert_int_equal(decode(&t, &f, 1)->flags & ~TT_PACKET_PAYLOAD_SUM, GOOD);
    }
    assert_int_equal(counted(&t, "decoder.invalid"), 0);
    bench_free(&t);
}

static void wrong_checksums_are_told(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    for (unsigned n = 0; n < 100; n++) { /* all tails of the summing loop */
        for (unsigned v6 = 0; v6 < 2; v6++) {
            for (unsigned udp = 0; udp < 2; udp++) {
                char payload[100];
                for (unsigned i = 0; i < n; i++) {
                    payload[i] = (char)(i * 37 + n * 11 + 200);
                }
                fresh();
                if (v6) {
                    put_ipv6(&f, udp ? 17 : 6, (udp ? 8 : 20) + n);
                } else {
                    put_ipv4(&f, udp ? 17 : 6, (udp ? 8 : 20) + n, n, 0, "", 0);
                }
                if (udp) {
                    put_udp(&f, v6, payload, n);
                } else {
                    put_tcp(&f, v6, TT_SYN, "", 0, payload, n);
                }
                assert_int_equal(decode(&t, &f, 101)->flags, GOOD);
                f.p[f.n - 1] ^= 0x10;
                assert_int_equal(decode(&t, &f, 101)->flags, GOOD | TT_PACKET_BAD_SUM);
            }
        }
    }
    put_hello(fresh(), false);
    f.p[8]++; /* TTL */
    assert_int_equal(decode(&t, &f, 101)->flags, GOOD | TT_PACKET_BAD_IP_SUM | TT_PACKET_BAD_SUM);
    bench_free(&t);
    t = bench_new(false, 0, 0);
    f.p[f.n - 1] ^= 1;
    assert_int_equal(decode(&t, &f, 101)->flags, TT_PACKET_IP | TT_PACKET_TRANSPORT);
    bench_free(&t);
}

/* Sums are made where they matter only. */
static void what_is_not_summed(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    put_ipv4(fresh(), 6, 20, 1, 0, "", 0);
    put_tcp(&f, false, TT_ACK, "", 0, "", 0);
    assert_int_equal(decode(&t, &f, 101)->flags, TT_PACKET_IP | TT_PACKET_TRANSPORT);
    put_ipv4(fresh(), 17, 12, 1, 0, "", 0);
    put_udp(&f, false, "abcd", 4);
    f.p[26] = f.p[27] = 0; /* RFC 768: none was made */
    assert_int_equal(decode(&t, &f, 101)->flags, TT_PACKET_IP | TT_PACKET_TRANSPORT);
    put_ipv6(fresh(), 17, 12);
    put_udp(&f, true, "abcd", 4);
    f.p[46] = f.p[47] = 0; /* RFC 8200 8.1: not over IPv6 */
    assert_int_equal(decode(&t, &f, 101)->flags, GOOD | TT_PACKET_BAD_SUM);
    bench_free(&t);
}

static void ipv4_headers_that_lie(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    static const struct {
        uint8_t at, octet;
        const char *event;
        unsigned flags;
    } cases[] = {
        {0, 0x55, "decoder.ipv4.wrong_ip_version", 0},
        {0, 0x44, "decoder.ipv4.hlen_too_small", 0},
        {3, 19, "decoder.ipv4.iplen_smaller_than_hlen", TT_PACKET_IP},
        {3, 46, "decoder.ipv4.trunc_pkt", TT_PACKET_IP},
        {3, 30, "decoder.tcp.pkt_too_small",
         TT_PACKET_IP | TT_PACKET_BAD_IP_SUM | TT_PACKET_BAD_SUM},
        {32, 0x40, "decoder.tcp.invalid_optlen", TT_PACKET_IP},
        {32, 0xf0, "decoder.tcp.hlen_too_small", TT_PACKET_IP},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put_hello(fresh(), false);
        assert_int_equal(f.n, 45);
        f.p[cases[i].at] = cases[i].octet;
        const struct tt_packet *k = decode(&t, &f, 228);
        assert_string_equal(event_of(k, 0), cases[i].event);
        assert_int_equal(PLAIN_FLAGS(k), cases[i].flags);
        assert_int_equal(counted(&t, "decoder.invalid"), i + 1);
    }
    put_ipv4(fresh(), 17, 12, 1, 0, "", 0);
    put_udp(&f, false, "abcd", 4);
    f.p[25] = 7;
    assert_string_equal(event_of(decode(&t, &f, 101), 0), "decoder.udp.len_invalid");
    f.p[25] = 13;
    assert_string_equal(event_of(decode(&t, &f, 101), 0), "decoder.udp.pkt_too_small");
    put_ipv4(fresh(), 17, 7, 1, 0, "", 0);
    put(&f, "1234567", 7);
    assert_string_equal(event_of(decode(&t, &f, 101), 0), "decoder.udp.hlen_too_small");
    put(fresh(), "\x45\0\0\x14", 4);
    assert_string_equal(event_of(decode(&t, &f, 101), 0), "decoder.ipv4.pkt_too_small");
    bench_free(&t);
}

/* Linux drops malformed options and source routes; others do no harm. */
static void ipv4_options(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    static const struct {
        const char *options, *event;
        bool passes;
    } cases[] = {
        {"\1\1\1\0", "", true},
        {"\x94\4\0\0", "", true},                              /* router alert */
        {"\x07\x03\x04\0", "", true},                          /* a list that is full */
        {"\x07\x04\x04\0", "decoder.ipv4.opt_invalid", false}, /* no room for one more */
        {"\x07\x04\x03\0", "decoder.ipv4.opt_invalid", false},
        {"\x44\x04\x05\0", "", true},
        {"\x44\x04\x05\xf0", "decoder.ipv4.opt_invalid", false}, /* counted beyond 15 */
        {"\x44\x04\x05\xf3", "", true},
        {"\x44\x04\x04\0", "decoder.ipv4.opt_invalid", false},
        {"\x94\3\0\0", "decoder.ipv4.opt_invalid", false},
        {"\x88\x04\0\0", "", true}, /* stream id */
        {"\x07\x05\x04\0", "decoder.ipv4.opt_invalid_len", false},
        {"\x07\1\0\0", "decoder.ipv4.opt_invalid_len", false},
        {"\1\1\1\x07", "decoder.ipv4.opt_invalid_len", false},
        {"\0\x07\1\1", "", true}, /* behind the end */
        {"\x83\4\4\0", "decoder.ipv4.opt_invalid", false},
        {"\x89\3\4\0", "decoder.ipv4.opt_invalid", false},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put_ipv4(fresh(), 6, 25, 1, 0, cases[i].options, 4);
        put_tcp(&f, false, TT_ACK, "", 0, "hello", 5);
        const struct tt_packet *k = decode(&t, &f, 101);
        assert_string_equal(event_of(k, 0), cases[i].event);
        assert_int_equal(PLAIN_FLAGS(k), cases[i].passes ? GOOD : TT_PACKET_IP);
    }
    bench_free(&t);
}

static void ipv6_extension_headers(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    put_ipv6(fresh(), 0, 8 + 16 + 8 + 12 + 25);
    put(&f, "\x2b\0\1\4\0\0\0\0", 8); /* hop by hop, then routing */
    put(&f,
        "\x3c\1\5\0"
        "rrrrrrrrrrrr",
        16);                          /* routing type 5, used up, then destination */
    put(&f, "\x33\0\1\4\0\0\0\0", 8); /* destination, then AH */
    put(&f,
        "\6\1\0\0"
        "ssssqqqq",
        12); /* AH (length in 4-octet words - 2), then TCP */
    put_tcp(&f, true, TT_PSH | TT_ACK, "", 0, "hello", 5);
    const struct tt_packet *signed_one = decode(&t, &f, 229);
    check_tcp(signed_one, true);
    assert_true(signed_one->flags & TT_PACKET_DOUBTFUL);
    assert_string_equal(event_of(signed_one, 0), "decoder.ipv6.exthdr_configured");
    for (uint32_t n = 40; n < f.n - 5; n++) { /* announced, not there, and not by the snap length */
        struct frame g = f;
        g.n = n;
        g.p[4] = 0;
        g.p[5] = (uint8_t)(n - 40);
        const struct tt_packet *k = decode(&t, &g, 229);
        assert_int_equal(PLAIN_FLAGS(k), TT_PACKET_IP | (n < 84 ? 0 : TT_PACKET_DOUBTFUL));
        assert_string_equal(event_of(k, n >= 84),
                            n < 84 ? "decoder.ipv6.trunc_exthdr" : "decoder.tcp.pkt_too_small");
    }
    for (unsigned chain = 1023; chain <= 1026; chain++) {
        put_ipv6(fresh(), 60, chain * 8 + 25);
        for (unsigned i = 0; i < chain; i++) {
            put8(&f, i + 1 < chain ? 60 : 6);
            put(&f, "\0\1\4\0\0\0\0", 7);
        }
        put_tcp(&f, true, TT_PSH | TT_ACK, "", 0, "hello", 5);
        const struct tt_packet *k = decode(&t, &f, 229);
        assert_int_equal(PLAIN_FLAGS(k), chain <= 1024 ? GOOD : TT_PACKET_IP);
    }
    assert_int_equal(counted(&t, "decoder.too_many_layers"), 2);
    put_ipv6(fresh(), 43, 8 + 25);
    put(&f, "\6\0\0\1\0\0\0\0", 8); /* type 0, one segment left: RFC 5095 */
    put_tcp(&f, true, TT_ACK, "", 0, "hello", 5);
    const struct tt_packet *k = decode(&t, &f, 229);
    assert_int_equal(PLAIN_FLAGS(k), TT_PACKET_IP);
    assert_string_equal(event_of(k, 0), "decoder.ipv6.rh_type_0");
    put_ipv6(fresh(), 59, 0);
    k = decode(&t, &f, 229);
    assert_int_equal(PLAIN_FLAGS(k), TT_PACKET_IP);
    assert_int_equal(k->protocol, 59);
    put_ipv6(fresh(), 6, 26);
    put_tcp(&f, true, TT_ACK, "", 0, "hello", 5);
    assert_string_equal(event_of(decode(&t, &f, 229), 0), "decoder.ipv6.trunc_pkt");
    bench_free(&t);
}

static void tcp_options(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    static const struct {
        const char *p;
        uint32_t n;
        bool good;
    } cases[] = {
        {"\2\4\5\xb4", 4, true},
        {"\1\1\x08\x0a\0\0\0\1\0\0\0\2", 12, true},
        {"\2\4\5\xb4\4\2\x08\x0a\0\0\0\1\0\0\0\2\1\3\3\7", 20, true},
        {"\0\xff\xff\xff", 4, true},
        {"\2\5\5\xb4", 4, false},
        {"\2\0\0\0", 4, false},
        {"\1\1\1\2", 4, false},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put_ipv4(fresh(), 6, 20 + cases[i].n, 1, 0, "", 0);
        put_tcp(&f, false, TT_SYN, cases[i].p, cases[i].n, "", 0);
        const struct tt_packet *k = decode(&t, &f, 101);
        assert_int_equal(PLAIN_FLAGS(k), GOOD);
        assert_int_equal(k->tcp_options_length, cases[i].n);
        assert_memory_equal(k->tcp_options, cases[i].p, cases[i].n);
        assert_string_equal(event_of(k, 0), cases[i].good ? "" : "decoder.tcp.opt_invalid_len");
    }
    bench_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_link_type),
        cmocka_unit_test(vlan_tags_up_to_three),
        cmocka_unit_test(snap_carries_ip),
        cmocka_unit_test(padding_is_no_payload),
        cmocka_unit_test(length_zero_of_a_large_packet),
        cmocka_unit_test(jumbo_payload_option),
        cmocka_unit_test(cut_at_every_octet),
        cmocka_unit_test(wrong_checksums_are_told),
        cmocka_unit_test(what_is_not_summed),
        cmocka_unit_test(ipv4_headers_that_lie),
        cmocka_unit_test(ipv4_options),
        cmocka_unit_test(ipv6_extension_headers),
        cmocka_unit_test(tcp_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
