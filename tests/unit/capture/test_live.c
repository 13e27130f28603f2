/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Live capture on interfaces of a network namespace of its own: packets, filter, idle,
 * drops, an interface that goes down, and one that goes away. Needs the right to make a
 * namespace; skipped otherwise.
 */
#include "unit/capture/build.h"

#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static bool set_loopback(bool up)
{
    struct ifreq r = {0};
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    strcpy(r.ifr_name, "lo");
    r.ifr_flags = (short)(up ? IFF_UP | IFF_LOOPBACK : IFF_LOOPBACK);
    bool good = s >= 0 && ioctl(s, SIOCSIFFLAGS, &r) == 0;
    close(s);
    return good;
}

static void send_datagrams(uint16_t port, unsigned n, size_t size)
{
    static char octets[60000];
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    for (unsigned i = 0; i < n; i++) {
        (void)sendto(s, octets, size, 0, (const struct sockaddr *)&to, sizeof to);
    }
    close(s);
}

static void packets_filter_and_drops(void **state)
{
    (void)state;
    if (unshare(CLONE_NEWNET) != 0) {
        print_message("skipped: no right to make a network namespace\n");
        skip();
    }
    struct tt_error e;
    struct tt_source_options o = {
        .interface = "lo", .bpf = "udp port 4711", .ring_octets = 8u << 20};
    assert_true(set_loopback(true));
    struct tt_source_options bad = {.interface = "lo", .bpf = "udp prot 4711"};
    assert_null(tt_source_open(&bad, &e));
    assert_non_null(strstr(e.what, "packet filter 'udp prot 4711'"));
    struct tt_source *s = tt_source_open(&o, &e);
    if (!s) {
        fail_msg("%s", e.what);
    }
    struct tt_block *b = tt_block_new();
    assert_int_equal(tt_source_read(s, b), TT_SOURCE_IDLE);
    send_datagrams(4712, 5, 100);
    send_datagrams(4711, 700, 100);
    send_datagrams(4711, 20, 60000); /* more than one block's octets */
    unsigned seen = 0, idle = 0;
    while (seen < 720 && idle < 200) {
        enum tt_source_result r = tt_source_read(s, b);
        assert_int_not_equal(r, TT_SOURCE_END);
        idle += r == TT_SOURCE_IDLE;
        for (uint32_t i = 0; i < b->n_packets; i++) {
            const struct tt_packet *k = &b->packets[i];
            seen++;
            assert_int_equal(k->number, seen);
            assert_int_equal(k->count, seen);
            assert_int_equal(k->link_type, 1);
            assert_int_equal(k->captured, seen <= 700 ? 14 + 28 + 100 : 14 + 28 + 60000);
            assert_true(k->time > INT64_C(1600000000) * 1000000000);
        }
    }
    assert_int_equal(seen, 720);
    struct tt_source_drops drops;
    tt_source_drops(s, &drops);
    /* loopback: libpcap drops the outgoing half itself */
    assert_int_equal(drops.received, 2 * 720);
    assert_int_equal(drops.kernel, 0);
    assert_true(set_loopback(false)); /* down is not the end: it may come up again */
    assert_int_equal(tt_source_read(s, b), TT_SOURCE_IDLE);
    assert_true(set_loopback(true));
    send_datagrams(4711, 1, 100);
    for (idle = 0; idle < 200 && tt_source_read(s, b) == TT_SOURCE_IDLE; idle++) {
    }
    assert_int_equal(b->n_packets, 1);
    assert_int_equal(b->packets[0].number, 721);
    tt_block_free(b);
    tt_source_close(s);
    assert_null(tt_source_open(&(struct tt_source_options){.interface = "loo"}, &e));
    assert_string_equal(e.what, "no such interface");
    assert_string_equal(e.fix, "did you mean lo?");
}

static void an_interface_that_goes_away_is_the_end(void **state)
{
    (void)state;
    if (unshare(CLONE_NEWNET) != 0 ||
        system("ip link add tt0 type veth peer name tt1 2>/dev/null && ip link set tt0 up") != 0) {
        print_message("skipped: no right to make a network namespace with a veth pair\n");
        skip();
    }
    struct tt_error e;
    struct tt_source *s = tt_source_open(&(struct tt_source_options){.interface = "tt0"}, &e);
    if (!s) {
        fail_msg("%s", e.what);
    }
    struct tt_block *b = tt_block_new();
    assert_int_equal(system("ip link del tt0"), 0);
    enum tt_source_result r = TT_SOURCE_IDLE;
    for (unsigned i = 0; i < 300 && r != TT_SOURCE_END; i++) {
        r = tt_source_read(s, b);
    }
    assert_int_equal(r, TT_SOURCE_END);
    assert_true(b->last);
    uint32_t n;
    const struct tt_input *in = tt_source_inputs(s, &n);
    assert_non_null(strstr(in[0].error.what, "capturing ended: "));
    assert_string_equal(in[0].error.file, "tt0");
    assert_int_equal(tt_source_read(s, b), TT_SOURCE_END);
    tt_block_free(b);
    tt_source_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_filter_and_drops),
        cmocka_unit_test(an_interface_that_goes_away_is_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
