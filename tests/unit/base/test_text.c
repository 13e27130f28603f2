/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers, times, addresses, UTF-8. Times against the C library over its whole range, addresses
 * from RFC 5952's own examples.
 */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void numbers(void **state)
{
    (void)state;
    uint64_t v = 1;
    for (int bits = 0; bits < 64; bits++, v = v * 2 + 1) {
        for (uint64_t k = v - 1; k <= v && k != UINT64_MAX; k++) {
            char text[21] = {0}, want[24];
            snprintf(want, sizeof want, "%llu", (unsigned long long)k);
            assert_int_equal(tt_text_uint(text, k), strlen(want));
            assert_string_equal(text, want);
        }
    }
    char text[21] = {0};
    assert_int_equal(tt_text_uint(text, UINT64_MAX), 20);
    assert_string_equal(text, "18446744073709551615");
}

static bool parse(const char *text, uint64_t max, uint64_t *out)
{
    return tt_parse_uint(text, strlen(text), max, out);
}

static void numbers_back(void **state)
{
    (void)state;
    uint64_t v = 77;
    assert_true(parse("0", 0, &v) && v == 0);
    assert_true(parse("18446744073709551615", UINT64_MAX, &v) && v == UINT64_MAX);
    assert_true(parse("007", 10, &v) && v == 7);
    assert_true(parse("65535", 65535, &v) && v == 65535);
    v = 77;
    assert_false(parse("18446744073709551616", UINT64_MAX, &v));
    assert_false(parse("99999999999999999999999", UINT64_MAX, &v));
    assert_false(parse("65536", 65535, &v));
    assert_false(parse("1", 0, &v));
    assert_false(parse("", UINT64_MAX, &v));
    assert_false(parse("-1", UINT64_MAX, &v));
    assert_false(parse("+1", UINT64_MAX, &v));
    assert_false(parse(" 1", UINT64_MAX, &v));
    assert_false(parse("1a", UINT64_MAX, &v));
    assert_false(tt_parse_uint("1\0", 2, UINT64_MAX, &v));
    assert_int_equal(v, 77);
}

static const char *as_time(int64_t ns)
{
    static char text[33];
    assert_int_equal(tt_text_time(text, ns), 31);
    text[31] = 0;
    return text;
}

static void times(void **state)
{
    (void)state;
    assert_string_equal(as_time(0), "1970-01-01T00:00:00.000000+0000");
    assert_string_equal(as_time(-1), "1969-12-31T23:59:59.999999+0000");
    assert_string_equal(as_time(INT64_C(1795269731204518999)), "2026-11-21T14:02:11.204518+0000");
    assert_string_equal(as_time(INT64_C(951782400000000000)), "2000-02-29T00:00:00.000000+0000");
    /* the ends of 64 bits of nanoseconds: -2^63 and 2^63 - 1 */
    assert_string_equal(as_time(INT64_MIN), "1677-09-21T00:12:43.145224+0000");
    assert_string_equal(as_time(INT64_MAX), "2262-04-11T23:47:16.854775+0000");
    for (int64_t second = INT64_C(-9223372036); second < INT64_C(9223372036); second += 7654321) {
        time_t t = (time_t)second;
        struct tm tm;
        char want[40];
        assert_non_null(gmtime_r(&t, &tm));
        strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%S.000001+0000", &tm);
        assert_string_equal(as_time(second * 1000000000 + 1000), want);
    }
}

static void a_cached_second_is_not_a_stale_one(void **state)
{
    (void)state;
    static const int64_t ns[] = {0,  1,           999999999,   1000000000, 999999999,
                                 -1, -1000000000, -1000000001, INT64_MAX,  5};
    struct tt_time_cache cache = {0};
    for (size_t i = 0; i < sizeof ns / sizeof *ns; i++) {
        char text[33] = {0};
        assert_int_equal(tt_text_time_cached(text, &cache, ns[i]), 31);
        assert_string_equal(text, as_time(ns[i]));
    }
}

static void addresses(void **state)
{
    (void)state;
    static const char *const same[] = {
        "0.0.0.0",
        "255.255.255.255",
        "192.0.2.1",
        "10.20.100.9",
        "::",
        "::1",
        "1::",
        "2001:db8::1",
        "2001:db8:0:1:1:1:1:1",
        "2001:db8::1:0:0:1",
        "2001:0:0:1::1",
        "fe80::200:86ff:fe05:80da",
        "1:2:3:4:5:6:7:8",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "1:2:3:4:5:6::",
        "::3:4:5:6:7:8",
        "0:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:0",
        "::fffe:102:304",
    };
    static const char *const pairs[][2] = {
        {"2001:0DB8::0001", "2001:db8::1"},
        {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
        {"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"1::0:0:2:0:0", "1::2:0:0"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"::192.0.2.1", "::c000:201"},
    };
    uint8_t a[16];
    char text[46];
    bool v6 = false;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_true(tt_parse_address(same[i], strlen(same[i]), a, &v6));
        assert_string_equal(tt_text_address_z(text, a), same[i]);
        assert_int_equal(v6, strchr(same[i], ':') != NULL);
    }
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_true(tt_parse_address(pairs[i][0], strlen(pairs[i][0]), a, &v6));
        assert_string_equal(tt_text_address_z(text, a), pairs[i][1]);
        assert_true(v6);
    }
}

static void not_addresses(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "1",
                                      "1.2.3",
                                      "1.2.3.4.5",
                                      "256.1.1.1",
                                      "01.2.3.4",
                                      "1.2.3.4 ",
                                      " 1.2.3.4",
                                      ":",
                                      ":::",
                                      "1::2::3",
                                      "12345::",
                                      "1:2:3:4:5:6:7",
                                      "1:2:3:4:5:6:7:8:9",
                                      "g::",
                                      "fe80::1%lo",
                                      "1111:2222:3333:4444:5555:6666:7777:8888:9999:1111"};
    uint8_t a[16];
    bool v6 = false;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(tt_parse_address(bad[i], strlen(bad[i]), a, &v6));
    }
    assert_false(tt_parse_address("1.2.3.4\0", 8, a, &v6));
    assert_true(tt_parse_address("1.2.3.45", 7, a, &v6)); /* n counts */
    assert_int_equal(a[15], 4);
}

/* Every sequence of two octets, and the borders of three and four (RFC 3629 section 4). */
static void utf8(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            uint8_t p[2] = {(uint8_t)a, (uint8_t)b};
            unsigned want = a < 0x80 ? 1 : a >= 0xc2 && a < 0xe0 && b >= 0x80 && b < 0xc0 ? 2 : 0;
            assert_int_equal(tt_utf8_length(p, 2), want);
            assert_int_equal(tt_utf8_length(p, 1), a < 0x80 ? 1 : 0);
        }
    }
    static const struct {
        const char *p;
        unsigned want;
    } cases[] = {{"\xe0\x9f\xbf", 0},     {"\xe0\xa0\x80", 3},     {"\xec\xbf\xbf", 3},
                 {"\xed\x9f\xbf", 3},     {"\xed\xa0\x80", 0},     {"\xee\x80\x80", 3},
                 {"\xef\xbf\xbf", 3},     {"\xe2\x28\xa1", 0},     {"\xe2\x82\x28", 0},
                 {"\xf0\x8f\xbf\xbf", 0}, {"\xf0\x90\x80\x80", 4}, {"\xf3\xbf\xbf\xbf", 4},
                 {"\xf4\x8f\xbf\xbf", 4}, {"\xf4\x90\x80\x80", 0}, {"\xf5\x80\x80\x80", 0},
                 {"\xf0\x90\x80\x28", 0}, {"\xff\xff\xff\xff", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = strlen(cases[i].p);
        assert_int_equal(tt_utf8_length((const uint8_t *)cases[i].p, n), cases[i].want);
        assert_int_equal(tt_utf8_valid((const uint8_t *)cases[i].p, n), cases[i].want == n);
        for (size_t k = 1; k < n; k++) {
            assert_int_equal(tt_utf8_length((const uint8_t *)cases[i].p, k), 0);
        }
    }
}

static void utf8_texts(void **state)
{
    (void)state;
    char text[40];
    memset(text, 'a', sizeof text);
    assert_true(tt_utf8_valid(NULL, 0));
    for (size_t at = 0; at < sizeof text; at++) {
        static const uint8_t bad[] = {0x00, 0x80, 0xff, 0xc3};
        for (size_t i = 0; i < sizeof bad; i++) {
            text[at] = (char)bad[i];
            assert_false(tt_utf8_valid((const uint8_t *)text, sizeof text));
        }
        text[at] = 1; /* allowed by MQTT, if discouraged */
        assert_true(tt_utf8_valid((const uint8_t *)text, sizeof text));
        text[at] = 0x7f;
        assert_true(tt_utf8_valid((const uint8_t *)text, sizeof text));
        text[at] = 'a';
    }
    assert_true(tt_utf8_valid((const uint8_t *)"aaaaaaa\xe2\x82\xac", 10)); /* across eight */
    assert_false(tt_utf8_valid((const uint8_t *)"aaaaaaa\xe2\x82\xac", 9));
}

static void durations(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        const char *want;
    } cases[] = {
        {0, "0 s"},
        {1, "1 ns"},
        {1500, "1 us"},
        {999999999, "999 ms"},
        {1000000000, "1 s"},
        {2550000000, "2.5 s"},
        {59999999999, "59.9 s"},
        {60000000000, "1 min"},
        {200000000000, "3 min 20 s"},
        {3600000000000, "1 h"},
        {3660000000000, "1 h 1 min"},
        {3601000000000, "1 h"},
        {86400000000000, "1 d"},
        {446400000000000, "5 d 4 h"},
        {-200000000000, "-3 min 20 s"},
        {INT64_MIN, "-106751 d 23 h"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[32];
        assert_string_equal(tt_text_duration(out, cases[i].ns), cases[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),   cmocka_unit_test(numbers_back),
        cmocka_unit_test(times),     cmocka_unit_test(a_cached_second_is_not_a_stale_one),
        cmocka_unit_test(addresses), cmocka_unit_test(not_addresses),
        cmocka_unit_test(utf8),      cmocka_unit_test(utf8_texts),
        cmocka_unit_test(durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
