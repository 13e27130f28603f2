/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What does a flow speak? Each dissector is asked about the first octets of each direction; ports
 * only say who is asked first and how much proof is wanted. "Yes" decides; "maybe" needs units that
 * follow one another without a contradiction: three of them, or on a port of the protocol as many
 * as fill the segment exactly. Gives up after PROBE_OCTETS or PROBE_CHUNKS of a direction.
 */
#include "dissect/app.h"

static bool has_port(const struct tt_dissector *d, const struct tt_flow *f)
{
    uint16_t server = tt_flow_server_port(f), client = tt_flow_client_port(f);
    for (const uint16_t *q = d->ports; q && *q; q++) {
        if (*q == server || *q == client) {
            return true;
        }
    }
    return false;
}

enum tt_probe tt_probe_chain(const struct tt_dissector *d, const void *state,
                             enum tt_direction direction, struct tt_bytes b, bool sure)
{
    unsigned units = 0;
    while (b.n) {
        if (d->probe(b, direction) == TT_PROBE_NO) {
            return TT_PROBE_NO;
        }
        int64_t n = d->unit_length(state, b, direction);
        if (n < 0) {
            return TT_PROBE_NO;
        }
        if (n == 0 || n > b.n) {
            return TT_PROBE_MAYBE; /* what is there fits, the rest has to come */
        }
        if (++units == 3) {
            return TT_PROBE_YES;
        }
        b.p += n;
        b.n -= (uint32_t)n;
    }
    return sure && units > 0 ? TT_PROBE_YES : TT_PROBE_MAYBE;
}

static struct tt_app *make(struct tt_engine *e, struct tt_flow *f)
{
    if (f->app) {
        return f->app;
    }
    uint32_t i = tt_slab_take(&e->apps);
    if (i == TT_SLAB_NONE) {
        e->counters[C_APP_REFUSED]++;
        f->app = &tt_app_failed;
        return NULL;
    }
    struct tt_app *a = tt_slab_at(&e->apps, i);
    memset(a, 0, sizeof *a);
    a->dissector = 0xff;
    a->open = NO_TX;
    a->side[0].carry.piece = a->side[1].carry.piece = TT_SLAB_NONE;
    f->app = a;
    return a;
}

static void decide(struct tt_engine *e, struct tt_flow *f, unsigned index)
{
    struct tt_app *a = f->app;
    const struct tt_dissector *d = e->dissectors[index].d;
    a->dissector = (uint8_t)index;
    memset(a->state, 0, d->state_size);
    struct tt_flow_facts facts = {.seen_start = (f->flags & TT_FLOW_SEEN_SYN) != 0};
    memcpy(a->state, &facts, sizeof facts);
}

/* Does dissector i speak here? A dissector without units (datagrams) can only say yes. */
static enum tt_probe ask(const struct tt_engine *e, const struct tt_flow *f, unsigned i,
                         enum tt_direction direction, struct tt_bytes b)
{
    static const uint8_t empty_state[16384];
    const struct tt_dissector *d = e->dissectors[i].d;
    enum tt_probe verdict = d->probe(b, direction);
    if (verdict != TT_PROBE_MAYBE || f->key.protocol != 6 || !d->unit_length) {
        return verdict == TT_PROBE_MAYBE && has_port(d, f) && f->key.protocol != 6 ? TT_PROBE_YES
                                                                                   : verdict;
    }
    return tt_probe_chain(d, empty_state, direction, b, has_port(d, f));
}

static enum tt_probe give_up(struct tt_engine *e, struct tt_flow *f)
{
    struct tt_app *a = f->app;
    tt_carry_drop(e, &a->side[0].carry);
    tt_carry_drop(e, &a->side[1].carry);
    tt_slab_give(&e->apps, (uint32_t)((size_t)((uint8_t *)a - e->apps.base) / e->apps.piece));
    f->app = &tt_app_failed;
    e->counters[C_FAILED]++;
    return TT_PROBE_NO;
}

enum tt_probe tt_probe_octets(struct tt_engine *e, struct tt_flow *f, enum tt_direction direction,
                              struct tt_bytes b, uint32_t fresh)
{
    struct tt_app *a = make(e, f);
    if (!a) {
        return TT_PROBE_NO;
    }
    struct side *s = &a->side[direction];
    unsigned transport = f->key.protocol == 6 ? TT_TCP : TT_UDP;
    bool start = (f->flags & TT_FLOW_SEEN_SYN) && s->chunks == 0;
    unsigned left = 0, maybe = 0;
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < e->n_dissectors; i++) {
            const struct tt_dissector *d = e->dissectors[i].d;
            if (!(d->transport & transport) || (a->excluded[i / 8] >> (i % 8) & 1) ||
                has_port(d, f) != (round == 0)) {
                continue;
            }
            enum tt_probe verdict = ask(e, f, i, direction, b);
            if (verdict == TT_PROBE_YES) {
                decide(e, f, i);
                return TT_PROBE_YES;
            }
            maybe += verdict == TT_PROBE_MAYBE;
            /* What begins at the start of a connection and is not this protocol never will
             * be; in the middle it may. */
            if (verdict == TT_PROBE_NO && start && !has_port(d, f)) {
                a->excluded[i / 8] |= (uint8_t)(1u << (i % 8));
            } else {
                left++;
            }
        }
    }
    s->chunks = (uint16_t)(s->chunks + (!maybe || b.n >= GATHER_OCTETS));
    s->seen += fresh > PROBE_OCTETS ? PROBE_OCTETS : fresh;
    if (!left || s->seen >= PROBE_OCTETS || s->chunks >= PROBE_CHUNKS) {
        return give_up(e, f);
    }
    return maybe ? TT_PROBE_MAYBE : TT_PROBE_NO;
}
