/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What belongs together, part of coap.c alone: responses to requests by token, acknowledgements and
 * resets to what they are for by message ID (RFC 7252 4 and 5.3), notifications to their relation
 * (RFC 7641), what was sent again to the first of it. Reads no octets.
 */
#ifndef DISSECT_PROTO_COAP_PAIRING_H
#define DISSECT_PROTO_COAP_PAIRING_H

#include "dissect/proto/coap_state.h"

/* Sent again: the same ID and the same octets. To be asked before the message is remembered. */
static inline void recognise(struct state *s, struct tt_msg *m, struct head *h)
{
    unsigned d = m->direction;
    if (!h->datagram || h->code == EMPTY) {
        return;
    }
    h->digest = mix((struct tt_bytes){m->unit.p, m->unit.n < 48 ? m->unit.n : 48}, m->unit.n);
    if (m->unit.n > 48) {
        h->digest = mix((struct tt_bytes){m->unit.p + m->unit.n - 16, 16}, h->digest);
    }
    if (h->type == ACK_TYPE) {
        const struct recent *e = h->asked = recent_of(s, h, !d);
        h->again = e && e->done & ANSWERED;
        h->own = m->kind == REQUEST ? recent_of(s, h, d) : NULL; /* a type that it may not have */
    } else {
        const struct recent *e = h->own = recent_of(s, h, d);
        if (__builtin_expect(e != NULL, 0)) {
            h->again = e->digest == h->digest;
            note(m, !h->again, A_MID_REUSED);
        }
    }
}

static inline void pair_request(struct state *s, struct tt_msg *m, struct head *h)
{
    uint32_t key = tx_key(REQUEST, h->hash);
    struct exchange *x = exchange_of(s, h, m->direction);
    bool same = x && h->datagram && x->mid == h->mid;
    h->x = x;
    if (h->again) {
        if (same && !(x->flags & X_ANSWERED)) {
            tt_msg_answer(m, key, m->direction, false);
        }
        return;
    }
    /* what is not confirmable may be lost, and an empty token is anybody's */
    if (x) {
        bool waits = !same && !(x->flags & (X_ANSWERED | X_OBSERVED)) && h->token.n;
        note(m, waits && (x->flags & X_CON || !h->datagram), A_TOKEN_REUSED);
    } else {
        x = exchange_new(s, m, h);
    }
    *x = (struct exchange){.token = h->hash,
                           .key = h->key,
                           .octets = m->unit.n < UINT16_MAX ? (uint16_t)m->unit.n : UINT16_MAX,
                           .mid = h->mid,
                           .method = h->code,
                           .age = s->clock++};
    bool observes = h->observe == 0 && (h->code == GET || h->code == FETCH);
    x->flags = (uint8_t)(X_USED | (m->direction ? X_TO_CLIENT : 0) | (observes ? X_OBSERVED : 0) |
                         (h->type == CON && h->datagram ? X_CON : 0));
    x->path_length = (uint8_t)(h->path_n < PATH_KEPT ? h->path_n : PATH_KEPT);
    memcpy(x->path, h->text + PATH_AT, PATH_KEPT); /* there is room behind the path */
    h->x = x;
    m->tx_key = key;
    m->tx_asker = m->direction;
    bool silent = s->facts.multicast || (h->no_response > 0 && (h->no_response & 26) == 26);
    if (!silent) {
        tt_msg_open(m, key);
    }
    if (h->datagram) {
        remember(s, m, h, R_REQUEST);
    }
}

/* Newer than the last one (RFC 7641 3.4), as far as numbers tell. */
static inline bool newer(uint32_t last, uint32_t now)
{
    return (last < now && now - last < 1u << 23) || (last > now && last - now > 1u << 23);
}

static inline void follow_relation(struct tt_msg *m, struct head *h, struct exchange *x)
{
    if (h->observe < 0 || h->code >= 128) {
        x->flags &= (uint8_t)~X_OBSERVED;
        return;
    }
    bool late = x->flags & X_NOTIFIED && !newer(x->observe, (uint32_t)h->observe);
    note(m, late && h->datagram, A_OBSERVE_ORDER);
    x->observe = late ? x->observe : (uint32_t)h->observe;
    x->flags |= X_NOTIFIED;
}

static inline void pair_response(struct state *s, struct tt_msg *m, struct head *h)
{
    unsigned asker = !m->direction;
    struct exchange *x = exchange_of(s, h, asker);
    bool con = h->datagram && h->type == CON, ack = h->datagram && h->type == ACK_TYPE;
    h->x = x;
    if (h->again) {
        const struct recent *e = ack ? NULL : h->own;
        if (e && con && !(e->done & (ACKED | ANSWERED))) {
            join(m, e, false);
        }
        return;
    }
    bool answered = x && x->flags & X_ANSWERED, separate = con && x && !answered;
    bool notification = h->observe >= 0 && (!x || answered) && !ack;
    h->notification = notification;
    if (notification && con) {
        tt_msg_open(m, tx_key(RESPONSE, h->hash));
    } else if (!notification && !answered) {
        tt_msg_answer(m, tx_key(REQUEST, h->hash), (enum tt_direction)asker, !separate);
    }
    if (x && x->flags & X_OBSERVED) {
        follow_relation(m, h, x);
    }
    if (x) {
        x->flags |= X_ANSWERED;
    }
    if (ack) {
        if (h->asked) {
            h->asked->done |= ANSWERED;
        }
    } else if (h->datagram) {
        struct recent *e = remember(s, m, h, notification ? R_NOTIFICATION : R_RESPONSE);
        e->key = notification ? tx_key(RESPONSE, h->hash) : m->tx_key;
        e->done |= (notification && con) || separate ? 0 : ACKED;
    }
}

/* The receiver does not want a notification: the relation ends (RFC 7641 3.6). */
static inline void end_relation(struct state *s, const struct head *h, const struct recent *e)
{
    for (unsigned i = 0; i < n_exchanges(h); i++) {
        struct exchange *x = exchange_at(s, h, i);
        if (tx_key(RESPONSE, x->token) == e->key) {
            x->flags &= (uint8_t)~X_OBSERVED;
        }
    }
}

static inline void pair_empty(struct state *s, struct tt_msg *m, struct head *h)
{
    if (m->kind == PING) {
        tt_msg_open(m, tx_key(PING, h->mid));
        h->own = recent_of(s, h, m->direction);
        remember(s, m, h, R_PING);
        return;
    }
    struct recent *e = recent_of(s, h, !m->direction);
    if (!e) {
        tt_msg_answer(m, tx_key((enum kind)m->kind, h->mid), !m->direction, true);
        return;
    }
    if (m->kind == RESET && e->what == R_NOTIFICATION) {
        end_relation(s, h, e);
    }
    if (!(e->done & (ACKED | ANSWERED))) {
        join(m, e, m->kind == RESET || e->what != R_REQUEST);
        e->done |= ACKED;
    }
}

/* Over TCP (RFC 8323 5). */
static inline void pair_signal(struct tt_msg *m, const struct head *h)
{
    if (m->kind == PING) {
        tt_msg_open(m, tx_key(PING, h->hash));
    } else if (m->kind == PONG) {
        tt_msg_answer(m, tx_key(PING, h->hash), !m->direction, true);
    }
}

static inline void pair(struct state *s, struct tt_msg *m, struct head *h)
{
    if (m->kind == REQUEST) {
        pair_request(s, m, h);
    } else if (m->kind == RESPONSE) {
        pair_response(s, m, h);
    } else if (h->datagram && h->code == EMPTY && m->kind != OTHER) {
        pair_empty(s, m, h);
    } else if (!h->datagram) {
        pair_signal(m, h);
    }
}

#endif
