/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Texts that are escaped by table: each length and each place of a quote, against an escaper of one
 * octet at a time (RFC 8259, section 7). What needs more than quotes must be refused, never written
 * wrongly; nothing may be read outside the text (the sanitizers look).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "output/eve_line.h"

static size_t plainly(char *out, const uint8_t *s, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"' || s[i] == '\\') {
            out[at++] = '\\';
        }
        out[at++] = (char)s[i];
    }
    return at;
}

/* The text alone in its memory; true: it was written. */
static bool check(const struct eve_escapes *t, const char *text, size_t n)
{
    char out[1024], expected[1024];
    uint8_t *own = malloc(n + !n);
    memcpy(own, text, n);
    memset(out, '#', sizeof out);
    char *end = t->copy(t, out, own, n);
    if (end) {
        assert_int_equal(end - out, plainly(expected, own, n));
        assert_memory_equal(out, expected, (size_t)(end - out));
        for (size_t i = 2 * n + 32; i < sizeof out; i++) {
            assert_int_equal(out[i], '#');
        }
    }
    free(own);
    return end != NULL;
}

static void lengths_and_places(void **state)
{
    (void)state;
    static struct eve_escapes t;
    eve_escapes_init(&t);
    if (!t.copy) {
        skip();
    }
    char text[256];
    for (size_t n = 0; n < 100; n++) {
        memset(text, 'a', sizeof text);
        text[n] = '\n'; /* behind the text: does not count */
        assert_int_equal(check(&t, text, n), n >= 16);
        for (size_t i = 0; i < n; i++) {
            text[i] = '"';
            assert_int_equal(check(&t, text, n), n >= 16);
            text[i] = '\\';
            text[(i * 7) % n] = '"';
            assert_int_equal(check(&t, text, n), n >= 16);
            text[(i * 7) % n] = 'a';
            text[i] = 'a';
        }
        memset(text, '"', n);
        assert_int_equal(check(&t, text, n), n >= 16);
    }
}

static void others_are_refused(void **state)
{
    (void)state;
    static struct eve_escapes t;
    static const uint8_t others[] = {0x00, 0x01, 0x09, 0x0a, 0x1f, 0x80, 0xc3, 0xff};
    eve_escapes_init(&t);
    if (!t.copy) {
        skip();
    }
    char text[64];
    for (size_t n = 16; n < sizeof text; n++) {
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < sizeof others; k++) {
                memset(text, '"', sizeof text);
                text[i] = (char)others[k];
                assert_false(check(&t, text, n));
            }
            memset(text, '~', sizeof text);
            text[i] = 0x7f;
            assert_true(check(&t, text, n));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_and_places),
        cmocka_unit_test(others_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
