/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rate envelope by hand: limits, windows and messages worked out on paper from detectors.md P1
 * and P3; the life cycle; what an attacker can teach it.
 */
#include "unit/device/rig.h"

/* From midnight, so that the first decay comes at hour 24; a multiple of 64 s. */
#define MIDNIGHT 1749945600.0
#define HOURS(n) (MIDNIGHT + 3600.0 * (n))

extern const struct tt_model tt_model_rate;

struct stream {
    uint8_t state[256] __attribute__((aligned(8)));
    struct tt_shard_options options;
    struct tt_finding f;
    uint64_t n;
    double since;
};

static enum tt_verdict message(struct stream *s, double t, bool learning, uint32_t length,
                               uint32_t extra)
{
    struct tt_sample m = {.time = (int64_t)(t * 1e9), .length = length};
    uint64_t seconds = (uint64_t)m.time / SECOND, rest = (uint64_t)m.time % SECOND;
    struct tt_model_context c = {.sample = &m,
                                 .extra = extra,
                                 .stamp = seconds << 32 | rest,
                                 .learning = learning,
                                 .n = s->n,
                                 .since = (int64_t)(MIDNIGHT * 1e9),
                                 .options = &s->options};
    memset(&s->f, 0, sizeof s->f);
    enum tt_verdict v = tt_model_rate.sample(s->state, &c, &s->f);
    s->n += v == TT_NORMAL ? 1 + extra : 0;
    return v;
}

static void hourly(struct stream *s, int n)
{
    for (int i = 0; i < n; i++) {
        assert_int_equal(message(s, HOURS(i), true, 50, 0), TT_NORMAL);
    }
}

/* The most ever seen is 1 in windows to 512 s; the five messages that are still allowed (2 × 1 + 3)
 * raise it by the tenth that a day allows, so the limit is 5.2, and the sixth message is odd. */
static void test_sixth_message(void **state)
{
    (void)state;
    static struct stream s;
    memset(&s, 0, sizeof s);
    hourly(&s, 20); /* within the first day: no decay */
    double t = HOURS(20);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(message(&s, t + i, false, 50, 0), TT_NORMAL);
    }
    assert_int_equal(message(&s, t + 5, false, 50, 0), TT_ODD);
    assert_int_equal(s.f.severity, TT_HIGH);
    assert_string_equal(s.f.unit, "messages");
    /* 8 s, 64 s, 512 s; not 1 s (2 seen at most), not 4096 s (1.9 learned: limit 6.8), not 65536 s
     * (18 learned). */
    assert_int_equal(s.f.n_limits, 3);
    assert_int_equal(s.f.limits[0].window_s, 8);
    assert_int_equal(s.f.limits[1].window_s, 64);
    assert_int_equal(s.f.limits[2].window_s, 512);
    for (int i = 0; i < 3; i++) {
        assert_true(s.f.limits[i].limit == 5.2);
        assert_true(s.f.limits[i].seen == 6);
    }
    assert_true(s.f.observed == 6);
    assert_true(s.f.expected == 1.1);
    assert_int_equal(s.f.observed_window_s, 8);
    assert_string_equal(s.f.nots[0], "catch-up burst: last gap was 1.0 periods");
}

/* Learned and limits stay as they were after 1,000 odd messages. */
static void test_odd_is_not_learned(void **state)
{
    (void)state;
    static struct stream s;
    memset(&s, 0, sizeof s);
    hourly(&s, 20);
    for (int i = 0; i < 1000; i++) {
        (void)message(&s, HOURS(20) + i, false, 50, 0);
    }
    assert_int_equal(message(&s, HOURS(20) + 1000, false, 50, 0), TT_ODD);
    assert_true(s.f.limits[1].limit == 5.2);
    assert_int_equal(s.n, 25);
}

/* An outage of 6 periods gives 6 messages that are not counted; 5 more are the usual allowance; the
 * next one is odd. */
static void test_credit(void **state)
{
    (void)state;
    static struct stream s;
    memset(&s, 0, sizeof s);
    hourly(&s, 30);
    double t = HOURS(29 + 6);
    for (int i = 0; i < 6 + 5; i++) {
        assert_int_equal(message(&s, t + i * 0.5, false, 50, 0), TT_NORMAL);
    }
    assert_int_equal(message(&s, t + 5.5, false, 50, 0), TT_ODD);
    assert_string_equal(s.f.nots[0],
                        "catch-up burst: the last silence explains 6 messages, more came");
}

static void test_no_credit(void **state)
{
    (void)state;
    static struct stream s;
    /* Messages ten times as long as ever are no stored readings. */
    memset(&s, 0, sizeof s);
    hourly(&s, 30);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(message(&s, HOURS(29 + 6) + i * 0.5, false, 500, 0), TT_NORMAL);
    }
    assert_int_equal(message(&s, HOURS(29 + 6) + 3, false, 500, 0), TT_ODD);
    /* After 15 minutes the credit is gone. */
    memset(&s, 0, sizeof s);
    hourly(&s, 30);
    assert_int_equal(message(&s, HOURS(29 + 6), false, 50, 0), TT_NORMAL);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(message(&s, HOURS(29 + 6) + 901 + i * 0.5, false, 50, 0), TT_NORMAL);
    }
    assert_int_equal(message(&s, HOURS(29 + 6) + 904, false, 50, 0), TT_ODD);
    /* A silence of more than 256 periods says nothing; 1 decays to 0.78 in it, rises to 0.86, and
     * the limit is 4.7. */
    memset(&s, 0, sizeof s);
    hourly(&s, 30);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(message(&s, HOURS(29 + 300) + i * 0.5, false, 50, 0), TT_NORMAL);
    }
    assert_int_equal(message(&s, HOURS(29 + 300) + 3, false, 50, 0), TT_ODD);
}

/* The block of messages beyond the samples counts too: 1 + 200 in one second. */
static void test_extra(void **state)
{
    (void)state;
    static struct stream s;
    memset(&s, 0, sizeof s);
    hourly(&s, 20);
    assert_int_equal(message(&s, HOURS(20), false, 50, 200), TT_ODD);
    assert_true(s.f.observed == 201);
}

/* Somebody who sends one more every day than the day before: the limit follows by a tenth a day at
 * most. */
static void test_slow_poison(void **state)
{
    (void)state;
    static struct stream s;
    memset(&s, 0, sizeof s);
    double t = MIDNIGHT;
    int per_day = 20, caught = 0;
    for (int day = 0; day < 200 && !caught; day++) {
        per_day = day < 20 ? 20 : per_day * 13 / 10; /* 30 % more every day */
        for (int i = 0; i < per_day && !caught; i++) {
            t = MIDNIGHT + day * DAY + i * DAY / per_day;
            caught = message(&s, t, day < 14, 50, 0) == TT_ODD ? day : 0;
        }
    }
    /* 1.3^n passes 2 × 1.1^n + 3/20 at n = 5 (3.71 against 3.37); the decay of 2 % a day takes a
     * little off. */
    assert_in_range(caught, 20 + 3, 20 + 6);
}

/* Through the shard: learning ends after 24 hours, 30 messages and 3 periods, in `self` mode at the
 * given time. */
static void test_life_cycle(void **state)
{
    (void)state;
    struct tt_shard_options o = {.max_devices = 4};
    struct rig g;
    struct tt_device_row row;
    for (int self = 0; self < 2; self++) {
        o.self = self;
        o.learn_until = (int64_t)(HOURS(10) * 1e9);
        rig_begin(&g, &o);
        int armed = -1;
        for (int i = 0; i < 60 && armed < 0; i++) {
            rig_message(&g, 1, 5, HOURS(i), "21", 2);
            tt_shard_end(g.shard, g.packet);
            assert_true(tt_shard_device(g.shard, 0, &row));
            armed = strcmp(row.state, "armed") == 0 ? i : -1;
        }
        assert_int_equal(armed, self ? 10 : 30);
        assert_true(fabs(row.period_s - 3600) < 1);
        assert_string_equal(row.id, "ip:10.0.0.1");
        rig_end(&g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sixth_message), cmocka_unit_test(test_odd_is_not_learned),
        cmocka_unit_test(test_credit),        cmocka_unit_test(test_no_credit),
        cmocka_unit_test(test_extra),         cmocka_unit_test(test_slow_poison),
        cmocka_unit_test(test_life_cycle),
    };
    return cmocka_run_group_tests_name("device/rate", tests, NULL, NULL);
}
