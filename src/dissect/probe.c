/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What does a flow speak? Owns the choice of a dissector: whose ports a flow uses, what is decided
 * when one said yes, and giving up. Asks about datagrams itself: "yes" decides, "maybe" does on a
 * port of the protocol. Where units start in a stream is seek.c's.
 */
#include "dissect/app.h"

bool tt_probe_port(const struct tt_dissector *d, const struct tt_flow *f)
{
    uint16_t server = tt_flow_server_port(f), client = tt_flow_client_port(f);
    for (const uint16_t *q = d->ports; q && *q; q++) {
        if (*q == server || *q == client) {
            return true;
        }
    }
    return false;
}

struct tt_app *tt_probe_app(struct tt_engine *e, struct tt_flow *f)
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
    a->unsettled = 3;
    for (unsigned d = 0; d < 2; d++) {
        a->side[d].carry.piece = a->side[d].seek = TT_SLAB_NONE;
        a->side[d].marked = true;
    }
    f->app = a;
    return a;
}

void tt_probe_decide(struct tt_engine *e, struct tt_flow *f, unsigned dissector)
{
    struct tt_app *a = f->app;
    const struct tt_dissector *d = e->dissectors[dissector].d;
    a->dissector = (uint8_t)dissector;
    a->side[0].scan = a->side[1].scan = UINT32_MAX;
    memset(a->state, 0, d->state_size);
    struct tt_flow_facts facts = {.seen_start = (f->flags & TT_FLOW_SEEN_SYN) != 0};
    memcpy(a->state, &facts, sizeof facts);
}

void tt_probe_give_up(struct tt_engine *e, struct tt_flow *f)
{
    struct tt_app *a = f->app;
    tt_seek_drop(e, &a->side[0]);
    tt_seek_drop(e, &a->side[1]);
    tt_slab_give(&e->apps, (uint32_t)((size_t)((uint8_t *)a - e->apps.base) / e->apps.piece));
    f->app = &tt_app_failed;
    e->counters[C_FAILED]++;
}

bool tt_probe_datagram(struct tt_engine *e, struct tt_flow *f, enum tt_direction direction,
                       struct tt_bytes b)
{
    struct tt_app *a = tt_probe_app(e, f);
    if (!a) {
        return false;
    }
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < e->n_dissectors; i++) {
            const struct tt_dissector *d = e->dissectors[i].d;
            bool port = tt_probe_port(d, f);
            if (!(d->transport & TT_UDP) || port != (round == 0)) {
                continue;
            }
            enum tt_probe verdict = d->probe(b, direction);
            if (verdict == TT_PROBE_YES || (verdict == TT_PROBE_MAYBE && port)) {
                tt_probe_decide(e, f, i);
                return true;
            }
        }
    }
    struct side *s = &a->side[direction];
    s->seen += b.n > PROBE_OCTETS ? PROBE_OCTETS : b.n;
    s->scan++; /* of a datagram's flow: how many were no one's */
    if (s->seen >= PROBE_OCTETS || s->scan >= PROBE_PACKETS) {
        tt_probe_give_up(e, f);
    }
    return false;
}
