/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Framing. The law: however a stream is cut, the engine tells the same. Then units that
 * are too long, holes inside and outside of units, streams that stop to be units, and the
 * caps on what is carried.
 */
#include "unit/dissect/fake.h"

const struct tt_dissector *const tt_registry_dissectors[] = {&fake_tcp, NULL};

enum { STREAM = 1 << 20 };
static uint8_t stream[2][STREAM];
static struct told whole, split;

/* Feeds both directions in turn in chunks of 1…most octets (0: each stream at once). */
static void feed_both(struct told *t, const uint32_t n[2], uint32_t most, uint32_t seed, bool end)
{
    struct tt_engine *e = engine_of(t, (struct tt_dissect_options){0});
    struct tt_flow f = flow_of(6, 7000, true);
    for (unsigned d = 0; d < 2; d++) {
        for (uint32_t at = 0; at < n[d];) {
            uint32_t take = most ? 1 + any(&seed, most) : n[d];
            take = take > n[d] - at ? n[d] - at : take;
            /* A copy of its own, so that the sanitizer sees any octet too far. */
            uint8_t *copy = malloc(take);
            memcpy(copy, stream[d] + at, take);
            tt_engine_octets(e, &f, d, (struct tt_bytes){copy, take}, NULL);
            free(copy);
            at += take;
        }
    }
    if (end) {
        tt_engine_end(e, &f);
        assert_null(f.app);
    }
    tt_engine_free(e);
}

static void compare(const uint32_t n[2], uint32_t seed)
{
    static const uint32_t most[] = {1, 2, 3, 7, 16, 100, 1460, 5000, 70000};
    feed_both(&whole, n, 0, 0, true);
    for (unsigned i = 0; i < sizeof most / sizeof most[0]; i++) {
        feed_both(&split, n, most[i], seed + i, true);
        if (strcmp(whole.text, split.text) != 0) {
            size_t at = 0;
            while (whole.text[at] == split.text[at]) {
                at++;
            }
            while (at > 0 && whole.text[at - 1] != '\n') {
                at--;
            }
            fail_msg("chunks of %u, seed %u:\nwhole: %.200s\nsplit: %.200s", most[i], seed,
                     whole.text + at, split.text + at);
        }
    }
}

/* Three short units: proof wherever they stand. */
static uint32_t three_units(uint8_t *out, unsigned id)
{
    uint32_t n = fake_unit(out, NOTE, id, 10);
    n += fake_unit(out + n, NOTE, 77, 0);
    return n + fake_unit(out + n, NOTE, 78, 0);
}

static uint32_t random_units(uint8_t *out, uint32_t *x, unsigned units, uint32_t longest)
{
    uint32_t n = 0;
    for (unsigned i = 0; i < units; i++) {
        uint32_t body = any(x, 4) ? any(x, 60) : any(x, longest);
        n += fake_unit(out + n, any(x, FAKE_KINDS), any(x, 8), body);
    }
    return n;
}

static void any_cut_tells_the_same(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 12; seed++) {
        uint32_t x = seed, n[2];
        for (unsigned d = 0; d < 2; d++) {
            n[d] = random_units(stream[d], &x, 60, 3000);
        }
        compare(n, seed);
        assert_int_equal(whole.messages, 120);
        assert_int_equal(told_count(&whole, "truncated"), 0);
    }
}

/* Lengths round the limit and round the head that is kept of a unit that is too long (4096). */
static void any_cut_of_long_units_tells_the_same(void **state)
{
    (void)state;
    static const uint32_t bodies[] = {
        FAKE_MAX - FAKE_HEAD, FAKE_MAX - FAKE_HEAD + 1, 4096, 40000, 0, 20000, 4089, 9000};
    uint32_t n[2] = {0, 0};
    for (unsigned i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        n[0] += fake_unit(stream[0] + n[0], NOTE, i, bodies[i]);
    }
    compare(n, 3);
    assert_int_equal(whole.messages, 8);
    assert_int_equal(told_count(&whole, "anomaly 0 truncated_unit"), 4);
    assert_int_equal(told_count(&whole, "anomaly 0 oversized_unit"), 4);
    /* skipped = length of the unit - 4096 octets of head */
    assert_int_equal(told_count(&whole, "unit 4096 tx 3/1 anomalies 0 truncated 35911\n"), 1);
    assert_int_equal(told_count(&whole, "unit 6000 "), 1);
    for (uint32_t seed = 1; seed <= 6; seed++) {
        uint32_t x = seed;
        n[0] = fake_unit(stream[0], ASK, 1, 10);
        n[0] += random_units(stream[0] + n[0], &x, 40, 30000);
        n[1] = random_units(stream[1], &x, 20, 30000);
        compare(n, seed);
        assert_int_equal(whole.messages, 61);
    }
}

static void any_cut_of_a_broken_stream_tells_the_same(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 6; seed++) {
        uint32_t x = seed, n[2];
        n[0] = random_units(stream[0], &x, 20, 3000);
        n[1] = random_units(stream[1], &x, 20, 3000);
        memset(stream[0] + n[0], 0xff, 100);
        n[0] += 100;
        compare(n, seed);
        assert_int_equal(told_count(&whole, "anomaly 0 lost_synchronisation"), 1);
        assert_int_equal(told_count(&whole, "anomaly 0 own 0"), 1);
    }
}

/* Wherever a stream ends, what was complete is told, and the rest is an unfinished unit. */
static void any_end_tells_the_same(void **state)
{
    (void)state;
    uint32_t first = fake_unit(stream[0], ASK, 1, 20),
             second = fake_unit(stream[0] + first, NOTE, 2, 9000);
    for (uint32_t cut = first - 3; cut <= first + second; cut += cut < first + 20 ? 1 : 397) {
        uint32_t n[2] = {cut, 0};
        compare(n, cut);
        bool unfinished = (cut < first || (cut > first && cut < first + 4096)) && cut != first;
        assert_int_equal(told_count(&whole, "unfinished_unit"), unfinished);
    }
}

/* A hole of known size inside a unit: the next unit is where it has to be. */
static void a_hole_inside_a_unit_keeps_the_framing(void **state)
{
    (void)state;
    struct tt_engine *e = engine_of(&whole, (struct tt_dissect_options){0});
    struct tt_flow f = flow_of(6, 7000, true);
    uint32_t a = fake_unit(stream[0], ASK, 1, 10), b = fake_unit(stream[0] + a, NOTE, 2, 1000),
             c = fake_unit(stream[0] + a + b, NOTE, 3, 10);
    tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){stream[0], a + 100}, NULL);
    tt_engine_gap(e, &f, TT_TO_SERVER, 200, NULL);
    tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){stream[0] + a + 300, b + c - 300},
                     NULL);
    tt_engine_end(e, &f);
    assert_int_equal(whole.messages, 3);
    assert_int_equal(told_count(&whole, "anomaly 0 gap\n"), 1);
    assert_int_equal(
        told_count(&whole, "id 2 body 0/00000000 unit 100 tx 1/1 anomalies 0 truncated 907\n"), 1);
    assert_int_equal(told_count(&whole, "id 3 body 10/"), 1);
    assert_int_equal(
        told_count(&whole, "lost_synchronisation") + told_count(&whole, "resynchronised"), 0);
    tt_engine_free(e);
}

/* The hole ends exactly with the unit, or takes the start of the next one with it. */
static void a_hole_at_the_end_of_a_unit(void **state)
{
    (void)state;
    for (uint32_t more = 0; more < 2; more++) {
        struct tt_engine *e = engine_of(&whole, (struct tt_dissect_options){0});
        struct tt_flow f = flow_of(6, 7000, true);
        uint32_t a = fake_unit(stream[0], ASK, 1, 100), b = fake_unit(stream[0] + a, NOTE, 2, 10),
                 c = three_units(stream[0] + a + b, 3);
        tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){stream[0], 50}, NULL);
        tt_engine_gap(e, &f, TT_TO_SERVER, a - 50 + more, NULL);
        tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){stream[0] + a + more, b - more},
                         NULL);
        tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){stream[0] + a + b, c}, NULL);
        tt_engine_end(e, &f);
        assert_int_equal(told_count(&whole, "id 1 "), 1);
        assert_int_equal(told_count(&whole, "id 2 "), more ? 0 : 1);
        assert_int_equal(told_count(&whole, "id 3 "), 1);
        assert_int_equal(told_count(&whole, "resynchronised"), more);
        tt_engine_free(e);
    }
}

/* A hole between units, one inside a head, one of unknown size: nothing is told before
 * units are recognised again. */
static void a_hole_elsewhere_resynchronises(void **state)
{
    (void)state;
    static const struct {
        uint32_t before, lost;
    } holes[] = {{0, 50}, {3, 50}, {50, 0}};
    for (unsigned i = 0; i < 3; i++) {
        struct tt_engine *e = engine_of(&whole, (struct tt_dissect_options){0});
        struct tt_flow f = flow_of(6, 7000, true);
        uint32_t a = fake_unit(stream[0], ASK, 1, 10), b = fake_unit(stream[0] + a, NOTE, 2, 500),
                 c = three_units(stream[0] + a + b, 3);
        tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){stream[0], a + holes[i].before},
                         NULL);
        tt_engine_gap(e, &f, TT_TO_SERVER, holes[i].lost, NULL);
        tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){stream[0] + a + 100, b - 100},
                         NULL);
        assert_int_equal(told_count(&whole, "resynchronised"), 0);
        tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){stream[0] + a + b, c}, NULL);
        assert_int_equal(told_count(&whole, "resynchronised"), 1);
        assert_int_equal(told_count(&whole, "id 3 body 10/"), 1);
        assert_int_equal(engine_count_of(e, "telltale.dissect.unsynchronised"), b - 100);
        tt_engine_end(e, &f);
        tt_engine_free(e);
    }
}

/* A hole in the part of a long unit that is passed over anyway. */
static void a_hole_in_what_is_skipped(void **state)
{
    (void)state;
    struct tt_engine *e = engine_of(&whole, (struct tt_dissect_options){0});
    struct tt_flow f = flow_of(6, 7000, true);
    uint32_t a = fake_unit(stream[0], ASK, 1, 50000), b = fake_unit(stream[0] + a, NOTE, 2, 10);
    tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){stream[0], 10000}, NULL);
    tt_engine_gap(e, &f, TT_TO_SERVER, 30000, NULL);
    tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){stream[0] + 40000, a + b - 40000},
                     NULL);
    tt_engine_end(e, &f);
    assert_int_equal(whole.messages, 2);
    assert_int_equal(told_count(&whole, "id 2 body 10/"), 1);
    assert_int_equal(told_count(&whole, "resynchronised"), 0);
    tt_engine_free(e);
}

static void a_hole_in_one_direction_leaves_the_other(void **state)
{
    (void)state;
    struct tt_engine *e = engine_of(&whole, (struct tt_dissect_options){0});
    struct tt_flow f = flow_of(6, 7000, true);
    uint32_t a = fake_unit(stream[0], ASK, 1, 10), b = fake_unit(stream[1], NOTE, 2, 100);
    tt_engine_octets(e, &f, TT_TO_SERVER, (struct tt_bytes){stream[0], a}, NULL);
    tt_engine_octets(e, &f, TT_TO_CLIENT, (struct tt_bytes){stream[1], 30}, NULL);
    tt_engine_gap(e, &f, TT_TO_SERVER, 5, NULL);
    tt_engine_octets(e, &f, TT_TO_CLIENT, (struct tt_bytes){stream[1] + 30, b - 30}, NULL);
    assert_int_equal(told_count(&whole, "message 1 note id 2 body 100/"), 1);
    tt_engine_end(e, &f);
    tt_engine_free(e);
}

/* Memory for unfinished units is bounded: who does not fit loses its unit,
 * says so, and finds back. */
static void what_is_carried_has_a_cap(void **state)
{
    (void)state;
    enum { FLOWS = 64 };
    struct tt_engine *e = engine_of(&whole, (struct tt_dissect_options){.max_octets = 32768});
    static struct tt_flow f[FLOWS];
    uint32_t a = fake_unit(stream[0], ASK, 1, 2000), b = three_units(stream[0] + a, 2);
    for (unsigned i = 0; i < FLOWS; i++) {
        f[i] = flow_of(6, 7000, true);
        tt_engine_octets(e, &f[i], TT_TO_SERVER, (struct tt_bytes){stream[0], 1500}, NULL);
    }
    uint64_t refused = engine_count_of(e, "telltale.dissect.octets_refused");
    assert_true(refused >= FLOWS - 32768 / 1500 && refused < FLOWS);
    for (unsigned i = 0; i < FLOWS; i++) {
        tt_engine_octets(e, &f[i], TT_TO_SERVER, (struct tt_bytes){stream[0] + 1500, a - 1500},
                         NULL);
        tt_engine_octets(e, &f[i], TT_TO_SERVER, (struct tt_bytes){stream[0] + a, b}, NULL);
        tt_engine_end(e, &f[i]);
    }
    assert_int_equal(told_count(&whole, "id 2 body 10/"), FLOWS);
    assert_int_equal(told_count(&whole, "id 1 body 2000/"), FLOWS - refused);
    assert_int_equal(told_count(&whole, "resynchronised"), refused);
    /* Everything was given back. */
    struct tt_flow g = flow_of(6, 7000, true);
    tt_engine_octets(e, &g, TT_TO_SERVER, (struct tt_bytes){stream[0], 1500}, NULL);
    assert_int_equal(engine_count_of(e, "telltale.dissect.octets_refused"), refused);
    tt_engine_end(e, &g);
    tt_engine_free(e);
}

static int release(void **state)
{
    (void)state;
    free(whole.text);
    free(split.text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_cut_tells_the_same),
        cmocka_unit_test(any_cut_of_long_units_tells_the_same),
        cmocka_unit_test(any_cut_of_a_broken_stream_tells_the_same),
        cmocka_unit_test(any_end_tells_the_same),
        cmocka_unit_test(a_hole_inside_a_unit_keeps_the_framing),
        cmocka_unit_test(a_hole_at_the_end_of_a_unit),
        cmocka_unit_test(a_hole_elsewhere_resynchronises),
        cmocka_unit_test(a_hole_in_what_is_skipped),
        cmocka_unit_test(a_hole_in_one_direction_leaves_the_other),
        cmocka_unit_test(what_is_carried_has_a_cap),
    };
    return cmocka_run_group_tests_name("framing", tests, NULL, release);
}
