/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Address and port lists of rule headers (siem.md 5.1): nested [a,!b,$VAR] lists become sorted
 * disjoint ranges. Works with an explicit stack, bounded depth and a bounded number of items, so
 * that no list can run away. Results are shared by their text.
 */
#include "rules/ranges.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/text.h"

#define DEPTH_MAX 16
#define ITEMS_MAX 20000
#define BUCKETS   4096

struct spans {
    struct address_range *r;
    uint32_t n, cap;
};

struct frame {
    struct slice rest;
    bool negated;
    struct spans in, out; /* listed, and listed behind '!' */
};

struct work {
    struct draft *d;
    const char *at; /* for errors */
    bool port;
    tt_u128 max;
    uint32_t items;
    int depth;
    struct frame frames[DEPTH_MAX];
};

struct cached {
    struct cached *next;
    const char *text;
    bool port;
    const void *set;
};

struct set_cache {
    struct tt_arena arena;
    struct cached *buckets[BUCKETS];
};

static void add(struct spans *s, tt_u128 lo, tt_u128 hi)
{
    if (s->n == s->cap) {
        uint32_t cap = s->cap ? s->cap * 2 : 8;
        struct address_range *r = realloc(s->r, cap * sizeof *r);
        if (!r) {
            abort(); /* start-up sizes are bounded, as in base/arena.h */
        }
        s->r = r;
        s->cap = cap;
    }
    s->r[s->n++] = (struct address_range){lo, hi};
}

static int by_low(const void *a, const void *b)
{
    const struct address_range *x = a, *y = b;
    return x->lo < y->lo ? -1 : x->lo > y->lo;
}

/* Sorts, and joins what touches. */
static void normalise(struct spans *s)
{
    if (s->n < 2) {
        return;
    }
    qsort(s->r, s->n, sizeof *s->r, by_low);
    uint32_t n = 1;
    for (uint32_t i = 1; i < s->n; i++) {
        struct address_range *last = &s->r[n - 1];
        if (s->r[i].lo <= last->hi || s->r[i].lo - 1 == last->hi) {
            last->hi = s->r[i].hi > last->hi ? s->r[i].hi : last->hi;
        } else {
            s->r[n++] = s->r[i];
        }
    }
    s->n = n;
}

/* in (or everything when empty) without out. */
static struct spans settle(struct frame *f, tt_u128 max)
{
    struct spans result = {0};
    if (f->in.n == 0) {
        add(&f->in, 0, max);
    }
    normalise(&f->in);
    normalise(&f->out);
    uint32_t o = 0;
    for (uint32_t i = 0; i < f->in.n; i++) {
        tt_u128 lo = f->in.r[i].lo, hi = f->in.r[i].hi;
        bool gone = false;
        while (o < f->out.n && f->out.r[o].hi < lo) {
            o++;
        }
        for (uint32_t k = o; k < f->out.n && f->out.r[k].lo <= hi; k++) {
            if (f->out.r[k].lo > lo) {
                add(&result, lo, f->out.r[k].lo - 1);
            }
            if (f->out.r[k].hi >= hi) {
                gone = true;
                break;
            }
            lo = f->out.r[k].hi + 1;
        }
        if (!gone) {
            add(&result, lo, hi);
        }
    }
    free(f->in.r);
    free(f->out.r);
    f->in = f->out = (struct spans){0};
    return result;
}

static tt_u128 number(const uint8_t b[16])
{
    tt_u128 v = 0;
    for (int i = 0; i < 16; i++) {
        v = v << 8 | b[i];
    }
    return v;
}

tt_u128 address_number(const struct tt_address *a)
{
    return number(a->b);
}

/* Prefix length after '/', as a number or (IPv4) as a mask; counts from the first of 128 bits. */
static bool prefix(struct slice s, bool v6, unsigned *bits)
{
    uint64_t n;
    uint8_t mask[16];
    bool mask6;
    if (slice_uint(s, v6 ? 128 : 32, &n)) {
        *bits = (unsigned)n + (v6 ? 0 : 96);
        return true;
    }
    if (v6 || !tt_parse_address(s.p, s.n, mask, &mask6) || mask6) {
        return false;
    }
    uint32_t m = (uint32_t)number(mask);
    uint32_t inverse = ~m;
    if (inverse & (inverse + 1)) {
        return false;
    }
    *bits = 96 + (unsigned)__builtin_popcount(m);
    return true;
}

static bool address_atom(struct slice s, tt_u128 *lo, tt_u128 *hi)
{
    uint8_t a[16], b[16];
    bool v6, other6;
    const char *slash = memchr(s.p, '/', s.n), *dash = memchr(s.p, '-', s.n);
    if (slash) {
        struct slice tail = {slash + 1, s.n - (uint32_t)(slash + 1 - s.p)};
        unsigned bits;
        if (!tt_parse_address(s.p, (size_t)(slash - s.p), a, &v6) || !prefix(tail, v6, &bits)) {
            return false;
        }
        tt_u128 host = bits == 0 ? ~(tt_u128)0 : bits == 128 ? 0 : (~(tt_u128)0) >> bits;
        *lo = number(a) & ~host;
        *hi = *lo | host;
        return true;
    }
    if (dash) {
        struct slice x = slice_trim((struct slice){s.p, (uint32_t)(dash - s.p)});
        struct slice y = slice_trim((struct slice){dash + 1, s.n - (uint32_t)(dash + 1 - s.p)});
        if (!tt_parse_address(x.p, x.n, a, &v6) || !tt_parse_address(y.p, y.n, b, &other6) ||
            v6 != other6) {
            return false;
        }
        *lo = number(a);
        *hi = number(b);
        return *lo <= *hi;
    }
    if (!tt_parse_address(s.p, s.n, a, &v6)) {
        return false;
    }
    *lo = *hi = number(a);
    return true;
}

static bool port_atom(struct slice s, tt_u128 *lo, tt_u128 *hi)
{
    const char *colon = memchr(s.p, ':', s.n);
    uint64_t a = 0, b = 65535;
    if (!colon) {
        if (!slice_uint(s, 65535, &a)) {
            return false;
        }
        b = a;
    } else {
        struct slice x = slice_trim((struct slice){s.p, (uint32_t)(colon - s.p)});
        struct slice y = slice_trim((struct slice){colon + 1, s.n - (uint32_t)(colon + 1 - s.p)});
        if ((x.n && !slice_uint(x, 65535, &a)) || (y.n && !slice_uint(y, 65535, &b)) ||
            (x.n == 0 && y.n == 0)) {
            return false;
        }
    }
    *lo = a;
    *hi = b;
    return a <= b;
}

static bool push(struct work *w, struct slice text, bool negated)
{
    if (w->depth == DEPTH_MAX) {
        return draft_fail(w->d, w->at, "lists or variables nested deeper than %d", DEPTH_MAX);
    }
    w->frames[w->depth++] = (struct frame){.rest = text, .negated = negated};
    return true;
}

static bool push_variable(struct work *w, struct slice name, bool negated)
{
    char word[64];
    const struct tt_rules_options *o = w->d->options;
    const char *value = NULL;
    if (name.n > 1 && name.n <= sizeof word) {
        memcpy(word, name.p + 1, name.n - 1);
        word[name.n - 1] = 0;
        value = o->variable ? o->variable(o->ctx, word, w->port) : NULL;
    }
    if (!value) {
        draft_fail(w->d, w->at, "undefined variable %.*s", SLICE(name));
        return tt_fail_fix(w->d->error, "define it under vars.%s-groups",
                           w->port ? "port" : "address");
    }
    return push(w, (struct slice){value, (uint32_t)strlen(value)}, negated);
}

/* Cuts the next item of a list off; commas inside brackets do not count. */
static bool next_item(struct slice *rest, struct slice *item)
{
    *rest = slice_trim(*rest);
    if (rest->n == 0) {
        return false;
    }
    uint32_t depth = 0, i = 0;
    for (; i < rest->n && (rest->p[i] != ',' || depth); i++) {
        depth += rest->p[i] == '[';
        depth -= rest->p[i] == ']' && depth;
    }
    *item = slice_trim((struct slice){rest->p, i});
    uint32_t cut = i < rest->n ? i + 1 : i;
    rest->p += cut;
    rest->n -= cut;
    return true;
}

static bool take_item(struct work *w, struct slice item)
{
    bool negated = false;
    struct slice whole = item;
    if (++w->items > ITEMS_MAX) {
        return draft_fail(w->d, w->at, "more than %d entries in one list", ITEMS_MAX);
    }
    while (item.n && *item.p == '!') {
        negated = !negated;
        item = slice_trim((struct slice){item.p + 1, item.n - 1});
    }
    if (item.n && *item.p == '$') {
        return push_variable(w, item, negated);
    }
    if (item.n > 1 && *item.p == '[' && item.p[item.n - 1] == ']') {
        return push(w, (struct slice){item.p + 1, item.n - 2}, negated);
    }
    struct frame *f = &w->frames[w->depth - 1];
    tt_u128 lo = 0, hi = w->max;
    if (!slice_is(item, "any") &&
        !(w->port ? port_atom(item, &lo, &hi) : address_atom(item, &lo, &hi))) {
        return draft_fail(w->d, w->at, "\"%.*s\" is not %s", (int)(whole.n > 80 ? 80 : whole.n),
                          whole.p, w->port ? "a port or range of ports" : "an address or network");
    }
    add(negated ? &f->out : &f->in, lo, hi);
    return true;
}

static bool run(struct work *w, struct spans *result)
{
    while (w->depth) {
        struct frame *f = &w->frames[w->depth - 1];
        struct slice item;
        if (next_item(&f->rest, &item)) {
            if (!take_item(w, item)) {
                return false;
            }
            continue;
        }
        bool negated = f->negated;
        struct spans s = settle(f, w->max);
        if (--w->depth == 0) {
            *result = s;
            return true;
        }
        struct frame *parent = &w->frames[w->depth - 1];
        for (uint32_t i = 0; i < s.n; i++) {
            add(negated ? &parent->out : &parent->in, s.r[i].lo, s.r[i].hi);
        }
        free(s.r);
    }
    return false;
}

static const void *keep(struct tt_arena *arena, const struct spans *s, bool port, tt_u128 max)
{
    if (s->n == 1 && s->r[0].lo == 0 && s->r[0].hi == max) {
        return NULL;
    }
    if (!port) {
        struct address_set *set = tt_arena_alloc(arena, sizeof *set + s->n * sizeof set->r[0]);
        set->n = s->n;
        if (s->n) {
            memcpy(set->r, s->r, s->n * sizeof set->r[0]);
        }
        return set;
    }
    struct port_set *set = tt_arena_alloc(arena, sizeof *set + s->n * sizeof set->r[0]);
    set->n = s->n;
    for (uint32_t i = 0; i < s->n; i++) {
        set->r[i] = (struct port_range){(uint16_t)s->r[i].lo, (uint16_t)s->r[i].hi};
    }
    return set;
}

static struct cached *cache_entry(struct set_cache *c, struct slice text, bool port, bool make)
{
    struct cached **b = &c->buckets[tt_hash_bytes(text.p, text.n, port) % BUCKETS];
    for (struct cached *e = *b; e; e = e->next) {
        if (e->port == port && strlen(e->text) == text.n && memcmp(e->text, text.p, text.n) == 0) {
            return e;
        }
    }
    if (!make) {
        return NULL;
    }
    struct cached *e = tt_arena_alloc(&c->arena, sizeof *e);
    *e = (struct cached){*b, slice_copy(&c->arena, text), port, NULL};
    *b = e;
    return e;
}

bool ranges_read(struct draft *d, struct slice text, bool port, const void **set)
{
    struct cached *e = cache_entry(d->cache, text, port, false);
    if (e) {
        *set = e->set;
        return true;
    }
    tt_u128 max = port ? 65535 : ~(tt_u128)0;
    struct work w = {.d = d, .at = text.p, .port = port, .max = max};
    struct spans s = {0};
    bool good = push(&w, text, false) && run(&w, &s);
    for (int i = 0; i < w.depth; i++) {
        free(w.frames[i].in.r);
        free(w.frames[i].out.r);
    }
    if (good && s.n == 0) {
        good = draft_fail(d, text.p, "\"%.*s\" matches no %s", (int)(text.n > 80 ? 80 : text.n),
                          text.p, port ? "port" : "address");
    }
    if (good) {
        *set = keep(&d->set->arena, &s, port, max);
        cache_entry(d->cache, text, port, true)->set = *set;
    }
    free(s.r);
    return good;
}

struct set_cache *set_cache_new(void)
{
    struct set_cache *c = calloc(1, sizeof *c);
    if (c) {
        tt_arena_init(&c->arena, 65536);
    }
    return c;
}

void set_cache_free(struct set_cache *c)
{
    if (c) {
        tt_arena_free(&c->arena);
        free(c);
    }
}
