/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Protocols that other protocols carry: a dissector says whose the octets of a unit, and those
 * behind it, are (telltale/dissect.h, enum tt_after), and here they are handed on: as a stream,
 * which is framed like any other, or as whole messages, put together from their parts. What is
 * carried has an app of its own, which takes the place of the flow's while it is at work. Octets
 * pass as they come; only a message in several parts is kept, in a piece for unfinished units.
 * Never knows a protocol; goes NEST_DEPTH deep and no further.
 */
#include "base/registry.h"
#include "base/work.h"
#include "dissect/app.h"

static unsigned depth_of(const struct tt_app *a)
{
    unsigned n = 0;
    for (; a->outer; a = a->outer) {
        n++;
    }
    return n;
}

/* The app of what is carried, made when there is none; false: there is none, and will not be. */
static bool inner_ready(struct tt_engine *e, struct tt_flow *f, const struct tt_inner *inner)
{
    struct tt_app *outer = f->app;
    if (outer->inner) {
        return outer->inner != &tt_app_failed;
    }
    outer->inner = &tt_app_failed;
    if (depth_of(outer) + 1 >= NEST_DEPTH) {
        return false;
    }
    f->app = NULL;
    struct tt_app *a = tt_probe_app(e, f);
    unsigned i = 0;
    while (i < e->n_dissectors && e->dissectors[i].d != inner->dissector) {
        i++;
    }
    if (a && i < e->n_dissectors) {
        tt_probe_decide(e, f, i);
        struct tt_flow_facts facts;
        memcpy(&facts, a->state, sizeof facts);
        facts.transport = inner->how == TT_INNER_STREAM ? TT_TCP : TT_MESSAGES;
        facts.seen_start |= inner->how == TT_INNER_STREAM;
        memcpy(a->state, &facts, sizeof facts);
        a->unsettled = 0; /* its first octet is here */
        a->side[0].seen = a->side[1].seen = 1;
    }
    if (a) {
        a->outer = outer;
        outer->inner = a;
    }
    f->app = outer;
    return a != NULL;
}

/* Keeps a part of a message; what there is no room for is counted. */
static void keep(struct tt_engine *e, struct side *s, struct tt_bytes b, uint32_t most)
{
    struct carry *c = &s->carry;
    if (b.n == 0) {
        return;
    }
    if (!s->over_long && (b.n > most - c->n || !tt_carry_add(e, c, b.p, b.n, c->n + b.n))) {
        s->over_long = true;
    } else if (!s->over_long) {
        return;
    }
    s->skip += b.n;
}

/* f->app is the inner protocol's: a part of a message. */
static void add_part(struct tt_engine *e, struct tt_flow *f, enum tt_direction d, struct tt_bytes b,
                     bool last, const struct tt_packet *p)
{
    struct side *s = &f->app->side[d];
    uint32_t most = e->dissectors[f->app->dissector].d->max_unit;
    if (last && s->carry.piece == TT_SLAB_NONE && !s->over_long && b.n <= most) {
        tt_pair_unit(e, f, d, b, p);
        return;
    }
    keep(e, s, b, most);
    if (!last) {
        return;
    }
    struct tt_bytes all = tt_carry_octets(e, &s->carry);
    if (s->over_long) {
        uint64_t skipped = s->skip + all.n;
        all.n = all.n < HEAD_OCTETS ? all.n : HEAD_OCTETS;
        tt_pair_head(e, f, d, all, skipped - all.n, p);
    } else {
        tt_pair_unit(e, f, d, all, p);
    }
    tt_carry_drop(e, &s->carry);
    s->over_long = false;
    s->skip = 0;
}

/* Octets go to the inner protocol. */
static void give(struct tt_engine *e, struct tt_flow *f, enum tt_direction d, struct tt_bytes b,
                 uint8_t how, bool last, const struct tt_packet *p)
{
    struct tt_app *outer = f->app;
    if (outer->inner == &tt_app_failed) {
        return;
    }
    f->app = outer->inner;
    if (how != TT_INNER_STREAM) {
        add_part(e, f, d, b, last && how == TT_INNER_LAST, p);
    } else if (b.n) {
        tt_frame_octets(e, f, d, b, p);
    }
    outer->inner = f->app;
    f->app = outer;
}

/* n octets of b without their mask, in `out`. */
static void unmask(struct pass *m, const uint8_t *b, uint8_t *out, uint32_t n)
{
    TT_LOOKED(n);
    for (uint32_t i = 0; i < n; i++) {
        out[i] = b[i] ^ m->mask[(m->phase + i) & 3];
    }
    m->phase = (uint8_t)((m->phase + n) & 3);
}

void tt_nest_pass(struct tt_engine *e, struct tt_flow *f, enum tt_direction d, struct tt_bytes b,
                  const struct tt_packet *p)
{
    struct side *s = &f->app->side[d];
    const uint8_t how = s->pass.how;
    bool last = s->skip == 0;
    if (!s->pass.masked) {
        give(e, f, d, b, how, last, p);
        b.n = 0;
    }
    uint8_t *room = e->nested[depth_of(f->app)];
    for (uint32_t n; b.n; b.p += n, b.n -= n) {
        n = b.n < TT_MSG_MADE ? b.n : TT_MSG_MADE;
        unmask(&s->pass, b.p, room, n);
        give(e, f, d, (struct tt_bytes){room, n}, how, last && n == b.n, p);
    }
    s->pass.how = last ? 0 : how;
}

/* The other side's octets that waited. */
static void wake(struct tt_engine *e, struct tt_flow *f, enum tt_direction d,
                 const struct tt_packet *p)
{
    struct side *s = &f->app->side[d];
    struct carry held = s->carry;
    if (!tt_app_settled(f->app, d) || held.piece == TT_SLAB_NONE || held.want) {
        return;
    }
    s->carry = (struct carry){.piece = TT_SLAB_NONE};
    tt_frame_run(e, f, d, tt_carry_octets(e, &held), p);
    tt_carry_drop(e, &held);
}

static void pass_all(struct tt_engine *e, struct tt_app *a, enum tt_direction d, uint8_t how)
{
    struct side *s = &a->side[d];
    if (!tt_app_settled(a, d)) {
        tt_seek_drop(e, s);
        a->unsettled &= (uint8_t) ~(1u << d);
    }
    s->skip = TT_BEHIND_ALL;
    s->pass = (struct pass){.how = how};
}

void tt_nest_unit(struct tt_engine *e, struct tt_flow *f, enum tt_direction d,
                  const struct tt_packet *p)
{
    const uint8_t after = e->msg.after;
    const uint64_t behind = after & TT_AFTER_BEHIND ? e->msg.behind : 0;
    const struct tt_inner inner = e->msg.inner;
    enum tt_direction other = d == TT_TO_SERVER ? TT_TO_CLIENT : TT_TO_SERVER;
    struct side *s = &f->app->side[d];
    bool carries = after & TT_AFTER_INNER && inner_ready(e, f, &inner);
    s->skip = behind;
    if (carries) {
        struct tt_bytes b = inner.octets;
        if (b.p >= e->msg.made && b.p < e->msg.made + TT_MSG_MADE) { /* soon another message's */
            uint8_t *room = e->nested[depth_of(f->app)];
            TT_LOOKED(b.n);
            memcpy(room, b.p, b.n);
            b.p = room;
        }
        s->pass = (struct pass){.how = behind ? inner.how : 0, .masked = inner.masked};
        memcpy(s->pass.mask, inner.mask, sizeof inner.mask);
        give(e, f, d, b, inner.how, behind == 0, p);
    }
    if (after & TT_AFTER_ALL) {
        pass_all(e, f->app, d, carries ? TT_INNER_STREAM : 0);
        pass_all(e, f->app, other, carries ? TT_INNER_STREAM : 0);
    }
    if (after & (TT_AFTER_ALL | TT_AFTER_WAKE)) {
        wake(e, f, other, p);
    }
}

void tt_nest_gap(struct tt_engine *e, struct tt_flow *f, enum tt_direction d, uint32_t n,
                 const struct tt_packet *p)
{
    struct tt_app *outer = f->app;
    struct pass *pass = &outer->side[d].pass;
    uint8_t how = pass->how;
    pass->phase = (uint8_t)((pass->phase + n) & 3);
    if (outer->inner == &tt_app_failed) {
        return;
    }
    f->app = outer->inner;
    if (how == TT_INNER_STREAM) {
        tt_engine_gap(e, f, d, n, p);
    } else {
        f->app->side[d].over_long = true;
        f->app->side[d].skip += n;
    }
    outer->inner = f->app;
    f->app = outer;
    if (outer->side[d].skip == 0) {
        pass->how = 0;
        if (how == TT_INNER_LAST) {
            give(e, f, d, (struct tt_bytes){NULL, 0}, how, true, p);
        }
    }
}

void tt_nest_lost(struct tt_engine *e, struct tt_flow *f, enum tt_direction d,
                  const struct tt_packet *p)
{
    struct tt_app *in = f->app->inner;
    if (!in || in == &tt_app_failed || !tt_app_known(in)) {
        return;
    }
    struct side *s = &in->side[d];
    const struct tt_flow_facts *facts = (const struct tt_flow_facts *)(const void *)in->state;
    if (facts->transport == TT_MESSAGES && (s->over_long || s->carry.piece != TT_SLAB_NONE)) {
        s->over_long = true;
        give(e, f, d, (struct tt_bytes){NULL, 0}, TT_INNER_LAST, true, p);
    }
}

void tt_nest_end(struct tt_engine *e, struct tt_flow *f, enum tt_direction d)
{
    struct tt_app *outer = f->app ? f->app->outer : NULL;
    if (outer && outer->side[d].skip == TT_BEHIND_ALL && outer->side[d].pass.how == TT_INNER_LAST) {
        add_part(e, f, d, (struct tt_bytes){NULL, 0}, true, NULL);
        outer->side[d].pass.how = 0;
    }
}
