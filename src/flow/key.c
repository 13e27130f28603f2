/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Hashes and ids of a conversation. The table's hash is symmetric in the two endpoints (one
 * multiply each, added), keyed so that an attacker cannot aim at a bucket; the flow id that
 * is written uses a fixed key and the time of the first packet, so it is the same in every
 * run. Never looks at payload.
 */
#include "base/hash.h"
#include "flow/table.h"

#define MIX_A UINT64_C(0x9e3779b97f4a7c15)
#define MIX_B UINT64_C(0xd6e8feb86659fd93)
#define MIX_C UINT64_C(0xa0761d6478bd642f) /* so that a small secret mixes as well as a large one */

static inline uint64_t endpoint(const struct tt_address *a, uint16_t port, uint64_t secret)
{
    return tt_mum(tt_load64(a->b) ^ MIX_B ^ secret ^ ((uint64_t)port << 24),
                  tt_load64(a->b + 8) ^ MIX_A ^ secret);
}

uint32_t tt_flow_pair_hash(const struct tt_packet *p, uint64_t secret)
{
    uint64_t sum = endpoint(&p->src, 0, secret) + endpoint(&p->dst, 0, secret);
    return (uint32_t)(tt_mum(sum ^ MIX_B, secret ^ MIX_C) >> 7);
}

uint32_t tt_flow_packet_hash(const struct tt_packet *p, uint64_t secret)
{
    uint64_t sum = endpoint(&p->src, p->sport, secret) + endpoint(&p->dst, p->dport, secret);
    return (uint32_t)(tt_mum(sum ^ MIX_B, (secret ^ MIX_C) + p->protocol) >> 7);
}

uint64_t tt_flow_id(const struct tt_flow *f)
{
    uint64_t sum = endpoint(&f->key.low, f->key.low_port, MIX_C) +
                   endpoint(&f->key.high, f->key.high_port, MIX_C);
    uint64_t id =
        tt_mum(sum ^ (uint64_t)f->first, MIX_A + f->key.protocol) & UINT64_C(0x7ffffffffffff);
    return id ? id : 1;
}
