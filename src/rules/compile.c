/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Benches: for each protocol, direction and kind of message, one Hyperscan database of the rules'
 * literals (block mode, one match for each) and a list of the rules that have none (performance.md
 * 3). Equal literals of many rules are one pattern; kinds with the same literals share a database.
 */
#include <stdlib.h>

#include "rules/draft.h"

struct pattern {
    const uint8_t *p;
    uint32_t n, rule;
    bool nocase;
};

struct vector {
    uint32_t *v;
    uint32_t n, cap;
};

struct builder {
    struct tt_ruleset *set;
    const struct tt_rules_options *options;
    struct tt_error *error;
    struct pattern *patterns; /* room for all rules */
    uint32_t n_patterns;
    uint32_t *members; /* rules of the bench being built */
    uint32_t n_members;
    struct vector list;
};

/* What is too common in M2M traffic to be a good sign, and how much it costs (performance.md 3). */
static const struct {
    const char *text;
    unsigned penalty;
} common[] = {
    {"\"ts\"", 40},   {"state", 20},  {"/telemetry", 40}, {"telemetry", 30}, {"temp", 15},
    {"value", 20},    {"{\"", 10},    {"\":", 10},        {":true", 20},     {":false", 20},
    {"status", 20},   {"sensor", 20}, {"device", 20},     {"time", 15},      {"\"id\"", 20},
    {"humidity", 20}, {"mqtt", 15},   {"http", 15},       {"data", 15},      {"home", 10},
    {"/set", 5},      {"/cmnd/", 10}, {"\r\n", 10},       {"www.", 15},      {".com", 15},
};

/* Long and unusual is good: a new letter or digit counts 3, other printable 4, zero and 0xff 4, the
 * rest 6; repeats count 1. */
unsigned literal_score(const uint8_t *p, uint32_t n)
{
    bool seen[256] = {false};
    unsigned score = 0, penalty = 0;
    n = n < RULE_LITERAL ? n : RULE_LITERAL;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t c = lower(p[i]);
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        score += seen[c]                                                    ? 1
                 : word                                                     ? 3
                 : (c >= 0x20 && c < 0x7f) || c == 0 || c == 1 || c == 0xff ? 4
                                                                            : 6;
        seen[c] = true;
    }
    for (unsigned i = 0; i < sizeof common / sizeof common[0]; i++) {
        if (memmem(p, n, common[i].text, strlen(common[i].text))) {
            penalty = common[i].penalty > penalty ? common[i].penalty : penalty;
        }
    }
    if (n < 4) {
        penalty += (4 - n) * 4; /* short ones hit by chance */
    }
    return score > penalty ? score - penalty : 1;
}

static bool push(struct vector *v, uint32_t rule)
{
    if (v->n == v->cap) {
        uint32_t cap = v->cap ? v->cap * 2 : 256;
        uint32_t *p = realloc(v->v, cap * sizeof *p);
        if (!p) {
            return false;
        }
        v->v = p;
        v->cap = cap;
    }
    v->v[v->n++] = rule;
    return true;
}

/* The vector's rules as a list of the set; empties the vector. */
static struct rule_list settle(struct builder *b)
{
    struct rule_list list = {b->list.n, NULL};
    if (list.n) {
        size_t n = list.n * sizeof *b->list.v;
        list.rules = memcpy(tt_arena_alloc(&b->set->arena, n), b->list.v, n);
    }
    b->list.n = 0;
    return list;
}

struct tt_bytes plan_literal(const struct plan *p)
{
    const struct step *s = &p->groups[p->anchor].steps[p->fast_step];
    uint32_t n = s->fast_n ? s->fast_n : s->n;
    return (struct tt_bytes){s->text + s->fast_at, n < RULE_LITERAL ? n : RULE_LITERAL};
}

static struct pattern pattern_of(const struct tt_ruleset *set, uint32_t rule)
{
    const struct plan *p = &set->plans[rule];
    const struct step *s = &p->groups[p->anchor].steps[p->fast_step];
    struct tt_bytes literal = plan_literal(p);
    return (struct pattern){literal.p, literal.n, rule, (s->flags & STEP_NOCASE) != 0};
}

static int compare(const struct pattern *x, const struct pattern *y)
{
    if (x->nocase != y->nocase || x->n != y->n) {
        return x->nocase != y->nocase ? x->nocase - y->nocase : x->n < y->n ? -1 : 1;
    }
    return memcmp(x->p, y->p, x->n);
}

static int by_text(const void *a, const void *b)
{
    const struct pattern *x = a, *y = b;
    int d = compare(x, y);
    return d ? d : x->rule < y->rule ? -1 : x->rule > y->rule;
}

/* The kinds and fields that patterns of the members can be in; the kinds. */
static uint64_t note_patterns(const struct builder *b, struct bench *out)
{
    uint64_t kinds = 0;
    for (uint32_t i = 0; i < b->n_members; i++) {
        const struct plan *p = &b->set->plans[b->members[i]];
        if (p->has_pattern) {
            const struct group *g = &p->groups[p->anchor];
            kinds |= g->kinds;
            for (int k = 0; k < 4; k++) {
                out->pattern_fields[k] |= g->fields[k];
            }
        }
    }
    return kinds;
}

/* Patterns of the members that messages of these kinds can have; ALL_KINDS: all of them. */
static void collect(struct builder *b, uint64_t kinds)
{
    b->n_patterns = 0;
    for (uint32_t i = 0; i < b->n_members; i++) {
        const struct plan *p = &b->set->plans[b->members[i]];
        if (p->has_pattern && (kinds == ALL_KINDS || p->groups[p->anchor].kinds & kinds)) {
            b->patterns[b->n_patterns++] = pattern_of(b->set, b->members[i]);
        }
    }
    if (b->n_patterns) {
        qsort(b->patterns, b->n_patterns, sizeof *b->patterns, by_text);
    }
}

/* A search that was made for just these patterns; NULL: none. */
static const struct prefilter *find_search(const struct builder *b)
{
    for (const struct prefilter *s = b->set->searches; s; s = s->next) {
        uint32_t i = 0;
        while (s->rules.n == b->n_patterns && i < b->n_patterns &&
               s->rules.rules[i] == b->patterns[i].rule) {
            i++;
        }
        if (i == b->n_patterns) {
            return s;
        }
    }
    return NULL;
}

/* Patterns with their owners: equal literals share one. first[i] = index
 * of pattern i's first row. */
static bool dedupe(struct builder *b, struct prefilter *out, uint32_t *first)
{
    out->shortest = UINT32_MAX;
    out->longest = 0;
    out->owners = tt_arena_alloc(&b->set->arena, b->n_patterns * sizeof *out->owners);
    for (uint32_t i = 0; i < b->n_patterns; i++) {
        const struct pattern *p = &b->patterns[i];
        if (i == 0 || compare(&b->patterns[i - 1], p) != 0) {
            if (i) {
                out->owners[out->n_patterns - 1] = settle(b);
            }
            first[out->n_patterns++] = i;
            out->shortest = p->n < out->shortest ? p->n : out->shortest;
            out->longest = p->n > out->longest ? p->n : out->longest;
        }
        if (!push(&b->list, p->rule)) {
            return tt_fail(b->error, "no memory for the rules' patterns");
        }
    }
    out->owners[out->n_patterns - 1] = settle(b);
    for (uint32_t i = 0; i < b->n_patterns; i++) {
        if (!push(&b->list, b->patterns[i].rule)) {
            return tt_fail(b->error, "no memory for the rules' patterns");
        }
    }
    out->rules = settle(b);
    return true;
}

enum outcome { DONE, AGAIN, FAILED };

/* Names the rule of the pattern that Hyperscan refuses; it is judged without
 * a prefilter from now on. */
static enum outcome refused(struct builder *b, const struct prefilter *out,
                            const hs_compile_error_t *e)
{
    struct tt_error error = {0};
    if (e->expression < 0 || (uint32_t)e->expression >= out->n_patterns) {
        tt_fail(b->error, "patterns cannot be compiled: %s", e->message);
        return FAILED;
    }
    const struct rule_list *owners = &out->owners[e->expression];
    for (uint32_t i = 0; i < owners->n; i++) {
        struct plan *p = &b->set->plans[owners->rules[i]];
        p->has_pattern = false;
        tt_fail(&error, "sid %u: its longest content cannot be prefiltered (%s): the rule is slow",
                p->rule.sid, e->message);
        tt_fail_at(&error, p->rule.file, p->rule.line, 1);
        if (b->options->report) {
            b->options->report(b->options->ctx, &error, false);
        }
    }
    return AGAIN;
}

static enum outcome compile(struct builder *b, struct prefilter *out)
{
    /* For the machine that searches: with AVX2 a scan takes an eighth fewer instructions, and in
     * time the extensions are alike (performance.md 3). */
    hs_platform_info_t platform = {.tune = HS_TUNE_FAMILY_GENERIC};
    (void)hs_populate_platform(&platform);
    uint32_t n = b->n_patterns;
    uint32_t *first = calloc(n, sizeof *first);
    const char **texts = malloc(n * sizeof *texts);
    unsigned *flags = malloc(n * sizeof *flags), *ids = malloc(n * sizeof *ids);
    size_t *lengths = malloc(n * sizeof *lengths);
    hs_compile_error_t *e = NULL;
    enum outcome outcome = FAILED;
    if (!first || !texts || !flags || !ids || !lengths) {
        tt_fail(b->error, "no memory for the rules' patterns");
    } else if (dedupe(b, out, first)) {
        for (uint32_t i = 0; i < out->n_patterns; i++) {
            const struct pattern *p = &b->patterns[first[i]];
            texts[i] = (const char *)p->p;
            lengths[i] = p->n;
            flags[i] = HS_FLAG_SINGLEMATCH | (p->nocase ? HS_FLAG_CASELESS : 0u);
            ids[i] = i;
        }
        hs_error_t r = hs_compile_lit_multi(texts, flags, ids, lengths, out->n_patterns,
                                            HS_MODE_BLOCK, &platform, &out->db, &e);
        outcome = r == HS_SUCCESS ? DONE : refused(b, out, e);
        hs_free_compile_error(e);
    }
    free(first);
    free(texts);
    free(flags);
    free(ids);
    free(lengths);
    return outcome;
}

/* Rules without a pattern, for each kind of message that their anchor can be; and what
 * may come before the anchor. */
static bool list_kinds(struct builder *b, struct bench *out)
{
    const struct plan *plans = b->set->plans;
    for (unsigned k = 0; k < 64; k++) {
        uint64_t kind = (uint64_t)1 << k;
        for (uint32_t i = 0; i < b->n_members; i++) {
            const struct plan *p = &plans[b->members[i]];
            bool event = p->anchor < p->n_groups && p->groups[p->anchor].type == GROUP_EVENT;
            uint64_t kinds = p->anchor < p->n_groups ? p->groups[p->anchor].kinds : ALL_KINDS;
            if (!p->has_pattern && !event && kinds & kind && !push(&b->list, b->members[i])) {
                return false;
            }
        }
        out->listed[k] = settle(b);
        for (uint32_t i = 0; i < b->n_members; i++) {
            const struct plan *p = &plans[b->members[i]];
            uint64_t kinds = 0;
            for (unsigned g = 0; g < p->n_groups; g++) {
                kinds |= (p->early >> g) & 1 ? p->groups[g].kinds : 0;
            }
            if (kinds & kind && !push(&b->list, b->members[i])) {
                return false;
            }
        }
        out->early[k] = settle(b);
        out->listed_kinds |= out->listed[k].n || out->early[k].n ? kind : 0;
    }
    for (uint32_t i = 0; i < b->n_members; i++) {
        const struct plan *p = &plans[b->members[i]];
        if (p->anchor < p->n_groups && p->groups[p->anchor].type == GROUP_EVENT) {
            out->anomalies |= p->groups[p->anchor].anomalies;
            if (!push(&b->list, b->members[i])) {
                return false;
            }
        }
    }
    out->events = settle(b);
    return true;
}

/* The search for the patterns that are collected. */
static enum outcome search_new(struct builder *b, bool messages, const struct prefilter **out)
{
    *out = b->n_patterns ? find_search(b) : NULL;
    if (*out || !b->n_patterns) {
        return DONE;
    }
    struct prefilter *s = tt_arena_alloc(&b->set->arena, sizeof *s);
    memset(s, 0, sizeof *s);
    enum outcome outcome = compile(b, s);
    if (outcome != DONE) {
        return outcome;
    }
    s->next = b->set->searches;
    b->set->searches = s;
    s->sieve = messages ? sieve_new(b->set, s) : NULL;
    size_t n = 0;
    if (hs_database_size(s->db, &n) == HS_SUCCESS) {
        b->set->db_octets += n;
    }
    *out = s;
    return DONE;
}

static enum outcome search_kinds(struct builder *b, struct bench *out, uint64_t kinds)
{
    enum outcome outcome = DONE;
    for (unsigned k = 0; k < 64 && outcome == DONE; k++) {
        if (kinds >> k & 1) {
            collect(b, (uint64_t)1 << k);
            outcome = search_new(b, true, &out->searches[k]);
        }
    }
    return outcome;
}

/* Builds the bench of the members; other = the opposite direction's, which it takes over when it
 * is the same. */
static bool build(struct builder *b, struct bench *out, const struct bench *other, bool same,
                  bool messages)
{
    enum outcome outcome = DONE;
    if (b->n_members == 0) {
        return true;
    }
    if (same) {
        *out = *other;
        return true;
    }
    do {
        memset(out, 0, sizeof *out);
        uint64_t kinds = note_patterns(b, out);
        if (messages) {
            outcome = search_kinds(b, out, kinds);
        } else {
            collect(b, ALL_KINDS);
            outcome = search_new(b, false, &out->search);
        }
    } while (outcome == AGAIN);
    if (outcome == FAILED) {
        return false;
    }
    return list_kinds(b, out) || tt_fail(b->error, "no memory for the lists of rules");
}

static bool in_message(const struct plan *p, int which)
{
    return p->place & PLACE_MESSAGE && p->protocol == which;
}

static bool in_stream(const struct plan *p, int which)
{
    (void)which;
    return p->place & PLACE_STREAM;
}

/* which: bit of the transport */
static bool in_payload(const struct plan *p, int which)
{
    return p->place & PLACE_PACKET && p->n_groups &&
           p->groups[p->n_groups - 1].type == GROUP_PAYLOAD && p->ip & which &&
           (which == IP_UDP || p->packet_only);
}

/* An answer counts for the direction of its question too. Patterns are not searched for there: they
 * are in questions, and the transaction remembers them. */
static bool goes(const struct plan *p, unsigned direction)
{
    return (p->directions >> direction) & 1 || (p->place & PLACE_MESSAGE && !p->has_pattern);
}

static bool build_pair(struct builder *b, struct bench out[2],
                       bool (*member)(const struct plan *, int), int which)
{
    bool same = false;
    for (unsigned d = 0; d < 2; d++) {
        b->n_members = 0;
        uint32_t one_way = 0;
        for (uint32_t i = 0; i < b->set->n_evaluated; i++) {
            const struct plan *p = &b->set->plans[i];
            if (member(p, which)) {
                one_way += !goes(p, 0) || !goes(p, 1);
                if (goes(p, d)) {
                    b->members[b->n_members++] = i;
                }
            }
        }
        same = d == 1 && one_way == 0;
        if (!build(b, &out[d], &out[0], same, member == in_message)) {
            return false;
        }
    }
    return true;
}

static bool has_payload(const struct plan *p)
{
    return p->n_groups && p->groups[p->n_groups - 1].type == GROUP_PAYLOAD;
}

/* Lists of rules that are judged without looking for octets. */
static bool list_packets(struct builder *b)
{
    struct tt_ruleset *set = b->set;
    bool good = true;
    for (unsigned slot = 0; slot < N_SLOTS; slot++) {
        for (uint32_t i = 0; i < set->n_evaluated; i++) {
            const struct plan *p = &set->plans[i];
            if (p->place & PLACE_PACKET && !has_payload(p) && (p->ip >> slot) & 1) {
                good = good && push(&b->list, i);
            }
        }
        set->packet_rules[slot] = settle(b);
    }
    for (uint32_t i = 0; i < set->n_evaluated; i++) {
        if (set->plans[i].place & PLACE_FLOW) {
            good = good && push(&b->list, i);
        }
    }
    set->flow_rules = settle(b);
    for (uint32_t i = 0; i < set->n_evaluated; i++) {
        if (set->plans[i].place & PLACE_EVENT) {
            good = good && push(&b->list, i);
        }
    }
    set->event_rules = settle(b);
    for (uint32_t i = 0; i < set->n_evaluated; i++) {
        const struct plan *p = &set->plans[i];
        if (p->rule.action == TT_ACTION_PASS && p->n_groups == 0 && p->protocol < 0) {
            good = good && push(&b->list, i);
        }
    }
    set->passes = settle(b);
    return good || tt_fail(b->error, "no memory for the lists of rules");
}

bool benches_build(struct tt_ruleset *set, const struct tt_rules_options *options,
                   struct tt_error *error)
{
    struct builder b = {.set = set, .options = options, .error = error};
    uint32_t room = set->n_evaluated + 1;
    b.patterns = malloc(room * sizeof *b.patterns);
    b.members = malloc(room * sizeof *b.members);
    bool good = b.patterns && b.members;
    for (uint32_t i = 0; good && i < set->n_protocols; i++) {
        struct protocol *p = &set->protocols[i];
        good = build_pair(&b, p->bench, in_message, (int)i) &&
               screens_build(set, &p->bench[0], (int16_t)i) &&
               screens_build(set, &p->bench[1], (int16_t)i);
        for (uint32_t k = 0; k < set->n_evaluated && !set->protocols[i].used; k++) {
            set->protocols[i].used = in_message(&set->plans[k], (int)i);
        }
    }
    good = good && build_pair(&b, set->stream, in_stream, 0) &&
           build_pair(&b, set->datagram, in_payload, IP_UDP) &&
           build_pair(&b, set->segment, in_payload, IP_TCP) && list_packets(&b);
    for (uint32_t i = 0; i < set->n_evaluated; i++) {
        set->any_stream |= (set->plans[i].place & PLACE_STREAM) != 0;
        set->any_packet |= (set->plans[i].place & (PLACE_PACKET | PLACE_FLOW)) != 0;
    }
    free(b.patterns);
    free(b.members);
    free(b.list.v);
    return good;
}

void benches_free(struct tt_ruleset *set)
{
    for (const struct prefilter *s = set->searches; s; s = s->next) {
        hs_free_database(s->db);
    }
}
