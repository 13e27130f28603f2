/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Does one value pass all steps of a group? Steps are tried in order; when a relative step fails,
 * the step it leans on is tried at its next place, as in Suricata. No recursion: one small frame
 * for each step, and at most STEPS_LIMIT tries.
 */
#include "rules/matcher.h"

struct frame {
    uint32_t cursor; /* end of the match before, on entry */
    uint32_t next;   /* first place that was not tried yet */
    uint32_t end;    /* of this step's match */
};

struct search {
    struct tt_matcher *m;
    const struct step *steps;
    struct tt_bytes b;
    uint64_t octets; /* looked at so far */
    struct matcher_vars vars;
    struct frame frames[RULE_STEPS];
};

#define OCTETS_LIMIT ((uint64_t)32 << 20)

static bool equal(const struct step *s, const uint8_t *p)
{
    if (!(s->flags & STEP_NOCASE)) {
        return memcmp(p, s->text, s->n) == 0;
    }
    for (uint32_t i = 0; i < s->n; i++) {
        if (lower(p[i]) != s->text[i]) {
            return false;
        }
    }
    return true;
}

/* First place of the content in [from, to), or -1. */
static int64_t find(const struct step *s, const uint8_t *base, uint32_t from, uint32_t to)
{
    if (to - from < s->n) {
        return -1;
    }
    if (!(s->flags & STEP_NOCASE)) {
        const uint8_t *p = memmem(base + from, to - from, s->text, s->n);
        return p ? p - base : -1;
    }
    for (uint32_t at = from; at + s->n <= to; at++) {
        if (lower(base[at]) == s->text[0] && equal(s, base + at)) {
            return at;
        }
    }
    return -1;
}

/* The part of the buffer in which a content may lie; false when there is none. */
static bool window(const struct search *q, const struct step *s, uint32_t cursor, uint32_t *from,
                   uint32_t *to)
{
    int64_t n = q->b.n, lo, hi = n;
    if (s->flags & STEP_RELATIVE) {
        lo = (int64_t)cursor + amount_of(&s->distance, &q->vars);
        if (s->flags & STEP_WITHIN) {
            int64_t within = amount_of(&s->within, &q->vars);
            /* within counts from where distance points to */
            hi = lo + within < n ? lo + within : n;
        }
    } else {
        lo = amount_of(&s->offset, &q->vars);
        if (s->flags & STEP_DEPTH) {
            int64_t depth = amount_of(&s->depth, &q->vars);
            hi = lo + depth < n ? lo + depth : n;
        }
    }
    lo = lo < 0 ? 0 : lo;
    if (s->flags & STEP_STARTS) {
        hi = (int64_t)s->n < hi ? (int64_t)s->n : hi;
    }
    if (s->flags & STEP_ENDS) {
        if (n < s->n || hi < n) {
            return false;
        }
        lo = n - s->n > lo ? n - s->n : lo;
    }
    if (lo > hi || hi - lo < s->n) {
        return false;
    }
    *from = (uint32_t)lo;
    *to = (uint32_t)hi;
    return true;
}

static bool try_content(struct search *q, const struct step *s, struct frame *f, bool again)
{
    uint32_t from, to;
    if (!window(q, s, f->cursor, &from, &to)) {
        return (s->flags & STEP_NEGATED) && !again;
    }
    if (again && f->next > from) {
        from = f->next;
    }
    int64_t at = from <= to ? find(s, q->b.p, from, to) : -1;
    q->octets += from <= to ? (at < 0 ? to : (uint32_t)at) - from : 0;
    if (s->flags & STEP_NEGATED) {
        return at < 0 && !again;
    }
    if (at < 0) {
        return false;
    }
    f->next = (uint32_t)at + 1;
    f->end = (uint32_t)at + s->n;
    return true;
}

static bool try_pcre(struct search *q, const struct step *s, struct frame *f, bool again)
{
    uint32_t start, end;
    uint32_t from = again ? f->next : s->flags & STEP_RELATIVE ? f->cursor : 0;
    q->octets += q->b.n;
    enum regex_result r = regex_search(s->regex, &q->m->regex, q->b, from, &start, &end);
    if (r == REGEX_LIMIT) {
        q->m->counters[COUNT_PCRE_LIMIT]++;
        return false;
    }
    if (s->flags & STEP_NEGATED) {
        return r == REGEX_NO && !again;
    }
    if (r != REGEX_YES) {
        return false;
    }
    f->next = start + 1;
    f->end = end;
    return true;
}

static bool try_isdataat(const struct search *q, const struct step *s, const struct frame *f)
{
    int64_t n = amount_of(&s->offset, &q->vars);
    bool there = s->flags & STEP_RELATIVE ? n <= (int64_t)q->b.n - f->cursor : n < (int64_t)q->b.n;
    return there != ((s->flags & STEP_NEGATED) != 0);
}

/* One step at its first place, or (again) at the next one. The cursor after it is f->end. */
static bool try_step(struct search *q, uint32_t i, bool again)
{
    const struct step *s = &q->steps[i];
    struct frame *f = &q->frames[i];
    bool relative = (s->flags & STEP_RELATIVE) != 0;
    if (!again) {
        f->end = f->cursor;
    }
    switch (s->type) {
    case STEP_CONTENT:
        return try_content(q, s, f, again);
    case STEP_PCRE:
        return try_pcre(q, s, f, again);
    default:
        if (again) {
            return false; /* these have one place only */
        }
    }
    switch (s->type) {
    case STEP_ISDATAAT:
        return try_isdataat(q, s, f);
    case STEP_BSIZE:
        return number_holds(&s->size, q->b.n);
    case STEP_BYTE_TEST:
        return bytes_test(s->bytes, q->b, f->cursor, relative, &q->vars);
    case STEP_BYTE_JUMP:
        return bytes_jump(s->bytes, q->b, &f->end, relative, &q->vars);
    default:
        return bytes_extract(s->bytes, q->b, &f->end, relative, &q->vars);
    }
}

/* The step before i whose next place could help step i; -1 = none. */
static int64_t retry(const struct search *q, uint32_t i)
{
    const struct step *failed = &q->steps[i];
    /* Searched to the end in vain: from a later place there is only less. */
    bool hopeless = failed->type == STEP_CONTENT && failed->distance.var < 0 &&
                    !(failed->flags & (STEP_NEGATED | STEP_WITHIN));
    while (i > 0 && q->steps[i].flags & STEP_RELATIVE) {
        const struct step *s = &q->steps[--i];
        bool found = !(s->flags & STEP_NEGATED);
        if (s->type == STEP_PCRE || s->type == STEP_BYTE_JUMP) {
            hopeless = false; /* may lead to an earlier place next time */
        }
        if ((s->type == STEP_CONTENT && found && !hopeless) || (s->type == STEP_PCRE && found)) {
            return i;
        }
        if (!(s->flags & STEP_RELATIVE) &&
            (s->type == STEP_BYTE_JUMP || s->type == STEP_BYTE_EXTRACT)) {
            return -1; /* where it leads does not depend on what came before */
        }
    }
    return -1;
}

/* An isdataat or negated content between does not move the cursor: what follows
 * leans on what came before it. */
static bool run(struct search *q, uint32_t n)
{
    uint32_t tries = 0;
    int64_t i = 0;
    bool again = false;
    while (i < (int64_t)n) {
        if (++tries > STEPS_LIMIT || q->octets > OCTETS_LIMIT) {
            q->m->counters[COUNT_STEPS_LIMIT]++;
            return false;
        }
        if (try_step(q, (uint32_t)i, again)) {
            if (i + 1 < (int64_t)n) {
                q->frames[i + 1].cursor = q->frames[i].end;
            }
            i++;
            again = false;
            continue;
        }
        i = retry(q, (uint32_t)i);
        if (i < 0) {
            return false;
        }
        again = true;
    }
    return true;
}

bool inspect_buffer(struct tt_matcher *m, const struct group *g, struct tt_bytes b, uint32_t fresh)
{
    struct search q;
    q.m = m;
    q.steps = g->steps;
    q.b = b;
    q.octets = 0;
    memset(&q.vars, 0, sizeof q.vars);
    for (uint32_t i = 0; i < g->n_steps; i++) {
        q.frames[i] = (struct frame){0};
    }
    if (!run(&q, g->n_steps)) {
        return false;
    }
    if (fresh == 0) {
        return true;
    }
    for (uint32_t i = 0; i < g->n_steps; i++) {
        if (q.frames[i].end > fresh) {
            return true;
        }
    }
    return false;
}
