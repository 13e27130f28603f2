/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A possible start of units: whose it may be, what the octets say of it as they come, and when its
 * units are proof (seek.c opens with the rules). Nothing is asked twice: a length until it is
 * known, a probe at 1, 2, 4, 8, 16 and 64 octets (at the beginning of a connection at each up to
 * 16) and at the end of the unit, and units are parsed only where that may be the proof that is
 * missing. Each question is paid for (seek.h). Never decides what becomes of a flow.
 */
#include "dissect/seek.h"

#define LENGTH_HEAD 8   /* octets that a length may be in */
#define PROBE_HEAD  64  /* of a unit that is not complete: probe is not asked about more */
#define PROBE_WHOLE 256 /* longest unit that it sees whole */

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void look_at_octets(struct look *l, const struct start *x, uint32_t n)
{
    TT_LOOKED(n);
    look_pays(l, x->place, n);
}

/* Can n octets be looked at for x? ANYWHERE something is left for those that have units. */
static bool affordable(struct look *l, const struct start *x, uint32_t n)
{
    bool anywhere = x->place == ANYWHERE;
    uint32_t left = anywhere && x->units == 0 ? SEEK_WORK / 2 : 0;
    if (x->place == BEGINNING || l->s->work[anywhere] >= (int32_t)(left + n)) {
        return true;
    }
    l->e->counters[C_STARTS_GIVEN_UP]++;
    return false;
}

/* Does this unit parse without an anomaly? Nothing is told, nothing is remembered. */
static bool is_clean(struct look *l, const struct start *x, struct tt_bytes unit)
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
    look_at_octets(l, x, unit.n);
    tt_msg_reset(m, h->d, h->fields, unit, l->d);
    m->more = NULL;
    bool good = h->d->parse(e->scratch, &r, m) && !m->anomalies && !m->repeated && !m->overflow;
    m->more = more;
    return good;
}

/* Parses the units of x that were not, until `enough` are clean. False: that would be too dear. */
static bool judge(struct look *l, struct start *x, struct tt_bytes all, unsigned enough)
{
    for (; x->judged < x->units && x->clean < enough; x->judged++) {
        uint32_t at = x->judged ? x->ends[x->judged - 1] : 0, n = x->sizes[x->judged];
        if (!affordable(l, x, n)) {
            return false;
        }
        x->clean += is_clean(l, x, (struct tt_bytes){all.p + x->from + at, n});
    }
    return true;
}

/* What the units of x say; NO: to find out would be too dear. */
static enum tt_probe verdict_of_units(struct look *l, struct start *x, struct tt_bytes all)
{
    bool anywhere = x->place == ANYWHERE;
    unsigned enough = !anywhere ? 1 : l->known ? 2 : 3;
    if (x->units >= (anywhere ? START_UNITS : 3)) {
        return TT_PROBE_YES;
    }
    if (x->units < (anywhere ? 3 : 1) || (!anywhere && !look_at_home(l, x))) {
        return TT_PROBE_MAYBE;
    }
    if (!judge(l, x, all, enough)) {
        return TT_PROBE_NO;
    }
    return x->clean >= enough ? TT_PROBE_YES : TT_PROBE_MAYBE;
}

/* Is one "yes" enough? */
static bool decides(const struct look *l, const struct start *x)
{
    return l->known || x->place != ANYWHERE;
}

bool tt_start_proven(struct look *l, struct start *x, struct tt_bytes all)
{
    return (x->sure && decides(l, x)) || verdict_of_units(l, x, all) == TT_PROBE_YES;
}

/* Asks for the length, with n octets. False: no unit. */
static bool measure_with(struct look *l, struct start *x, const uint8_t *p, uint32_t n)
{
    static const uint8_t nothing[16384];
    const struct tt_dissector *dis = l->e->dissectors[x->dissector].d;
    const void *state = l->known ? l->f->app->state : nothing;
    uint32_t from = x->seen > LENGTH_HEAD ? x->seen : LENGTH_HEAD;
    uint32_t head = x->seen < LENGTH_HEAD ? least(n, LENGTH_HEAD) : 0;
    uint32_t search = n > from ? n - from : 0; /* it counts for itself what it looks at */
    if (!affordable(l, x, head + search)) {
        return false;
    }
    look_at_octets(l, x, head);
    look_pays(l, x->place, search);
    int64_t length = dis->unit_length(state, (struct tt_bytes){p, n}, x->seen, l->d);
    x->length = x->unit = length <= 0 ? 0 : length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
    if (length > 0 && length & TT_UNIT_PASSES) {
        x->unit = (uint32_t)length;
        uint64_t pass = (uint64_t)length >> 32 & 0x3fffffff;
        x->length = x->unit + pass < UINT32_MAX ? (uint32_t)(x->unit + pass) : UINT32_MAX;
    }
    x->seen = (uint16_t)n;
    return length >= 0;
}

/* Finds out x->length, where b says it. Two octets often do. False: no unit. */
static bool measure(struct look *l, struct start *x, struct tt_bytes b)
{
    if (x->length == 0 && x->seen == 0 && b.n > 2 && !measure_with(l, x, b.p, 2)) {
        return false;
    }
    return x->length || measure_with(l, x, b.p, b.n);
}

/* Those of `asked` whose units may begin with these two octets. */
static uint64_t fitting(const struct look *l, uint64_t asked, const uint8_t *octets)
{
    uint32_t two = (uint32_t)octets[0] << 8 | octets[1];
    uint64_t fit = 0;
    for (uint64_t left = asked; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        fit |= (l->e->second[i][l->d][two >> 6] >> (two & 63) & 1) << i;
    }
    return fit;
}

/* When is probe asked next about the unit that x waits for, of which it knows n octets? Marks are
 * few, and a flow that speaks nothing should be known soon. */
static uint32_t next_probe(const struct start *x, uint32_t n)
{
    bool mark = x->place != ANYWHERE;
    uint32_t length = x->length ? x->length : UINT32_MAX;
    if (x->place == BEGINNING && n < 16) { /* comes once */
        return n + 1;
    }
    if (n < 4) {
        return n < 2 ? 2 : length > 16 ? 4 : UINT32_MAX;
    }
    if (n < 16 && (mark || length > 64)) {
        return n < 8 && mark ? 8 : 16;
    }
    return n < PROBE_HEAD && mark && length > 4 * PROBE_HEAD ? PROBE_HEAD : UINT32_MAX;
}

/* Is it time to ask probe about n octets of that unit? */
static bool due(const struct look *l, const struct start *x, uint32_t n)
{
    bool head = n > 2 || (x->units == 0 && x->place != ANYWHERE);
    return l->last || (x->length && x->length <= n) || (head && next_probe(x, n - 1) == n);
}

/* What probe says of the unit that begins with b, if it is time to ask. */
static enum tt_probe probe(struct look *l, struct start *x, struct tt_bytes b)
{
    const struct tt_dissector *dis = l->e->dissectors[x->dissector].d;
    if (x->sure || !due(l, x, b.n)) {
        return x->sure ? TT_PROBE_YES : TT_PROBE_MAYBE;
    }
    bool whole = x->length && x->length <= b.n && x->unit <= PROBE_WHOLE;
    uint32_t n = whole ? x->unit : least(b.n, PROBE_HEAD);
    n = x->unit && x->unit < n ? x->unit : n;
    if (!affordable(l, x, n)) {
        return TT_PROBE_NO;
    }
    look_at_octets(l, x, n);
    enum tt_probe verdict = dis->probe((struct tt_bytes){b.p, n}, l->d);
    x->sure = verdict == TT_PROBE_YES;
    return verdict == TT_PROBE_PORT && !look_at_home(l, x) ? TT_PROBE_NO : verdict;
}

/* May the unit behind those of x begin with these octets, as far as the tables know? */
static bool goes_on(struct look *l, const struct start *x, struct tt_bytes b)
{
    uint64_t this = UINT64_C(1) << x->dissector;
    if (x->units == 0 || b.n > 2) {
        return true;
    }
    if (!affordable(l, x, 1)) {
        return false;
    }
    look_at_octets(l, x, 1);
    return b.n == 1 ? l->e->first[l->d][b.p[0]] & this : fitting(l, this, b.p);
}

/* When is x asked next? It has n octets of a unit that is not complete, and ends at `end`. */
static uint32_t next_time(const struct start *x, uint32_t n, uint32_t end)
{
    uint32_t soon = x->sure ? UINT32_MAX : next_probe(x, n);
    if (x->length == 0 && n > 3) { /* each octet may tell it */
        soon = n < 8 && x->units == 0 && x->place == ANYWHERE ? 8 : n + 1;
    } else if (x->length == 0) {
        soon = n < 2 ? 2 : 4;
    }
    return soon < end - x->at ? x->at + soon : end;
}

/* The unit that x waited for is complete, and all.n octets are here. */
static enum tt_probe complete(struct look *l, struct start *x, struct tt_bytes all)
{
    struct tt_bytes unit = {all.p + x->at, x->unit};
    bool enough = x->place != ANYWHERE && look_at_home(l, x); /* one that is clean */
    if (enough && !affordable(l, x, unit.n)) {
        return TT_PROBE_NO;
    }
    enum tt_probe verdict = enough && is_clean(l, x, unit)
                                ? TT_PROBE_YES
                                : probe(l, x, (struct tt_bytes){unit.p, x->length});
    if (verdict == TT_PROBE_NO || (verdict == TT_PROBE_YES && decides(l, x))) {
        return verdict;
    }
    x->judged = (uint8_t)(x->judged + (enough && x->judged == x->units));
    x->at = (uint16_t)(x->at + x->length);
    x->sizes[x->units] = (uint16_t)unit.n;
    x->ends[x->units++] = (uint16_t)(x->at - x->from);
    x->length = x->unit = x->seen = x->sure = 0;
    x->wake = all.n + 1;
    return verdict_of_units(l, x, all);
}

/* The unit that x waits for is not complete. */
static enum tt_probe wait(struct look *l, struct start *x, struct tt_bytes b, uint32_t n)
{
    enum tt_probe verdict = probe(l, x, b);
    uint32_t last = x->from + SEEK_OCTETS;
    uint64_t end = x->length ? x->at + (uint64_t)x->length : last;
    if (verdict == TT_PROBE_NO || (verdict == TT_PROBE_YES && decides(l, x))) {
        return verdict;
    }
    if (n >= last || (end > last && x->place == ANYWHERE)) {
        return TT_PROBE_NO;
    }
    x->wake = next_time(x, b.n, end < last ? (uint32_t)end : last);
    return TT_PROBE_MAYBE;
}

/* What do the octets up to all.n say of x? */
static enum tt_probe step(struct look *l, struct start *x, struct tt_bytes all)
{
    while (x->at < all.n) {
        struct tt_bytes b = {all.p + x->at, all.n - x->at};
        bool may = look_may_speak(l) >> x->dissector & 1;
        if (!may || !goes_on(l, x, b) || !measure(l, x, b)) {
            return TT_PROBE_NO;
        }
        if (x->length == 0 || x->length > b.n) {
            return wait(l, x, b, all.n);
        }
        enum tt_probe verdict = complete(l, x, all);
        if (verdict != TT_PROBE_MAYBE) {
            return verdict;
        }
    }
    return TT_PROBE_MAYBE;
}

struct start *tt_start_ask(struct look *l, struct tt_bytes all)
{
    struct seek *k = l->k;
    k->wake = UINT32_MAX;
    for (uint32_t i = 0; i < k->n;) {
        struct start *x = &k->starts[i];
        bool now = x->wake <= all.n || (l->last && x->at < all.n);
        enum tt_probe verdict = now ? step(l, x, all) : TT_PROBE_MAYBE;
        if (verdict == TT_PROBE_YES) {
            return x;
        }
        if (verdict == TT_PROBE_NO) {
            tt_start_forget(l, x);
            continue;
        }
        k->wake = x->wake < k->wake ? x->wake : k->wake;
        i++;
    }
    return NULL;
}

void tt_start_forget(struct look *l, struct start *x)
{
    struct seek *k = l->k;
    if (x->place == BEGINNING && !look_at_home(l, x)) {
        l->f->app->excluded |= UINT64_C(1) << x->dissector & ~l->e->later;
    }
    k->n--;
    memmove(x, x + 1, (size_t)((char *)&k->starts[k->n] - (char *)x));
}

/* Room for a further start: the one that says it ends last is given up, if it stands ANYWHERE. */
static void make_room(struct look *l)
{
    struct start *last = NULL;
    uint64_t most = 0;
    for (uint32_t i = 0; i < l->k->n; i++) {
        struct start *x = &l->k->starts[i];
        uint64_t end = x->length ? x->at + (uint64_t)x->length : 0;
        if (x->place == ANYWHERE && (!last || end > most)) {
            last = x;
            most = end;
        }
    }
    if (last) {
        tt_start_forget(l, last);
    }
}

static void add(struct look *l, enum place place, unsigned dissector, uint32_t at)
{
    struct seek *k = l->k;
    uint32_t wake = at + (place == ANYWHERE ? 4 : 1); /* of two octets it is known that they fit */
    if (k->n == SEEK_STARTS) {
        make_room(l);
    }
    if (k->n < SEEK_STARTS) {
        k->starts[k->n++] = (struct start){.from = (uint16_t)at,
                                           .at = (uint16_t)at,
                                           .wake = wake,
                                           .dissector = (uint8_t)dissector,
                                           .place = (uint8_t)place};
        k->wake = least(k->wake, wake);
    }
}

void tt_start_admit(struct look *l, enum place place, uint32_t at, const uint8_t *octets)
{
    uint64_t asked = look_may_speak(l), here = 0;
    for (uint64_t left = asked; place != ANYWHERE && left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        here |= (uint64_t)tt_probe_port(l->e->dissectors[i].d, l->f) << i;
    }
    asked &= l->e->first[l->d][octets[0]];
    if (place == ANYWHERE) {
        asked = fitting(l, asked, octets);
    } else if (place == BEGINNING) { /* what is not this protocol there never will be */
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
