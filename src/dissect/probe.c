/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What does a flow speak? Owns the choice of a dissector: whose ports a flow uses, what is decided
 * when one said yes, and giving up. Asks about datagrams itself: "yes" decides, "maybe" does on a
 * port of the protocol; elsewhere the datagram waits for a second one that proves it, and then both
 * are messages, the first with the number and time that it came with. Where units start in a stream
 * is seek.c's.
 */
#include "dissect/app.h"

/* Longest datagram that may wait, with what is known of it. */
#define WAITING_OCTETS 2048

/* Stands before the octets of a datagram that waits. */
struct waiting {
    uint64_t maybe; /* dissectors whose it may be */
    uint64_t number;
    int64_t time;
    uint32_t count;
};

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
        a->side[d].work[0] = a->side[d].work[1] = SEEK_WORK;
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
    const uint8_t *to = tt_flow_server(f)->b;
    bool v4 = tt_address_is_v4(tt_flow_server(f));
    struct tt_flow_facts facts = {.seen_start = (f->flags & TT_FLOW_SEEN_SYN) != 0,
                                  .transport = f->key.protocol == 6 ? TT_TCP : TT_UDP,
                                  .port = tt_flow_server_port(f),
                                  .multicast = v4 ? to[12] >> 4 == 14 : to[0] == 0xff};
    memcpy(a->state, &facts, sizeof facts);
}

void tt_probe_free_app(struct tt_engine *e, struct tt_app *a)
{
    tt_seek_drop(e, &a->side[0]);
    tt_seek_drop(e, &a->side[1]);
    tt_slab_give(&e->apps, (uint32_t)((size_t)((uint8_t *)a - e->apps.base) / e->apps.piece));
}

void tt_probe_give_up(struct tt_engine *e, struct tt_flow *f)
{
    tt_probe_free_app(e, f->app);
    f->app = &tt_app_failed;
    e->counters[C_FAILED]++;
}

/* A datagram that waits, without what stands before it. */
static struct tt_bytes waiting_at(const struct tt_engine *e, const struct carry *c,
                                  struct waiting *out)
{
    struct tt_bytes b = tt_carry_octets(e, c);
    memcpy(out, b.p, sizeof *out);
    return (struct tt_bytes){b.p + sizeof *out, b.n - (uint32_t)sizeof *out};
}

static void wait(struct tt_engine *e, struct tt_app *a, enum tt_direction d, struct tt_bytes b,
                 uint64_t maybe, const struct tt_packet *p)
{
    struct waiting w = {.maybe = maybe};
    struct carry *c = &a->side[d].carry;
    tt_carry_drop(e, c);
    if (maybe == 0 || b.n > WAITING_OCTETS - sizeof w) {
        return;
    }
    if (p) {
        w.number = p->number;
        w.time = p->time;
        w.count = p->count;
    }
    uint32_t n = (uint32_t)sizeof w + b.n;
    if (!tt_carry_add(e, c, (const uint8_t *)&w, sizeof w, n) || !tt_carry_add(e, c, b.p, b.n, n)) {
        tt_carry_drop(e, c);
    }
}

/* The dissector that b and a datagram that waits prove together, -1 = none. */
static int confirmed(const struct tt_engine *e, const struct tt_app *a, enum tt_direction d,
                     struct tt_bytes b, uint64_t maybe)
{
    for (unsigned from = 0; from < 2; from++) {
        struct waiting w;
        if (a->side[from].carry.piece == TT_SLAB_NONE) {
            continue;
        }
        struct tt_bytes first = waiting_at(e, &a->side[from].carry, &w);
        for (uint64_t left = w.maybe & maybe; left; left &= left - 1) {
            unsigned i = (unsigned)__builtin_ctzll(left);
            const struct tt_dissector *dis = e->dissectors[i].d;
            if (!dis->confirm || dis->confirm(first, (enum tt_direction)from, b, d)) {
                return (int)i;
            }
        }
    }
    return -1;
}

/* One that waited is a message now: as if its packet were here. */
static void replay(struct tt_engine *e, struct tt_flow *f, enum tt_direction from,
                   enum tt_direction d, const struct tt_packet *p)
{
    struct carry held = f->app->side[from].carry;
    struct waiting w;
    struct tt_bytes b = waiting_at(e, &held, &w);
    f->app->side[from].carry = (struct carry){.piece = TT_SLAB_NONE};
    if (p && w.maybe >> f->app->dissector & 1) {
        struct tt_packet was = *p;
        was.number = w.number;
        was.time = w.time;
        was.count = w.count;
        was.payload = b.p;
        was.payload_length = b.n;
        if (from != d) {
            was.src = p->dst;
            was.dst = p->src;
            was.sport = p->dport;
            was.dport = p->sport;
        }
        tt_pair_datagram(e, f, from, b, &was);
    } else if (w.maybe >> f->app->dissector & 1) {
        tt_pair_datagram(e, f, from, b, NULL);
    }
    tt_carry_drop(e, &held);
}

static bool in_gtp_u(const struct tt_packet *p)
{
    bool found = false;
    for (unsigned i = 0; p && p->n_tunnels && i < p->tunnels->n; i++) {
        found |= p->tunnels->of[i].kind == TT_TUNNEL_GTP_U;
    }
    return found;
}

/* The flow speaks dissector i: what waited comes first, in the order in which it came. */
static void begin(struct tt_engine *e, struct tt_flow *f, unsigned i, enum tt_direction d,
                  const struct tt_packet *p)
{
    struct waiting w[2] = {{.number = UINT64_MAX}, {.number = UINT64_MAX}};
    tt_probe_decide(e, f, i);
    const uint8_t subscriber = in_gtp_u(p);
    memcpy(f->app->state + offsetof(struct tt_flow_facts, subscriber), &subscriber, 1);
    for (unsigned k = 0; k < 2; k++) {
        if (f->app->side[k].carry.piece != TT_SLAB_NONE) {
            (void)waiting_at(e, &f->app->side[k].carry, &w[k]);
        }
    }
    unsigned first = w[1].number < w[0].number;
    for (unsigned k = 0; k < 2; k++) {
        if (f->app->side[first ^ k].carry.piece != TT_SLAB_NONE) {
            replay(e, f, (enum tt_direction)(first ^ k), d, p);
        }
    }
}

/* What a dissector says, heeding ports. NO, MAYBE or YES. */
static enum tt_probe verdict_of(const struct tt_dissector *d, const struct tt_flow *f,
                                enum tt_direction direction, struct tt_bytes b)
{
    enum tt_probe verdict = (d->probe_datagram ? d->probe_datagram : d->probe)(b, direction);
    if (verdict == TT_PROBE_MAYBE && tt_probe_port(d, f)) {
        return TT_PROBE_YES;
    }
    if (verdict != TT_PROBE_PORT) {
        return verdict;
    }
    /* only the first datagram of a flow, to the port */
    const struct side *s = f->app->side;
    uint16_t to = direction == TT_TO_SERVER ? tt_flow_server_port(f) : tt_flow_client_port(f);
    for (const uint16_t *q = d->ports; q && *q && s[0].scan + s[1].scan == 0; q++) {
        if (*q == to) {
            return TT_PROBE_YES;
        }
    }
    return TT_PROBE_NO;
}

bool tt_probe_datagram(struct tt_engine *e, struct tt_flow *f, enum tt_direction direction,
                       struct tt_bytes b, const struct tt_packet *p)
{
    struct tt_app *a = tt_probe_app(e, f);
    uint64_t maybe = 0;
    int found = -1;
    if (!a) {
        return false;
    }
    const unsigned n = e->n_dissectors;
    for (unsigned k = 0; k < 2 * n && found < 0; k++) {
        unsigned i = k < n ? k : k - n; /* those whose port it is are asked first */
        const struct tt_dissector *d = e->dissectors[i].d;
        if (!(d->transport & TT_UDP) || tt_probe_port(d, f) != (k < n)) {
            continue;
        }
        enum tt_probe verdict = verdict_of(d, f, direction, b);
        found = verdict == TT_PROBE_YES ? (int)i : -1;
        maybe |= (uint64_t)(verdict == TT_PROBE_MAYBE) << i;
    }
    found = found < 0 && maybe ? confirmed(e, a, direction, b, maybe) : found;
    if (found >= 0) {
        begin(e, f, (unsigned)found, direction, p);
        return true;
    }
    wait(e, a, direction, b, maybe, p);
    struct side *s = &a->side[direction];
    s->seen += b.n > PROBE_OCTETS ? PROBE_OCTETS : b.n;
    s->scan++; /* of a datagram's flow: how many were no one's */
    if (s->seen >= PROBE_OCTETS || s->scan >= PROBE_PACKETS) {
        tt_probe_give_up(e, f);
    }
    return false;
}
