/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One entry for each (gid, sid, tracked object) in a fixed open-addressed table. What the types
 * mean follows the Suricata user guide ("threshold", "detection_filter"): limit writes the first
 * `count` of a period; threshold writes every `count`-th within a period; both writes once in a
 * period, at the `count`-th; backoff writes number count, count × multiplier, count ×
 * multiplier² …; detection_filter writes all after more than `count` in a period. When the table
 * is full the oldest of eight goes.
 */
#include "alert/threshold.h"

#include <stdlib.h>

#include "base/hash.h"

#define REACH 8

struct entry {
    uint64_t key;  /* 0 = free */
    int64_t start; /* of the period, ns */
    uint64_t count, next;
};

struct tt_thresholds {
    struct entry *entries;
    uint32_t mask;
    uint64_t values[2];
};

enum { SUPPRESSED, EVICTED };

static const struct tt_counter rows[] = {
    {"detect.alerts_suppressed", "alerts not written: threshold or detection_filter", "alerts", 0},
    {"telltale.threshold.evicted", "threshold entries given up: table full", "entries", 1},
};

struct tt_thresholds *tt_thresholds_new(uint32_t max)
{
    struct tt_thresholds *t = calloc(1, sizeof *t);
    uint32_t n = 1024;
    while (n < (max ? max : 65536u) && n < 1u << 24) {
        n <<= 1;
    }
    if (t) {
        t->mask = n - 1;
        t->entries = calloc(n, sizeof *t->entries);
    }
    if (!t || !t->entries) {
        free(t);
        return NULL;
    }
    return t;
}

void tt_thresholds_free(struct tt_thresholds *t)
{
    if (t) {
        free(t->entries);
        free(t);
    }
}

static uint64_t key_of(const struct tt_alert *a)
{
    struct {
        uint64_t flow;
        uint32_t gid, sid;
        struct tt_address src, dst;
    } k;
    memset(&k, 0, sizeof k);
    k.gid = a->gid;
    k.sid = a->sid;
    switch (a->threshold.track) {
    case TT_TRACK_SRC:
        k.src = a->src;
        break;
    case TT_TRACK_DST:
        k.dst = a->dst;
        break;
    case TT_TRACK_BOTH: { /* the pair, either way round */
        bool low = memcmp(&a->src, &a->dst, sizeof a->src) <= 0;
        k.src = low ? a->src : a->dst;
        k.dst = low ? a->dst : a->src;
        break;
    }
    case TT_TRACK_FLOW:
        k.flow = a->flow_id;
        break;
    default:
        break;
    }
    return tt_hash_bytes(&k, sizeof k, 0) | 1;
}

static struct entry *entry_of(struct tt_thresholds *t, uint64_t key, int64_t time)
{
    struct entry *oldest = NULL;
    for (uint32_t i = 0; i < REACH; i++) {
        struct entry *e = &t->entries[(key + i) & t->mask];
        if (e->key == key) {
            return e;
        }
        if (!e->key) {
            oldest = e;
            break;
        }
        if (!oldest || e->start < oldest->start) {
            oldest = e;
        }
    }
    t->values[EVICTED] += oldest->key != 0;
    *oldest = (struct entry){.key = key, .start = time};
    return oldest;
}

bool tt_thresholds_pass(struct tt_thresholds *t, const struct tt_alert *a)
{
    const struct tt_threshold *h = &a->threshold;
    if (h->type == TT_THRESHOLD_NONE) {
        return true;
    }
    struct entry *e = entry_of(t, key_of(a), a->time);
    if (h->type != TT_THRESHOLD_BACKOFF && a->time - e->start >= (int64_t)h->seconds * 1000000000) {
        e->start = a->time;
        e->count = 0;
    }
    e->count++;
    bool pass = true;
    switch (h->type) {
    case TT_THRESHOLD_LIMIT:
        pass = e->count <= h->count;
        break;
    case TT_THRESHOLD_THRESHOLD:
        pass = e->count >= h->count;
        if (pass) {
            e->count = 0;
            e->start = a->time;
        }
        break;
    case TT_THRESHOLD_BOTH:
        pass = e->count == h->count;
        break;
    case TT_THRESHOLD_DETECTION:
        pass = e->count > h->count;
        break;
    case TT_THRESHOLD_BACKOFF:
        e->next = e->next ? e->next : h->count;
        pass = e->count == e->next;
        if (pass) {
            e->next *= h->seconds ? h->seconds : 1;
        }
        break;
    default:
        break;
    }
    t->values[SUPPRESSED] += !pass;
    return pass;
}

struct tt_counter_set tt_thresholds_counters(const struct tt_thresholds *t)
{
    return (struct tt_counter_set){rows, t->values, 2};
}
