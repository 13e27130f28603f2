/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Entries of several workers, handed over in parts while they are made, come in one order: that of
 * all of them sorted. And a buffer that can be handed over never grows beyond its limit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/order.h"

enum { WORKERS = 5, MOST = 300 };

static struct tt_entry made[WORKERS][MOST];
static uint32_t n_made[WORKERS], given[WORKERS], part;
static struct tt_out outs[WORKERS];
static uint32_t state = 1;

static uint32_t next_random(uint32_t below)
{
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
}

static void put(struct tt_out *o, const struct tt_entry *e)
{
    uint8_t *p = tt_out_reserve(o, e->size);
    memset(p, (int)(e->packet & 0xff), e->size);
    tt_out_commit(o, e, e->size);
}

static void fill(uint32_t w)
{
    for (uint32_t i = 0; i < part && given[w] < n_made[w]; i++) {
        put(&outs[w], &made[w][given[w]++]);
    }
}

static bool refill(void *ctx, uint32_t w)
{
    assert_ptr_equal(ctx, made);
    tt_out_reset(&outs[w]);
    fill(w);
    return outs[w].entries > 0;
}

static int in_order(const void *a, const void *b)
{
    return tt_entry_order(a, b);
}

/* Packets are dealt at random; each makes some entries, now and then in another order than that of
 * output, always within what is handed over together. */
static uint32_t make(struct tt_entry *all)
{
    uint32_t total = 0;
    memset(n_made, 0, sizeof n_made);
    memset(given, 0, sizeof given);
    for (uint64_t packet = 1; total < MOST; packet++) {
        uint32_t w = next_random(WORKERS), n = 1 + next_random(3);
        for (uint32_t i = 0; i < n; i++) {
            made[w][n_made[w]++] = all[total++] =
                (struct tt_entry){.packet = packet,
                                  .origin = next_random(9) ? TT_ORIGIN_PACKET : next_random(50),
                                  .ordinal = i,
                                  .size = next_random(60)};
        }
    }
    qsort(all, total, sizeof *all, in_order);
    return total;
}

static void one_order_for_all(void **unused)
{
    (void)unused;
    static struct tt_entry all[MOST + 3];
    struct tt_order order = {.n = 0};
    for (uint32_t round = 0; round < 200; round++) {
        uint32_t total = make(all), seen = 0;
        part = MOST;
        for (uint32_t w = 0; w < WORKERS; w++) {
            outs[w].limit = 1u << 16;
            tt_out_reset(&outs[w]);
            fill(w);
        }
        tt_order_begin(&order, outs, WORKERS, refill, made);
        for (uint32_t i; (i = tt_order_first(&order)) != UINT32_MAX; seen++) {
            const struct tt_entry *e = tt_order_entry(&order, i);
            assert_true(seen < total);
            assert_int_equal(tt_entry_order(e, &all[seen]), 0);
            assert_int_equal(e->size, all[seen].size);
            if (!tt_order_step(&order, i)) {
                tt_order_more(&order, i);
            }
        }
        assert_int_equal(seen, total);
    }
    tt_order_free(&order);
    for (uint32_t w = 0; w < WORKERS; w++) {
        tt_out_free(&outs[w]);
    }
}

/* Entries that are in order may come in parts of any size. */
static void in_parts(void **unused)
{
    (void)unused;
    struct tt_order order = {.n = 0};
    for (part = 1; part < 40; part++) {
        uint64_t last = 0;
        memset(n_made, 0, sizeof n_made);
        memset(given, 0, sizeof given);
        for (uint64_t packet = 1; packet <= 200; packet++) {
            uint32_t w = next_random(WORKERS - 1); /* the last has none */
            made[w][n_made[w]++] =
                (struct tt_entry){.packet = packet, .origin = TT_ORIGIN_PACKET, .size = 8};
        }
        for (uint32_t w = 0; w < WORKERS; w++) {
            outs[w].limit = 1u << 16;
            fill(w);
        }
        tt_order_begin(&order, outs, WORKERS, refill, made);
        for (uint32_t i; (i = tt_order_first(&order)) != UINT32_MAX;) {
            assert_int_equal(tt_order_entry(&order, i)->packet, ++last);
            if (!tt_order_step(&order, i)) {
                tt_order_more(&order, i);
            }
        }
        assert_int_equal(last, 200);
    }
    tt_order_free(&order);
    for (uint32_t w = 0; w < WORKERS; w++) {
        tt_out_free(&outs[w]);
    }
}

static void take(void *ctx, struct tt_out *o)
{
    *(uint32_t *)ctx += o->entries;
    tt_out_reset(o);
}

static void limit_holds(void **unused)
{
    (void)unused;
    uint32_t taken = 0;
    struct tt_out o = {.full = take, .ctx = &taken, .limit = 4096};
    for (uint64_t packet = 1; packet <= 1000; packet++) {
        put(&o, &(struct tt_entry){.packet = packet, .size = 100});
        assert_true(o.cap <= 4096);
    }
    assert_true(taken > 900);
    assert_int_equal(taken + o.entries, 1000);
    /* what is not in order cannot be handed over in parts: it grows, and is given back */
    for (uint64_t packet = 1000; packet > 0; packet--) {
        put(&o, &(struct tt_entry){.packet = packet, .size = 100});
    }
    assert_true(o.unsorted);
    assert_true(o.cap > 4096);
    tt_out_reset(&o);
    assert_int_equal(o.cap, 0);
    tt_out_free(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_order_for_all),
        cmocka_unit_test(in_parts),
        cmocka_unit_test(limit_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
