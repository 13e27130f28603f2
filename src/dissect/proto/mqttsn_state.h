/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What MQTT-SN remembers of a flow, part of mqttsn.c alone: which number stands for which topic, by
 * client behind a forwarder, and whether the client is connected or sleeps (1.2, 6.4, 6.5, 6.14).
 */
#ifndef DISSECT_PROTO_MQTTSN_STATE_H
#define DISSECT_PROTO_MQTTSN_STATE_H

#include "dissect/proto/mqttsn_rows.h"

enum { TOPICS = 32, TOPIC_OCTETS = 58 };

enum session { UNKNOWN, CONNECTING, ACTIVE, ASLEEP, AWAKE, GONE, REFUSED };

struct state {
    struct tt_flow_facts facts;
    uint8_t session; /* of the client that speaks for itself */
    uint8_t client;  /* its direction */
    uint8_t leaving; /* it said DISCONNECT, nobody answered yet */
    uint8_t whole;   /* the session began here: all numbers were given here */
};

enum use { FREE, BOUND, REGISTERING, SUBSCRIBING };

struct topic {
    uint16_t id; /* topic id, or message id while it waits for its answer */
    uint16_t node;
    uint8_t use, n;
    uint8_t text[TOPIC_OCTETS];
};

/* In the flow's further octets. */
struct topics {
    struct topic of[TOPICS];
    uint8_t next; /* the one that gives way */
};

static inline void note(struct tt_msg *m, bool when, enum oddity oddity)
{
    m->anomalies |= when ? (uint64_t)1 << oddity : 0;
}

static inline struct topic *topic_find(struct topics *t, enum use use, uint16_t id, uint16_t node)
{
    for (unsigned i = 0; t && i < TOPICS; i++) {
        struct topic *x = &t->of[i];
        if (x->use == use && x->id == id && x->node == node) {
            return x;
        }
    }
    return NULL;
}

/* Remembers a topic under a number; a free place first, then one after the other. */
static inline void topic_keep(struct state *s, struct tt_msg *m, enum use use, uint16_t id,
                              uint16_t node, struct tt_bytes text)
{
    struct topics *t = tt_state_more(&s->facts, m);
    struct topic *x = topic_find(t, use, id, node);
    if (!t || text.n > TOPIC_OCTETS) {
        note(m, true, A_NOT_KEPT);
        s->whole = false;
        if (x) {
            x->use = FREE;
        }
        return;
    }
    if (x && use == BOUND) {
        note(m, x->n != text.n || memcmp(x->text, text.p, text.n) != 0, A_MOVED);
    }
    for (unsigned i = 0; !x && i < TOPICS; i++) {
        x = t->of[i].use == FREE ? &t->of[i] : NULL;
    }
    if (!x) {
        x = &t->of[t->next];
        t->next = (uint8_t)((t->next + 1u) % TOPICS);
        note(m, x->use == BOUND, A_NOT_KEPT);
        s->whole &= x->use != BOUND;
    }
    *x = (struct topic){.id = id, .node = node, .use = (uint8_t)use, .n = (uint8_t)text.n};
    if (text.n) {
        memcpy(x->text, text.p, text.n);
    }
}

/* The answer gave the topic that waited its number, or refused it. */
static inline void topic_answered(struct state *s, struct tt_msg *m, enum use use, uint16_t msg_id,
                                  uint16_t node, uint16_t id)
{
    struct topics *t = tt_state_has_more(&s->facts, m);
    struct topic *x = topic_find(t, use, msg_id, node);
    if (!x) {
        return;
    }
    struct topic waited = *x;
    x->use = FREE;
    if (id) {
        topic_keep(s, m, BOUND, id, node, (struct tt_bytes){waited.text, waited.n});
    }
}

static inline void topics_forget(struct state *s, const struct tt_msg *m, uint16_t node)
{
    struct topics *t = tt_state_has_more(&s->facts, m);
    for (unsigned i = 0; t && i < TOPICS; i++) {
        if (t->of[i].node == node) {
            t->of[i].use = FREE;
        }
    }
}

#endif
