/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Merging the windows of one interval (decisions.md 1). Same (device, stream) = same merged window:
 * sums add, samples merge by packet number and the first 16 stay. Windows hold room for 16 samples
 * only where they need it. Memory grows to what the busiest interval needed and is kept. Knows no
 * device table, model or finding.
 */
#include "device/merge.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK      ((size_t)256 << 10)
#define ENTRY_BITS 21
#define INTERVALS  (1u << (32 - ENTRY_BITS))
#define ROOM       ((size_t)16 << 10) /* octets taken from the arena at once */

struct entry {
    struct tt_window *window; /* its samples have room for `room` */
    uint64_t hash;
    uint32_t room;
    bool stepped;
};

struct tt_merge {
    struct tt_arena arena;
    uint8_t *at; /* of the piece of the arena that is being used up */
    size_t left;
    struct entry *entries;
    uint32_t n, cap, max;
    /* Entry, and above it the interval: places of another one are free. Twice the entries. */
    uint32_t *index;
    uint32_t mask, interval;
    uint64_t secret;
    struct tt_replay_step *steps, *spare;
    uint32_t cap_steps;
};

static void *must(void *p)
{
    if (!p) {
        abort(); /* like tt_arena_alloc: sizes are bounded */
    }
    return p;
}

struct tt_merge *tt_merge_new(uint32_t max_windows, uint64_t secret)
{
    struct tt_merge *m = calloc(1, sizeof *m);
    if (!m) {
        return NULL;
    }
    tt_arena_init(&m->arena, CHUNK);
    m->max = max_windows < 1u << ENTRY_BITS ? max_windows : 1u << ENTRY_BITS;
    m->interval = 1;
    m->secret = secret;
    m->cap = 1024;
    m->mask = 2047;
    m->entries = malloc(m->cap * sizeof *m->entries);
    m->index = calloc((size_t)m->mask + 1, sizeof *m->index);
    if (!m->entries || !m->index) {
        tt_merge_free(m);
        return NULL;
    }
    return m;
}

void tt_merge_free(struct tt_merge *m)
{
    if (m) {
        tt_arena_free(&m->arena);
        free(m->entries);
        free(m->index);
        free(m->steps);
        free(m->spare);
        free(m);
    }
}

static uint64_t key_hash(const struct tt_merge *m, const struct tt_window *w)
{
    const uint8_t *a = w->device.address.b;
    uint64_t h = tt_mum(tt_load64(a) ^ m->secret ^ 0xa0761d6478bd642fU,
                        tt_load64(a + 8) ^ 0x9e3779b97f4a7c15U);
    h = tt_mum(h ^ w->device.identity, w->stream ^ 0xd1b54a32d192ed03U);
    return h;
}

static bool same_key(const struct tt_window *a, const struct tt_window *b)
{
    return a->stream == b->stream && a->device.identity == b->device.identity &&
           memcmp(&a->device.address, &b->device.address, sizeof a->device.address) == 0;
}

static bool in_use(const struct tt_merge *m, uint32_t place)
{
    return place >> ENTRY_BITS == m->interval;
}

static uint32_t entry_of(uint32_t place)
{
    return place & ((1u << ENTRY_BITS) - 1);
}

/* The place in the index of this key: of its entry, or free. */
static uint32_t *find(const struct tt_merge *m, const struct tt_window *w, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & m->mask;
    for (;; at = (at + 1) & m->mask) {
        uint32_t *place = &m->index[at];
        if (!in_use(m, *place)) {
            return place;
        }
        const struct entry *e = &m->entries[entry_of(*place)];
        if (e->hash == hash && same_key(e->window, w)) {
            return place;
        }
    }
}

static void grow(struct tt_merge *m)
{
    m->cap *= 2;
    m->entries = must(realloc(m->entries, m->cap * sizeof *m->entries));
    free(m->index);
    m->mask = m->cap * 2 - 1;
    m->index = must(calloc((size_t)m->mask + 1, sizeof *m->index));
    for (uint32_t i = 0; i < m->n; i++) {
        uint32_t at = (uint32_t)m->entries[i].hash & m->mask;
        while (in_use(m, m->index[at])) {
            at = (at + 1) & m->mask;
        }
        m->index[at] = m->interval << ENTRY_BITS | i;
    }
}

static size_t window_size(uint32_t samples)
{
    return offsetof(struct tt_window, samples) + samples * sizeof(struct tt_sample);
}

/* Memory until the interval is over. */
static void *take(struct tt_merge *m, size_t n)
{
    if (n > m->left) {
        m->left = ROOM;
        m->at = tt_arena_alloc(&m->arena, ROOM);
    }
    void *p = m->at;
    m->at += n;
    m->left -= n;
    return p;
}

/* Earlier packet first; then what makes the order total, so that it does not depend on which window
 * came first. */
static int compare_samples(const struct tt_sample *a, const struct tt_sample *b)
{
    if (a->packet != b->packet) {
        return a->packet < b->packet ? -1 : 1;
    }
    if (a->ordinal != b->ordinal) {
        return a->ordinal < b->ordinal ? -1 : 1;
    }
    return memcmp(a, b, sizeof *a);
}

static void merge_samples(struct tt_merge *m, struct entry *e, const struct tt_window *w)
{
    struct tt_sample all[2 * TT_WINDOW_SAMPLES];
    const struct tt_sample *a = e->window->samples, *b = w->samples;
    uint32_t na = e->window->n_samples, nb = w->n_samples, n = 0;
    while (n < TT_WINDOW_SAMPLES && (na || nb)) {
        bool from_a = na && (!nb || compare_samples(a, b) <= 0);
        all[n++] = from_a ? *a++ : *b++;
        na -= from_a;
        nb -= !from_a;
    }
    if (n > e->room) {
        struct tt_window *wider = take(m, window_size(TT_WINDOW_SAMPLES));
        memcpy(wider, e->window, window_size(0));
        e->window = wider;
        e->room = TT_WINDOW_SAMPLES;
    }
    memcpy(e->window->samples, all, n * sizeof all[0]);
    e->window->n_samples = (uint8_t)n;
}

static uint32_t add_capped(uint32_t a, uint32_t b)
{
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static void merge_into(struct tt_merge *m, struct entry *e, const struct tt_window *w)
{
    struct tt_window *t = e->window;
    t->first_packet = w->first_packet < t->first_packet ? w->first_packet : t->first_packet;
    t->last_packet = w->last_packet > t->last_packet ? w->last_packet : t->last_packet;
    t->first_time = w->first_time < t->first_time ? w->first_time : t->first_time;
    t->last_time = w->last_time > t->last_time ? w->last_time : t->last_time;
    t->protocol = w->protocol < t->protocol ? w->protocol : t->protocol;
    t->bytes += w->bytes;
    t->messages = add_capped(t->messages, w->messages);
    t->others = add_capped(t->others, w->others);
    if (w->n_samples) {
        merge_samples(m, e, w);
    }
}

bool tt_merge_add(struct tt_merge *m, const struct tt_window *w)
{
    uint64_t hash = key_hash(m, w);
    uint32_t *place = find(m, w, hash);
    if (in_use(m, *place)) {
        merge_into(m, &m->entries[entry_of(*place)], w);
        return true;
    }
    if (m->n == m->max) {
        return false;
    }
    if (m->n == m->cap) {
        grow(m);
        place = find(m, w, hash);
    }
    size_t size = window_size(w->n_samples);
    struct tt_window *copy = take(m, size);
    if (w->n_samples == 1) {
        memcpy(copy, w, window_size(1)); /* the usual one: moved without a call */
    } else {
        memcpy(copy, w, size);
    }
    *place = m->interval << ENTRY_BITS | m->n;
    m->entries[m->n++] = (struct entry){.window = copy, .hash = hash, .room = w->n_samples};
    return true;
}

const struct tt_window *tt_merge_window(const struct tt_merge *m, uint32_t window)
{
    return m->entries[window].window;
}

/* Total but for steps of the same window, which come from it in order. */
static bool before(const struct tt_merge *m, const struct tt_replay_step *a,
                   const struct tt_replay_step *b)
{
    if (a->packet != b->packet) {
        return a->packet < b->packet;
    }
    if (a->ordinal != b->ordinal) {
        return a->ordinal < b->ordinal;
    }
    if (a->window == b->window) {
        return a->sample < b->sample;
    }
    const struct tt_window *wa = m->entries[a->window].window, *wb = m->entries[b->window].window;
    int order = memcmp(&wa->device.address, &wb->device.address, sizeof wa->device.address);
    if (order != 0) {
        return order < 0;
    }
    if (wa->device.identity != wb->device.identity) {
        return wa->device.identity < wb->device.identity;
    }
    return wa->stream < wb->stream;
}

static void swap_steps(struct tt_merge *m)
{
    struct tt_replay_step *swap = m->steps;
    m->steps = m->spare;
    m->spare = swap;
}

/* Merges the sorted runs [from, middle) and [middle, end) of a into b. */
static void merge_runs(const struct tt_merge *m, const struct tt_replay_step *a,
                       struct tt_replay_step *b, uint32_t from, uint32_t middle, uint32_t end)
{
    uint32_t l = from, r = middle;
    for (uint32_t i = from; i < end; i++) {
        b[i] = l < middle && (r >= end || !before(m, &a[r], &a[l])) ? a[l++] : a[r++];
    }
}

/* Each of a packet of its own, in order: the usual interval of one worker. */
static bool ascends(const struct tt_replay_step *s, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        if (s[i].packet <= s[i - 1].packet) {
            return false;
        }
    }
    return true;
}

static bool is_sorted(const struct tt_merge *m, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        if (before(m, &m->steps[i], &m->steps[i - 1])) {
            return false;
        }
    }
    return true;
}

static void sort_by_merging(struct tt_merge *m, uint32_t n)
{
    for (uint32_t run = 1; run < n; run *= 2) {
        for (uint32_t from = 0; from < n; from += 2 * run) {
            uint32_t middle = run < n - from ? from + run : n;
            uint32_t end = run < n - middle ? middle + run : n;
            merge_runs(m, m->steps, m->spare, from, middle, end);
        }
        swap_steps(m);
    }
}

/* Steps of the same packet stand together but in no order yet: few, so by insertion. */
static void order_ties(struct tt_merge *m, uint32_t n)
{
    struct tt_replay_step *s = m->steps;
    for (uint32_t i = 1; i < n; i++) {
        struct tt_replay_step x = s[i];
        uint32_t at = i;
        for (; at > 0 && s[at - 1].packet == x.packet && before(m, &x, &s[at - 1]); at--) {
            s[at] = s[at - 1];
        }
        s[at] = x;
    }
}

/* By digits of eight bits of (packet - least). */
static void sort_by_digits(struct tt_merge *m, uint32_t n, uint64_t least, unsigned digits)
{
    for (unsigned d = 0; d < digits; d++) {
        uint32_t place[257] = {0};
        for (uint32_t i = 0; i < n; i++) {
            place[((m->steps[i].packet - least) >> (8 * d) & 255) + 1]++;
        }
        for (int i = 0; i < 256; i++) {
            place[i + 1] += place[i];
        }
        for (uint32_t i = 0; i < n; i++) {
            m->spare[place[(m->steps[i].packet - least) >> (8 * d) & 255]++] = m->steps[i];
        }
        swap_steps(m);
    }
}

/* An interval holds packets that are close together, so two or three digits tell them apart. */
static void sort(struct tt_merge *m, uint32_t n)
{
    uint64_t least = UINT64_MAX, most = 0;
    uint32_t same = 0; /* a packet may hold many messages: insertion is for few */
    for (uint32_t i = 0; i < n; i++) {
        uint64_t p = m->steps[i].packet;
        least = p < least ? p : least;
        most = p > most ? p : most;
        same += i > 0 && p == m->steps[i - 1].packet;
    }
    unsigned digits = 1;
    while (digits < 8 && (most - least) >> (8 * digits)) {
        digits++;
    }
    if (n < 64 || digits > 3 || same > n / 4) {
        sort_by_merging(m, n);
        return;
    }
    sort_by_digits(m, n, least, digits);
    order_ties(m, n);
}

static void need_steps(struct tt_merge *m, uint32_t n)
{
    if (n <= m->cap_steps) {
        return;
    }
    uint32_t cap = m->cap_steps ? m->cap_steps : 1024;
    while (cap < n) {
        cap *= 2;
    }
    free(m->steps);
    free(m->spare);
    m->steps = must(malloc(cap * sizeof *m->steps));
    m->spare = must(malloc(cap * sizeof *m->spare));
    m->cap_steps = cap;
}

const struct tt_replay_step *tt_merge_steps(struct tt_merge *m, uint32_t *n)
{
    uint32_t total = 0;
    for (uint32_t i = 0; i < m->n; i++) {
        uint32_t samples = m->entries[i].window->n_samples;
        total += samples ? samples : 1;
    }
    need_steps(m, total);
    uint32_t at = 0;
    for (uint32_t i = 0; i < m->n; i++) {
        const struct tt_window *w = m->entries[i].window;
        if (w->n_samples == 0) {
            m->steps[at++] = (struct tt_replay_step){.packet = w->first_packet,
                                                     .window = i,
                                                     .sample = TT_REPLAY_NO_SAMPLE,
                                                     .first = true};
        }
        for (uint8_t s = 0; s < w->n_samples; s++) {
            m->steps[at++] = (struct tt_replay_step){.packet = w->samples[s].packet,
                                                     .window = i,
                                                     .ordinal = w->samples[s].ordinal,
                                                     .sample = s,
                                                     .first = s == 0};
        }
    }
    if (!ascends(m->steps, total) && !is_sorted(m, total)) {
        sort(m, total);
    }
    *n = total;
    return m->steps;
}

void tt_merge_clear(struct tt_merge *m)
{
    if (++m->interval == INTERVALS) {
        memset(m->index, 0, ((size_t)m->mask + 1) * sizeof *m->index);
        m->interval = 1;
    }
    m->n = 0;
    m->left = 0;
    tt_arena_reset(&m->arena);
}
