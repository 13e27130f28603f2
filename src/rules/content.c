/* SPDX-License-Identifier: BSD-3-Clause
 *
 * content and its modifiers, isdataat, bsize, pkt_data: read into steps of the open buffer (siem.md
 * 5.1). Matching is inspect.c's.
 */
#include "rules/draft.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The octets between two '|' from *i on (behind the first one). */
static bool read_hex(struct draft *d, struct slice s, uint32_t *i, uint8_t *out, uint32_t *n)
{
    uint32_t start = *i;
    int high = -1;
    for (; *i < s.n && s.p[*i] != '|'; (*i)++) {
        if (s.p[*i] == ' ') {
            continue;
        }
        int v = hex(s.p[*i]);
        if (v < 0) {
            return draft_fail(d, s.p + *i, "'%c' is not a hexadecimal digit", s.p[*i]);
        }
        if (high < 0) {
            high = v;
        } else {
            out[(*n)++] = (uint8_t)(high << 4 | v);
            high = -1;
        }
    }
    if (*i == s.n) {
        return draft_fail(d, s.p + start - 1, "hexadecimal part without '|' at its end");
    }
    if (high >= 0) {
        return draft_fail(d, s.p + *i, "odd number of hexadecimal digits");
    }
    return true;
}

static bool unescape(struct draft *d, struct slice s, uint8_t *out, uint32_t *n)
{
    *n = 0;
    for (uint32_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '|') {
            i++;
            if (!read_hex(d, s, &i, out, n)) {
                return false;
            }
            continue;
        }
        if (c == '\\') {
            if (i + 1 == s.n || !strchr("\\\";:", s.p[i + 1])) {
                draft_fail(d, s.p + i, "'\\' before something that needs none");
                return tt_fail_fix(d->error,
                                   "only \\\\ \\\" \\; \\: are escapes; write others as |hex|");
            }
            c = s.p[++i];
        } else if (c == '"') {
            draft_fail(d, s.p + i, "quote inside a content");
            return tt_fail_fix(d->error, "write \\\" or |22|");
        }
        out[(*n)++] = (uint8_t)c;
    }
    return *n != 0 || draft_fail(d, s.p, "empty content");
}

static bool read_content(struct draft *d, const struct option *o)
{
    struct slice v = o->value;
    bool negated = v.n && *v.p == '!';
    if (negated) {
        v = slice_trim((struct slice){v.p + 1, v.n - 1});
    }
    if (v.n < 2 || v.p[0] != '"' || v.p[v.n - 1] != '"') {
        draft_fail(d, v.p, "content is not in quotes");
        return tt_fail_fix(d->error, "content:\"text |0d 0a|\";");
    }
    struct step *s = draft_step(d, STEP_CONTENT, o->name.p);
    if (!s) {
        return false;
    }
    uint8_t *text = tt_arena_alloc(&d->set->arena, v.n);
    uint32_t n;
    if (!unescape(d, (struct slice){v.p + 1, v.n - 2}, text, &n)) {
        return false;
    }
    s->text = text;
    s->n = (uint16_t)n;
    s->flags = negated ? STEP_NEGATED : 0;
    return true;
}

/* A content of the normalised URI; its modifiers follow it like those of any other. */
static bool read_uricontent(struct draft *d, const struct option *o)
{
    return draft_idle(d, o->name.p, "uricontent is not evaluated: needs http") &&
           read_content(d, o);
}

/* The content that a modifier belongs to. */
static struct step *last_content(struct draft *d, const struct option *o)
{
    if (d->n_steps && d->steps[d->n_steps - 1].type == STEP_CONTENT) {
        return &d->steps[d->n_steps - 1];
    }
    for (uint32_t i = d->n_steps; i-- > 0;) {
        if (d->steps[i].type == STEP_CONTENT) {
            return &d->steps[i];
        }
    }
    draft_fail(d, o->name.p, "%.*s without a content before it", SLICE(o->name));
    return NULL;
}

static bool once(struct draft *d, const struct option *o, struct step *s, uint16_t flag)
{
    if (s->flags & flag) {
        return draft_fail(d, o->name.p, "%.*s twice for one content", SLICE(o->name));
    }
    s->flags |= flag;
    return true;
}

static bool read_nocase(struct draft *d, const struct option *o)
{
    struct step *s = last_content(d, o);
    if (!s) {
        return false;
    }
    s->flags |= STEP_NOCASE;
    return true;
}

bool amount_read(struct draft *d, struct slice v, int64_t min, int64_t max, struct amount *out)
{
    int64_t n;
    out->var = -1;
    if (slice_int(v, min, max, &n)) {
        out->value = (int32_t)n;
        return true;
    }
    for (uint32_t i = 0; i < d->n_vars; i++) {
        if (slice_is(v, d->vars[i])) {
            out->value = 0;
            out->var = (int32_t)i;
            return true;
        }
    }
    draft_fail(d, v.p, "\"%.*s\" is neither a number from %lld to %lld nor a variable", SLICE(v),
               (long long)min, (long long)max);
    return tt_fail_fix(d->error, "variables come from a byte_extract before");
}

static bool read_place(struct draft *d, const struct option *o, uint16_t flag)
{
    struct step *s = last_content(d, o);
    if (!s || !once(d, o, s, flag)) {
        return false;
    }
    bool relative = flag & (STEP_DISTANCE | STEP_WITHIN);
    struct amount *a = flag == STEP_DISTANCE ? &s->distance
                       : flag == STEP_WITHIN ? &s->within
                       : flag == STEP_OFFSET ? &s->offset
                                             : &s->depth;
    int64_t min = flag == STEP_DISTANCE || flag == STEP_WITHIN ? -1048576 : 0;
    if (!amount_read(d, o->value, min, 1048576, a)) {
        return false;
    }
    if ((flag & (STEP_DEPTH | STEP_WITHIN)) && a->var < 0 && a->value < s->n) {
        draft_fail(d, o->value.p, "%.*s %d is shorter than its content of %u octets: never matches",
                   SLICE(o->name), a->value, s->n);
        return tt_fail_fix(d->error, "at least %u", s->n);
    }
    s->flags |= relative ? STEP_RELATIVE : 0;
    if ((s->flags & STEP_RELATIVE) && (s->flags & (STEP_OFFSET | STEP_DEPTH))) {
        draft_fail(d, o->name.p, "offset or depth together with distance or within");
        return tt_fail_fix(d->error, "offset and depth count from the start, the others from the "
                                     "match before");
    }
    return true;
}

static bool read_depth(struct draft *d, const struct option *o)
{
    return read_place(d, o, STEP_DEPTH);
}

static bool read_offset(struct draft *d, const struct option *o)
{
    return read_place(d, o, STEP_OFFSET);
}

static bool read_distance(struct draft *d, const struct option *o)
{
    return read_place(d, o, STEP_DISTANCE);
}

static bool read_within(struct draft *d, const struct option *o)
{
    return read_place(d, o, STEP_WITHIN);
}

static bool read_startswith(struct draft *d, const struct option *o)
{
    struct step *s = last_content(d, o);
    if (!s) {
        return false;
    }
    if (s->flags & (STEP_OFFSET | STEP_RELATIVE)) {
        return draft_fail(d, o->name.p, "startswith together with offset, distance or within");
    }
    return once(d, o, s, STEP_STARTS);
}

static bool read_endswith(struct draft *d, const struct option *o)
{
    struct step *s = last_content(d, o);
    if (!s) {
        return false;
    }
    s->flags |= STEP_ENDS;
    return true;
}

static bool read_fast(struct draft *d, const struct option *o)
{
    struct step *s = last_content(d, o);
    if (!s) {
        return false;
    }
    if (d->has_fast) {
        return draft_fail(d, o->name.p, "a second fast_pattern in one rule");
    }
    d->has_fast = true;
    s->flags |= STEP_FAST;
    if (o->value.n == 0 || slice_is(o->value, "only")) {
        return true;
    }
    struct slice rest = o->value, a, b;
    uint64_t at, n;
    if (!slice_next(&rest, ',', &a) || !slice_next(&rest, ',', &b) ||
        !slice_uint(a, UINT16_MAX, &at) || !slice_uint(b, UINT16_MAX, &n) || n == 0 ||
        at + n > s->n) {
        draft_fail(d, o->value.p, "\"%.*s\" is not a part of the content", SLICE(o->value));
        return tt_fail_fix(d->error, "fast_pattern:offset,length; or fast_pattern:only;");
    }
    s->fast_at = (uint16_t)at;
    s->fast_n = (uint16_t)n;
    return true;
}

static bool read_rawbytes(struct draft *d, const struct option *o)
{
    return last_content(d, o) != NULL;
}

static bool read_isdataat(struct draft *d, const struct option *o)
{
    struct slice rest = o->value, part;
    struct step *s = draft_step(d, STEP_ISDATAAT, o->name.p);
    if (!s || !slice_next(&rest, ',', &part)) {
        return false;
    }
    if (part.n && *part.p == '!') {
        s->flags |= STEP_NEGATED;
        part = slice_trim((struct slice){part.p + 1, part.n - 1});
    }
    if (!amount_read(d, part, 0, 1048576, &s->offset)) {
        return false;
    }
    while (slice_next(&rest, ',', &part)) {
        if (slice_is(part, "relative")) {
            s->flags |= STEP_RELATIVE;
        } else if (!slice_is(part, "rawbytes")) {
            return draft_fail(d, part.p, "unknown part \"%.*s\" of isdataat", SLICE(part));
        }
    }
    return true;
}

static bool read_bsize(struct draft *d, const struct option *o)
{
    struct step *s = draft_step(d, STEP_BSIZE, o->name.p);
    if (!s) {
        return false;
    }
    struct group *g = draft_buffer(d);
    g->accepts_empty = true;
    return number_read(d, o->value, UINT32_MAX, &s->size);
}

/* Back to the packet or stream (or the raw message, in a rule of a protocol). */
static bool read_pkt_data(struct draft *d, const struct option *o)
{
    struct group *g = draft_group(d, GROUP_PAYLOAD, o->name.p);
    if (!g) {
        return false;
    }
    d->open_group = (int)d->n_groups - 1;
    return true;
}

const struct keyword content_keywords[] = {
    {.name = "content", .parse = read_content, .use = KEYWORD_VALUE},
    {.name = "uricontent", .parse = read_uricontent, .use = KEYWORD_VALUE},
    {.name = "nocase", .parse = read_nocase, .use = KEYWORD_BARE},
    {.name = "depth", .parse = read_depth, .use = KEYWORD_VALUE},
    {.name = "offset", .parse = read_offset, .use = KEYWORD_VALUE},
    {.name = "distance", .parse = read_distance, .use = KEYWORD_VALUE},
    {.name = "within", .parse = read_within, .use = KEYWORD_VALUE},
    {.name = "startswith", .parse = read_startswith, .use = KEYWORD_BARE},
    {.name = "endswith", .parse = read_endswith, .use = KEYWORD_BARE},
    {.name = "fast_pattern", .parse = read_fast},
    {.name = "rawbytes", .parse = read_rawbytes, .use = KEYWORD_BARE},
    {.name = "isdataat", .parse = read_isdataat, .use = KEYWORD_VALUE},
    {.name = "bsize", .parse = read_bsize, .use = KEYWORD_VALUE},
    {.name = "pkt_data", .parse = read_pkt_data, .use = KEYWORD_BARE},
    {0},
};
