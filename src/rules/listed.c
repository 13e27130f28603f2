/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rules that no literal marks: those of a kind's list, and those that wait in a transaction. What
 * the numbers of a message say of them is worked out once and kept (struct glance); as long as the
 * next messages of the kind have the same numbers it is a comparison. Marks only what is left to be
 * judged. Never allocates; a transaction that has no room for one more rule is counted.
 */
#include "rules/glance.h"

/* ---- what a transaction remembers ---- */

static void keep_candidate(struct tt_matcher *m, struct tt_tx *tx, uint32_t rule, uint32_t met)
{
    candidate_keep(m, tx, candidate_find(tx, rule), rule, met);
}

/* May a rule that is met in part wait without being judged: nothing that judging would look at
 * beforehand is the case. */
static bool may_wait(const struct tt_matcher *m, const struct tt_flow *flow, const struct tt_tx *tx,
                     const struct tt_packet *packet)
{
    return !tx->alerted[0] && flow->key.protocol == 6 && m->set->passes.n == 0 &&
           m->passed != packet->number;
}

/* The last message does not meet what the others left open, as far as numbers tell. */
static bool stays_open(struct tt_matcher *m, const struct plan *p, uint32_t met,
                       const struct tt_msg *msg)
{
    uint64_t kind = (uint64_t)1 << (msg->kind & 63);
    for (unsigned i = 0; i < p->n_groups; i++) {
        const struct group *g = &p->groups[i];
        if (!((met >> i) & 1) &&
            (!(g->kinds & kind) || (g->type == GROUP_NUMBER && !judge_numbers(m, g, msg)))) {
            return true;
        }
    }
    return false;
}

/* The same, from a glance: true only when it is sure. */
static inline bool surely_open(const struct screen *s, const struct glance *g, uint32_t rule,
                               uint32_t met)
{
    for (uint32_t i = 0; g && i < s->n_followers; i++) {
        if (s->followers[i].rule == rule) {
            return (g->open[i] & ~met) != 0;
        }
    }
    return false;
}

static void mark_candidates(struct tt_matcher *m, const struct screen *s, const struct glance *g,
                            const struct tt_tx *tx, const struct tt_msg *msg)
{
    bool last = msg->tx_role == TT_TX_LAST;
    for (unsigned i = 0; i < tx->n_candidates; i++) {
        uint32_t rule = tx->candidates[i].rule, met = tx->candidates[i].met;
        if (rule >= m->set->n_evaluated || (last && surely_open(s, g, rule, met))) {
            continue;
        }
        const struct plan *p = &m->set->plans[rule];
        if (p->directions & ways_of(tx, msg) &&
            !(last && !p->alone && stays_open(m, p, met, msg))) {
            mark_rule(m, rule);
        }
    }
}

/* ---- screens ---- */

/* The bits of the screen's checks that hold. */
static uint64_t held_by(struct tt_matcher *m, const struct screen *s, const struct tt_msg *msg)
{
    uint64_t held = 0, bit = 1;
    bool holds = false;
    for (uint32_t i = 0; i < s->n_checks; i++) {
        const struct check *c = &s->checks[i];
        holds = holds || judge_check(m, c, msg);
        if (!c->more) {
            held |= holds ? bit : 0;
            bit <<= 1;
            holds = false;
        }
    }
    return held;
}

/* Those of a kind's rules that the screen does not settle: their number; they are marked unless m
 * is NULL. What it settles: a rule of the other direction; one whose groups all must be met by this
 * message and are not; one whose anchor is not met (none of its other groups can count here:
 * finish.c); and one of numbers alone that is met in part, which goes to the halves while they have
 * room. */
static unsigned unsettled(struct tt_matcher *m, const struct screen *s, uint64_t held, uint8_t ways,
                          bool several, struct halves *halves)
{
    unsigned n = 0;
    for (const struct screened *r = s->rules, *end = r + s->n_rules; r < end; r++) {
        bool fails = (r->need & ~held) != 0;
        if (!(r->directions & ways) || (fails && (!several || r->alone || (r->anchor & ~held)))) {
            continue;
        }
        if (!fails || !r->n_groups || halves->n == halves->room) {
            n++;
            if (m) {
                mark_rule(m, r->rule);
            }
            continue;
        }
        uint32_t met = 0;
        for (unsigned i = 0; i < r->n_groups; i++) {
            met |= (uint32_t)(held >> r->group[i] & 1) << i;
        }
        halves->of[halves->n].rule = r->rule;
        halves->of[halves->n++].met = met;
    }
    return n;
}

/* ---- glances ---- */

static void note_numbers(struct tt_matcher *m, struct glance *g, const struct tt_msg *msg)
{
    g->n = 0;
    g->most = 0;
    for (unsigned i = 0; i < g->fields.n_words; i++) {
        g->present[i] = msg->present[i] & g->fields.of[i];
        for (uint64_t left = g->present[i]; left; left &= left - 1) {
            uint8_t field = (uint8_t)(64 * i + (unsigned)__builtin_ctzll(left));
            unsigned place = place_of(m, msg, field);
            memcpy(&g->seen[g->n].words, &msg->values[place], sizeof g->seen[0].words);
            g->seen[g->n++].place = place;
            g->most = place > g->most ? place : g->most;
        }
    }
}

static const struct glance *glance_new(struct tt_matcher *m, const struct screen *s,
                                       const struct tt_tx *tx, const struct tt_msg *msg)
{
    struct glances *all = &m->glances[s->glances - 1];
    struct glance *g = &all->of[all->next++ % GLANCES];
    bool several = tx && (msg->tx_role == TT_TX_OPEN || msg->tx_role == TT_TX_MORE);
    g->tag = glance_tag(tx, msg);
    g->fields = s->fields[msg->tx_role == TT_TX_LAST]; /* only there followers are asked about */
    note_numbers(m, g, msg);
    g->held = held_by(m, s, msg);
    g->halves = (struct halves){.room = HALVES};
    g->marks = unsettled(NULL, s, g->held, ways_of(tx, msg), several, &g->halves) != 0;
    g->quiet = s->n_rules && !g->marks && !g->halves.n && !s->early;
    for (uint32_t i = 0; i < s->n_followers; i++) {
        const struct follower *f = &s->followers[i];
        g->open[i] = f->never;
        for (unsigned k = 0; k < f->n_groups; k++) {
            g->open[i] |= (uint32_t)(f->group[k] < CHECK_BITS && !(g->held >> f->group[k] & 1))
                          << k;
        }
    }
    return g;
}

/* Rules that are met in part wait when nothing is to be judged, else all are judged in order. */
static void settle(struct tt_matcher *m, struct tt_tx *tx, const struct halves *halves)
{
    bool alone = m->first > m->last;
    for (unsigned i = 0; i < halves->n; i++) {
        if (alone) {
            keep_candidate(m, tx, halves->of[i].rule, halves->of[i].met);
        } else {
            mark_rule(m, halves->of[i].rule);
        }
    }
}

void mark_listed(struct tt_matcher *m, const struct bench *b, const struct tt_flow *flow,
                 struct tt_tx *tx, const struct tt_msg *msg, const struct tt_packet *packet)
{
    const struct screen *s = &b->screens[msg->kind & 63];
    const struct glance *g = m->glance || !s->glances ? m->glance : glance_new(m, s, tx, msg);
    const struct halves *halves = g ? &g->halves : NULL;
    bool several = msg->tx_role == TT_TX_OPEN || msg->tx_role == TT_TX_MORE;
    struct halves own;
    if (s->n_rules == 0) {
        mark_list(m, &b->listed[msg->kind & 63]); /* none, or of a kind that was not declared */
    } else if (!g || g->marks || (g->halves.n && !may_wait(m, flow, tx, packet))) {
        own.n = 0;
        own.room = tx && several && may_wait(m, flow, tx, packet) ? HALVES : 0;
        unsettled(m, s, g ? g->held : held_by(m, s, msg), ways_of(tx, msg), tx && several, &own);
        halves = &own;
    }
    if (several) {
        mark_list(m, &b->early[msg->kind & 63]);
    }
    if (tx && tx->n_candidates) {
        mark_candidates(m, s, g, tx, msg);
    }
    if (halves && halves->n) {
        settle(m, tx, halves);
    }
}
