/* SPDX-License-Identifier: BSD-3-Clause
 *
 * byte_test, byte_jump, byte_extract: numbers inside a buffer that are compared, followed or kept
 * (suricata-rules.md 4). Reading an option and running it stand side by side here, since one
 * struct is all they share.
 */
#include "rules/draft.h"
#include "rules/matcher.h"

#define STRING_MAX 23

static bool read_part(struct draft *d, struct slice part, struct step *s, struct byte_op *b)
{
    uint64_t v;
    int64_t post;
    const char *space = memchr(part.p, ' ', part.n);
    struct slice key = {part.p, space ? (uint32_t)(space - part.p) : part.n};
    struct slice value = slice_trim((struct slice){part.p + key.n, part.n - key.n});
    if (slice_is(part, "relative")) {
        s->flags |= STEP_RELATIVE;
    } else if (slice_is(part, "little")) {
        b->format = BYTES_LITTLE;
    } else if (slice_is(part, "hex")) {
        b->format = BYTES_HEX;
    } else if (slice_is(part, "dec")) {
        b->format = BYTES_DEC;
    } else if (slice_is(part, "oct")) {
        b->format = BYTES_OCT;
    } else if (slice_is(part, "string")) {
        b->format = b->format < BYTES_HEX ? BYTES_DEC : b->format;
    } else if (slice_is(part, "align") || (slice_is(key, "align") && slice_uint(value, 4, &v))) {
        b->align = 4;
        if (value.n && slice_uint(value, 4, &v)) {
            b->align = (uint32_t)v;
        }
    } else if (slice_is(part, "from_beginning")) {
        b->from_start = true;
    } else if (slice_is(part, "from_end")) {
        b->from_end = true;
    } else if (slice_is(key, "multiplier") && slice_uint(value, 65535, &v)) {
        b->multiplier = (uint32_t)v;
    } else if (slice_is(key, "bitmask") && slice_uint(value, UINT32_MAX, &v) && v) {
        b->mask = (uint32_t)v;
    } else if (slice_is(key, "post_offset") && slice_int(value, -65535, 65535, &post)) {
        b->post = post;
    } else if (slice_is(part, "dce")) {
        return draft_idle(d, part.p, "dce is not evaluated: needs dcerpc");
    } else if (!slice_is(part, "big")) {
        return draft_fail(d, part.p, "unknown part \"%.*s\"", SLICE(part));
    }
    return true;
}

/* The step, its op and the first part, which they all have: how many octets. */
static struct byte_op *start(struct draft *d, const struct option *o, enum step_type type,
                             struct slice *rest, struct step **step)
{
    struct slice part;
    uint64_t n;
    *rest = o->value;
    *step = draft_step(d, type, o->name.p);
    if (!*step || !slice_next(rest, ',', &part)) {
        return NULL;
    }
    struct byte_op *b = tt_arena_alloc(&d->set->arena, sizeof *b);
    *b = (struct byte_op){.multiplier = 1};
    b->value.var = b->offset.var = -1;
    if (!slice_uint(part, STRING_MAX, &n)) {
        draft_fail(d, part.p, "\"%.*s\" is not a number of octets up to %d", SLICE(part),
                   STRING_MAX);
        return NULL;
    }
    b->n = (uint8_t)n;
    (*step)->bytes = b;
    return b;
}

static bool finish(struct draft *d, const struct option *o, struct slice rest, struct step *s,
                   struct byte_op *b)
{
    struct slice part;
    while (slice_next(&rest, ',', &part)) {
        if (!read_part(d, part, s, b)) {
            return false;
        }
    }
    if (b->format < BYTES_HEX && b->n > 8) {
        draft_fail(d, o->value.p, "%u octets are no binary number", b->n);
        return tt_fail_fix(d->error, "at most 8, or add string");
    }
    return true;
}

static bool missing(struct draft *d, const struct option *o, const char *form)
{
    draft_fail(d, o->value.p, "incomplete %.*s", SLICE(o->name));
    return tt_fail_fix(d->error, "%.*s:%s;", SLICE(o->name), form);
}

static bool read_op(struct draft *d, struct slice s, struct byte_op *b)
{
    static const struct {
        const char *sign;
        uint8_t op;
    } ops[] = {{"<", '<'},  {">", '>'}, {"=", '='}, {"<=", 'l'},
               {">=", 'g'}, {"&", '&'}, {"^", '^'}};
    if (s.n && *s.p == '!') {
        b->negated = true;
        s = slice_trim((struct slice){s.p + 1, s.n - 1});
        if (s.n == 0) {
            b->op = '=';
            return true;
        }
    }
    for (unsigned i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        if (slice_is(s, ops[i].sign)) {
            b->op = ops[i].op;
            return true;
        }
    }
    draft_fail(d, s.p, "unknown operator \"%.*s\"", SLICE(s));
    return tt_fail_fix(d->error, "write < > = <= >= & ^, with ! before it for the opposite");
}

/* Operands may need 32 bits without sign. */
static bool read_operand(struct draft *d, struct slice s, struct byte_op *b)
{
    uint64_t v;
    if (slice_uint(s, UINT32_MAX, &v)) {
        b->value.value = (int32_t)(uint32_t)v;
        return true;
    }
    return amount_read(d, s, 0, INT32_MAX, &b->value);
}

static bool read_test(struct draft *d, const struct option *o)
{
    struct slice rest, part;
    struct step *s;
    struct byte_op *b = start(d, o, STEP_BYTE_TEST, &rest, &s);
    if (!b) {
        return false;
    }
    if (!slice_next(&rest, ',', &part)) {
        return missing(d, o, "octets,operator,value,offset");
    }
    if (!read_op(d, part, b)) {
        return false;
    }
    if (!slice_next(&rest, ',', &part)) {
        return missing(d, o, "octets,operator,value,offset");
    }
    if (!read_operand(d, part, b)) {
        return false;
    }
    if (!slice_next(&rest, ',', &part)) {
        return missing(d, o, "octets,operator,value,offset");
    }
    return amount_read(d, part, -65535, 65535, &b->offset) && finish(d, o, rest, s, b);
}

static bool read_jump(struct draft *d, const struct option *o)
{
    struct slice rest, part;
    struct step *s;
    struct byte_op *b = start(d, o, STEP_BYTE_JUMP, &rest, &s);
    if (!b) {
        return false;
    }
    if (!slice_next(&rest, ',', &part)) {
        return missing(d, o, "octets,offset");
    }
    return amount_read(d, part, -65535, 65535, &b->offset) && finish(d, o, rest, s, b);
}

static bool read_extract(struct draft *d, const struct option *o)
{
    struct slice rest, part;
    struct step *s;
    struct byte_op *b = start(d, o, STEP_BYTE_EXTRACT, &rest, &s);
    if (!b) {
        return false;
    }
    if (!slice_next(&rest, ',', &part)) {
        return missing(d, o, "octets,offset,name");
    }
    if (!amount_read(d, part, -65535, 65535, &b->offset)) {
        return false;
    }
    if (!slice_next(&rest, ',', &part) || part.n == 0) {
        return missing(d, o, "octets,offset,name");
    }
    if (d->n_vars == RULE_VARS) {
        return draft_fail(d, part.p, "more than %d variables in one rule", RULE_VARS);
    }
    b->var = (int8_t)d->n_vars;
    d->vars[d->n_vars++] = slice_copy(d->scratch, part);
    return finish(d, o, rest, s, b);
}

/* ---- running ---- */

static bool read_string(const struct byte_op *b, const uint8_t *p, uint64_t *out)
{
    unsigned base = b->format == BYTES_HEX ? 16 : b->format == BYTES_OCT ? 8 : 10;
    uint64_t v = 0;
    uint32_t i = 0, digits = 0;
    while (i < b->n && (p[i] == ' ' || p[i] == '\t')) {
        i++;
    }
    if (base == 16 && i + 1 < b->n && p[i] == '0' && lower(p[i + 1]) == 'x') {
        i += 2;
    }
    for (; i < b->n; i++, digits++) {
        uint8_t c = lower(p[i]);
        unsigned d = c >= '0' && c <= '9' ? c - 48u : c >= 'a' && c <= 'f' ? c - 87u : 99u;
        if (d >= base) {
            break;
        }
        v = v > (UINT64_MAX - d) / base ? UINT64_MAX : v * base + d;
    }
    *out = v;
    return digits != 0;
}

/* The number at offset (from the cursor when relative); *after is where it ends. */
static bool take(const struct byte_op *b, struct tt_bytes buffer, uint32_t cursor, bool relative,
                 const struct matcher_vars *vars, uint64_t *out, int64_t *after)
{
    int64_t at = amount_of(&b->offset, vars) + (relative ? (int64_t)cursor : 0);
    *after = at + b->n;
    if (at < 0 || *after > (int64_t)buffer.n) {
        return false;
    }
    const uint8_t *p = buffer.p + at;
    uint64_t v = 0;
    if (b->format >= BYTES_HEX) {
        if (!read_string(b, p, &v)) {
            return false;
        }
    } else {
        for (uint32_t i = 0; i < b->n; i++) {
            v = b->format == BYTES_BIG ? v << 8 | p[i] : v | (uint64_t)p[i] << (8 * i);
        }
    }
    if (b->mask) {
        v = (v & b->mask) >> __builtin_ctz(b->mask);
    }
    *out = v;
    return true;
}

bool bytes_test(const struct byte_op *b, struct tt_bytes buffer, uint32_t cursor, bool relative,
                const struct matcher_vars *vars)
{
    uint64_t v;
    int64_t after;
    if (!take(b, buffer, cursor, relative, vars, &v, &after)) {
        return false;
    }
    uint64_t w = b->value.var >= 0 ? vars->v[b->value.var & (RULE_VARS - 1)]
                                   : (uint64_t)(uint32_t)b->value.value;
    bool holds = false;
    switch (b->op) {
    case '<':
        holds = v < w;
        break;
    case '>':
        holds = v > w;
        break;
    case 'l':
        holds = v <= w;
        break;
    case 'g':
        holds = v >= w;
        break;
    case '&':
        holds = (v & w) != 0;
        break;
    case '^':
        holds = (v ^ w) != 0;
        break;
    default:
        holds = v == w;
        break;
    }
    return holds != b->negated;
}

bool bytes_jump(const struct byte_op *b, struct tt_bytes buffer, uint32_t *cursor, bool relative,
                const struct matcher_vars *vars)
{
    uint64_t v = 0;
    int64_t after;
    if (!take(b, buffer, *cursor, relative, vars, &v, &after)) {
        return false;
    }
    if (v > UINT32_MAX) {
        return false;
    }
    v *= b->multiplier;
    if (b->align && v % b->align) {
        v += b->align - v % b->align;
    }
    int64_t to = (int64_t)v + b->post;
    if (b->from_end) {
        to += (int64_t)buffer.n;
    } else if (!b->from_start) {
        to += after;
    }
    if (to > (int64_t)buffer.n) {
        return false;
    }
    *cursor = to < 0 ? 0 : (uint32_t)to;
    return true;
}

bool bytes_extract(const struct byte_op *b, struct tt_bytes buffer, uint32_t *cursor, bool relative,
                   struct matcher_vars *vars)
{
    uint64_t v;
    int64_t after;
    if (!take(b, buffer, *cursor, relative, vars, &v, &after)) {
        return false;
    }
    v *= b->multiplier;
    if (b->align && v % b->align) {
        v += b->align - v % b->align;
    }
    vars->v[b->var & (RULE_VARS - 1)] = v;
    *cursor = (uint32_t)after;
    return true;
}

const struct keyword byte_keywords[] = {
    {.name = "byte_test", .parse = read_test, .use = KEYWORD_VALUE},
    {.name = "byte_jump", .parse = read_jump, .use = KEYWORD_VALUE},
    {.name = "byte_extract", .parse = read_extract, .use = KEYWORD_VALUE},
    {0},
};
