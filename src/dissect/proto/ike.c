/* SPDX-License-Identifier: BSD-3-Clause
 *
 * IKE, both versions (RFC 2408, 2409, 7296), and what shares its port behind address translation
 * (RFC 3948): ESP in UDP, and keepalives. Every message is a transaction, as Suricata has it; of
 * ESP only numbers are in clear. Never decrypts.
 */
#include "dissect/proto/ike_rows.h"

enum { HEAD = 28, MARKER = 4, V1_ENCRYPTED = 1, V2_RESPONSE = 0x20, PAYLOADS_MAX = 64 };

struct state {
    struct tt_flow_facts facts;
};

/* One message at hand. */
struct look {
    struct tt_msg *m;
    const struct tt_reader *r;
    uint32_t reasons;
    bool first, offers; /* of version 1; there was a proposal */
};

static void note(struct tt_msg *m, bool odd, unsigned anomaly)
{
    if (odd) {
        tt_msg_anomaly(m, anomaly);
    }
}

static void put(struct look *l, unsigned row, uint64_t v)
{
    tt_put_uint(l->m, l->r, row, v);
}

static void judge_group(struct look *l, uint32_t group)
{
    bool bad = (group && group <= 5) || group == 22 || group == 25;
    l->reasons |= bad ? 1u << SHORT_GROUP : 0;
}

static void judge_cipher(struct look *l, uint32_t cipher)
{
    bool des = cipher == 1 || cipher == 2 || cipher == 9 || cipher == 0x101;
    l->reasons |= (uint32_t)des << DES_USED;
    l->reasons |= (uint32_t)(cipher == 3 || cipher == 0x105) << TRIPLE_DES;
    l->reasons |= (uint32_t)(cipher == 11) << NO_ENCRYPTION;
}

static void judge_hash(struct look *l, uint32_t hash)
{
    l->reasons |= (uint32_t)(hash == 1 || hash == 6 || hash == 0x101) << MD5_USED;
    l->reasons |= (uint32_t)(hash == 2 || hash == 7 || hash == 0x102) << SHA1_USED;
}

/* --- Proposals ------------------------------------------------------------------------------- */

/* Type and value in four octets, or type, length and value (RFC 2408, 3.3). */
static uint32_t attribute(struct tt_reader *r, uint16_t *type)
{
    *type = tt_read_u16(r);
    uint32_t v = tt_read_u16(r);
    if (*type & 0x8000) {
        *type &= 0x7fff;
        return v;
    }
    struct tt_bytes b = tt_read_bytes(r, v);
    for (v = 0; b.n; b = (struct tt_bytes){b.p + 1, b.n - 1}) {
        v = v << 8 | b.p[0];
    }
    return v;
}

/* RFC 2409, appendix A. */
static void old_transform(struct look *l, struct tt_reader r, unsigned number)
{
    tt_read_skip(&r, 4); /* number, identifier */
    put(l, F_PROPOSAL, number);
    while (tt_reader_left(&r)) {
        uint16_t type;
        uint32_t v = attribute(&r, &type);
        if (!tt_reader_ok(&r)) {
            note(l->m, true, A_PROPOSAL);
            return;
        }
        if (type == 1) {
            put(l, F_CIPHER, 0x100 | v);
            judge_cipher(l, 0x100 | v);
        } else if (type == 2) {
            put(l, F_HASH, 0x100 | v);
            judge_hash(l, 0x100 | v);
        } else if (type == 3) {
            put(l, F_METHOD, v);
        } else if (type == 4) {
            put(l, F_GROUP, v);
            judge_group(l, v);
        } else if (type == 14) {
            put(l, F_BITS, v);
        }
    }
}

/* RFC 7296, 3.3.2. Transforms of one type are alternatives: an element for each further one. */
static void transform(struct look *l, struct tt_reader r, unsigned number)
{
    uint8_t type = tt_read_u8(&r);
    tt_read_skip(&r, 1);
    uint16_t id = tt_read_u16(&r), which;
    if (type == 1) {
        put(l, F_CIPHER, id);
        judge_cipher(l, id);
        while (tt_reader_left(&r)) {
            uint32_t v = attribute(&r, &which);
            if (tt_reader_ok(&r) && which == 14) {
                put(l, F_BITS, v);
            }
        }
    } else if (type == 2) {
        put(l, F_PRF, id);
        l->reasons |= (uint32_t)(id == 1) << MD5_USED | (uint32_t)(id == 2) << SHA1_USED;
    } else if (type == 3) {
        put(l, F_HASH, id);
        judge_hash(l, id);
    } else if (type == 4) {
        put(l, F_GROUP, id);
        judge_group(l, id);
    }
    note(l->m, !tt_reader_ok(&r), A_PROPOSAL);
    (void)number;
}

static void proposals(struct look *l, struct tt_reader r)
{
    l->offers = true;
    if (l->first) {
        tt_read_skip(&r, 8); /* domain of interpretation, situation */
    }
    while (tt_reader_left(&r)) {
        tt_read_skip(&r, 2);
        struct tt_reader p = tt_read_sub(&r, tt_read_u16(&r) - 4u);
        uint8_t number = tt_read_u8(&p);
        tt_read_skip(&p, 1);
        uint8_t spi = tt_read_u8(&p), count = tt_read_u8(&p);
        tt_read_skip(&p, spi);
        if (!l->first) {
            put(l, F_PROPOSAL, number);
        }
        for (; count && tt_reader_left(&p); count--) {
            tt_read_skip(&p, 2);
            struct tt_reader t = tt_read_sub(&p, tt_read_u16(&p) - 4u);
            if (!tt_reader_ok(&t)) {
                break;
            }
            if (l->first) {
                old_transform(l, t, number);
            } else {
                transform(l, t, number);
            }
        }
        note(l->m, !tt_reader_ok(&p) || !tt_reader_ok(&r), A_PROPOSAL);
    }
    note(l->m, !tt_reader_ok(&r), A_PROPOSAL);
}

/* --- Messages -------------------------------------------------------------------------------- */

static void payload(struct look *l, uint8_t type, struct tt_reader r)
{
    switch (type) {
    case 1:
    case 33:
        proposals(l, r);
        break;
    case 34: { /* key exchange of version 2: its group stands before it */
        uint16_t group = tt_read_u16(&r);
        if (tt_reader_ok(&r)) {
            put(l, F_GROUP_USED, group);
        }
        break;
    }
    case 5: { /* kind, protocol, port; names of hosts, users, keys are texts */
        uint8_t kind = tt_read_u8(&r);
        tt_read_skip(&r, 3);
        struct tt_bytes b = tt_read_rest(&r);
        if (l->first && b.n && (kind == 2 || kind == 3 || kind == 11)) {
            tt_put_bytes(l->m, l->r, F_IDENTITY, b);
        }
        break;
    }
    case 11:
    case 41: {
        tt_read_skip(&r, type == 11 ? 6 : 2);
        uint16_t what = tt_read_u16(&r);
        if (tt_reader_ok(&r)) {
            put(l, F_NOTIFY, what);
        }
        break;
    }
    case 13:
    case 43: {
        struct tt_bytes b = tt_read_rest(&r);
        if (b.n) {
            tt_put_bytes(l->m, l->r, F_VENDOR, b);
        }
        break;
    }
    default:
        break;
    }
}

static void walk(struct look *l, uint8_t next, struct tt_reader *r)
{
    for (unsigned i = 0; next && tt_reader_left(r) && i < PAYLOADS_MAX; i++) {
        uint8_t type = next;
        next = tt_read_u8(r);
        tt_read_skip(r, 1);
        struct tt_reader p = tt_read_sub(r, tt_read_u16(r) - 4u);
        if (!tt_reader_ok(r)) {
            note(l->m, true, A_PAYLOAD);
            return;
        }
        put(l, F_PAYLOAD, type);
        if (type == 46 || type == 53) {
            return; /* encrypted, the next one is inside */
        }
        payload(l, type, p);
    }
}

static void judge(struct look *l, uint8_t exchange)
{
    l->reasons |= (uint32_t)(exchange == 4) << AGGRESSIVE;
    if (l->offers) {
        put(l, F_POSTURE, l->reasons != 0);
    }
    for (unsigned i = 0; l->offers && i < N_REASONS; i++) {
        if (l->reasons >> i & 1) {
            put(l, F_REASON, i);
        }
    }
}

static bool message(struct look *l, struct tt_reader *r)
{
    struct tt_msg *m = l->m;
    uint32_t size = tt_reader_left(r);
    struct tt_bytes initiator = tt_read_bytes(r, 8), responder = tt_read_bytes(r, 8);
    uint8_t next = tt_read_u8(r), version = tt_read_u8(r), exchange = tt_read_u8(r);
    uint8_t flags = tt_read_u8(r);
    uint32_t id = tt_read_u32(r), length = tt_read_u32(r);
    if (!tt_reader_ok(r) || (version >> 4 != 1 && version >> 4 != 2)) {
        return false;
    }
    const struct tt_reader good = *r;
    l->r = &good;
    l->first = version >> 4 == 1;
    m->tx_role = TT_TX_ALONE;
    put(l, F_MAJOR, version >> 4);
    put(l, F_MINOR, version & 15);
    put(l, F_EXCHANGE, exchange);
    put(l, F_EXCHANGE_NAME, exchange);
    put(l, F_MESSAGE, id);
    tt_put_bytes(m, l->r, F_INITIATOR, initiator);
    tt_put_bytes(m, l->r, F_RESPONDER, responder);
    if (!l->first) {
        put(l, F_ROLE, (flags & V2_RESPONSE) != 0);
    }
    bool encrypted = l->first ? flags & V1_ENCRYPTED : next == 46 || next == 53;
    put(l, F_ENCRYPTED, encrypted);
    note(m, length != size, A_LENGTH);
    if (!encrypted) {
        walk(l, next, r);
        judge(l, exchange);
    }
    l->r = NULL;
    return true;
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    static const uint8_t marker[MARKER];
    struct look l = {.m = m};
    uint32_t size = tt_reader_left(r);
    (void)state;
    m->tx_role = TT_TX_NONE;
    bool good = true;
    if (size == 1 && tt_peek_u8(r, 0) == 0xff) {
        m->kind = KEEPALIVE;
    } else if (size >= MARKER + HEAD && memcmp(r->p, marker, MARKER) == 0) {
        tt_read_skip(r, MARKER);
        good = message(&l, r);
    } else if (size >= HEAD && (r->p[17] == 0x10 || r->p[17] == 0x20) && r->p[24] == 0 &&
               r->p[25] == 0) {
        good = message(&l, r);
    } else if (size >= 16) {
        m->kind = ESP;
        tt_put_uint(m, r, F_SPI, tt_read_u32(r));
        tt_put_uint(m, r, F_SEQUENCE, tt_read_u32(r));
    } else {
        good = false;
    }
    r->error = good ? TT_READ_OK : r->error;
    r->p = r->end;
    return good;
}

/* --- Recognising ----------------------------------------------------------------------------- */

static bool is_message(struct tt_bytes b)
{
    if (b.n < HEAD) {
        return false;
    }
    uint32_t length =
        (uint32_t)b.p[24] << 24 | (uint32_t)b.p[25] << 16 | (uint32_t)b.p[26] << 8 | b.p[27];
    uint8_t exchange = b.p[18];
    bool old = b.p[17] == 0x10 && (exchange == 2 || (exchange >= 4 && exchange <= 6) ||
                                   exchange == 32 || exchange == 33);
    bool new = b.p[17] == 0x20 && exchange >= 34 && exchange <= 44;
    uint32_t spi = 0;
    for (unsigned i = 0; i < 8; i++) {
        spi |= b.p[i];
    }
    return (old || new) && length == b.n && spi;
}

/* ESP has nothing to be known by: only where IKE moves to behind address translation. */
static enum tt_probe probe(struct tt_bytes b, enum tt_direction d)
{
    (void)d;
    bool marked = b.n > MARKER && !(b.p[0] | b.p[1] | b.p[2] | b.p[3]);
    if (is_message(b) || (marked && is_message((struct tt_bytes){b.p + MARKER, b.n - MARKER}))) {
        return TT_PROBE_YES;
    }
    bool spi = b.n >= 28 && b.n % 4 == 0 && (b.p[0] | b.p[1] | b.p[2]);
    return spi && !b.p[4] && !b.p[5] ? TT_PROBE_PORT : TT_PROBE_NO;
}

static const uint16_t ports[] = {500, 4500, 0};

const struct tt_dissector tt_dissector_ike = {
    .name = "ike",
    .doc = "IKE, both versions, and ESP in UDP: what is offered and chosen, and how weak it is.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .n_anomalies = N_ODDITIES,
    .ports = ports,
    .transport = TT_UDP,
    .general = true,
    .state_size = sizeof(struct state),
    .max_unit = 65535,
    .probe = probe,
    .parse = parse,
};
