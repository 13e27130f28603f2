/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Errors as text, and near names. Distances by hand.
 */
#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void expect(const struct tt_error *e, const char *want)
{
    char text[1024];
    size_t n = tt_error_text(e, text, sizeof text);
    assert_string_equal(text, want);
    assert_int_equal(n, strlen(want));
}

static void places(void **state)
{
    (void)state;
    struct tt_error e;
    assert_false(tt_fail(&e, "bad %s", "thing"));
    expect(&e, "bad thing");
    assert_false(tt_fail_fix(&e, "use %d", 5));
    expect(&e, "bad thing (use 5)");
    assert_false(tt_fail_at(&e, "a.yaml", 3, 7));
    expect(&e, "a.yaml:3:7: bad thing (use 5)");
    tt_fail_at(&e, "a.rules", 3, 0);
    expect(&e, "a.rules:3: bad thing (use 5)");
    tt_fail_at(&e, "", 3, 7);
    expect(&e, "line 3:7: bad thing (use 5)");
    tt_fail(&e, "cut short");
    expect(&e, "cut short"); /* place and fix are gone */
    tt_fail_at(&e, "x.pcap", 0, 0);
    e.packet = 17;
    expect(&e, "x.pcap: packet 17: cut short");
    e.offset = 4711;
    e.has_offset = true;
    expect(&e, "x.pcap: packet 17, offset 4711: cut short");
    e.packet = 0;
    expect(&e, "x.pcap: offset 4711: cut short");
    tt_fail_at(&e, NULL, 0, 0);
    expect(&e, "offset 4711: cut short");
}

static void an_error_may_quote_itself_or_be_absent(void **state)
{
    (void)state;
    struct tt_error e;
    tt_fail(&e, "one");
    tt_fail_fix(&e, "two");
    tt_fail(&e, "%s and %s", e.what, e.fix);
    expect(&e, "one and two");
    assert_false(tt_fail(NULL, "x %d", 1));
    assert_false(tt_fail_at(NULL, "x", 1, 1));
    assert_false(tt_fail_fix(NULL, "x"));
}

static void nothing_hostile_reaches_the_terminal(void **state)
{
    (void)state;
    struct tt_error e;
    tt_fail(&e, "a\033[2J\n\x7f\xc2\x9b"
                "1m\xff\xc3\xa9");
    tt_fail_at(&e, "f\tg", 0, 0);
    expect(&e, "f?g: a?[2J???1m?\xc3\xa9");
    memset(&e, 0, sizeof e);
    strcpy(e.what, "raw\033"); /* not made by tt_fail */
    expect(&e, "raw?");
}

static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    struct tt_error e;
    char text[1000], small[8];
    memset(text, 'x', sizeof text);
    text[382] = '\xc3'; /* 383 octets fit: half of this character */
    text[383] = '\xa9';
    text[999] = 0;
    tt_fail(&e, "%s", text);
    assert_int_equal(strlen(e.what), 382);
    tt_fail_at(&e, text, 1, 2);
    assert_int_equal(strlen(e.file), 255);
    tt_fail(&e, "abcdef\xc3\xa9");
    assert_int_equal(tt_error_text(&e, small, 8), 6);
    assert_string_equal(small, "abcdef");
    assert_int_equal(tt_error_text(&e, small, 1), 0);
    assert_string_equal(small, "");
    assert_int_equal(tt_error_text(&e, NULL, 0), 0);
}

static void distances(void **state)
{
    (void)state;
    assert_int_equal(tt_edit_distance("", ""), 0);
    assert_int_equal(tt_edit_distance("", "abc"), 3);
    assert_int_equal(tt_edit_distance("abc", ""), 3);
    assert_int_equal(tt_edit_distance("abc", "abc"), 0);
    assert_int_equal(tt_edit_distance("abc", "abd"), 1);
    assert_int_equal(tt_edit_distance("abc", "ab"), 1);
    assert_int_equal(tt_edit_distance("ab", "abc"), 1);
    assert_int_equal(tt_edit_distance("tpye", "type"), 1);
    assert_int_equal(tt_edit_distance("ca", "abc"), 3); /* adjacent swaps only */
    assert_int_equal(tt_edit_distance("kitten", "sitting"), 3);
    assert_int_equal(tt_edit_distance("abcd", "badc"), 2);
    char a[101], b[101];
    memset(a, 'a', 100);
    memset(b, 'b', 100);
    a[100] = b[100] = 0;
    assert_int_equal(tt_edit_distance(a, b), 63); /* cut to 63 */
    b[0] = 0;
    assert_int_equal(tt_edit_distance(a, b), 63);
}

static void nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"alert", "anomaly", "flow", "mqtt", NULL};
    static const char *const none[] = {NULL};
    assert_string_equal(tt_nearest("mqqt", names), "mqtt");
    assert_string_equal(tt_nearest("flwo", names), "flow");
    assert_string_equal(tt_nearest("anomally", names), "anomaly");
    assert_string_equal(tt_nearest("alert", names), "alert");
    assert_null(tt_nearest("coap", names));
    assert_null(tt_nearest("", names));
    assert_null(tt_nearest("x", none));
    /* allowed 3; alert is 4 away (by hand: no common place but 'a') */
    assert_null(tt_nearest("abcdef", names));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places),
        cmocka_unit_test(an_error_may_quote_itself_or_be_absent),
        cmocka_unit_test(nothing_hostile_reaches_the_terminal),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(distances),
        cmocka_unit_test(nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
