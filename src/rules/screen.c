/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Screens: what a message's numbers say of a rule before it is marked. Each operator becomes one
 * range with a mask, so that a check is a subtraction and a comparison; equal conditions of the
 * rules of a kind are looked at once. Written while loading; match.c reads them.
 */
#include <stdlib.h>

#include "rules/draft.h"

/* The range of a number; false when no value holds. */
static bool range_of(const struct number *n, struct check *c)
{
    uint64_t a = n->a, b = n->b;
    c->mask = UINT64_MAX;
    c->inverted = n->op == NUM_NE || n->op == NUM_OUT || n->op == NUM_MASK_NOT;
    switch (n->op) {
    case NUM_EQ:
    case NUM_NE:
        c->low = a;
        c->span = 0;
        return true;
    case NUM_LT:
        c->low = 0;
        c->span = a - 1;
        return a > 0;
    case NUM_LE:
        c->low = 0;
        c->span = a;
        return true;
    case NUM_GT:
        c->low = a + 1;
        c->span = UINT64_MAX - c->low;
        return a < UINT64_MAX;
    case NUM_GE:
        c->low = a;
        c->span = UINT64_MAX - a;
        return true;
    case NUM_IN:
    case NUM_OUT: /* a < v < b */
        c->low = a + 1;
        c->span = b - a - 2;
        return a < b && b - a >= 2;
    default:
        c->mask = a;
        c->low = b;
        c->span = 0;
        return true;
    }
}

#define ALTERNATIVES 4 /* numbers of one group */

/* The checks of one kind while they are made. */
struct maker {
    const struct tt_dissector *dissector;
    uint64_t kind;
    struct check checks[CHECK_BITS * ALTERNATIVES];
    uint32_t n;
    uint8_t first[CHECK_BITS + 1]; /* of each bit */
    uint8_t bits;
};

/* The checks of a group, their number; 0 = it takes more to look at it. */
static unsigned checks_of(const struct maker *m, const struct group *g, struct check *out)
{
    if (g->type != GROUP_NUMBER || g->n_numbers > ALTERNATIVES) {
        return 0;
    }
    for (unsigned i = 0; i < g->n_numbers; i++) {
        const struct number *n = &g->numbers[i];
        memset(&out[i], 0, sizeof out[i]); /* they are compared as octets */
        out[i].field = n->field;
        out[i].more = i + 1 < g->n_numbers;
        if (strstr(m->dissector->fields[n->field].path, "[]") || !range_of(n, &out[i])) {
            return 0;
        }
    }
    return g->n_numbers;
}

/* Number of the group's bit, made if need be; CHECK_BITS = it has none. */
static uint8_t bit_of(struct maker *m, const struct group *g)
{
    struct check checks[ALTERNATIVES];
    unsigned n = checks_of(m, g, checks);
    if (n == 0) {
        return CHECK_BITS;
    }
    for (uint8_t i = 0; i < m->bits; i++) {
        unsigned next = i + 1 < m->bits ? m->first[i + 1] : m->n;
        if (next - m->first[i] == n &&
            memcmp(&m->checks[m->first[i]], checks, n * sizeof checks[0]) == 0) {
            return i;
        }
    }
    if (m->bits == CHECK_BITS || m->n + n > UINT8_MAX) {
        return CHECK_BITS;
    }
    m->first[m->bits] = (uint8_t)m->n;
    memcpy(&m->checks[m->n], checks, n * sizeof checks[0]);
    m->n += n;
    return m->bits++;
}

static struct screened screen_rule(struct maker *m, const struct plan *p, uint32_t rule)
{
    struct screened s = {.rule = rule, .alone = p->alone, .directions = p->directions};
    bool whole = p->n_groups <= sizeof s.group;
    for (unsigned i = 0; i < p->n_groups; i++) {
        const struct group *g = &p->groups[i];
        bool may = (g->kinds & m->kind) != 0;
        uint8_t bit = may ? bit_of(m, g) : CHECK_BITS;
        s.need |= !may ? CHECK_NEVER : bit < CHECK_BITS ? (uint64_t)1 << bit : 0;
        s.anchor |= i == p->anchor && bit < CHECK_BITS ? (uint64_t)1 << bit : 0;
        whole = whole && bit < CHECK_BITS;
        if (i < sizeof s.group) {
            s.group[i] = bit;
        }
    }
    bool anywhere = !p->addresses[0] && !p->addresses[1] && !p->ports[0] && !p->ports[1] &&
                    !(p->ip & (IP_V4_ONLY | IP_V6_ONLY));
    bool plain = anywhere && p->ip & IP_TCP && p->state < 2 && p->n_tests == 0;
    s.n_groups = whole && plain && s.anchor ? p->n_groups : 0;
    return s;
}

/* Rules of the protocol that a message of the kind may complete, with bits for what it may meet. */
static uint32_t follow(struct maker *m, const struct tt_ruleset *set, int16_t protocol,
                       struct follower out[FOLLOWERS])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < set->n_evaluated && n < FOLLOWERS; i++) {
        const struct plan *p = &set->plans[i];
        struct follower f = {.rule = i, .n_groups = p->n_groups};
        if (!(p->place & PLACE_MESSAGE) || p->protocol != protocol || p->alone ||
            p->n_groups > sizeof f.group) {
            continue;
        }
        for (unsigned k = 0; k < p->n_groups; k++) {
            bool may = (p->groups[k].kinds & m->kind) != 0;
            f.group[k] = may ? bit_of(m, &p->groups[k]) : CHECK_BITS;
            f.never |= (uint32_t)!may << k;
        }
        out[n++] = f;
    }
    return n;
}

static const void *store(struct tt_ruleset *set, const void *octets, size_t n)
{
    return n ? memcpy(tt_arena_alloc(&set->arena, n), octets, n) : NULL;
}

/* The fields of n checks; their number. */
static unsigned note_fields(struct screen_fields *f, const struct check *checks, uint32_t n)
{
    unsigned fields = 0;
    for (uint32_t i = 0; i < n; i++) {
        f->of[checks[i].field >> 6] |= (uint64_t)1 << (checks[i].field & 63);
    }
    for (uint32_t i = 0; i < 4; i++) {
        fields += (unsigned)__builtin_popcountll(f->of[i]);
        f->n_words = f->of[i] ? i + 1 : f->n_words;
    }
    return fields;
}

bool screens_build(struct tt_ruleset *set, struct bench *b, int16_t protocol)
{
    const struct tt_dissector *d = set->protocols[protocol].dissector;
    struct maker *m = calloc(1, sizeof *m);
    if (!m) {
        return false;
    }
    for (const struct tt_name *k = d->kinds; k && k->name; k++) {
        const struct rule_list *list = &b->listed[k->value & 63];
        struct screen *out = &b->screens[k->value & 63];
        struct follower followers[FOLLOWERS];
        if (out->n_rules || out->n_followers) {
            continue;
        }
        *m = (struct maker){.dissector = d, .kind = (uint64_t)1 << (k->value & 63)};
        struct screened *rules = tt_arena_alloc(&set->arena, (list->n + 1) * sizeof *rules);
        for (uint32_t i = 0; i < list->n; i++) {
            rules[i] = screen_rule(m, &set->plans[list->rules[i]], list->rules[i]);
        }
        out->rules = rules;
        out->n_rules = list->n;
        uint32_t n_own = m->n;
        out->n_followers = follow(m, set, protocol, followers);
        out->followers = store(set, followers, out->n_followers * sizeof followers[0]);
        out->checks = store(set, m->checks, m->n * sizeof m->checks[0]);
        out->n_checks = m->n;
        out->early = b->early[k->value & 63].n != 0;
        note_fields(&out->fields[0], m->checks, n_own);
        unsigned n = note_fields(&out->fields[1], m->checks, m->n);
        out->glances = n && n <= GLANCE_FIELDS ? ++set->n_screens : 0;
    }
    free(m);
    return true;
}
