/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Octets that came before their turn. Their content lies by position in blocks of 2 KiB, so any
 * mixture of segment sizes needs no more memory than the range it spans; who owns which octets is a
 * sorted list of pieces. Overlaps are decided octet by octet here (Novak and Sturges, "Target-Based
 * TCP Stream Reassembly", 2007; Linux: tcp_data_queue_ofo, where a queued segment yields only to
 * one that begins before it, or at the same octet and reaches farther). Never asks whether a packet
 * is acceptable: segment.c does.
 */
#include "base/work.h"
#include "stream/state.h"

static struct block *block_at(const struct tt_streams *s, uint32_t i)
{
    return tt_slab_at(&s->blocks, i);
}

/* Where to look for a page: nearly always it is that of the last segment, or the next. A walk from
 * the front would touch as many cache lines as there are blocks. */
static uint32_t near_page(const struct tt_streams *s, const struct way *w, uint32_t page)
{
    if (w->blocks == TT_SLAB_NONE) {
        return TT_SLAB_NONE;
    }
    uint32_t i = block_at(s, w->blocks)->near;
    return seq_before(page, block_at(s, i)->page) ? w->blocks : i;
}

/* The octet at seq and how many follow in its block; NULL when there is no block. */
static uint8_t *octets_at(const struct tt_streams *s, const struct way *w, uint32_t seq,
                          uint32_t *n)
{
    uint32_t page = seq & ~(BLOCK_OCTETS - 1);
    for (uint32_t i = near_page(s, w, page); i != TT_SLAB_NONE; i = block_at(s, i)->next) {
        struct block *b = block_at(s, i);
        if (b->page == page) {
            *n = BLOCK_OCTETS - (seq - page);
            return b->octets + (seq - page);
        }
    }
    return NULL;
}

/* A block for the page, in the chain between `before` and `at`. False: there is no room. */
static bool add_block(struct turn *t, struct way *w, uint32_t page, uint32_t before, uint32_t at)
{
    struct tt_streams *s = t->all;
    if (w->n_blocks >= s->max_blocks) {
        s->counts[COUNT_FLOW_CAP]++;
        raise_event(t, t->dir, EVENT_INSERT_LIMIT);
        return false;
    }
    /* the last quarter is for those that are known and hold little */
    bool spare = s->blocks.used < s->blocks.cap - s->blocks.cap / 4 ||
                 (w->n_blocks < 2 && !tt_flow_is_stranger(t->flow));
    uint32_t i = spare ? tt_slab_take(&s->blocks) : TT_SLAB_NONE;
    if (i == TT_SLAB_NONE) {
        s->counts[COUNT_MEMORY_CAP]++;
        raise_event(t, t->dir, EVENT_INSERT_MEMCAP);
        return false;
    }
    block_at(s, i)->page = page;
    block_at(s, i)->next = at;
    block_at(s, i)->near = before == TT_SLAB_NONE ? i : TT_SLAB_NONE;
    *(before == TT_SLAB_NONE ? &w->blocks : &block_at(s, before)->next) = i;
    w->n_blocks++;
    s->counts[COUNT_OCTETS_WAITING] += sizeof(struct block);
    return true;
}

/* Makes sure that blocks for the range exist. */
static bool make_room(struct turn *t, struct way *w, uint32_t seq, uint32_t end)
{
    struct tt_streams *s = t->all;
    uint32_t page = seq & ~(BLOCK_OCTETS - 1), before = TT_SLAB_NONE;
    uint32_t at = near_page(s, w, page), first = TT_SLAB_NONE;
    for (; seq_before(page, end); page += BLOCK_OCTETS) {
        while (at != TT_SLAB_NONE && seq_before(block_at(s, at)->page, page)) {
            before = at;
            at = block_at(s, at)->next;
        }
        if (at == TT_SLAB_NONE || block_at(s, at)->page != page) {
            if (!add_block(t, w, page, before, at)) {
                return false;
            }
            at = before == TT_SLAB_NONE ? w->blocks : block_at(s, before)->next;
        }
        first = first == TT_SLAB_NONE ? at : first;
    }
    if (first != TT_SLAB_NONE) {
        block_at(s, w->blocks)->near = first;
    }
    return true;
}

static void drop_block(struct tt_streams *s, struct way *w)
{
    uint32_t i = w->blocks;
    w->blocks = block_at(s, i)->next;
    if (w->blocks != TT_SLAB_NONE) {
        uint32_t near = block_at(s, i)->near;
        block_at(s, w->blocks)->near = near == i ? w->blocks : near;
    }
    w->n_blocks--;
    s->counts[COUNT_OCTETS_WAITING] -= sizeof(struct block);
    tt_slab_give(&s->blocks, i);
}

void waiting_trim(struct tt_streams *s, struct way *w)
{
    while (
        w->blocks != TT_SLAB_NONE &&
        (w->n_pieces == 0 || !seq_before(w->next, block_at(s, w->blocks)->page + BLOCK_OCTETS))) {
        drop_block(s, w);
    }
}

static void remove_piece(struct tt_streams *s, struct way *w, uint32_t i)
{
    struct piece *p = piece_at(s, i);
    *(p->prev == TT_SLAB_NONE ? &w->first : &piece_at(s, p->prev)->next) = p->next;
    *(p->next == TT_SLAB_NONE ? &w->last : &piece_at(s, p->next)->prev) = p->prev;
    w->n_pieces--;
    tt_slab_give(&s->pieces, i);
}

/* The caller has made sure that there is one. */
static uint32_t insert_piece(struct tt_streams *s, struct way *w, uint32_t before,
                             struct piece value)
{
    uint32_t i = tt_slab_take(&s->pieces);
    value.next = before;
    value.prev = before == TT_SLAB_NONE ? w->last : piece_at(s, before)->prev;
    *piece_at(s, i) = value;
    *(value.prev == TT_SLAB_NONE ? &w->first : &piece_at(s, value.prev)->next) = i;
    *(before == TT_SLAB_NONE ? &w->last : &piece_at(s, before)->prev) = i;
    w->n_pieces++;
    return i;
}

void waiting_drop(struct tt_streams *s, struct way *w)
{
    while (w->first != TT_SLAB_NONE) {
        remove_piece(s, w, w->first);
    }
    waiting_trim(s, w);
}

/* Under pressure pieces that touch become one: only the finer points of the
 * overlap policy are lost. */
static void merge_pieces(struct tt_streams *s, struct way *w)
{
    for (uint32_t i = w->first; i != TT_SLAB_NONE; i = piece_at(s, i)->next) {
        struct piece *p = piece_at(s, i);
        while (p->next != TT_SLAB_NONE && piece_at(s, p->next)->start == p->end &&
               piece_at(s, p->next)->flags == p->flags) {
            p->end = piece_at(s, p->next)->end;
            remove_piece(s, w, p->next);
        }
    }
}

/* 2 = certain octets, 1 = octets known to be lost, 0 = doubtful. */
static int rank_of(unsigned flags)
{
    return flags & PIECE_DOUBTFUL ? 0 : flags & PIECE_LOST ? 1 : 2;
}

/* Do the octets of the new segment replace those of the waiting piece? */
static bool new_wins(enum tt_stream_policy policy, const struct piece *fresh,
                     const struct piece *old)
{
    if (rank_of(fresh->flags) != rank_of(old->flags)) {
        return rank_of(fresh->flags) > rank_of(old->flags);
    }
    if (fresh->flags & PIECE_DOUBTFUL) {
        return true; /* had the receiver taken the old one, it would have acknowledged it */
    }
    switch (policy) {
    case TT_POLICY_FIRST:
        return false;
    case TT_POLICY_LAST:
        return true;
    case TT_POLICY_BSD:
        return seq_before(fresh->origin, old->start);
    case TT_POLICY_OLD_LINUX:
        return seq_before(fresh->origin, old->start) ||
               (fresh->origin == old->start && !seq_before(fresh->end, old->end));
    case TT_POLICY_SOLARIS:
        return seq_before(old->end, fresh->end) ||
               (old->end == fresh->end && !seq_before(old->start, fresh->origin));
    default:
        break;
    }
    return seq_before(fresh->origin, old->origin) ||
           (fresh->origin == old->origin && seq_before(old->end, fresh->end));
}

static bool same_octets(const struct tt_streams *s, const struct way *w, uint32_t seq,
                        const uint8_t *p, uint32_t n)
{
    while (n) {
        uint32_t have = 0;
        const uint8_t *q = octets_at(s, w, seq, &have);
        have = have < n ? have : n;
        TT_LOOKED(have);
        if (!q || memcmp(q, p, have) != 0) {
            return false;
        }
        seq += have;
        p += have;
        n -= have;
    }
    return true;
}

static void write_octets(const struct tt_streams *s, const struct way *w, uint32_t seq,
                         const uint8_t *p, uint32_t n)
{
    while (n) {
        uint32_t have = 0;
        uint8_t *q = octets_at(s, w, seq, &have);
        if (!q) {
            return;
        }
        have = have < n ? have : n;
        TT_LOOKED(have);
        memcpy(q, p, have);
        seq += have;
        p += have;
        n -= have;
    }
}

/* [from, to) of the new segment gets its place before piece `at`. last: the piece that it got
 * before. A segment that begins where another one ends is glued to it, as in Linux. */
static uint32_t place(struct tt_streams *s, struct way *w, uint32_t at, const struct piece *fresh,
                      uint32_t from, uint32_t to, uint32_t last, bool glue)
{
    uint32_t before = at == TT_SLAB_NONE ? w->last : piece_at(s, at)->prev;
    if (before != TT_SLAB_NONE) {
        struct piece *b = piece_at(s, before);
        if (b->end == from && b->flags == fresh->flags &&
            (before == last || (glue && !(fresh->flags & PIECE_DOUBTFUL)))) {
            b->end = to;
            return before;
        }
    }
    struct piece p = *fresh;
    p.start = from;
    p.end = to;
    return insert_piece(s, w, at, p);
}

/* Takes [from, to) away from piece i; returns the piece that follows the cut. */
static uint32_t cut_piece(struct tt_streams *s, struct way *w, uint32_t i, uint32_t from,
                          uint32_t to)
{
    struct piece *p = piece_at(s, i);
    uint32_t following = p->next;
    if (p->start == from && p->end == to) {
        remove_piece(s, w, i);
        return following;
    }
    if (p->start == from) {
        p->start = to;
        return i;
    }
    if (p->end != to) {
        struct piece right = *p;
        right.start = to;
        following = insert_piece(s, w, following, right);
    }
    p->end = from;
    return following;
}

/* Pieces that the new one may need: a part before and after each one that it meets,
 * and the cut ones' halves. */
static bool pieces_suffice(struct turn *t, struct way *w, const struct piece *fresh)
{
    struct tt_streams *s = t->all;
    for (int round = 0; round < 2; round++) {
        uint32_t need = 2;
        for (uint32_t i = w->last; i != TT_SLAB_NONE; i = piece_at(s, i)->prev) {
            if (!seq_before(fresh->start, piece_at(s, i)->end)) {
                break;
            }
            need += seq_before(piece_at(s, i)->start, fresh->end) ? 2 : 0;
        }
        if (w->n_pieces + need <= s->max_pieces && need <= s->pieces.cap - s->pieces.used) {
            return true;
        }
        merge_pieces(s, w);
    }
    s->counts[COUNT_FLOW_CAP]++;
    raise_event(t, t->dir, EVENT_INSERT_LIMIT);
    return false;
}

static void insert(struct turn *t, struct way *w, struct piece fresh, const uint8_t *octets)
{
    struct tt_streams *s = t->all;
    enum tt_stream_policy policy =
        (enum tt_stream_policy)(t->stream->policies >> 4 * (w - t->stream->way) & 15);
    uint32_t cur = fresh.start, at = w->last, mine = TT_SLAB_NONE;
    bool met = false, differs = false;
    /* From the end: what comes early usually comes in order. */
    while (at != TT_SLAB_NONE && seq_before(fresh.start, piece_at(s, at)->end)) {
        at = piece_at(s, at)->prev;
    }
    at = at == TT_SLAB_NONE ? w->first : piece_at(s, at)->next;
    while (seq_before(cur, fresh.end)) {
        struct piece *p = at == TT_SLAB_NONE ? NULL : piece_at(s, at);
        uint32_t stop = p ? seq_min(p->start, fresh.end) : fresh.end;
        if (seq_before(cur, stop)) {
            bool glue = policy == TT_POLICY_LINUX && cur == fresh.origin;
            mine = place(s, w, at, &fresh, cur, stop, mine, glue);
            if (octets) {
                write_octets(s, w, cur, octets + (cur - fresh.start), stop - cur);
            }
            cur = stop;
            continue;
        }
        stop = seq_min(p->end, fresh.end);
        uint32_t next = p->next;
        met = true;
        if (octets && !(p->flags & PIECE_LOST) &&
            !same_octets(s, w, cur, octets + (cur - fresh.start), stop - cur)) {
            differs = true;
        }
        if (new_wins(policy, &fresh, p)) {
            if (octets) {
                write_octets(s, w, cur, octets + (cur - fresh.start), stop - cur);
            }
            bool glue =
                policy == TT_POLICY_LINUX && cur == fresh.origin && p->origin != fresh.origin;
            next = cut_piece(s, w, at, cur, stop);
            mine = place(s, w, next, &fresh, cur, stop, mine, glue);
        }
        at = next;
        cur = stop;
    }
    s->counts[COUNT_OVERLAPS] += met;
    if (differs) {
        s->counts[COUNT_OVERLAPS_DIFFERENT]++;
        raise_event(t, t->dir, EVENT_OVERLAP);
    }
}

enum waiting_result waiting_put(struct turn *t, enum tt_direction dir, uint32_t seq,
                                struct tt_bytes b, uint32_t lost, unsigned flags)
{
    struct way *w = &t->stream->way[dir];
    uint32_t end = seq + b.n;
    struct piece fresh = {.start = seq, .end = end + lost, .origin = seq, .flags = flags};
    if ((flags & PIECE_DOUBTFUL) && t->packet) {
        fresh.number = t->packet->number;
        fresh.time = t->packet->time;
        fresh.count = t->packet->count;
        fresh.input = t->packet->input;
    }
    if (!pieces_suffice(t, w, &fresh) || !make_room(t, w, seq, end)) {
        waiting_trim(t->all, w);
        return WAITING_FULL;
    }
    if (w->first == TT_SLAB_NONE && t->packet) {
        w->hole_since = (uint32_t)(t->packet->time / 1000000);
    }
    t->all->counts[COUNT_SEGMENTS_WAITED]++;
    if (b.n) {
        fresh.end = end;
        insert(t, w, fresh, b.p);
    }
    if (lost) {
        insert(t, w,
               (struct piece){.start = end, .end = end + lost, .origin = seq, .flags = PIECE_LOST},
               NULL);
    }
    return WAITING_OK;
}

uint32_t waiting_origin(const struct turn *t, const struct way *w, uint32_t end, uint32_t none)
{
    for (uint32_t i = w->last; i != TT_SLAB_NONE; i = piece_at(t->all, i)->prev) {
        if (piece_at(t->all, i)->end == end) {
            return piece_at(t->all, i)->origin;
        }
    }
    return none;
}

static bool still_doubtful(const struct turn *t, enum tt_direction dir, const struct piece *p)
{
    const struct way *w = &t->stream->way[dir];
    return (p->flags & PIECE_DOUBTFUL) && (t->stream->way[!dir].flags & WAY_HEARD) &&
           seq_before(w->acked, p->end);
}

bool waiting_confirmed(const struct tt_streams *s, const struct way *w, uint32_t ack)
{
    const struct piece *p = w->first == TT_SLAB_NONE ? NULL : piece_at(s, w->first);
    return p && (p->flags & PIECE_DOUBTFUL) && !seq_before(ack, p->end);
}

/* Octets that the packet at hand only makes known (it acknowledges them, from the other side) go
 * out with a packet that says who sent them; doubted ones with the frame that brought them. */
static void deliver_waiting(struct turn *t, enum tt_direction dir, const struct piece *p,
                            struct tt_bytes b)
{
    const struct tt_packet *at_hand = t->packet;
    bool turned = dir != t->dir, kept = (p->flags & PIECE_DOUBTFUL) && p->number;
    if (!at_hand || !(turned || kept)) {
        deliver(t, dir, b);
        return;
    }
    struct tt_packet sent = *at_hand;
    if (turned) {
        sent.src = at_hand->dst;
        sent.dst = at_hand->src;
        sent.sport = at_hand->dport;
        sent.dport = at_hand->sport;
    }
    if (kept) {
        sent.number = p->number;
        sent.time = p->time;
        sent.count = p->count;
        sent.input = p->input;
    }
    sent.payload = b.p;
    sent.payload_length = b.n;
    sent.payload_missing = 0;
    t->packet = &sent;
    deliver(t, dir, b);
    t->packet = at_hand;
}

void waiting_drain(struct turn *t, enum tt_direction dir)
{
    struct tt_streams *s = t->all;
    struct way *w = &t->stream->way[dir];
    while (w->first != TT_SLAB_NONE) {
        uint32_t i = w->first, have = 0;
        struct piece *p = piece_at(s, i);
        if (!seq_before(w->next, p->end)) {
            remove_piece(s, w, i);
            continue;
        }
        if (seq_before(w->next, p->start) || still_doubtful(t, dir, p) ||
            ((w->flags & WAY_FIN) && !seq_before(w->next, w->fin_seq))) {
            break;
        }
        uint32_t n = p->end - w->next;
        if ((w->flags & WAY_FIN) && n > w->fin_seq - w->next) {
            n = w->fin_seq - w->next;
        }
        if (p->flags & PIECE_LOST) {
            lose(t, dir, n);
            continue;
        }
        const uint8_t *q = octets_at(s, w, w->next, &have);
        if (!q) {
            lose(t, dir, n); /* cannot be: each piece has its blocks */
            continue;
        }
        deliver_waiting(t, dir, p, (struct tt_bytes){q, have < n ? have : n});
        waiting_trim(s, w);
    }
    waiting_trim(s, w);
}

bool waiting_skip(struct turn *t, enum tt_direction dir)
{
    struct way *w = &t->stream->way[dir];
    if (w->first == TT_SLAB_NONE) {
        return false;
    }
    struct piece *p = piece_at(t->all, w->first);
    if (still_doubtful(t, dir, p)) {
        remove_piece(t->all, w, w->first);
        waiting_trim(t->all, w);
        return true;
    }
    if ((w->flags & WAY_FIN) && !seq_before(seq_max(w->next, p->start), w->fin_seq)) {
        return false;
    }
    if (seq_before(w->next, p->start)) {
        lose(t, dir, p->start - w->next);
    }
    waiting_drain(t, dir);
    return true;
}

void waiting_acked(struct turn *t, enum tt_direction dir)
{
    struct way *w = &t->stream->way[dir];
    while (w->first != TT_SLAB_NONE && seq_before(w->next, w->acked)) {
        struct piece *p = piece_at(t->all, w->first);
        uint32_t was = w->next;
        if (seq_before(w->acked, p->start) || still_doubtful(t, dir, p)) {
            break;
        }
        if (seq_before(w->next, p->start)) {
            raise_event(t, dir, EVENT_NO_SEGMENT);
            if (!waiting_skip(t, dir)) {
                break;
            }
        } else {
            waiting_drain(t, dir);
            if (w->next == was) {
                break;
            }
        }
    }
}

void waiting_flush(struct turn *t, enum tt_direction dir)
{
    while (waiting_skip(t, dir)) {
    }
    waiting_drop(t->all, &t->stream->way[dir]);
}
