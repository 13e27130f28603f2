/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Hashes and ids of a conversation. The table's hash is symmetric in the two endpoints (one
 * multiply each, added), keyed so that an attacker cannot aim at a bucket; the flow id that
 * is written uses a fixed key and the time of the first packet, so it is the same in every
 * run. Never looks at payload.
 */
#include "flow/table.h"

uint32_t tt_flow_pair_hash(const struct tt_packet *p, uint64_t secret)
{
    uint64_t sum = tt_flow_endpoint(&p->src, 0, secret) + tt_flow_endpoint(&p->dst, 0, secret);
    return (uint32_t)(tt_mum(sum ^ FLOW_MIX_B, secret ^ FLOW_MIX_C) >> 7);
}

uint64_t tt_flow_id(const struct tt_flow *f)
{
    uint64_t sum = tt_flow_endpoint(&f->key.low, f->key.low_port, FLOW_MIX_C) +
                   tt_flow_endpoint(&f->key.high, f->key.high_port, FLOW_MIX_C);
    uint64_t id =
        tt_mum(sum ^ (uint64_t)f->first, FLOW_MIX_A + f->key.carried) & UINT64_C(0x7ffffffffffff);
    return id ? id : 1;
}
