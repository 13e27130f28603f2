/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A draft that was read without error becomes a plan: steps and groups move to the set's memory,
 * the anchor and the literal for the prefilter are chosen, and it is settled where the rule is
 * judged and in which order its conditions are looked at.
 */
#include "rules/draft.h"

static bool check_groups(struct draft *d)
{
    for (uint32_t i = 0; i < d->n_groups; i++) {
        struct group *g = &d->groups[i];
        if (g->type == GROUP_BUFFER && g->n_steps == 0 && !d->why_not[0]) {
            draft_fail(d, d->text.p, "%s is a buffer: a content or another test must follow it",
                       g->name);
            return tt_fail_fix(d->error, "%s; content:\"…\";", g->name);
        }
    }
    return true;
}

static void settle_meta(struct draft *d)
{
    static const uint8_t by_priority[] = {TT_HIGH, TT_HIGH, TT_MEDIUM, TT_LOW, TT_INFO};
    struct tt_rule *r = &d->plan.rule;
    struct tt_arena *a = &d->set->arena;
    if (!d->has_priority) {
        r->priority = d->class_priority > 0 ? (uint8_t)d->class_priority : 3;
    }
    r->severity = by_priority[r->priority > 4 ? 4 : r->priority];
    if (d->has_severity) {
        /* Minor stands for low and medium: the priority tells which (siem.md 0) */
        bool medium = d->meta_severity == TT_LOW && r->priority <= 2;
        r->severity = medium ? TT_MEDIUM : d->meta_severity;
    }
    d->metadata[d->n_metadata] = (struct tt_pair){NULL, NULL};
    d->references[d->n_references] = (struct tt_pair){NULL, NULL};
    size_t n = (d->n_metadata + 1) * sizeof(struct tt_pair);
    r->metadata = memcpy(tt_arena_alloc(a, n), d->metadata, n);
    n = (d->n_references + 1) * sizeof(struct tt_pair);
    r->references = memcpy(tt_arena_alloc(a, n), d->references, n);
    r->text = slice_copy(a, d->text);
    r->file = d->file;
    r->line = d->line;
    r->msg = r->msg ? r->msg : "";
    r->classtype = r->classtype ? r->classtype : "";
    r->category = r->category ? r->category : "";
}

/* Costs of looking at a group: numbers before buffers, expressions last. */
static unsigned cost(const struct group *g)
{
    if (g->type == GROUP_NUMBER || g->type == GROUP_EVENT || g->type == GROUP_PROTOCOL) {
        return 0;
    }
    unsigned c = g->type == GROUP_BUFFER ? 1 : 2;
    for (uint32_t i = 0; i < g->n_steps; i++) {
        c += g->steps[i].type == STEP_PCRE ? 4 : 0;
    }
    return c;
}

/* Steps and groups into the set's arena, cheapest first; payload groups without steps vanish. */
static struct group *store_groups(struct draft *d)
{
    struct tt_arena *a = &d->set->arena;
    struct group *out = tt_arena_alloc(a, (d->n_groups + 1) * sizeof *out);
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->n_groups; i++) {
        struct group g = d->groups[i];
        if (g.type == GROUP_PAYLOAD && g.n_steps == 0) {
            continue;
        }
        if (g.n_steps) {
            struct step *steps = tt_arena_alloc(a, g.n_steps * sizeof *steps);
            memcpy(steps, &d->steps[d->first_step[i]], g.n_steps * sizeof *steps);
            for (uint32_t k = 0; k < g.n_steps; k++) {
                uint8_t *text = (uint8_t *)(uintptr_t)steps[k].text; /* ours, made by content.c */
                for (uint32_t j = 0; steps[k].flags & STEP_NOCASE && j < steps[k].n; j++) {
                    text[j] = lower(text[j]);
                }
            }
            g.steps = steps;
        }
        uint32_t at = n++;
        while (at > 0 && cost(&out[at - 1]) > cost(&g)) {
            out[at] = out[at - 1];
            at--;
        }
        out[at] = g;
    }
    d->plan.groups = out;
    d->plan.n_groups = (uint8_t)n;
    return out;
}

/* The content that the prefilter looks for: the writer's choice, else the rarest. */
static void choose_pattern(struct plan *p)
{
    unsigned best = 0;
    for (unsigned i = 0; i < p->n_groups; i++) {
        for (unsigned k = 0; k < p->groups[i].n_steps; k++) {
            const struct step *s = &p->groups[i].steps[k];
            if (s->type != STEP_CONTENT || s->flags & STEP_NEGATED) {
                continue;
            }
            unsigned score = literal_score(s->text + s->fast_at, s->fast_n ? s->fast_n : s->n);
            score = s->flags & STEP_FAST ? UINT32_MAX : score;
            if (score > best) {
                best = score;
                p->has_pattern = true;
                p->anchor = (uint8_t)i;
                p->fast_step = (uint16_t)k;
            }
        }
    }
}

static void choose_anchor(struct plan *p)
{
    uint64_t all = 0;
    unsigned fewest = 65;
    p->anchor = p->n_groups;
    choose_pattern(p);
    for (unsigned i = 0; i < p->n_groups; i++) {
        const struct group *g = &p->groups[i];
        unsigned n = (unsigned)__builtin_popcountll(g->kinds);
        all |= g->kinds;
        if (g->type == GROUP_EVENT) {
            p->anchor = (uint8_t)i;
            p->has_pattern = false;
            fewest = 0;
        } else if (!p->has_pattern && n < fewest) {
            p->anchor = (uint8_t)i;
            fewest = n;
        }
    }
    p->alone = p->n_groups <= 1 || __builtin_popcountll(all) == 1;
    for (unsigned i = 0; i < p->n_groups; i++) {
        if (i != p->anchor && !(p->groups[i].kinds & p->groups[p->anchor].kinds)) {
            p->early |= 1u << i;
        }
    }
}

static bool counts_from_start(const struct group *g)
{
    for (unsigned i = 0; i < g->n_steps; i++) {
        const struct step *s = &g->steps[i];
        bool relative = s->flags & STEP_RELATIVE;
        bool placed = s->flags & (STEP_OFFSET | STEP_DEPTH | STEP_STARTS);
        if (s->type == STEP_BSIZE || (s->type == STEP_CONTENT && placed) ||
            (s->type >= STEP_BYTE_TEST && !relative) || (s->type == STEP_ISDATAAT && !relative)) {
            return true;
        }
    }
    return false;
}

static void place_packet(struct draft *d, bool payload)
{
    struct plan *p = &d->plan;
    bool tcp = p->ip & IP_TCP;
    if (payload && !(p->ip & (IP_TCP | IP_UDP))) {
        draft_idle(d, d->header_protocol.p, "content of %.*s is not evaluated",
                   SLICE(d->header_protocol));
        return;
    }
    if (payload) {
        bool segment = p->packet_only || p->n_tests;
        p->place = (uint8_t)((tcp && !segment ? PLACE_STREAM : 0) |
                             ((tcp && segment) || p->ip & IP_UDP ? PLACE_PACKET : 0));
        p->packet_only |= segment;
        for (unsigned i = 0; i < p->n_groups; i++) {
            p->absolute |= counts_from_start(&p->groups[i]);
        }
        return;
    }
    bool ip_only = !p->n_tests && !p->n_groups && p->directions == 3 && !p->state && !p->ports[0] &&
                   !p->ports[1] && !p->packet_only;
    p->place = ip_only ? PLACE_FLOW : PLACE_PACKET;
}

static bool place(struct draft *d)
{
    struct plan *p = &d->plan;
    unsigned events = 0, payloads = 0, others = 0;
    uint64_t rows = 0;
    for (unsigned i = 0; i < p->n_groups; i++) {
        const struct group *g = &p->groups[i];
        events += g->type == GROUP_EVENT;
        rows |= g->anomalies;
        payloads += g->type == GROUP_PAYLOAD;
        others += g->type == GROUP_NUMBER || g->type == GROUP_BUFFER;
    }
    if (p->protocol >= 0) {
        const struct tt_dissector *x = d->set->protocols[p->protocol].dissector;
        unsigned ip = (x->transport & TT_TCP ? IP_TCP : 0u) | (x->transport & TT_UDP ? IP_UDP : 0u);
        if (!(p->ip & ip)) {
            return draft_fail(d, d->header_protocol.p, "%s does not run over %.*s", x->name,
                              SLICE(d->header_protocol));
        }
        p->place = !events || rows ? PLACE_MESSAGE : 0;
    }
    if (events) {
        /* by name alone: nothing else to ask where there is no message */
        p->place |= events == 1 && !payloads && !others ? PLACE_EVENT : 0;
        return p->place || draft_idle(d, d->text.p,
                                      "an event together with content is not "
                                      "evaluated outside messages");
    }
    if (p->protocol < 0) {
        place_packet(d, payloads != 0);
    }
    return true;
}

bool draft_finish(struct draft *d, struct plan *out)
{
    if (!d->has_sid) {
        draft_fail(d, d->text.p, "rule without sid");
        return tt_fail_fix(d->error, "add sid:N; with a number of your own, 1000000 to 1999999");
    }
    if (!check_groups(d)) {
        return false;
    }
    settle_meta(d);
    if (!d->why_not[0]) {
        store_groups(d);
        choose_anchor(&d->plan);
        size_t n = d->plan.n_tests * sizeof d->tests[0];
        d->plan.tests = n ? memcpy(tt_arena_alloc(&d->set->arena, n), d->tests, n) : NULL;
        if (!place(d)) {
            return false;
        }
    }
    if (d->why_not[0]) {
        d->plan.place = 0;
        d->plan.n_groups = d->plan.n_tests = 0;
        d->plan.groups = NULL;
    }
    *out = d->plan;
    return true;
}
