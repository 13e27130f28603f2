/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The table of values: what is kept, in which order, and when it is not.
 */
#include "unit/dissect/fake.h"

static const struct tt_field rows[] = {
    {.path = "number", .type = TT_UINT},
    {.path = "list[].name", .type = TT_STR},
    {.path = "client", .type = TT_STR, .flags = TT_IDENTITY},
    {.path = "topic", .type = TT_STR, .flags = TT_STREAM},
    {.path = "message", .type = TT_BYTES, .flags = TT_PAYLOAD},
};
static const struct tt_dissector five = {.name = "five", .fields = rows, .n_fields = 5};
const struct tt_dissector *const tt_registry_dissectors[] = {NULL};

static struct tt_field_hot hot[TT_FIELDS_MAX];
static struct tt_msg m;
static const uint8_t unit[70000] = "0123456789";

static struct tt_reader begin(uint32_t n)
{
    struct tt_bytes b = {unit, n};
    tt_fields_hot(&five, hot);
    tt_msg_reset(&m, &five, hot, b, TT_TO_CLIENT);
    return tt_reader_over(b);
}

static void empty_after_reset(void **state)
{
    (void)state;
    begin(10);
    assert_int_equal(m.n_values, 0);
    assert_int_equal(m.direction, TT_TO_CLIENT);
    assert_int_equal(m.identity, -1);
    assert_int_equal(m.stream, -1);
    assert_int_equal(m.payload, -1);
    assert_int_equal(m.anomalies, 0);
    assert_false(m.repeated || m.overflow || m.truncated);
    for (unsigned i = 0; i < 5; i++) {
        assert_false(tt_msg_has(&m, i));
    }
    assert_int_equal(m.tx_role, TT_TX_ALONE);
}

static void values_in_order_with_their_places(void **state)
{
    (void)state;
    struct tt_reader r = begin(10);
    tt_put_uint(&m, &r, 0, UINT64_MAX);
    tt_read_skip(&r, 3);
    tt_put_bytes(&m, &r, 2, tt_read_bytes(&r, 4));
    tt_put_bytes(&m, &r, 3, tt_read_bytes(&r, 0));
    tt_put_bytes(&m, &r, 4, tt_read_rest(&r));
    assert_int_equal(m.n_values, 4);
    assert_int_equal(m.values[0].u, UINT64_MAX);
    assert_int_equal(m.values[0].n, 0);
    assert_int_equal(m.values[0].type, TT_UINT);
    assert_int_equal(m.values[0].offset, 0xffff);
    assert_memory_equal(m.values[1].p, "3456", 4);
    assert_int_equal(m.values[1].offset, 3);
    assert_int_equal(m.values[2].n, 0);
    assert_int_equal(m.values[3].n, 3);
    assert_int_equal(m.values[3].offset, 7);
    assert_int_equal(m.identity, 1);
    assert_int_equal(m.stream, 2);
    assert_int_equal(m.payload, 3);
    assert_true(tt_msg_has(&m, 0) && !tt_msg_has(&m, 1) && tt_msg_has(&m, 4));
}

static void nothing_is_kept_after_an_error(void **state)
{
    (void)state;
    struct tt_reader r = begin(3);
    tt_put_uint(&m, &r, 0, tt_read_u32(&r)); /* the call is made, the value is not there */
    tt_put_bytes(&m, &r, 4, tt_read_rest(&r));
    assert_int_equal(m.n_values, 0);
    assert_false(tt_msg_has(&m, 0));
    assert_int_equal(m.payload, -1);
    assert_int_equal(r.error, TT_READ_SHORT);
}

static void a_scalar_that_comes_twice_keeps_the_first(void **state)
{
    (void)state;
    struct tt_reader r = begin(10);
    tt_put_uint(&m, &r, 0, 1);
    tt_put_uint(&m, &r, 0, 2);
    assert_int_equal(m.n_values, 1);
    assert_int_equal(m.values[0].u, 1);
    assert_true(m.repeated);
    r = begin(10);
    tt_put_bytes(&m, &r, 1, tt_read_bytes(&r, 1));
    tt_put_bytes(&m, &r, 1, tt_read_bytes(&r, 1));
    assert_int_equal(m.n_values, 2);
    assert_false(m.repeated);
}

static void the_table_has_a_cap(void **state)
{
    (void)state;
    struct tt_reader r = begin(1);
    for (unsigned i = 0; i < TT_MSG_VALUES; i++) {
        tt_put_bytes(&m, &r, 1, (struct tt_bytes){unit, 1});
        assert_false(m.overflow);
    }
    tt_put_bytes(&m, &r, 1, (struct tt_bytes){unit, 1});
    assert_true(m.overflow);
    assert_int_equal(m.n_values, TT_MSG_VALUES);
    tt_put_uint(&m, &r, 0, 9);
    assert_false(tt_msg_has(&m, 0));
}

static void offsets_end_at_64_kib_and_outside_the_unit(void **state)
{
    (void)state;
    static const uint8_t elsewhere[4] = "abc";
    struct tt_reader r = begin(sizeof unit);
    tt_put_bytes(&m, &r, 1, (struct tt_bytes){unit + 0xfffe, 2});
    tt_put_bytes(&m, &r, 1, (struct tt_bytes){unit + 0xffff, 2});
    tt_put_bytes(&m, &r, 1, (struct tt_bytes){elsewhere, 3});
    assert_int_equal(m.values[0].offset, 0xfffe);
    assert_int_equal(m.values[1].offset, 0xffff);
    assert_int_equal(m.values[2].offset, 0xffff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_after_reset),
        cmocka_unit_test(values_in_order_with_their_places),
        cmocka_unit_test(nothing_is_kept_after_an_error),
        cmocka_unit_test(a_scalar_that_comes_twice_keeps_the_first),
        cmocka_unit_test(the_table_has_a_cap),
        cmocka_unit_test(offsets_end_at_64_kib_and_outside_the_unit),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
