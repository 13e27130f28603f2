/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a message's numbers say of the rules that are listed for its kind, before one is marked:
 * distinct conditions are looked at once, and each rule is a comparison of bits. Internal to this
 * room.
 */
#ifndef RULES_SCREEN_H
#define RULES_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

/* One number of a row that comes once, as a range: holds when
 * ((v & mask) - low <= span) != inverted. */
struct check {
    uint64_t mask, low, span;
    uint8_t field;
    bool inverted;
    bool more; /* the next one is an alternative to it: together they are one bit */
};

#define CHECK_BITS  62
#define CHECK_NEVER ((uint64_t)1 << 63)

/* A rule of a kind's list with the bits that must be set for it to hold; groups that are no bits
 * may come on top. */
struct screened {
    uint64_t need, anchor; /* anchor: its bit, 0 = not among them */
    uint32_t rule;
    uint8_t n_groups; /* all are bits (at most four) and the header fits anybody's TCP; else 0 */
    uint8_t group[4]; /* number of the bit */
    bool alone;       /* as in the plan */
    uint8_t directions;
};

/* A rule that may wait in a transaction when a message of the kind comes: which of its groups the
 * message can meet. */
struct follower {
    uint32_t rule;
    uint32_t never;   /* groups that it cannot */
    uint8_t n_groups; /* of those below */
    uint8_t group[8]; /* number of the bit that must be set; CHECK_BITS = none tells */
};

#define FOLLOWERS     8
#define GLANCE_FIELDS 8

struct screen_fields {
    uint64_t of[4];
    uint32_t n_words; /* up to the last that is not 0 */
};

/* What the numbers of a message of one kind say of the rules that are listed for it. */
struct screen {
    const struct check *checks;
    const struct screened *rules;
    const struct follower *followers;
    struct screen_fields fields[2]; /* that the checks of rules look at; with those of followers */
    uint32_t n_checks, n_rules, n_followers;
    uint32_t glances; /* number of its glances from 1, 0 = none: too many fields, or no checks */
    bool early;       /* there are rules whose other groups may come before the anchor */
};

/* Rules that a message meets in part, and nothing else is known of: they
 * wait in the transaction. */
#define HALVES 4
struct halves {
    uint8_t n, room; /* room: 0 = such rules are marked */
    struct {
        uint32_t rule, met;
    } of[HALVES];
};

/* What a screen said of a message, and the numbers that made it say so: the octets of each struct
 * tt_value, which for a number are always the same. */
typedef uint64_t glance_words __attribute__((vector_size(16)));
struct glance_value {
    glance_words words;
    uint64_t place;
};

struct glance {
    uint64_t tag;  /* the message's place in its transaction; 0 = empty */
    uint32_t most; /* the last place of a number */
    uint8_t n;     /* numbers that are there */
    bool quiet;    /* no rule is to be judged or begins to wait */
    bool marks;    /* some rule is to be judged */
    uint64_t present[4];
    struct screen_fields fields; /* of the screen */
    struct glance_value seen[GLANCE_FIELDS];
    uint64_t held;
    struct halves halves;     /* when nothing is to be judged */
    uint32_t open[FOLLOWERS]; /* LAST: groups that the message surely does not meet */
};

#define GLANCES 4
struct glances {
    uint32_t next; /* that is overwritten */
    struct glance of[GLANCES];
};

#endif
