/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Between seek.c, which looks for the start of units, and start.c, which says what the octets mean
 * for one possible start. Nobody else includes it.
 *
 * Work: with each octet of a direction SEEK_MARK_WORK octets more may be looked at for starts at
 * marks, and SEEK_ANY_WORK for those ANYWHERE, and SEEK_TURN_WORK more with each mark; what is not
 * used is kept, up to SEEK_OCTETS. All questions are paid from that. A start whose next question
 * is dearer than what is left is given up, but for the beginning of the connection, which comes
 * once and may leave a debt.
 */
#ifndef DISSECT_SEEK_H
#define DISSECT_SEEK_H

#include "base/work.h"
#include "dissect/app.h"

/* The direction at hand. */
struct look {
    struct tt_engine *e;
    struct tt_flow *f;
    struct side *s;
    struct seek *k;
    enum tt_direction d;
    bool known; /* what the flow speaks */
    bool last;  /* no octets follow: everyone says what they can */
};

/* Pays for n octets that are looked at for a start at such a place. */
static inline void look_pays(struct look *l, enum place place, uint32_t n)
{
    l->s->work[place == ANYWHERE] -= (int32_t)n;
}

static inline bool look_at_home(const struct look *l, const struct start *x)
{
    return l->known || tt_probe_port(l->e->dissectors[x->dissector].d, l->f);
}

static inline uint64_t look_may_speak(const struct look *l)
{
    const struct tt_app *a = l->f->app;
    return l->known ? UINT64_C(1) << a->dissector : l->e->of_streams & ~a->excluded;
}

/* The octet at `at`, and the one behind it when the place is ANYWHERE, may begin a unit: of which
 * dissectors? Adds a start for each, those whose port it is first. */
void tt_start_admit(struct look *, enum place, uint32_t at, const uint8_t *octets);
/* Asks those of whom the octets up to all.n may say something new. Returns the proven one. */
struct start *tt_start_ask(struct look *, struct tt_bytes all);
/* Is what is known of x enough, now that the flow's protocol may be known? */
bool tt_start_proven(struct look *, struct start *, struct tt_bytes all);
void tt_start_forget(struct look *, struct start *);

#endif
