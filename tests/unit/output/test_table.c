/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tables as a person sees them: alignment, widths, shortening, what hostile text turns into.
 * Expected pictures by hand.
 */
#include "output/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const headings[] = {"name", ">packets", "topic"};
static char text[65536];

static const char *print(struct tt_table *t, uint32_t width, bool colour, uint32_t max_rows)
{
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_non_null(out);
    tt_table_print(t, out, width, colour, max_rows);
    fclose(out);
    return text;
}

static struct tt_table *two_rows(const char *title)
{
    struct tt_table *t = tt_table_new(title, headings, 3);
    tt_table_cell(t, TT_PLAIN, "meter-17");
    tt_table_cell(t, TT_RED, "%d", 5);
    tt_table_cell(t, TT_PLAIN, "plant/7/temperature");
    tt_table_cell(t, TT_PLAIN, "door");
    tt_table_cell(t, TT_PLAIN, "%d", 123456789);
    tt_table_cell(t, TT_PLAIN, "%s", "");
    return t;
}

static void aligned(void **state)
{
    (void)state;
    assert_string_equal(print(two_rows("Devices"), 0, false, 0),
                        "Devices\n"
                        "name        packets  topic\n"
                        "meter-17          5  plant/7/temperature\n"
                        "door      123456789\n");
}

static void shortened_longest_first(void **state)
{
    (void)state;
    /* 8 + 2 + 9 + 2 + 19 = 40 */
    assert_string_equal(print(two_rows(NULL), 40, false, 0),
                        "name        packets  topic\n"
                        "meter-17          5  plant/7/temperature\n"
                        "door      123456789\n");
    assert_string_equal(print(two_rows(NULL), 33, false, 0), "name        packets  topic\n"
                                                             "meter-17          5  plant/7/tem…\n"
                                                             "door      123456789\n");
    /* 18 are left for text: 6 each */
    assert_string_equal(print(two_rows(NULL), 22, false, 0), "name    packe…  topic\n"
                                                             "meter…       5  plant…\n"
                                                             "door    12345…\n");
    /* never below four */
    assert_string_equal(print(two_rows(NULL), 1, false, 0), "name  pac…  top…\n"
                                                            "met…     5  pla…\n"
                                                            "door  123…\n");
}

static void more_rows_than_wanted(void **state)
{
    (void)state;
    struct tt_table *t = tt_table_new("", headings, 1);
    for (int i = 0; i < 100; i++) {
        tt_table_cell(t, TT_PLAIN, "row %d", i);
    }
    assert_string_equal(print(t, 0, false, 2), "name\nrow 0\nrow 1\n… and 98 more\n");
    assert_string_equal(print(two_rows(NULL), 0, false, 2),
                        "name        packets  topic\n"
                        "meter-17          5  plant/7/temperature\n"
                        "door      123456789\n");
    /* what is not shown does not widen */
    t = tt_table_new("", headings, 2);
    tt_table_cell(t, TT_PLAIN, "a");
    tt_table_cell(t, TT_PLAIN, "1");
    tt_table_cell(t, TT_PLAIN, "a very long name");
    tt_table_cell(t, TT_PLAIN, "2");
    assert_string_equal(print(t, 0, false, 1), "name  packets\na           1\n… and 1 more\n");
}

static void colours_only_where_asked(void **state)
{
    (void)state;
    static const char *const one[] = {"a", "b"};
    struct tt_table *t = tt_table_new(NULL, one, 2);
    tt_table_cell(t, TT_RED, "r");
    tt_table_cell(t, TT_PLAIN, "p");
    assert_string_equal(print(t, 0, true, 0),
                        "\033[2ma\033[0m  \033[2mb\033[0m\n\033[31mr\033[0m  p\n");
}

static void utf8_and_hostile_text(void **state)
{
    (void)state;
    static const char *const one[] = {"a", "b"};
    struct tt_table *t = tt_table_new("t\033[2J\n", one, 2);
    tt_table_cell(t, TT_PLAIN, "%s", "\xc3\xa9\xe2\x82\xac"); /* two columns */
    tt_table_cell(t, TT_PLAIN, "x");
    tt_table_cell(t, TT_PLAIN, "%s", "\xe6\xbc\xa2\xe5\xad\x97"); /* two wide characters */
    tt_table_cell(t, TT_PLAIN, "x");
    tt_table_cell(t, TT_PLAIN, "%s", "e\xcc\x81z"); /* a combining accent */
    tt_table_cell(t, TT_PLAIN, "x");
    tt_table_cell(t, TT_PLAIN, "%s", "\033\r\n\t\x7f");
    /* U+009B, U+202E, a surrogate */
    tt_table_cell(t, TT_PLAIN, "%s", "\xff\xc2\x9b\xe2\x80\xae\xed\xa0\x80");
    assert_string_equal(print(t, 0, false, 0), "t?[2J?\n"
                                               "a      b\n"
                                               "\xc3\xa9\xe2\x82\xac     x\n"
                                               "\xe6\xbc\xa2\xe5\xad\x97   x\n"
                                               "e\xcc\x81z     x\n"
                                               "?????  ??????\n");
}

static void cutting_keeps_characters_whole(void **state)
{
    (void)state;
    static const char *const one[] = {"a"};
    struct tt_table *t = tt_table_new(NULL, one, 1);
    tt_table_cell(t, TT_PLAIN, "%s", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9");
    tt_table_cell(t, TT_PLAIN, "%s", "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2");
    assert_string_equal(print(t, 5, false, 0), "a\n"
                                               "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9…\n"
                                               "\xe6\xbc\xa2\xe6\xbc\xa2…\n");
    t = tt_table_new(NULL, one, 1);
    tt_table_cell(t, TT_PLAIN, "%s", "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2");
    assert_string_equal(print(t, 4, false, 0), "a\n\xe6\xbc\xa2…\n");
}

static void empty_and_unfinished(void **state)
{
    (void)state;
    assert_string_equal(print(tt_table_new("none", headings, 3), 0, false, 5),
                        "none\nname  packets  topic\n");
    struct tt_table *t = tt_table_new(NULL, headings, 3);
    tt_table_cell(t, TT_PLAIN, "half");
    assert_string_equal(print(t, 0, false, 0), "name  packets  topic\nhalf\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligned),
        cmocka_unit_test(shortened_longest_first),
        cmocka_unit_test(more_rows_than_wanted),
        cmocka_unit_test(colours_only_where_asked),
        cmocka_unit_test(utf8_and_hostile_text),
        cmocka_unit_test(cutting_keeps_characters_whole),
        cmocka_unit_test(empty_and_unfinished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
