/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the tests of the device room share: cmocka's includes, a random generator with fixed seeds,
 * and a shard that is fed message by message and keeps what it says.
 */
#ifndef TESTS_UNIT_DEVICE_RIG_H
#define TESTS_UNIT_DEVICE_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/registry.h"
#include "device/device.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000000LL
#define DAY    86400.0
#define START  1750000000.0 /* s: 2025-06-15, a Sunday */

struct rng {
    uint64_t s;
};

static inline uint64_t rng_next(struct rng *r)
{
    uint64_t z = r->s += 0x9e3779b97f4a7c15U; /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static inline double rng_unit(struct rng *r)
{
    return ((double)(rng_next(r) >> 11) + 0.5) / 9007199254740992.0;
}

static inline double rng_between(struct rng *r, double a, double b)
{
    return a + (b - a) * rng_unit(r);
}

static inline double rng_normal(struct rng *r)
{
    double u = rng_unit(r), v = rng_unit(r);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static inline double rng_exponential(struct rng *r, double mean)
{
    return -mean * log(rng_unit(r));
}

#define RIG_FINDINGS 4096

struct rig {
    struct tt_shard *shard;
    uint64_t packet;
    int64_t second;
    uint32_t n_findings; /* all; the first RIG_FINDINGS are kept */
    struct tt_finding *findings;
};

static inline void rig_finding(void *ctx, const struct tt_finding *f)
{
    struct rig *g = ctx;
    if (g->n_findings < RIG_FINDINGS) {
        g->findings[g->n_findings] = *f;
    }
    g->n_findings++;
}

static inline void rig_begin(struct rig *g, const struct tt_shard_options *o)
{
    memset(g, 0, sizeof *g);
    g->findings = malloc(RIG_FINDINGS * sizeof *g->findings);
    g->shard = tt_shard_new(o, rig_finding, g);
    assert_non_null(g->shard);
}

static inline void rig_end(struct rig *g)
{
    tt_shard_free(g->shard);
    free(g->findings);
    memset(g, 0, sizeof *g);
}

static inline struct tt_device_key rig_device(uint64_t i)
{
    struct tt_device_key k = {.address = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10,
                                           (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i}}};
    return k;
}

/* One message at time t (s) on a stream of device i; the clock ticks when the second changes. */
static inline void rig_message(struct rig *g, uint64_t device, uint64_t stream, double t,
                               const void *payload, uint32_t n)
{
    int64_t ns = (int64_t)(t * 1e9);
    if (ns / SECOND > g->second) {
        tt_shard_tick(g->shard, ns / SECOND, g->packet + 1);
        g->second = ns / SECOND;
    }
    struct tt_sample m = {
        .device = rig_device(device), .stream = stream, .packet = ++g->packet, .time = ns};
    tt_payload_shape((struct tt_bytes){payload, n}, &m);
    tt_shard_sample(g->shard, &m, 0);
}

static inline uint64_t counter_of(struct tt_counter_set set, const char *name)
{
    for (uint32_t i = 0; i < set.n; i++) {
        if (strcmp(set.rows[i].name, name) == 0) {
            return set.values[i];
        }
    }
    fail_msg("no counter %s", name);
    return 0;
}

#endif
