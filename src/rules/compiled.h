/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A loaded rule as the matcher sees it, and the set that holds all of them, written while loading
 * and only read afterwards; what a worker writes is in matcher.h. Internal to this room.
 *
 * A rule is a header (who to whom), tests of the packet, and groups. A group is one condition on a
 * message: a number keyword, an event, or one sticky buffer with the steps (content, pcre,
 * isdataat…) that one value of it must pass in order.
 */
#ifndef RULES_COMPILED_H
#define RULES_COMPILED_H

#include "base/arena.h"
#include "rules/prefilter.h"
#include "rules/rules.h"
#include "rules/screen.h"

#define RULE_OCTETS   8192 /* Suricata's longest rule */
#define RULE_OPTIONS  256
#define RULE_GROUPS   32 /* bits of tt_tx.candidates.met */
#define RULE_STEPS    96
#define RULE_VARS     8
#define RULE_TESTS    16
#define RULE_LITERAL  64 /* octets of a content that the prefilter sees */
#define ALL_KINDS     UINT64_MAX
#define CARRY_OCTETS  512
#define STEPS_LIMIT   3000 /* tries for one value of one group, as Suricata's recursion limit */
#define ALERTS_PACKET 15   /* Suricata's packet alert queue */

__extension__ typedef unsigned __int128 tt_u128;

struct address_range {
    tt_u128 lo, hi;
};

/* Disjoint ranges in ascending order; NULL in a rule = any. */
struct address_set {
    uint32_t n;
    struct address_range r[];
};

struct port_range {
    uint16_t lo, hi;
};

struct port_set {
    uint32_t n;
    struct port_range r[];
};

enum number_op {
    NUM_EQ,
    NUM_NE,
    NUM_LT,
    NUM_LE,
    NUM_GT,
    NUM_GE,
    NUM_IN,
    NUM_OUT,
    NUM_MASK,
    NUM_MASK_NOT
};

/* IN and OUT: a < v < b, exclusive. MASK: (v & a) == b. */
struct number {
    uint8_t op, field;
    uint64_t a, b;
};

enum step_type {
    STEP_CONTENT,
    STEP_PCRE,
    STEP_ISDATAAT,
    STEP_BSIZE,
    STEP_BYTE_TEST,
    STEP_BYTE_JUMP,
    STEP_BYTE_EXTRACT,
};

enum step_flag {
    STEP_NEGATED = 1,
    STEP_NOCASE = 2,
    STEP_RELATIVE = 4, /* starts from the end of the match before */
    STEP_STARTS = 8,
    STEP_ENDS = 16,
    STEP_OFFSET = 32,
    STEP_DEPTH = 64,
    STEP_DISTANCE = 128,
    STEP_WITHIN = 256,
    STEP_FAST = 512,
};

/* A number of a rule, or the variable that a byte_extract fills (var >= 0). */
struct amount {
    int32_t value;
    int32_t var;
};

struct regex; /* regex.c */

enum byte_format { BYTES_BIG, BYTES_LITTLE, BYTES_HEX, BYTES_DEC, BYTES_OCT };

struct byte_op {
    uint8_t n, format, op /* '<' '>' '=' 'l' (<=) 'g' (>=) '&' '^' */;
    bool negated, from_start, from_end;
    struct amount value, offset;
    int64_t post;
    uint32_t mask, multiplier, align;
    int8_t var; /* byte_extract: which one it fills */
};

struct step {
    uint8_t type; /* enum step_type */
    uint16_t flags;
    uint16_t n;               /* octets of text */
    uint16_t fast_at, fast_n; /* the part that fast_pattern:o,l chose; fast_n 0 = all */
    const uint8_t *text;      /* content; lower case with NOCASE */
    struct amount offset, depth, distance, within;
    struct number size; /* bsize */
    const struct regex *regex;
    const struct byte_op *bytes;
};

enum group_type {
    GROUP_NUMBER,   /* numbers: any of them */
    GROUP_EVENT,    /* an anomaly of the message, or one reported by name */
    GROUP_PROTOCOL, /* app-layer-protocol */
    GROUP_BUFFER,   /* a value of one of the fields passes all steps */
    GROUP_PAYLOAD,  /* the unit, the packet's payload or the stream passes all steps */
};

struct group {
    uint64_t kinds; /* message kinds that can meet it */
    uint8_t type;   /* enum group_type */
    bool negated, accepts_empty;
    uint16_t n_numbers, n_steps;
    const struct number *numbers;
    const struct step *steps;
    uint64_t fields[4]; /* BUFFER: bit set of rows */
    uint64_t anomalies; /* EVENT: bits of msg->anomalies */
    uint64_t event;     /* EVENT: hash of "keyword:name" */
    const char *name;   /* EVENT, PROTOCOL, or the keyword, for messages */
};

enum test_field {
    TEST_TTL,
    TEST_IP_PROTO,
    TEST_FLAGS,
    TEST_DSIZE,
    TEST_SAMEIP,
    TEST_WINDOW,
    TEST_SEQ,
    TEST_ACK
};

/* A condition on the packet's headers. */
struct test {
    uint8_t field; /* enum test_field */
    uint8_t mask;  /* FLAGS: those that are looked at */
    char mode;     /* FLAGS: 0 exactly, '+' all and any others, '*' any, '!' none */
    struct number number;
};

enum arrow { ARROW_ONE, ARROW_BOTH, ARROW_TRANSACTION };

/* Where a rule is judged: bits. 0 = loaded, not evaluated. */
enum place {
    PLACE_MESSAGE = 1,
    PLACE_STREAM = 2,
    PLACE_PACKET = 4,
    PLACE_FLOW = 8,   /* IP only: first packet of each direction */
    PLACE_EVENT = 16, /* events without a message */
};

enum ip_class {
    IP_TCP = 1,
    IP_UDP = 2,
    IP_ICMP = 4,
    IP_OTHER = 8,
    IP_V4_ONLY = 16,
    IP_V6_ONLY = 32
};

struct plan {
    struct tt_rule rule;
    const struct address_set *addresses[2]; /* source, destination; NULL = any */
    const struct port_set *ports[2];
    uint8_t arrow;      /* enum arrow */
    uint8_t directions; /* bit 0 to_server, bit 1 to_client */
    uint8_t state;      /* flow: 0 any, 1 established, 2 not_established */
    uint8_t place;      /* bits of enum place */
    uint8_t ip;         /* enum ip_class */
    uint8_t n_groups, n_tests;
    uint8_t anchor;   /* group that decides when the rule is looked at; n_groups = none */
    int16_t protocol; /* index into the set's protocols, -1 = none */
    bool alone;       /* all groups live in one message kind: no candidate is kept */
    bool absolute;    /* STREAM: some step counts from the start */
    bool stream_only, packet_only;
    uint16_t fast_step; /* of the anchor group, when it has a pattern */
    bool has_pattern;
    uint32_t early; /* groups that may be met before the anchor */
    const struct group *groups;
    const struct test *tests;
};

/* What one protocol (or kind of payload) and direction is searched with. */
struct bench {
    const struct prefilter *search;       /* of octets that are no message; NULL = no pattern */
    const struct prefilter *searches[64]; /* of messages, by kind */
    uint64_t pattern_fields[4];
    uint64_t listed_kinds;       /* kinds with rules in `listed` or `early` */
    struct rule_list listed[64]; /* rules without pattern, by kind of message */
    struct screen screens[64];   /* of messages: the same rules */
    struct rule_list early[64];  /* rules whose other groups may come before the anchor */
    uint64_t anomalies;          /* anomalies that a rule asks for */
    struct rule_list events;
};

struct protocol {
    const struct tt_dissector *dissector;
    struct bench bench[2];
    bool used;
};

/* With slot of packet_rules: TCP, UDP, ICMP, other. */
enum { SLOT_TCP, SLOT_UDP, SLOT_ICMP, SLOT_OTHER, N_SLOTS };

struct tt_ruleset {
    struct tt_arena arena;
    struct plan *plans; /* by index: those that are evaluated first, in the order of judging */
    uint32_t n_plans, n_evaluated, n_words;
    struct tt_ruleset_counts counts;
    struct protocol *protocols;
    uint32_t n_protocols, n_screens; /* screens: those that have glances */
    /* TCP in order, UDP payloads, TCP payloads one by one */
    struct bench stream[2], datagram[2], segment[2];
    struct rule_list packet_rules[N_SLOTS]; /* without content */
    struct rule_list flow_rules;            /* IP only */
    struct rule_list event_rules;           /* events without a message */
    struct rule_list passes;                /* header-only pass rules: judged on every packet */
    bool any_stream, any_packet;
    struct prefilter *searches; /* all, the last one first */
    size_t db_octets;
    const struct regex *regexes; /* chain, to be freed */
    struct classes *classes;     /* texts of classes: rules point into it */
};

struct matcher_vars {
    uint64_t v[RULE_VARS];
};

static inline bool amount_set(const struct amount *a)
{
    return a->value != 0 || a->var >= 0;
}

static inline uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static inline bool number_holds(const struct number *n, uint64_t v)
{
    switch (n->op) {
    case NUM_EQ:
        return v == n->a;
    case NUM_NE:
        return v != n->a;
    case NUM_LT:
        return v < n->a;
    case NUM_LE:
        return v <= n->a;
    case NUM_GT:
        return v > n->a;
    case NUM_GE:
        return v >= n->a;
    case NUM_IN:
        return v > n->a && v < n->b;
    case NUM_OUT:
        return v <= n->a || v >= n->b;
    case NUM_MASK:
        return (v & n->a) == n->b;
    default:
        return (v & n->a) != n->b;
    }
}

#endif
