/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Who is behind an address. Worker side (claim.c): the facts of a transaction's messages, one claim
 * for each that was granted. Shard side (identity.c): claims in output order, and what is new in
 * them.
 */
#ifndef DEVICE_CLAIM_H
#define DEVICE_CLAIM_H

#include "base/counter.h"
#include "dissect/engine.h"
#include "telltale/window.h"

/* ---- worker side ---- */

struct tt_claims;
typedef void tt_claim_fn(void *ctx, const struct tt_claim *);

/* max: transactions with facts that are open at once; 0 = 16 Ki. Facts of more are refused. */
struct tt_claims *tt_claims_new(uint32_t max, tt_claim_fn *, void *ctx);
void tt_claims_free(struct tt_claims *);
/* A message that has something to say (msg->claim), and its transaction, whose claim is kept. */
void tt_claims_message(struct tt_claims *, const struct tt_flow *, struct tt_tx *,
                       const struct tt_msg *);
/* The end of a transaction with a claim: it is told where the transaction was granted. packet may
 * be NULL: then nothing is told. */
void tt_claims_end(struct tt_claims *, const struct tt_flow *, struct tt_tx *, enum tt_tx_end,
                   const struct tt_packet *);
struct tt_counter_set tt_claims_counters(const struct tt_claims *);

/* ---- shard side ---- */

enum tt_identity_part {
    TT_PART_IP,
    TT_PART_IPV6,
    TT_PART_IMSI,
    TT_PART_IMEI,
    TT_PART_IMEISV, /* the device's software, of the same device */
    TT_PART_MSISDN,
    TT_PART_MAC,
    TT_PART_NAME, /* client_id or endpoint */
    TT_PARTS
};

/* What holds from `since` on, or held until `until`. */
struct tt_identity {
    const struct tt_claim *claim; /* that showed it */
    struct tt_claim facts;        /* all that is known: ips, imsi, imei, msisdn, mac, name */
    char device[32 + TT_CLAIM_NAME];
    int64_t since, until; /* 0 = not known, not over */
    uint32_t changed;     /* bit: enum tt_identity_part that was another before */
};

typedef void tt_identity_fn(void *ctx, const struct tt_identity *);

struct tt_identities;

/* max: bindings known at once (0 = 100,000); the one that was not heard of for longest makes room.
 * Keys by sessions and addresses are kept in lines of eight; the oldest of a line goes. */
struct tt_identities *tt_identities_new(uint32_t max, uint64_t secret, tt_identity_fn *, void *ctx);
void tt_identities_free(struct tt_identities *);
/* In output order. Says what is new by the function given: a binding, a change of it, its end. */
void tt_identities_claim(struct tt_identities *, const struct tt_claim *);
struct tt_counter_set tt_identities_counters(const struct tt_identities *);

#endif
