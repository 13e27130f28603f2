/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Options whose keyword comes from a dissector's rows: a bare one opens a sticky buffer, one with
 * a value is a condition on a number, a name, or flags (rules.h; suricata-rules.md 3.1). Names
 * are compared without case.
 */
#include <strings.h>

#include "rules/draft.h"

#define NAMES_MAX 256

static bool set_protocol(struct draft *d, const struct derived *r, const struct option *o)
{
    if (d->plan.protocol >= 0 && d->plan.protocol != r->protocol) {
        return draft_fail(d, o->name.p, "%.*s in a rule of %s", SLICE(o->name),
                          d->set->protocols[d->plan.protocol].dissector->name);
    }
    d->plan.protocol = r->protocol;
    return true;
}

static bool open_buffer(struct draft *d, const struct derived *r, const struct option *o)
{
    struct group *g = draft_group(d, GROUP_BUFFER, o->name.p);
    if (!g) {
        return false;
    }
    d->open_group = (int)d->n_groups - 1;
    g->kinds = r->kinds;
    g->name = slice_copy(&d->set->arena, o->name);
    for (unsigned i = 0; i < r->n_fields; i++) {
        g->fields[r->fields[i] >> 6] |= (uint64_t)1 << (r->fields[i] & 63);
    }
    return true;
}

static const struct tt_name *name_of(const struct tt_field *f, struct slice s)
{
    for (const struct tt_name *n = f->names; n && n->name; n++) {
        if (slice_is(s, n->name)) {
            return n;
        }
    }
    return NULL;
}

/* name,!name: all must be as asked. A mask in Suricata's integer grammar works too. */
static bool read_names(struct draft *d, const struct tt_field *f, struct slice value,
                       struct number *out)
{
    struct slice rest = value, part;
    *out = (struct number){.op = NUM_MASK};
    while (slice_next(&rest, ',', &part)) {
        bool negated = part.n && *part.p == '!';
        if (negated) {
            part = slice_trim((struct slice){part.p + 1, part.n - 1});
        }
        const struct tt_name *n = name_of(f, part);
        if (!n) {
            return false;
        }
        if (out->a & n->value) {
            return draft_fail(d, part.p, "flag %s twice", n->name);
        }
        out->a |= n->value;
        out->b |= negated ? 0 : n->value;
    }
    return out->a != 0;
}

static bool read_bool(struct slice s, struct number *out)
{
    static const char *const yes[] = {"1", "yes", "true", "on"};
    static const char *const no[] = {"0", "no", "false", "off"};
    bool negated = s.n && *s.p == '!';
    if (negated) {
        s = slice_trim((struct slice){s.p + 1, s.n - 1});
    }
    for (unsigned i = 0; i < 4; i++) {
        if (slice_is(s, yes[i]) || slice_is(s, no[i])) {
            *out = (struct number){.op = NUM_EQ, .a = slice_is(s, yes[i]) != negated};
            return true;
        }
    }
    return false;
}

/* The value as this row understands it, without an error message;
 * numbers are read by the caller. */
static bool read_special(struct draft *d, const struct tt_field *f, struct slice value,
                         struct number *out)
{
    bool negated = value.n && *value.p == '!';
    struct slice s = value;
    if (f->type == TT_BOOL) {
        return read_bool(value, out);
    }
    if (f->type == TT_FLAGS) {
        return read_names(d, f, value, out);
    }
    if (negated) {
        s = slice_trim((struct slice){s.p + 1, s.n - 1});
    }
    const struct tt_name *n = f->type == TT_ENUM ? name_of(f, s) : NULL;
    if (n) {
        *out = (struct number){.op = negated ? NUM_NE : NUM_EQ, .a = n->value};
    }
    return n != NULL;
}

/* Rows that name the message's kind: a name of the enumeration for every kind. */
static bool names_kinds(const struct tt_dissector *p, const struct tt_field *f)
{
    if (f->type != TT_ENUM || !p->kinds || !p->kinds->name) {
        return false;
    }
    for (const struct tt_name *k = p->kinds; k->name; k++) {
        if (!name_of(f, (struct slice){k->name, (uint32_t)strlen(k->name)})) {
            return false;
        }
    }
    return true;
}

/* Kinds for which the condition on the kind can hold. A number without a kind may come in any. */
static uint64_t kinds_of(const struct tt_dissector *p, const struct tt_field *f,
                         const struct number *n)
{
    uint64_t kinds = 0;
    for (const struct tt_name *k = p->kinds; k->name; k++) {
        const struct tt_name *e = name_of(f, (struct slice){k->name, (uint32_t)strlen(k->name)});
        kinds |= number_holds(n, e->value) ? (uint64_t)1 << (k->value & 63) : 0;
    }
    return kinds ? kinds : ALL_KINDS;
}

static bool unknown_value(struct draft *d, const struct derived *r, const struct option *o)
{
    const struct tt_dissector *p = d->set->protocols[r->protocol].dissector;
    const char *names[NAMES_MAX];
    char word[64];
    unsigned n = 0;
    struct slice s = o->value;
    while (s.n && (*s.p == '!' || *s.p == ' ')) {
        s.p++;
        s.n--;
    }
    for (unsigned i = 0; i < r->n_fields; i++) {
        for (const struct tt_name *e = p->fields[r->fields[i]].names; e && e->name; e++) {
            if (n < NAMES_MAX - 1) {
                names[n++] = e->name;
            }
        }
    }
    names[n] = NULL;
    snprintf(word, sizeof word, "%.*s", SLICE(s));
    draft_fail(d, o->value.p, "\"%.*s\" is not a value of %.*s", SLICE(o->value), SLICE(o->name));
    const char *near = n ? tt_nearest(word, names) : NULL;
    return near ? tt_fail_fix(d->error, "did you mean \"%s\"?", near)
                : tt_fail_fix(d->error, "known are %s%s%s…", n ? names[0] : "numbers",
                              n > 1 ? ", " : "", n > 1 ? names[1] : "");
}

static bool read_condition(struct draft *d, const struct derived *r, const struct option *o)
{
    const struct tt_dissector *p = d->set->protocols[r->protocol].dissector;
    struct group *g = draft_group(d, GROUP_NUMBER, o->name.p);
    if (!g) {
        return false;
    }
    struct number *numbers = tt_arena_alloc(&d->set->arena, r->n_fields * sizeof *numbers);
    bool has_names = false;
    g->kinds = 0;
    g->numbers = numbers;
    g->name = slice_copy(&d->set->arena, o->name);
    for (unsigned i = 0; i < r->n_fields; i++) {
        const struct tt_field *f = &p->fields[r->fields[i]];
        struct number n = {0};
        has_names |= f->names != NULL;
        if (!read_special(d, f, o->value, &n)) {
            struct slice first = o->value;
            while (first.n && strchr("!<>=&- ", *first.p)) {
                first.p++;
                first.n--;
            }
            if (first.n == 0 || *first.p < '0' || *first.p > '9') {
                continue; /* a name that other rows may know */
            }
            if (!number_read(d, o->value, UINT64_MAX, &n)) {
                return false;
            }
        }
        n.field = r->fields[i];
        numbers[g->n_numbers++] = n;
        uint64_t kinds = row_kinds(p, f);
        g->kinds |= names_kinds(p, f) ? kinds & kinds_of(p, f, &n) : kinds;
    }
    if (g->n_numbers) {
        return true;
    }
    return has_names ? unknown_value(d, r, o)
                     : number_read(d, o->value, UINT64_MAX, &(struct number){0});
}

bool derived_read(struct draft *d, const struct keyword *k, const struct option *o)
{
    if (!set_protocol(d, k->derived, o)) {
        return false;
    }
    return k->derived->is_buffer ? open_buffer(d, k->derived, o) : read_condition(d, k->derived, o);
}
