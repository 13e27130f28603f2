/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a protocol is to the engine. A dissector declares its fields and oddities and offers four
 * pure functions; framing, buffering, oversize skip, gaps and resynchronisation, question/answer
 * pairing, caps and the standard anomalies are the engine's. It allocates nothing, logs nothing,
 * reads no clock and knows no rule, output or thread.
 */
#ifndef TELLTALE_DISSECT_H
#define TELLTALE_DISSECT_H

#include "telltale/field.h"
#include "telltale/flow_facts.h"
#include "telltale/reader.h"
#include "telltale/sms.h"

/* A length for unit_length: a unit of n octets (not 0), and `pass` (below 2^30) more behind it. */
#define TT_UNIT_PASSES        ((int64_t)1 << 62)
#define TT_UNIT_PASS(n, pass) (TT_UNIT_PASSES | (int64_t)(pass) << 32 | (int64_t)(uint32_t)(n))

#define TT_MSG_VALUES 1024 /* values of one message; more raise too_many_values */
#define TT_FIELDS_MAX 255  /* rows of one dissector */
#define TT_MSG_MADE   8192 /* octets that a dissector may make for one message */

/* PORT: MAYBE in a stream on a port of the protocol, YES for the first datagram to it, else NO. */
enum tt_probe { TT_PROBE_NO, TT_PROBE_PORT, TT_PROBE_MAYBE, TT_PROBE_YES };

/* One value of a message, in wire order. Octets point into the unit (or into the flow's state),
 * valid during the callback. */
struct tt_value {
    union {
        uint64_t u;
        const uint8_t *p;
    };
    uint32_t n; /* octets for STR, BYTES, IP; 0 otherwise */
    uint8_t field;
    uint8_t type;
    /* offset of the octets in the unit, 0xffff when not in the first 64 KiB or not in the unit */
    uint16_t offset;
};

/* What storing a value needs of a row, in two octets. */
struct tt_field_hot {
    uint8_t type;  /* enum tt_field_type */
    uint8_t flags; /* enum tt_field_flag, and TT_HOT_LIST */
};
#define TT_HOT_LIST 128 /* the row is in a list: it may come more than once */
#define TT_HOT_FACT 64  /* the row says who somebody is */

enum tt_tx_role {
    TT_TX_ALONE, /* a complete transaction of one message */
    TT_TX_OPEN,  /* a question: opens the transaction (asker = sender, key) */
    TT_TX_MORE,  /* continues it */
    TT_TX_LAST,  /* completes it */
    TT_TX_NONE,  /* belongs to none: nothing of it is recorded */
};

/* What a unit means for the octets behind it (tt_msg.after); of streams only. */
enum tt_after {
    TT_AFTER_BEHIND = 1, /* the `behind` octets of its direction that follow belong to it */
    TT_AFTER_INNER = 2,  /* inner.octets, then what is behind, is another protocol's */
    TT_AFTER_ALL = 4,    /* all that follows in both directions belongs to it */
    TT_AFTER_WAKE = 8,   /* what the other side sent, and waited for this, may be units now */
    TT_AFTER_SILENT = 16 /* it is no message: nothing is told of it but oddities */
};

enum tt_inner_how {
    TT_INNER_STREAM = 1, /* these octets go on with the inner protocol's stream */
    TT_INNER_PART,       /* they are a part of one of its messages */
    TT_INNER_LAST        /* they are the last part */
};

/* Octets of one protocol that another one carries. */
struct tt_inner {
    const struct tt_dissector *dissector; /* NULL: what the octets of a stream prove */
    struct tt_bytes octets;               /* in the unit, or in what the message made */
    uint8_t how;                          /* enum tt_inner_how */
    bool masked;                          /* what is behind is masked (RFC 6455, 5.3) */
    uint8_t mask[4];
};

#define TT_BEHIND_ALL UINT64_MAX /* until the connection ends */

/* A message: filled by tt_dissector.parse, complete when it returned true,
 * gone when the callback ends. */
struct tt_msg {
    struct tt_bytes unit; /* all octets of the unit */
    uint64_t anomalies;   /* bit i = dissector->anomalies[i] */
    uint64_t present[4];  /* bit set of the fields put */
    /* which of the flow's open transactions: protocol's own (kind << 16
     * | packet id, token hash…) */
    uint32_t tx_key;
    uint16_t n_values;
    uint8_t kind;      /* index into dissector->kinds */
    uint8_t tx_role;   /* enum tt_tx_role */
    uint8_t tx_asker;  /* enum tt_direction of the question, for MORE and LAST */
    uint8_t direction; /* enum tt_direction of this message */
    /* the engine skipped the body: only what the head told is present */
    bool truncated;
    bool repeated;    /* a scalar came twice: the first was kept */
    bool overflow;    /* TT_MSG_VALUES was reached */
    bool outside;     /* octets of some value are not in the unit */
    uint8_t sms;      /* enum tt_sms_way: it is a whole short message */
    uint32_t skipped; /* octets skipped when truncated */
    /* index into values of the last IDENTITY, STREAM, PAYLOAD field put; -1 = none */
    int16_t identity, stream, payload;
    uint16_t n_made;  /* octets of made in use */
    uint8_t protocol; /* index of the dissector in the registry */
    uint8_t after;    /* enum tt_after */
    uint8_t claim;    /* enum tt_msg_claim */
    uint8_t n_sessions;
    const struct tt_dissector *dissector;
    const struct tt_field_hot *hot; /* by field, made by the engine from the rows */
    uint64_t behind;                /* with TT_AFTER_BEHIND */
    struct tt_inner inner;          /* with TT_AFTER_INNER */
    int64_t time; /* of the packet that completed it, ns since 1970; 0 = not known */
    struct tt_value values[TT_MSG_VALUES];
    struct {
        uint64_t number;
        const uint8_t *address; /* 16 octets; NULL = who gets the packet */
    } sessions[TT_MSG_SESSIONS];
    struct tt_more *more;      /* the engine's: where tt_state_more takes from; NULL = nowhere */
    uint8_t made[TT_MSG_MADE]; /* texts that are not in the unit as they are: decoded, joined */
};

struct tt_dissector {
    const char *name; /* EVE event_type and app_proto, rule protocol */
    const char *doc;
    /* value = kind index 0..63, name = key of the message's object in the record */
    const struct tt_name *kinds;
    const struct tt_field *fields;
    uint8_t n_fields;
    const struct tt_anomaly *anomalies;
    uint8_t n_anomalies;
    const struct tt_field_says *facts; /* rows that say who somebody is; NULL = none */
    const struct tt_sms_part *sms; /* what its rows are in a short message; NULL = it has none */
    const uint16_t *ports;         /* ends with 0; probing order only, never proof */
    uint8_t transport;             /* TT_TCP | TT_UDP */
    bool general;                  /* not of machines or their networks: nDPI is asked besides */
    /* a datagram may hold several messages: octets that parse leaves are the next */
    bool several;
    bool later; /* a stream may become it that began as something else (STARTTLS) */
    /* per flow; zeroed at start, plain octets, no pointers, gone with the flow */
    uint16_t state_size;
    /* further octets that few flows need: taken with tt_state_more, gone with the flow; 0 = none */
    uint16_t more_size;
    uint32_t body_size; /* octets of a place where a body in several units is put together */
    /* longest unit that is buffered; longer ones are skipped and reported as truncated */
    uint32_t max_unit;
    /* What octets that may begin a unit say, never more than one unit's. MAYBE: ask again with
     * more; a YES or NO never changes with more. It is asked about single octets, too. */
    enum tt_probe (*probe)(struct tt_bytes head, enum tt_direction);
    /* The same of a whole datagram, where that is another question. NULL: probe. */
    enum tt_probe (*probe_datagram)(struct tt_bytes, enum tt_direction);
    /* Two datagrams of a flow that each are MAYBE: does the second prove the first? NULL: yes. */
    bool (*confirm)(struct tt_bytes, enum tt_direction, struct tt_bytes, enum tt_direction);
    /* Length of the next unit. 0 = need more octets, -1 = not a unit (the stream is lost): neither
     * a length nor -1 changes with more. The first `seen` octets (at most have.n) were given before
     * and answered 0: a search for the end goes on behind them and looks at each octet once. Only
     * the first 8 octets may be looked at again, while seen < 8. With TT_UNIT_PASS: the octets
     * behind the unit that no one has to see are passed over. TCP only. */
    int64_t (*unit_length)(const void *state, struct tt_bytes have, uint32_t seen,
                           enum tt_direction);
    /* Exactly one unit or datagram. False = it is not one of ours after all (raises the
     * dissector's first anomaly row, which by convention is malformed_traffic). Violations
     * are anomalies, not false. */
    bool (*parse)(void *state, struct tt_reader *, struct tt_msg *);
    /* The head of a unit longer than max_unit: kind, header fields, and what
     * else is safe. May be NULL. */
    void (*parse_head)(void *state, struct tt_reader *, struct tt_msg *);
    /* Octets of this direction were lost: forget what depends on them. May be NULL. */
    void (*gap)(void *state, enum tt_direction);
};

static inline void tt_msg_anomaly(struct tt_msg *m, unsigned anomaly)
{
    m->anomalies |= (uint64_t)1 << (anomaly & 63);
}

static inline bool tt_msg_has(const struct tt_msg *m, unsigned field)
{
    return (m->present[(field >> 6) & 3] >> (field & 63)) & 1;
}

/* The slot for one more value, where there is room (n_values < TT_MSG_VALUES). */
static inline struct tt_value *tt_msg_slot_next(struct tt_msg *m, unsigned field)
{
    uint16_t n = m->n_values;
    m->present[(field >> 6) & 3] |= (uint64_t)1 << (field & 63);
    m->n_values = (uint16_t)(n + 1);
    struct tt_field_hot hot = m->hot[field];
    if (hot.flags & (TT_IDENTITY | TT_STREAM | TT_PAYLOAD | TT_HOT_FACT)) {
        m->claim |= hot.flags & TT_HOT_FACT ? TT_CLAIM_FACTS : 0;
        m->identity = hot.flags & TT_IDENTITY ? (int16_t)n : m->identity;
        m->stream = hot.flags & TT_STREAM ? (int16_t)n : m->stream;
        m->payload = hot.flags & TT_PAYLOAD ? (int16_t)n : m->payload;
    }
    struct tt_value *v = &m->values[n];
    v->u = 0;
    v->n = 0;
    v->field = (uint8_t)field;
    v->type = hot.type;
    v->offset = 0xffff;
    return v;
}

/* What tt_msg_slot does when it is not the usual case: a list's further value, a scalar that
 * came twice, a full table. */
struct tt_value *tt_msg_slot_again(struct tt_msg *, unsigned field);

/* The slot for one more value, or NULL: the reader is in error, the table is
 * full, or a scalar came twice. */
static inline struct tt_value *tt_msg_slot(struct tt_msg *m, const struct tt_reader *r,
                                           unsigned field)
{
    if (!tt_reader_ok(r)) {
        return NULL;
    }
    if (tt_msg_has(m, field) || m->n_values == TT_MSG_VALUES) {
        return tt_msg_slot_again(m, field);
    }
    return tt_msg_slot_next(m, field);
}

/* Room for n octets that the dissector makes itself, as long as the message lives; NULL = no room
 * left. What is not needed in the end goes back with tt_msg_unmake. */
static inline uint8_t *tt_msg_make(struct tt_msg *m, uint32_t n)
{
    if (n > TT_MSG_MADE - (uint32_t)m->n_made) {
        return NULL;
    }
    uint8_t *p = m->made + m->n_made;
    m->n_made = (uint16_t)(m->n_made + n);
    return p;
}

/* Gives back what lies behind p, which points into made. */
static inline void tt_msg_unmake(struct tt_msg *m, const uint8_t *p)
{
    m->n_made = (uint16_t)(p - m->made);
}

/* Stores a number (BOOL, UINT, ENUM, FLAGS) while the reader is good. */
static inline void tt_put_uint(struct tt_msg *m, const struct tt_reader *r, unsigned field,
                               uint64_t v)
{
    struct tt_value *s = tt_msg_slot(m, r, field);
    if (s) {
        s->u = v;
    }
}

/* Stores a view of octets (STR, BYTES, IP) while the reader is good. Nothing is copied. */
static inline void tt_put_bytes(struct tt_msg *m, const struct tt_reader *r, unsigned field,
                                struct tt_bytes b)
{
    struct tt_value *s = tt_msg_slot(m, r, field);
    if (s) {
        s->p = b.p;
        s->n = b.n;
        if (b.p >= m->unit.p && b.p <= m->unit.p + m->unit.n && b.p - m->unit.p < 0xffff) {
            s->offset = (uint16_t)(b.p - m->unit.p);
        } else {
            m->outside |= b.n != 0;
        }
    }
}

/* The session that the message opens, keeps or ends: its number at an end, whose address lives as
 * long as the message (NULL: who gets the packet). */
static inline void tt_msg_session(struct tt_msg *m, uint64_t number, const uint8_t *address)
{
    if (m->n_sessions < TT_MSG_SESSIONS) {
        m->sessions[m->n_sessions].number = number;
        m->sessions[m->n_sessions++].address = address;
        m->claim |= TT_CLAIM_SESSIONS;
    }
}

/* Stores a copy, for octets that do not last; no room raises overflow. */
void tt_put_copy(struct tt_msg *, const struct tt_reader *, unsigned field, const void *, uint32_t);

/* Pairing. A key is (kind of the question << 16 | the protocol's own number), so that an
 * answer without its question can be reported as the anomaly missing_<question> where the
 * dissector declares one. This message opens a transaction under key / belongs to the one that
 * `asker` opened under key. */
static inline void tt_msg_open(struct tt_msg *m, uint32_t key)
{
    m->tx_role = TT_TX_OPEN;
    m->tx_asker = m->direction;
    m->tx_key = key;
}

static inline void tt_msg_answer(struct tt_msg *m, uint32_t key, enum tt_direction asker, bool last)
{
    m->tx_role = last ? TT_TX_LAST : TT_TX_MORE;
    m->tx_asker = (uint8_t)asker;
    m->tx_key = key;
}

#endif
