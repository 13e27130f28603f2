/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which system a receiver runs, by its address: octets that overlap are read differently by each,
 * and what the receiver reads is what counts. Names and syntax as Suricata's host-os-policy. What a
 * system does with overlaps is the matter of the rooms that put octets together.
 */
#ifndef CONFIG_RECEIVERS_H
#define CONFIG_RECEIVERS_H

#include "config/config.h"
#include "telltale/packet.h"

enum tt_receiver {
    TT_RECEIVER_LINUX, /* as of 4.19 and later */
    TT_RECEIVER_FIRST, /* what came first stays */
    TT_RECEIVER_LAST,  /* what came last stays */
    TT_RECEIVER_BSD,
    TT_RECEIVER_WINDOWS, /* up to XP and 2003 */
    TT_RECEIVER_VISTA,   /* Windows since Vista */
    TT_RECEIVER_WINDOWS2K3,
    TT_RECEIVER_BSD_RIGHT,
    TT_RECEIVER_OLD_LINUX,
    TT_RECEIVER_SOLARIS,
    TT_RECEIVER_OLD_SOLARIS,
    TT_RECEIVER_HPUX10,
    TT_RECEIVER_HPUX11,
    TT_RECEIVER_IRIX,
    TT_RECEIVER_MACOS,
    TT_RECEIVERS
};

/* In the order of enum tt_receiver, ended by NULL. */
extern const char *const tt_receiver_names[TT_RECEIVERS + 1];

#define TT_RECEIVER_PREFIXES 4096 /* the most that may be named */

struct tt_receivers;

/* From the options stream.policy (of everybody else) and host-os-policy (system to list of
 * addresses and prefixes). NULL: *e names the entry and the place in it. */
struct tt_receivers *tt_receivers_new(const struct tt_config *c, struct tt_error *e);
void tt_receivers_free(struct tt_receivers *r);

/* The system at this address: of the longest prefix that holds it. r may be NULL: Linux. */
enum tt_receiver tt_receivers_of(const struct tt_receivers *r, const struct tt_address *a);

#endif
