/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Address and port lists as disjoint ranges. Internal to this room.
 */
#ifndef RULES_RANGES_H
#define RULES_RANGES_H

#include "rules/draft.h"

/* Reads a list; *set is a struct address_set or port_set in the set's arena, NULL =
 * any. False after draft_fail. */
bool ranges_read(struct draft *, struct slice text, bool port, const void **set);

/* An address as a number: what address_range holds. */
tt_u128 address_number(const struct tt_address *);

#endif
