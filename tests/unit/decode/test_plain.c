/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The short way of the usual packet says what the long way says: the same IPv4 packet behind an
 * Ethernet header (which may go the short way) and without a link header (which never does), with
 * octets of its headers and its length changed at random.
 */
#include "build.h"

#define ETHERNET 1
#define RAW_IPV4 228

static uint64_t seed = 88172645463325252u;

static uint32_t any(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 20) % below;
}

static void put_sum(struct frame *f, uint32_t at, uint16_t sum)
{
    f->p[at] = (uint8_t)(sum >> 8);
    f->p[at + 1] = (uint8_t)sum;
}

/* Sums that are right after what was changed, mostly; at: of the transport's. */
static void mend(struct frame *f, uint32_t protocol, uint32_t at)
{
    if (any(4)) {
        put_sum(f, 10, 0);
        put_sum(f, 10, internet_sum(f->p, 20, 0));
    }
    if (any(4)) {
        uint32_t sum = protocol + f->n - 20;
        for (unsigned i = 12; i < 20; i += 2) {
            sum += (uint32_t)f->p[i] << 8 | f->p[i + 1];
        }
        put_sum(f, at, 0);
        put_sum(f, at, internet_sum(f->p + 20, f->n - 20, sum));
    }
    for (unsigned padding = any(8) ? 0 : any(20); padding > 0; padding--) {
        put8(f, any(256));
    }
}

/* A datagram of any length. */
static void make_datagram(struct frame *f)
{
    uint8_t payload[300];
    unsigned n = any(8) ? any(sizeof payload) : any(4);
    for (unsigned i = 0; i < n; i++) {
        payload[i] = (uint8_t)any(256);
    }
    f->n = 0;
    put_ipv4(f, 17, 8 + n, any(65536), any(2) ? 0x4000 : 0, "", 0);
    put_udp(f, false, payload, n);
    if (any(8) == 0) {
        put_sum(f, 26, 0); /* none was made */
    }
    for (unsigned changes = any(3); changes > 0; changes--) {
        f->p[any(4) ? any(28) : any(f->n)] = (uint8_t)(any(3) ? any(256) : any(80));
    }
    mend(f, 17, 26);
}

/* A TCP packet of any length. */
static void make(struct frame *f)
{
    static const char *const options[] = {"", "\1\1\x08\x0a\0\0\0\1\0\0\0\2", "\2\4\5\xb4",
                                          "\2\4\5\xb4\4\2\x08\x0a\0\0\0\1\0\0\0\0\1\3\3\7"};
    static const uint32_t lengths[] = {0, 12, 4, 20};
    uint8_t payload[300];
    unsigned o = any(4), n = any(3) ? any(sizeof payload) : 0;
    for (unsigned i = 0; i < n; i++) {
        payload[i] = (uint8_t)any(256);
    }
    f->n = 0;
    put_ipv4(f, 6, 20 + lengths[o] + n, any(65536), any(2) ? 0x4000 : 0, "", 0);
    put_tcp(f, false, any(4) ? TT_ACK : any(256), options[o], lengths[o], payload, n);
    for (unsigned changes = any(3); changes > 0; changes--) {
        f->p[any(4) ? any(40) : any(f->n)] = (uint8_t)(any(3) ? any(256) : any(80));
    }
    mend(f, 6, 36);
}

/* Everything that decode sets, as numbers. */
struct said {
    uint64_t word[32];
};

static struct said what(const struct tt_packet *k)
{
    const uint64_t word[] = {
        k->flags & ~(unsigned)TT_PACKET_PAYLOAD_SUM,
        k->ip_version,
        k->protocol,
        k->ttl,
        k->tcp_flags,
        k->payload_length,
        k->payload_missing,
        k->sport,
        k->dport,
        k->seq,
        k->ack,
        k->window,
        k->urgent,
        k->tcp_options_length,
        k->n_vlans,
        k->n_events,
        k->n_events ? k->events[0] : 0,
        k->payload_length ? (uint64_t)(k->payload - k->frame) : 0,
        k->tcp_options_length ? (uint64_t)(k->tcp_options - k->frame) : 0,
    };
    struct said s = {{0}};
    memcpy(s.word, word, sizeof word);
    memcpy(&s.word[20], k->src.b, 16);
    memcpy(&s.word[22], k->dst.b, 16);
    return s;
}

static void the_two_ways_agree(void **state)
{
    (void)state;
    struct bench fast = bench_new(true, 0, 0), slow = bench_new(true, 0, 0);
    static struct frame raw, framed;
    uint64_t transport = 0;
    for (unsigned round = 0; round < 200000; round++) {
        if (any(3)) {
            make(&raw);
        } else {
            make_datagram(&raw);
        }
        framed.n = 0;
        put_ethernet(&framed, 0x0800);
        put(&framed, raw.p, raw.n);
        uint32_t cut = any(16) ? 0 : any(raw.n + 1);
        const struct tt_packet *k = decode_cut(&fast, &framed, ETHERNET, framed.n - cut);
        struct said a = what(k);
        transport += (k->flags & TT_PACKET_TRANSPORT) != 0;
        if (k->flags & TT_PACKET_PAYLOAD_SUM) {
            uint16_t sum = (uint16_t)~internet_sum(k->payload, k->payload_length, 0);
            assert_int_equal(k->payload_sum, (uint16_t)(sum << 8 | sum >> 8));
        }
        struct said b = what(decode_cut(&slow, &raw, RAW_IPV4, raw.n - cut));
        b.word[17] += b.word[17] ? 14 : 0;
        b.word[18] += b.word[18] ? 14 : 0;
        assert_memory_equal(&a, &b, sizeof a);
    }
    assert_true(transport > 100000);
    static const char *const same[] = {"decoder.pkts",
                                       "decoder.ipv4",
                                       "decoder.tcp",
                                       "decoder.udp",
                                       "decoder.invalid",
                                       "telltale.decode.bad_checksum",
                                       "telltale.decode.bad_ip_checksum"};
    for (unsigned i = 0; i < sizeof same / sizeof same[0]; i++) {
        assert_int_equal(counted(&fast, same[i]), counted(&slow, same[i]));
    }
    assert_int_equal(counted(&fast, "decoder.ethernet"), 200000);
    bench_free(&fast);
    bench_free(&slow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_two_ways_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
