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

/* What the numbers of a message of one kind say of the rules that are listed for it. */
struct screen {
    const struct check *checks;
    const struct screened *rules;
    uint32_t n_checks, n_rules;
    uint8_t directions; /* of all rules */
};

#endif
