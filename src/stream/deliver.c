/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The way out: hands octets and gaps to the room above in the receiver's order, leaves out urgent
 * octets, and remembers the length and a hash of the last deliveries, so that a retransmission with
 * other content is noticed after the octets are gone.
 */
#include "base/work.h"
#include "decode/checksum.h"
#include "stream/recall.h"

uint16_t payload_sum(const uint8_t *p, uint32_t n)
{
    return tt_sum_fold(tt_sum_octets(0, p, n));
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
    remember(w, p, n, payload_sum(p, n));
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
        const uint8_t *p = b.p + at;
        TT_LOOKED(n);
        if (payload_hash(p, n, payload_sum(p, n)) != (w->records[i] & 0xffff)) {
            t->all->counts[COUNT_OVERLAPS_DIFFERENT]++;
            raise_event(t, dir, EVENT_OVERLAP);
            break;
        }
    }
    return compared;
}
