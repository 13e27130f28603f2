/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The second opinion: what nDPI says of a hello of TLS (its own name and host), how many packets it
 * gets, and that 100,000 unknown flows keep its pool at the cap with every refusal counted. Skipped
 * where it was built without.
 */
#include "unit/dissect/tls_rig.h"

#include "dissect/ndpi.h"

static uint64_t counter(const struct tt_ndpi *n, const char *name)
{
    struct tt_counter_set set = tt_ndpi_counters(n);
    for (unsigned i = 0; i < set.n; i++) {
        if (strcmp(set.rows[i].name, name) == 0) {
            return set.values[i];
        }
    }
    fail_msg("no counter %s", name);
    return 0;
}

static struct tt_ndpi *new (uint32_t open, uint32_t budget)
{
    struct tt_ndpi *n =
        tt_ndpi_new(&(struct tt_ndpi_options){.max_flows = 200000, .open = open, .budget = budget});
    if (!n) {
        skip();
    }
    return n;
}

static struct tt_flow flow_of(struct tt_packet *p, uint32_t number, struct tt_bytes payload)
{
    struct tt_flow f = {.key = {.low_port = 40000, .high_port = 31337, .protocol = 6},
                        .hash = number * 2654435761u};
    *p = (struct tt_packet){.protocol = 6,
                            .ip_version = 4,
                            .sport = 40000,
                            .dport = 31337,
                            .ttl = 64,
                            .tcp_flags = TT_ACK | TT_PSH,
                            .time = INT64_C(1795323083) * 1000000000,
                            .payload = payload.p,
                            .payload_length = payload.n};
    memset(p->src.b + 10, 0xff, 2);
    memset(p->dst.b + 10, 0xff, 2);
    p->src.b[12] = p->dst.b[12] = 10;
    memcpy(p->src.b + 13, &number, 3);
    p->dst.b[15] = 1;
    return f;
}

static void hello(void **unused)
{
    struct tt_ndpi *n = new (0, 0);
    struct tt_packet p;
    struct tt_opinion o;
    struct tt_flow f = flow_of(&p, 1, octets(trace_client));
    assert_false(tt_ndpi_opinion(n, &f, &o));
    tt_ndpi_packet(n, &f, &p);
    assert_true(tt_ndpi_opinion(n, &f, &o));
    assert_string_equal(o.protocol, "TLS");
    assert_string_equal(o.category, "Web");
    assert_string_equal(o.host, "server");
    tt_ndpi_end(n, &f);
    assert_false(tt_ndpi_opinion(n, &f, &o));
    tt_ndpi_free(n);
    (void)unused;
}

/* Eight packets of TCP are all that it gets. */
static void packets_of_a_flow(void **unused)
{
    struct tt_ndpi *n = new (0, 0);
    struct tt_packet p;
    struct tt_flow f = flow_of(&p, 1, octets("f1e2d3c4b5a69788796a5b4c3d2e1f00"));
    for (unsigned i = 0; i < 7; i++) {
        tt_ndpi_packet(n, &f, &p);
        assert_false(f.flags & TT_FLOW_SETTLED);
    }
    tt_ndpi_packet(n, &f, &p);
    assert_true(f.flags & TT_FLOW_SETTLED);
    assert_int_equal(counter(n, "telltale.ndpi.packets"), 8);
    tt_ndpi_free(n);
    (void)unused;
}

static void unknown_flows(void **unused)
{
    enum { FLOWS = 100000, CAP = 1000 };
    static struct tt_flow flows[FLOWS];
    struct tt_ndpi *n = new (CAP, UINT32_MAX);
    struct tt_packet p;
    struct tt_bytes b = octets("f1e2d3c4b5a69788796a5b4c3d2e1f00");
    for (uint32_t i = 0; i < FLOWS; i++) {
        flows[i] = flow_of(&p, i, b);
        tt_ndpi_packet(n, &flows[i], &p);
    }
    assert_int_equal(counter(n, "telltale.ndpi.flows"), CAP);
    assert_int_equal(counter(n, "telltale.ndpi.open"), CAP);
    assert_int_equal(counter(n, "telltale.ndpi.refused"), FLOWS - CAP);
    tt_ndpi_end(n, &flows[0]);
    flows[0] = flow_of(&p, 0, b);
    tt_ndpi_packet(n, &flows[0], &p); /* room again */
    assert_int_equal(counter(n, "telltale.ndpi.flows"), CAP + 1);
    tt_ndpi_free(n);
    (void)unused;
}

static void too_much_in_a_second(void **unused)
{
    struct tt_ndpi *n = new (0, 10);
    struct tt_packet p;
    struct tt_bytes b = octets("f1e2d3c4b5a69788796a5b4c3d2e1f00");
    for (uint32_t i = 0; i < 15; i++) {
        struct tt_flow f = flow_of(&p, i, b);
        tt_ndpi_packet(n, &f, &p);
        tt_ndpi_end(n, &f);
    }
    assert_int_equal(counter(n, "telltale.ndpi.shed"), 5);
    p.time += 1000000000;
    struct tt_flow f = flow_of(&p, 99, b);
    p.time += 1000000000;
    tt_ndpi_packet(n, &f, &p);
    assert_int_equal(counter(n, "telltale.ndpi.shed"), 5);
    tt_ndpi_free(n);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello),
        cmocka_unit_test(packets_of_a_flow),
        cmocka_unit_test(unknown_flows),
        cmocka_unit_test(too_much_in_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
