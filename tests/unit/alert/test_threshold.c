/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Each type of threshold against arithmetic by hand from the Suricata user guide (rules,
 * thresholding keywords). A case is a rule, the seconds at which it matches, and which of
 * the matches are written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "alert/threshold.h"

#define SECOND INT64_C(1000000000)

static struct tt_alert alert_at(int64_t time, struct tt_threshold h)
{
    return (struct tt_alert){.time = time,
                             .gid = 1,
                             .sid = 1000,
                             .flow_id = 77,
                             .src = {{1}},
                             .dst = {{2}},
                             .threshold = h};
}

static struct tt_threshold rule(enum tt_threshold_type type, uint32_t count, uint32_t seconds)
{
    return (struct tt_threshold){
        .type = (uint8_t)type, .track = TT_TRACK_SRC, .count = count, .seconds = seconds};
}

/* One character for each match: '+' it is written, '-' it is not. */
static void expect(struct tt_threshold h, const unsigned *seconds, const char *written)
{
    struct tt_thresholds *t = tt_thresholds_new(0);
    assert_non_null(t);
    unsigned suppressed = 0;
    for (unsigned i = 0; written[i]; i++) {
        struct tt_alert a = alert_at((int64_t)seconds[i] * SECOND, h);
        if (tt_thresholds_pass(t, &a) != (written[i] == '+')) {
            fail_msg("match %u at %u s, expected %s", i + 1, seconds[i], written);
        }
        suppressed += written[i] == '-';
    }
    assert_int_equal(tt_thresholds_counters(t).values[0], suppressed);
    tt_thresholds_free(t);
}

static const unsigned at_once[130];

static void none_writes_all(void **state)
{
    (void)state;
    expect((struct tt_threshold){0}, at_once, "++++++++");
}

/* "at most 1 alert within a period of 3 minutes": count 1, seconds 180. The next period begins with
 * the first match after it. */
static void limit(void **state)
{
    (void)state;
    expect(rule(TT_THRESHOLD_LIMIT, 1, 180),
           (const unsigned[]){0, 1, 100, 179, 180, 200, 359, 360, 1000, 1001}, "+---+--++-");
    expect(rule(TT_THRESHOLD_LIMIT, 3, 10), (const unsigned[]){5, 5, 6, 7, 14, 15, 16, 17, 18},
           "+++--+++-");
}

/* "an alert is generated when count matches have occurred within N
 * seconds", then it counts anew. */
static void threshold(void **state)
{
    (void)state;
    expect(rule(TT_THRESHOLD_THRESHOLD, 3, 60), at_once, "--+--+--+");
    expect(rule(TT_THRESHOLD_THRESHOLD, 3, 60), (const unsigned[]){0, 30, 60, 61, 62, 63},
           "----+-");
    expect(rule(TT_THRESHOLD_THRESHOLD, 1, 60), (const unsigned[]){0, 1, 59, 60, 200}, "+++++");
    /* ten mails in a minute */
    expect(rule(TT_THRESHOLD_THRESHOLD, 10, 60),
           (const unsigned[]){0, 6, 12, 18, 24, 30, 36, 42, 48, 54, 55}, "---------+-");
    expect(rule(TT_THRESHOLD_THRESHOLD, 10, 60),
           (const unsigned[]){0, 7, 14, 21, 28, 35, 42, 49, 56, 63}, "----------");
}

/* "at most one alert every 6 minutes if there have been 5 or more": count 5, seconds 360. */
static void both(void **state)
{
    (void)state;
    expect(rule(TT_THRESHOLD_BOTH, 5, 360),
           (const unsigned[]){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 359}, "----+-------");
    expect(rule(TT_THRESHOLD_BOTH, 2, 10), (const unsigned[]){0, 1, 2, 10, 11, 12, 30, 41, 42},
           "-+--+---+");
}

/* The guide's three rows: 1, 10, 100; 1, 2, 4, 8…; 5, 25, 125. */
static void backoff(void **state)
{
    (void)state;
    static const struct {
        uint32_t count, multiplier, first[8];
    } rows[] = {{1, 10, {1, 10, 100}}, {1, 2, {1, 2, 4, 8, 16, 32, 64, 128}}, {5, 5, {5, 25, 125}}};
    for (unsigned r = 0; r < 3; r++) {
        char written[131] = {0};
        memset(written, '-', 130);
        for (unsigned i = 0; i < 8 && rows[r].first[i]; i++) {
            written[rows[r].first[i] - 1] = '+';
        }
        struct tt_threshold h = rule(TT_THRESHOLD_BACKOFF, rows[r].count, rows[r].multiplier);
        h.track = TT_TRACK_FLOW;
        expect(h, at_once, written);
    }
}

/* "an alert for each rule match after the initial threshold has been reached". */
static void detection_filter(void **state)
{
    (void)state;
    expect(rule(TT_THRESHOLD_DETECTION, 3, 60), at_once, "---+++++");
    expect(rule(TT_THRESHOLD_DETECTION, 3, 10), (const unsigned[]){0, 1, 2, 3, 9, 10, 11, 12, 13},
           "---++---+");
}

/* What is told apart by each tracker: another source, destination, both
 * turned round, another flow. */
static void trackers(void **state)
{
    (void)state;
    static const struct {
        enum tt_track track;
        /* same again, other source, other destination, turned round, other
         * flow, other sid, other gid */
        const char *written;
    } rows[] = {
        {TT_TRACK_SRC, "-+-+-++"},  {TT_TRACK_DST, "--++-++"},  {TT_TRACK_BOTH, "-++--++"},
        {TT_TRACK_RULE, "-----++"}, {TT_TRACK_FLOW, "----+++"},
    };
    for (unsigned r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct tt_threshold h = rule(TT_THRESHOLD_LIMIT, 1, 60);
        h.track = (uint8_t)rows[r].track;
        for (unsigned i = 0; i < 7; i++) {
            struct tt_thresholds *t = tt_thresholds_new(0);
            struct tt_alert a = alert_at(0, h), b = a;
            assert_true(tt_thresholds_pass(t, &a));
            b.src = i == 1 ? (struct tt_address){{3}} : i == 3 ? a.dst : a.src;
            b.dst = i == 2 ? (struct tt_address){{3}} : i == 3 ? a.src : a.dst;
            b.flow_id += i == 4;
            b.sid += i == 5;
            b.gid += i == 6;
            if (tt_thresholds_pass(t, &b) != (rows[r].written[i] == '+')) {
                fail_msg("tracker %u, change %u", rows[r].track, i);
            }
            tt_thresholds_free(t);
        }
    }
}

/* A table that is full gives up old entries, says how many, and goes on. */
static void a_full_table(void **state)
{
    (void)state;
    enum { N = 10000 };
    struct tt_thresholds *t = tt_thresholds_new(1024);
    unsigned written = 0;
    for (unsigned i = 0; i < N; i++) {
        struct tt_alert a = alert_at((int64_t)i * 1000, rule(TT_THRESHOLD_LIMIT, 1, 60));
        memcpy(a.src.b, &i, sizeof i);
        written += tt_thresholds_pass(t, &a);
        assert_false(tt_thresholds_pass(t, &a)); /* the one at hand is always there */
    }
    assert_int_equal(written, N);
    struct tt_counter_set c = tt_thresholds_counters(t);
    assert_true(c.values[1] >= N - 1024 && c.values[1] < N);
    assert_true(c.rows[1].is_loss);
    tt_thresholds_free(t);
}

static void time_that_runs_back_opens_no_period(void **state)
{
    (void)state;
    expect(rule(TT_THRESHOLD_LIMIT, 1, 10), (const unsigned[]){100, 95, 50, 109, 110}, "+---+");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_writes_all),
        cmocka_unit_test(limit),
        cmocka_unit_test(threshold),
        cmocka_unit_test(both),
        cmocka_unit_test(backoff),
        cmocka_unit_test(detection_filter),
        cmocka_unit_test(trackers),
        cmocka_unit_test(a_full_table),
        cmocka_unit_test(time_that_runs_back_opens_no_period),
    };
    return cmocka_run_group_tests_name("threshold", tests, NULL, NULL);
}
