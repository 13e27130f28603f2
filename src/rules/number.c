/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Suricata's grammar for integer keywords: N =N !N >N >=N <N <=N a-b a<>b (both exclusive)
 * !a-b &m=v &m!=v, with hexadecimal numbers and kb/mb/gb (powers of 1024). A mask alone (&m)
 * asks for any of its bits.
 */
#include "rules/draft.h"

static bool operand(struct slice s, uint64_t max, uint64_t *v)
{
    static const struct {
        const char *name;
        unsigned shift;
    } units[] = {{"kib", 10}, {"mib", 20}, {"gib", 30}, {"kb", 10}, {"mb", 20}, {"gb", 30}};
    unsigned shift = 0;
    s = slice_trim(s);
    if (!(s.n > 2 && (s.p[1] | 0x20) == 'x')) {
        for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++) {
            uint32_t n = (uint32_t)strlen(units[i].name);
            if (s.n > n && slice_is((struct slice){s.p + s.n - n, n}, units[i].name)) {
                shift = units[i].shift;
                s.n -= n;
                break;
            }
        }
    }
    if (!slice_uint(slice_trim(s), UINT64_MAX >> shift, v)) {
        return false;
    }
    *v <<= shift;
    return *v <= max;
}

static const char *find(struct slice s, const char *word)
{
    return memmem(s.p, s.n, word, strlen(word));
}

static bool read_mask(struct slice s, uint64_t max, struct number *out)
{
    const char *equals = memchr(s.p, '=', s.n);
    if (!equals) {
        out->op = NUM_MASK_NOT;
        out->b = 0;
        return operand(s, max, &out->a);
    }
    bool negated = equals > s.p && equals[-1] == '!';
    struct slice mask = {s.p, (uint32_t)(equals - s.p) - negated};
    struct slice value = {equals + 1, s.n - (uint32_t)(equals + 1 - s.p)};
    out->op = negated ? NUM_MASK_NOT : NUM_MASK;
    return operand(mask, max, &out->a) && operand(value, max, &out->b);
}

static bool read_range(struct slice s, const char *mark, uint32_t n, uint64_t max,
                       struct number *out)
{
    struct slice low = {s.p, (uint32_t)(mark - s.p)};
    struct slice high = {mark + n, s.n - (uint32_t)(mark + n - s.p)};
    /* Nothing lies strictly between neighbours: Suricata refuses such a range too. */
    return operand(low, max, &out->a) && operand(high, max, &out->b) && out->a < out->b &&
           out->b - out->a > 1;
}

static bool read_number(struct slice s, uint64_t max, struct number *out)
{
    static const struct {
        const char *sign;
        uint8_t op;
    } signs[] = {{">=", NUM_GE}, {"<=", NUM_LE}, {"!=", NUM_NE},
                 {">", NUM_GT},  {"<", NUM_LT},  {"=", NUM_EQ}};
    bool negated = false;
    if (s.n && *s.p == '&') {
        return read_mask((struct slice){s.p + 1, s.n - 1}, max, out);
    }
    for (unsigned i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        uint32_t n = (uint32_t)strlen(signs[i].sign);
        if (s.n > n && memcmp(s.p, signs[i].sign, n) == 0) {
            out->op = signs[i].op;
            return operand((struct slice){s.p + n, s.n - n}, max, &out->a);
        }
    }
    if (s.n && *s.p == '!') {
        negated = true;
        s = slice_trim((struct slice){s.p + 1, s.n - 1});
    }
    const char *mark = find(s, "<>");
    uint32_t n = 2;
    if (!mark) {
        mark = find(s, "-");
        n = 1;
    }
    if (mark) {
        out->op = negated ? NUM_OUT : NUM_IN;
        return read_range(s, mark, n, max, out);
    }
    out->op = negated ? NUM_NE : NUM_EQ;
    return operand(s, max, &out->a);
}

bool number_read(struct draft *d, struct slice s, uint64_t max, struct number *out)
{
    *out = (struct number){0};
    s = slice_trim(s);
    if (read_number(s, max, out)) {
        return true;
    }
    draft_fail(d, s.p, "\"%.*s\" is not a number condition", SLICE(s));
    return tt_fail_fix(d->error, "write N, !N, >N, >=N, <N, <=N, a-b or &mask=value, up to %llu",
                       (unsigned long long)max);
}
