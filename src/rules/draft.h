/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A rule while it is read: the option parsers add to the draft, finish.c makes the plan of it.
 * Control plane only. Parsers return false after draft_fail, which names the place by a
 * pointer into the rule's text.
 */
#ifndef RULES_DRAFT_H
#define RULES_DRAFT_H

#include "rules/compiled.h"

/* n octets of the rule's text; not NUL-terminated. */
struct slice {
    const char *p;
    uint32_t n;
};

struct option {
    struct slice name, value; /* trimmed */
    bool has_value;           /* there was a ':' */
};

/* A keyword that the dissectors' rows make. */
struct derived {
    int16_t protocol; /* index into the set's protocols */
    bool is_buffer;
    uint16_t n_fields;
    uint8_t fields[16]; /* rows of the same class that share the keyword */
    uint64_t kinds;     /* message kinds that can hold one of them */
};

struct draft;
typedef bool option_fn(struct draft *, const struct option *);

enum keyword_use { KEYWORD_BARE = 1 /* takes no value */, KEYWORD_VALUE = 2 /* needs one */ };

struct keyword {
    const char *name;
    option_fn *parse; /* NULL for derived ones and for those that are known but not evaluated */
    uint8_t use;      /* enum keyword_use; 0 = both */
    const struct derived *derived; /* from rows */
    const char *needs;             /* known, not evaluated: what it would need ("http") */
};

#define DRAFT_BREAKS 128

struct draft {
    struct tt_ruleset *set;
    const struct tt_rules_options *options;
    const struct keyword_index *keywords;
    const struct classes *classes;
    struct set_cache *cache;
    struct tt_error *error;
    struct tt_arena *scratch; /* forgotten with the draft */
    struct slice text;        /* the whole rule, joined, NUL-terminated */
    const char *file;
    uint32_t line; /* of the first octet */
    struct {
        uint32_t at, line;
    } breaks[DRAFT_BREAKS]; /* where physical lines begin in text */
    uint32_t n_breaks;

    struct plan plan;
    const char *vars[RULE_VARS];
    uint32_t n_steps, n_metadata, n_references, n_vars;
    uint32_t n_groups;
    int open_group; /* index of the buffer group that takes the next content, -1 = none yet */
    bool has_sid, has_priority, has_flow, has_fast, has_severity, wants_skip;
    uint8_t meta_severity;
    int8_t class_priority;
    struct slice header_protocol;
    char why_not[192]; /* first reason why it is loaded but not evaluated, "" = evaluated */
    const char *why_at;

    /* From here on not cleared for the next rule: the counts above say what is valid. */
    struct group groups[RULE_GROUPS];
    struct step steps[RULE_STEPS];
    uint16_t first_step[RULE_GROUPS];
    struct test tests[RULE_TESTS];
    struct tt_pair metadata[128], references[64];
};

/* Errors: `at` points into the rule's text. Always false. */
bool draft_fail(struct draft *, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The rule stays loaded but is not evaluated; the first reason counts. Always true. */
bool draft_idle(struct draft *, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Line and column of a place in the text. */
void draft_place(const struct draft *, const char *at, uint32_t *line, uint32_t *column);

/* Reads one rule (joined text in draft->text). False: rejected, draft->error says why. */
bool draft_read(struct draft *);
/* Turns the finished draft into *out (memory of the set). False: rejected. */
bool draft_finish(struct draft *, struct plan *out);

/* ---- slices ---- */
bool slice_is(struct slice, const char *word); /* ignores case */
struct slice slice_trim(struct slice);
/* Cuts the part before the next `by` off *rest; false when nothing is left. */
bool slice_next(struct slice *rest, char by, struct slice *part);
bool slice_uint(struct slice, uint64_t max, uint64_t *out); /* decimal or 0x */
bool slice_int(struct slice, int64_t min, int64_t max, int64_t *out);
/* Without the quotes around it; false when only one is there. */
bool slice_unquote(struct slice *);
const char *slice_copy(struct tt_arena *, struct slice);
/* A number, or the name of a variable of this rule. */
bool amount_read(struct draft *, struct slice, int64_t min, int64_t max, struct amount *);
#define SLICE(s) (int)(s).n, (s).p

/* ---- header.c ---- */
bool header_read(struct draft *, struct slice header);

/* ---- ranges.c ---- */
struct set_cache *set_cache_new(void);
void set_cache_free(struct set_cache *);

/* ---- keywords.c ---- */
struct keyword_index *keyword_index_new(struct tt_ruleset *);
void keyword_index_free(struct keyword_index *);
const struct keyword *keyword_find(const struct keyword_index *, struct slice name);
/* The i-th of them, NULL at the end. */
const struct keyword *keyword_at(const struct keyword_index *, uint32_t i);
const char *keyword_nearest(const struct keyword_index *, struct slice name);
/* Kinds of message that can hold the row: those that its path begins with, or any. */
uint64_t row_kinds(const struct tt_dissector *, const struct tt_field *);
/* Parses a derived keyword's option. */
bool derived_read(struct draft *, const struct keyword *, const struct option *);
/* Group that takes contents now; opens a payload group when there is
 * none. NULL after draft_fail. */
struct group *draft_buffer(struct draft *);
struct group *draft_group(struct draft *, enum group_type, const char *at);
/* One more step in the open buffer; NULL after draft_fail. */
struct step *draft_step(struct draft *, enum step_type, const char *at);

/* ---- names.c: known to Suricata, not to telltale ---- */
extern const struct tt_pair names_protocols[]; /* key = protocol, value = what it needs */
extern const struct tt_pair names_keywords[];
extern const struct tt_pair names_older[]; /* a name, and the one that a row gives for the same */
extern const char *const names_events[];   /* mqtt events of Suricata and its app-layer ones */

/* ---- the options, each with its file ---- */
extern const struct keyword meta_keywords[], content_keywords[], byte_keywords[], header_keywords[];
extern const struct keyword regex_keywords[];

/* ---- number.c: one grammar for integers ---- */
bool number_read(struct draft *, struct slice, uint64_t max, struct number *);

/* ---- classify.c ---- */
struct classes *classes_new(const char *classification, const char *reference, struct tt_error *);
void classes_free(struct classes *);
/* Name as listed, long text and priority (memory of the classes); false
 * when the class is unknown. */
bool class_find(const struct classes *, struct slice name, struct tt_rule *, int8_t *priority);
const char *class_nearest(const struct classes *, const char *name);
/* URL prefix of a reference key, NULL = unknown. */
const char *reference_prefix(const struct classes *, const char *key);

/* ---- regex.c ---- */
const struct regex *regex_chain_free(const struct regex *);

/* ---- screen.c ---- */
/* Fills the screens of a protocol's bench from its lists. False: no memory. */
bool screens_build(struct tt_ruleset *, struct bench *, int16_t protocol);

/* ---- sieve.c ---- */
/* For a search that has its patterns; NULL: it would not help. */
const struct sieve *sieve_new(struct tt_ruleset *, const struct prefilter *);

/* ---- compile.c ---- */
/* The octets that stand for a rule that has a pattern. */
struct tt_bytes plan_literal(const struct plan *);
bool benches_build(struct tt_ruleset *, const struct tt_rules_options *, struct tt_error *);
void benches_free(struct tt_ruleset *);
unsigned literal_score(const uint8_t *p, uint32_t n);

#endif
