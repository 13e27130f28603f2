/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cuts a TCP stream into units. Whole units are parsed where they lie; only an incomplete tail is
 * copied, into a slab piece of the class that fits. A unit longer than the dissector's max_unit
 * is passed over: its head is parsed, the rest counted. A hole inside a unit whose length is
 * known keeps the framing; elsewhere seek.c finds where units start again. Each octet is copied
 * at most once for each class of piece (six), and a search for the end of a unit goes on where it
 * stopped.
 */
#include "base/work.h"
#include "dissect/app.h"

#define SHORT_CLASSES 2   /* 256 and 2048 octets */
#define LENGTH_HEAD   8   /* octets that nearly always tell the length */
#define SEARCH_OCTETS 256 /* of a unit whose end has to be searched: added at once */

/* 32768: what seeking carries at most */
const uint32_t tt_carry_classes[CARRY_CLASSES] = {256, 2048, 16384, 32768, 131072, 1u << 20};

struct tt_bytes tt_carry_octets(const struct tt_engine *e, const struct carry *c)
{
    if (c->piece == TT_SLAB_NONE) {
        return (struct tt_bytes){NULL, 0};
    }
    return (struct tt_bytes){tt_slab_at(&e->carries[c->class], c->piece), c->n};
}

void tt_carry_drop(struct tt_engine *e, struct carry *c)
{
    if (c->piece != TT_SLAB_NONE) {
        tt_slab_give(&e->carries[c->class], c->piece);
        e->carried -= tt_carry_classes[c->class];
    }
    c->piece = TT_SLAB_NONE;
    c->n = c->want = c->pass = 0;
}

static bool grow(struct tt_engine *e, struct carry *c, uint32_t octets)
{
    uint8_t class = 0;
    while (class < CARRY_CLASSES && tt_carry_classes[class] < octets) {
        class ++;
    }
    /* the last quarter is for short units, so that a few long ones leave room for everyone's */
    uint64_t most = e->options.max_octets - (class < SHORT_CLASSES ? 0 : e->options.max_octets / 4);
    if (class == CARRY_CLASSES || e->carried + tt_carry_classes[class] > most) {
        return false;
    }
    uint32_t piece = tt_slab_take(&e->carries[class]);
    if (piece == TT_SLAB_NONE) {
        return false;
    }
    e->carried += tt_carry_classes[class];
    uint32_t n = c->n, want = c->want, pass = c->pass;
    if (c->piece != TT_SLAB_NONE) {
        TT_LOOKED(n);
        memcpy(tt_slab_at(&e->carries[class], piece), tt_slab_at(&e->carries[c->class], c->piece),
               n);
        tt_carry_drop(e, c);
    }
    *c = (struct carry){.piece = piece, .n = n, .want = want, .pass = pass, .class = class};
    return true;
}

/* want: octets that the carry should be able to hold in the end (grown in steps: an announced
 * length is only a claim). */
bool tt_carry_add(struct tt_engine *e, struct carry *c, const uint8_t *p, uint32_t n, uint32_t want)
{
    uint32_t total = c->n + n;
    if (c->piece == TT_SLAB_NONE || total > tt_carry_classes[c->class]) {
        uint32_t room = total > want ? total : want < 2 * total ? want : 2 * total;
        if (!grow(e, c, room) && (room == total || !grow(e, c, total))) {
            e->counters[C_CARRY_REFUSED]++;
            return false;
        }
    }
    TT_LOOKED(n);
    memcpy((uint8_t *)tt_slab_at(&e->carries[c->class], c->piece) + c->n, p, n);
    c->n = total;
    return true;
}

static uint32_t least(uint64_t a, uint64_t b)
{
    return (uint32_t)(a < b ? a : b);
}

/* What is searched behind the head counts who searches. */
static inline int64_t length_with(const struct tt_dissector *dis, const struct tt_app *a,
                                  struct tt_bytes b, uint32_t seen, enum tt_direction d)
{
    int64_t n = dis->unit_length(a->state, b, seen, d);
    TT_LOOKED(seen < LENGTH_HEAD ? least(n > 0 ? least((uint64_t)n, b.n) : b.n, LENGTH_HEAD) : 0);
    return n;
}

/* *pass: octets behind the unit. */
static inline int64_t length_of(const struct tt_dissector *dis, const struct tt_app *a,
                                struct tt_bytes b, uint32_t seen, enum tt_direction d,
                                uint32_t *pass)
{
    int64_t n = length_with(dis, a, b, seen, d);
    bool passes = n > 0 && n & TT_UNIT_PASSES;
    *pass = passes ? (uint32_t)((uint64_t)n >> 32) & 0x3fffffff : 0;
    return passes ? (int64_t)(uint32_t)n : n;
}

/* Not in step any more. */
static void unsettle(struct tt_engine *e, struct tt_app *a, enum tt_direction d, bool marked)
{
    struct side *s = &a->side[d];
    tt_carry_drop(e, &s->carry);
    s->skip = 0;
    s->pass.how = 0;
    s->over_long = false;
    s->lost = true;
    s->marked = marked;
    s->scan = UINT32_MAX;
    s->pending = false;
    a->unsettled |= (uint8_t)(1 << d);
    a->last = (uint8_t)d;
}

static void lose(struct tt_engine *e, struct tt_flow *f, enum tt_direction d, bool marked,
                 const struct tt_packet *p)
{
    tt_nest_lost(e, f, d, p);
    unsettle(e, f->app, d, marked);
    e->counters[C_LOST_SYNC]++;
    e->sink.anomaly(e->sink.ctx, f, d, A_LOST_SYNC, p);
}

static void not_a_unit(struct tt_engine *e, struct tt_flow *f, enum tt_direction d,
                       const struct tt_packet *p)
{
    if (hot_of(e, f->app)->d->n_anomalies) {
        e->sink.anomaly(e->sink.ctx, f, d, TT_ANOMALY_OWN, p);
    }
    lose(e, f, d, false, p);
}

/* The head of an over-long unit is complete, or will not become longer: report
 * it and pass over the rest. */
static void report_head(struct tt_engine *e, struct tt_flow *f, enum tt_direction d,
                        const struct tt_packet *p)
{
    struct side *s = &f->app->side[d];
    struct tt_bytes head = tt_carry_octets(e, &s->carry);
    uint32_t want = s->carry.want;
    s->skip = (want > head.n ? want - head.n : 0) + s->carry.pass;
    s->over_long = false;
    tt_pair_head(e, f, d, head, s->skip, p);
    tt_carry_drop(e, &s->carry);
}

/* Told when it is announced: the octets may never come. */
static void announce(struct tt_engine *e, struct tt_flow *f, enum tt_direction d,
                     const struct tt_packet *p)
{
    e->sink.anomaly(e->sink.ctx, f, d, A_OVERSIZED, p);
}

/* The length of the carried unit, now that octets were added behind the first `before`, which did
 * not tell it: those of the next unit go back to b. -1 = not a unit. */
static int64_t measure(struct tt_engine *e, struct tt_flow *f, enum tt_direction d, uint32_t before,
                       struct tt_bytes *b, const struct tt_packet *p)
{
    struct side *s = &f->app->side[d];
    struct carry *c = &s->carry;
    const struct tt_dissector *dis = hot_of(e, f->app)->d;
    uint32_t pass;
    int64_t n = length_of(dis, f->app, tt_carry_octets(e, c), before, d, &pass);
    if (n > 0) {
        c->want = least((uint64_t)n, UINT32_MAX);
        c->pass = pass;
        uint32_t back = c->want < c->n ? least(c->n - c->want, c->n - before) : 0;
        c->n -= back;
        b->p -= back;
        b->n += back;
        s->over_long = c->want > dis->max_unit;
        if (s->over_long) {
            announce(e, f, d, p);
        }
    }
    return n;
}

/* Moves octets behind the carried ones until the unit is complete, or there are none left, or the
 * stream is lost. */
static void complete_carried(struct tt_engine *e, struct tt_flow *f, enum tt_direction d,
                             struct source *from, const struct tt_packet *p)
{
    struct side *s = &f->app->side[d];
    struct carry *c = &s->carry;
    struct tt_bytes *b = &from->b;
    while (b->n && (c->want == 0 || c->n < c->want)) {
        uint32_t limit = s->over_long ? HEAD_OCTETS : c->want;
        uint32_t most = c->want ? limit - c->n : c->n < LENGTH_HEAD ? LENGTH_HEAD : SEARCH_OCTETS;
        uint32_t take = least(b->n, most), before = c->n;
        if (!tt_carry_add(e, c, b->p, take, c->want ? limit : 64)) {
            lose(e, f, d, true, p);
            return;
        }
        b->p += take;
        b->n -= take;
        if (c->want == 0 && measure(e, f, d, before, b, p) < 0) {
            /* what follows its first octet may be a unit */
            from->later = (struct tt_bytes){b->p - take, b->n + take};
            from->held = *c;
            from->b = (struct tt_bytes){tt_carry_octets(e, c).p + 1, before - 1};
            *c = (struct carry){.piece = TT_SLAB_NONE};
            not_a_unit(e, f, d, p);
            return;
        }
        if (s->over_long && c->n >= least(HEAD_OCTETS, c->want)) {
            report_head(e, f, d, p);
            return;
        }
    }
    if (c->want && c->n >= c->want) {
        uint32_t n = least(b->n, c->pass);
        b->p += n;
        b->n -= n;
        c->pass -= n;
        if (c->pass == 0) {
            tt_pair_unit(e, f, d, tt_carry_octets(e, c), p);
            tt_carry_drop(e, c);
        }
    }
}

static void stash(struct tt_engine *e, struct tt_flow *f, enum tt_direction d, struct tt_bytes b,
                  int64_t length, uint32_t pass, const struct tt_packet *p)
{
    struct side *s = &f->app->side[d];
    uint32_t want = least((uint64_t)length, UINT32_MAX), max = hot_of(e, f->app)->d->max_unit;
    s->over_long = want > max;
    if (s->over_long) {
        announce(e, f, d, p);
    }
    s->carry.want = want;
    s->carry.pass = pass;
    uint32_t keep = s->over_long ? least(b.n, HEAD_OCTETS) : pass ? least(b.n, want) : b.n;
    s->carry.pass -= pass ? b.n - keep : 0;
    if (!tt_carry_add(e, &s->carry, b.p, keep, s->over_long ? HEAD_OCTETS : want)) {
        lose(e, f, d, true, p);
        return;
    }
    if (s->over_long && keep == HEAD_OCTETS) {
        report_head(e, f, d, p);
        s->skip -= least(s->skip, b.n - keep);
    }
}

/* The first `seen` octets of b are known not to tell the length of the first unit. Returns what is
 * left when the stream is lost. */
static struct tt_bytes cut(struct tt_engine *e, struct tt_flow *f, enum tt_direction d,
                           struct tt_bytes b, uint32_t seen, const struct tt_packet *p)
{
    struct side *s = &f->app->side[d];
    const struct tt_dissector *dis = hot_of(e, f->app)->d;
    while (b.n) {
        if (s->skip) {
            uint32_t n = least(s->skip, b.n);
            s->skip -= s->skip == TT_BEHIND_ALL ? 0 : n;
            if (s->pass.how) {
                tt_nest_pass(e, f, d, (struct tt_bytes){b.p, n}, p);
            }
            b.p += n;
            b.n -= n;
            continue;
        }
        uint32_t pass;
        int64_t n = length_of(dis, f->app, b, seen, d, &pass);
        if (n < 0) {
            not_a_unit(e, f, d, p);
            return (struct tt_bytes){b.p + 1, b.n - 1};
        }
        if (n == 0 || n + pass > b.n) {
            stash(e, f, d, b, n, pass, p);
            return (struct tt_bytes){NULL, 0};
        }
        if (n > dis->max_unit) {
            struct tt_bytes head = {b.p, least((uint64_t)n, HEAD_OCTETS)};
            announce(e, f, d, p);
            tt_pair_head(e, f, d, head, (uint64_t)n - head.n, p);
        } else {
            tt_pair_unit(e, f, d, (struct tt_bytes){b.p, (uint32_t)n}, p);
        }
        b.p += n + pass;
        b.n -= (uint32_t)n + pass;
        seen = 0;
    }
    return b;
}

void tt_frame_run(struct tt_engine *e, struct tt_flow *f, enum tt_direction d, struct tt_bytes b,
                  const struct tt_packet *p)
{
    struct source from = {.b = b, .held = {.piece = TT_SLAB_NONE}};
    for (;;) {
        if (from.b.n == 0) {
            tt_carry_drop(e, &from.held);
            if (from.later.n == 0) {
                return;
            }
            from.b = from.later;
            from.later.n = 0;
        }
        if (!tt_app_settled(f->app, d) && !tt_seek(e, f, d, &from, p)) {
            if (f->app == &tt_app_failed) {
                return;
            }
        } else if (f->app->side[d].carry.piece != TT_SLAB_NONE) {
            complete_carried(e, f, d, &from, p);
        } else {
            from.b = cut(e, f, d, from.b, 0, p);
        }
    }
}

/* Not in step, inside a unit, or the octets do not end where a unit ends. */
static __attribute__((noinline)) void in_parts(struct tt_engine *e, struct tt_flow *f,
                                               enum tt_direction d, struct tt_bytes b,
                                               uint32_t seen, const struct tt_packet *p)
{
    struct tt_app *a = f->app;
    if (!a->unsettled && a->side[d].carry.piece == TT_SLAB_NONE) {
        b = cut(e, f, d, b, seen, p);
        if (b.n == 0) {
            return;
        }
    }
    if (a->last != d) {
        a->last = (uint8_t)d;
        a->side[d].marked = true;
    }
    tt_frame_run(e, f, d, b, p);
}

void tt_frame_octets(struct tt_engine *e, struct tt_flow *f, enum tt_direction d, struct tt_bytes b,
                     const struct tt_packet *p)
{
    const struct tt_app *a = f->app;
    const struct side *s = &a->side[d];
    bool plain = !a->unsettled && s->carry.piece == TT_SLAB_NONE && s->skip == 0;
    uint32_t seen = 0;
    while (__builtin_expect(plain, 1)) { /* whole units, as nearly always */
        const struct tt_dissector *dis = hot_of(e, a)->d;
        int64_t n = length_with(dis, a, b, 0, d);
        if (__builtin_expect(n <= 0 || n > b.n || n > dis->max_unit, 0)) {
            seen = n == 0 ? b.n : 0;
            break;
        }
        tt_pair_unit(e, f, d, (struct tt_bytes){b.p, (uint32_t)n}, p);
        b.p += n;
        b.n -= (uint32_t)n;
        if (b.n == 0) {
            return;
        }
        plain = s->skip == 0;
    }
    in_parts(e, f, d, b, seen, p);
}

/* A hole of n octets (0 = of any number) that lies in what is passed over anyway. */
static bool pass_hole(struct side *s, uint32_t n)
{
    bool whole = s->skip == TT_BEHIND_ALL || (n && n <= s->skip);
    s->skip -= whole && s->skip != TT_BEHIND_ALL ? n : 0;
    return whole;
}

void tt_frame_gap(struct tt_engine *e, struct tt_flow *f, enum tt_direction d, uint32_t n,
                  const struct tt_packet *p)
{
    struct side *s = &f->app->side[d];
    const struct tt_dissector *dis = hot_of(e, f->app)->d;
    if (s->pass.how) { /* the inner protocol's */
        bool whole = pass_hole(s, n);
        tt_nest_gap(e, f, d, n, p);
        if (whole) {
            return;
        }
    }
    e->counters[C_GAPS]++;
    e->sink.anomaly(e->sink.ctx, f, d, A_GAP, p);
    if (dis->gap) {
        dis->gap(f->app->state, d);
    }
    if (!tt_app_settled(f->app, d)) {
        s->lost = true;
        return;
    }
    if (n && s->carry.pass > n && s->carry.n == s->carry.want) {
        s->carry.pass -= n; /* where nothing is looked at */
        return;
    }
    if (s->carry.want) {
        report_head(e, f, d, p);
    }
    if (pass_hole(s, n)) {
        return;
    }
    tt_nest_lost(e, f, d, p);
    unsettle(e, f->app, d, true);
}

void tt_frame_end(struct tt_engine *e, struct tt_flow *f, enum tt_direction d)
{
    struct side *s = &f->app->side[d];
    if (!tt_app_settled(f->app, d)) {
        tt_seek_drop(e, s);
    }
    if (s->carry.piece == TT_SLAB_NONE) {
        return;
    }
    e->sink.anomaly(e->sink.ctx, f, d, A_UNFINISHED, NULL);
    if (s->carry.want) {
        report_head(e, f, d, NULL);
    }
    tt_carry_drop(e, &s->carry);
}
