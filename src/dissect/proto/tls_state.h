/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is remembered of a connection, and how handshake messages that come in parts are put
 * together: over records of TLS (RFC 8446, 5.1), by offsets in DTLS (RFC 6347, 4.2.3). Part of
 * tls.c alone.
 */
#ifndef DISSECT_PROTO_TLS_STATE_H
#define DISSECT_PROTO_TLS_STATE_H

#include "dissect/proto/tls_rows.h"

#define KEPT_OCTETS 8192    /* of a message in parts: a server's own certificate comes first */
#define LONGEST     0x40000 /* of a handshake message that is believed */
#define ISLANDS     4       /* parts of a message that lie behind a hole */
#define CID_MAX     20      /* longest connection id that is kept */

struct state {
    struct tt_flow_facts facts;
    uint32_t reasons; /* bit = enum reason */
    uint32_t skip[2]; /* octets of a message that is not kept, still to come */
    uint16_t told;    /* bit = enum part */
    uint16_t version, suite;
    uint16_t sequence[2];   /* DTLS: number of the next message of each side */
    uint16_t epoch[2];      /* DTLS: highest epoch of each side */
    uint8_t dark[2];        /* what this side sends is encrypted */
    uint8_t hello[2];       /* this side's hello was seen */
    uint8_t open, done;     /* the transaction */
    uint8_t since13;        /* TLS 1.3: what follows the hellos is encrypted */
    uint8_t offered13;      /* the client would speak it */
    uint8_t resuming;       /* the client's key offered is one of an earlier session */
    uint8_t old;            /* SSLv2: 1 = its hello was seen, 2 = it is spoken */
    uint8_t believed;       /* a record was seen */
    uint8_t turned;         /* who opened the flow is the server: its start is not there */
    uint8_t session_length; /* of the session that the client would go on with */
    uint8_t cid_length[2];  /* on records to this side, +1; 0 = none agreed */
    uint8_t session[32];
    uint8_t cid[2][CID_MAX];
};
_Static_assert(sizeof(struct state) <= 256, "one for each flow");

/* A message of which not all has come, in the flow's further octets. */
struct parts {
    uint32_t length; /* of the message without its header; have: octets from its start on */
    uint32_t have;
    uint16_t sequence;
    uint8_t type, direction, active, n_islands, header /* octets of it that came */, reserved;
    struct {
        uint32_t from, to;
    } islands[ISLANDS];
    uint8_t head[4];
    uint8_t octets[KEPT_OCTETS];
};

/* One unit at hand. */
struct turn {
    struct state *s;
    struct tt_msg *m;
    const struct tt_reader *r; /* what values are put by: good */
    enum tt_direction d;
    bool dtls;
    bool opens, ends; /* the transaction */
    bool sealed;      /* what the record holds is encrypted */
    bool cut;         /* of the message at hand only the start is there */
};

static inline void note(struct tt_msg *m, bool odd, unsigned anomaly)
{
    if (odd) {
        tt_msg_anomaly(m, anomaly);
    }
}

static inline void judge(struct state *s, bool bad, enum reason why)
{
    s->reasons |= bad ? 1u << why : 0;
}

/* True when this part of the record is told now, by this message. */
static inline bool tell(struct turn *t, enum part part)
{
    if (t->s->told >> part & 1) {
        return false;
    }
    t->s->told = (uint16_t)(t->s->told | 1u << part);
    t->m->kind = t->m->kind == RECORD ? (uint8_t)part : t->m->kind;
    return true;
}

/* What lies in the unit as it is, else a copy of it in the message; empty where no room is. */
static inline struct tt_bytes own(struct tt_msg *m, struct tt_bytes b)
{
    uintptr_t at = (uintptr_t)b.p, unit = (uintptr_t)m->unit.p;
    if (b.n == 0 || (at >= unit && at - unit < m->unit.n)) {
        return b;
    }
    uint8_t *p = tt_msg_make(m, b.n);
    if (p) {
        memcpy(p, b.p, b.n);
    }
    return (struct tt_bytes){p, p ? b.n : 0};
}

static inline void put_text(struct turn *t, unsigned row, const char *text, uint32_t n)
{
    struct tt_bytes b = own(t->m, (struct tt_bytes){(const uint8_t *)text, n});
    if (b.n) {
        tt_put_bytes(t->m, t->r, row, b);
    }
}

static inline void put(struct turn *t, unsigned row, uint64_t v)
{
    tt_put_uint(t->m, t->r, row, v);
}

/* A row of every record, under the name of the protocol at hand. */
static inline unsigned raw(const struct turn *t, unsigned row)
{
    return row + (t->dtls ? BESIDE : 0);
}

/* --- Messages in parts ----------------------------------------------------------------------- */

/* Puts a part into the kept octets; what lies behind them is only counted. */
static inline void parts_keep(struct parts *p, uint32_t offset, struct tt_bytes b)
{
    if (offset < KEPT_OCTETS) {
        memcpy(p->octets + offset, b.p, b.n < KEPT_OCTETS - offset ? b.n : KEPT_OCTETS - offset);
    }
}

/* Takes in [from, to) of a message; true when it overlaps what was there. */
static inline bool parts_cover(struct parts *p, uint32_t from, uint32_t to)
{
    bool overlap = from < p->have && to > from;
    for (unsigned i = 0; i < p->n_islands; i++) {
        overlap |= from < p->islands[i].to && to > p->islands[i].from;
    }
    if (from <= p->have) {
        p->have = to > p->have ? to : p->have;
    } else if (p->n_islands < ISLANDS) {
        p->islands[p->n_islands].from = from;
        p->islands[p->n_islands++].to = to;
    }
    for (unsigned i = 0; i < p->n_islands;) {
        if (p->islands[i].from > p->have) {
            i++;
            continue;
        }
        p->have = p->islands[i].to > p->have ? p->islands[i].to : p->have;
        p->islands[i] = p->islands[--p->n_islands];
        i = 0;
    }
    return overlap;
}

#endif
