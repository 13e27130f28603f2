/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where do units start in a stream: at first, after a hole, after octets that were none? Looks at
 * one octet after the other and keeps the places at which units may start until one of them is
 * proven, so that the answer depends on the octets and never on the segments they came in:
 * - at the beginning of a connection and at marks (enum place) a dissector that says "yes" decides,
 *   and so do three units that follow one another; on a port of the protocol, or where the protocol
 *   is known, one unit without an anomaly does, too;
 * - anywhere else, where the protocol is known, its "yes", three units of which two are without an
 *   anomaly, or eight; in a flow that is joined later and speaks nothing known, three without, or
 *   eight;
 * - units that end exactly at a mark or where the stream ends are proven with less.
 * A unit is judged by its own octets only. The first proof wins; of several the earliest start.
 * What waits is bounded: SEEK_OCTETS of a direction, SEEK_STARTS places; and what is looked at
 * (seek.h).
 */
#include "dissect/seek.h"

static struct look look_at(struct tt_engine *e, struct tt_flow *f, enum tt_direction d)
{
    struct look l = {e, f, &f->app->side[d], &e->seek, d, tt_app_known(f->app), false};
    if (l.s->seek == TT_SLAB_NONE) {
        l.k->n = 0;
        l.k->wake = UINT32_MAX;
    } else {
        memcpy(l.k, tt_slab_at(&e->seeks, l.s->seek), sizeof *l.k);
    }
    return l;
}

void tt_seek_drop(struct tt_engine *e, struct side *s)
{
    tt_carry_drop(e, &s->carry);
    s->pending = false;
    if (s->seek != TT_SLAB_NONE) {
        tt_slab_give(&e->seeks, s->seek);
        s->seek = TT_SLAB_NONE;
    }
}

/* Puts the starts back for the next call. */
static void put_back(struct look *l)
{
    struct side *s = l->s;
    if (s->seek == TT_SLAB_NONE) {
        if (l->k->n == 0 && s->pending) {
            return;
        }
        s->seek = l->k->n ? tt_slab_take(&l->e->seeks) : TT_SLAB_NONE;
    }
    if (s->seek == TT_SLAB_NONE || (l->k->n == 0 && !s->pending)) {
        l->e->counters[C_CARRY_REFUSED] += l->k->n != 0;
        tt_seek_drop(l->e, s);
        return;
    }
    memcpy(tt_slab_at(&l->e->seeks, l->s->seek), l->k, sizeof *l->k);
}

/* A mark, or the end, is at `at`: whose units end there? */
static struct start *ending(const struct look *l, uint32_t at)
{
    for (uint32_t i = 0; i < l->k->n; i++) {
        struct start *x = &l->k->starts[i];
        if (x->at == at && x->units > (x->place == ANYWHERE) && look_at_home(l, x)) {
            return x;
        }
    }
    return NULL;
}

/* The beginning of this direction, or what followed it, is not in the capture. */
static bool joined_later(const struct look *l)
{
    return !(l->f->flags & TT_FLOW_SEEN_SYN) || (l->f->flags & TT_FLOW_GAP << l->d);
}

/* The octet at i of this direction: which starts does it allow? */
static void admit(struct look *l, struct tt_bytes all, uint32_t i)
{
    struct side *s = l->s;
    if (s->pending && i) {
        tt_start_admit(l, ANYWHERE, i - 1, all.p + i - 1);
    }
    s->pending = false;
    if (s->marked) {
        s->marked = false;
        s->scan = l->known ? UINT32_MAX : joined_later(l) ? SCAN_OCTETS : 0;
        tt_start_admit(l, s->seen || joined_later(l) ? MARKED : BEGINNING, i, all.p + i);
    } else if (s->scan) {
        TT_LOOKED(1);
        look_pays(l, ANYWHERE, 1);
        s->scan -= s->scan != UINT32_MAX;
        s->pending = l->e->first[l->d][all.p[i]] & look_may_speak(l);
    }
}

/* One more octet: more may be looked at. */
static void earn(struct side *s)
{
    int32_t mark = SEEK_MARK_WORK + (s->marked ? SEEK_TURN_WORK : 0);
    s->work[0] += s->work[0] < SEEK_OCTETS ? mark : 0;
    s->work[1] += s->work[1] < SEEK_OCTETS ? SEEK_ANY_WORK : 0;
}

/* Looks at the octets behind the first `from`. Returns the start that is proven, or NULL. */
static struct start *look(struct look *l, struct tt_bytes all, uint32_t from)
{
    struct side *s = l->s;
    for (uint32_t i = from; i < all.n; i++) {
        struct start *x = s->marked ? ending(l, i) : NULL;
        if (x) {
            return x;
        }
        earn(s);
        admit(l, all, i);
        s->seen |= 1;
        x = l->k->wake <= i + 1 ? tt_start_ask(l, (struct tt_bytes){all.p, i + 1}) : NULL;
        if (x) {
            return x;
        }
    }
    return NULL;
}

/* Keeps the octets from the first possible start on; `before` of them are carried already. What is
 * in front of it stays until it is the greater part, so that no octet is moved twice. */
static void keep(struct look *l, struct tt_bytes all, uint32_t before)
{
    struct seek *k = l->k;
    struct carry *c = &l->s->carry;
    uint32_t cut = k->n ? k->starts[0].from : all.n - l->s->pending;
    uint32_t kept = all.n - cut;
    if (before && cut < (all.n > SEEK_OCTETS ? kept : 3 * kept)) {
        return;
    }
    if (l->known) {
        l->e->counters[C_UNSYNCED_OCTETS] += cut;
    }
    if (before && cut) {
        c->n -= cut;
        TT_LOOKED(c->n);
        memmove(tt_slab_at(&l->e->carries[c->class], c->piece), all.p + cut, c->n);
    }
    if (cut < all.n && !before && !tt_carry_add(l->e, c, all.p + cut, all.n - cut, 256)) {
        k->n = 0;
        l->s->pending = false;
    }
    for (uint32_t i = 0; i < k->n; i++) {
        k->starts[i].from = (uint16_t)(k->starts[i].from - cut);
        k->starts[i].at = (uint16_t)(k->starts[i].at - cut);
        k->starts[i].wake -= cut;
    }
    k->wake -= k->wake < cut || k->wake == UINT32_MAX ? 0 : cut;
    if (k->n == 0 && !l->s->pending) {
        tt_carry_drop(l->e, c);
    }
}

static void settle(struct look *l, const struct tt_packet *p)
{
    struct tt_app *a = l->f->app;
    a->unsettled &= (uint8_t) ~(1 << l->d);
    l->s->seen |= 1;
    if (l->s->lost) {
        l->e->counters[C_RESYNC]++;
        l->e->sink.anomaly(l->e->sink.ctx, l->f, l->d, A_RESYNC, p);
    }
}

/* The octets of this direction from `from` on are units: takes them out of the side. */
static struct carry take_carry(struct look *l)
{
    struct carry held = l->s->carry;
    l->s->carry = (struct carry){.piece = TT_SLAB_NONE};
    tt_seek_drop(l->e, l->s);
    return held;
}

static void frame_carried(struct look *l, uint32_t from, const struct tt_packet *p)
{
    struct carry held = take_carry(l);
    struct tt_bytes b = tt_carry_octets(l->e, &held);
    l->e->counters[C_UNSYNCED_OCTETS] += l->known ? from : 0;
    settle(l, p);
    tt_frame_run(l->e, l->f, l->d, (struct tt_bytes){b.p + from, b.n - from}, p);
    tt_carry_drop(l->e, &held);
}

/* It is known now what the flow speaks: what waited for that in direction d comes first. */
static void other_waits(struct tt_engine *e, struct tt_flow *f, enum tt_direction d,
                        const struct tt_packet *p)
{
    struct look l = look_at(e, f, d);
    struct tt_bytes all = tt_carry_octets(e, &l.s->carry);
    for (uint32_t i = 0; i < l.k->n;) {
        struct start *x = &l.k->starts[i];
        if (x->dissector != f->app->dissector) {
            tt_start_forget(&l, x);
        } else if (x->place == BEGINNING || tt_start_proven(&l, x, all)) {
            frame_carried(&l, x->from, p);
            return;
        } else {
            i++;
        }
    }
    if (l.s->carry.piece != TT_SLAB_NONE) {
        keep(&l, all, all.n);
    }
    put_back(&l);
}

/* x is proven: what is known of the flow, and what waited for that. */
static void decide(struct look *l, const struct start *x, const struct tt_packet *p)
{
    if (!l->known) {
        tt_probe_decide(l->e, l->f, x->dissector);
        other_waits(l->e, l->f, l->d == TT_TO_SERVER ? TT_TO_CLIENT : TT_TO_SERVER, p);
    }
}

/* Units start at x, of which `before` octets are carried and the others lie in b. */
static void found(struct look *l, struct start x, uint32_t before, struct source *source,
                  const struct tt_packet *p)
{
    struct tt_bytes *b = &source->b;
    struct carry held = take_carry(l);
    if (l->known) {
        l->e->counters[C_UNSYNCED_OCTETS] += x.from;
    }
    decide(l, &x, p);
    settle(l, p);
    if (x.from >= before) {
        tt_carry_drop(l->e, &held);
        b->p += x.from - before;
        b->n -= x.from - before;
        return;
    }
    source->later = *b;
    *b = (struct tt_bytes){tt_carry_octets(l->e, &held).p + x.from, before - x.from};
    source->held = held;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The next octets of b, behind the carried ones. */
static struct tt_bytes more_of(struct look *l, struct tt_bytes b, uint32_t *before)
{
    struct carry *c = &l->s->carry;
    uint32_t n = least(b.n, 2 * SEEK_OCTETS - c->n);
    if (!l->known) {
        n = least(n, PROBE_OCTETS - l->s->seen);
    }
    *before = c->n;
    if (c->n == 0) {
        return (struct tt_bytes){b.p, n};
    }
    if (tt_carry_add(l->e, c, b.p, n, 2 * c->n)) {
        return tt_carry_octets(l->e, c);
    }
    *before = l->k->n = 0;
    l->s->pending = false;
    tt_carry_drop(l->e, c);
    return (struct tt_bytes){b.p, n};
}

/* Nothing is known and there is no one left to ask, or there were octets enough. */
static bool hopeless(const struct look *l)
{
    return !l->known && (look_may_speak(l) == 0 || l->s->seen >= PROBE_OCTETS);
}

bool tt_seek(struct tt_engine *e, struct tt_flow *f, enum tt_direction d, struct source *source,
             const struct tt_packet *p)
{
    struct look l = look_at(e, f, d);
    struct tt_bytes *b = &source->b;
    if (l.known && !l.s->seen && !joined_later(&l)) {
        settle(&l, p);
        return true;
    }
    while (b->n) {
        uint32_t before, seen = l.s->seen;
        struct tt_bytes all = more_of(&l, *b, &before);
        struct start *x = look(&l, all, before);
        if (x) {
            found(&l, *x, before, source, p);
            return true;
        }
        uint32_t n = all.n - before;
        l.s->seen = l.known ? 1 : seen + n;
        b->p += n;
        b->n -= n;
        keep(&l, all, before);
        if (hopeless(&l)) {
            tt_probe_give_up(e, f);
            return false;
        }
    }
    put_back(&l);
    return false;
}

void tt_seek_boundary(struct tt_engine *e, struct tt_flow *f, enum tt_direction d,
                      const struct tt_packet *p)
{
    if (tt_app_settled(f->app, d) || f->app->side[d].seek == TT_SLAB_NONE) {
        return;
    }
    struct look l = look_at(e, f, d);
    struct start *x = ending(&l, l.s->carry.n);
    l.last = true;
    x = x ? x : tt_start_ask(&l, tt_carry_octets(e, &l.s->carry));
    if (x) {
        struct start start = *x;
        decide(&l, &start, p);
        frame_carried(&l, start.from, p);
    }
}
