/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fragments in any order make the datagram; what overlaps, contradicts, exceeds or never comes
 * is answered as a Linux receiver does (inet_frag_queue_insert since 4.19; RFC 791, 5722,
 * 6946, 8200), under caps.
 */
#include "unit/decode/build.h"

static struct frame f;
static uint8_t datagram[65535]; /* UDP header and payload */
static uint32_t datagram_length;
static bool tiny; /* what was sent last has under 64 octets and is not the last */

static void make_datagram(uint32_t payload, bool v6)
{
    static struct frame d;
    static uint8_t octets[65535];
    for (uint32_t i = 0; i < payload; i++) {
        octets[i] = (uint8_t)(i * 31 + i / 256);
    }
    d.n = 0;
    put_udp(&d, v6, octets, payload);
    memcpy(datagram, d.p, d.n);
    datagram_length = d.n;
}

/* Sends octets [from, to) of p as a fragment. */
static const struct tt_packet *send_octets(struct bench *t, bool v6, uint32_t id, const uint8_t *p,
                                           uint32_t from, uint32_t to, bool more)
{
    f.n = 0;
    tiny = more && to - from < 64;
    if (v6) {
        put_ipv6(&f, 44, 8 + to - from);
        put8(&f, 17);
        put8(&f, 0);
        put16(&f, (from & 0xfff8) | more);
        put32(&f, id);
    } else {
        put_ipv4(&f, 17, to - from, id, from / 8 | (more ? 0x2000 : 0), "", 0);
    }
    put(&f, p + from, to - from);
    return decode(t, &f, 101);
}

static const struct tt_packet *send_part(struct bench *t, bool v6, uint32_t id, uint32_t from,
                                         uint32_t to)
{
    return send_octets(t, v6, id, datagram, from, to, to < datagram_length);
}

static void is_kept(const struct tt_packet *k)
{
    assert_int_equal(PLAIN_FLAGS(k), TT_PACKET_IP | TT_PACKET_FRAGMENT);
    assert_true(k->n_events <= tiny); /* not each of very many says so */
    if (k->n_events) {
        assert_string_equal(event_of(k, 0), k->ip_version == 4 ? "decoder.ipv4.frag_tiny"
                                                               : "decoder.ipv6.frag_tiny");
    }
    assert_int_equal(k->protocol, 17);
}

static void is_whole(const struct tt_packet *k)
{
    assert_int_equal(PLAIN_FLAGS(k),
                     TT_PACKET_IP | TT_PACKET_TRANSPORT | TT_PACKET_REASSEMBLED | TT_PACKET_SUMMED);
    assert_int_equal(k->payload_length, datagram_length - 8);
    assert_memory_equal(k->payload, datagram + 8, datagram_length - 8);
    assert_int_equal(k->sport, 5683);
    assert_int_equal(k->protocol, 17);
}

static void is_dropped(const struct tt_packet *k, const char *event)
{
    assert_int_equal(PLAIN_FLAGS(k), TT_PACKET_IP);
    assert_string_equal(event_of(k, tiny), event);
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

static void any_order_any_size(void **state)
{
    (void)state;
    static const uint32_t payloads[] = {9, 100, 1472, 5000, 65507};
    static const uint32_t sizes[] = {8, 24, 1000, 1480, 32768};
    struct bench t = bench_new(true, 0, 0);
    uint32_t id = 0, random = 7;
    for (unsigned v6 = 0; v6 < 2; v6++) {
        for (unsigned p = 0; p < 5; p++) {
            make_datagram(payloads[p], v6);
            for (unsigned s = 0; s < 5; s++) {
                uint32_t n = (datagram_length + sizes[s] - 1) / sizes[s];
                if (n < 2 || n > 2000) {
                    continue;
                }
                static uint32_t order[9000];
                for (unsigned way = 0; way < 3; way++, id++) {
                    for (uint32_t i = 0; i < n; i++) {
                        order[i] = way == 1 ? n - 1 - i : i;
                    }
                    for (uint32_t i = n - 1; way == 2 && i > 0; i--) {
                        uint32_t k = next_random(&random) % (i + 1), swap = order[i];
                        order[i] = order[k];
                        order[k] = swap;
                    }
                    for (uint32_t i = 0; i < n; i++) {
                        uint32_t from = order[i] * sizes[s], to = from + sizes[s];
                        to = to > datagram_length ? datagram_length : to;
                        const struct tt_packet *k = send_part(&t, v6, id, from, to);
                        if (i + 1 < n) {
                            is_kept(k);
                        } else {
                            is_whole(k);
                        }
                    }
                }
            }
        }
    }
    assert_int_equal(
        counted(&t, "defrag.ipv4.reassembled") + counted(&t, "defrag.ipv6.reassembled"), id);
    assert_int_equal(counted(&t, "telltale.decode.fragments_discarded"), 0);
    bench_free(&t);
}

static void duplicates_are_passed_over(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    make_datagram(100, false);
    for (unsigned v6 = 0; v6 < 2; v6++) {
        make_datagram(100, v6);
        is_kept(send_part(&t, v6, 1, 0, 48));
        is_dropped(send_part(&t, v6, 1, 0, 48), "");
        is_dropped(send_part(&t, v6, 1, 8, 24), ""); /* inside a run */
        is_whole(send_part(&t, v6, 1, 48, 108));
        is_kept(send_part(&t, v6, 1, 48, 108)); /* begins anew, and never gets whole */
    }
    bench_free(&t);
}

/* The receiver read the first in both orders (evasion cases 014 and 015). */
static void other_content_in_the_same_place(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    static uint8_t other[200];
    memset(other, 'X', sizeof other);
    for (unsigned v6 = 0; v6 < 2; v6++) {
        const char *overlap = v6 ? "decoder.ipv6.frag_overlap" : "decoder.ipv4.frag_overlap";
        make_datagram(100, v6);
        is_kept(send_part(&t, v6, 1, 0, 48));
        is_dropped(send_octets(&t, v6, 1, other, 0, 48, true), overlap);
        is_dropped(send_octets(&t, v6, 1, other, 8, 40, true), overlap);
        is_whole(send_part(&t, v6, 1, 48, 108));
        is_kept(send_octets(&t, v6, 2, other, 48, 96, true));
        is_dropped(send_part(&t, v6, 2, 48, 96), overlap);
    }
    bench_free(&t);
}

/* Overlap in part throws away the datagram; what follows begins a new one. */
static void overlap_in_part_discards(void **state)
{
    (void)state;
    static const uint32_t parts[][2] = {
        {40, 56}, /* over the end of a run */
        {24, 32}, /* over nothing: not an overlap, used below */
        {0, 104}, /* over two runs and the hole */
    };
    struct bench t = bench_new(true, 0, 0);
    for (unsigned v6 = 0; v6 < 2; v6++) {
        const char *overlap = v6 ? "decoder.ipv6.frag_overlap" : "decoder.ipv4.frag_overlap";
        make_datagram(100, v6);
        for (uint32_t i = 0; i < 3; i += 2) {
            uint64_t before = counted(&t, "telltale.decode.fragments_discarded");
            is_kept(send_part(&t, v6, i, 0, 48));
            is_kept(send_part(&t, v6, i, 64, 96));
            is_dropped(send_octets(&t, v6, i, datagram, parts[i][0], parts[i][1], true), overlap);
            assert_int_equal(counted(&t, "telltale.decode.fragments_discarded"), before + 1);
            is_kept(send_part(&t, v6, i, 96, 108)); /* of a new one: the rest is gone */
            is_kept(send_part(&t, v6, i, 48, 96));
            is_whole(send_part(&t, v6, i, 0, 48));
        }
        /* covered by two runs that did not arrive in order: Linux sees an overlap */
        is_kept(send_part(&t, v6, 9, 24, 48));
        is_kept(send_part(&t, v6, 9, 0, 24));
        is_dropped(send_octets(&t, v6, 9, datagram, 16, 32, true), overlap);
        /* in order they are one run */
        is_kept(send_part(&t, v6, 10, 0, 24));
        is_kept(send_part(&t, v6, 10, 24, 48));
        is_dropped(send_octets(&t, v6, 10, datagram, 16, 32, true), "");
    }
    bench_free(&t);
}

static void lengths_that_contradict(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    make_datagram(100, false);
    is_kept(send_part(&t, false, 1, 64, 108));
    /* behind the last */
    is_dropped(send_octets(&t, false, 1, datagram, 104, 120, true), "decoder.ipv4.frag_overlap");
    is_kept(send_part(&t, false, 2, 64, 96));
    /* a last before that */
    is_dropped(send_octets(&t, false, 2, datagram, 32, 64, false), "decoder.ipv4.frag_overlap");
    is_kept(send_part(&t, false, 3, 64, 96));
    /* nothing in it */
    is_dropped(send_octets(&t, false, 3, datagram, 96, 96, false), "decoder.ipv4.frag_ignored");
    /* not a multiple of 8 though more follow: IPv4 cuts, IPv6 refuses */
    is_kept(send_octets(&t, false, 4, datagram, 0, 53, true));
    is_whole(send_part(&t, false, 4, 48, 108));
    is_dropped(send_octets(&t, true, 4, datagram, 0, 53, true), "decoder.ipv6.frag_invalid_length");
    is_dropped(send_octets(&t, false, 5, datagram, 0, 7, true), "decoder.ipv4.frag_ignored");
    bench_free(&t);
}

static void beyond_the_largest_datagram(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    static uint8_t zeros[70000];
    is_dropped(send_octets(&t, false, 1, zeros, 65528, 65544, true),
               "decoder.ipv4.frag_pkt_too_large");
    is_dropped(send_octets(&t, true, 1, zeros, 65528, 65544, true),
               "decoder.ipv6.frag_pkt_too_large");
    is_kept(send_octets(&t, true, 1, zeros, 65528, 65535, false));
    bench_free(&t);
}

static void keys_tell_datagrams_apart(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    make_datagram(100, false);
    is_kept(send_part(&t, false, 1, 0, 48));
    is_kept(send_part(&t, false, 2, 48, 108)); /* other id */
    f.n = 0;
    put_ipv4(&f, 6, 60, 1, 48 / 8, "", 0); /* other protocol (case 019) */
    put(&f, datagram + 48, 60);
    assert_int_equal(decode(&t, &f, 101)->flags, TT_PACKET_IP | TT_PACKET_FRAGMENT);
    is_kept(send_part(&t, true, 1, 48, 108)); /* other version */
    is_whole(send_part(&t, false, 1, 48, 108));
    is_whole(send_part(&t, false, 2, 0, 48));
    is_kept(send_part(&t, false, 1, 0, 48)); /* the id again, after it was done (case 018) */
    is_whole(send_part(&t, false, 1, 48, 108));
    bench_free(&t);
}

static void atomic_fragments_meet_nobody(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    make_datagram(100, true);
    is_kept(send_part(&t, true, 1, 0, 48));
    const struct tt_packet *k = send_octets(&t, true, 1, datagram, 0, 108, false);
    assert_int_equal(PLAIN_FLAGS(k), TT_PACKET_IP | TT_PACKET_TRANSPORT | TT_PACKET_SUMMED);
    assert_int_equal(k->payload_length, 100);
    assert_string_equal(event_of(k, 0), "decoder.ipv6.exthdr_useless_fh");
    is_whole(send_part(&t, true, 1, 48, 108));
    bench_free(&t);
}

/* A reassembled IPv6 datagram may begin with more extension headers, but
 * not with fragments again. */
static void headers_inside(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    make_datagram(100, true);
    memmove(datagram + 8, datagram, datagram_length);
    for (unsigned nested = 0; nested < 2; nested++) {
        memcpy(datagram, nested ? "\x11\0\0\1\0\0\0\7" : "\x11\0\1\4\0\0\0\0", 8);
        for (unsigned part = 0; part < 2; part++) {
            f.n = 0;
            put_ipv6(&f, 44, 8 + (part ? 60 : 56));
            put8(&f, nested ? 44 : 60);
            put8(&f, 0);
            put16(&f, part ? 56 : 1);
            put32(&f, 5);
            put(&f, datagram + (part ? 56 : 0), part ? 60 : 56);
            const struct tt_packet *k = decode(&t, &f, 101);
            if (part && nested) {
                assert_string_equal(event_of(k, 0), "decoder.ipv6.exthdr_dupl_fh");
                assert_int_equal(k->flags & TT_PACKET_TRANSPORT, 0);
            } else if (part) {
                assert_int_equal(k->payload_length, 100);
                assert_int_equal(k->flags & TT_PACKET_BAD_SUM, 0);
                assert_int_equal(k->protocol, 17);
            }
        }
    }
    bench_free(&t);
}

static void time_out_after_thirty_seconds(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    make_datagram(100, false);
    t.time = 1000;
    is_kept(send_part(&t, false, 1, 0, 48));
    t.time += INT64_C(30) * 1000000000;
    is_whole(send_part(&t, false, 1, 48, 108));
    is_kept(send_part(&t, false, 1, 0, 48));
    t.time += INT64_C(30) * 1000000000 + 1;
    is_kept(send_part(&t, false, 1, 48, 108));
    assert_int_equal(counted(&t, "defrag.ipv4.timeouts"), 1);
    t.time = 0; /* the clock never goes back */
    is_whole(send_part(&t, false, 1, 0, 48));
    bench_free(&t);
}

static void oldest_go_first_when_full(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 10, 0);
    make_datagram(100, false);
    for (uint32_t id = 0; id < 12; id++) {
        is_kept(send_part(&t, false, id, 0, 48));
    }
    assert_int_equal(counted(&t, "defrag.max_trackers_reached"), 2);
    is_whole(send_part(&t, false, 11, 48, 108));
    is_whole(send_part(&t, false, 2, 48, 108));
    is_kept(send_part(&t, false, 1, 48, 108)); /* its first part is gone */
    bench_free(&t);
    t = bench_new(true, 0, 1); /* octets: the least is one datagram of 64 KiB */
    make_datagram(65507, false);
    for (uint32_t from = 0; from + 8192 < datagram_length; from += 8192) {
        is_kept(send_part(&t, false, 100, from, from + 8192));
    }
    is_kept(send_part(&t, false, 101, 8192, 24576)); /* throws the other out */
    is_kept(send_part(&t, false, 100, 57344, datagram_length));
    assert_int_equal(counted(&t, "defrag.max_frags_reached"), 1);
    bench_free(&t);
}

static void fragments_that_cannot_be_used(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    make_datagram(100, false);
    (void)send_part(&t, false, 1, 0, 48);
    const struct tt_packet *k = decode_cut(&t, &f, 101, f.n - 1);
    assert_int_equal(PLAIN_FLAGS(k), TT_PACKET_IP | TT_PACKET_CUT);
    assert_string_equal(event_of(k, 1), "decoder.ipv4.frag_ignored");
    (void)send_part(&t, false, 2, 0, 48);
    f.p[8]++; /* no receiver takes a wrong header checksum */
    k = decode(&t, &f, 101);
    assert_int_equal(PLAIN_FLAGS(k), TT_PACKET_IP | TT_PACKET_BAD_IP_SUM | TT_PACKET_BAD_SUM);
    assert_string_equal(event_of(k, 1), "decoder.ipv4.frag_ignored");
    bench_free(&t);
}

/* A flood is counted to the packet; 256 a second say so. */
static void told_256_times_a_second(void **state)
{
    (void)state;
    struct bench t = bench_new(true, 0, 0);
    uint32_t told = 0;
    make_datagram(100, false);
    for (uint32_t i = 0; i < 1000; i++) {
        t.time = (int64_t)(i / 500) << 30;
        told += send_part(&t, false, i, 0, 48)->n_events;
    }
    assert_int_equal(told, 512);
    assert_int_equal(counted(&t, "telltale.decode.event.ipv4.frag_tiny"), 1000);
    assert_int_equal(counted(&t, "telltale.decode.events_suppressed"), 488);
    bench_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_any_size),
        cmocka_unit_test(told_256_times_a_second),
        cmocka_unit_test(duplicates_are_passed_over),
        cmocka_unit_test(other_content_in_the_same_place),
        cmocka_unit_test(overlap_in_part_discards),
        cmocka_unit_test(lengths_that_contradict),
        cmocka_unit_test(beyond_the_largest_datagram),
        cmocka_unit_test(keys_tell_datagrams_apart),
        cmocka_unit_test(atomic_fragments_meet_nobody),
        cmocka_unit_test(headers_inside),
        cmocka_unit_test(time_out_after_thirty_seconds),
        cmocka_unit_test(oldest_go_first_when_full),
        cmocka_unit_test(fragments_that_cannot_be_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
