/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The appender: expected texts by hand from RFC 8259, validity of random input by a checker of our
 * own, every span length.
 */
#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "unit/base/json_check.h"

static char span[8192];
static struct tt_json j;

static int fresh(void **state)
{
    (void)state;
    memset(span, '#', sizeof span);
    tt_json_init(&j, span, sizeof span);
    return 0;
}

static void expect(const char *want)
{
    assert_false(j.full);
    assert_int_equal(tt_json_length(&j), strlen(want));
    assert_memory_equal(span, want, strlen(want));
    fresh(NULL);
}

#define TEXT(literal, limit) tt_json_text(&j, literal, sizeof(literal) - 1, limit)

static void commas_stand_between(void **state)
{
    (void)state;
    tt_json_open(&j, '{');
    TT_KEY(&j, "a");
    tt_json_uint(&j, 1);
    TT_KEY(&j, "b");
    tt_json_open(&j, '[');
    tt_json_close(&j, ']');
    TT_KEY(&j, "c");
    tt_json_open(&j, '[');
    tt_json_uint(&j, 2);
    tt_json_open(&j, '{');
    tt_json_close(&j, '}');
    tt_json_open(&j, '{');
    TT_KEY(&j, "d");
    tt_json_null(&j);
    tt_json_close(&j, '}');
    tt_json_bool(&j, true);
    tt_json_bool(&j, false);
    tt_json_cstr(&j, "x");
    tt_json_value(&j, "[7]", 3);
    tt_json_close(&j, ']');
    TT_KEY(&j, "");
    tt_json_hex(&j, "\x00\xfe", 2, 0);
    tt_json_close(&j, '}');
    expect("{\"a\":1,\"b\":[],\"c\":[2,{},{\"d\":null},true,false,\"x\",[7]],\"\":\"00fe\"}");
}

static void integers(void **state)
{
    (void)state;
    tt_json_open(&j, '[');
    tt_json_uint(&j, 0);
    tt_json_uint(&j, 9);
    tt_json_uint(&j, 10);
    tt_json_uint(&j, 99);
    tt_json_uint(&j, 100);
    tt_json_uint(&j, 1234567);
    tt_json_uint(&j, UINT64_MAX);
    tt_json_int(&j, -1);
    tt_json_int(&j, INT64_MIN);
    tt_json_int(&j, INT64_MAX);
    tt_json_close(&j, ']');
    expect(
        "[0,9,10,99,100,1234567,18446744073709551615,-1,-9223372036854775808,9223372036854775807]");
}

static void doubles(void **state)
{
    (void)state;
    tt_json_open(&j, '[');
    tt_json_double(&j, 0, 0);
    tt_json_double(&j, 0.5, 1);
    tt_json_double(&j, -0.25, 2);
    tt_json_double(&j, 3.14159, 3);
    tt_json_double(&j, 2, 3);
    tt_json_double(&j, 9.999, 2);
    tt_json_double(&j, -0.0001, 2);
    tt_json_double(&j, 0.05, 2);
    tt_json_double(&j, 1e18, 6);
    tt_json_double(&j, -1e18, 0);
    tt_json_double(&j, NAN, 2);
    tt_json_double(&j, INFINITY, 2);
    tt_json_double(&j, -INFINITY, 2);
    tt_json_double(&j, 0.5, 99);
    tt_json_close(&j, ']');
    expect("[0,0.5,-0.25,3.142,2.000,10.00,0.00,0.05,1000000000000000000,-1000000000000000000,null,"
           "null,"
           "null,0.500000000]");
    tt_json_double(&j, 1.7976931348623157e308, 9);
    assert_int_equal(tt_json_length(&j), 309);
    assert_true(json_valid(span, 309));
}

static void escapes(void **state)
{
    (void)state;
    TEXT("", 0);
    expect("\"\"");
    tt_json_text(&j, NULL, 0, 0);
    expect("\"\"");
    TEXT("\"\\/\b\f\n\r\t", 0);
    expect("\"\\\"\\\\/\\b\\f\\n\\r\\t\"");
    TEXT("\x00\x01\x0b\x1f\x20\x7f", 0);
    expect("\"\\u0000\\u0001\\u000b\\u001f \x7f\"");
    TEXT("\xe2\x80\xa8\xe2\x80\xa9", 0); /* U+2028, U+2029 */
    expect("\"\xe2\x80\xa8\xe2\x80\xa9\"");
}

static void only_well_formed_utf8_stays(void **state)
{
    (void)state;
    TEXT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\x80\xef\xbf\xbf\xf4\x8f\xbf\xbf", 0);
    expect("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\x80\xef\xbf\xbf\xf4\x8f\xbf\xbf\"");
    TEXT("\xff\xfe", 0);
    expect("\"\\\\xff\\\\xfe\"");
    TEXT("\x80z\xbf", 0); /* tails alone */
    expect("\"\\\\x80z\\\\xbf\"");
    TEXT("\xc0\xaf\xc1\x81", 0); /* overlong '/', 'A' */
    expect("\"\\\\xc0\\\\xaf\\\\xc1\\\\x81\"");
    TEXT("\xe0\x80\xaf\xf0\x8f\xbf\xbf", 0); /* overlong in three and four */
    expect("\"\\\\xe0\\\\x80\\\\xaf\\\\xf0\\\\x8f\\\\xbf\\\\xbf\"");
    TEXT("\xed\xa0\x80\xed\xbf\xbf", 0); /* surrogates */
    expect("\"\\\\xed\\\\xa0\\\\x80\\\\xed\\\\xbf\\\\xbf\"");
    TEXT("\xf4\x90\x80\x80\xf5\x80", 0); /* above U+10FFFF */
    expect("\"\\\\xf4\\\\x90\\\\x80\\\\x80\\\\xf5\\\\x80\"");
    TEXT("a\xc3", 0); /* cut at the end of the text */
    expect("\"a\\\\xc3\"");
    TEXT("\xe2\x82", 0);
    expect("\"\\\\xe2\\\\x82\"");
    TEXT("\xc3(\xe2\x82(", 0);
    expect("\"\\\\xc3(\\\\xe2\\\\x82(\"");
}

/* Every octet at every place of a text that the wide scans cut into 16, 8 and 1. */
static void every_octet_at_every_place(void **state)
{
    (void)state;
    for (unsigned length = 1; length <= 41; length++) {
        for (unsigned at = 0; at < length; at++) {
            for (unsigned b = 0; b < 256; b++) {
                char text[41], want[64] = "\"";
                memset(text, 'x', sizeof text);
                text[at] = (char)b;
                size_t n = 1;
                memset(want + n, 'x', at);
                n += at;
                static const char letters[] = "\bb\tt\nn\ff\rr";
                const char *letter = b ? strchr(letters, (int)b) : NULL;
                if (b == '"' || b == '\\') {
                    n += (size_t)sprintf(want + n, "\\%c", b);
                } else if (b < 0x20 && letter) {
                    n += (size_t)sprintf(want + n, "\\%c", letter[1]);
                } else if (b < 0x20) {
                    n += (size_t)sprintf(want + n, "\\u%04x", b);
                } else if (b >= 0x80) {
                    n += (size_t)sprintf(want + n, "\\\\x%02x", b);
                } else {
                    want[n++] = (char)b;
                }
                memset(want + n, 'x', length - 1 - at);
                n += length - 1 - at;
                want[n++] = '"';
                tt_json_init(&j, span, sizeof span);
                tt_json_text(&j, text, length, 0);
                assert_int_equal(tt_json_length(&j), n);
                assert_memory_equal(span, want, n);
            }
        }
    }
}

static void limits_mark_what_is_missing(void **state)
{
    (void)state;
    TEXT("abcdef", 6);
    expect("\"abcdef\"");
    TEXT("abcdefg", 6);
    expect("\"abcdef[truncated 1 additional bytes]\"");
    TEXT("abc\xc3\xa9xyz", 4); /* would cut U+00E9 in two */
    expect("\"abc[truncated 5 additional bytes]\"");
    TEXT("abc\xc3\xa9xyz", 5);
    expect("\"abc\xc3\xa9[truncated 3 additional bytes]\"");
    TEXT("\xf0\x9f\x9a\x80z", 3);
    expect("\"[truncated 5 additional bytes]\"");
    TEXT("\xf0\x9f\x9a\x80z", 1);
    expect("\"[truncated 5 additional bytes]\"");
    TEXT("\xf0\x9f\x9a\x80\xf0\x9f\x9a\x80", 4);
    expect("\"\xf0\x9f\x9a\x80[truncated 4 additional bytes]\"");
    TEXT("\xc3(abc", 1); /* no sequence: nothing to keep together */
    expect("\"\\\\xc3[truncated 4 additional bytes]\"");
    TEXT("\x80\x80\x80\x80\x80", 4);
    expect("\"\\\\x80\\\\x80\\\\x80\\\\x80[truncated 1 additional bytes]\"");
    tt_json_hex(&j, "\x12\x34\xab", 3, 2);
    expect("\"1234[truncated 1 additional bytes]\"");
    tt_json_hex(&j, "\x12\x34\xab", 3, 3);
    expect("\"1234ab\"");
}

static void times_addresses_base64(void **state)
{
    (void)state;
    struct tt_time_cache cache = {0};
    static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
    static const uint8_t v4[16] = {[10] = 0xff, 0xff, 192, 0, 2, 1};
    tt_json_open(&j, '[');
    tt_json_time(&j, INT64_C(1795269731204518999));
    tt_json_time_cached(&j, &cache, 0);
    tt_json_time_cached(&j, &cache, 999999999);
    tt_json_time_cached(&j, &cache, 1000000000);
    tt_json_address(&j, v6);
    tt_json_address(&j, v4);
    tt_json_base64(&j, "hello", 5);
    tt_json_base64(&j, "", 0);
    tt_json_close(&j, ']');
    expect("[\"2026-11-21T14:02:11.204518+0000\",\"1970-01-01T00:00:00.000000+0000\","
           "\"1970-01-01T00:00:00.999999+0000\",\"1970-01-01T00:00:01.000000+0000\",\"2001:0db8:"
           "0000:0000:0000:0000:0000:0001\","
           "\"192.0.2.1\",\"aGVsbG8=\",\"\"]");
}

static size_t record(struct tt_json *r, size_t n)
{
    static const uint8_t address[16] = {0xfe, 0x80, [15] = 9};
    static const char text[] =
        "plain text of more than thirty-two octets \"quoted\" \xc3\xa9\xff\x01 end";
    tt_json_init(r, span, n);
    tt_json_open(r, '{');
    TT_KEY(r, "text");
    tt_json_text(r, text, sizeof text - 1, 0);
    TT_KEY(r, "cut");
    tt_json_text(r, text, sizeof text - 1, 20);
    TT_KEY(r, "list");
    tt_json_open(r, '[');
    tt_json_uint(r, 123456);
    tt_json_int(r, -5);
    tt_json_double(r, 1.5, 2);
    tt_json_bool(r, true);
    tt_json_null(r);
    tt_json_close(r, ']');
    TT_KEY(r, "hex");
    tt_json_hex(r, "abcdef", 6, 4);
    TT_KEY(r, "b64");
    tt_json_base64(r, "abcdefg", 7);
    TT_KEY(r, "t");
    tt_json_time(r, 1);
    TT_KEY(r, "a");
    tt_json_address(r, address);
    tt_json_close(r, '}');
    return tt_json_length(r);
}

/* A span of any length below the needed one is full, and nothing is written behind it. */
static void a_full_span_stays_full(void **state)
{
    (void)state;
    size_t need = record(&j, sizeof span);
    assert_true(json_valid(span, need));
    for (size_t n = 0; n < need; n++) {
        memset(span, '#', sizeof span);
        size_t length = record(&j, n);
        assert_true(j.full);
        assert_true(length <= n);
        for (size_t i = n; i < n + 64; i++) {
            assert_int_equal(span[i], '#');
        }
        tt_json_raw(&j, "x", 1);
        assert_int_equal(tt_json_length(&j), length);
    }
    assert_int_equal(record(&j, need), need);
    assert_false(j.full);
}

static void random_input_gives_valid_json(void **state)
{
    (void)state;
    static const uint8_t likely[] = {0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xed, 0xa0,
                                     0xf0, 0x9f, 0xf4, '"',  '\\', 0,    0x1f};
    uint64_t seed = 88172645463325252U;
    for (int round = 0; round < 20000; round++) {
        uint8_t text[80];
        size_t n = 0;
        for (size_t i = 0; i < sizeof text; i++) {
            seed ^= seed << 13; /* xorshift64 */
            seed ^= seed >> 7;
            seed ^= seed << 17;
            uint8_t b = (uint8_t)(seed >> 32);
            text[i] = seed % 3 == 0 ? b : seed % 3 == 1 ? likely[b % sizeof likely] : 'a';
        }
        n = seed % (sizeof text + 1);
        tt_json_init(&j, span, sizeof span);
        tt_json_open(&j, '[');
        tt_json_text(&j, text, n, 0);
        tt_json_text(&j, text, n, 1 + seed % 90);
        tt_json_double(&j, (double)(int64_t)seed / 1e6, (int)(seed % 10));
        tt_json_close(&j, ']');
        assert_false(j.full);
        assert_true(json_valid(span, tt_json_length(&j)));
    }
}

static void the_checker_refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",    "{",        "[1,]",    "{\"a\"}",     "{\"a\":}", "[01]",         "[1.]",
        "[-]", "\"\x01\"", "\"\\x\"", "\"\\u12g4\"", "\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"",
        "[1}", "1 ",       "[1 2]",   "\"a",         "tru",      "{1:2}",        ",1",
        "[,1]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(json_valid(bad[i], strlen(bad[i])));
    }
    static const char good[] = "{\"a\":[-1.50,true,{}],\"b\":\"\\u00e9\"}";
    assert_true(json_valid(good, strlen(good)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(commas_stand_between, fresh),
        cmocka_unit_test_setup(integers, fresh),
        cmocka_unit_test_setup(doubles, fresh),
        cmocka_unit_test_setup(escapes, fresh),
        cmocka_unit_test_setup(only_well_formed_utf8_stays, fresh),
        cmocka_unit_test_setup(every_octet_at_every_place, fresh),
        cmocka_unit_test_setup(limits_mark_what_is_missing, fresh),
        cmocka_unit_test_setup(times_addresses_base64, fresh),
        cmocka_unit_test_setup(a_full_span_stays_full, fresh),
        cmocka_unit_test_setup(random_input_gives_valid_json, fresh),
        cmocka_unit_test_setup(the_checker_refuses, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
