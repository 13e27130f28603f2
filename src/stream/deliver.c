/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The way out: hands octets and gaps to the room above in the receiver's order, leaves out urgent octets, and remembers the
 * length and a hash of the last deliveries, so that a retransmission with other content is noticed after the octets are gone.
 */
#include "base/hash.h"
#include "stream/state.h"

#define HASH_HEAD 448
#define HASH_TAIL 64

static uint64_t hash_run(const uint8_t *p, uint32_t n, uint64_t h)
{
    for (; n > 16; p += 16, n -= 16) {
        h = tt_mum(tt_load64(p) ^ h, tt_load64(p + 8) ^ 0x9e3779b97f4a7c15u);
    }
    uint64_t a = 0, b = 0;
    if (n >= 8) {
        a = tt_load64(p);
        b = tt_load64(p + n - 8);
    } else {
        for (uint32_t i = 0; i < n; i++) {
            a = a << 8 | p[i];
        }
    }
    return tt_mum(a ^ h, b ^ 0xd1b54a32d192ed03u ^ n);
}

/* Sixteen bits of all octets up to 512; of the first 448 and the last 64 beyond. */
uint32_t payload_hash(const uint8_t *p, uint32_t n)
{
    uint64_t h = 0x2545f4914f6cdd1du;
    if (n <= HASH_HEAD + HASH_TAIL) {
        h = hash_run(p, n, h);
    } else {
        h = hash_run(p + n - HASH_TAIL, HASH_TAIL, hash_run(p, HASH_HEAD, h));
    }
    return (uint32_t)(h >> 48);
}

static void remember(struct way *w, const uint8_t *p, uint32_t n)
{
    if (n > 0xffff) {
        w->n_records = 0;
        return;
    }
    memmove(&w->records[1], &w->records[0], sizeof w->records - sizeof w->records[0]);
    w->records[0] = n << 16 | payload_hash(p, n);
    w->n_records = (uint8_t)(w->n_records < WAY_RECORDS ? w->n_records + 1 : WAY_RECORDS);
}

static void hand_over(struct turn *t, enum tt_direction dir, const uint8_t *p, uint32_t n,
                      bool urgent)
{
    struct way *w = &t->stream->way[dir];
    if (n == 0) {
        return;
    }
    w->next += n;
    w->sent = seq_max(w->sent, w->next);
    remember(w, p, n);
    if (!urgent) {
        t->all->counts[COUNT_OCTETS] += n;
        t->all->sink.octets(t->all->sink.ctx, t->flow, dir, (struct tt_bytes){p, n}, t->packet);
    }
}

void deliver(struct turn *t, enum tt_direction dir, struct tt_bytes b)
{
    struct way *w = &t->stream->way[dir];
    if (w->flags & WAY_URGENT) {
        uint32_t at = w->urgent_seq - w->next;
        if (at < b.n) {
            w->flags &= (uint16_t)~WAY_URGENT;
            hand_over(t, dir, b.p, at, false);
            raise_event(t, dir, EVENT_URGENT);
            hand_over(t, dir, b.p + at, 1, true);
            b.p += at + 1;
            b.n -= at + 1;
        } else if (seq_before(w->urgent_seq, w->next)) {
            w->flags &= (uint16_t)~WAY_URGENT;
        }
    }
    hand_over(t, dir, b.p, b.n, false);
}

void lose(struct turn *t, enum tt_direction dir, uint32_t n)
{
    struct way *w = &t->stream->way[dir];
    w->next += n;
    w->sent = seq_max(w->sent, w->next);
    w->n_records = 0;
    t->flow->flags |= (uint16_t)(TT_FLOW_GAP << dir);
    t->all->counts[COUNT_GAPS]++;
    t->all->counts[COUNT_GAP_OCTETS] += n;
    raise_event(t, dir, EVENT_GAP);
    if (t->all->sink.gap) {
        t->all->sink.gap(t->all->sink.ctx, t->flow, dir, n, t->packet);
    }
}

bool compare_old(struct turn *t, enum tt_direction dir, uint32_t seq, struct tt_bytes b)
{
    const struct way *w = &t->stream->way[dir];
    uint32_t end = w->flags & WAY_FIN_DONE ? w->fin_seq : w->next;
    bool compared = false;
    for (uint32_t i = 0; i < w->n_records; i++) {
        uint32_t n = w->records[i] >> 16, at = end - n - seq;
        end -= n;
        if (n > b.n || at > b.n - n) {
            continue; /* not wholly in the new segment */
        }
        compared = true;
        if (payload_hash(b.p + at, n) != (w->records[i] & 0xffff)) {
            t->all->counts[COUNT_OVERLAPS_DIFFERENT]++;
            raise_event(t, dir, EVENT_OVERLAP);
            break;
        }
    }
    return compared;
}
