/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Judges what was written: a line is one valid JSON value in which no object has a key twice.
 */
#ifndef TESTS_UNIT_OUTPUT_JUDGE_H
#define TESTS_UNIT_OUTPUT_JUDGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/json.h"
#include "unit/base/json_check.h"

/* True when no object of this valid JSON has a key twice (compared as written). */
static inline bool keys_once(const char *text, size_t n)
{
    enum { DEPTH = 32, KEYS = 8192 };
    static struct {
        const char *p;
        size_t n;
    } keys[KEYS];
    size_t starts[DEPTH], used = 0;
    bool object[DEPTH];
    int depth = -1;
    bool expect_key = false;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (c == '{' || c == '[') {
            if (++depth >= DEPTH) {
                return false;
            }
            starts[depth] = used;
            object[depth] = expect_key = c == '{';
        } else if (c == '}' || c == ']') {
            used = starts[depth--];
            expect_key = false;
        } else if (c == ',') {
            expect_key = depth >= 0 && object[depth];
        } else if (c == '"') {
            size_t start = ++i;
            while (text[i] != '"') {
                i += text[i] == '\\' ? 2 : 1;
            }
            if (!expect_key) {
                continue;
            }
            for (size_t k = starts[depth]; k < used; k++) {
                if (keys[k].n == i - start && memcmp(keys[k].p, text + start, i - start) == 0) {
                    return false;
                }
            }
            if (used == KEYS) {
                return false;
            }
            keys[used].p = text + start;
            keys[used++].n = i - start;
            expect_key = false;
        }
    }
    return true;
}

/* A line: one valid JSON value without a key twice, and the newline that ends it. */
static inline void assert_line(const struct tt_json *j, const char *want)
{
    const char *line = (const char *)j->start;
    size_t n = tt_json_length(j);
    assert_false(j->full);
    if (want && (n != strlen(want) + 1 || memcmp(line, want, n - 1) != 0)) {
        fail_msg("\nwant %s\nhave %.*s", want, (int)n, line);
    }
    assert_true(n > 1 && line[n - 1] == '\n');
    assert_true(json_valid(line, n - 1));
    assert_true(keys_once(line, n - 1));
}

#endif
