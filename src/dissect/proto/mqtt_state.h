/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What MQTT keeps for a flow, and the parts that packets have in common, part of mqtt.c alone:
 * strings, packet ids, topic aliases, properties. What is kept is bounded by the constants below.
 */
#ifndef DISSECT_PROTO_MQTT_STATE_H
#define DISSECT_PROTO_MQTT_STATE_H

#include "dissect/proto/mqtt_text.h"

enum { ALIASES = 8, ALIAS_OCTETS = 93, PENDING = 8, PROPERTIES_MAX = 64 };
/* ALIAS_LOST << direction: a topic of that direction was not kept. */
enum { SEEN_CONNECT = 1, SEEN_CONNACK = 2, LOST = 4, EXPIRES = 8, ALIAS_LOST = 16 };

struct state {
    struct tt_flow_facts facts;
    uint8_t version; /* whose layout is read: 3, 4, 5; 0 = not known */
    uint8_t level;   /* as the CONNECT said */
    uint8_t seen;
    uint8_t forget;         /* 1 << direction: what its aliases meant was lost */
    uint16_t alias_max[2];  /* by who sends with the alias: what the peer allows */
    uint32_t packet_max[2]; /* by sender: what the peer allows; 0 = anything */
    struct pending {
        uint16_t id, count; /* count: filters of a (UN)SUBSCRIBE, 0 = not known */
        uint8_t kind;
    } pending[2][PENDING];
    uint8_t waiting[2]; /* bit i: pending[direction][i] is in use */
};
_Static_assert(PENDING == 8, "a bit for each");
_Static_assert(sizeof(struct state) <= 256, "one for each flow");

/* The topics of aliases: only of flows that use them. */
struct topics {
    struct alias {
        uint16_t number; /* 0 = free */
        uint8_t n;
        uint8_t topic[ALIAS_OCTETS];
    } alias[2][ALIASES];
};
_Static_assert(sizeof(struct topics) <= 2048, "one for each flow with an alias");

/* --- Reading --------------------------------------------------------------------------------- */

static inline uint32_t varint(struct tt_reader *r, bool *nonminimal)
{
    uint32_t v = 0;
    for (unsigned shift = 0; shift < 28; shift += 7) {
        uint8_t c = tt_read_u8(r);
        v |= (uint32_t)(c & 127) << shift;
        if (c < 128) {
            *nonminimal |= shift && c == 0;
            return v;
        }
    }
    tt_reader_fail(r, TT_READ_INVALID);
    return 0;
}

static inline struct tt_bytes string(struct tt_reader *r)
{
    return tt_read_bytes(r, tt_read_u16(r));
}

static inline struct tt_bytes text(struct tt_reader *r, struct tt_msg *m, enum row row)
{
    struct tt_bytes b = string(r);
    tt_put_bytes(m, r, row, b);
    judge_text(m, b);
    return b;
}

static inline uint16_t packet_id(struct tt_reader *r, struct tt_msg *m, bool whole)
{
    note(m, whole && tt_reader_left(r) < 2, A_NO_MSG_ID);
    uint16_t id = tt_read_u16(r);
    tt_put_uint(m, r, F_MESSAGE_ID, id);
    note(m, id == 0 && tt_reader_ok(r), A_ID_ZERO);
    return id;
}

/* Values without the checks of tt_msg_slot: of rows that come first, once. Member by member, which
 * compilers turn into two stores. */
static inline void set_number(struct tt_value *v, enum row row, uint64_t number)
{
    v->u = number;
    v->n = 0;
    v->field = (uint8_t)row;
    v->type = fields[row].type;
    v->offset = 0xffff;
}

/* offset < 0xffff */
static inline void set_text(struct tt_value *v, enum row row, struct tt_bytes b, uint32_t offset)
{
    v->p = b.p;
    v->n = b.n;
    v->field = (uint8_t)row;
    v->type = fields[row].type;
    v->offset = (uint16_t)offset;
}

/* --- What both ends know --------------------------------------------------------------------- */

static inline bool judged(const struct state *s)
{
    return s->facts.seen_start && !(s->seen & LOST);
}

/* A question: its id is remembered until the answer, while there is room. */
static inline void ask(struct state *s, struct tt_msg *m, uint16_t id, uint32_t count, bool again)
{
    struct pending *row = s->pending[m->direction];
    uint32_t waiting = s->waiting[m->direction], slot = (uint32_t)__builtin_ctz(~waiting);
    tt_msg_open(m, (uint32_t)m->kind << 16 | id);
    for (uint32_t left = waiting; left; left &= left - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(left);
        if (row[i].id == id) {
            note(m, !again && judged(s), A_ID_IN_USE);
            slot = i;
            break;
        }
    }
    if (slot < PENDING) {
        row[slot] = (struct pending){id, count <= UINT16_MAX ? (uint16_t)count : 0, m->kind};
        s->waiting[m->direction] = (uint8_t)(waiting | 1u << slot);
    }
}

/* An answer to the peer's question; returns how many filters that had, 0 = not known. */
static inline uint16_t answer(struct state *s, struct tt_msg *m, uint8_t kind, uint16_t id,
                              bool last)
{
    uint16_t count = 0;
    const struct pending *row = s->pending[!m->direction];
    uint8_t *waiting = &s->waiting[!m->direction];
    tt_msg_answer(m, (uint32_t)kind << 16 | id, !m->direction, last);
    for (uint32_t left = *waiting; left; left &= left - 1) {
        uint32_t i = (uint32_t)__builtin_ctz(left);
        if (row[i].kind == kind && row[i].id == id) {
            count = row[i].count;
            *waiting = (uint8_t)(*waiting & ~((uint32_t)last << i));
        }
    }
    return count;
}

static inline struct alias *find(struct topics *t, unsigned direction, uint16_t number)
{
    struct alias *a = t ? t->alias[direction] : NULL;
    for (unsigned i = 0; a && i < ALIASES; i++, a++) {
        if (a->number == number) {
            return a;
        }
    }
    return NULL;
}

static inline struct topics *topics_of(struct state *s, const struct tt_msg *m, bool make)
{
    struct topics *t = make ? tt_state_more(&s->facts, m) : tt_state_has_more(&s->facts, m);
    for (unsigned d = 0; t && s->forget && d < 2; d++) {
        if (s->forget >> d & 1) {
            memset(t->alias[d], 0, sizeof t->alias[d]);
        }
    }
    s->forget = t ? 0 : s->forget;
    return t;
}

/* 3.3.2.3.4: beside a topic the alias is set, without one it stands for the topic. */
static inline void use_alias(struct state *s, struct tt_reader *r, struct tt_msg *m,
                             uint16_t number, struct tt_bytes topic)
{
    unsigned direction = m->direction;
    uint8_t known = direction == TT_TO_SERVER ? SEEN_CONNACK : SEEN_CONNECT;
    note(m, judged(s) && s->seen & known && number > s->alias_max[direction], A_ALIAS_OVER);
    struct topics *t = topics_of(s, m, topic.n > 0 && topic.n <= ALIAS_OCTETS);
    struct alias *a = find(t, direction, number);
    if (topic.n == 0 && a) {
        tt_put_bytes(m, r, F_TOPIC, (struct tt_bytes){a->topic, a->n});
    } else if (topic.n == 0) {
        bool lost = !judged(s) || s->seen & ALIAS_LOST << direction;
        note(m, true, lost ? A_ALIAS_UNRESOLVED : A_ALIAS_UNKNOWN);
    } else if (topic.n <= ALIAS_OCTETS && (a || (a = find(t, direction, 0)))) {
        a->number = number;
        a->n = (uint8_t)topic.n;
        memcpy(a->topic, topic.p, topic.n);
    } else {
        s->seen |= (uint8_t)(ALIAS_LOST << direction);
        if (a) {
            a->number = 0;
        }
    }
}

/* --- Properties (2.2.2) ---------------------------------------------------------------------- */

struct block {
    uint64_t seen; /* by identifier */
    uint32_t expiry;
    uint16_t alias;
    uint8_t format;
};

/* What a property that stands where it may changes. */
static inline void heed(struct state *s, struct tt_msg *m, uint32_t id, uint32_t v,
                        struct block *out)
{
    unsigned peer = !m->direction;
    if (id == 0x01) {
        out->format = v == 1;
    } else if (id == 0x11) {
        out->expiry = v;
    } else if (id == 0x22) {
        s->alias_max[peer] = (uint16_t)v;
    } else if (id == 0x23) {
        out->alias = (uint16_t)v;
        note(m, v == 0, A_ALIAS_ZERO);
    } else if (id == 0x27) {
        s->packet_max[peer] = v;
    } else if (id == 0x0b && m->kind == PUBLISH) {
        note(m, peer == TT_TO_CLIENT && s->facts.seen_start, A_PROPERTY_PLACE);
    }
}

/* Reads one property into its row (0 = none); its number when it is one. */
static inline uint32_t value(struct tt_reader *in, struct tt_msg *m, const struct property *p,
                             unsigned row, bool *nonminimal)
{
    if (p->wire >= TEXT) {
        for (unsigned i = 0; i < (p->wire == PAIR ? 2 : 1); i++) {
            struct tt_bytes b = string(in);
            if (row) {
                tt_put_bytes(m, in, row + i, b);
            }
            if (p->row == F_RESPONSE) {
                judge_topic(m, b);
            } else if (p->wire != BINARY) {
                judge_text(m, b);
            }
        }
        return 0;
    }
    uint32_t v = p->wire == U8    ? tt_read_u8(in)
                 : p->wire == U16 ? tt_read_u16(in)
                 : p->wire == U32 ? tt_read_u32(in)
                                  : varint(in, nonminimal);
    if (row) {
        tt_put_uint(m, in, row, v);
    }
    note(m, tt_reader_ok(in) && p->max && (v < p->min || v > p->max), A_PROPERTY_VALUE);
    return v;
}

/* place: the packet's kind, 0 in a will. */
static inline void properties(struct state *s, struct tt_reader *r, struct tt_msg *m,
                              unsigned place, struct block *out)
{
    bool nonminimal = false;
    uint32_t n = varint(r, &nonminimal), count = 0;
    struct tt_reader in = tt_read_sub(r, n);
    while (tt_reader_left(&in) > 0) {
        uint32_t id = varint(&in, &nonminimal);
        const struct property *p = &property_table[id < 0x2b ? id : 0];
        if (p->wire == 0) {
            note(m, tt_reader_ok(&in), A_PROPERTY_UNKNOWN); /* and nobody knows how long it is */
            break;
        }
        bool more = id == 0x0b && place == PUBLISH, twice = out->seen >> id & 1;
        bool allowed = p->where & IN(place);
        unsigned row = place == 0 ? p->will_row : more && twice ? F_SUB_ID_MORE : p->row;
        uint32_t v = value(&in, m, p, row, &nonminimal);
        if (allowed && !twice && tt_reader_ok(&in)) {
            heed(s, m, id, v, out);
        }
        note(m, !allowed, A_PROPERTY_PLACE);
        note(m, twice && id != 0x26 && !more, A_PROPERTY_TWICE);
        note(m, ++count > PROPERTIES_MAX, A_MANY_PROPERTIES);
        out->seen |= (uint64_t)1 << id;
    }
    note(m, tt_reader_ok(r) && !tt_reader_ok(&in), A_PROPERTY_LENGTH);
    note(m, nonminimal, A_NONMINIMAL);
    note(m, (out->seen >> 0x15 & 3) == 2, A_NO_METHOD);
}

#endif
