/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arenas hand out aligned, disjoint octets and keep their memory; slabs respect their cap
 * and reuse what came back.
 */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void arena_pieces_are_aligned_and_disjoint(void **state)
{
    (void)state;
    struct tt_arena a;
    tt_arena_init(&a, 4096);
    uint8_t *p[300];
    for (unsigned i = 0; i < 300; i++) {
        p[i] = tt_arena_alloc(&a, i);
        assert_non_null(p[i]);
        assert_int_equal((uintptr_t)p[i] % 16, 0);
        memset(p[i], (int)(i & 0xff), i);
    }
    for (unsigned i = 0; i < 300; i++) {
        for (unsigned j = 0; j < i; j++) {
            assert_int_equal(p[i][j], i & 0xff);
        }
    }
    tt_arena_free(&a);
    assert_null(a.first);
}

static void arena_serves_pieces_larger_than_a_chunk(void **state)
{
    (void)state;
    struct tt_arena a;
    tt_arena_init(&a, 4096);
    uint8_t *small = tt_arena_alloc(&a, 10);
    uint8_t *big = tt_arena_alloc(&a, 100000);
    memset(small, 1, 10);
    memset(big, 2, 100000);
    assert_int_equal(small[9], 1);
    tt_arena_free(&a);
}

static void arena_keeps_its_memory_over_a_reset(void **state)
{
    (void)state;
    struct tt_arena a;
    tt_arena_init(&a, 4096);
    void *first[3], *again[3];
    for (unsigned round = 0; round < 2; round++) {
        void **to = round ? again : first;
        to[0] = tt_arena_alloc(&a, 3000);
        to[1] = tt_arena_alloc(&a, 3000);
        to[2] = tt_arena_alloc(&a, 9000);
        tt_arena_reset(&a);
    }
    for (unsigned i = 0; i < 3; i++) {
        assert_ptr_equal(first[i], again[i]);
    }
    tt_arena_free(&a);
}

static void slab_refuses_beyond_its_cap_and_counts(void **state)
{
    (void)state;
    struct tt_slab s;
    assert_true(tt_slab_init(&s, 20, 3));
    assert_int_equal(s.piece, 32);
    assert_int_equal(tt_slab_take(&s), 0);
    assert_int_equal(tt_slab_take(&s), 1);
    assert_int_equal(tt_slab_take(&s), 2);
    assert_int_equal(tt_slab_take(&s), TT_SLAB_NONE);
    assert_int_equal(s.refused, 1);
    assert_int_equal(s.used, 3);
    tt_slab_give(&s, 1);
    assert_int_equal(s.used, 2);
    assert_int_equal(tt_slab_take(&s), 1); /* what came back goes out first */
    assert_int_equal(s.peak, 3);
    tt_slab_free(&s);
    assert_null(s.base);
}

static void slab_pieces_are_disjoint_when_all_are_out(void **state)
{
    (void)state;
    struct tt_slab s;
    assert_true(tt_slab_init(&s, 1056, 5000)); /* above 4 MiB: the huge page path */
    for (uint32_t i = 0; i < 5000; i++) {
        uint32_t k = tt_slab_take(&s);
        memset(tt_slab_at(&s, k), (int)(k % 251), 1056);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        const uint8_t *p = tt_slab_at(&s, i);
        assert_int_equal(p[0], i % 251);
        assert_int_equal(p[1055], i % 251);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        tt_slab_give(&s, i);
    }
    assert_int_equal(s.n_free, 5000);
    assert_int_equal(s.used, 0);
    tt_slab_free(&s);
}

static void slab_refuses_impossible_sizes(void **state)
{
    (void)state;
    struct tt_slab s;
    assert_false(tt_slab_init(&s, 0, 10));
    assert_false(tt_slab_init(&s, 10, 0));
    assert_false(tt_slab_init(&s, SIZE_MAX, UINT32_MAX));
    assert_false(tt_slab_init(&s, (size_t)1 << 35, UINT32_MAX));
    assert_null(s.base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_pieces_are_aligned_and_disjoint),
        cmocka_unit_test(arena_serves_pieces_larger_than_a_chunk),
        cmocka_unit_test(arena_keeps_its_memory_over_a_reset),
        cmocka_unit_test(slab_refuses_beyond_its_cap_and_counts),
        cmocka_unit_test(slab_pieces_are_disjoint_when_all_are_out),
        cmocka_unit_test(slab_refuses_impossible_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
