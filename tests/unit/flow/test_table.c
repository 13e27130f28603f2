/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The flow table: both directions find one entry, who is the client, what is counted, what
 * happens when there is no room.
 */
#include "unit/flow/flows.h"

static struct ends ends;

static struct tt_flows *table_of(uint32_t max, const uint16_t *server_ports)
{
    ends.n = 0;
    struct tt_flow_options o = {.max_flows = max, .secret = 42, .server_ports = server_ports};
    struct tt_flows *t = tt_flows_new(&o, note_end, &ends);
    assert_non_null(t);
    return t;
}

static void both_directions_are_one_flow(void **state)
{
    (void)state;
    struct tt_flows *t = table_of(64, NULL);
    bool is_new;
    struct tt_packet a = packet_of(6, 0x0a000002, 40000, 0x0a000001, 1883, TT_SYN, 5 * SECOND, 1);
    struct tt_flow *f = feed(t, &a, &is_new);
    assert_non_null(f);
    assert_true(is_new);
    struct tt_packet b = answer_to(&a, TT_SYN | TT_ACK, 6 * SECOND, 2);
    b.length = 100;
    assert_ptr_equal(feed(t, &b, &is_new), f);
    assert_false(is_new);
    assert_int_equal(tt_flow_direction(f, &a), TT_TO_SERVER);
    assert_int_equal(tt_flow_direction(f, &b), TT_TO_CLIENT);
    assert_int_equal(tt_flow_client_port(f), 40000);
    assert_int_equal(tt_flow_server_port(f), 1883);
    assert_memory_equal(tt_flow_client(f), &a.src, 16);
    assert_memory_equal(tt_flow_server(f), &a.dst, 16);
    assert_int_equal(f->packets[TT_TO_SERVER], 1);
    assert_int_equal(f->packets[TT_TO_CLIENT], 1);
    assert_int_equal(f->octets[TT_TO_SERVER], 60);
    assert_int_equal(f->octets[TT_TO_CLIENT], 100);
    assert_int_equal(f->tcp_flags[TT_TO_SERVER], TT_SYN);
    assert_int_equal(f->tcp_flags[TT_TO_CLIENT], TT_SYN | TT_ACK);
    assert_int_equal(f->first, 5 * SECOND);
    assert_int_equal(f->last, 6 * SECOND);
    assert_int_equal(f->first_packet, 1);
    tt_flows_free(t);
}

static void every_part_of_the_key_counts(void **state)
{
    (void)state;
    struct tt_flows *t = table_of(64, NULL);
    struct tt_packet p[7];
    for (unsigned i = 0; i < 7; i++) {
        p[i] = packet_of(17, 0x0a000001, 1000, 0x0a000002, 2000, 0, SECOND, i + 1);
    }
    p[1].src = v4(0x0a000003);
    p[2].dst = v4(0x0a000003);
    p[3].sport = 1001;
    p[4].dport = 2001;
    p[5].protocol = 6;
    p[6].ip_version = 6; /* ::ffff:10.0.0.1 on the wire is not 10.0.0.1 */
    for (unsigned i = 0; i < 7; i++) {
        bool is_new;
        assert_non_null(feed(t, &p[i], &is_new));
        assert_true(is_new);
    }
    /* Ports swapped without the addresses is another conversation. */
    struct tt_packet q = packet_of(17, 0x0a000001, 2000, 0x0a000002, 1000, 0, SECOND, 8);
    bool is_new;
    assert_non_null(feed(t, &q, &is_new));
    assert_true(is_new);
    assert_int_equal(flow_count_of(t, "flow.total"), 8);
    assert_int_equal(flow_count_of(t, "flow.udp"), 7);
    assert_int_equal(flow_count_of(t, "flow.tcp"), 1);
    tt_flows_free(t);
}

static void a_packet_without_ports_has_no_flow(void **state)
{
    (void)state;
    struct tt_flows *t = table_of(64, NULL);
    struct tt_packet p = packet_of(17, 1, 1, 2, 2, 0, SECOND, 1);
    p.flags = TT_PACKET_IP | TT_PACKET_FRAGMENT;
    bool is_new = true;
    assert_null(feed(t, &p, &is_new));
    assert_false(is_new);
    assert_int_equal(flow_count_of(t, "flow.total"), 0);
    tt_flows_free(t);
}

/* Each row: what the first packet is and who is the client then. */
static void who_is_the_client(void **state)
{
    (void)state;
    static const uint16_t known[] = {1883, 8883, 0};
    static const struct {
        uint8_t protocol, flags;
        uint16_t sport, dport;
        bool sender, swappable;
    } rows[] = {
        {6, TT_SYN, 1883, 40000, true, false}, /* a SYN is a client's, whatever the ports */
        {6, TT_SYN | TT_ACK, 40000, 1883, false, false}, /* a SYN-ACK is a server's */
        {6, TT_ACK, 40000, 1883, true, true},            /* in the middle: to a known port */
        {6, TT_ACK, 1883, 40000, false, true},           /* in the middle: from a known port */
        {6, TT_ACK, 50000, 40000, true, true},           /* nothing known: the first who is seen */
        {6, TT_ACK, 1883, 8883, true, true},             /* both known: the first who is seen */
        {17, 0, 53, 40000, false, true},                 /* below 1024 counts as known */
        {17, 0, 40000, 53, true, true},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (unsigned swap = 0; swap < 2; swap++) { /* whichever address is the lower one */
            struct tt_flows *t = table_of(64, known);
            struct tt_packet p = packet_of(rows[i].protocol, swap ? 9 : 1, rows[i].sport,
                                           swap ? 1 : 9, rows[i].dport, rows[i].flags, SECOND, 1);
            bool is_new;
            struct tt_flow *f = feed(t, &p, &is_new);
            assert_non_null(f);
            assert_int_equal(tt_flow_direction(f, &p),
                             rows[i].sender ? TT_TO_SERVER : TT_TO_CLIENT);
            assert_int_equal((f->flags & TT_FLOW_SWAPPABLE) != 0, rows[i].swappable);
            tt_flows_free(t);
        }
    }
}

static void to_itself(void **state)
{
    (void)state;
    struct tt_flows *t = table_of(64, NULL);
    bool is_new;
    struct tt_packet p = packet_of(17, 7, 500, 7, 500, 0, SECOND, 1),
                     q = answer_to(&p, 0, SECOND, 2);
    struct tt_flow *f = feed(t, &p, &is_new);
    assert_ptr_equal(feed(t, &q, &is_new), f);
    assert_int_equal(f->packets[0] + f->packets[1], 2);
    /* Same address, two ports: told apart by the port. */
    struct tt_packet r = packet_of(6, 7, 40000, 7, 1883, TT_SYN, SECOND, 3),
                     s = answer_to(&r, TT_SYN | TT_ACK, SECOND, 4);
    struct tt_flow *g = feed(t, &r, &is_new);
    assert_ptr_equal(feed(t, &s, &is_new), g);
    assert_int_equal(tt_flow_direction(g, &r), TT_TO_SERVER);
    assert_int_equal(tt_flow_direction(g, &s), TT_TO_CLIENT);
    tt_flows_free(t);
}

static void vlan_and_state_of_udp(void **state)
{
    (void)state;
    struct tt_flows *t = table_of(64, NULL);
    bool is_new;
    struct tt_packet p = packet_of(17, 1, 4000, 2, 5000, 0, SECOND, 1);
    p.n_vlans = 2;
    p.vlans[0] = 100;
    p.vlans[1] = 200;
    p.input = 3;
    struct tt_flow *f = feed(t, &p, &is_new);
    assert_true(f->flags & TT_FLOW_VLAN);
    assert_int_equal(f->vlan, 100);
    assert_int_equal(f->input, 3);
    assert_int_equal(f->state, TT_FLOW_NEW);
    p.number = 2;
    feed(t, &p, &is_new);
    assert_int_equal(f->state, TT_FLOW_NEW); /* one side only */
    struct tt_packet q = answer_to(&p, 0, SECOND, 3);
    feed(t, &q, &is_new);
    assert_int_equal(f->state, TT_FLOW_ESTABLISHED);
    tt_flows_free(t);
}

static void time_never_runs_back_in_an_entry(void **state)
{
    (void)state;
    struct tt_flows *t = table_of(64, NULL);
    bool is_new;
    struct tt_packet p = packet_of(17, 1, 4000, 2, 5000, 0, 100 * SECOND, 1);
    struct tt_flow *f = feed(t, &p, &is_new);
    p.time = 90 * SECOND;
    feed(t, &p, &is_new);
    assert_int_equal(f->first, 100 * SECOND);
    assert_int_equal(f->last, 100 * SECOND);
    tt_flows_free(t);
}

/* The cap holds, each eviction is reported with its reason and counted, and the table stays
 * able to find what it has. */
static void filled_to_the_cap(void **state)
{
    (void)state;
    enum { CAP = 256, N = 4096 };
    struct tt_flows *t = table_of(CAP, NULL);
    for (uint32_t i = 0; i < N; i++) {
        bool is_new;
        struct tt_packet p = packet_of(17, 0x0a000000 + i, (uint16_t)(1024 + i), 0xc0a80001, 5683,
                                       0, (int64_t)i * 1000, i + 1);
        struct tt_flow *f = feed(t, &p, &is_new);
        if (!f) {
            continue;
        }
        assert_true(is_new);
        struct tt_packet again = p;
        assert_ptr_equal(feed(t, &again, &is_new), f);
        assert_false(is_new);
    }
    uint64_t made = flow_count_of(t, "flow.total"),
             evicted = flow_count_of(t, "telltale.flow.evicted"),
             refused = flow_count_of(t, "telltale.flow.refused");
    assert_true(made - evicted <= CAP);
    assert_int_equal(made + refused, N);
    assert_int_equal(evicted, ends.n);
    for (uint32_t i = 0; i < ends.n; i++) {
        assert_int_equal(ends.e[i].reason, TT_FLOW_FORCED);
    }
    tt_flows_end(t, N + 1);
    assert_int_equal(ends.n, made);
    for (uint32_t i = (uint32_t)evicted; i < ends.n; i++) {
        assert_int_equal(ends.e[i].reason, TT_FLOW_SHUTDOWN);
    }
    tt_flows_free(t);
}

/* All keys on one bucket: 4 buckets of 8 are in reach, so the 33rd takes the place of the worst. */
static void thirty_three_in_one_place(void **state)
{
    (void)state;
    struct tt_flows *t = table_of(4096, NULL);
    struct tt_packet p[33];
    for (uint32_t i = 0; i < 33; i++) {
        p[i] = packet_of(17, i + 1, 4000, 99, 5000, 0, (int64_t)(i + 10) * SECOND, i + 1);
        p[i].hash = 0x12340000; /* as if the hash were the same for all: same bucket, same tag */
        struct tt_flow_place at = tt_flows_packet(t, &p[i], NULL);
        assert_non_null(at.flow);
        assert_true(at.is_new);
        if (i == 0) { /* the oldest is answered and so is not the worst */
            struct tt_packet q = answer_to(&p[0], 0, 10 * SECOND, 1);
            assert_false(tt_flows_packet(t, &q, at.flow).is_new);
        }
        assert_int_equal(ends.n, i < 32 ? 0 : 1);
    }
    assert_int_equal(ends.e[0].first_packet, 2); /* unanswered and silent for longest */
    for (uint32_t i = 0; i < 33; i++) {
        bool is_new = tt_flows_packet(t, &p[i], NULL).is_new;
        if (i == 1) {
            assert_true(is_new); /* it was evicted; its coming back evicts the next, number 3 */
            assert_int_equal(ends.n, 2);
            assert_int_equal(ends.e[1].first_packet, 3);
            break;
        }
        assert_false(is_new);
    }
    tt_flows_end(t, 100);
    assert_int_equal(ends.n, 34);
    tt_flows_free(t);
}

/* 2^k sources that differ in few bits: the keyed hash spreads them, nothing is
 * evicted below half the cap. */
static void regular_keys_do_not_pile_up(void **state)
{
    (void)state;
    static const uint64_t secrets[] = {0, 1, 2, 255, UINT64_C(0x74656c6c74616c65), UINT64_MAX};
    for (unsigned k = 0; k < sizeof secrets / sizeof secrets[0]; k++) {
        ends.n = 0;
        struct tt_flow_options o = {.max_flows = 65536, .secret = secrets[k]};
        struct tt_flows *t = tt_flows_new(&o, note_end, &ends);
        for (uint32_t i = 0; i < 32768; i++) {
            bool is_new;
            /* by address, by address and server, by port, by port and its mirror */
            uint32_t low = i >> 2;
            struct tt_packet p =
                i % 4 == 0 ? packet_of(6, 0x0a000000 + (low << 8), 40000, 0x0b000000, 1883, TT_SYN,
                                       SECOND, i + 1)
                : i % 4 == 1 ? packet_of(6, 0x0a000000 + low, 40000, 0x0c000000 + (low & 7), 1883,
                                         TT_SYN, SECOND, i + 1)
                : i % 4 == 2 ? packet_of(17, 0x0a000001, (uint16_t)(low + 1024), 0x0b000000, 5683,
                                         0, SECOND, i + 1)
                             : packet_of(17, 0x0a000001, (uint16_t)(low + 1024), 0x0b000000,
                                         (uint16_t)(low + 1024), 0, SECOND, i + 1);
            assert_non_null(feed(t, &p, &is_new));
        }
        assert_int_equal(ends.n, 0);
        tt_flows_free(t);
    }
}

static void ids_are_stable(void **state)
{
    (void)state;
    struct tt_flows *t = table_of(64, NULL), *u = NULL;
    struct tt_flow_options o = {.max_flows = 64, .secret = 4711};
    struct ends others = {0};
    u = tt_flows_new(&o, note_end, &others);
    bool is_new;
    struct tt_packet a = packet_of(6, 1, 40000, 2, 1883, TT_SYN, 123456789, 1),
                     b = answer_to(&a, TT_SYN | TT_ACK, 123456789, 1);
    uint64_t id = tt_flow_id(feed(t, &a, &is_new));
    /* another secret, the other direction */
    assert_int_equal(tt_flow_id(feed(u, &b, &is_new)), id);
    assert_true(id > 0 && id < UINT64_C(1) << 51);
    struct tt_packet c = a;
    c.time++;
    tt_flows_end(t, 2);
    assert_int_not_equal(tt_flow_id(feed(t, &c, &is_new)), id);
    assert_int_equal(tt_flow_pair_hash(&a, 7), tt_flow_pair_hash(&b, 7));
    assert_int_not_equal(tt_flow_pair_hash(&a, 7), tt_flow_pair_hash(&a, 8));
    c = a;
    c.sport = 1;
    assert_int_equal(tt_flow_pair_hash(&a, 7), tt_flow_pair_hash(&c, 7)); /* ports do not deal */
    tt_flows_free(t);
    tt_flows_free(u);
}

static void close_and_come_again(void **state)
{
    (void)state;
    struct tt_flows *t = table_of(64, NULL);
    bool is_new;
    struct tt_packet a = packet_of(6, 1, 40000, 2, 1883, TT_SYN, SECOND, 1);
    struct tt_flow *f = feed(t, &a, &is_new);
    tt_flows_close(t, f, TT_FLOW_REUSED, 9);
    assert_int_equal(ends.n, 1);
    assert_int_equal(ends.e[0].reason, TT_FLOW_REUSED);
    assert_int_equal(ends.e[0].packet, 9);
    assert_int_equal(flow_count_of(t, "flow.tcp_reuse"), 1);
    a.number = 9;
    f = feed(t, &a, &is_new);
    assert_true(is_new);
    assert_int_equal(f->first_packet, 9);
    assert_int_equal(f->packets[0], 1);
    tt_flows_free(t);
}

/* Each packet is in the account of one conversation. */
/* What decode noticed is a flow's own: it is found by a packet whose transport header does not
 * count, and is gone with the entry. */
static void what_was_noticed(void **state)
{
    (void)state;
    struct tt_flows *t = table_of(1, NULL);
    bool is_new;
    struct tt_packet a = packet_of(6, 0x0a000002, 40000, 0x0a000001, 1883, TT_SYN, 5 * SECOND, 1);
    struct tt_flow *f = feed(t, &a, &is_new);
    assert_non_null(f);
    assert_null(tt_flows_noted(t, f));
    struct tt_packet broken = answer_to(&a, 0, 6 * SECOND, 2);
    broken.flags = TT_PACKET_NAMES_FLOW;
    assert_ptr_equal(tt_flows_find(t, &broken), f);
    tt_flows_odd(t, f)->decode |= 5;
    tt_flows_odd(t, f)->protocol |= 2;
    tt_flows_odd(t, f)->decode |= 8;
    assert_int_equal(tt_flows_noted(t, f)->decode, 13);
    assert_int_equal(tt_flows_noted(t, f)->protocol, 2);
    assert_int_equal(tt_flows_noted(t, f)->engine, 0);
    assert_int_equal(f->packets[0] + f->packets[1], 1);
    broken.sport++;
    assert_null(tt_flows_find(t, &broken));
    tt_flows_close(t, f, TT_FLOW_REUSED, 3);
    struct tt_packet b = packet_of(6, 0x0a000003, 40000, 0x0a000001, 1883, TT_SYN, 7 * SECOND, 3);
    f = feed(t, &b, &is_new);
    assert_non_null(f);
    assert_null(tt_flows_noted(t, f)); /* the same entry, another flow */
    assert_int_equal(tt_flows_odd(t, f)->decode, 0);
    tt_flows_free(t);
}

static void a_syn_that_belongs_to_the_next(void **state)
{
    (void)state;
    struct tt_flows *t = table_of(64, NULL);
    bool is_new;
    struct tt_packet a =
        packet_of(6, 0x0a000002, 40000, 0x0a000001, 1883, TT_ACK | TT_PSH, 5 * SECOND, 1);
    struct tt_flow *f = feed(t, &a, &is_new);
    assert_non_null(f);
    struct tt_packet b = packet_of(6, 0x0a000002, 40000, 0x0a000001, 1883, TT_SYN, 9 * SECOND, 2);
    assert_ptr_equal(feed(t, &b, &is_new), f);
    enum tt_direction d = tt_flow_direction(f, &b);
    assert_int_equal(f->packets[d], 2);
    tt_flows_take_back(t, f, &b);
    assert_int_equal(f->packets[d], 1);
    assert_int_equal(f->octets[d], 60);
    assert_int_equal(f->tcp_flags[d], TT_ACK | TT_PSH);
    assert_int_equal(f->flags & TT_FLOW_SEEN_SYN, 0);
    assert_int_equal(f->last, 5 * SECOND);
    tt_flows_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions_are_one_flow),
        cmocka_unit_test(every_part_of_the_key_counts),
        cmocka_unit_test(a_packet_without_ports_has_no_flow),
        cmocka_unit_test(who_is_the_client),
        cmocka_unit_test(to_itself),
        cmocka_unit_test(vlan_and_state_of_udp),
        cmocka_unit_test(time_never_runs_back_in_an_entry),
        cmocka_unit_test(filled_to_the_cap),
        cmocka_unit_test(thirty_three_in_one_place),
        cmocka_unit_test(regular_keys_do_not_pile_up),
        cmocka_unit_test(ids_are_stable),
        cmocka_unit_test(close_and_come_again),
        cmocka_unit_test(what_was_noticed),
        cmocka_unit_test(a_syn_that_belongs_to_the_next),
    };
    return cmocka_run_group_tests_name("flow table", tests, NULL, NULL);
}
