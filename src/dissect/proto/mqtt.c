/* SPDX-License-Identifier: BSD-3-Clause
 *
 * MQTT 3.1, 3.1.1 (OASIS 2014, ISO/IEC 20922) and 5.0 (OASIS 2019): every packet type and property.
 * Owns the names of MQTT's fields and oddities, and, for each flow, the version, the topic aliases
 * and a few unfinished packet ids. Never keeps payload. Pairing, framing and skipping are the
 * engine's. What both ends agreed on (aliases, ids) is judged only when the capture holds the start
 * of the connection; a flow that is joined later is read as 3.1.1 until a packet proves version 5.
 */
#include "dissect/proto/mqtt_plain.h"

/* --- Packets --------------------------------------------------------------------------------- */

/* The version, from name and level (3.1.2.1, 3.1.2.2); bridges set bit 7 of level 3 and 4. */
static void introduce(struct state *s, struct tt_msg *m, struct tt_bytes name, uint8_t octet)
{
    uint8_t level = octet == 0x83 || octet == 0x84 ? octet & 0x7f : octet;
    bool old = name.n == 6 && memcmp(name.p, "MQIsdp", 6) == 0;
    bool new = name.n == 4 && memcmp(name.p, "MQTT", 4) == 0;
    note(m, !old && !new, A_NAME);
    note(m, (old && level != 3) || (new &&level != 4 && level != 5), A_LEVEL);
    note(m, s->seen & SEEN_CONNECT, A_DOUBLE_CONNECT);
    s->version = old ? 3 : level == 5 ? 5 : 4;
    s->level = level;
    s->seen = (uint8_t)((s->seen | SEEN_CONNECT) & ~EXPIRES);
    s->alias_max[!m->direction] = 0;
    s->packet_max[!m->direction] = 0;
}

static bool will(struct state *s, struct tt_reader *r, struct tt_msg *m)
{
    struct block props = {0};
    if (s->version == 5) {
        properties(s, r, m, 0, &props);
    }
    struct tt_bytes topic = string(r);
    tt_put_bytes(m, r, F_WILL_TOPIC, topic);
    struct tt_bytes payload = string(r);
    tt_put_bytes(m, r, F_WILL_MESSAGE, payload);
    tt_put_bytes(m, r, F_WILL_OCTETS, payload);
    judge_topic(m, topic);
    note(m, topic.n == 0 && tt_reader_ok(r), A_EMPTY_TOPIC);
    note(m, props.format && !tt_bytes_utf8(payload), A_FORMAT);
    return tt_reader_ok(r);
}

static bool connect(struct state *s, struct tt_reader *r, struct tt_msg *m)
{
    static const uint8_t rows[8] = {F_CONNECT_RESERVED, F_CLEAN,        F_HAS_WILL,    0, 0,
                                    F_WILL_RETAIN,      F_HAS_PASSWORD, F_HAS_USERNAME};
    struct tt_bytes name = string(r);
    uint8_t level = tt_read_u8(r), flags = tt_read_u8(r);
    uint16_t keep_alive = tt_read_u16(r);
    if (!tt_reader_ok(r)) {
        return false;
    }
    introduce(s, m, name, level);
    tt_msg_open(m, CONNECT << 16);
    tt_put_uint(m, r, F_VERSION, s->level);
    tt_put_bytes(m, r, F_NAME, name);
    tt_put_uint(m, r, F_LEVEL, level);
    tt_put_uint(m, r, F_CONNECT_FLAGS, flags);
    for (unsigned i = 8; i-- > 0;) {
        if (rows[i]) {
            tt_put_uint(m, r, rows[i], flags >> i & 1);
        }
    }
    tt_put_uint(m, r, F_WILL_QOS, flags >> 3 & 3);
    tt_put_uint(m, r, F_KEEP_ALIVE, keep_alive);
    note(m, flags & 1 && s->version > 3, A_CONNECT_RESERVED);
    note(m, (flags & 0x18) == 0x18, A_QOS);
    note(m, !(flags & 4) && flags & 0x38 && s->version > 3, A_WILL_FLAGS);
    note(m, (flags & 0xc0) == 0x40 && s->version < 5, A_PASSWORD_ALONE);
    struct block props = {0};
    if (s->version == 5) {
        properties(s, r, m, CONNECT, &props);
        s->seen |= props.expiry ? EXPIRES : 0;
    }
    struct tt_bytes id = text(r, m, F_CLIENT_ID);
    bool needed = s->version == 3 || (s->version == 4 && !(flags & 2));
    note(m, id.n == 0 && needed && tt_reader_ok(r), A_CLIENT_ID_EMPTY);
    note(m, id.n > 23 && s->version == 3, A_CLIENT_ID_LENGTH);
    if (flags & 4 && !will(s, r, m)) {
        return false;
    }
    /* 3.1 lets the length win over the two flags. */
    if (flags & 0x80 && (s->version > 3 || tt_reader_left(r) > 0)) {
        text(r, m, F_USERNAME);
    }
    if (flags & 0x40 && (s->version > 3 || tt_reader_left(r) > 0)) {
        struct tt_bytes password = string(r);
        tt_put_bytes(m, r, F_PASSWORD, password);
    }
    return tt_reader_ok(r);
}

static bool connack(struct state *s, struct tt_reader *r, struct tt_msg *m)
{
    uint8_t flags = tt_read_u8(r), code = tt_read_u8(r);
    bool rest = tt_reader_left(r) > 0, before = s->seen & SEEN_CONNECT && s->version < 5;
    tt_put_uint(m, r, F_SESSION_PRESENT, flags & 1);
    tt_put_uint(m, r, before ? F_RETURN_CODE : F_CONNACK_REASON, code);
    m->claim |= code ? TT_CLAIM_REFUSED : 0;
    tt_msg_answer(m, CONNECT << 16, !m->direction, true);
    if (!tt_reader_ok(r)) {
        return false;
    }
    if (s->version != 3) {
        tt_put_uint(m, r, F_CONNACK_FLAGS, flags);
        note(m, flags & 0xfe, A_CONNACK_RESERVED);
        note(m, flags & 1 && code != 0, A_SESSION_PRESENT);
    }
    /* A server of an older version refuses version 5 in the older form (3.1.1, 3.2.2.3). */
    bool five = s->version == 5 || (s->version == 0 && rest);
    note(m, five ? !reason_known(CONNACK, code) && (rest || code > 5) : code > 5, A_CODE);
    s->seen |= SEEN_CONNACK;
    s->alias_max[!m->direction] = 0;
    s->packet_max[!m->direction] = 0;
    if (five && rest) {
        struct block props = {0};
        s->version = 5;
        properties(s, r, m, CONNACK, &props);
        if (props.seen >> 0x11 & 1) { /* the server's word on the session's life wins (3.2.2.3.2) */
            s->seen = (uint8_t)((s->seen & ~EXPIRES) | (props.expiry ? EXPIRES : 0));
        }
    }
    return tt_reader_ok(r);
}

static bool publish(struct state *s, struct tt_reader *r, struct tt_msg *m, uint8_t octet,
                    bool whole)
{
    struct tt_bytes topic = string(r);
    struct block props = {0};
    if (!tt_reader_ok(r)) {
        return false;
    }
    judge_topic(m, topic);
    if (topic.n > 0) {
        tt_put_bytes(m, r, F_TOPIC, topic);
    }
    uint16_t id = octet & 6 ? packet_id(r, m, whole) : 0;
    if ((octet & 6) == 6) {
        note(m, true, A_QOS);
    } else if (octet & 6) {
        ask(s, m, id, 0, octet & 8);
    }
    if (s->version == 5) {
        properties(s, r, m, PUBLISH, &props);
    }
    if (!tt_reader_ok(r)) {
        return false;
    }
    if (props.alias) {
        use_alias(s, r, m, props.alias, topic);
    }
    if (!tt_msg_has(m, F_TOPIC)) {
        tt_put_bytes(m, r, F_TOPIC, topic);
        m->stream = -1; /* not known is no name */
        note(m, !props.alias, A_EMPTY_TOPIC);
    }
    if (whole) {
        struct tt_bytes payload = tt_read_rest(r);
        tt_put_bytes(m, r, F_MESSAGE, payload);
        tt_put_bytes(m, r, F_OCTETS, payload);
        note(m, props.format && !tt_bytes_utf8(payload), A_FORMAT);
    }
    return true;
}

/* The reason code and properties at the end of PUBACK to PUBCOMP, DISCONNECT, AUTH. */
static unsigned reason(struct state *s, struct tt_reader *r, struct tt_msg *m, enum row row,
                       struct block *props)
{
    bool five = s->version == 5 || s->version == 0 || m->kind == AUTH;
    if (!five || tt_reader_left(r) == 0) {
        if (s->version == 5) {
            tt_put_uint(m, r, F_REASON, 0);
        }
        return 0;
    }
    unsigned code = tt_read_u8(r);
    bool known = reason_known(m->kind, code);
    tt_put_uint(m, r, row, code);
    note(m, !known, A_CODE);
    s->version = s->version == 0 && known ? 5 : s->version; /* no other has a code here */
    if (tt_reader_left(r) > 0) {
        properties(s, r, m, m->kind, props);
    }
    return code;
}

static bool acknowledge(struct state *s, struct tt_reader *r, struct tt_msg *m, bool whole)
{
    uint16_t id = packet_id(r, m, whole);
    struct block props = {0};
    unsigned code = reason(s, r, m, F_PUBACK_REASON + m->kind - PUBACK, &props);
    if (m->kind == PUBREL) {
        tt_msg_answer(m, PUBLISH << 16 | id, m->direction, false);
    } else {
        answer(s, m, PUBLISH, id, m->kind != PUBREC || code >= 0x80);
    }
    return tt_reader_ok(r);
}

static bool leave(struct state *s, struct tt_reader *r, struct tt_msg *m)
{
    struct block props = {0};
    unsigned code = reason(s, r, m, F_DISCONNECT_REASON + m->kind - DISCONNECT, &props);
    if (m->kind == AUTH) {
        note(m, s->version == 3 || s->version == 4, A_EARLY_AUTH);
    } else if (m->direction == TT_TO_CLIENT) {
        note(m, code == 0x04 && s->facts.seen_start, A_CODE);
        note(m, props.seen >> 0x11 & 1 && s->facts.seen_start, A_PROPERTY_PLACE);
    } else {
        bool never = s->seen & SEEN_CONNECT && !(s->seen & EXPIRES);
        note(m, props.expiry && never, A_PROPERTY_VALUE); /* 3.14.2.2.2 */
    }
    return tt_reader_ok(r);
}

/* True when the octets are a list of filters, to the end: tells 3.x from 5 without CONNECT. */
static bool fits(struct tt_reader r, bool options)
{
    do {
        struct tt_bytes b = string(&r);
        tt_read_skip(&r, options);
        if (b.n == 0) {
            return false;
        }
    } while (tt_reader_left(&r) > 0);
    return tt_reader_ok(&r);
}

static bool subscribe(struct state *s, struct tt_reader *r, struct tt_msg *m, uint8_t octet,
                      bool whole)
{
    bool options = m->kind == SUBSCRIBE;
    uint16_t id = packet_id(r, m, whole);
    struct block props = {0};
    if (!(s->seen & SEEN_CONNECT) && whole) {
        struct tt_reader in = *r;
        tt_read_skip(&in, tt_read_u8(&in)); /* property length */
        s->version = fits(*r, options) ? 0 : fits(in, options) ? 5 : s->version;
    }
    if (s->version == 5) {
        properties(s, r, m, m->kind, &props);
    }
    uint32_t count = 0;
    for (; tt_reader_left(r) > 0; count++) {
        struct tt_bytes filter = string(r);
        tt_put_bytes(m, r, options ? F_SUB_TOPIC : F_UNSUB_TOPIC, filter);
        bool shared = tt_reader_ok(r) && judge_filter(m, filter, s->version == 5);
        if (options) {
            uint8_t o = tt_read_u8(r), forbidden = s->version == 5 ? 0xc0 : 0xfc;
            tt_put_uint(m, r, F_SUB_QOS, o & 3);
            tt_put_uint(m, r, s->version == 5 ? F_SUB_OPTIONS : F_SUB_QOS_OCTET, o);
            note(m, (o & 3) == 3, A_QOS);
            note(m, o & forbidden || (o & 0x30) == 0x30 || (shared && o & 4), A_SUB_OPTIONS);
        }
    }
    note(m, count == 0 && whole && tt_reader_ok(r), A_EMPTY_LIST);
    ask(s, m, id, whole ? count : 0, octet & 8);
    return tt_reader_ok(r);
}

static bool suback(struct state *s, struct tt_reader *r, struct tt_msg *m, bool whole)
{
    bool granted = m->kind == SUBACK, before = s->seen & SEEN_CONNECT && s->version < 5;
    uint16_t id = packet_id(r, m, whole);
    uint16_t wanted = answer(s, m, granted ? SUBSCRIBE : UNSUBSCRIBE, id, true);
    struct block props = {0};
    if (s->version == 5) {
        properties(s, r, m, m->kind, &props);
    } else if (!granted) {
        return tt_reader_ok(r);
    }
    uint32_t count = 0;
    for (; tt_reader_left(r) > 0; count++) {
        uint8_t code = tt_read_u8(r);
        tt_put_uint(m, r, granted ? F_GRANTED : F_UNSUB_CODE, code);
        if (granted) {
            tt_put_uint(m, r, before ? F_SUBACK_QOS : F_SUBACK_REASON, code);
        }
        bool old = code < 3 || (code == 0x80 && s->version != 3);
        note(m, s->version == 5 ? !reason_known(m->kind, code) : !old && s->version, A_CODE);
    }
    note(m, count == 0 && whole && tt_reader_ok(r), A_EMPTY_LIST);
    note(m, count && wanted && count != wanted && whole && judged(s), A_CODE_COUNT);
    return tt_reader_ok(r);
}

/* --- Every packet ---------------------------------------------------------------------------- */

static const uint8_t fixed_flags[16] = {[PUBREL] = 2, [SUBSCRIBE] = 2, [UNSUBSCRIBE] = 2};

static bool wrong_side(const struct state *s, const struct tt_msg *m)
{
    const uint32_t client = IN(CONNECT) | IN(SUBSCRIBE) | IN(UNSUBSCRIBE) | IN(PINGREQ);
    const uint32_t server = IN(CONNACK) | IN(SUBACK) | IN(UNSUBACK) | IN(PINGRESP);
    uint32_t wrong = m->direction == TT_TO_SERVER ? server : client;
    wrong |= m->direction == TT_TO_CLIENT && s->version < 5 ? IN(DISCONNECT) : 0;
    return s->facts.seen_start && wrong & IN(m->kind);
}

static void judge_flags(const struct state *s, struct tt_msg *m, uint8_t flags)
{
    uint8_t want = fixed_flags[m->kind];
    if (m->kind == PUBLISH) {
        note(m, (flags & 14) == 8, A_FIXED_FLAGS); /* sent again what is never sent again */
        return;
    }
    /* 3.1: DUP may be set, and what has no flags is not looked at. */
    bool lenient = s->version == 0 || s->version == 3;
    note(m, lenient ? want && (flags & 7) != want : flags != want, A_FIXED_FLAGS);
}

static bool body(struct state *s, struct tt_reader *r, struct tt_msg *m, uint8_t octet, bool whole)
{
    switch (m->kind) {
    case CONNECT:
        return connect(s, r, m);
    case CONNACK:
        return connack(s, r, m);
    case PUBLISH:
        return publish(s, r, m, octet, whole);
    case PUBACK:
    case PUBREC:
    case PUBREL:
    case PUBCOMP:
        return acknowledge(s, r, m, whole);
    case SUBSCRIBE:
    case UNSUBSCRIBE:
        return subscribe(s, r, m, octet, whole);
    case SUBACK:
    case UNSUBACK:
        return suback(s, r, m, whole);
    case DISCONNECT:
    case AUTH:
        return leave(s, r, m);
    default:
        return true;
    }
}

/* Every packet that is not plain. A packet of the wrong side teaches nothing. */
static bool packet_body(struct state *s, struct tt_reader *r, struct tt_msg *m, uint8_t octet,
                        bool whole)
{
    struct state scratch;
    if (wrong_side(s, m)) {
        note(m, true, A_DIRECTION);
        scratch = *s;
        s = &scratch;
    }
    bool good = body(s, r, m, octet, whole);
    judge_flags(s, m, octet & 15);
    note(m, m->kind == 0, A_UNASSIGNED);
    note(m, good && whole && m->kind && tt_reader_left(r) > 0, A_TRAILING);
    return good;
}

static bool packet(struct state *s, struct tt_reader *r, struct tt_msg *m, bool whole)
{
    bool nonminimal = false;
    uint8_t octet = tt_read_u8(r), kind = octet >> 4;
    uint32_t length = varint(r, &nonminimal), octets = tt_reader_offset(r) + length;
    m->kind = kind;
    m->tx_role = TT_TX_ALONE;
    if (!tt_reader_ok(r) || (whole && tt_reader_left(r) != length)) {
        note(m, r->error == TT_READ_INVALID, A_OVERLONG);
        return false;
    }
    if (kind == PUBLISH) {
        header(m, octet, length, F_QOS, F_RETAIN, F_DUP);
    } else if (s->version == 3 && fixed_flags[kind]) { /* 3.1 gives their flags a meaning */
        header(m, octet, length, F_QOS, F_RETAIN_FIXED, F_DUP);
    } else {
        header(m, octet, length, F_QOS_FIXED, F_RETAIN_FIXED, F_DUP_FIXED);
    }
    if (s->seen & SEEN_CONNECT && kind != CONNECT) {
        tt_put_uint(m, r, F_VERSION, s->level);
    }
    bool good = packet_body(s, r, m, octet, whole);
    bool first = judged(s) && !(s->seen & SEEN_CONNECT);
    note(m, first && kind != CONNECT && kind != CONNACK, A_UNINTRODUCED);
    note(m, too_large(s, m, octets), A_TOO_LARGE);
    note(m, nonminimal && s->version == 5, A_NONMINIMAL);
    return good;
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    return plain_packet(state, r, m) || packet(state, r, m, true);
}

static void parse_head(void *state, struct tt_reader *r, struct tt_msg *m)
{
    (void)packet(state, r, m, false);
}

static void gap(void *state, enum tt_direction direction)
{
    struct state *s = state;
    s->forget |= (uint8_t)(1u << direction);
    memset(s->waiting, 0, sizeof s->waiting);
    s->seen |= (uint8_t)(LOST | ALIAS_LOST << direction);
}

/* Octets of the fixed header, and *length; 0 = more are needed, -1 = a fifth length octet. */
static __attribute__((noinline)) int fixed_header(struct tt_bytes have, uint32_t *length)
{
    *length = 0;
    for (uint32_t i = 1; i < have.n && i < 5; i++) {
        *length |= (uint32_t)(have.p[i] & 127) << 7 * (i - 1);
        if (have.p[i] < 128) {
            return (int)i + 1;
        }
    }
    return have.n > 4 ? -1 : 0;
}

/* Apart, so that the usual unit needs no frame. */
static __attribute__((noinline)) int64_t long_length(struct tt_bytes have)
{
    uint32_t length;
    int n = fixed_header(have, &length);
    return n > 0 ? (int64_t)n + length : n;
}

static int64_t unit_length(const void *state, struct tt_bytes have, uint32_t seen,
                           enum tt_direction direction)
{
    (void)state, (void)seen, (void)direction;
    if (have.n >= 2 && have.p[1] < 128) { /* nearly always */
        return 2 + have.p[1];
    }
    if (have.n >= 3 && have.p[2] < 128) {
        return 3 + (have.p[1] & 127) + (have.p[2] << 7);
    }
    return long_length(have);
}

/* --- Probing --------------------------------------------------------------------------------- */

static enum tt_probe probe_connect(uint8_t octet, uint32_t length, struct tt_bytes b)
{
    static const char names[2][9] = {"\0\4MQTT", "\0\6MQIsdp"};
    for (unsigned i = 0; i < 2 && length > 2; i++) {
        uint32_t n = i ? 8 : 6;
        if (b.n == 0 || memcmp(b.p, names[i], b.n < n ? b.n : n) == 0) {
            return b.n > n && length >= 12 ? TT_PROBE_YES : TT_PROBE_MAYBE;
        }
    }
    /* A made-up name: only what the server answers can tell. */
    bool odd = octet != 0x10 || length < 11 || (b.n > 0 && b.p[0]) ||
               (b.n > 1 && (b.p[1] == 0 || b.p[1] > 23));
    for (uint32_t i = 2; !odd && i < b.n && i < 2u + b.p[1]; i++) {
        uint8_t letter = b.p[i] | 0x20;
        odd = (letter < 'a' || letter > 'z') && (b.p[i] < '0' || b.p[i] > '9');
    }
    return odd ? TT_PROBE_NO : TT_PROBE_MAYBE;
}

static bool first_octet(uint8_t octet)
{
    unsigned kind = octet >> 4, flags = octet & 15, want = fixed_flags[kind];
    if (kind == PUBLISH) {
        return (flags & 6) != 6 && (flags & 14) != 8;
    }
    return kind == CONNECT || (kind && (flags == want || (want && flags == (want | 8))));
}

/* What may stand in a packet other than CONNECT, as far as it is here. */
static bool plausible(uint8_t octet, uint32_t length, struct tt_bytes b)
{
    static const uint8_t least[16] = {0, 0, 2, 2, 2, 2, 2, 2, 5, 3, 4, 2, 0, 0, 0, 0};
    unsigned kind = octet >> 4;
    uint32_t first = b.n < 2 ? 1 : (uint32_t)b.p[0] << 8 | b.p[1];
    if (length < least[kind]) {
        return false;
    }
    switch (kind) {
    case CONNACK:
        return b.n < 2 || (b.p[0] <= 1 && (b.p[1] <= 5 || reason_known(kind, b.p[1])));
    case PUBLISH:
        for (uint32_t i = 2; i < b.n && i < first + 2; i++) {
            if (b.p[i] < 0x20 || b.p[i] == 0x7f || b.p[i] == '+' || b.p[i] == '#') {
                return false;
            }
        }
        return b.n < 2 || length - 2 >= first;
    case PINGREQ:
    case PINGRESP:
        return length == 0;
    case DISCONNECT:
    case AUTH:
        return b.n == 0 || length == 0 || reason_known(kind, b.p[0]);
    default:
        return first != 0 &&
               (kind > PUBCOMP || length == 2 || b.n < 3 || reason_known(kind, b.p[2]));
    }
}

static enum tt_probe probe(struct tt_bytes head, enum tt_direction direction)
{
    (void)direction; /* of a flow that is joined later it is a guess */
    for (unsigned units = 0; head.n > 0; units++) {
        uint32_t length;
        int n = fixed_header(head, &length);
        if (n < 0 || !first_octet(head.p[0])) {
            return TT_PROBE_NO;
        }
        if (n == 0 || units == 3) {
            return units == 3 ? TT_PROBE_YES : TT_PROBE_MAYBE;
        }
        struct tt_bytes body = {head.p + n, head.n - (uint32_t)n};
        body.n = body.n < length ? body.n : length;
        if (head.p[0] >> 4 == CONNECT) {
            return probe_connect(head.p[0], length, body);
        }
        if (!plausible(head.p[0], length, body)) {
            return TT_PROBE_NO;
        }
        head = (struct tt_bytes){body.p + body.n, head.n - (uint32_t)n - body.n};
        if (body.n < length) {
            break;
        }
        if (units == 2) {
            return TT_PROBE_YES;
        }
    }
    return TT_PROBE_MAYBE;
}

static const uint16_t ports[] = {1883, 8883, 1884, 0};

static const struct tt_field_says facts[] = {
    {F_CLIENT_ID, TT_IS_CLIENT_ID}, {F_ASSIGNED, TT_IS_CLIENT_ID}, {0, TT_NO_FACT}};

const struct tt_dissector tt_dissector_mqtt = {
    .name = "mqtt",
    .doc = "MQTT 3.1, 3.1.1 and 5.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .facts = facts,
    .n_anomalies = N_ODDITIES,
    .ports = ports,
    .transport = TT_TCP,
    .state_size = sizeof(struct state),
    .more_size = sizeof(struct topics),
    .max_unit = 1u << 20,
    .probe = probe,
    .unit_length = unit_length,
    .parse = parse,
    .parse_head = parse_head,
    .gap = gap,
};
