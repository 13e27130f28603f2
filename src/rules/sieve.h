/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A first look at a message: four octets at every step-th place, each a bit in a table. When none
 * of them is of a literal, no literal is there, and the search is spared. Internal to this room.
 */
#ifndef RULES_SIEVE_H
#define RULES_SIEVE_H

#include "telltale/reader.h"

#define SIEVE_BITS 12

/* Written while loading, then only read. */
struct sieve {
    uint32_t step; /* octets from one place to the next */
    uint32_t words[1U << SIEVE_BITS];
};

/* False: none of the literals is in the octets. True: one may be. Fewer than four octets
 * are none. */
bool sieve_lets(const struct sieve *, struct tt_bytes);

#endif
