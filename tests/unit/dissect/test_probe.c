/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What does a flow speak? Proof at the start, proof in the middle, ports that only say who is asked
 * first, giving up, and the same with datagrams.
 */
#include "unit/dissect/fake.h"

/* Claims what begins with 0x77, only for sure, on a port that is fake's. */
static enum tt_probe loud_probe(struct tt_bytes b, enum tt_direction d)
{
    (void)d;
    return b.n && b.p[0] == 0x77 ? TT_PROBE_YES : TT_PROBE_NO;
}

static int64_t loud_length(const void *state, struct tt_bytes b, uint32_t seen, enum tt_direction d)
{
    (void)state;
    (void)seen;
    (void)d;
    return b.p[0] == 0x77 ? (int64_t)b.n : -1;
}

static bool loud_parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    (void)state;
    m->kind = NOTE;
    tt_put_uint(m, r, FAKE_ID, tt_reader_left(r));
    return true;
}

static bool datagram_parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    return fake_parse(state, r, m);
}

static const struct tt_dissector loud = {
    .name = "loud",
    .doc = "Says yes.",
    .kinds = fake_kinds,
    .fields = fake_fields,
    .n_fields = 2,
    .anomalies = fake_anomalies,
    .n_anomalies = 2,
    .transport = TT_TCP,
    .state_size = sizeof(struct fake_state),
    .max_unit = FAKE_MAX,
    .probe = loud_probe,
    .unit_length = loud_length,
    .parse = loud_parse,
};
static const uint16_t datagram_ports[] = {7001, 0};
static const struct tt_dissector datagram = {
    .name = "datagram",
    .doc = "Fake in datagrams.",
    .kinds = fake_kinds,
    .fields = fake_fields,
    .n_fields = 2,
    .anomalies = fake_anomalies,
    .n_anomalies = 2,
    .ports = datagram_ports,
    .transport = TT_UDP,
    .state_size = sizeof(struct fake_state),
    .max_unit = FAKE_MAX,
    .probe = fake_probe,
    .parse = datagram_parse,
};
const struct tt_dissector *const tt_registry_dissectors[] = {&datagram, &fake_tcp, &loud, NULL};

static struct told told;
static struct tt_engine *e;
static struct tt_flow f;
static uint8_t octets[1 << 17];

static void begin(uint8_t protocol, uint16_t port, bool start)
{
    e = engine_of(&told, (struct tt_dissect_options){0});
    f = flow_of(protocol, port, start);
}

static void send(enum tt_direction d, uint32_t from, uint32_t n)
{
    tt_engine_octets(e, &f, d, (struct tt_bytes){octets + from, n}, NULL);
}

static void finish(void)
{
    tt_engine_end(e, &f);
    assert_null(f.app);
    tt_engine_free(e);
}

static void proof_at_the_start_on_any_port(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        begin(6, i ? 7000 : 12345, true);
        assert_null(tt_engine_dissector(&f));
        send(TT_TO_SERVER, 0, fake_unit(octets, ASK, 1, 3));
        assert_ptr_equal(tt_engine_dissector(&f), &fake_tcp);
        assert_non_null(tt_engine_device(&f));
        assert_int_equal(told.messages, 1);
        finish();
    }
}

static void the_port_is_no_proof(void **state)
{
    (void)state;
    begin(6, 7000, true);
    octets[0] = 0x77;
    send(TT_TO_SERVER, 0, 20);
    assert_ptr_equal(tt_engine_dissector(&f), &loud);
    finish();
}

/* "Maybe" needs three units in a row, or on its port one without an anomaly. */
static void maybe_needs_units_in_a_row(void **state)
{
    (void)state;
    uint32_t a = fake_unit(octets, NOTE, 1, 3), b = a + fake_unit(octets + a, NOTE, 2, 3),
             c = b + fake_unit(octets + b, NOTE, 3, 3);
    begin(6, 12345, true);
    send(TT_TO_SERVER, 0, a);
    assert_null(tt_engine_dissector(&f));
    send(TT_TO_SERVER, a, b - a);
    assert_null(tt_engine_dissector(&f));
    assert_int_equal(told.messages, 0);
    send(TT_TO_SERVER, b, c - b);
    assert_ptr_equal(tt_engine_dissector(&f), &fake_tcp);
    assert_int_equal(told.messages, 3); /* what was gathered is told too */
    finish();
    begin(6, 7000, true);
    send(TT_TO_SERVER, 0, a);
    assert_ptr_equal(tt_engine_dissector(&f), &fake_tcp);
    assert_int_equal(told.messages, 1);
    finish();
}

/* A unit in 5000 segments of one octet, before anything is known. */
static void a_start_in_many_pieces(void **state)
{
    (void)state;
    begin(6, 7000, true);
    uint32_t n = fake_unit(octets, NOTE, 1, 5000);
    for (uint32_t i = 0; i < n; i++) {
        send(TT_TO_SERVER, i, 1);
    }
    assert_ptr_equal(tt_engine_dissector(&f), &fake_tcp);
    assert_int_equal(told_count(&told, "id 1 body 5000/"), 1);
    finish();
}

/* What the other side said before it was known is told as well, first. */
static void the_other_direction_waits(void **state)
{
    (void)state;
    begin(6, 12345, true);
    uint32_t a = fake_unit(octets, NOTE, 1, 3), b = fake_unit(octets + a, ASK, 2, 3);
    send(TT_TO_CLIENT, 0, a);
    assert_int_equal(told.messages, 0);
    send(TT_TO_SERVER, a, b);
    assert_int_equal(told.messages, 2);
    assert_true(strstr(told.text, "message 1 note id 1") < strstr(told.text, "message 0 ask id 2"));
    finish();
}

static void in_the_middle(void **state)
{
    (void)state;
    begin(6, 12345, false);
    uint32_t a = fake_unit(octets, NOTE, 1, 300), b = fake_unit(octets + a, ASK, 2, 3);
    send(TT_TO_SERVER, 100, a - 100); /* the rest of a unit: not a start */
    assert_null(tt_engine_dissector(&f));
    assert_false(tt_engine_failed(&f));
    send(TT_TO_SERVER, a, b); /* what a "yes" is worth depends on where it stands */
    assert_null(tt_engine_dissector(&f));
    /* The other direction is joined in the middle too: its first octets
     * are not taken for a start. Where it has spoken, a unit may start. */
    send(TT_TO_CLIENT, 100, 50);
    send(TT_TO_SERVER, a, b);
    assert_ptr_equal(tt_engine_dissector(&f), &fake_tcp);
    assert_int_equal(told.messages, 2); /* the first reaches that place */
    assert_int_equal(told_count(&told, "anomaly 1"), 0);
    uint32_t c = fake_unit(octets, ANSWER, 2, 3);
    send(TT_TO_CLIENT, 0, c);
    assert_int_equal(told.complete, 1);
    finish();
}

/* Of a flow that is joined later: three units without an anomaly are proof wherever they stand. */
static void in_the_middle_of_one_direction(void **state)
{
    (void)state;
    begin(6, 12345, false);
    uint32_t a = fake_unit(octets, NOTE, 1, 300), n = a;
    for (unsigned i = 0; i < 3; i++) {
        assert_null(tt_engine_dissector(&f));
        n += fake_unit(octets + n, NOTE, 2 + i, 3);
        send(TT_TO_SERVER, i ? n - FAKE_HEAD - 3 : 100, i ? FAKE_HEAD + 3 : n - 100);
    }
    assert_ptr_equal(tt_engine_dissector(&f), &fake_tcp);
    assert_int_equal(told.messages, 3);
    finish();
}

/* Octets that were passed over while nothing was known: what follows is not taken
 * for a start without proof. */
static void passed_over_is_not_the_start(void **state)
{
    (void)state;
    begin(6, 7000, true);
    memset(octets, 0, 100);
    send(TT_TO_CLIENT, 0, 40);
    uint32_t n = fake_unit(octets, ASK, 2, 3);
    send(TT_TO_SERVER, 0, n);
    assert_ptr_equal(tt_engine_dissector(&f), &fake_tcp);
    memset(octets, 0, 100);
    send(TT_TO_CLIENT, 0, 40);
    assert_int_equal(told_count(&told, "anomaly 1"), 0);
    n = fake_unit(octets, PART, 2, 3);
    n += fake_unit(octets + n, PART, 2, 3);
    n += fake_unit(octets + n, ANSWER, 2, 3);
    send(TT_TO_CLIENT, 0, n);
    assert_int_equal(told.complete, 1);
    finish();
}

static void gives_up_and_stays_given_up(void **state)
{
    (void)state;
    begin(6, 12345, true); /* not its port and not its start: never */
    memset(octets, 0, sizeof octets);
    send(TT_TO_SERVER, 0, 10);
    assert_true(tt_engine_failed(&f));
    assert_int_equal(engine_count_of(e, "telltale.dissect.unknown"), 1);
    send(TT_TO_SERVER, 0, fake_unit(octets, ASK, 1, 3));
    assert_null(tt_engine_dissector(&f));
    assert_null(tt_engine_device(&f));
    tt_engine_gap(e, &f, TT_TO_SERVER, 10, NULL);
    finish();
    assert_int_equal(told.messages, 0);
    /* In the middle it is asked again, up to 64 KiB of a direction. */
    begin(6, 12345, false);
    memset(octets, 0, sizeof octets);
    for (unsigned i = 0; i < 64; i++) {
        assert_false(tt_engine_failed(&f));
        send(TT_TO_SERVER, 0, 1024);
    }
    assert_true(tt_engine_failed(&f));
    finish();
    /* … however they are cut: what a segment is says nothing. */
    begin(6, 12345, false);
    for (unsigned i = 0; i < 65536; i++) {
        assert_false(tt_engine_failed(&f));
        send(TT_TO_SERVER, 0, 1);
    }
    assert_true(tt_engine_failed(&f));
    finish();
}

/* Whoever announces a long unit and never sends it is not waited for with
 * more than a bounded buffer. */
static void a_start_that_never_ends(void **state)
{
    (void)state;
    begin(6, 7000, true);
    fake_unit(octets, NOTE, 1, 100000);
    for (uint32_t at = 0; at < 100000 && !tt_engine_failed(&f); at += 500) {
        send(TT_TO_SERVER, at, 500);
    }
    assert_true(tt_engine_failed(&f) || tt_engine_dissector(&f));
    finish();
}

static void flows_have_a_cap(void **state)
{
    (void)state;
    enum { CAP = 8, N = 12 };
    e = engine_of(&told, (struct tt_dissect_options){.max_flows = CAP});
    static struct tt_flow flows[N];
    uint32_t n = fake_unit(octets, NOTE, 1, 3);
    for (unsigned i = 0; i < N; i++) {
        flows[i] = flow_of(6, 7000, true);
        tt_engine_octets(e, &flows[i], TT_TO_SERVER, (struct tt_bytes){octets, n}, NULL);
        assert_int_equal(tt_engine_dissector(&flows[i]) != NULL, i < CAP);
    }
    assert_int_equal(engine_count_of(e, "telltale.dissect.flows_refused"), N - CAP);
    tt_engine_end(e, &flows[0]);
    f = flow_of(6, 7000, true);
    tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){octets, n}, NULL);
    assert_ptr_equal(tt_engine_dissector(&f), &fake_tcp);
    for (unsigned i = 1; i < N; i++) {
        tt_engine_end(e, &flows[i]);
    }
    finish();
}

static void datagrams(void **state)
{
    (void)state;
    uint32_t n = fake_unit(octets, NOTE, 1, 3);
    begin(17, 7001, false); /* on its port "maybe" is enough: a datagram is whole */
    tt_engine_datagram(e, &f, TT_TO_SERVER, (struct tt_bytes){octets, n}, NULL);
    assert_ptr_equal(tt_engine_dissector(&f), &datagram);
    assert_int_equal(told.messages, 1);
    tt_engine_datagram(e, &f, TT_TO_CLIENT, (struct tt_bytes){octets, 6},
                       NULL); /* cut: parse says no */
    assert_int_equal(told.messages, 2);
    assert_int_equal(told.own[FAKE_MALFORMED], 1);
    tt_engine_datagram(e, &f, TT_TO_CLIENT, (struct tt_bytes){octets, 0}, NULL);
    assert_int_equal(told.messages, 2);
    finish();
    begin(17, 12345, false); /* elsewhere it is not */
    tt_engine_datagram(e, &f, TT_TO_SERVER, (struct tt_bytes){octets, n}, NULL);
    assert_null(tt_engine_dissector(&f));
    n = fake_unit(octets, ASK, 1, 3);
    tt_engine_datagram(e, &f, TT_TO_SERVER, (struct tt_bytes){octets, n}, NULL);
    assert_ptr_equal(tt_engine_dissector(&f), &datagram);
    finish();
}

static void the_registry_by_name(void **state)
{
    (void)state;
    assert_int_equal(tt_dissector_index("loud"), 2);
    assert_int_equal(tt_dissector_index("nobody"), -1);
    assert_ptr_equal(tt_dissector_at(1), &fake_tcp);
}

static int release(void **state)
{
    (void)state;
    free(told.text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proof_at_the_start_on_any_port),
        cmocka_unit_test(the_port_is_no_proof),
        cmocka_unit_test(maybe_needs_units_in_a_row),
        cmocka_unit_test(a_start_in_many_pieces),
        cmocka_unit_test(the_other_direction_waits),
        cmocka_unit_test(in_the_middle),
        cmocka_unit_test(in_the_middle_of_one_direction),
        cmocka_unit_test(passed_over_is_not_the_start),
        cmocka_unit_test(gives_up_and_stays_given_up),
        cmocka_unit_test(a_start_that_never_ends),
        cmocka_unit_test(flows_have_a_cap),
        cmocka_unit_test(datagrams),
        cmocka_unit_test(the_registry_by_name),
    };
    return cmocka_run_group_tests_name("probing", tests, NULL, release);
}
