/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What one worker writes while it matches: scratch memory, candidates, counters, carried
 * octets. Internal to this room.
 */
#ifndef RULES_MATCHER_H
#define RULES_MATCHER_H

#include "rules/regex.h"

enum rule_counter {
    COUNT_ALERTS,
    COUNT_PASSED,
    COUNT_SCANS,
    COUNT_JUDGED,
    COUNT_ALERTS_LIMITED,
    COUNT_CANDIDATES_FULL,
    COUNT_ALERTED_FULL,
    COUNT_STEPS_LIMIT,
    COUNT_PCRE_LIMIT,
    COUNT_CARRY_FULL,
    COUNT_SCAN_ERRORS,
    N_COUNTERS,
};

struct carry; /* stream.c */

struct tt_matcher {
    const struct tt_ruleset *set;
    void (*hit)(void *ctx, const struct tt_hit *);
    void *ctx;
    hs_scratch_t *scratch;
    struct regex_run regex;
    uint64_t *marks;      /* bit per rule: to be judged */
    uint32_t first, last; /* words of marks that may be set; first > last = none */
    const struct prefilter *scanning;
    const struct tt_dissector *dissector; /* of the last message… */
    const struct protocol *protocol;      /* …and its place in the set */
    uint64_t packet, alerts;              /* alerts raised by packet number `packet` */
    uint64_t passed;                      /* number of the last packet that a pass rule let go */
    uint64_t pass_asked; /* number << 1 | direction for which header-only pass rules were asked */
    uint8_t generation;  /* of the set: what a transaction remembers of an older one is void */
    uint16_t at[256];    /* by field: where its value was found last, and will be again */
    struct glances *glances;     /* by screen.glances - 1 */
    const struct glance *glance; /* of the message that is looked at, NULL = a new one is due */
    struct carry *carry;
    uint64_t counters[N_COUNTERS];
};

/* One judgement: a rule against what was just seen. */
struct sight {
    struct tt_matcher *m;
    struct tt_flow *flow;
    struct tt_tx *tx;
    const struct tt_msg *msg;
    const struct tt_packet *packet;
    struct tt_bytes payload; /* unit, stream or packet payload */
    enum tt_direction direction;
    uint8_t ways;   /* message: bits of the directions that it counts for; 0 = direction alone */
    uint32_t fresh; /* STREAM: a match must end behind this octet */
};

/* ---- inspect.c: true when one value of octets passes all steps of the group ---- */
bool inspect_buffer(struct tt_matcher *, const struct group *, struct tt_bytes, uint32_t fresh);

/* ---- bytes.c ---- */
bool bytes_test(const struct byte_op *, struct tt_bytes, uint32_t cursor, bool relative,
                const struct matcher_vars *);
bool bytes_jump(const struct byte_op *, struct tt_bytes, uint32_t *cursor, bool relative,
                const struct matcher_vars *);
bool bytes_extract(const struct byte_op *, struct tt_bytes, uint32_t *cursor, bool relative,
                   struct matcher_vars *);

static inline int64_t amount_of(const struct amount *a, const struct matcher_vars *vars)
{
    if (a->var < 0) {
        return a->value;
    }
    uint64_t v = vars->v[a->var & (RULE_VARS - 1)];
    return v > INT32_MAX ? INT32_MAX : (int64_t)v;
}

/* ---- judge.c: header, flow state, packet tests; and what happens when a rule holds ---- */
bool judge_ends(const struct plan *, const struct sight *);

/* A message of a TCP protocol needs an established connection, also
 * where its start was not seen. */
static inline bool judge_state(const struct plan *p, const struct sight *s)
{
    bool established =
        s->flow && (s->flow->state != TT_FLOW_NEW || (s->msg && s->flow->key.protocol == 6));
    return p->state == 1 ? established : !established;
}

static inline bool judge_header(const struct plan *p, const struct sight *s)
{
    if (!(p->directions & (s->ways ? s->ways : 1u << s->direction)) ||
        (p->state && !judge_state(p, s))) {
        return false;
    }
    if (p->ip & (IP_V4_ONLY | IP_V6_ONLY)) {
        uint8_t version = s->flow ? s->flow->ip_version : s->packet->ip_version;
        if (version != (p->ip & IP_V4_ONLY ? 4 : 6)) {
            return false;
        }
    }
    return (!p->addresses[0] && !p->addresses[1] && !p->ports[0] && !p->ports[1]) ||
           judge_ends(p, s);
}

bool judge_tests(const struct plan *, const struct tt_packet *);
bool judge_group(const struct group *, const struct sight *);
/* One of the field's values in the message holds. */
bool judge_list(const struct number *, const struct tt_msg *);

/* Place of a value that the message has: messages of a kind have theirs in the same places, so the
 * last one is looked at first. */
static inline unsigned place_of(struct tt_matcher *m, const struct tt_msg *msg, uint8_t field)
{
    unsigned k = m->at[field], last = msg->n_values - 1u;
    if (k > last || msg->values[k].field != field) {
        for (k = 0; k < last && msg->values[k].field != field; k++) {
        }
        m->at[field] = (uint16_t)k;
    }
    return k;
}

/* GROUP_NUMBER. */
static inline bool judge_numbers(struct tt_matcher *m, const struct group *g,
                                 const struct tt_msg *msg)
{
    for (unsigned i = 0; i < g->n_numbers; i++) {
        const struct number *n = &g->numbers[i];
        if (!tt_msg_has(msg, n->field)) {
            continue;
        }
        if (msg->hot[n->field].flags & TT_HOT_LIST) {
            if (judge_list(n, msg)) {
                return true;
            }
        } else if (number_holds(n, msg->values[place_of(m, msg, n->field)].u)) {
            return true;
        }
    }
    return false;
}

/* A check of a screen. */
static inline bool judge_check(struct tt_matcher *m, const struct check *c,
                               const struct tt_msg *msg)
{
    if (!tt_msg_has(msg, c->field)) {
        return false;
    }
    uint64_t v = msg->values[place_of(m, msg, c->field)].u;
    return ((v & c->mask) - c->low <= c->span) != c->inverted;
}

/* All groups of a rule in one sight. */
bool judge_groups(const struct plan *, const struct sight *);
/* True when a pass rule lets this packet go. */
bool judge_passes(const struct sight *);

static inline bool judge_passed(const struct sight *s)
{
    return s->m->passed == s->packet->number || (s->m->set->passes.n && judge_passes(s));
}

/* Raises the alert, or notes the pass. False: nothing more is to be judged for this packet. */
bool judge_fire(const struct plan *, const struct sight *);

/* ---- match.c ---- */
static inline void mark_rule(struct tt_matcher *m, uint32_t rule)
{
    uint32_t w = rule >> 6;
    m->marks[w] |= (uint64_t)1 << (rule & 63);
    m->first = w < m->first ? w : m->first;
    m->last = w > m->last ? w : m->last;
}

static inline void mark_list(struct tt_matcher *m, const struct rule_list *list)
{
    for (uint32_t i = 0; i < list->n; i++) {
        mark_rule(m, list->rules[i]);
    }
}

/* Directions that a message counts for: its own, and that of the question it answers (README). */
static inline uint8_t ways_of(const struct tt_tx *tx, const struct tt_msg *msg)
{
    unsigned ways = 1u << (msg->direction & 1);
    return (uint8_t)(tx && msg->tx_role != TT_TX_ALONE ? ways | 1u << (tx->asker & 1) : ways);
}

/* Its place among the rules that wait in the transaction, -1 = it does not. */
static inline int candidate_find(const struct tt_tx *tx, uint32_t rule)
{
    for (int i = 0; i < tx->n_candidates; i++) {
        if (tx->candidates[i].rule == rule) {
            return i;
        }
    }
    return -1;
}

static inline void candidate_keep(struct tt_matcher *m, struct tt_tx *tx, int slot, uint32_t rule,
                                  uint32_t met)
{
    if (slot < 0) {
        if (tx->n_candidates == sizeof tx->candidates / sizeof tx->candidates[0]) {
            m->counters[COUNT_CANDIDATES_FULL]++;
            return;
        }
        slot = tx->n_candidates++;
    }
    tx->candidates[slot].rule = rule;
    tx->candidates[slot].met = met;
}

/* Searches octets for the patterns and marks their rules. */
void mark_scan(struct tt_matcher *, const struct prefilter *, struct tt_bytes);

static inline void mark_clear(struct tt_matcher *m)
{
    m->first = UINT32_MAX;
    m->last = 0;
}

/* Takes the next marked rule off, in order; NULL = none left. */
static inline const struct plan *mark_next(struct tt_matcher *m)
{
    for (; m->first <= m->last; m->first++) {
        uint64_t word = m->marks[m->first];
        if (word) {
            m->marks[m->first] = word & (word - 1);
            m->counters[COUNT_JUDGED]++;
            return &m->set->plans[m->first * 64 + (unsigned)__builtin_ctzll(word)];
        }
    }
    mark_clear(m);
    return NULL;
}

/* ---- listed.c ---- */
/* Marks, of the rules that are listed for the message's kind or wait in its transaction, those that
 * are to be judged. Comes after all other marks: with none, rules may begin to wait. m->glance is
 * the message's. */
void mark_listed(struct tt_matcher *, const struct bench *, const struct tt_flow *, struct tt_tx *,
                 const struct tt_msg *, const struct tt_packet *);

/* ---- stream.c ---- */
struct carry *carry_new(void);
void carry_free(struct carry *);

#endif
