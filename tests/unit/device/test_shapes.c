/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The eight stream shapes of the calibration (detectors.md 4.2), shrunk to 20 devices × 60 days
 * each, and then a device that sends once a second without end. Bounds: at most one false alert in
 * a device-year; caught within the messages of that table.
 */
#include "unit/device/rig.h"

#define DEVICES 20
#define DAYS    60

struct source {
    struct rng r;
    double t, next_outage, outage_end;
    uint32_t burst_left, flush_left;
    double daily;
};

typedef double next_fn(struct source *);

static double hourly(struct source *s)
{
    s->t += 3600;
    return s->t + rng_between(&s->r, -2, 2);
}

/* Skips the messages of an outage and gives them back close together. */
static double with_outage(struct source *s, double gap, double period, double least, double most,
                          double spacing)
{
    if (s->flush_left) {
        s->flush_left--;
        return s->t += spacing;
    }
    s->t += gap;
    if (s->next_outage == 0) {
        s->next_outage = s->t + rng_exponential(&s->r, 30 * DAY);
    }
    if (s->t > s->next_outage) {
        double length = rng_between(&s->r, least, most);
        s->flush_left = (uint32_t)(length / period);
        s->t += length;
        s->next_outage = s->t + rng_exponential(&s->r, 30 * DAY);
    }
    return s->t;
}

static double hourly_outage(struct source *s)
{
    double gap = 3600 * (1 + 0.05 * rng_normal(&s->r));
    double t = with_outage(s, gap, 3600, 3 * 3600, 13 * 3600, 1);
    while (!s->flush_left && rng_unit(&s->r) < 0.02) {
        t = s->t += 3600;
    }
    return t;
}

static double minutely_outage(struct source *s)
{
    if (!s->flush_left && rng_unit(&s->r) < 0.005) {
        return s->t; /* a duplicate */
    }
    double gap = 60 * (1 + 0.1 * rng_normal(&s->r));
    return with_outage(s, gap > 20 ? gap : 20, 60, 600, 210 * 60, 0.3);
}

static double burst_of_5(struct source *s)
{
    if (s->burst_left) {
        s->burst_left--;
        return s->t += 1;
    }
    s->burst_left = 4;
    return s->t += 3596;
}

static double poisson(struct source *s)
{
    return s->t += rng_exponential(&s->r, 600);
}

static double day_night(struct source *s)
{
    double hour = fmod(s->t, DAY) / 3600;
    return s->t += (hour >= 7 && hour < 21 ? 300 : 1800) * (1 + 0.02 * rng_normal(&s->r));
}

static double sessions(struct source *s)
{
    if (s->burst_left) {
        s->burst_left--;
        return s->t += rng_exponential(&s->r, 8);
    }
    double n = pow(rng_unit(&s->r), -1 / 1.5); /* Pareto, 1.5 */
    s->burst_left = (uint32_t)(3 * (n < 12 ? n : 12));
    return s->t += rng_exponential(&s->r, 2 * 3600);
}

static double hourly_bulk(struct source *s)
{
    if (s->burst_left) {
        s->burst_left--;
        return s->t += 1;
    }
    double next = s->daily + 3600;
    if (fmod(next, DAY) < 3600) {
        s->burst_left = (uint32_t)rng_between(&s->r, 150, 250);
    }
    s->daily = next;
    return s->t = next;
}

struct result {
    double false_alerts; /* a device-year */
    double caught;       /* messages, mean */
    double armed;        /* days until judged, mean */
    uint32_t missed;
};

static void tell(const struct rig *g, const char *name)
{
    for (uint32_t i = 0; i < g->n_findings && i < 3 && getenv("RIG_VERBOSE"); i++) {
        const struct tt_finding *f = &g->findings[i];
        printf("    %s day %.1f seen %g of %g in %u s, %s\n", name,
               (double)f->time / 1e9 / DAY - START / DAY, f->observed, f->expected,
               f->observed_window_s, f->nots[0]);
    }
}

static struct result run(const char *name, next_fn *next)
{
    static const char payload[] = "{\"t\":21.5}";
    struct tt_shard_options o = {.max_devices = 4};
    struct result x = {0};
    for (uint64_t d = 0; d < DEVICES; d++) {
        struct rig g;
        rig_begin(&g, &o);
        struct source s = {.r = {d * 7919 + 17}};
        s.t = s.daily = START + rng_between(&s.r, 0, 3600);
        double t = next(&s);
        bool armed = false;
        double last = t;
        while (t < START + DAYS * DAY || s.flush_left || s.burst_left) {
            rig_message(&g, 1, 99, t, payload, sizeof payload - 1);
            struct tt_device_row row;
            if (!armed && tt_shard_device(g.shard, 0, &row) && strcmp(row.state, "armed") == 0) {
                armed = true;
                x.armed += (t - START) / DAY / DEVICES;
            }
            last = t;
            t = next(&s);
        }
        tt_shard_end(g.shard, g.packet);
        tell(&g, name);
        x.false_alerts += g.n_findings * 365.0 / DAYS / DEVICES;
        uint32_t before = g.n_findings, n = 0;
        t = last + (t - last) * rng_unit(&s.r);
        while (n < 1000 && g.n_findings == before) {
            rig_message(&g, 1, 99, t += 1, payload, sizeof payload - 1);
            tt_shard_end(g.shard, g.packet);
            n++;
        }
        if (getenv("RIG_VERBOSE") && d < 3 && g.n_findings > before) {
            const struct tt_finding *f = &g.findings[before];
            for (int i = 0; i < f->n_limits; i++) {
                printf("    %u s: %g of %g;", f->limits[i].window_s, f->limits[i].seen,
                       f->limits[i].limit);
            }
            printf(" conf %.2f sev %d n %lu %s | %s\n", f->confidence, f->severity,
                   (unsigned long)f->n, f->nots[0], f->nots[1]);
        }
        x.missed += n == 1000;
        x.caught += (double)n / DEVICES;
        rig_end(&g);
    }
    printf("  %-16s judged after %4.1f days, %5.2f false alerts a device-year, nonstop caught at "
           "message %.1f\n",
           name, x.armed, x.false_alerts, x.caught);
    return x;
}

static void check(const char *name, next_fn *next, double caught)
{
    struct result x = run(name, next);
    assert_true(x.armed > 0 && x.armed <= 14.5);
    assert_true(x.false_alerts <= 1.0);
    assert_int_equal(x.missed, 0);
    assert_true(x.caught <= caught);
}

static void test_steady(void **state)
{
    (void)state;
    check("hourly", hourly, 10);
    check("hourly+outage", hourly_outage, 10);
    check("60 s+outage", minutely_outage, 20);
    check("day and night", day_night, 20);
}

static void test_bursty(void **state)
{
    (void)state;
    check("burst of 5", burst_of_5, 20);
    check("Poisson", poisson, 20);
    check("sessions", sessions, 60);
    check("hourly+bulk", hourly_bulk, 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steady),
        cmocka_unit_test(test_bursty),
    };
    return cmocka_run_group_tests_name("device/shapes", tests, NULL, NULL);
}
