/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The flow table: buckets of eight 16-bit tags in one cache line, at most four buckets in reach of
 * a key, no resize. When there is no room the worst entry in reach goes (never answered or closed
 * first, then those of few packets, then longest silent), and it is counted. Accounts each packet:
 * counters, times, flags, who is the client. Never looks at payload, never allocates after start-
 * up.
 */
#include <stdlib.h>
#include <sys/mman.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "flow/table.h"

#define REACH 4  /* buckets */
#define FAR   64 /* buckets, where none in reach has a flow and there are too many all the same */

static const struct tt_counter counter_rows[FLOW_COUNTERS] = {
    [FLOW_TOTAL] = {"flow.total", "flows seen", "flows", 0},
    [FLOW_TCP] = {"flow.tcp", "TCP flows seen", "flows", 0},
    [FLOW_UDP] = {"flow.udp", "UDP flows seen", "flows", 0},
    [FLOW_REUSE] = {"flow.tcp_reuse", "new connections on the ports of an old one", "flows", 0},
    [FLOW_TIMEOUTS] = {"telltale.flow.timeouts", "flows ended by silence", "flows", 0},
    [FLOW_EVICTED] = {"telltale.flow.evicted", "flows ended to make room (flows.max)", "flows", 1},
    [FLOW_REFUSED] = {"telltale.flow.refused", "packets without a flow: table full", "packets", 1},
    [FLOW_UNTOLD] = {"telltale.flow.tunnels_untold",
                     "flows whose records do not tell their tunnels: over 65,535 of them", "flows",
                     0},
};

static void unmap(void *p, size_t n)
{
    if (p != MAP_FAILED) {
        munmap(p, n);
    }
}

struct tt_flows *tt_flows_new(const struct tt_flow_options *options, tt_flow_end_fn *end, void *ctx)
{
    struct tt_flows *t = calloc(1, sizeof *t);
    if (!t) {
        return NULL;
    }
    t->options = *options;
    uint32_t *const seconds[] = {&t->options.tcp_new, &t->options.tcp_established,
                                 &t->options.tcp_closed, &t->options.udp_new,
                                 &t->options.udp_established};
    static const uint32_t fallback[] = {60, 90000, 10, 30, 300};
    for (unsigned i = 0; i < 5; i++) {
        if (*seconds[i] == 0) {
            *seconds[i] = fallback[i];
        }
    }
    if (t->options.max_flows == 0) {
        t->options.max_flows = 1u << 17;
    }
    t->end = end;
    t->ctx = ctx;
    uint32_t n = 16;
    while (n * (BUCKET_SLOTS / 2) < t->options.max_flows && n < (1u << 28)) {
        n <<= 1;
    }
    size_t octets = (size_t)n * sizeof(struct bucket);
    void *m = mmap(NULL, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t odd = t->options.max_flows * sizeof *t->odd;
    void *o = mmap(NULL, odd, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (m == MAP_FAILED || o == MAP_FAILED ||
        !tt_slab_init(&t->slab, sizeof(struct tt_flow), t->options.max_flows) ||
        !tt_stacks_init(&t->stacks, t->options.max_flows, t->options.secret)) {
        unmap(m, octets);
        unmap(o, odd);
        tt_slab_free(&t->slab);
        free(t);
        return NULL;
    }
    t->odd = o;
    (void)madvise(m, octets, MADV_HUGEPAGE); /* only advice; the hash touches all of it anyway */
    t->buckets = m;
    t->mask = n - 1;
    tt_wheel_init(t);
    return t;
}

void tt_flows_free(struct tt_flows *t)
{
    if (!t) {
        return;
    }
    unmap(t->buckets, ((size_t)t->mask + 1) * sizeof(struct bucket));
    unmap(t->odd, t->options.max_flows * sizeof *t->odd);
    tt_slab_free(&t->slab);
    tt_stacks_free(&t->stacks);
    free(t->due);
    free(t);
}

static inline uint16_t tag_of(uint32_t hash)
{
    uint16_t tag = (uint16_t)(hash >> 16);
    return tag ? tag : 1;
}

/* Bit i of the result: slot i has this tag. */
static inline unsigned tags_equal(const struct bucket *b, uint16_t tag)
{
#ifdef __SSE2__
    __m128i v = _mm_load_si128((const __m128i *)(const void *)b->tag);
    __m128i eq = _mm_cmpeq_epi16(v, _mm_set1_epi16((short)tag));
    return (unsigned)_mm_movemask_epi8(_mm_packs_epi16(eq, _mm_setzero_si128()));
#else
    unsigned m = 0;
    for (unsigned i = 0; i < BUCKET_SLOTS; i++) {
        m |= (unsigned)(b->tag[i] == tag) << i;
    }
    return m;
#endif
}

static inline bool addresses_equal(const struct tt_flow_key *k, const struct tt_address *low,
                                   const struct tt_address *high)
{
#ifdef __SSE2__
    __m128i a = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)&k->low),
                               _mm_loadu_si128((const __m128i *)(const void *)low));
    __m128i b = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)&k->high),
                               _mm_loadu_si128((const __m128i *)(const void *)high));
    return _mm_movemask_epi8(_mm_and_si128(a, b)) == 0xffff;
#else
    return ((tt_load64(k->low.b) ^ tt_load64(low->b)) |
            (tt_load64(k->low.b + 8) ^ tt_load64(low->b + 8)) |
            (tt_load64(k->high.b) ^ tt_load64(high->b)) |
            (tt_load64(k->high.b + 8) ^ tt_load64(high->b + 8))) == 0;
#endif
}

/* Is the packet of this flow, and does the high end send it? */
static inline bool same(const struct tt_flow *f, const struct tt_packet *p, bool *from_high)
{
    const struct tt_flow_key *k = &f->key;
    /* ::ffff:a.b.c.d on the wire is no IPv4 packet: nobody may talk into an
     * IPv4 conversation with it. */
    if (k->carried != p->carried || f->ip_version != p->ip_version) {
        return false;
    }
    bool turned = k->high_port == p->sport && k->low_port == p->dport;
    if (!turned && (k->low_port != p->sport || k->high_port != p->dport)) {
        return false;
    }
    if (__builtin_expect(p->sport == p->dport, 0)) { /* then only the addresses tell */
        turned = !addresses_equal(k, &p->src, &p->dst);
    }
    *from_high = turned;
    return turned ? addresses_equal(k, &p->dst, &p->src) : addresses_equal(k, &p->src, &p->dst);
}

static inline uint32_t hash_of(const struct tt_packet *p, uint64_t secret)
{
    uint32_t hash = tt_flow_packet_hash(p, secret);
    if (__builtin_expect(p->n_tunnels != 0, 0) && p->tunnels->id) {
        hash = (uint32_t)tt_mum(hash ^ secret ^ FLOW_MIX_A, p->tunnels->id ^ secret);
    }
    return hash;
}

void tt_flows_prepare(struct tt_flows *t, struct tt_packet *const *packets, unsigned n)
{
    const struct bucket *buckets = t->buckets;
    const uint32_t mask = t->mask;
    const uint64_t secret = t->options.secret;
    for (struct tt_packet *const *end = packets + n; packets < end; packets++) {
        struct tt_packet *p = *packets;
        if (p->flags & TT_PACKET_TRANSPORT) {
            p->hash = hash_of(p, secret);
            __builtin_prefetch(&buckets[p->hash & mask]);
        }
    }
}

void tt_flows_prefetch(const struct tt_flows *t, struct tt_packet *const *packets, unsigned n,
                       struct tt_flow **likely)
{
    const struct bucket *buckets = t->buckets;
    const uint32_t mask = t->mask;
    for (unsigned i = 0; i < n; i++) {
        const struct tt_packet *p = packets[i];
        likely[i] = NULL;
        if (!(p->flags & TT_PACKET_TRANSPORT)) {
            continue;
        }
        const struct bucket *b = &buckets[p->hash & mask];
        unsigned m = tags_equal(b, tag_of(p->hash));
        if (m) {
            struct tt_flow *f = flow_at(t, b->index[__builtin_ctz(m)]);
            __builtin_prefetch(f);
            __builtin_prefetch((const uint8_t *)f + 64);
            likely[i] = f;
        }
    }
}

static struct tt_flow *find(const struct tt_flows *t, const struct tt_packet *p, uint32_t hash,
                            bool *from_high)
{
    uint16_t tag = tag_of(hash);
    const struct bucket *home = &t->buckets[hash & t->mask];
    unsigned reach = home->spilled ? REACH : 1;
    for (unsigned i = 0; i < reach; i++) {
        const struct bucket *b = &t->buckets[(hash + i) & t->mask];
        for (unsigned m = tags_equal(b, tag); m; m &= m - 1) {
            struct tt_flow *f = flow_at(t, b->index[__builtin_ctz(m)]);
            if (same(f, p, from_high)) {
                return f;
            }
        }
    }
    return NULL;
}

void tt_flow_drop(struct tt_flows *t, struct tt_flow *f)
{
    uint32_t index = flow_index(t, f);
    for (unsigned i = 0; i < REACH; i++) {
        struct bucket *b = &t->buckets[(f->hash + i) & t->mask];
        for (unsigned s = 0; s < BUCKET_SLOTS; s++) {
            if (b->tag[s] && b->index[s] == index) {
                b->tag[s] = 0;
                if (i > 0) {
                    t->buckets[f->hash & t->mask].spilled--;
                }
                tt_wheel_remove(t, f);
                if (f->stack) {
                    tt_stacks_give(&t->stacks, f->stack);
                }
                f->key.protocol = 0; /* whoever still takes it for likely finds it is not */
                tt_slab_give(&t->slab, index);
                return;
            }
        }
    }
    __builtin_trap(); /* a flow that is not in its table: memory is broken */
}

void tt_flows_close(struct tt_flows *t, struct tt_flow *f, enum tt_flow_reason reason,
                    uint64_t packet)
{
    t->end(t->ctx, f, reason, packet);
    t->counters[FLOW_REUSE] += reason == TT_FLOW_REUSED;
    tt_flow_drop(t, f);
}

/* What would be missed least has the highest number: unanswered and closed ones, then strangers. */
static unsigned worth_little(const struct tt_flow *f)
{
    return f->state != TT_FLOW_ESTABLISHED ? 2 : tt_flow_is_stranger(f) ? 1 : 0;
}

/* The entry that is missed least among those in these buckets; of equals the longest silent. */
static struct tt_flow *worst(const struct tt_flows *t, uint32_t hash, unsigned from, unsigned to)
{
    struct tt_flow *w = NULL;
    unsigned least = 0;
    for (unsigned i = from; i < to; i++) {
        const struct bucket *b = &t->buckets[(hash + i) & t->mask];
        for (unsigned s = 0; s < BUCKET_SLOTS; s++) {
            if (!b->tag[s]) {
                continue;
            }
            struct tt_flow *f = flow_at(t, b->index[s]);
            unsigned little = worth_little(f);
            if (!w || little > least || (little == least && f->last < w->last)) {
                w = f;
                least = little;
            }
        }
    }
    return w;
}

static bool place(struct tt_flows *t, uint32_t hash, uint32_t index)
{
    for (unsigned i = 0; i < REACH; i++) {
        struct bucket *b = &t->buckets[(hash + i) & t->mask];
        unsigned m = tags_equal(b, 0);
        if (m) {
            unsigned s = (unsigned)__builtin_ctz(m);
            b->tag[s] = tag_of(hash);
            b->index[s] = index;
            t->buckets[hash & t->mask].spilled += i > 0;
            return true;
        }
    }
    return false;
}

static bool is_server_port(const struct tt_flows *t, uint16_t port)
{
    for (const uint16_t *q = t->options.server_ports; q && *q; q++) {
        if (*q == port) {
            return true;
        }
    }
    return port < 1024;
}

/* True when the sender of the flow's first packet is the client. */
static bool sender_is_client(const struct tt_flows *t, const struct tt_packet *p, struct tt_flow *f)
{
    if (p->protocol == 6 && (p->tcp_flags & TT_SYN)) {
        return !(p->tcp_flags & TT_ACK);
    }
    f->flags |= TT_FLOW_SWAPPABLE;
    bool from = is_server_port(t, p->sport), to = is_server_port(t, p->dport);
    return from == to ? true : to;
}

static void keep_stack(struct tt_flows *t, struct tt_flow *f, const struct tt_packet *p)
{
    f->stack = tt_stacks_take(&t->stacks, p->tunnels);
    t->counters[FLOW_UNTOLD] += f->stack == 0;
}

static void fill(struct tt_flows *t, struct tt_flow *f, const struct tt_packet *p)
{
    memset(f, 0, sizeof *f);
    int order = memcmp(&p->src, &p->dst, sizeof p->src);
    bool src_low = order < 0 || (order == 0 && p->sport <= p->dport);
    f->key.low = src_low ? p->src : p->dst;
    f->key.high = src_low ? p->dst : p->src;
    f->key.low_port = src_low ? p->sport : p->dport;
    f->key.high_port = src_low ? p->dport : p->sport;
    f->key.carried = p->carried;
    f->first = f->last = p->time;
    f->first_packet = p->number;
    f->hash = p->hash;
    f->ip_version = p->ip_version;
    f->input = p->input & 0xfffffU;
    if (p->n_tunnels) {
        keep_stack(t, f, p);
    }
    if (p->n_vlans) {
        f->vlan = p->vlans[0] & 0xfffU;
        f->flags |= TT_FLOW_VLAN;
    }
    if (sender_is_client(t, p, f) != src_low) {
        f->flags |= TT_FLOW_CLIENT_HIGH;
    }
}

static struct tt_flow *make(struct tt_flows *t, const struct tt_packet *p)
{
    uint32_t index = tt_slab_take(&t->slab);
    if (index == TT_SLAB_NONE || !place(t, p->hash, index)) {
        struct tt_flow *w = worst(t, p->hash, 0, REACH);
        if (!w) { /* all in reach is free, only no entry is */
            w = worst(t, p->hash, REACH, FAR);
        }
        if (w) {
            t->counters[FLOW_EVICTED]++;
            tt_flows_close(t, w, TT_FLOW_FORCED, p->number);
            index = index == TT_SLAB_NONE ? tt_slab_take(&t->slab) : index;
        }
        if (index == TT_SLAB_NONE || !w || !place(t, p->hash, index)) {
            if (index != TT_SLAB_NONE) {
                tt_slab_give(&t->slab, index);
            }
            t->counters[FLOW_REFUSED]++;
            return NULL;
        }
    }
    struct tt_flow *f = flow_at(t, index);
    fill(t, f, p);
    tt_wheel_add(t, f);
    t->counters[FLOW_TOTAL]++;
    t->counters[p->protocol == 6 ? FLOW_TCP : FLOW_UDP]++;
    return f;
}

/* Is it the likely entry, in one step without a branch on who sends? False says nothing. */
static inline bool is_likely(const struct tt_flow *f, const struct tt_packet *p, bool *from_high)
{
    const struct tt_flow_key *k = &f->key;
    bool turned = k->ports == p->ports, straight = k->ports == (p->ports << 16 | p->ports >> 16);
    if (turned == straight || k->carried != p->carried || f->ip_version != p->ip_version) {
        return false;
    }
    *from_high = turned;
    /* by arithmetic: who sends is as good as random */
    return addresses_equal(k, &p->ends[turned], &p->ends[!turned]);
}

static inline void account_syn(struct tt_flows *t, struct tt_flow *f, const struct tt_packet *p,
                               unsigned d)
{
    t->before.last = f->last;
    t->before.flags = f->flags;
    t->before.tcp_flags = f->tcp_flags[d];
    f->flags |= (uint16_t)(p->tcp_flags & TT_ACK ? TT_FLOW_SEEN_SYNACK | TT_FLOW_SEEN_SYN
                                                 : TT_FLOW_SEEN_SYN);
}

static inline struct tt_flow_place account(struct tt_flows *t, struct tt_flow *f,
                                           const struct tt_packet *p, bool from_high, bool is_new)
{
    _Static_assert(TT_FLOW_CLIENT_HIGH == 1 && TT_TO_SERVER == 0, "direction by arithmetic");
    unsigned d = (f->flags & TT_FLOW_CLIENT_HIGH) ^ (unsigned)from_high;
    if (p->tcp_flags & TT_SYN) {
        account_syn(t, f, p, d);
    }
    f->packets[d]++;
    f->octets[d] += p->length;
    f->tcp_flags[d] |= p->tcp_flags;
    f->last = p->time > f->last ? p->time : f->last;
    if (p->protocol != 6 && f->state == TT_FLOW_NEW && f->packets[0] && f->packets[1]) {
        f->state = TT_FLOW_ESTABLISHED;
    }
    return (struct tt_flow_place){.flow = f, .direction = d, .is_new = is_new};
}

static __attribute__((noinline)) struct tt_flow_place find_or_make(struct tt_flows *t,
                                                                   const struct tt_packet *p)
{
    if (!(p->flags & TT_PACKET_TRANSPORT)) {
        return (struct tt_flow_place){.flow = NULL};
    }
    bool from_high;
    struct tt_flow *f = find(t, p, p->hash, &from_high);
    if (f) {
        return account(t, f, p, from_high, false);
    }
    f = make(t, p);
    if (!f) {
        return (struct tt_flow_place){.flow = NULL};
    }
    bool to_client = tt_flow_direction(f, p) == TT_TO_CLIENT;
    return account(t, f, p, to_client != ((f->flags & TT_FLOW_CLIENT_HIGH) != 0), true);
}

struct tt_flow_place tt_flows_packet(struct tt_flows *t, const struct tt_packet *p,
                                     struct tt_flow *likely)
{
    bool from_high;
    if (__builtin_expect(likely && is_likely(likely, p, &from_high), 1)) {
        return account(t, likely, p, from_high, false);
    }
    return find_or_make(t, p);
}

struct tt_flow *tt_flows_find(const struct tt_flows *t, const struct tt_packet *p)
{
    bool from_high;
    return find(t, p, hash_of(p, t->options.secret), &from_high);
}

struct tt_flow_odd *tt_flows_odd(struct tt_flows *t, struct tt_flow *f)
{
    struct tt_flow_odd *odd = &t->odd[flow_index(t, f)];
    if (!(f->flags & TT_FLOW_ODD)) {
        *odd = (struct tt_flow_odd){0};
        f->flags |= TT_FLOW_ODD;
    }
    return odd;
}

const struct tt_flow_odd *tt_flows_noted(const struct tt_flows *t, const struct tt_flow *f)
{
    return f->flags & TT_FLOW_ODD ? &t->odd[flow_index(t, f)] : NULL;
}

void tt_flows_take_back(struct tt_flows *t, struct tt_flow *f, const struct tt_packet *p)
{
    enum tt_direction d = tt_flow_direction(f, p);
    f->packets[d]--;
    f->octets[d] -= p->length;
    f->last = t->before.last;
    f->flags = (uint16_t)((f->flags & ~(TT_FLOW_SEEN_SYN | TT_FLOW_SEEN_SYNACK)) |
                          (t->before.flags & (TT_FLOW_SEEN_SYN | TT_FLOW_SEEN_SYNACK)));
    f->tcp_flags[d] = t->before.tcp_flags;
}

const struct tt_tunnels *tt_flow_tunnels(const struct tt_flows *t, const struct tt_flow *f)
{
    const struct flow_stack *s = f->stack ? tt_slab_at(&t->stacks.slab, f->stack - 1U) : NULL;
    return s ? &s->tunnels : NULL;
}

struct tt_counter_set tt_flows_counters(const struct tt_flows *t)
{
    return (struct tt_counter_set){counter_rows, t->counters, FLOW_COUNTERS};
}
