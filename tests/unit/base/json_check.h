/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A strict JSON checker for tests (RFC 8259: one value, nothing around it; well-formed UTF-8; no
 * duplicate check). It shares no code with what it judges.
 */
#ifndef TESTS_UNIT_BASE_JSON_CHECK_H
#define TESTS_UNIT_BASE_JSON_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct json_check {
    const uint8_t *p, *end;
};

static inline int json_peek(const struct json_check *c)
{
    return c->p < c->end ? *c->p : -1;
}

/* One UTF-8 character by decoding it and asking whether its shortest form has that length. */
static inline bool json_check_character(struct json_check *c)
{
    uint32_t v = *c->p++;
    int more = v < 0x80 ? 0 : v >= 0xf0 ? 3 : v >= 0xe0 ? 2 : 1;
    if (more == 0) {
        return v >= 0x20;
    }
    if (v < 0xc0 || v > 0xf7) {
        return false;
    }
    v &= 0x3fU >> more;
    for (int i = 0; i < more; i++) {
        if (c->p == c->end || *c->p >> 6 != 2) {
            return false;
        }
        v = v << 6 | (*c->p++ & 0x3fU);
    }
    int shortest = v < 0x80 ? 0 : v < 0x800 ? 1 : v < 0x10000 ? 2 : 3;
    return shortest == more && v <= 0x10ffff && !(v >= 0xd800 && v <= 0xdfff);
}

static inline bool json_check_string(struct json_check *c)
{
    if (json_peek(c) != '"') {
        return false;
    }
    c->p++;
    while (c->p < c->end && *c->p != '"') {
        if (*c->p != '\\') {
            if (!json_check_character(c)) {
                return false;
            }
            continue;
        }
        c->p++;
        if (c->p == c->end || !strchr("\"\\/bfnrtu", *c->p) || !*c->p) {
            return false;
        }
        if (*c->p++ == 'u') {
            for (int i = 0; i < 4; i++, c->p++) {
                if (c->p == c->end || !*c->p || !strchr("0123456789abcdefABCDEF", *c->p)) {
                    return false;
                }
            }
        }
    }
    return c->p++ < c->end;
}

static inline size_t json_check_digits(struct json_check *c)
{
    const uint8_t *from = c->p;
    while (json_peek(c) >= '0' && json_peek(c) <= '9') {
        c->p++;
    }
    return (size_t)(c->p - from);
}

static inline bool json_check_number(struct json_check *c)
{
    if (json_peek(c) == '-') {
        c->p++;
    }
    bool zero = json_peek(c) == '0';
    size_t digits = json_check_digits(c);
    if (digits == 0 || (zero && digits > 1)) {
        return false;
    }
    if (json_peek(c) == '.') {
        c->p++;
        if (json_check_digits(c) == 0) {
            return false;
        }
    }
    return true; /* the appender never writes exponents */
}

static inline bool json_check_scalar(struct json_check *c)
{
    static const char *const words[] = {"true", "false", "null"};
    for (int i = 0; i < 3; i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(c->end - c->p) >= n && memcmp(c->p, words[i], n) == 0) {
            c->p += n;
            return true;
        }
    }
    return json_peek(c) == '"' ? json_check_string(c) : json_check_number(c);
}

static inline bool json_check_key(struct json_check *c)
{
    return json_check_string(c) && json_peek(c) == ':' && c->p++;
}

/* True when text is exactly one JSON value without blanks, at most 64 levels deep. */
static inline bool json_valid(const void *text, size_t n)
{
    struct json_check c = {text, (const uint8_t *)text + n};
    char stack[64];
    int depth = 0;
    while (true) {
        int b = json_peek(&c);
        if (b == '{' || b == '[') {
            if (depth == 64) {
                return false;
            }
            stack[depth++] = b == '{' ? '}' : ']';
            c.p++;
            if (json_peek(&c) != stack[depth - 1]) {
                if (b == '{' && !json_check_key(&c)) {
                    return false;
                }
                continue;
            }
        } else if (!json_check_scalar(&c)) {
            return false;
        }
        while (depth && json_peek(&c) == stack[depth - 1]) {
            c.p++;
            depth--;
        }
        if (depth == 0) {
            return c.p == c.end;
        }
        if (json_peek(&c) != ',') {
            return false;
        }
        c.p++;
        if (stack[depth - 1] == '}' && !json_check_key(&c)) {
            return false;
        }
    }
}

#endif
