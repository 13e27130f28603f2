/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How a connection begins and is cut off: SYN, SYN-ACK and RST, by RFC 9293 3.10.7 and RFC 5961 (a
 * reset counts only with the exact number, a SYN never disturbs an open connection). Tells a new
 * connection on old ports from a disturbance.
 */
#include "stream/state.h"

/* A SYN or SYN-ACK sets its way up. */
static void way_open(struct turn *t, struct way *w)
{
    const struct tt_packet *p = t->packet;
    waiting_drop(t->all, w);
    uint16_t kept = w->flags & WAY_EDGE;
    w->flags = kept;
    way_start(w, p->seq + 1);
    w->acked = p->seq;
    w->ttl = p->ttl;
    w->scale = t->has_scale ? t->scale : 0;
    w->flags |= (uint16_t)(WAY_SYN | WAY_HEARD | (t->has_ts ? WAY_TIMESTAMP | WAY_TS_KNOWN : 0) |
                           (t->has_scale ? WAY_SCALE : 0) | (t->has_md5 ? WAY_MD5 : 0));
    w->ts_recent = t->ts;
    w->ts_when = slow_clock(p);
}

/* TCP Fast Open: octets in a SYN count when the SYN-ACK acknowledges them. */
static void syn_octets(struct turn *t, struct way *w)
{
    const struct tt_packet *p = t->packet;
    if (p->payload_length == 0 && p->payload_missing == 0) {
        return;
    }
    raise_event(t, t->dir, EVENT_SYN_DATA);
    t->all->counts[COUNT_DOUBTED]++;
    if (waiting_put(t, t->dir, p->seq + 1, (struct tt_bytes){p->payload, p->payload_length}, 0,
                    PIECE_DOUBTFUL) == WAITING_OK) {
        w->sent = seq_max(w->sent, p->seq + 1 + p->payload_length);
    } else {
        t->all->counts[COUNT_DOUBTED_SHED]++;
    }
}

static bool first_syn(struct turn *t)
{
    struct way *d = &t->stream->way[t->dir];
    if (t->stream->phase == PHASE_NONE) {
        way_open(t, d);
        t->stream->phase = PHASE_SYN;
        syn_octets(t, d);
        return true;
    }
    if (!(d->flags & WAY_STARTED)) {
        raise_event(t, t->dir, EVENT_SYN_TO_CLIENT); /* both sides open at once: legal and rare */
        way_open(t, d);
        return true;
    }
    if (t->packet->seq != d->isn) {
        raise_event(t, t->dir, EVENT_SYN_OTHER_ISN);
        d->other_isn = t->packet->seq;
        d->flags |= WAY_OTHER_ISN;
        if (t->stream->phase == PHASE_SYNACK && !seq_before(t->packet->seq, d->next) &&
            (d->flags & WAY_EDGE) && seq_before(t->packet->seq, d->edge)) {
            t->stream->phase = PHASE_RESET; /* in the window: whoever waits for an ACK gives up */
        }
    } else {
        t->all->counts[COUNT_RETRANSMITTED]++;
    }
    return true;
}

static bool take_plain_syn(struct turn *t)
{
    struct way *d = &t->stream->way[t->dir];
    switch (t->stream->phase) {
    case PHASE_NONE:
    case PHASE_SYN:
        return first_syn(t);
    case PHASE_RESET:
    case PHASE_CLOSED:
        if (t->packet->seq != d->isn && t->stream->phase == PHASE_RESET) {
            raise_event(t, t->dir, EVENT_SYN_AFTER_RST);
        }
        return t->packet->seq == d->isn;
    case PHASE_SYNACK:
        if (t->dir == TT_TO_CLIENT) {
            ignore(t, EVENT_SYN_TO_CLIENT);
            return true;
        }
        return first_syn(t);
    default:
        break;
    }
    if (t->flow->state == TT_FLOW_CLOSED && t->packet->seq != d->isn) {
        return false;
    }
    bool same = (d->flags & WAY_SYN) && t->packet->seq == d->isn;
    ignore(t, t->dir == TT_TO_CLIENT ? EVENT_SYN_TO_CLIENT
              : same                 ? EVENT_SYN_RESEND
                                     : EVENT_SYN_RESEND_OTHER);
    if (!same) {
        d->other_isn = t->packet->seq; /* if a SYN-ACK answers it, it was a new connection */
        d->flags |= WAY_OTHER_ISN;
    }
    return true;
}

/* The answer to the SYN whose way is o. */
static void accept_synack(struct turn *t, struct way *d, struct way *o)
{
    way_open(t, d);
    if ((d->flags & WAY_SCALE) == 0 || ((o->flags & WAY_SYN) && !(o->flags & WAY_SCALE))) {
        d->scale = o->scale = 0;
    }
    if ((o->flags & WAY_MD5) && !(d->flags & WAY_MD5)) {
        o->flags &= (uint16_t)~WAY_MD5;
    }
    o->edge = t->packet->ack + t->packet->window;
    o->flags |= WAY_EDGE;
    t->stream->phase = PHASE_SYNACK;
    take_ack(t, !t->dir, t->packet->ack);
}

static bool synack_for_syn(struct turn *t, struct way *d, struct way *o)
{
    uint32_t ack = t->packet->ack;
    if (t->stream->phase == PHASE_NONE || !(o->flags & WAY_SYN)) {
        way_start(o, ack); /* the SYN itself is not in the capture */
        o->flags |= WAY_PLACED;
        o->scale = t->has_scale ? 14 : 0;
        accept_synack(t, d, o);
        return true;
    }
    if ((o->flags & WAY_OTHER_ISN) && ack == o->other_isn + 1) {
        waiting_drop(t->all, o);
        way_start(o, ack);
        o->flags &= (uint16_t)~WAY_OTHER_ISN;
    } else if (!seq_before(o->isn, ack) || seq_before(o->sent, ack)) {
        ignore(t, EVENT_SYNACK_ACK);
        return true;
    }
    accept_synack(t, d, o);
    return true;
}

static bool take_synack(struct turn *t)
{
    struct way *d = &t->stream->way[t->dir], *o = &t->stream->way[!t->dir];
    enum phase phase = t->stream->phase;
    if ((phase == PHASE_RESET || phase == PHASE_CLOSED) && t->packet->seq != d->isn) {
        if (t->dir == TT_TO_SERVER && (d->flags & WAY_SYN)) {
            ignore(t, EVENT_SYNACK_TOSERVER); /* nobody answers the server's SYN there */
            return true;
        }
        if (!(o->flags & WAY_SYN) || t->packet->ack != o->isn + 1 || (d->flags & WAY_SYN)) {
            return false;
        }
        /* a repeated SYN was answered after a first refusal */
        phase = t->stream->phase = PHASE_SYN;
        t->flow->state = TT_FLOW_NEW;
    }
    if (phase == PHASE_NONE ||
        (phase == PHASE_SYN && (t->dir == TT_TO_CLIENT || !(d->flags & WAY_SYN)))) {
        return synack_for_syn(t, d, o);
    }
    if (t->packet->seq == d->isn && (d->flags & WAY_SYN)) {
        t->all->counts[COUNT_RETRANSMITTED]++;
        return true;
    }
    if (phase == PHASE_SYN || (phase == PHASE_SYNACK && t->dir == TT_TO_SERVER)) {
        ignore(t, EVENT_SYNACK_DIRECTION);
        return true;
    }
    if (phase == PHASE_SYNACK) {
        d->other_isn = t->packet->seq;
        d->flags |= WAY_OTHER_ISN;
        raise_event(t, t->dir, EVENT_SYNACK_OTHER_SEQ);
        return true;
    }
    if ((o->flags & WAY_OTHER_ISN) && t->packet->ack == o->other_isn + 1) {
        return false;
    }
    ignore(t, t->dir == TT_TO_SERVER ? EVENT_SYNACK_TOSERVER : EVENT_SYNACK_RESEND);
    return true;
}

bool take_syn(struct turn *t)
{
    if (t->has_md5 && t->stream->phase != PHASE_NONE && t->stream->phase != PHASE_SYN) {
        ignore(t, EVENT_MD5);
        return true;
    }
    if ((t->packet->tcp_flags & (TT_FIN | TT_ACK)) == TT_FIN) {
        ignore(t, EVENT_FLAGS); /* begins nothing */
        return true;
    }
    if (t->packet->tcp_flags & TT_FIN) {
        raise_event(t, t->dir, EVENT_FLAGS);
    }
    if (t->packet->tcp_flags & TT_ACK) {
        return take_synack(t);
    }
    return take_plain_syn(t);
}

/* RFC 5961 3.2 as Linux has it: the next octet, the end of the early octets,
 * or the FIN itself again. */
static bool rst_exact(const struct turn *t, const struct way *d)
{
    uint32_t seq = t->packet->seq;
    if (!(d->flags & WAY_STARTED) || seq == seq_max(d->next, d->acked)) {
        return true;
    }
    if ((d->flags & WAY_FIN_DONE) && seq == d->fin_seq) {
        return true;
    }
    return d->last != TT_SLAB_NONE && !(piece_at(t->all, d->last)->flags & PIECE_DOUBTFUL) &&
           seq == piece_at(t->all, d->last)->end;
}

void take_rst(struct turn *t)
{
    const struct tt_packet *p = t->packet;
    struct way *d = &t->stream->way[t->dir], *o = &t->stream->way[!t->dir];
    if (t->has_md5 && !(d->flags & WAY_MD5)) {
        ignore(t, EVENT_MD5);
        return;
    }
    if (p->tcp_flags & (TT_SYN | TT_FIN)) {
        raise_event(t, t->dir, EVENT_FLAGS);
    }
    o->resync_n = 0; /* who refuses is there */
    bool refusal = t->stream->phase == PHASE_SYN && !(d->flags & WAY_SYN) && (o->flags & WAY_SYN);
    bool right = refusal ? (p->tcp_flags & TT_ACK) && seq_before(o->isn, p->ack) &&
                               !seq_before(o->sent, p->ack)
                         : rst_exact(t, d);
    if (!right) {
        ignore(t, EVENT_RST_INVALID);
        return;
    }
    if (t->stream->phase != PHASE_CLOSED) {
        t->stream->phase = PHASE_RESET;
    }
    t->flow->state = TT_FLOW_CLOSED;
    t->all->counts[COUNT_RST]++;
}
