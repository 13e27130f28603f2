/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Slices of a rule's text: comparing, trimming, cutting, numbers. Copies nothing except into an
 * arena; knows no keyword.
 */
#include <stdlib.h>
#include <strings.h>

#include "rules/draft.h"

bool slice_is(struct slice s, const char *word)
{
    return strlen(word) == s.n && strncasecmp(s.p, word, s.n) == 0;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim(struct slice s)
{
    while (s.n && blank(*s.p)) {
        s.p++;
        s.n--;
    }
    while (s.n && blank(s.p[s.n - 1])) {
        s.n--;
    }
    return s;
}

bool slice_next(struct slice *rest, char by, struct slice *part)
{
    if (!rest->p) {
        return false;
    }
    const char *end = memchr(rest->p, by, rest->n);
    uint32_t n = end ? (uint32_t)(end - rest->p) : rest->n;
    *part = slice_trim((struct slice){rest->p, n});
    if (end) {
        rest->p = end + 1;
        rest->n -= n + 1;
    } else {
        rest->p = NULL;
        rest->n = 0;
    }
    return true;
}

bool slice_uint(struct slice s, uint64_t max, uint64_t *out)
{
    unsigned base = 10;
    if (s.n > 2 && s.p[0] == '0' && (s.p[1] | 0x20) == 'x') {
        base = 16;
        s.p += 2;
        s.n -= 2;
    }
    if (s.n == 0) {
        return false;
    }
    uint64_t v = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned c = (uint8_t)s.p[i], d;
        if (c >= '0' && c <= '9') {
            d = c - '0';
        } else if (base == 16 && (c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
            d = (c | 0x20) - 'a' + 10;
        } else {
            return false;
        }
        if (v > (UINT64_MAX - d) / base) {
            return false;
        }
        v = v * base + d;
    }
    *out = v;
    return v <= max;
}

bool slice_int(struct slice s, int64_t min, int64_t max, int64_t *out)
{
    bool negative = s.n && *s.p == '-';
    if (s.n && (*s.p == '-' || *s.p == '+')) {
        s.p++;
        s.n--;
    }
    uint64_t v;
    if (!slice_uint(s, INT64_MAX, &v)) {
        return false;
    }
    *out = negative ? -(int64_t)v : (int64_t)v;
    return *out >= min && *out <= max;
}

bool slice_unquote(struct slice *s)
{
    bool first = s->n && s->p[0] == '"';
    bool last = s->n > 1 && s->p[s->n - 1] == '"';
    if (first && last) {
        s->p++;
        s->n -= 2;
        return true;
    }
    return !first && !(s->n && s->p[s->n - 1] == '"');
}

const char *slice_copy(struct tt_arena *arena, struct slice s)
{
    char *p = tt_arena_alloc(arena, (size_t)s.n + 1);
    if (s.n) {
        memcpy(p, s.p, s.n);
    }
    p[s.n] = 0;
    return p;
}
