/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reassembly of IPv4 (RFC 791) and IPv6 (RFC 8200 4.5) fragments with Linux's answers to what the
 * RFCs leave open (since 4.19, RFC 5722 for both): data that are there stay; a fragment wholly
 * inside one run of them is dropped; one that overlaps in part throws the datagram away. A run is
 * what arrived in order. Each step costs a constant: bitmaps instead of lists.
 */
#include "decode/fragment.h"

#include <stdlib.h>

#include "base/hash.h"
#include "decode/events.h"

#define NONE        TT_SLAB_NONE
#define UNITS       (TT_FRAGMENT_PIECE / 8)
#define WORDS       (UNITS / 64)
#define LARGEST     65535u
#define EMPTY_PIECE UINT32_MAX

struct piece {
    uint64_t there[WORDS]; /* units */
    uint64_t start[WORDS]; /* units with which a run begins */
    uint8_t data[TT_FRAGMENT_PIECE];
};

struct datagram {
    struct tt_fragment_key key;
    int64_t since;
    uint32_t next_in_bucket, older, newer;
    uint32_t have;  /* octets */
    uint32_t end;   /* of the highest fragment */
    uint32_t total; /* known from the last fragment */
    bool last_seen;
    uint8_t next; /* protocol, from the first fragment */
    uint32_t piece[TT_FRAGMENT_PIECES];
};

bool tt_fragments_init(struct tt_fragments *f, uint64_t *values, uint32_t max_datagrams,
                       uint32_t max_octets, int64_t timeout)
{
    *f =
        (struct tt_fragments){.oldest = NONE, .newest = NONE, .timeout = timeout, .values = values};
    f->secret = tt_hash_secret();
    uint32_t buckets = 16, pieces = max_octets / (uint32_t)sizeof(struct piece);
    while (buckets < max_datagrams && buckets < 1u << 24) {
        buckets *= 2;
    }
    /* one datagram always fits */
    pieces = pieces < TT_FRAGMENT_PIECES ? TT_FRAGMENT_PIECES : pieces;
    f->mask = buckets - 1;
    f->buckets = malloc(buckets * sizeof *f->buckets);
    if (!f->buckets || !tt_slab_init(&f->datagrams, sizeof(struct datagram), max_datagrams) ||
        !tt_slab_init(&f->pieces, sizeof(struct piece), pieces)) {
        tt_fragments_free(f);
        return false;
    }
    memset(f->buckets, 0xff, buckets * sizeof *f->buckets);
    return true;
}

void tt_fragments_free(struct tt_fragments *f)
{
    free(f->buckets);
    tt_slab_free(&f->datagrams);
    tt_slab_free(&f->pieces);
    *f = (struct tt_fragments){0};
}

static struct datagram *at(const struct tt_fragments *f, uint32_t i)
{
    return tt_slab_at(&f->datagrams, i);
}

static struct piece *piece_at(const struct tt_fragments *f, uint32_t i)
{
    return tt_slab_at(&f->pieces, i);
}

static uint32_t bucket_of(const struct tt_fragments *f, const struct tt_fragment_key *key)
{
    uint64_t rest = (uint64_t)key->id << 32 | (uint64_t)key->protocol << 16 | key->version;
    uint64_t h = tt_mum(tt_load64(key->src.b) ^ f->secret,
                        tt_load64(key->src.b + 8) ^ UINT64_C(0x9e3779b97f4a7c15));
    h = tt_mum(h ^ tt_load64(key->dst.b), tt_load64(key->dst.b + 8) ^ f->secret);
    h = tt_mum(h ^ rest, UINT64_C(0xd1b54a32d192ed03) ^ f->secret);
    return (uint32_t)h & f->mask;
}

static bool same_key(const struct tt_fragment_key *a, const struct tt_fragment_key *b)
{
    return a->id == b->id && a->protocol == b->protocol && a->version == b->version &&
           memcmp(&a->src, &b->src, sizeof a->src) == 0 &&
           memcmp(&a->dst, &b->dst, sizeof a->dst) == 0;
}

static void drop(struct tt_fragments *f, uint32_t i)
{
    struct datagram *g = at(f, i);
    uint32_t *link = &f->buckets[bucket_of(f, &g->key)];
    while (*link != i) {
        link = &at(f, *link)->next_in_bucket;
    }
    *link = g->next_in_bucket;
    *(g->older == NONE ? &f->oldest : &at(f, g->older)->newer) = g->newer;
    *(g->newer == NONE ? &f->newest : &at(f, g->newer)->older) = g->older;
    for (uint32_t k = 0; k < TT_FRAGMENT_PIECES; k++) {
        if (g->piece[k] != EMPTY_PIECE) {
            tt_slab_give(&f->pieces, g->piece[k]);
        }
    }
    tt_slab_give(&f->datagrams, i);
}

static void expire(struct tt_fragments *f, int64_t now)
{
    while (f->oldest != NONE && now - at(f, f->oldest)->since > f->timeout) {
        f->values[at(f, f->oldest)->key.version == 4 ? TT_COUNT_TIMEOUTS_4 : TT_COUNT_TIMEOUTS_6]++;
        drop(f, f->oldest);
    }
}

static uint32_t find(const struct tt_fragments *f, const struct tt_fragment_key *key)
{
    uint32_t i = f->buckets[bucket_of(f, key)];
    while (i != NONE && !same_key(&at(f, i)->key, key)) {
        i = at(f, i)->next_in_bucket;
    }
    return i;
}

static uint32_t begin(struct tt_fragments *f, const struct tt_fragment_key *key, int64_t now)
{
    if (f->datagrams.used == f->datagrams.cap) {
        f->values[TT_COUNT_MAX_DATAGRAMS]++;
        drop(f, f->oldest);
    }
    uint32_t i = tt_slab_take(&f->datagrams);
    struct datagram *g = at(f, i);
    uint32_t *bucket = &f->buckets[bucket_of(f, key)];
    *g = (struct datagram){
        .key = *key, .since = now, .next_in_bucket = *bucket, .older = f->newest, .newer = NONE};
    memset(g->piece, 0xff, sizeof g->piece);
    *bucket = i;
    *(f->newest == NONE ? &f->oldest : &at(f, f->newest)->newer) = i;
    f->newest = i;
    return i;
}

/* Makes room for the pieces that octets [from, to) need, at the oldest others' expense. False:
 * there is no room at all. */
static bool room(struct tt_fragments *f, uint32_t i, uint32_t from, uint32_t to)
{
    for (uint32_t k = from / TT_FRAGMENT_PIECE; k <= (to - 1) / TT_FRAGMENT_PIECE; k++) {
        if (at(f, i)->piece[k] != EMPTY_PIECE) {
            continue;
        }
        while (f->pieces.used == f->pieces.cap) {
            uint32_t victim = f->oldest == i ? at(f, i)->newer : f->oldest;
            f->values[TT_COUNT_MAX_FRAGMENTS]++;
            if (victim == NONE) {
                return false;
            }
            drop(f, victim);
        }
        uint32_t p = tt_slab_take(&f->pieces);
        memset(piece_at(f, p), 0, offsetof(struct piece, data));
        at(f, i)->piece[k] = p;
    }
    return true;
}

/* Bits a..b (b > a) of one 64-bit word. */
static uint64_t bits(uint32_t a, uint32_t b)
{
    return (b - a >= 64 ? UINT64_MAX : (UINT64_C(1) << (b - a)) - 1) << a;
}

struct cover {
    bool some, all, split; /* units there; a run begins inside */
};

/* What of the units [from, to) is there? */
static struct cover look(const struct tt_fragments *f, const struct datagram *g, uint32_t from,
                         uint32_t to)
{
    struct cover c = {.all = true};
    for (uint32_t u = from; u < to;) {
        uint32_t stop = (u | 63) + 1 < to ? (u | 63) + 1 : to;
        uint64_t mask = bits(u & 63, (u & 63) + stop - u);
        uint32_t p = g->piece[u / UNITS];
        uint64_t there = p == EMPTY_PIECE ? 0 : piece_at(f, p)->there[u % UNITS / 64] & mask;
        uint64_t start = p == EMPTY_PIECE ? 0 : piece_at(f, p)->start[u % UNITS / 64] & mask;
        if (u == from) {
            start &= ~(UINT64_C(1) << (u & 63));
        }
        c.some |= there != 0;
        c.all &= there == mask;
        c.split |= start != 0;
        u = stop;
    }
    return c;
}

static void mark(struct tt_fragments *f, const struct datagram *g, uint32_t from, uint32_t to,
                 bool run)
{
    for (uint32_t u = from; u < to;) {
        uint32_t stop = (u | 63) + 1 < to ? (u | 63) + 1 : to;
        struct piece *p = piece_at(f, g->piece[u / UNITS]);
        p->there[u % UNITS / 64] |= bits(u & 63, (u & 63) + stop - u);
        if (run && u == from) {
            p->start[u % UNITS / 64] |= UINT64_C(1) << (u & 63);
        }
        u = stop;
    }
}

static bool same_content(const struct tt_fragments *f, const struct datagram *g, uint32_t offset,
                         struct tt_bytes b)
{
    for (uint32_t done = 0; done < b.n;) {
        uint32_t inside = (offset + done) % TT_FRAGMENT_PIECE, part = TT_FRAGMENT_PIECE - inside;
        part = part < b.n - done ? part : b.n - done;
        const struct piece *p = piece_at(f, g->piece[(offset + done) / TT_FRAGMENT_PIECE]);
        if (memcmp(p->data + inside, b.p + done, part) != 0) {
            return false;
        }
        done += part;
    }
    return true;
}

static void store(struct tt_fragments *f, const struct datagram *g, uint32_t offset,
                  struct tt_bytes b)
{
    for (uint32_t done = 0; done < b.n;) {
        uint32_t inside = (offset + done) % TT_FRAGMENT_PIECE, part = TT_FRAGMENT_PIECE - inside;
        part = part < b.n - done ? part : b.n - done;
        memcpy(piece_at(f, g->piece[(offset + done) / TT_FRAGMENT_PIECE])->data + inside,
               b.p + done, part);
        done += part;
    }
}

static struct tt_bytes whole(struct tt_fragments *f, uint32_t i, struct tt_arena *arena)
{
    const struct datagram *g = at(f, i);
    struct tt_bytes out = {tt_arena_alloc(arena, g->total), g->total};
    uint8_t *to = (uint8_t *)(uintptr_t)out.p;
    for (uint32_t done = 0; done < g->total; done += TT_FRAGMENT_PIECE) {
        uint32_t part = g->total - done < TT_FRAGMENT_PIECE ? g->total - done : TT_FRAGMENT_PIECE;
        memcpy(to + done, piece_at(f, g->piece[done / TT_FRAGMENT_PIECE])->data, part);
    }
    drop(f, i);
    return out;
}

static enum tt_fragment_result discard(struct tt_fragments *f, uint32_t i,
                                       enum tt_fragment_result why)
{
    f->values[TT_COUNT_DISCARDED]++;
    drop(f, i);
    return why;
}

/* The place of a fragment in datagram i, by Linux's rules. KEPT = store it. */
static enum tt_fragment_result place(struct tt_fragments *f, uint32_t i, uint32_t offset, bool more,
                                     struct tt_bytes b)
{
    struct datagram *g = at(f, i);
    uint32_t end = offset + b.n;
    if (!more) {
        if (end < g->end || (g->last_seen && end != g->total)) {
            return discard(f, i, TT_FRAGMENT_OVERLAP);
        }
        g->last_seen = true;
        g->total = end;
    } else if (g->last_seen && end > g->total) {
        return discard(f, i, TT_FRAGMENT_OVERLAP);
    }
    if (b.n == 0) {
        return discard(f, i, TT_FRAGMENT_REFUSED);
    }
    struct cover c = look(f, g, offset / 8, (end + 7) / 8);
    if (!c.some) {
        return TT_FRAGMENT_KEPT;
    }
    if (end > g->end || !c.all || c.split) {
        return discard(f, i, TT_FRAGMENT_OVERLAP);
    }
    return same_content(f, g, offset, b) ? TT_FRAGMENT_AGAIN : TT_FRAGMENT_DIFFERENT;
}

enum tt_fragment_result tt_fragments_add(struct tt_fragments *f, const struct tt_fragment *in,
                                         int64_t now, struct tt_arena *arena, struct tt_bytes *out,
                                         uint8_t *next)
{
    struct tt_bytes b = in->data;
    expire(f, now);
    if (in->more && b.n % 8 != 0) {
        if (in->key.version == 6) {
            return TT_FRAGMENT_LENGTH;
        }
        b.n &= ~7u;
    }
    if (b.n > LARGEST || in->offset > LARGEST - b.n) {
        return TT_FRAGMENT_LARGE;
    }
    uint32_t i = find(f, &in->key);
    if (i == NONE) {
        if (b.n == 0) {
            return TT_FRAGMENT_REFUSED;
        }
        i = begin(f, &in->key, now);
    }
    enum tt_fragment_result r = place(f, i, in->offset, in->more, b);
    if (r != TT_FRAGMENT_KEPT) {
        return r;
    }
    if (!room(f, i, in->offset, in->offset + b.n)) {
        drop(f, i);
        return TT_FRAGMENT_REFUSED;
    }
    struct datagram *g = at(f, i);
    store(f, g, in->offset, b);
    mark(f, g, in->offset / 8, (in->offset + b.n + 7) / 8, g->end == 0 || in->offset != g->end);
    if (in->offset == 0) {
        g->next = in->next;
    }
    g->have += b.n;
    g->end = in->offset + b.n > g->end ? in->offset + b.n : g->end;
    if (!g->last_seen || g->have != g->total) {
        return TT_FRAGMENT_KEPT;
    }
    *next = g->next;
    *out = whole(f, i, arena);
    return TT_FRAGMENT_WHOLE;
}
