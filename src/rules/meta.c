/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Options that describe a rule and change nothing about what it matches: msg, sid,
 * classtype, metadata, reference, threshold and their kin (siem.md 5.4). Texts are
 * copied into the set's arena.
 */
#include <strings.h>

#include "rules/draft.h"

static bool read_msg(struct draft *d, const struct option *o)
{
    struct slice v = o->value;
    if (!slice_unquote(&v) || v.n == o->value.n) {
        draft_fail(d, o->value.p, "msg is not in quotes");
        return tt_fail_fix(d->error, "msg:\"text\";");
    }
    char *text = tt_arena_alloc(&d->set->arena, (size_t)v.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < v.n; i++) {
        if (v.p[i] == '\\' && i + 1 < v.n && strchr("\\\";:", v.p[i + 1])) {
            i++;
        }
        text[n++] = v.p[i];
    }
    text[n] = 0;
    d->plan.rule.msg = text;
    return true;
}

static bool read_id(struct draft *d, const struct option *o, uint32_t *out, uint32_t min)
{
    uint64_t v;
    struct slice s = o->value;
    if (!slice_unquote(&s) || !slice_uint(s, UINT32_MAX, &v) || v < min) {
        return draft_fail(d, o->value.p, "\"%.*s\" is not a number from %u to %u", SLICE(o->value),
                          min, UINT32_MAX);
    }
    *out = (uint32_t)v;
    return true;
}

static bool read_sid(struct draft *d, const struct option *o)
{
    if (d->has_sid) {
        return draft_fail(d, o->name.p, "a second sid in one rule");
    }
    d->has_sid = true;
    return read_id(d, o, &d->plan.rule.sid, 1);
}

static bool read_gid(struct draft *d, const struct option *o)
{
    return read_id(d, o, &d->plan.rule.gid, 0);
}

static bool read_rev(struct draft *d, const struct option *o)
{
    return read_id(d, o, &d->plan.rule.rev, 0);
}

static bool read_priority(struct draft *d, const struct option *o)
{
    uint64_t v;
    if (!slice_uint(o->value, 255, &v) || v == 0) {
        return draft_fail(d, o->value.p, "\"%.*s\" is not a priority from 1 to 255",
                          SLICE(o->value));
    }
    d->plan.rule.priority = (uint8_t)v;
    d->has_priority = true;
    return true;
}

static bool read_classtype(struct draft *d, const struct option *o)
{
    if (class_find(d->classes, o->value, &d->plan.rule, &d->class_priority)) {
        return true;
    }
    const char *name = slice_copy(d->scratch, o->value);
    draft_fail(d, o->value.p, "unknown classtype \"%s\"", name);
    const char *near = class_nearest(d->classes, name);
    return near ? tt_fail_fix(d->error, "did you mean \"%s\"?", near)
                : tt_fail_fix(d->error, "add it to the classification file");
}

static bool read_reference(struct draft *d, const struct option *o)
{
    const char *comma = memchr(o->value.p, ',', o->value.n);
    if (!comma) {
        draft_fail(d, o->value.p, "reference without ','");
        return tt_fail_fix(d->error, "reference:type,value;");
    }
    if (d->n_references + 1 == sizeof d->references / sizeof d->references[0]) {
        return draft_fail(d, o->name.p, "more than %u references in one rule", d->n_references);
    }
    struct slice key = slice_trim((struct slice){o->value.p, (uint32_t)(comma - o->value.p)});
    struct slice value =
        slice_trim((struct slice){comma + 1, o->value.n - (uint32_t)(comma + 1 - o->value.p)});
    if (!slice_unquote(&value) || value.n == 0) {
        return draft_fail(d, comma + 1, "reference without a value");
    }
    const char *name = slice_copy(&d->set->arena, key);
    const char *prefix = reference_prefix(d->classes, name);
    if (!prefix) {
        return draft_fail(d, key.p, "unknown reference type \"%s\"", name);
    }
    size_t n = strlen(prefix);
    char *url = tt_arena_alloc(&d->set->arena, n + value.n + 1);
    memcpy(url, prefix, n);
    memcpy(url + n, value.p, value.n);
    url[n + value.n] = 0;
    d->references[d->n_references++] = (struct tt_pair){name, url};
    return true;
}

static void note_severity(struct draft *d, const char *value)
{
    static const struct {
        const char *name;
        uint8_t severity;
    } levels[] = {{"Critical", TT_CRITICAL},
                  {"Major", TT_HIGH},
                  {"Minor", TT_LOW},
                  {"Informational", TT_INFO}};
    for (unsigned i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (strcasecmp(value, levels[i].name) == 0) {
            d->has_severity = true;
            d->meta_severity = levels[i].severity;
        }
    }
}

static bool read_metadata(struct draft *d, const struct option *o)
{
    struct slice rest = o->value, part;
    while (slice_next(&rest, ',', &part)) {
        if (part.n == 0) {
            continue;
        }
        if (d->n_metadata + 1 == sizeof d->metadata / sizeof d->metadata[0]) {
            return draft_fail(d, part.p, "more than %u metadata entries", d->n_metadata);
        }
        const char *space = memchr(part.p, ' ', part.n);
        struct slice key = {part.p, space ? (uint32_t)(space - part.p) : part.n};
        struct slice value = {part.p + key.n, part.n - key.n};
        struct tt_pair pair = {slice_copy(&d->set->arena, key),
                               slice_copy(&d->set->arena, slice_trim(value))};
        d->metadata[d->n_metadata++] = pair;
        if (strcmp(pair.key, "signature_severity") == 0) {
            note_severity(d, pair.value);
        }
    }
    return true;
}

static bool read_target(struct draft *d, const struct option *o)
{
    if (slice_is(o->value, "src_ip")) {
        d->plan.rule.target = "src_ip";
    } else if (slice_is(o->value, "dest_ip")) {
        d->plan.rule.target = "dest_ip";
    } else {
        draft_fail(d, o->value.p, "unknown target \"%.*s\"", SLICE(o->value));
        return tt_fail_fix(d->error, "write src_ip or dest_ip");
    }
    return true;
}

static bool read_noalert(struct draft *d, const struct option *o)
{
    (void)o;
    d->plan.rule.noalert = true;
    return true;
}

/* requires: feature x, version >= 8, keyword y: a rule that asks for what is
 * not here says so and rests. */
static bool read_requires(struct draft *d, const struct option *o)
{
    struct slice rest = o->value, part;
    while (slice_next(&rest, ',', &part)) {
        const char *space = memchr(part.p, ' ', part.n);
        struct slice key = {part.p, space ? (uint32_t)(space - part.p) : part.n};
        struct slice value = slice_trim((struct slice){part.p + key.n, part.n - key.n});
        if (slice_is(key, "keyword")) {
            const struct keyword *k = keyword_find(d->keywords, value);
            if (!k || (!k->parse && !k->derived)) {
                draft_idle(d, part.p, "requires keyword %.*s", SLICE(value));
            }
        } else if (slice_is(key, "feature")) {
            draft_idle(d, part.p, "requires feature %.*s", SLICE(value));
        } else if (!slice_is(key, "version")) {
            return draft_fail(d, part.p, "requires: \"%.*s\" is not feature, version or keyword",
                              SLICE(part));
        }
    }
    return true;
}

static bool read_track(struct draft *d, struct slice s, struct tt_threshold *t)
{
    static const char *const names[] = {"by_src", "by_dst", "by_both", "by_rule", "by_flow"};
    for (unsigned i = 0; i < 5; i++) {
        if (slice_is(s, names[i])) {
            t->track = (uint8_t)i;
            return true;
        }
    }
    draft_fail(d, s.p, "unknown track \"%.*s\"", SLICE(s));
    return tt_fail_fix(d->error, "write by_src, by_dst, by_both, by_rule or by_flow");
}

static bool read_type(struct draft *d, struct slice s, struct tt_threshold *t)
{
    static const char *const names[] = {"limit", "threshold", "both", "backoff"};
    for (unsigned i = 0; i < 4; i++) {
        if (slice_is(s, names[i])) {
            t->type = (uint8_t)(TT_THRESHOLD_LIMIT + i);
            return true;
        }
    }
    draft_fail(d, s.p, "unknown threshold type \"%.*s\"", SLICE(s));
    return tt_fail_fix(d->error, "write limit, threshold, both or backoff");
}

enum { SEEN_TYPE = 1, SEEN_TRACK = 2, SEEN_COUNT = 4, SEEN_SECONDS = 8 };

static bool threshold_part(struct draft *d, struct slice part, struct tt_threshold *t,
                           unsigned *seen)
{
    const char *space = memchr(part.p, ' ', part.n);
    struct slice key = {part.p, space ? (uint32_t)(space - part.p) : part.n};
    struct slice value = slice_trim((struct slice){part.p + key.n, part.n - key.n});
    uint64_t v;
    if (slice_is(key, "type")) {
        *seen |= SEEN_TYPE;
        return read_type(d, value, t);
    }
    if (slice_is(key, "track")) {
        *seen |= SEEN_TRACK;
        return read_track(d, value, t);
    }
    bool count = slice_is(key, "count");
    if (!count && !slice_is(key, "seconds") && !slice_is(key, "multiplier")) {
        return slice_is(key, "unique_on")
                   ? draft_idle(d, part.p, "detection_filter unique_on is not evaluated")
                   : draft_fail(d, part.p, "unknown part \"%.*s\"", SLICE(part));
    }
    if (!slice_uint(value, UINT32_MAX, &v) || v == 0) {
        return draft_fail(d, part.p, "\"%.*s\" is not a number above 0", SLICE(value));
    }
    *seen |= count ? SEEN_COUNT : SEEN_SECONDS;
    if (count) {
        t->count = (uint32_t)v;
    } else {
        t->seconds = (uint32_t)v;
    }
    return true;
}

static bool read_limits(struct draft *d, const struct option *o, unsigned needed,
                        struct tt_threshold t)
{
    struct slice rest = o->value, part;
    unsigned seen = 0;
    if (d->plan.rule.threshold.type != TT_THRESHOLD_NONE) {
        return draft_fail(d, o->name.p, "a second threshold or detection_filter in one rule");
    }
    while (slice_next(&rest, ',', &part)) {
        if (!threshold_part(d, part, &t, &seen)) {
            return false;
        }
    }
    if ((seen & needed) != needed) {
        draft_fail(d, o->value.p, "incomplete %.*s", SLICE(o->name));
        return tt_fail_fix(d->error, "%strack by_src, count N, seconds S",
                           needed & SEEN_TYPE ? "type limit, " : "");
    }
    d->plan.rule.threshold = t;
    return true;
}

static bool read_threshold(struct draft *d, const struct option *o)
{
    return read_limits(d, o, SEEN_TYPE | SEEN_TRACK | SEEN_COUNT | SEEN_SECONDS,
                       (struct tt_threshold){0});
}

static bool read_detection_filter(struct draft *d, const struct option *o)
{
    return read_limits(d, o, SEEN_TRACK | SEEN_COUNT | SEEN_SECONDS,
                       (struct tt_threshold){.type = TT_THRESHOLD_DETECTION});
}

const struct keyword meta_keywords[] = {
    {.name = "msg", .parse = read_msg, .use = KEYWORD_VALUE},
    {.name = "sid", .parse = read_sid, .use = KEYWORD_VALUE},
    {.name = "gid", .parse = read_gid, .use = KEYWORD_VALUE},
    {.name = "rev", .parse = read_rev, .use = KEYWORD_VALUE},
    {.name = "classtype", .parse = read_classtype, .use = KEYWORD_VALUE},
    {.name = "priority", .parse = read_priority, .use = KEYWORD_VALUE},
    {.name = "reference", .parse = read_reference, .use = KEYWORD_VALUE},
    {.name = "metadata", .parse = read_metadata},
    {.name = "target", .parse = read_target, .use = KEYWORD_VALUE},
    {.name = "noalert", .parse = read_noalert, .use = KEYWORD_BARE},
    {.name = "requires", .parse = read_requires, .use = KEYWORD_VALUE},
    {.name = "threshold", .parse = read_threshold, .use = KEYWORD_VALUE},
    {.name = "detection_filter", .parse = read_detection_filter, .use = KEYWORD_VALUE},
    {0},
};
