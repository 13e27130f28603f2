/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the engine knows of a flow and a dissector may ask.
 */
#ifndef TELLTALE_FLOW_FACTS_H
#define TELLTALE_FLOW_FACTS_H

#include <stdint.h>

struct tt_msg;

enum tt_direction { TT_TO_SERVER = 0, TT_TO_CLIENT = 1 };
/* MESSAGES: not on the wire; what an inner protocol gets whole, one after the other. */
enum tt_transport { TT_TCP = 1, TT_UDP = 2, TT_MESSAGES = 4 };

/* Facts about the flow that a dissector's state may need, set by the engine in the first octet of
 * the state before the first unit: every state struct starts with this member. */
struct tt_flow_facts {
    /* the capture holds the start of the connection: state violations may be raised */
    uint8_t seen_start;
    uint8_t transport; /* TT_TCP or TT_UDP */
    uint8_t multicast; /* the server is a group */
    uint8_t reserved;
    uint32_t more;      /* the engine's: the flow's further octets, 0 = none yet */
    uint16_t port;      /* of the server: what names differ by, never proof */
    uint8_t subscriber; /* in GTP-U: from or to a subscriber of a mobile network; datagrams only */
    uint8_t spare;
};

/* The flow's further octets (more_size of its dissector), zeroed when they are taken; NULL where
 * there are none left (counted). */
void *tt_state_more(struct tt_flow_facts *, const struct tt_msg *);
/* The same, but takes none: NULL when the flow has none. */
void *tt_state_has_more(const struct tt_flow_facts *, const struct tt_msg *);
/* Gives them back. */
void tt_state_less(struct tt_flow_facts *, const struct tt_msg *);

#endif
