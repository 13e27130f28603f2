/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Messages against rules (decisions 4): one scan of the unit marks rules by their literals, lists
 * by kind mark the others, and what is marked is judged in order. A rule whose groups are met by
 * several messages of a transaction keeps one bit for each met group there. Never allocates; every
 * structure is bounded and every overflow is counted.
 */
#include <stdlib.h>

#include "rules/glance.h"

#define PASSED_MARK UINT32_MAX /* in tt_tx.alerted[0]: a pass rule let the transaction go */

static const struct tt_counter rows[N_COUNTERS] = {
    [COUNT_ALERTS] = {"detect.alert", "alerts raised by rules, before thresholds", "alerts", 0},
    [COUNT_PASSED] = {"telltale.rules.passed", "packets and messages that a pass rule let go",
                      "times", 0},
    [COUNT_SCANS] = {"telltale.rules.scans", "searches for the literals of rules", "scans", 0},
    [COUNT_JUDGED] = {"telltale.rules.judged", "rules judged after a literal or kind fitted",
                      "rules", 0},
    [COUNT_ALERTS_LIMITED] = {"detect.alert_queue_overflow",
                              "alerts beyond 15 of one packet: not raised", "alerts", 1},
    [COUNT_CANDIDATES_FULL] = {"telltale.rules.candidates_refused",
                               "rules half met by a transaction that already had four", "rules", 1},
    [COUNT_ALERTED_FULL] = {"telltale.rules.repeats_possible",
                            "alerts that could not be remembered on their transaction", "alerts",
                            0},
    [COUNT_STEPS_LIMIT] = {"telltale.rules.steps_limit",
                           "searches for contents given up after 3000 tries", "searches", 1},
    [COUNT_PCRE_LIMIT] = {"telltale.rules.pcre_limit", "expressions given up at their limits",
                          "searches", 1},
    [COUNT_CARRY_FULL] = {"telltale.rules.carry_refused",
                          "flows whose stream was searched chunk by chunk only", "flows", 1},
    [COUNT_SCAN_ERRORS] = {"telltale.rules.scan_errors", "searches that failed", "scans", 1},
};

/* ---- marks ---- */

static int on_literal(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                      void *ctx)
{
    struct tt_matcher *m = ctx;
    (void)from;
    (void)to;
    (void)flags;
    mark_list(m, &m->scanning->owners[id]);
    return 0;
}

void mark_scan(struct tt_matcher *m, const struct prefilter *s, struct tt_bytes octets)
{
    if (octets.n < s->shortest) {
        return;
    }
    m->scanning = s;
    m->counters[COUNT_SCANS]++;
    if (hs_scan(s->db, (const char *)octets.p, octets.n, 0, m->scratch, on_literal, m) !=
        HS_SUCCESS) {
        m->counters[COUNT_SCAN_ERRORS]++;
    }
}

/* The same with a sieve, or none, before it. */
static inline void mark_sifted(struct tt_matcher *m, const struct prefilter *s,
                               struct tt_bytes octets)
{
    if (octets.n >= s->shortest) {
        if (!s->sieve || sieve_lets(s->sieve, octets)) {
            mark_scan(m, s, octets);
        } else {
            m->counters[COUNT_SCANS]++;
        }
    }
}

/* ---- what a transaction remembers ---- */

static void drop_candidate(struct tt_tx *tx, int i)
{
    tx->n_candidates--;
    tx->candidates[i] = tx->candidates[tx->n_candidates];
}

#define ALERTED (sizeof((struct tt_tx *)0)->alerted / sizeof(uint32_t))

/* The rule as a number that is never 0. */
static uint32_t alert_key(const struct plan *p)
{
    return p->rule.index + 1;
}

static bool has_alerted(const struct tt_tx *tx, uint32_t key)
{
    for (unsigned i = 0; i < ALERTED && tx->alerted[i]; i++) {
        if (tx->alerted[i] == key) {
            return true;
        }
    }
    return false;
}

static void remember_alert(struct tt_matcher *m, struct tt_tx *tx, uint32_t key)
{
    for (unsigned i = 0; i < ALERTED; i++) {
        if (!tx->alerted[i]) {
            tx->alerted[i] = key;
            return;
        }
    }
    /* it may alert again on this transaction: better than never */
    m->counters[COUNT_ALERTED_FULL]++;
}

/* ---- messages ---- */

/* Groups met so far by the transaction and this message; 0 in *failed while
 * all may still come true. */
static uint32_t meet(const struct plan *p, const struct sight *s, uint32_t met, bool keep,
                     bool *failed)
{
    uint64_t kind = (uint64_t)1 << (s->msg->kind & 63);
    uint32_t before = met;
    *failed = false;
    for (unsigned i = 0; i < p->n_groups; i++) {
        uint32_t bit = 1u << i;
        if (met & bit) {
            continue;
        }
        if (p->groups[i].kinds & kind &&
            (p->groups[i].type == GROUP_NUMBER ? judge_numbers(s->m, &p->groups[i], s->msg)
                                               : judge_group(&p->groups[i], s))) {
            met |= bit;
        } else if (!keep) {
            *failed = true;
            return met;
        }
    }
    /* Without the anchor only groups that never share a message with it count: see finish.c. */
    uint32_t all = (uint32_t)(((uint64_t)1 << p->n_groups) - 1);
    if (met != all && p->anchor < p->n_groups && !((met >> p->anchor) & 1)) {
        met = before | (met & p->early);
    }
    *failed = met != all;
    return met;
}

/* False: a pass rule ended the judging. */
static bool judge_message(const struct plan *p, const struct sight *s)
{
    struct tt_tx *tx = s->tx;
    bool several = tx && s->msg->tx_role != TT_TX_ALONE;
    uint32_t key = alert_key(p);
    uint8_t transport = s->flow->key.protocol == 17 ? IP_UDP : IP_TCP;
    if (!(p->ip & transport) || (several && has_alerted(tx, key)) || !judge_header(p, s) ||
        (p->n_tests && !judge_tests(p, s->packet))) {
        return true;
    }
    bool keep = several && !p->alone && s->msg->tx_role != TT_TX_LAST;
    int slot = several && !p->alone ? candidate_find(tx, p->rule.index) : -1;
    uint32_t before = slot >= 0 ? tx->candidates[slot].met : 0;
    bool failed;
    uint32_t met = meet(p, s, before, keep, &failed);
    if (failed) {
        if (keep && met != before) {
            candidate_keep(s->m, tx, slot, p->rule.index, met);
        }
        return true;
    }
    if (slot >= 0) {
        drop_candidate(tx, slot);
    }
    if (several) {
        remember_alert(s->m, tx, key);
    }
    bool more = judge_fire(p, s);
    if (!more && several) {
        tx->alerted[0] = PASSED_MARK;
    }
    return more;
}

/* Values that lie outside the unit (a topic behind its alias) are searched by themselves. */
static void scan_values(struct tt_matcher *m, const struct bench *b, const struct prefilter *s,
                        const struct tt_msg *msg)
{
    const uint8_t *low = msg->unit.p, *high = low + msg->unit.n;
    for (unsigned i = 0; i < msg->n_values; i++) {
        const struct tt_value *v = &msg->values[i];
        if (v->offset != 0xffff || v->n == 0 ||
            !((b->pattern_fields[v->field >> 6] >> (v->field & 63)) & 1)) {
            continue;
        }
        if ((uintptr_t)v->p < (uintptr_t)low || (uintptr_t)v->p >= (uintptr_t)high) {
            mark_sifted(m, s, (struct tt_bytes){v->p, v->n});
        }
    }
}

static const struct protocol *protocol_of(struct tt_matcher *m, const struct tt_dissector *d)
{
    if (m->dissector != d) {
        m->dissector = d;
        m->protocol = NULL;
        for (uint32_t i = 0; i < m->set->n_protocols; i++) {
            if (m->set->protocols[i].dissector == d) {
                m->protocol = &m->set->protocols[i];
            }
        }
    }
    return m->protocol;
}

static __attribute__((noinline)) void judge_marked(struct tt_matcher *m, struct tt_flow *flow,
                                                   struct tt_tx *tx, const struct tt_msg *msg,
                                                   const struct tt_packet *packet)
{
    struct sight s = {.m = m,
                      .flow = flow,
                      .tx = tx,
                      .msg = msg,
                      .packet = packet,
                      .payload = msg->unit,
                      .direction = (enum tt_direction)(msg->direction & 1),
                      .ways = ways_of(tx, msg)};
    bool judging = !(tx && tx->alerted[0] == PASSED_MARK) && !judge_passed(&s);
    for (const struct plan *r; (r = mark_next(m)) != NULL;) {
        judging = judging && judge_message(r, &s);
    }
}

/* What the transaction remembers is of an older set. */
static __attribute__((noinline)) void forget(struct tt_tx *tx, uint8_t generation)
{
    tx->n_candidates = 0;
    memset(tx->alerted, 0, sizeof tx->alerted);
    tx->reserved = generation;
}

void tt_matcher_message(struct tt_matcher *m, struct tt_flow *flow, struct tt_tx *tx,
                        const struct tt_msg *msg, const struct tt_packet *packet)
{
    const struct protocol *p = protocol_of(m, msg->dissector);
    if (!p || !p->used || !packet) {
        return;
    }
    if (tx && tx->reserved != m->generation) {
        forget(tx, m->generation);
    }
    const struct bench *b = &p->bench[msg->direction & 1];
    unsigned k = msg->kind & 63;
    const struct prefilter *search = b->searches[k];
    if (search) {
        mark_sifted(m, search, msg->unit);
        if (msg->outside) {
            scan_values(m, b, search, msg);
        }
    }
    if (b->anomalies & msg->anomalies) {
        mark_list(m, &b->events);
    }
    if ((b->listed_kinds >> k) & 1 || (tx && tx->n_candidates)) {
        const struct screen *s = &b->screens[k];
        const struct glance *g = s->glances ? glance_find(m, s, tx, msg) : NULL;
        if (!g || !g->quiet || (tx && tx->n_candidates)) {
            m->glance = g;
            mark_listed(m, b, flow, tx, msg, packet);
        }
    }
    if (m->first <= m->last) {
        judge_marked(m, flow, tx, msg, packet);
    }
}

bool tt_matcher_wants_streams(const struct tt_matcher *m)
{
    return m->set->any_stream;
}

bool tt_matcher_wants_packets(const struct tt_matcher *m)
{
    return m->set->any_packet;
}

/* ---- life ---- */

static bool prepare(struct tt_matcher *m, const struct tt_ruleset *set)
{
    bool good = true;
    for (const struct prefilter *s = set->searches; good && s; s = s->next) {
        good = hs_alloc_scratch(s->db, &m->scratch) == HS_SUCCESS;
    }
    free(m->marks);
    free(m->glances);
    m->marks = calloc(set->n_words + 1, sizeof *m->marks);
    m->glances = calloc(set->n_screens + 1, sizeof *m->glances);
    if (set->any_stream && !m->carry) {
        m->carry = carry_new();
        good = good && m->carry;
    }
    m->set = set;
    m->dissector = NULL;
    m->protocol = NULL;
    mark_clear(m);
    return good && m->marks && m->glances;
}

struct tt_matcher *tt_matcher_new(const struct tt_ruleset *set,
                                  void (*hit)(void *ctx, const struct tt_hit *), void *ctx)
{
    struct tt_matcher *m = calloc(1, sizeof *m);
    if (!m) {
        return NULL;
    }
    m->hit = hit;
    m->ctx = ctx;
    m->pass_asked = m->passed = UINT64_MAX;
    if (!regex_run_new(&m->regex) || !prepare(m, set)) {
        tt_matcher_free(m);
        return NULL;
    }
    return m;
}

void tt_matcher_use(struct tt_matcher *m, const struct tt_ruleset *set)
{
    m->generation++;
    m->pass_asked = UINT64_MAX;
    if (!prepare(m, set)) {
        abort(); /* memory at start-up and reload is not negotiable: base/arena.h */
    }
}

void tt_matcher_free(struct tt_matcher *m)
{
    if (!m) {
        return;
    }
    hs_free_scratch(m->scratch);
    regex_run_free(&m->regex);
    carry_free(m->carry);
    free(m->marks);
    free(m->glances);
    free(m);
}

struct tt_counter_set tt_matcher_counters(const struct tt_matcher *m)
{
    return (struct tt_counter_set){rows, m->counters, N_COUNTERS};
}
