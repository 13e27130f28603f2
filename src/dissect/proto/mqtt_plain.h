/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The short way of MQTT's usual packets, part of mqtt.c alone: PUBLISH with QoS 0 or 1 and no
 * properties, PUBACK, PINGREQ and PINGRESP, as long as there is nothing to say about them. The long
 * way gives the same values; what is not plain is left to it untouched.
 */
#ifndef DISSECT_PROTO_MQTT_PLAIN_H
#define DISSECT_PROTO_MQTT_PLAIN_H

#include "dissect/proto/mqtt_state.h"

enum { HEADER_VALUES = 6 };

/* The first values of a message: the table is empty, none of them can come twice. */
static inline void header(struct tt_msg *m, uint8_t octet, uint32_t length, enum row qos,
                          enum row retain, enum row dup)
{
    struct tt_value *v = m->values;
    set_number(v, F_TYPE, octet >> 4);
    set_number(v + 1, F_FLAGS, octet);
    set_number(v + 2, F_LENGTH, length);
    set_number(v + 3, qos, octet >> 1 & 3);
    set_number(v + 4, retain, octet & 1);
    set_number(v + 5, dup, octet >> 3 & 1);
    m->n_values = HEADER_VALUES;
    m->present[0] =
        1u << F_TYPE | 1u << F_FLAGS | 1u << F_LENGTH | 1u << qos | 1u << retain | 1u << dup;
}

static inline bool too_large(const struct state *s, const struct tt_msg *m, uint32_t octets)
{
    return octets - 1 > s->packet_max[m->direction] - 1; /* 0 - 1: no limit */
}

/* Number of values so far; the version goes behind them when a CONNECT told it. */
static inline void end_values(const struct state *s, struct tt_msg *m, unsigned n, uint64_t present)
{
    if (s->seen & SEEN_CONNECT) {
        set_number(m->values + n++, F_VERSION, s->level);
        present |= 1u << F_VERSION;
    }
    m->present[0] |= present;
    m->n_values = (uint16_t)n;
}

/* Where the parts of a plain PUBLISH lie, by offset in the unit. */
struct layout {
    uint32_t topic, behind, payload; /* behind: the topic */
    uint32_t length, id;
};

/* One look at the lengths; what is between them is there then. */
static inline bool plain_layout(const struct state *s, const uint8_t *p, uint32_t n,
                                struct layout *l)
{
    if (n < 4 || (p[0] | 3) != 0x33) {
        return false;
    }
    uint32_t at = 2, qos = p[0] >> 1 & 1, five = s->version == 5;
    l->length = p[1];
    if (p[1] > 127) { /* a third octet of length is for the long way, as is a useless second */
        if (p[2] - 1u > 126) {
            return false;
        }
        l->length = (p[1] & 127u) | (uint32_t)p[2] << 7;
        at = 3;
    }
    if (n - at != l->length || l->length < 2) {
        return false;
    }
    uint32_t octets = (uint32_t)p[at] << 8 | p[at + 1];
    l->topic = at + 2;
    l->behind = l->topic + octets;
    l->payload = l->behind + 2 * qos + five;
    if (l->payload > n) {
        return false;
    }
    l->id = qos ? (uint32_t)p[l->behind] << 8 | p[l->behind + 1] : 1;
    return l->id && (!five || p[l->payload - 1] == 0) &&
           ordinary((struct tt_bytes){p + l->topic, octets});
}

static inline bool plain_publish(struct state *s, struct tt_reader *r, struct tt_msg *m)
{
    const uint8_t *p = r->p;
    uint32_t n = tt_reader_left(r), qos = p[0] >> 1 & 1;
    struct layout l;
    if (!plain_layout(s, p, n, &l) || (judged(s) && !(s->seen & SEEN_CONNECT)) ||
        too_large(s, m, n)) {
        return false;
    }
    m->kind = PUBLISH;
    m->tx_role = TT_TX_ALONE;
    header(m, p[0], l.length, F_QOS, F_RETAIN, F_DUP);
    struct tt_value *v = m->values + HEADER_VALUES;
    set_text(v, F_TOPIC, (struct tt_bytes){p + l.topic, l.behind - l.topic}, l.topic);
    uint64_t present = (uint64_t)1 << F_TOPIC | (uint64_t)1 << F_MESSAGE;
    if (qos) {
        set_number(++v, F_MESSAGE_ID, l.id);
        present |= (uint64_t)1 << F_MESSAGE_ID;
        ask(s, m, (uint16_t)l.id, 0, false);
    }
    struct tt_bytes payload = {p + l.payload, n - l.payload};
    set_text(v + 1, F_MESSAGE, payload, l.payload);
    set_text(v + 2, F_OCTETS, payload, l.payload);
    m->stream = HEADER_VALUES;
    m->payload = (int16_t)(HEADER_VALUES + 1 + qos);
    m->present[1] = (uint64_t)1 << (F_OCTETS - 64);
    end_values(s, m, HEADER_VALUES + 3u + qos, present);
    r->p = r->end;
    return true;
}

/* PUBACK without a reason code, PINGREQ, PINGRESP: two octets, and an id or nothing. */
static inline bool plain_short(struct state *s, struct tt_reader *r, struct tt_msg *m)
{
    const uint8_t *p = r->p;
    uint32_t n = tt_reader_left(r);
    if (n < 2 || p[1] != n - 2 || too_large(s, m, n) || (judged(s) && !(s->seen & SEEN_CONNECT))) {
        return false;
    }
    unsigned kind = p[0] >> 4, at = HEADER_VALUES;
    bool ping = p[0] == (m->direction == TT_TO_SERVER ? PINGREQ << 4 : PINGRESP << 4) && n == 2;
    bool acknowledged = p[0] == PUBACK << 4 && n == 4 && (p[2] | p[3]);
    if (!ping && !acknowledged) {
        return false;
    }
    m->kind = (uint8_t)kind;
    m->tx_role = TT_TX_ALONE;
    header(m, p[0], p[1], F_QOS_FIXED, F_RETAIN_FIXED, F_DUP_FIXED);
    uint64_t present = 0;
    if (acknowledged) {
        uint16_t id = (uint16_t)(p[2] << 8 | p[3]);
        set_number(m->values + at++, F_MESSAGE_ID, id);
        present = (uint64_t)1 << F_MESSAGE_ID;
        if (s->version == 5) {
            set_number(m->values + at++, F_REASON, 0);
            present |= (uint64_t)1 << F_REASON;
        }
        answer(s, m, PUBLISH, id, true);
    }
    end_values(s, m, at, present);
    r->p = r->end;
    return true;
}

/* False: not plain, and nothing happened. */
static inline bool plain_packet(struct state *s, struct tt_reader *r, struct tt_msg *m)
{
    return tt_peek_u8(r, 0) >> 4 == PUBLISH ? plain_publish(s, r, m) : plain_short(s, r, m);
}

#endif
