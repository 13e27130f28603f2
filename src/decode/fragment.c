/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reassembly of IPv4 (RFC 791) and IPv6 (RFC 8200 4.5) fragments: which datagrams there are, under
 * caps, the oldest out first, and when one is whole. Which octets count where fragments overlap is
 * overlap.c's. Each step costs a constant: bitmaps instead of lists.
 */
#include "decode/fragment_state.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/work.h"

#define NONE    TT_SLAB_NONE
#define LARGEST 65535u

bool tt_fragments_init(struct tt_fragments *f, uint64_t *values, uint32_t max_datagrams,
                       uint32_t max_octets, int64_t timeout)
{
    *f =
        (struct tt_fragments){.oldest = NONE, .newest = NONE, .timeout = timeout, .values = values};
    f->secret = tt_hash_secret();
    uint32_t buckets = 16, pieces = max_octets / (uint32_t)sizeof(struct tt_fragment_piece);
    while (buckets < max_datagrams && buckets < 1u << 24) {
        buckets *= 2;
    }
    /* one datagram always fits */
    pieces = pieces < TT_FRAGMENT_PIECES ? TT_FRAGMENT_PIECES : pieces;
    f->mask = buckets - 1;
    f->buckets = malloc((size_t)buckets * 2 * sizeof *f->buckets);
    if (!f->buckets || !tt_slab_init(&f->datagrams, sizeof(struct tt_datagram), max_datagrams) ||
        !tt_slab_init(&f->pieces, sizeof(struct tt_fragment_piece), pieces) ||
        !tt_slab_init(&f->senders, sizeof(struct tt_fragment_sender), max_datagrams)) {
        tt_fragments_free(f);
        return false;
    }
    memset(f->buckets, 0xff, (size_t)buckets * 2 * sizeof *f->buckets);
    tt_slab_sparse(&f->senders);
    tt_slab_sparse(&f->datagrams);
    tt_slab_sparse(&f->pieces);
    return true;
}

void tt_fragments_free(struct tt_fragments *f)
{
    free(f->buckets);
    tt_slab_free(&f->datagrams);
    tt_slab_free(&f->pieces);
    tt_slab_free(&f->senders);
    *f = (struct tt_fragments){0};
}

static struct tt_datagram *at(const struct tt_fragments *f, uint32_t i)
{
    return tt_datagram_at(f, i);
}

static uint32_t bucket_of(const struct tt_fragments *f, const struct tt_fragment_key *key)
{
    uint64_t rest = (uint64_t)key->id << 32 | (uint64_t)key->protocol << 16 | key->version;
    uint64_t h = tt_mum(tt_load64(key->src.b) ^ f->secret,
                        tt_load64(key->src.b + 8) ^ UINT64_C(0x9e3779b97f4a7c15));
    h = tt_mum(h ^ tt_load64(key->dst.b), tt_load64(key->dst.b + 8) ^ f->secret);
    h = tt_mum(h ^ rest ^ key->tunnel, UINT64_C(0xd1b54a32d192ed03) ^ f->secret);
    return (uint32_t)h & f->mask;
}

static bool same_key(const struct tt_fragment_key *a, const struct tt_fragment_key *b)
{
    return a->id == b->id && a->protocol == b->protocol && a->version == b->version &&
           a->tunnel == b->tunnel && memcmp(&a->src, &b->src, sizeof a->src) == 0 &&
           memcmp(&a->dst, &b->dst, sizeof a->dst) == 0;
}

static struct tt_fragment_sender *sender_at(const struct tt_fragments *f, uint32_t i)
{
    return tt_slab_at(&f->senders, i);
}

static uint32_t *sender_bucket(const struct tt_fragments *f, const struct tt_address *a)
{
    uint64_t h = tt_mum(tt_load64(a->b + 8) ^ f->secret, UINT64_C(0xa0761d6478bd642f) ^ f->secret);
    return &f->buckets[f->mask + 1 + ((uint32_t)h & f->mask)];
}

/* There is room: each sender has a datagram. */
static uint32_t join_sender(struct tt_fragments *f, const struct tt_fragment_key *key)
{
    if (key->version != 4) {
        return NONE;
    }
    uint32_t *bucket = sender_bucket(f, &key->src), i = *bucket;
    while (i != NONE && memcmp(&sender_at(f, i)->address, &key->src, sizeof key->src) != 0) {
        i = sender_at(f, i)->next_in_bucket;
    }
    if (i == NONE) {
        i = tt_slab_take(&f->senders);
        *sender_at(f, i) =
            (struct tt_fragment_sender){.address = key->src, .next_in_bucket = *bucket};
        *bucket = i;
    }
    sender_at(f, i)->datagrams++;
    return i;
}

static void leave_sender(struct tt_fragments *f, uint32_t i)
{
    if (i == NONE || --sender_at(f, i)->datagrams > 0) {
        return;
    }
    uint32_t *link = sender_bucket(f, &sender_at(f, i)->address);
    while (*link != i) {
        link = &sender_at(f, *link)->next_in_bucket;
    }
    *link = sender_at(f, i)->next_in_bucket;
    tt_slab_give(&f->senders, i);
}

/* A fragment of the datagram comes: does Linux still know the others? */
static bool is_far(struct tt_fragments *f, struct tt_datagram *g)
{
    if (g->sender == NONE) {
        return false;
    }
    uint32_t now = ++sender_at(f, g->sender)->fragments, since = now - g->seen;
    g->seen = now;
    return g->rule == TT_OVERLAP_LINUX && g->n > 0 && since > TT_FRAGMENT_DISTANCE;
}

/* fate: what became of its fragments, enum tt_decode_count. */
static void drop(struct tt_fragments *f, uint32_t i, unsigned fate)
{
    struct tt_datagram *g = at(f, i);
    f->values[fate] += g->n;
    f->values[TT_COUNT_SHED_WAITING] -= g->n;
    uint32_t *link = &f->buckets[bucket_of(f, &g->key)];
    while (*link != i) {
        link = &at(f, *link)->next_in_bucket;
    }
    *link = g->next_in_bucket;
    leave_sender(f, g->sender);
    *(g->older == NONE ? &f->oldest : &at(f, g->older)->newer) = g->newer;
    *(g->newer == NONE ? &f->newest : &at(f, g->newer)->older) = g->older;
    for (uint32_t k = 0; k < TT_FRAGMENT_PIECES; k++) {
        if (g->piece[k] != TT_FRAGMENT_EMPTY) {
            tt_slab_give(&f->pieces, g->piece[k]);
        }
    }
    tt_slab_give(&f->datagrams, i);
}

static void expire(struct tt_fragments *f, int64_t now)
{
    while (f->oldest != NONE && now - at(f, f->oldest)->since > f->timeout) {
        f->values[at(f, f->oldest)->key.version == 4 ? TT_COUNT_TIMEOUTS_4 : TT_COUNT_TIMEOUTS_6]++;
        drop(f, f->oldest, TT_COUNT_SHED_LATE);
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
        drop(f, f->oldest, TT_COUNT_SHED_CAP);
    }
    uint32_t i = tt_slab_take(&f->datagrams);
    struct tt_datagram *g = at(f, i);
    uint32_t *bucket = &f->buckets[bucket_of(f, key)];
    *g = (struct tt_datagram){
        .key = *key,
        .since = now,
        .rule = (uint8_t)tt_fragment_rule_of(tt_receivers_of(f->receivers, &key->dst)),
        .next_in_bucket = *bucket,
        .older = f->newest,
        .newer = NONE,
        .sender = join_sender(f, key)};
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
        if (at(f, i)->piece[k] != TT_FRAGMENT_EMPTY) {
            continue;
        }
        while (f->pieces.used == f->pieces.cap) {
            uint32_t victim = f->oldest == i ? at(f, i)->newer : f->oldest;
            f->values[TT_COUNT_MAX_FRAGMENTS]++;
            if (victim == NONE) {
                return false;
            }
            drop(f, victim, TT_COUNT_SHED_CAP);
        }
        uint32_t p = tt_slab_take(&f->pieces);
        memset(tt_piece_at(f, p), 0, offsetof(struct tt_fragment_piece, data));
        at(f, i)->piece[k] = p;
    }
    return true;
}

static struct tt_bytes whole(struct tt_fragments *f, uint32_t i, struct tt_arena *arena)
{
    const struct tt_datagram *g = at(f, i);
    struct tt_bytes out = {tt_arena_alloc(arena, g->total), g->total};
    uint8_t *to = (uint8_t *)(uintptr_t)out.p;
    for (uint32_t done = 0; done < g->total; done += TT_FRAGMENT_PIECE) {
        uint32_t part = g->total - done < TT_FRAGMENT_PIECE ? g->total - done : TT_FRAGMENT_PIECE;
        TT_LOOKED(part);
        memcpy(to + done, tt_piece_at(f, g->piece[done / TT_FRAGMENT_PIECE])->data, part);
    }
    drop(f, i, TT_COUNT_JOINED);
    return out;
}

/* The datagram that a fragment is of, as far as it is there: when it goes, its events are kept till
 * the next fragment, and so are its octets, since nobody takes their place before. */
static void remember(struct tt_fragments *f, uint32_t i, const struct tt_fragment *in)
{
    struct tt_datagram *g = i == NONE ? NULL : at(f, i);
    f->odd_gone = 0;
    f->odd = g ? &g->odd : &f->odd_gone;
    f->head = in->offset == 0 ? in->data : (struct tt_bytes){0};
    f->head_next = in->next;
    if (g && g->piece[0] != TT_FRAGMENT_EMPTY && (tt_piece_at(f, g->piece[0])->there[0] & 1)) {
        const struct tt_fragment_piece *p = tt_piece_at(f, g->piece[0]);
        uint64_t hole = ~p->there[0];
        f->head = (struct tt_bytes){p->data, hole ? (uint32_t)__builtin_ctzll(hole) * 8 : 512};
        f->head_next = g->next;
    }
}

/* The datagram of the fragment at hand goes. */
static void part(struct tt_fragments *f, uint32_t i)
{
    f->odd_gone = at(f, i)->odd;
    f->odd = &f->odd_gone;
}

void tt_fragments_seek(struct tt_fragments *f, const struct tt_fragment *in)
{
    remember(f, find(f, &in->key), in);
}

static enum tt_fragment_result discard(struct tt_fragments *f, uint32_t i,
                                       enum tt_fragment_result why)
{
    f->values[TT_COUNT_DISCARDED]++;
    part(f, i);
    drop(f, i, TT_COUNT_SHED_FRAGMENT);
    return why;
}

/* The datagram goes, and what follows is another one. */
static uint32_t begin_again(struct tt_fragments *f, uint32_t i, const struct tt_fragment *in,
                            int64_t now)
{
    uint64_t odd = at(f, i)->odd;
    uint32_t seen = at(f, i)->seen, sender = at(f, i)->sender;
    sender_at(f, sender)->datagrams++; /* it stays meanwhile */
    f->head.n = f->head.n < sizeof f->gone ? f->head.n : sizeof f->gone;
    if (f->head.n) {
        memcpy(f->gone, f->head.p, f->head.n);
        f->head.p = f->gone;
    }
    discard(f, i, TT_FRAGMENT_REFUSED);
    i = begin(f, &in->key, now);
    leave_sender(f, sender);
    f->odd = &at(f, i)->odd;
    at(f, i)->odd = odd;
    at(f, i)->seen = seen;
    f->far = true;
    return i;
}

enum tt_fragment_result tt_fragments_add(struct tt_fragments *f, const struct tt_fragment *in,
                                         int64_t now, struct tt_arena *arena, struct tt_bytes *out,
                                         uint8_t *next)
{
    struct tt_bytes b = in->data;
    f->differs = f->far = false;
    expire(f, now);
    uint32_t i = find(f, &in->key);
    remember(f, i, in);
    if (i != NONE && is_far(f, at(f, i))) {
        i = begin_again(f, i, in, now);
    }
    if (in->more && b.n % 8 != 0) {
        if (in->key.version == 6) {
            return TT_FRAGMENT_LENGTH;
        }
        b.n &= ~7u;
    }
    if (b.n > LARGEST || in->offset > LARGEST - b.n) {
        return TT_FRAGMENT_LARGE;
    }
    if (i == NONE) {
        if (b.n == 0) {
            return TT_FRAGMENT_REFUSED;
        }
        i = begin(f, &in->key, now);
        (void)is_far(f, at(f, i));
        f->odd = &at(f, i)->odd;
    }
    struct tt_datagram *g = at(f, i);
    enum tt_fragment_result r = tt_fragment_place(f, g, in->offset, in->more, b);
    if (r == TT_FRAGMENT_OVERLAP || r == TT_FRAGMENT_REFUSED) {
        return discard(f, i, r);
    }
    if (r != TT_FRAGMENT_KEPT) {
        return r;
    }
    if (!room(f, i, in->offset, in->offset + b.n)) {
        part(f, i);
        drop(f, i, TT_COUNT_SHED_CAP);
        return TT_FRAGMENT_REFUSED;
    }
    f->differs = tt_fragment_store(f, g, in->offset, b);
    if (in->offset == 0) {
        g->next = in->next;
    }
    if (!g->last_seen || g->have != (g->total + 7) / 8) {
        g->n++; /* the last one is the datagram's own packet */
        return TT_FRAGMENT_KEPT;
    }
    *next = g->next;
    part(f, i);
    *out = whole(f, i, arena);
    return TT_FRAGMENT_WHOLE;
}
