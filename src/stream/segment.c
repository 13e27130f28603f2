/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Is this segment one that its receiver takes? Follows what Linux does in tcp_validate_incoming,
 * tcp_ack and tcp_data_queue (RFC 9293 3.10.7.4, RFC 5961, RFC 7323): timestamp, window,
 * acknowledgement, then octets and FIN. Where the answer is not certain (an acknowledgement of
 * octets that the capture may have lost, octets after a reset or into a closed window) the octets
 * wait, marked doubtful, until the receiver acknowledges them or certain ones take their place.
 */
#include "stream/state.h"

void ignore(struct turn *t, enum event e)
{
    t->all->counts[COUNT_IGNORED]++;
    raise_event(t, t->dir, e);
}

void way_start(struct way *w, uint32_t seq)
{
    w->next = w->acked = w->sent = seq;
    w->isn = seq - 1;
    w->n_records = 0;
    w->flags |= WAY_STARTED;
}

/* The first packet of a way whose SYN is not in the capture: its options
 * are what the two agreed on. */
static void pick_up(struct turn *t)
{
    struct way *d = &t->stream->way[t->dir], *r = &t->stream->way[!t->dir];
    if (!(d->flags & WAY_STARTED)) {
        way_start(d, t->packet->seq);
    }
    if (!(d->flags & (WAY_HEARD | WAY_SYN))) {
        d->flags |= (uint16_t)((t->has_ts ? WAY_TIMESTAMP : 0) | (t->has_md5 ? WAY_MD5 : 0));
        d->scale = (r->flags & WAY_SYN) && !(r->flags & WAY_SCALE) ? 0 : 14;
        d->ttl = t->packet->ttl;
    }
    d->flags = (uint16_t)((d->flags | WAY_HEARD) & ~WAY_PLACED);
}

/* RFC 7323 5.3, with Linux's tolerance of one tick and its 24 days. */
static bool timestamp_fits(struct turn *t)
{
    struct way *d = &t->stream->way[t->dir];
    if (!t->has_ts || !(d->flags & t->stream->way[!t->dir].flags & WAY_TIMESTAMP)) {
        return true;
    }
    uint32_t now = slow_clock(t->packet);
    if ((d->flags & WAY_TS_KNOWN) && seq_diff(d->ts_recent, t->ts) > 1 && d->ts_recent != 0 &&
        now - d->ts_when < PAWS_AGE) {
        return false;
    }
    return true;
}

/* Only a packet that was taken in full sets the mark: a refused one must not
 * shut the following ones out. */
static void timestamp_keep(struct turn *t)
{
    struct way *d = &t->stream->way[t->dir];
    uint32_t last_ack = t->stream->way[!t->dir].flags & WAY_HEARD ? d->acked : d->next;
    if (t->has_ts && !seq_before(last_ack, t->packet->seq) &&
        (!(d->flags & WAY_TS_KNOWN) || !seq_before(t->ts, d->ts_recent))) {
        d->ts_recent = t->ts;
        d->ts_when = slow_clock(t->packet);
        d->flags |= WAY_TS_KNOWN;
    }
}

/* The receiver has said nothing while packets were refused or doubted: it is not
 * in the capture (any more). */
static bool receiver_silent(struct turn *t)
{
    struct way *d = &t->stream->way[t->dir];
    if (d->resync_n < UNHEARD_LIMIT) {
        d->resync_n++;
        return false;
    }
    d->resync_n = 0;
    d->flags &= (uint16_t)~WAY_EDGE;
    t->stream->way[!t->dir].flags &= (uint16_t)~WAY_HEARD;
    t->all->counts[COUNT_RESYNCS]++;
    return true;
}

static bool window_fits(struct turn *t, uint32_t end, bool has_octets)
{
    struct way *d = &t->stream->way[t->dir];
    uint32_t seq = t->packet->seq;
    if ((d->flags & WAY_EDGE) && seq_before(d->edge, seq)) {
        d->resync_seq = end;
        if (receiver_silent(t)) {
            return true;
        }
        t->all->counts[COUNT_OUT_OF_WINDOW]++;
        bool fin_only = (t->packet->tcp_flags & TT_FIN) && t->packet->payload_length == 0;
        ignore(t, fin_only ? EVENT_FIN_WINDOW : EVENT_OUT_OF_WINDOW);
        return false;
    }
    if ((t->stream->way[!t->dir].flags & WAY_HEARD) && seq_before(end, d->acked)) {
        t->all->counts[COUNT_RETRANSMITTED] += has_octets;
        if (has_octets && end - seq > 1 &&
            !compare_old(t, t->dir, seq,
                         (struct tt_bytes){t->packet->payload, t->packet->payload_length})) {
            raise_event(t, t->dir, EVENT_BEFORE_BASE);
        }
        return false;
    }
    return true;
}

/* After a FIN the ack number says whether the receiver saw it. */
static void fin_acked(struct turn *t, enum tt_direction dir)
{
    struct way *w = &t->stream->way[dir];
    bool doubted = !(w->flags & WAY_FIN_DONE) && w->next == w->fin_seq && w->first != TT_SLAB_NONE;
    if (doubted && w->acked != w->fin_seq + 1) {
        /* octets in its place were taken: it never arrived */
        w->flags &= (uint16_t) ~(WAY_FIN | WAY_FIN_FIRST);
        raise_event(t, dir, EVENT_FIN_FALSE);
        waiting_acked(t, dir);
        return;
    }
    if (doubted) {
        waiting_drop(t->all, w);
    }
    if (seq_before(w->next, w->fin_seq)) {
        lose(t, dir, w->fin_seq - w->next);
    }
    w->flags |= WAY_FIN_ACKED;
}

void take_ack(struct turn *t, enum tt_direction dir, uint32_t ack)
{
    struct way *w = &t->stream->way[dir];
    uint32_t was = w->next;
    w->acked = seq_max(w->acked, ack);
    waiting_acked(t, dir);
    if (w->ttl_low && w->next != was) {
        w->ttl = w->ttl_low;
        w->ttl_low = 0;
    }
    if ((w->flags & WAY_FIN) && seq_before(w->fin_seq, w->acked) && !(w->flags & WAY_FIN_ACKED)) {
        fin_acked(t, dir);
    }
    if (t->stream->phase == PHASE_RESET && w->next != was) {
        t->stream->phase = PHASE_OPEN;
        t->flow->state = TT_FLOW_ESTABLISHED;
        raise_event(t, dir, EVENT_RST_INJECT);
    }
}

/* The receiver acknowledges what was refused here: the capture lost more than a window. */
static void resync(struct turn *t, enum tt_direction dir, uint32_t ack)
{
    struct way *w = &t->stream->way[dir];
    t->all->counts[COUNT_RESYNCS]++;
    raise_event(t, dir, EVENT_MIDSTREAM);
    waiting_flush(t, dir);
    if (seq_before(w->next, ack)) {
        lose(t, dir, ack - w->next);
    } else {
        lose(t, dir, 0);
        w->next = ack;
    }
    w->acked = w->sent = ack;
}

/* The answer to a SYN-ACK. */
static bool handshake_ack_fits(struct turn *t, struct way *r)
{
    uint32_t ack = t->packet->ack;
    if ((r->flags & WAY_OTHER_ISN) && ack == r->other_isn + 1) {
        way_start(r, ack);
        r->acked = r->isn;
        r->flags &= (uint16_t)~WAY_OTHER_ISN;
    }
    if (!seq_before(r->isn, ack) || seq_before(r->sent, ack)) {
        ignore(t, EVENT_HANDSHAKE_ACK);
        return false;
    }
    return true;
}

/* How far back an acknowledgement may lie: RFC 5961 5.2, and never before the first octet. */
static uint32_t ack_slack(const struct way *r)
{
    uint32_t slack = r->edge - r->acked, all = r->acked - (r->isn + 1);
    if (!(r->flags & WAY_EDGE) || slack > (1u << 30)) {
        slack = 1u << 30;
    }
    slack = slack < 65535 ? 65535 : slack;
    return (r->flags & WAY_SYN) && all < slack ? all : slack;
}

/* False: the receiver drops the packet. */
static bool ack_fits(struct turn *t, bool *doubt)
{
    const struct tt_packet *p = t->packet;
    struct way *d = &t->stream->way[t->dir], *r = &t->stream->way[!t->dir];
    if (!(r->flags & WAY_HEARD)) {
        if (!(r->flags & WAY_STARTED) || ((r->flags & WAY_PLACED) && seq_before(r->next, p->ack))) {
            way_start(r, p->ack);
            r->flags |= WAY_PLACED;
        }
        r->sent = seq_max(r->sent, p->ack);
    } else if (t->stream->phase == PHASE_SYNACK && (r->flags & WAY_SYN) && r->acked == r->isn &&
               !handshake_ack_fits(t, r)) {
        return false;
    }
    uint32_t ack = p->ack, slack = ack_slack(r);
    if (seq_before(r->sent, ack)) {
        if (waiting_confirmed(t->all, r, ack)) {
            /* the capture lost packets of both sides: what was doubted is what the receiver read */
            r->sent = ack;
        } else if (r->resync_n && ack == r->resync_seq) {
            resync(t, !t->dir, ack);
        } else {
            raise_event(t, t->dir, EVENT_INVALID_ACK);
            *doubt = true;
            ack = r->acked;
        }
    } else if (seq_diff(r->acked, ack) > (int32_t)slack) {
        /* Linux drops it, but not in its header prediction */
        raise_event(t, t->dir, EVENT_INVALID_ACK);
        *doubt = true;
        ack = r->acked;
    }
    r->resync_n = 0;
    if (ack == p->ack) {
        uint32_t edge = ack + ((uint32_t)p->window << d->scale);
        r->edge = r->flags & WAY_EDGE ? seq_max(r->edge, edge) : edge;
        r->flags |= WAY_EDGE;
        take_ack(t, !t->dir, ack);
    }
    return true;
}

/* Gives up the first hole so that the segment at seq finds room. */
static void make_way(struct turn *t, struct way *d, uint32_t seq)
{
    if (d->first == TT_SLAB_NONE || !seq_before(piece_at(t->all, d->first)->start, seq)) {
        lose(t, t->dir, seq - d->next);
    } else if (!waiting_skip(t, t->dir)) {
        waiting_drop(t->all, d);
    }
}

/* Puts [seq, seq + b.n) and `lost` more that the capture cut off into the stream. */
static void take_run(struct turn *t, uint32_t seq, struct tt_bytes b, uint32_t lost, bool doubt)
{
    struct way *d = &t->stream->way[t->dir];
    uint32_t end = seq + b.n + lost;
    while (seq_before(d->next, end)) {
        if (seq_before(seq, d->next)) {
            uint32_t old = d->next - seq, cut = old < b.n ? old : b.n;
            (void)compare_old(t, t->dir, seq, (struct tt_bytes){b.p, cut});
            b = (struct tt_bytes){b.p + cut, b.n - cut};
            lost -= old - cut;
            seq = d->next;
        }
        bool meets = d->first != TT_SLAB_NONE && seq_before(piece_at(t->all, d->first)->start, end);
        bool full =
            (seq != d->next || meets || doubt) &&
            waiting_put(t, t->dir, seq, b, lost, doubt ? PIECE_DOUBTFUL : 0) == WAITING_FULL;
        if (seq == d->next && !doubt && (!meets || full)) {
            deliver(t, t->dir, b);
            if (lost) {
                lose(t, t->dir, lost);
            }
        } else if (full && !doubt) {
            make_way(t, d, seq);
            continue;
        } else if (full) {
            t->all->counts[COUNT_DOUBTED_SHED]++;
        }
        break;
    }
    waiting_drain(t, t->dir);
    waiting_acked(t, t->dir);
}

/* What is there to say of octets after the FIN? True: they may be good after all. */
static bool beyond_fin(struct turn *t, struct way *d)
{
    raise_event(t, t->dir, EVENT_AFTER_FIN);
    if ((d->flags & WAY_FIN_ACKED) || !(t->stream->way[!t->dir].flags & WAY_HEARD) ||
        receiver_silent(t)) {
        t->all->counts[COUNT_IGNORED]++;
        return false;
    }
    d->next = d->fin_seq; /* the receiver has not acknowledged the FIN: it decides */
    d->flags &= (uint16_t)~WAY_FIN_DONE;
    return true;
}

/* tcp_check_urg: the pointer names the octet after the urgent one; 0 names the first. */
static void take_urgent(struct turn *t, struct way *d)
{
    uint32_t at = t->packet->seq + (t->packet->urgent ? t->packet->urgent - 1u : 0);
    if (!seq_before(at, t->packet->seq + t->packet->payload_length + t->packet->payload_missing)) {
        raise_event(t, t->dir, EVENT_URGENT_AHEAD);
    }
    if (!seq_before(at, d->next) && (!(d->flags & WAY_URGENT) || seq_before(d->urgent_seq, at))) {
        d->urgent_seq = at;
        d->flags |= WAY_URGENT;
    }
}

/* A FIN that waits behind a hole is a part of its segment: does the segment [seq,
 * end) take the place of both? */
static bool covers_fin(const struct way *d, uint32_t seq, uint32_t end)
{
    if (!seq_before(d->next, seq)) {
        return seq_before(d->fin_seq, end); /* in order: all of it is read */
    }
    return seq_before(seq, d->fin_origin) ? seq_before(d->fin_seq, end)
                                          : seq == d->fin_origin && seq_before(d->fin_seq + 1, end);
}

/* Octets that came a longer way than the others of their sender may end before the receiver (an
 * insertion needs only the packet on the sensor's link). When they are acknowledged, it was the
 * way that changed. */
static bool ttl_low(struct turn *t, struct way *d)
{
    uint8_t ttl = t->packet->ttl;
    if (ttl >= d->ttl) {
        d->ttl = ttl;
        d->ttl_low = 0;
        return false;
    }
    d->ttl_low = ttl;
    raise_event(t, t->dir, EVENT_TTL);
    return true;
}

static void take_octets(struct turn *t, bool doubt)
{
    const struct tt_packet *p = t->packet;
    struct way *d = &t->stream->way[t->dir], *r = &t->stream->way[!t->dir];
    uint32_t n = p->payload_length + p->payload_missing, end = p->seq + n;
    struct tt_bytes b = {p->payload, p->payload_length};
    if (!seq_before(d->next, end)) {
        if (n == 1 && end == d->next) {
            t->all->counts[COUNT_KEEPALIVE]++;
            if (b.n && b.p[0] && !compare_old(t, t->dir, p->seq, b)) {
                raise_event(t, t->dir, EVENT_KEEPALIVE_OCTET);
            }
        } else {
            t->all->counts[COUNT_RETRANSMITTED]++;
            if ((d->flags & WAY_SYN) && seq_before(p->seq, d->isn)) {
                raise_event(t, t->dir, EVENT_BEFORE_BASE);
            }
            (void)compare_old(t, t->dir, p->seq, b);
        }
        return;
    }
    if ((d->flags & WAY_FIN) && ((d->flags & WAY_FIN_DONE) || d->next == d->fin_seq)) {
        if (!beyond_fin(t, d)) {
            return;
        }
        doubt = true;
    } else if ((d->flags & WAY_FIN) && !doubt && covers_fin(d, p->seq, end)) {
        /* it waited behind a hole; octets took its place */
        d->flags &= (uint16_t) ~(WAY_FIN | WAY_FIN_FIRST);
        raise_event(t, t->dir, EVENT_FIN_FALSE);
    }
    bool heard = r->flags & WAY_HEARD;
    if (heard &&
        (ttl_low(t, d) || t->stream->phase == PHASE_RESET || (p->flags & TT_PACKET_DOUBTFUL))) {
        doubt = true;
    }
    if ((d->flags & WAY_EDGE) && heard && !seq_before(p->seq, d->edge)) {
        doubt = true;
        if (n > 1) {
            raise_event(t, t->dir, EVENT_ZERO_WINDOW);
        }
    }
    if (doubt) {
        t->all->counts[COUNT_DOUBTED]++;
        d->resync_seq = d->sent;
        (void)receiver_silent(t);
    }
    take_run(t, p->seq, b, p->payload_missing, doubt);
    d->sent = seq_max(d->sent, end);
    uint32_t now = (uint32_t)(p->time / 1000000);
    if (!heard && d->first != TT_SLAB_NONE && now - d->hole_since > HOLE_MS) {
        (void)waiting_skip(t, t->dir);
        d->hole_since = now;
    }
}

/* Linux drops an early segment that lies wholly inside a waiting one, with its FIN. */
static bool fin_is_covered(const struct turn *t, const struct way *d, uint32_t at)
{
    if (!seq_before(d->next, t->packet->seq)) {
        return false;
    }
    for (uint32_t i = d->last; i != TT_SLAB_NONE; i = piece_at(t->all, i)->prev) {
        const struct piece *p = piece_at(t->all, i);
        if (!seq_before(at, p->start)) {
            return seq_before(at, p->end) && !(p->flags & PIECE_DOUBTFUL) &&
                   !seq_before(t->packet->seq, p->origin);
        }
    }
    return false;
}

static void take_fin(struct turn *t)
{
    struct way *d = &t->stream->way[t->dir];
    uint32_t at = t->packet->seq + t->packet->payload_length + t->packet->payload_missing;
    if (d->flags & WAY_FIN) {
        if (at != d->fin_seq) {
            raise_event(t, t->dir, EVENT_FIN_FALSE);
            d->fin_seq = d->flags & WAY_FIN_DONE ? d->fin_seq : seq_min(d->fin_seq, at);
        }
    } else if (seq_before(at, d->next) || fin_is_covered(t, d, at)) {
        raise_event(t, t->dir, EVENT_FIN_FALSE);
        return;
    } else {
        d->fin_seq = at;
        d->fin_origin = waiting_origin(t, d, at, t->packet->seq);
        d->flags |= WAY_FIN;
        if (!(t->stream->way[!t->dir].flags & WAY_FIN)) {
            d->flags |= WAY_FIN_FIRST;
        }
    }
    d->sent = seq_max(d->sent, at + 1);
}

/* The stream reached its FIN: the number that the FIN has is passed, what waits
 * beyond is not read by anyone. */
static void finish(struct turn *t, enum tt_direction dir)
{
    struct way *w = &t->stream->way[dir];
    if (!(w->flags & WAY_FIN) || (w->flags & WAY_FIN_DONE) || w->next != w->fin_seq) {
        return;
    }
    if (w->first != TT_SLAB_NONE) {
        if (piece_at(t->all, w->first)->flags & PIECE_DOUBTFUL) {
            return;
        }
        raise_event(t, dir, EVENT_AFTER_FIN);
        waiting_drop(t->all, w);
    }
    w->next++;
    w->flags |= WAY_FIN_DONE;
}

void connection_settle(struct turn *t)
{
    struct tt_stream *s = t->stream;
    finish(t, 0);
    finish(t, 1);
    uint16_t both = s->way[0].flags & s->way[1].flags, any = s->way[0].flags | s->way[1].flags;
    if (s->phase == PHASE_OPEN && (both & WAY_FIN_DONE)) {
        t->flow->state = TT_FLOW_CLOSED;
        if (both & WAY_FIN_ACKED) {
            s->phase = PHASE_CLOSED;
        }
    }
    uint16_t need = WAY_STARTED | WAY_HEARD | WAY_EDGE;
    if (both & WAY_TIMESTAMP) {
        need |= WAY_TS_KNOWN;
    }
    s->plain = s->phase == PHASE_OPEN && (both & need) == need && !(any & (WAY_FIN | WAY_URGENT)) &&
               !(s->way[0].resync_n | s->way[1].resync_n) && s->way[0].first == TT_SLAB_NONE &&
               s->way[1].first == TT_SLAB_NONE && !seq_before(s->way[0].next, s->way[0].acked) &&
               !seq_before(s->way[1].next, s->way[1].acked);
    if (s->plain && (both & WAY_TIMESTAMP)) {
        s->plain = 2;
    }
}

void take_segment(struct turn *t)
{
    const struct tt_packet *p = t->packet;
    struct way *d = &t->stream->way[t->dir];
    bool has_octets = p->payload_length || p->payload_missing, fin = p->tcp_flags & TT_FIN,
         doubt = false;
    uint32_t end = p->seq + p->payload_length + p->payload_missing + fin;
    if (t->has_md5 && (d->flags & (WAY_HEARD | WAY_SYN)) && !(d->flags & WAY_MD5)) {
        ignore(t, EVENT_MD5);
        return;
    }
    if ((d->flags & WAY_OTHER_ISN) && t->stream->phase == PHASE_SYN && p->seq == d->other_isn + 1) {
        waiting_drop(t->all, d);
        way_start(d, p->seq);
        d->flags &= (uint16_t)~WAY_OTHER_ISN;
    }
    pick_up(t);
    if (!timestamp_fits(t)) {
        t->all->counts[COUNT_IGNORED]++;
        if (has_octets || fin) {
            raise_event(t, t->dir, EVENT_TIMESTAMP);
        }
        return;
    }
    if (!window_fits(t, end, has_octets) || !ack_fits(t, &doubt)) {
        return;
    }
    /* a server that still waits for the handshake's end acknowledges nothing but the SYN */
    bool waits = t->stream->phase == PHASE_SYNACK && t->dir == TT_TO_CLIENT && !has_octets &&
                 !fin && p->ack == t->stream->way[TT_TO_SERVER].isn + 1;
    if (t->stream->phase < PHASE_OPEN && !waits) {
        t->stream->phase = PHASE_OPEN;
        t->flow->state = TT_FLOW_ESTABLISHED;
    }
    if (!doubt) {
        timestamp_keep(t);
        if (p->tcp_flags & TT_URG) {
            take_urgent(t, d);
        }
    }
    bool ends = fin && !doubt && t->stream->phase != PHASE_RESET;
    bool in_order = !seq_before(d->next, p->seq);
    if (ends && in_order) {
        take_fin(t); /* what waits behind it is not read */
    }
    if (has_octets) {
        take_octets(t, doubt);
    }
    if (ends && !in_order) {
        take_fin(t);
    }
}
