/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Places where bodies that come in several units are put together (tt_dissector.body_size): a ring
 * of the engine for all flows, since few are under way at a time.
 */
#ifndef TELLTALE_BODY_H
#define TELLTALE_BODY_H

#include "telltale/dissect.h"

/* A place of body_size octets, not zeroed; *ticket names it from now on. There are only so many:
 * the oldest of all flows is given up for a new one (counted). NULL: there are none at all. */
void *tt_body_take(struct tt_msg *, uint32_t *ticket);
/* NULL: it was given up. */
void *tt_body_at(const struct tt_msg *, uint32_t ticket);
/* No longer needed; its octets stay until the message is gone. *ticket is 0 then. */
void tt_body_give(struct tt_msg *, uint32_t *ticket);

#endif
