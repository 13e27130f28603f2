/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One rule's text into a draft: header, then options in order (siem.md 5.1). Options end at every
 * ';' whose octet before is not '\', without looking at quotes, as in Suricata: eight public rules
 * need exactly that. Knows no keyword itself.
 */
#include <stdarg.h>

#include "rules/draft.h"

void draft_place(const struct draft *d, const char *at, uint32_t *line, uint32_t *column)
{
    uint32_t offset =
        at && at >= d->text.p && at <= d->text.p + d->text.n ? (uint32_t)(at - d->text.p) : 0;
    *line = d->line;
    uint32_t start = 0;
    for (uint32_t i = 0; i < d->n_breaks && d->breaks[i].at <= offset; i++) {
        start = d->breaks[i].at;
        *line = d->breaks[i].line;
    }
    *column = offset - start + 1;
}

bool draft_fail(struct draft *d, const char *at, const char *format, ...)
{
    char what[sizeof d->error->what];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    uint32_t line, column;
    draft_place(d, at, &line, &column);
    tt_fail(d->error, "%s", what);
    return tt_fail_at(d->error, d->file, line, column);
}

bool draft_idle(struct draft *d, const char *at, const char *format, ...)
{
    if (d->why_not[0]) {
        return true;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(d->why_not, sizeof d->why_not, format, args);
    va_end(args);
    d->why_at = at;
    return true;
}

struct group *draft_group(struct draft *d, enum group_type type, const char *at)
{
    if (d->n_groups == RULE_GROUPS) {
        draft_fail(d, at, "more than %d conditions in one rule", RULE_GROUPS);
        return NULL;
    }
    struct group *g = &d->groups[d->n_groups];
    *g = (struct group){.type = (uint8_t)type, .kinds = ALL_KINDS};
    d->first_step[d->n_groups] = (uint16_t)d->n_steps;
    d->n_groups++;
    return g;
}

struct group *draft_buffer(struct draft *d)
{
    if (d->open_group < 0) {
        struct group *g = draft_group(d, GROUP_PAYLOAD, d->text.p);
        if (!g) {
            return NULL;
        }
        d->open_group = (int)d->n_groups - 1;
    }
    return &d->groups[d->open_group];
}

struct step *draft_step(struct draft *d, enum step_type type, const char *at)
{
    struct group *g = draft_buffer(d);
    if (!g) {
        return NULL;
    }
    if (d->n_steps == RULE_STEPS) {
        draft_fail(d, at, "more than %d contents and tests in one rule", RULE_STEPS);
        return NULL;
    }
    struct step *s = &d->steps[d->n_steps++];
    *s = (struct step){.type = (uint8_t)type};
    s->offset.var = s->depth.var = s->distance.var = s->within.var = -1;
    g->n_steps++;
    return s;
}

static bool check_use(struct draft *d, const struct keyword *k, const struct option *o)
{
    if (k->use == KEYWORD_VALUE && o->value.n == 0) {
        return draft_fail(d, o->name.p, "%s needs a value", k->name);
    }
    if (k->use == KEYWORD_BARE && o->has_value && o->value.n != 0) {
        return draft_fail(d, o->value.p, "%s takes no value", k->name);
    }
    return true;
}

static bool read_option(struct draft *d, const struct option *o)
{
    const struct keyword *k = keyword_find(d->keywords, o->name);
    if (!k) {
        draft_fail(d, o->name.p, "unknown keyword \"%.*s\"", SLICE(o->name));
        const char *near = keyword_nearest(d->keywords, o->name);
        return near ? tt_fail_fix(d->error, "did you mean \"%s\"?", near) : false;
    }
    if (!check_use(d, k, o)) {
        return false;
    }
    if (k->derived) {
        return derived_read(d, k, o);
    }
    if (!k->parse) {
        /* Contents that follow may belong to it: they are read for errors and then left alone. */
        d->open_group = -1;
        return draft_idle(d, o->name.p, "%s is not evaluated: needs %s", k->name, k->needs);
    }
    return k->parse(d, o);
}

/* End of the option that starts at p: its ';', or NULL. */
static const char *option_end(const char *p, const char *end)
{
    for (const char *q = p; q < end; q++) {
        if (*q == ';' && (q == p || q[-1] != '\\')) {
            return q;
        }
    }
    return NULL;
}

static bool read_options(struct draft *d, struct slice body)
{
    const char *p = body.p, *end = body.p + body.n;
    for (uint32_t count = 0;; count++) {
        while (p < end && (*p == ' ' || *p == '\t')) {
            p++;
        }
        if (p == end) {
            return true;
        }
        const char *stop = option_end(p, end);
        if (!stop) {
            draft_fail(d, p, "option without ';' at its end");
            return tt_fail_fix(d->error, "end every option with ';'");
        }
        if (count == RULE_OPTIONS) {
            return draft_fail(d, p, "more than %d options in one rule", RULE_OPTIONS);
        }
        struct slice whole = {p, (uint32_t)(stop - p)};
        struct option o = {.value = {stop, 0}};
        const char *colon = memchr(whole.p, ':', whole.n);
        o.has_value = colon != NULL;
        if (colon) {
            o.value = slice_trim((struct slice){colon + 1, (uint32_t)(stop - colon - 1)});
            whole.n = (uint32_t)(colon - whole.p);
        }
        o.name = slice_trim(whole);
        if (o.name.n == 0) {
            return draft_fail(d, p, "empty option");
        }
        if (!read_option(d, &o)) {
            return false;
        }
        p = stop + 1;
    }
}

bool draft_read(struct draft *d)
{
    struct slice text = slice_trim(d->text);
    if (memchr(text.p, 0, text.n)) {
        return draft_fail(d, memchr(text.p, 0, text.n), "octet 0 in a rule");
    }
    const char *open = memchr(text.p, '(', text.n);
    if (!open) {
        draft_fail(d, text.p + text.n, "rule without options");
        return tt_fail_fix(d->error, "write the options in ( ) after the header");
    }
    if (text.p[text.n - 1] != ')') {
        draft_fail(d, text.p + text.n, "rule without ')' at its end");
        return tt_fail_fix(d->error, "end the rule with ;)");
    }
    struct slice header = {text.p, (uint32_t)(open - text.p)};
    if (!header_read(d, header)) {
        return false;
    }
    struct slice body = {open + 1, (uint32_t)(text.p + text.n - 1 - (open + 1))};
    return read_options(d, body);
}
