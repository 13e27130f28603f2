/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TLS 1.0 to 1.3 (RFC 2246, 4346, 5246, 8446), SSL 2 and 3, DTLS (RFC 4347, 6347, 9147; RFC 9146
 * for connection ids): records, the handshake as far as it is in clear, and what it is worth. The
 * transaction is the handshake; a record of TLS is a unit, of what is encrypted only its header.
 * Never decrypts, never proves a signature.
 */
#include "dissect/proto/tls_old.h"

/* --- Other records --------------------------------------------------------------------------- */

static void alert(struct turn *t, struct tt_bytes b)
{
    if (t->sealed) {
        return;
    }
    if (b.n != 2 || b.p[0] < 1 || b.p[0] > 2) {
        note(t->m, !t->s->since13 && t->s->hello[!t->d], A_ALERT);
        return;
    }
    put(t, raw(t, F_RAW_ALERT), b.p[1]);
    if (t->s->done) {
        return;
    }
    if ((b.p[0] == 2 || b.p[1] == 0) && tell(t, P_ALERT)) {
        put(t, F_ALERT_LEVEL, b.p[0]);
        put(t, F_ALERT, b.p[1]);
        put(t, F_ALERT_BY, t->d);
        t->ends = true;
    }
}

/* In TLS 1.3 it means nothing (RFC 8446, 5); a client may send it before the server's hello. */
static void change_cipher(struct turn *t, struct tt_bytes b)
{
    struct state *s = t->s;
    bool early = t->d == TT_TO_SERVER && s->hello[TT_TO_SERVER] && !s->hello[TT_TO_CLIENT];
    note(t->m, (b.n != 1 || b.p[0] != 1) && !t->sealed, A_CHANGE);
    if (s->since13 || (early && s->offered13)) {
        return;
    }
    s->dark[t->d] = 1;
    t->ends = s->dark[!t->d] && !s->done;
}

/* RFC 6520, 4: at least 16 octets of padding follow what is announced. */
static void heartbeat(struct turn *t, uint32_t length, struct tt_bytes b)
{
    if (t->sealed || t->s->since13) {
        return;
    }
    note(t->m, length < HEARTBEAT_HEADER + 16, A_HEARTBEAT);
    if (b.n >= HEARTBEAT_HEADER) {
        note(t->m, b.p[0] != 1 && b.p[0] != 2, A_HEARTBEAT);
        note(t->m, (uint32_t)pair_at(b.p + 1) + HEARTBEAT_HEADER > length, A_HEARTBEAT_LENGTH);
    }
}

/* Encrypted octets: of TLS 1.3 the client's first ones end the handshake. */
static void application(struct turn *t)
{
    struct state *s = t->s;
    t->ends = t->d == TT_TO_SERVER && s->since13 && s->open && !s->done;
}

/* What a record holds; length: octets announced, b: those that are there. */
static void content(struct turn *t, uint8_t type, uint32_t length, struct tt_bytes b)
{
    note(t->m, length > RECORD_MAX || (length == 0 && type != APPLICATION), A_RECORD_LENGTH);
    switch (type) {
    case CHANGE_CIPHER:
        change_cipher(t, b);
        break;
    case ALERT:
        alert(t, b);
        break;
    case HANDSHAKE:
        if (!t->sealed && t->dtls) {
            handshake_datagram(t, b);
        } else if (!t->sealed) {
            handshake_record(t, b);
        }
        break;
    case APPLICATION:
        application(t);
        break;
    case HEARTBEAT:
        heartbeat(t, length, b);
        break;
    default:
        break;
    }
}

/* --- Units ----------------------------------------------------------------------------------- */

static bool parse_record(struct turn *t, struct tt_reader *r)
{
    struct state *s = t->s;
    uint8_t type = tt_read_u8(r);
    uint16_t version = tt_read_u16(r), length = tt_read_u16(r);
    if (!tt_reader_ok(r)) {
        return false;
    }
    /* what is behind a TLS 1.3 hello is of another kind (RFC 8446, 5.2) */
    if (type != APPLICATION || !s->since13) {
        put(t, F_RAW_CONTENT, type);
    }
    put(t, F_RAW_VERSION, version);
    note(t->m, version < 0x0300 || version > 0x0304, A_RECORD_VERSION);
    note(t->m, type < CHANGE_CIPHER || type > HEARTBEAT, A_RECORD_TYPE);
    t->sealed = s->dark[t->d];
    content(t, type, length, tt_read_rest(r));
    s->believed = 1;
    return true;
}

/* RFC 9147, 4: a header in few octets, length and connection id only where a bit says so. */
static bool unified(struct turn *t, struct tt_reader *r)
{
    uint8_t first = tt_read_u8(r);
    uint32_t id = t->s->cid_length[t->d] ? t->s->cid_length[t->d] - 1u : 0;
    tt_read_skip(r, first & 0x10 ? id : 0);
    tt_read_skip(r, first & 8 ? 2 : 1);
    if (first & 4) {
        tt_read_skip(r, tt_read_u16(r));
    } else {
        tt_read_skip(r, tt_reader_left(r));
    }
    if (tt_reader_ok(r)) {
        application(t);
    }
    return tt_reader_ok(r);
}

static bool parse_datagram(struct turn *t, struct tt_reader *r)
{
    struct state *s = t->s;
    uint8_t first = tt_peek_u8(r, 0);
    if (first < CHANGE_CIPHER || first > 63) { /* STUN, TURN, RTP share the ports (RFC 7983, 7) */
        tt_read_skip(r, tt_reader_left(r));
        return true;
    }
    do {
        if ((tt_peek_u8(r, 0) & 0xe0) == 0x20) {
            if (!unified(t, r)) {
                return false;
            }
            continue;
        }
        uint8_t type = tt_read_u8(r);
        uint16_t version = tt_read_u16(r), epoch = tt_read_u16(r);
        uint64_t number = (uint64_t)tt_read_u16(r) << 32;
        number |= tt_read_u32(r);
        if (type == CID_RECORD) { /* RFC 9146, 4: how long it is only the hellos tell */
            uint32_t n = s->cid_length[t->d] ? s->cid_length[t->d] - 1u : 0;
            struct tt_bytes id = tt_read_bytes(r, n);
            note(t->m, id.n && n <= CID_MAX && memcmp(id.p, s->cid[t->d], id.n) != 0, A_CID);
        }
        uint32_t length = tt_read_u16(r);
        bool unread = type == CID_RECORD && s->cid_length[t->d] == 0;
        struct tt_bytes b = unread ? tt_read_rest(r) : tt_read_bytes(r, length);
        if (!tt_reader_ok(r)) {
            return false;
        }
        if (type != CID_RECORD) { /* which hides another */
            put(t, F_DTLS_CONTENT, type);
        }
        put(t, F_DTLS_VERSION, version);
        put(t, F_EPOCH, epoch);
        put(t, F_SEQUENCE, number);
        note(t->m, version != 0x0100 && (version > 0xfeff || version < 0xfefc), A_RECORD_VERSION);
        note(t->m, type < CHANGE_CIPHER || type > ACK, A_RECORD_TYPE);
        t->sealed = epoch > 0;
        content(t, type, unread ? 1 : length, b);
    } while (tt_reader_left(r));
    return true;
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    struct state *s = state;
    const struct tt_reader good = tt_reader_over((struct tt_bytes){NULL, 0});
    struct turn t = {.s = s,
                     .m = m,
                     .r = &good,
                     .d = (enum tt_direction)(m->direction ^ s->turned),
                     .dtls = s->facts.transport == TT_UDP};
    uint8_t first = tt_peek_u8(r, 0);
    m->kind = RECORD;
    m->tx_role = TT_TX_NONE;
    bool fine = t.dtls                                                ? parse_datagram(&t, r)
                : first & 0x80 || (s->old == 2 && first != HANDSHAKE) ? parse_old(&t, r)
                                                                      : parse_record(&t, r);
    if (t.ends) {
        put_posture(&t);
    }
    if (t.opens) {
        tt_msg_open(m, P_CLIENT_HELLO << 16);
        s->open = 1;
    } else if (!s->done && (m->kind != RECORD || (t.ends && s->open))) {
        tt_msg_answer(m, P_CLIENT_HELLO << 16, (enum tt_direction)s->turned, t.ends);
        s->open = 1;
    }
    s->done |= t.ends;
    return fine;
}

/* The end of the record never came: it says nothing. */
static void parse_head(void *state, struct tt_reader *r, struct tt_msg *m)
{
    (void)state, (void)r;
    m->kind = RECORD;
    m->tx_role = TT_TX_NONE;
}

/* Octets at hand of a record: all of it while its content is read, else its header; what is behind
 * is passed over. */
static int64_t record_length(const struct state *s, struct tt_bytes b, enum tt_direction d)
{
    uint32_t length = pair_at(b.p + 3), want = 0;
    bool strange = b.p[1] != 3 || b.p[2] > 4 || b.p[0] < CHANGE_CIPHER || b.p[0] > HEARTBEAT;
    if (strange || (length > RECORD_MAX && !s->believed)) {
        return -1;
    }
    if (length <= RECORD_MAX && (b.p[0] != APPLICATION && b.p[0] != HEARTBEAT)) {
        want = s->dark[d] ? 0 : length;
    } else if (b.p[0] == HEARTBEAT) {
        want = length < HEARTBEAT_HEADER ? length : HEARTBEAT_HEADER;
    }
    return TT_UNIT_PASS(HEADER + want, length - want);
}

static int64_t unit_length(const void *state, struct tt_bytes b, uint32_t seen, enum tt_direction d)
{
    const struct state *s = state;
    (void)seen;
    if (b.n < 3) {
        return 0;
    }
    bool of_tls = b.p[0] >= CHANGE_CIPHER && b.p[0] <= HEARTBEAT && b.p[1] == 3;
    if (s->old == 2 ? !of_tls || !(b.p[0] == HANDSHAKE && b.p[1] == 3) : b.p[0] & 0x80) {
        return old_length(s, b);
    }
    return b.n < HEADER ? 0 : record_length(s, b, (enum tt_direction)(d ^ s->turned));
}

static void gap(void *state, enum tt_direction direction)
{
    struct state *s = state;
    unsigned d = direction ^ s->turned;
    s->dark[d] |= s->hello[d]; /* in the midst of a message, or behind the change of cipher */
    s->skip[d] = 0;
}

/* --- Recognising ----------------------------------------------------------------------------- */

/* The beginning of a hello decides, any other record is one of several. */
static enum tt_probe probe(struct tt_bytes b, enum tt_direction d)
{
    (void)d; /* the flow may have begun before the capture */
    if (b.n == 0) {
        return TT_PROBE_MAYBE;
    }
    if (b.p[0] & 0x80) {
        bool may = b.n < 3 || b.p[2] == 1;
        return !may           ? TT_PROBE_NO
               : b.n < 11     ? TT_PROBE_MAYBE
               : old_hello(b) ? TT_PROBE_YES
                              : TT_PROBE_NO;
    }
    bool starts = b.p[0] >= CHANGE_CIPHER && b.p[0] <= HEARTBEAT && (b.n < 2 || b.p[1] == 3) &&
                  (b.n < 3 || b.p[2] <= 4);
    if (!starts || (b.n >= HEADER && pair_at(b.p + 3) > RECORD_MAX)) {
        return TT_PROBE_NO;
    }
    if (b.n >= HEADER) {
        uint32_t length = pair_at(b.p + 3);
        bool fits = b.p[0] == CHANGE_CIPHER ? length == 1
                    : b.p[0] == ALERT       ? length == 2 || length >= 16
                                            : length > 0;
        if (!fits) {
            return TT_PROBE_NO;
        }
    }
    if (b.p[0] != HANDSHAKE || b.n < HEADER + 6) {
        return TT_PROBE_MAYBE;
    }
    uint32_t record = pair_at(b.p + 3);
    uint32_t length = (uint32_t)b.p[6] << 16 | (uint32_t)b.p[7] << 8 | b.p[8];
    bool hello = (b.p[5] == CLIENT_HELLO || b.p[5] == SERVER_HELLO) && b.p[9] == 3 &&
                 b.p[10] <= 4 && length >= 38 && length < 0x10000 && record >= 6;
    return hello ? TT_PROBE_YES : TT_PROBE_MAYBE;
}

/* Do records walk exactly to the end? *epoch: of the first. */
static bool walks(struct tt_bytes b)
{
    do {
        if (b.n < DTLS_HEADER || b.p[0] < CHANGE_CIPHER || b.p[0] > ACK) {
            return false;
        }
        uint16_t version = pair_at(b.p + 1);
        if (version != 0xfeff && version != 0xfefd && version != 0x0100) {
            return false;
        }
        if (b.p[0] == CID_RECORD) {
            for (uint32_t n = 1; n <= CID_MAX && b.n >= DTLS_HEADER + n; n++) {
                if (pair_at(b.p + 11 + n) == b.n - DTLS_HEADER - n) {
                    return true;
                }
            }
            return false;
        }
        uint32_t length = pair_at(b.p + 11);
        if (length == 0 || length > RECORD_MAX || length > b.n - DTLS_HEADER) {
            return false;
        }
        b = (struct tt_bytes){b.p + DTLS_HEADER + length, b.n - DTLS_HEADER - length};
    } while (b.n);
    return true;
}

static enum tt_probe probe_datagram(struct tt_bytes b, enum tt_direction d)
{
    (void)d;
    if (!walks(b)) {
        return TT_PROBE_NO;
    }
    if (b.p[0] != HANDSHAKE || pair_at(b.p + 3) != 0 || b.n < DTLS_HEADER + DTLS_MESSAGE) {
        return pair_at(b.p + 1) == 0x0100 ? TT_PROBE_NO : TT_PROBE_MAYBE;
    }
    const uint8_t *m = b.p + DTLS_HEADER;
    uint32_t length = (uint32_t)m[1] << 16 | (uint32_t)m[2] << 8 | m[3];
    uint32_t offset = (uint32_t)m[6] << 16 | (uint32_t)m[7] << 8 | m[8];
    uint32_t part = (uint32_t)m[9] << 16 | (uint32_t)m[10] << 8 | m[11];
    bool fits = offset <= length && part <= length - offset &&
                part <= pair_at(b.p + 11) - (uint32_t)DTLS_MESSAGE;
    bool hello = m[0] >= CLIENT_HELLO && m[0] <= HELLO_VERIFY;
    return !fits ? TT_PROBE_NO : hello ? TT_PROBE_YES : TT_PROBE_MAYBE;
}

/* Records of one association: the next of the same side, or any of the other's. */
static bool confirm(struct tt_bytes a, enum tt_direction from_a, struct tt_bytes b,
                    enum tt_direction from_b)
{
    return a.n >= DTLS_HEADER && b.n >= DTLS_HEADER &&
           (from_a != from_b || memcmp(a.p + 3, b.p + 3, 8) < 0);
}

static const uint16_t ports[] = {443, 8883, 5684, 4433, 8443, 2083, 853, 993, 995, 465, 636, 0};

const struct tt_dissector tt_dissector_tls = {
    .name = "tls",
    .doc = "TLS and DTLS: the handshake, certificates, and what they are worth.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .n_anomalies = N_ODDITIES,
    .ports = ports,
    .transport = TT_TCP | TT_UDP,
    .general = true,
    .later = true,
    .state_size = sizeof(struct state),
    .more_size = sizeof(struct parts),
    .max_unit = 65536, /* a datagram of several records, a hello of SSL 2 */
    .probe = probe,
    .probe_datagram = probe_datagram,
    .confirm = confirm,
    .unit_length = unit_length,
    .parse = parse,
    .parse_head = parse_head,
    .gap = gap,
};
