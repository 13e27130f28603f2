/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The worker's side of identities: rows of a dissector say which fact a value is; the facts of all
 * messages of a transaction are put together here (the request holds the subscriber, the answer the
 * address), and told once it was granted. Values are brought into one form. Never judges what is
 * new, never allocates while it runs; when its slots are used up facts are refused and counted.
 */
#include "device/claim.h"
#include "base/arena.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_SLOTS (16u << 10)
#define MAX_SLOTS     (1u << 20)

enum { TOLD, REFUSED, NO_ROOM, N_COUNTERS };

static const struct tt_counter rows[N_COUNTERS] = {
    [TOLD] = {"device.claims", "Transactions that said who is behind an address.", "claims", 0},
    [REFUSED] = {"device.claims_void", "The same, but refused or without an answer.", "claims", 0},
    [NO_ROOM] = {"device.claims_refused", "The same, but too many were open at once.", "claims", 1},
};

/* What an open transaction has said so far. */
struct slot {
    struct tt_claim c;
    bool refused;
};

struct tt_claims {
    struct tt_slab slots;
    tt_claim_fn *tell;
    void *ctx;
    uint64_t values[N_COUNTERS];
};

struct tt_claims *tt_claims_new(uint32_t max, tt_claim_fn *tell, void *ctx)
{
    struct tt_claims *cs = calloc(1, sizeof *cs);
    if (!cs) {
        return NULL;
    }
    cs->tell = tell;
    cs->ctx = ctx;
    max = max ? max : DEFAULT_SLOTS;
    if (!tt_slab_init(&cs->slots, (sizeof(struct slot) + 15) & ~(size_t)15,
                      max < MAX_SLOTS ? max : MAX_SLOTS)) {
        tt_claims_free(cs);
        return NULL;
    }
    return cs;
}

void tt_claims_free(struct tt_claims *cs)
{
    if (cs) {
        tt_slab_free(&cs->slots);
        free(cs);
    }
}

/* ---- forms of values ---- */

/* True: from `min` to `max` digits and nothing else; they go to out, the first that came stay. */
static bool take_digits(char *out, struct tt_bytes b, uint32_t min, uint32_t max)
{
    bool good = b.n >= min && b.n <= max;
    for (uint32_t i = 0; good && i < b.n; i++) {
        good = b.p[i] >= '0' && b.p[i] <= '9';
    }
    if (good && out[0] == 0) {
        memcpy(out, b.p, b.n);
        out[b.n] = 0;
    }
    return good;
}

static int hex_digit(uint8_t c)
{
    c |= 0x20;
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Six pairs of digits with one character between, or none: as access points send it. */
static void take_mac(struct tt_claim *c, struct tt_bytes b)
{
    uint32_t step = b.n == 17 ? 3 : 2;
    uint8_t mac[6];
    if (b.n != 17 && b.n != 12) {
        return;
    }
    for (uint32_t i = 0; i < 6; i++) {
        int high = hex_digit(b.p[i * step]), low = hex_digit(b.p[i * step + 1]);
        bool apart = step == 2 || i == 5 || b.p[i * 3 + 2] == '-' || b.p[i * 3 + 2] == ':';
        if (high < 0 || low < 0 || !apart) {
            return;
        }
        mac[i] = (uint8_t)(high << 4 | low);
    }
    memcpy(c->mac, mac, sizeof mac);
    c->has_mac = 1;
}

static void take_msisdn(struct tt_claim *c, struct tt_bytes b)
{
    bool plus = b.n && b.p[0] == '+';
    struct tt_bytes digits = {b.p + plus, b.n - plus};
    if (!take_digits(c->msisdn, digits, 5, 15)) {
        take_mac(c, b);
    }
}

/* All 0 (one is wanted) and 255.255.255.254 or .255 (RFC 2865, 5.8) are nobody's. */
static void take_ip(struct tt_claim *c, struct tt_bytes b)
{
    static const struct tt_address none;
    struct tt_address a;
    if (b.n != sizeof a.b) {
        return;
    }
    memcpy(a.b, b.p, sizeof a.b);
    bool v4 = tt_address_is_v4(&a);
    bool nobody = v4 ? (a.b[12] | a.b[13] | a.b[14] | a.b[15]) == 0 ||
                           ((a.b[12] & a.b[13] & a.b[14]) == 255 && a.b[15] >= 254)
                     : memcmp(&a, &none, sizeof a) == 0;
    struct tt_address *place = &c->ips[!v4];
    if (!nobody && memcmp(place, &none, sizeof none) == 0) {
        *place = a;
    }
}

/* urn:imei:…, urn:imei-imsi:…-… (OMA LwM2M core 1.1, 7.3.1). */
static void read_urn(struct tt_claim *c, struct tt_bytes b)
{
    static const char imei[] = "urn:imei:", both[] = "urn:imei-imsi:";
    const uint8_t *dash;
    if (b.n > sizeof imei - 1 && memcmp(b.p, imei, sizeof imei - 1) == 0) {
        b.p += sizeof imei - 1;
        b.n -= (uint32_t)sizeof imei - 1;
        take_digits(c->imei, b, 14, 16);
    } else if (b.n > sizeof both - 1 && memcmp(b.p, both, sizeof both - 1) == 0) {
        b.p += sizeof both - 1;
        b.n -= (uint32_t)sizeof both - 1;
        dash = memchr(b.p, '-', b.n);
        if (dash) {
            uint32_t n = (uint32_t)(dash - b.p);
            take_digits(c->imei, (struct tt_bytes){b.p, n}, 14, 16);
            take_digits(c->imsi, (struct tt_bytes){dash + 1, b.n - n - 1}, 6, 15);
        }
    }
}

static void take_name(struct tt_claim *c, struct tt_bytes b, enum tt_field_fact kind)
{
    if (b.n == 0 || c->n_name) {
        return;
    }
    uint32_t n = b.n < TT_CLAIM_NAME ? b.n : TT_CLAIM_NAME;
    while (b.n > n && n > TT_CLAIM_NAME - 4 && (b.p[n] & 0xc0) == 0x80) {
        n--; /* between two characters */
    }
    memcpy(c->name, b.p, n);
    c->n_name = (uint8_t)n;
    c->name_kind = (uint8_t)kind;
    read_urn(c, b);
}

/* ---- messages ---- */

static void add_key(struct tt_claim *c, uint64_t key)
{
    for (unsigned i = 0; i < c->n_keys; i++) {
        if (c->keys[i] == key) {
            return;
        }
    }
    if (c->n_keys < TT_CLAIM_KEYS) {
        c->keys[c->n_keys++] = key + (key == 0);
    }
}

/* A number at an end, or a text of who asks. */
static uint64_t key_of(const struct tt_dissector *d, const struct tt_address *at, const void *p,
                       size_t n)
{
    uint64_t h = tt_hash_bytes(d->name, strlen(d->name), 0);
    return tt_hash_bytes(p, n, tt_hash_bytes(at, sizeof *at, h));
}

static enum tt_field_fact fact_of(const struct tt_dissector *d, unsigned field)
{
    const struct tt_field_says *f = d->facts;
    while (f && f->fact && f->field != field) {
        f++;
    }
    return f ? (enum tt_field_fact)f->fact : TT_NO_FACT;
}

static void take_value(struct slot *s, const struct tt_flow *f, const struct tt_tx *tx,
                       const struct tt_msg *m, const struct tt_value *v)
{
    struct tt_claim *c = &s->c;
    struct tt_bytes b = {v->p, v->n};
    const struct tt_address *asker =
        tx->asker == TT_TO_SERVER ? tt_flow_client(f) : tt_flow_server(f);
    if (v->type != TT_STR && v->type != TT_IP) {
        return;
    }
    const enum tt_field_fact fact = fact_of(m->dissector, v->field);
    switch (fact) {
    case TT_IS_IP:
        take_ip(c, b);
        break;
    case TT_IS_IMSI:
        take_digits(c->imsi, b, 6, 15);
        break;
    case TT_IS_IMEI:
        take_digits(c->imei, b, 14, 16);
        break;
    case TT_IS_MSISDN:
        take_msisdn(c, b);
        break;
    case TT_IS_CLIENT_ID:
    case TT_IS_ENDPOINT:
        take_name(c, b, fact);
        take_ip(c, (struct tt_bytes){asker->b, sizeof asker->b});
        break;
    case TT_IS_SESSION:
        add_key(c, key_of(m->dissector, asker, b.p, b.n));
        break;
    case TT_NO_FACT:
        break;
    }
}

static struct slot *slot_of(struct tt_claims *cs, struct tt_tx *tx)
{
    if (tx->claim == 0) {
        uint32_t i = tt_slab_take(&cs->slots);
        if (i == TT_SLAB_NONE) {
            cs->values[NO_ROOM]++;
            return NULL;
        }
        memset(tt_slab_at(&cs->slots, i), 0, sizeof(struct slot));
        tx->claim = i + 1;
    }
    return tt_slab_at(&cs->slots, tx->claim - 1);
}

void tt_claims_message(struct tt_claims *cs, const struct tt_flow *f, struct tt_tx *tx,
                       const struct tt_msg *m)
{
    bool facts = m->claim & (TT_CLAIM_FACTS | TT_CLAIM_SESSIONS);
    struct slot *s = facts || tx->claim ? slot_of(cs, tx) : NULL;
    if (!s) {
        return;
    }
    for (unsigned i = 0; i < m->n_values && m->claim & TT_CLAIM_FACTS; i++) {
        if (m->hot[m->values[i].field].flags & TT_HOT_FACT) {
            take_value(s, f, tx, m, &m->values[i]);
        }
    }
    for (unsigned i = 0; i < m->n_sessions; i++) {
        struct tt_address at =
            m->direction == TT_TO_SERVER ? *tt_flow_server(f) : *tt_flow_client(f);
        if (m->sessions[i].address) {
            memcpy(at.b, m->sessions[i].address, sizeof at.b);
        }
        add_key(&s->c,
                key_of(m->dissector, &at, &m->sessions[i].number, sizeof m->sessions[i].number));
    }
    s->refused |= (m->claim & TT_CLAIM_REFUSED) != 0;
    s->c.ends |= (m->claim & TT_CLAIM_ENDS) != 0;
    s->c.protocol = m->protocol;
}

void tt_claims_end(struct tt_claims *cs, const struct tt_flow *f, struct tt_tx *tx,
                   enum tt_tx_end end, const struct tt_packet *p)
{
    uint32_t i = tx->claim - 1;
    struct slot *s = tt_slab_at(&cs->slots, i);
    struct tt_claim *c = &s->c;
    tx->claim = 0;
    if (end == TT_TX_COMPLETE && !s->refused && p) {
        c->packet = p->number;
        c->time = p->time;
        c->count = p->count;
        c->input = p->input;
        c->flow_id = tt_flow_id(f);
        c->client = *tt_flow_client(f);
        c->server = *tt_flow_server(f);
        c->sport = tt_flow_client_port(f);
        c->dport = tt_flow_server_port(f);
        c->transport = f->key.protocol;
        cs->values[TOLD]++;
        cs->tell(cs->ctx, c);
    } else {
        cs->values[REFUSED]++;
    }
    tt_slab_give(&cs->slots, i);
}

struct tt_counter_set tt_claims_counters(const struct tt_claims *cs)
{
    return (struct tt_counter_set){rows, cs->values, N_COUNTERS};
}
