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
 * What waits is bounded: SEEK_OCTETS of a direction, SEEK_STARTS places.
 */
#include "base/work.h"
#include "dissect/app.h"

#define FIRST_OCTETS 16 /* of a unit at a mark: probe is asked at each */

/* The direction at hand, as the functions of this file pass it on. */
struct look {
    struct tt_engine *e;
    struct tt_flow *f;
    struct side *s;
    struct seek *k;
    enum tt_direction d;
    bool known;
};

static struct look look_at(struct tt_engine *e, struct tt_flow *f, enum tt_direction d)
{
    struct look l = {e, f, &f->app->side[d], &e->seek, d, tt_app_known(f->app)};
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
    if (s->seek != TT_SLAB_NONE) {
        tt_slab_give(&e->seeks, s->seek);
        s->seek = TT_SLAB_NONE;
    }
}

/* Puts the starts back for the next call. */
static void put_back(struct look *l)
{
    if (l->k->n && l->s->seek == TT_SLAB_NONE) {
        l->s->seek = tt_slab_take(&l->e->seeks);
    }
    if (l->k->n == 0 || l->s->seek == TT_SLAB_NONE) {
        l->e->counters[C_CARRY_REFUSED] += l->k->n != 0;
        tt_seek_drop(l->e, l->s);
        return;
    }
    memcpy(tt_slab_at(&l->e->seeks, l->s->seek), l->k, sizeof *l->k);
}

static bool at_home(const struct look *l, const struct start *x)
{
    return l->known || tt_probe_port(l->e->dissectors[x->dissector].d, l->f);
}

/* Does this unit parse without an anomaly? Nothing is told, nothing is remembered. */
static bool is_clean(const struct look *l, const struct start *x, struct tt_bytes unit)
{
    struct tt_engine *e = l->e;
    const struct dissector_hot *h = &e->dissectors[x->dissector];
    struct tt_flow_facts facts = {.transport = TT_TCP};
    memset(e->scratch, 0, h->d->state_size);
    if (l->known) {
        memcpy(e->scratch, l->f->app->state, h->d->state_size);
        memcpy(&facts, e->scratch, sizeof facts);
        facts.more = 0;
    }
    memcpy(e->scratch, &facts, sizeof facts);
    struct tt_msg *m = &e->msg;
    struct tt_more *more = m->more;
    struct tt_reader r = tt_reader_over(unit);
    TT_LOOKED(unit.n);
    tt_msg_reset(m, h->d, h->fields, unit, l->d);
    m->more = NULL;
    bool good = h->d->parse(e->scratch, &r, m) && !m->anomalies && !m->repeated && !m->overflow;
    m->more = more;
    return good;
}

/* Are the units of x enough? */
static bool proven(const struct look *l, const struct start *x)
{
    if (x->place == ANYWHERE) {
        return x->units >= 8 || (x->units >= 3 && x->clean >= (l->known ? 2 : 3));
    }
    return x->units >= 3 || (x->units && x->clean && at_home(l, x));
}

static uint64_t may_speak(const struct look *l)
{
    const struct tt_app *a = l->f->app;
    return l->known ? UINT64_C(1) << a->dissector : l->e->of_streams & ~a->excluded;
}

/* What do the octets up to all.n say of x? */
static enum tt_probe step(const struct look *l, struct start *x, struct tt_bytes all)
{
    static const uint8_t nothing[16384];
    if (!(may_speak(l) >> x->dissector & 1)) {
        return TT_PROBE_NO;
    }
    const struct tt_dissector *dis = l->e->dissectors[x->dissector].d;
    struct tt_bytes b = {all.p + x->at, all.n - x->at};
    TT_LOOKED(b.n < 16 ? b.n : 16);
    const void *state = l->known ? l->f->app->state : nothing;
    int64_t n = dis->unit_length ? dis->unit_length(state, b, x->seen, l->d) : 0;
    uint32_t unit = (uint32_t)n;
    if (n > 0 && n & TT_UNIT_PASSES) {
        n = (int64_t)unit + (int64_t)((uint64_t)n >> 32 & 0x3fffffff);
    }
    x->seen = n == 0 ? (uint16_t)b.n : x->seen;
    enum tt_probe verdict = n < 0 ? TT_PROBE_NO : dis->probe(b, l->d);
    verdict = verdict == TT_PROBE_PORT && !at_home(l, x) ? TT_PROBE_NO : verdict;
    if (verdict == TT_PROBE_NO || (verdict == TT_PROBE_YES && (l->known || x->place != ANYWHERE))) {
        return verdict;
    }
    if (n > 0 && n <= b.n) {
        x->units++;
        x->clean += is_clean(l, x, (struct tt_bytes){b.p, unit});
        x->at = (uint16_t)(x->at + n);
        x->wake = all.n + 1;
        x->end = x->seen = 0;
        return proven(l, x) ? TT_PROBE_YES : TT_PROBE_MAYBE;
    }
    uint64_t last = (uint64_t)x->from + SEEK_OCTETS, end = x->at + (uint64_t)n;
    if (all.n >= last || (end > last && x->place == ANYWHERE)) {
        return TT_PROBE_NO;
    }
    x->end = n == 0 ? 0 : end > last ? (uint32_t)last : (uint32_t)end;
    /* while its length is not known each octet may tell it; else whenever they doubled */
    bool each = n == 0 || (b.n < FIRST_OCTETS && x->place != ANYWHERE);
    uint32_t soon = all.n + (each ? 1 : b.n);
    x->wake = x->end && x->end < soon ? x->end : soon;
    return TT_PROBE_MAYBE;
}

static void forget(struct look *l, struct start *x)
{
    struct seek *k = l->k;
    if (x->place == BEGINNING && !at_home(l, x)) {
        l->f->app->excluded |= UINT64_C(1) << x->dissector & ~l->e->later;
    }
    k->n--;
    memmove(x, x + 1, (size_t)((char *)&k->starts[k->n] - (char *)x));
}

/* Room for a further start: the one that says it ends last is given up, if it stands ANYWHERE. */
static void make_room(struct look *l)
{
    struct start *last = NULL;
    for (uint32_t i = 0; i < l->k->n; i++) {
        struct start *x = &l->k->starts[i];
        if (x->place == ANYWHERE && (!last || x->end > last->end)) {
            last = x;
        }
    }
    if (last) {
        forget(l, last);
    }
}

static void add(struct look *l, enum place place, unsigned dissector, uint32_t at)
{
    struct seek *k = l->k;
    if (k->n == SEEK_STARTS) {
        make_room(l);
    }
    if (k->n < SEEK_STARTS) {
        k->starts[k->n++] = (struct start){.from = (uint16_t)at,
                                           .at = (uint16_t)at,
                                           .wake = at + 1,
                                           .dissector = (uint8_t)dissector,
                                           .place = (uint8_t)place};
        k->wake = at + 1;
    }
}

/* The octet at `at` may be the first of a unit: of which dissectors? Those whose port it is are
 * asked first. */
static void admit(struct look *l, enum place place, uint32_t at, uint8_t octet)
{
    uint64_t asked = may_speak(l), here = 0;
    for (uint64_t left = asked; place != ANYWHERE && left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        here |= (uint64_t)tt_probe_port(l->e->dissectors[i].d, l->f) << i;
    }
    asked &= l->e->first[l->d][octet];
    if (place == BEGINNING) { /* what is not this protocol there never will be */
        l->f->app->excluded |= l->e->of_streams & ~asked & ~here & ~l->e->later;
    }
    for (uint32_t i = 0; i < l->k->n; i++) {
        struct start *x = &l->k->starts[i];
        if (x->at == at || (place == ANYWHERE && x->place == BEGINNING)) {
            asked &= ~(UINT64_C(1) << x->dissector); /* it comes by here */
        }
        if (x->at == at && x->place > place) { /* its units reach a mark: as good as from one */
            x->place = (uint8_t)place;
        }
    }
    for (unsigned round = 0; round < 2; round++) {
        for (uint64_t left = round ? asked & ~here : asked & here; left; left &= left - 1) {
            add(l, place, (unsigned)__builtin_ctzll(left), at);
        }
    }
}

/* A mark, or the end, is at `at`: whose units end there? */
static struct start *ending(const struct look *l, uint32_t at)
{
    for (uint32_t i = 0; i < l->k->n; i++) {
        struct start *x = &l->k->starts[i];
        if (x->at == at && x->units > (x->place == ANYWHERE) && at_home(l, x)) {
            return x;
        }
    }
    return NULL;
}

/* Asks those of whom the octets up to all.n may say something new. Returns the proven one. */
static struct start *ask(struct look *l, struct tt_bytes all)
{
    struct seek *k = l->k;
    k->wake = UINT32_MAX;
    for (uint32_t i = 0; i < k->n;) {
        struct start *x = &k->starts[i];
        enum tt_probe verdict = x->wake > all.n ? TT_PROBE_MAYBE : step(l, x, all);
        if (verdict == TT_PROBE_YES) {
            return x;
        }
        if (verdict == TT_PROBE_NO) {
            forget(l, x);
            continue;
        }
        k->wake = x->wake < k->wake ? x->wake : k->wake;
        i++;
    }
    return NULL;
}

/* The beginning of this direction, or what followed it, is not in the capture. */
static bool joined_later(const struct look *l)
{
    return !(l->f->flags & TT_FLOW_SEEN_SYN) || (l->f->flags & TT_FLOW_GAP << l->d);
}

/* Looks at the octets behind the first `from`. Returns the start that is proven, or NULL. */
static struct start *look(struct look *l, struct tt_bytes all, uint32_t from)
{
    struct side *s = l->s;
    const uint64_t *first = l->e->first[l->d];
    for (uint32_t i = from; i < all.n; i++) {
        if (s->marked) {
            struct start *x = ending(l, i);
            if (x) {
                return x;
            }
            s->marked = false;
            s->scan = l->known ? UINT32_MAX : joined_later(l) ? SCAN_OCTETS : 0;
            admit(l, s->seen || joined_later(l) ? MARKED : BEGINNING, i, all.p[i]);
        } else if (s->scan) {
            s->scan -= s->scan != UINT32_MAX;
            if (first[all.p[i]] & may_speak(l)) {
                admit(l, ANYWHERE, i, all.p[i]);
            }
        }
        s->seen |= 1;
        struct start *x = l->k->wake <= i + 1 ? ask(l, (struct tt_bytes){all.p, i + 1}) : NULL;
        if (x) {
            return x;
        }
    }
    return NULL;
}

/* Keeps the octets from the first possible start on; `before` of them are carried already. */
static void keep(struct look *l, struct tt_bytes all, uint32_t before)
{
    struct seek *k = l->k;
    struct carry *c = &l->s->carry;
    uint32_t cut = k->n ? k->starts[0].from : all.n;
    if (l->known) {
        l->e->counters[C_UNSYNCED_OCTETS] += cut;
    }
    if (before && cut) {
        c->n -= cut;
        TT_LOOKED(c->n);
        memmove(tt_slab_at(&l->e->carries[c->class], c->piece), all.p + cut, c->n);
    }
    if (k->n && !before && !tt_carry_add(l->e, c, all.p + cut, all.n - cut, 256)) {
        k->n = 0;
    }
    for (uint32_t i = 0; i < k->n; i++) {
        k->starts[i].from = (uint16_t)(k->starts[i].from - cut);
        k->starts[i].at = (uint16_t)(k->starts[i].at - cut);
        k->starts[i].wake -= cut;
        k->starts[i].end -= k->starts[i].end ? cut : 0;
    }
    k->wake -= k->wake < cut ? 0 : cut;
    if (k->n == 0) {
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
            forget(&l, x);
        } else if (x->place == BEGINNING || proven(&l, x)) {
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
    uint32_t n = least(b.n, SEEK_OCTETS - c->n);
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
    tt_carry_drop(l->e, c);
    return (struct tt_bytes){b.p, n};
}

/* Nothing is known and there is no one left to ask, or there were octets enough. */
static bool hopeless(const struct look *l)
{
    return !l->known && (may_speak(l) == 0 || l->s->seen >= PROBE_OCTETS);
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
    if (x) {
        struct start start = *x;
        decide(&l, &start, p);
        frame_carried(&l, start.from, p);
    }
}
