/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What literals are searched with: a database, and a sieve before it. Written while loading, then
 * only read. Internal to this room.
 */
#ifndef RULES_PREFILTER_H
#define RULES_PREFILTER_H

#include <hs/hs.h>

#include "rules/sieve.h"

struct rule_list {
    uint32_t n;
    const uint32_t *rules;
};

/* One database of literals, and whose they are. */
struct prefilter {
    hs_database_t *db;
    const struct sieve *sieve; /* of messages; NULL = straight to db */
    struct rule_list *owners;  /* by pattern */
    uint32_t n_patterns, shortest, longest;
    struct rule_list rules; /* all owners, in the order of the patterns */
    struct prefilter *next; /* of the set */
};

#endif
