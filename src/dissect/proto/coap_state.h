/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What CoAP keeps for a flow, part of coap.c alone: requests that may be answered and relations of
 * observers (exchanges), message IDs of a moment ago (recent), block-wise bodies by their length.
 * Everything is a ring or a table of fixed size; a flow with many open questions takes larger ones.
 * There is no clock here: "a moment ago" is the last few messages of a direction.
 */
#ifndef DISSECT_PROTO_COAP_STATE_H
#define DISSECT_PROTO_COAP_STATE_H

#include <stddef.h>

#include "dissect/proto/coap_options.h"

enum { EXCHANGES = 2, MORE_EXCHANGES = 22, RECENT = 3, MORE_RECENT = 20, PATH_KEPT = 34 };
enum { PATH_AT = 8, PATH_MAX_OCTETS = 400, SLACK = 16 };
enum { X_USED = 1, X_TO_CLIENT = 2, X_ANSWERED = 4, X_OBSERVED = 8, X_NOTIFIED = 16, X_LWM2M = 32 };
enum { X_CON = 64 };
enum { R_FREE, R_REQUEST, R_RESPONSE, R_NOTIFICATION, R_PING };
/* CSM_SEEN << direction */
enum { LWM2M_SEEN = 1, CSM_SEEN = 2 };

/* A request that may be answered; with X_OBSERVED it goes on after the first answer. */
struct exchange {
    uint32_t token;   /* its hash */
    uint32_t key;     /* of its query and Request-Tag */
    uint32_t observe; /* of the last notification */
    uint16_t octets;  /* of the request */
    uint16_t mid, age;
    uint8_t method, operation;
    uint8_t flags;
    uint8_t path_length;
    char path[PATH_KEPT];
};
_Static_assert(sizeof(struct exchange) == 56, "no holes");

/* A confirmable or non-confirmable message of a moment ago. */
struct recent {
    uint32_t digest, key;
    uint16_t mid;
    uint8_t what; /* R_… */
    uint8_t done; /* ACKED, ANSWERED; BY_SERVER: who opened its transaction */
};
enum { ACKED = 1, ANSWERED = 2, BY_SERVER = 4 };

/* A body in blocks: octets from its start on that are there; ticket: its place (tt_body_take). */
struct body {
    uint32_t key, ticket, got;
};
enum { BODIES = 2 };

struct state {
    struct tt_flow_facts facts;
    uint8_t seen;
    uint8_t next_recent[2], next_body;
    uint16_t clock; /* counts requests, to tell the oldest exchange */
    uint16_t token_max[2];
    uint32_t message_max[2];
    struct {
        uint32_t key, piv; /* of the last protected request with a kid */
    } oscore[2];
    struct body body[BODIES];
    struct recent recent[2][RECENT];
    struct exchange exchanges[EXCHANGES];
};
_Static_assert(sizeof(struct state) <= 256, "one for each flow");

/* Taken by flows with relations of observers or several open questions. */
struct extra {
    struct recent recent[2][MORE_RECENT];
    struct exchange exchanges[MORE_EXCHANGES];
};
_Static_assert(sizeof(struct extra) <= 2048, "one for some flows");

enum { Q_ENDPOINT, Q_LIFETIME, Q_VERSION, Q_BINDING, Q_SMS, N_QUERIES };

/* The message while it is read. */
struct head {
    struct extra *extra;         /* NULL = none */
    const struct option *option; /* the last one */
    struct tt_bytes token, payload, location;
    struct exchange *x;   /* of the request that this answers, or is */
    struct recent *own;   /* of its message ID and direction, NULL = none */
    struct recent *asked; /* that which it acknowledges, NULL = none */
    char *text;           /* "GET /a/b", its path at PATH_AT */
    uint32_t hash;        /* of the token */
    uint32_t key, etag;   /* hashes: of query and Request-Tag; of the entity tag */
    uint32_t n_options, path_n, size[2], digest;
    int32_t format, accept, observe, no_response;
    struct {
        uint32_t num;
        bool is, more, any_order;
        uint8_t szx;
    } block[2]; /* Block1, Block2 */
    uint16_t mid;
    uint8_t type, code;
    bool datagram, whole, again, notification, queries, oscore, long_path;
    bool special; /* its options are those of signalling, or far from its beginning */
    bool arguments;
    bool partial; /* the payload is not the whole body */
    /* values of LwM2M's arguments, where there are any */
    struct tt_bytes query[N_QUERIES];
};

static inline uint64_t eight(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint32_t four(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* The last octets are looked at twice where they fill no word. */
static inline uint32_t mix(struct tt_bytes b, uint64_t h)
{
    const uint64_t odd = 0x9e3779b97f4a7c15u;
    const uint8_t *p = b.p, *end = b.p + b.n;
    h = (h ^ b.n) * odd;
    if (b.n >= 8) {
        for (; p < end - 8; p += 8) {
            h = (h ^ eight(p)) * odd;
            h ^= h >> 29;
        }
        h = (h ^ eight(end - 8)) * odd;
    } else if (b.n >= 4) {
        h = (h ^ ((uint64_t)four(p) << 32 | four(end - 4))) * odd;
    } else if (b.n) {
        h = (h ^ ((uint32_t)p[0] << 16 | (uint32_t)p[b.n / 2] << 8 | end[-1])) * odd;
    }
    h ^= h >> 29;
    return (uint32_t)(h * odd >> 32);
}

/* Which transaction: kind of the question, and what tells it from others of the flow. */
static inline uint32_t tx_key(enum kind kind, uint32_t hash)
{
    return (hash & 0xffc00000u) | (uint32_t)kind << 16 | (hash & 0xffffu);
}

/* --- Messages of a moment ago ---------------------------------------------------------------- */

static inline struct recent *ring(struct state *s, const struct head *h, unsigned direction,
                                  unsigned *n)
{
    *n = h->extra ? MORE_RECENT : RECENT;
    return h->extra ? h->extra->recent[direction & 1] : s->recent[direction & 1];
}

static inline struct recent *recent_of(struct state *s, const struct head *h, unsigned direction)
{
    unsigned n;
    struct recent *e = ring(s, h, direction, &n);
    for (; n; n--, e++) {
        if (e->mid == h->mid && e->what) {
            return e;
        }
    }
    return NULL;
}

static inline struct recent *remember(struct state *s, const struct tt_msg *m, const struct head *h,
                                      uint8_t what)
{
    unsigned d = m->direction & 1, n;
    struct recent *e = h->own;
    if (!e) {
        e = ring(s, h, d, &n) + s->next_recent[d];
        s->next_recent[d] = (uint8_t)((s->next_recent[d] + 1u) % n);
    }
    *e = (struct recent){.digest = h->digest,
                         .key = m->tx_key,
                         .mid = h->mid,
                         .what = what,
                         .done = m->tx_asker ? BY_SERVER : 0};
    return e;
}

static inline void join(struct tt_msg *m, const struct recent *e, bool last)
{
    tt_msg_answer(m, e->key, e->done & BY_SERVER ? TT_TO_CLIENT : TT_TO_SERVER, last);
}

/* --- Exchanges ------------------------------------------------------------------------------- */

static inline struct exchange *exchange_at(struct state *s, const struct head *h, unsigned i)
{
    return i < EXCHANGES ? &s->exchanges[i] : &h->extra->exchanges[i - EXCHANGES];
}

static inline unsigned n_exchanges(const struct head *h)
{
    return EXCHANGES + (h->extra ? MORE_EXCHANGES : 0);
}

static inline struct exchange *exchange_of(struct state *s, const struct head *h, unsigned asker)
{
    for (unsigned i = 0; i < n_exchanges(h); i++) {
        struct exchange *x = exchange_at(s, h, i);
        if (x->token == h->hash && x->flags & X_USED && !(x->flags & X_TO_CLIENT) == !asker) {
            return x;
        }
    }
    return NULL;
}

/* How much the exchange would be missed: it is observed, not answered, young. */
static inline uint32_t worth(const struct state *s, const struct exchange *x)
{
    uint32_t open = x->flags & X_ANSWERED ? 0 : x->flags & X_CON ? 2 : 1;
    uint32_t kind = x->flags & X_OBSERVED ? 3 : open;
    uint32_t age = (uint16_t)(s->clock - x->age);
    return x->flags & X_USED ? 1 + (kind << 16) + (UINT16_MAX - age) : 0;
}

static inline struct exchange *least_worth(struct state *s, const struct head *h)
{
    struct exchange *best = exchange_at(s, h, 0);
    for (unsigned i = 1; i < n_exchanges(h); i++) {
        struct exchange *x = exchange_at(s, h, i);
        best = worth(s, x) < worth(s, best) ? x : best;
    }
    return best;
}

/* Answered, and no relation: the usual one. */
static inline bool is_over(const struct exchange *x)
{
    return (x->flags & (X_USED | X_ANSWERED | X_OBSERVED)) == (X_USED | X_ANSWERED);
}

/* A free one, or that which is missed least; larger tables before an open question is forgotten. */
static inline struct exchange *exchange_new(struct state *s, const struct tt_msg *m, struct head *h)
{
    struct exchange *x = s->exchanges;
    if (!h->extra && is_over(&x[0]) && is_over(&x[1])) {
        return (uint16_t)(x[0].age - x[1].age) > INT16_MAX ? &x[0] : &x[1];
    }
    x = least_worth(s, h);
    if (worth(s, x) <= 2u << 16 || h->extra) {
        return x;
    }
    h->extra = tt_state_more(&s->facts, m);
    if (!h->extra) {
        return x;
    }
    for (unsigned d = 0; d < 2; d++) {
        memcpy(h->extra->recent[d], s->recent[d], sizeof s->recent[d]);
        s->next_recent[d] = RECENT;
    }
    h->own =
        h->own ? h->extra->recent[m->direction & 1] + (h->own - s->recent[m->direction & 1]) : NULL;
    return &h->extra->exchanges[0];
}

#endif
