/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Which octets a receiver keeps where fragments overlap. Linux since 4.19, for both versions of IP:
 * data that are there stay; a fragment wholly inside one run of them is dropped; one that overlaps
 * in part throws the datagram away (RFC 5722); so does any overlap on Windows since Vista. The
 * others, for whom a run that is there (o) and the new fragment (n) both are begin and end:
 * first: o. last: n. bsd: n where it begins before o. bsd-right: n where it does not. old-linux: n
 * where it begins no later. windows: n where it begins before and ends behind o; solaris: the same,
 * or ends with it. (Novak, "Target-Based Fragmentation Reassembly", 2005; Suricata's defragmenter.)
 * A contradiction about the length throws the datagram away. Work grows with the octets of the
 * fragment and at most 256 words of bitmap.
 */
#include <string.h>

#include "base/work.h"
#include "decode/fragment_state.h"

#define UNITS      TT_FRAGMENT_UNITS
#define UNITS_MOST (TT_FRAGMENT_PIECES * UNITS)

enum tt_fragment_rule tt_fragment_rule_of(enum tt_receiver system)
{
    switch (system) {
    case TT_RECEIVER_VISTA:
        return TT_OVERLAP_DISCARD;
    case TT_RECEIVER_FIRST:
    case TT_RECEIVER_OLD_SOLARIS:
    case TT_RECEIVER_HPUX11:
    case TT_RECEIVER_MACOS:
        return TT_OVERLAP_FIRST;
    case TT_RECEIVER_LAST:
        return TT_OVERLAP_LAST;
    case TT_RECEIVER_BSD:
    case TT_RECEIVER_HPUX10:
    case TT_RECEIVER_IRIX:
        return TT_OVERLAP_BSD;
    case TT_RECEIVER_BSD_RIGHT:
        return TT_OVERLAP_BSD_RIGHT;
    case TT_RECEIVER_OLD_LINUX:
        return TT_OVERLAP_OLD_LINUX;
    case TT_RECEIVER_WINDOWS:
    case TT_RECEIVER_WINDOWS2K3:
        return TT_OVERLAP_WINDOWS;
    case TT_RECEIVER_SOLARIS:
        return TT_OVERLAP_SOLARIS;
    default:
        return TT_OVERLAP_LINUX;
    }
}

/* Bits a..b (b > a) of one 64-bit word. */
static uint64_t bits(uint32_t a, uint32_t b)
{
    return (b - a >= 64 ? UINT64_MAX : (UINT64_C(1) << (b - a)) - 1) << a;
}

/* The words of unit u; none where no piece is. */
static uint64_t there_word(const struct tt_fragments *f, const struct tt_datagram *g, uint32_t u)
{
    uint32_t p = g->piece[u / UNITS];
    return p == TT_FRAGMENT_EMPTY ? 0 : tt_piece_at(f, p)->there[u % UNITS / 64];
}

static uint64_t start_word(const struct tt_fragments *f, const struct tt_datagram *g, uint32_t u)
{
    uint32_t p = g->piece[u / UNITS];
    return p == TT_FRAGMENT_EMPTY ? 0 : tt_piece_at(f, p)->start[u % UNITS / 64];
}

struct cover {
    bool some, all, split; /* units there; a run begins inside */
};

/* What of the units [from, to) is there? */
static struct cover look(const struct tt_fragments *f, const struct tt_datagram *g, uint32_t from,
                         uint32_t to)
{
    struct cover c = {.all = true};
    for (uint32_t u = from; u < to;) {
        uint32_t stop = (u | 63) + 1 < to ? (u | 63) + 1 : to;
        uint64_t mask = bits(u & 63, (u & 63) + stop - u);
        uint64_t there = there_word(f, g, u) & mask, start = start_word(f, g, u) & mask;
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

static void mark(const struct tt_fragments *f, const struct tt_datagram *g, uint32_t from,
                 uint32_t to, bool run)
{
    for (uint32_t u = from; u < to;) {
        uint32_t stop = (u | 63) + 1 < to ? (u | 63) + 1 : to;
        struct tt_fragment_piece *p = tt_piece_at(f, g->piece[u / UNITS]);
        uint64_t mask = bits(u & 63, (u & 63) + stop - u);
        p->there[u % UNITS / 64] |= mask;
        p->start[u % UNITS / 64] &= ~mask;
        if (run && u == from) {
            p->start[u % UNITS / 64] |= UINT64_C(1) << (u & 63);
        }
        u = stop;
    }
}

static bool same_content(const struct tt_fragments *f, const struct tt_datagram *g, uint32_t offset,
                         struct tt_bytes b)
{
    for (uint32_t done = 0; done < b.n;) {
        uint32_t inside = (offset + done) % TT_FRAGMENT_PIECE, part = TT_FRAGMENT_PIECE - inside;
        part = part < b.n - done ? part : b.n - done;
        const struct tt_fragment_piece *p =
            tt_piece_at(f, g->piece[(offset + done) / TT_FRAGMENT_PIECE]);
        TT_LOOKED(part);
        if (memcmp(p->data + inside, b.p + done, part) != 0) {
            return false;
        }
        done += part;
    }
    return true;
}

static void write_octets(const struct tt_fragments *f, const struct tt_datagram *g, uint32_t offset,
                         struct tt_bytes b)
{
    for (uint32_t done = 0; done < b.n;) {
        uint32_t inside = (offset + done) % TT_FRAGMENT_PIECE, part = TT_FRAGMENT_PIECE - inside;
        part = part < b.n - done ? part : b.n - done;
        TT_LOOKED(part);
        memcpy(tt_piece_at(f, g->piece[(offset + done) / TT_FRAGMENT_PIECE])->data + inside,
               b.p + done, part);
        done += part;
    }
}

enum tt_fragment_result tt_fragment_place(const struct tt_fragments *f, struct tt_datagram *g,
                                          uint32_t offset, bool more, struct tt_bytes b)
{
    uint32_t end = offset + b.n;
    if (!more) {
        if (end < g->end || (g->last_seen && end != g->total)) {
            return TT_FRAGMENT_OVERLAP;
        }
        g->last_seen = true;
        g->total = end;
    } else if (g->last_seen && end > g->total) {
        return TT_FRAGMENT_OVERLAP;
    }
    if (b.n == 0) {
        return TT_FRAGMENT_REFUSED;
    }
    struct cover c = look(f, g, offset / 8, (end + 7) / 8);
    if (!c.some || g->rule > TT_OVERLAP_DISCARD) {
        return TT_FRAGMENT_KEPT;
    }
    if (end > g->end || !c.all || c.split || g->rule == TT_OVERLAP_DISCARD) {
        return TT_FRAGMENT_OVERLAP;
    }
    return same_content(f, g, offset, b) ? TT_FRAGMENT_AGAIN : TT_FRAGMENT_DIFFERENT;
}

/* The first unit of the run that u, which is there, belongs to. */
static uint32_t run_start(const struct tt_fragments *f, const struct tt_datagram *g, uint32_t u)
{
    uint64_t word = start_word(f, g, u) & (UINT64_MAX >> (63 - (u & 63)));
    while (!word && u >= 64) {
        u = (u & ~63u) - 1;
        word = start_word(f, g, u);
    }
    return word ? (u & ~63u) + 63 - (uint32_t)__builtin_clzll(word) : 0;
}

/* The first unit behind u that is not there or begins another run. */
static uint32_t run_end(const struct tt_fragments *f, const struct tt_datagram *g, uint32_t u)
{
    uint64_t behind = (u & 63) == 63 ? 0 : UINT64_MAX << ((u & 63) + 1);
    uint64_t word = (~there_word(f, g, u) | start_word(f, g, u)) & behind;
    for (u &= ~63u; !word; word = ~there_word(f, g, u) | start_word(f, g, u)) {
        u += 64;
        if (u >= UNITS_MOST) {
            return UNITS_MOST;
        }
    }
    return u + (uint32_t)__builtin_ctzll(word);
}

struct span {
    uint32_t from, to;
};

static bool new_wins(unsigned rule, struct span o, struct span n)
{
    switch (rule) {
    case TT_OVERLAP_LAST:
        return true;
    case TT_OVERLAP_BSD:
        return n.from < o.from;
    case TT_OVERLAP_BSD_RIGHT:
        return n.from >= o.from;
    case TT_OVERLAP_OLD_LINUX:
        return n.from <= o.from;
    case TT_OVERLAP_WINDOWS:
        return n.from < o.from && n.to > o.to;
    case TT_OVERLAP_SOLARIS:
        return n.from < o.from && n.to >= o.to;
    default:
        return false;
    }
}

/* The first unit from u on that is there, at most `to`. */
static uint32_t hole_end(const struct tt_fragments *f, const struct tt_datagram *g, uint32_t u,
                         uint32_t to)
{
    uint64_t word = there_word(f, g, u) & UINT64_MAX << (u & 63);
    for (u &= ~63u; !word;) {
        u += 64;
        if (u >= to) {
            return to;
        }
        word = there_word(f, g, u);
    }
    u += (uint32_t)__builtin_ctzll(word);
    return u < to ? u : to;
}

/* The octets of units [from, to), as far as the fragment reaches. */
static struct tt_bytes octets_of(struct tt_bytes b, uint32_t offset, uint32_t from, uint32_t to)
{
    uint32_t skip = from * 8 - offset, n = (to - from) * 8;
    return (struct tt_bytes){b.p + skip, n < b.n - skip ? n : b.n - skip};
}

/* One that may meet others, run by run. */
static bool store_over(const struct tt_fragments *f, struct tt_datagram *g, uint32_t offset,
                       struct tt_bytes b, struct span n)
{
    bool differs = false, going_on = false; /* the part before this one was the fragment's, too */
    for (uint32_t u = n.from, stop; u < n.to; u = stop) {
        stop = hole_end(f, g, u, n.to);
        bool wins = stop > u;
        if (wins) {
            g->have += stop - u;
        } else {
            struct span o = {run_start(f, g, u), run_end(f, g, u)};
            stop = o.to < n.to ? o.to : n.to;
            differs |= !same_content(f, g, u * 8, octets_of(b, offset, u, stop));
            wins = new_wins(g->rule, o, n);
            if (wins && o.to > n.to) {
                mark(f, g, n.to, n.to + 1, true); /* what is left of the run */
            }
        }
        if (wins) {
            write_octets(f, g, u * 8, octets_of(b, offset, u, stop));
            mark(f, g, u, stop, !going_on);
        }
        going_on = wins;
    }
    return differs;
}

bool tt_fragment_store(const struct tt_fragments *f, struct tt_datagram *g, uint32_t offset,
                       struct tt_bytes b)
{
    struct span n = {offset / 8, (offset + b.n + 7) / 8};
    uint32_t end = g->end;
    g->end = offset + b.n > end ? offset + b.n : end;
    if (g->rule > TT_OVERLAP_DISCARD) {
        return store_over(f, g, offset, b, n);
    }
    write_octets(f, g, offset, b);
    mark(f, g, n.from, n.to, end == 0 || offset != end);
    g->have += n.to - n.from;
    return false;
}
