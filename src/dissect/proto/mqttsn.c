/* SPDX-License-Identifier: BSD-3-Clause
 *
 * MQTT-SN 1.2 (Stanford-Clark, Truong, 2013): every message type, also behind forwarders. Owns the
 * names of its fields and oddities and, for each flow, the topics behind numbers and the state of
 * the client that speaks for itself. Numbers given before the capture, or more than are remembered,
 * stay numbers. Of clients behind a forwarder only the topics are remembered.
 */
#include "dissect/proto/mqttsn_probe.h"

enum {
    FLAG_DUP = 0x80,
    FLAG_QOS = 0x60,
    FLAG_RETAIN = 0x10,
    FLAG_WILL = 0x08,
    FLAG_CLEAN = 0x04,
    FLAG_TOPIC = 0x03,
    NORMAL = 0,
    PREDEFINED = 1,
    SHORT = 2,
    CLIENT_MAX = 23,
};

/* A message: body behind its type. */
struct body {
    struct tt_reader r;
    uint16_t node; /* who, behind a forwarder */
    bool forwarded;
};

/* --- Texts and flags ------------------------------------------------------------------------- */

static bool holds(struct tt_bytes b, char c)
{
    return b.n && memchr(b.p, c, b.n);
}

static void judge_topic(struct tt_msg *m, struct tt_bytes b, bool filter)
{
    note(m, holds(b, 0) || !tt_bytes_utf8(b), A_UTF8);
    note(m, !filter && (holds(b, '+') || holds(b, '#')), A_WILDCARD);
    note(m, b.n == 0, A_EMPTY_TOPIC);
}

/* Flags; those that the type uses, by mask. */
static uint8_t put_flags(struct body *b, struct tt_msg *m, uint8_t used)
{
    uint8_t f = tt_read_u8(&b->r);
    bool publish = m->kind == TYPE_PUBLISH;
    if (used & FLAG_DUP) {
        tt_put_uint(m, &b->r, publish ? F_DUP : F_DUP_HIDDEN, f >> 7);
    }
    if (used & FLAG_QOS) {
        tt_put_uint(m, &b->r, publish ? F_QOS : F_QOS_HIDDEN, f >> 5 & 3);
    }
    if (used & FLAG_RETAIN) {
        tt_put_uint(m, &b->r, publish ? F_RETAIN : F_RETAIN_HIDDEN, f >> 4 & 1);
    }
    if (used & FLAG_WILL) {
        tt_put_uint(m, &b->r, F_WILL, f >> 3 & 1);
        tt_put_uint(m, &b->r, F_CLEAN, f >> 2 & 1);
    }
    tt_put_uint(m, &b->r, used & FLAG_TOPIC ? F_TOPIC_TYPE : F_TOPIC_TYPE_HIDDEN, f & 3);
    note(m, f & ~used, A_FLAGS);
    note(m, (f & FLAG_QOS) == FLAG_QOS && used & FLAG_QOS && !publish, A_QOS);
    note(m, used & FLAG_TOPIC && (f & 3) == 3, A_TOPIC_TYPE);
    return f;
}

static uint16_t put_msg_id(struct body *b, struct tt_msg *m, bool needed)
{
    uint16_t id = tt_read_u16(&b->r);
    tt_put_uint(m, &b->r, F_MSG_ID, id);
    note(m, needed && id == 0 && tt_reader_ok(&b->r), A_NO_MSG_ID);
    return id;
}

static uint8_t put_code(struct body *b, struct tt_msg *m)
{
    uint8_t code = tt_read_u8(&b->r);
    tt_put_uint(m, &b->r, F_CODE, code);
    note(m, code > 3, A_CODE);
    return code;
}

static void put_client(struct body *b, struct tt_msg *m)
{
    struct tt_bytes id = tt_read_rest(&b->r);
    tt_put_bytes(m, &b->r, F_CLIENT_ID, id);
    note(m, id.n == 0, A_CLIENT_EMPTY);
    note(m, id.n > CLIENT_MAX, A_CLIENT_LONG);
    note(m, holds(id, 0) || !tt_bytes_utf8(id), A_UTF8);
}

/* Text of the message's own, as long as it lives. */
static struct tt_bytes made(struct tt_msg *m, const void *p, uint32_t n)
{
    uint8_t *to = tt_msg_make(m, n);
    if (to) {
        memcpy(to, p, n);
    }
    return (struct tt_bytes){to, to ? n : 0};
}

/* --- Pairing --------------------------------------------------------------------------------- */

/* Clients behind one forwarder number their messages each by itself. */
static uint32_t key_of(const struct body *b, uint32_t type, uint32_t number)
{
    return (uint32_t)(b->node & 0x3ff) << 22 | type << 16 | number;
}

static void ask(const struct body *b, struct tt_msg *m, uint32_t number)
{
    tt_msg_open(m, key_of(b, m->kind, number));
}

static void answer(const struct body *b, struct tt_msg *m, uint32_t type, uint32_t number)
{
    tt_msg_answer(m, key_of(b, type, number), (enum tt_direction) !m->direction, true);
}

/* --- Session --------------------------------------------------------------------------------- */

static void judge_session(const struct state *s, const struct body *b, struct tt_msg *m)
{
    bool to_client = s->session != UNKNOWN && m->direction != s->client;
    if (b->forwarded || to_client) {
        return;
    }
    bool away = s->session == GONE || s->session == REFUSED;
    note(m, away || (s->session == UNKNOWN && s->facts.seen_start), A_UNINTRODUCED);
    note(m, s->session == ASLEEP, A_ASLEEP);
}

static bool connect(struct state *s, struct body *b, struct tt_msg *m)
{
    uint8_t f = put_flags(b, m, FLAG_WILL | FLAG_CLEAN), protocol = tt_read_u8(&b->r);
    tt_put_uint(m, &b->r, F_PROTOCOL, protocol);
    uint16_t seconds = tt_read_u16(&b->r);
    tt_put_uint(m, &b->r, F_KEEP_ALIVE, seconds);
    note(m, protocol != 1, A_PROTOCOL);
    put_client(b, m);
    ask(b, m, 0);
    if (!tt_reader_ok(&b->r)) {
        return false;
    }
    if (f & FLAG_CLEAN) {
        topics_forget(s, m, b->node);
    }
    if (!b->forwarded) {
        s->session = CONNECTING;
        s->client = m->direction;
        s->leaving = false;
        s->whole |= (f & FLAG_CLEAN) != 0;
    }
    return true;
}

static bool connack(struct state *s, struct body *b, struct tt_msg *m)
{
    uint8_t code = put_code(b, m);
    answer(b, m, TYPE_CONNECT, 0);
    m->claim |= code ? TT_CLAIM_REFUSED : 0;
    if (!b->forwarded && s->session == CONNECTING && m->direction != s->client) {
        s->session = code == 0 ? ACTIVE : REFUSED;
    }
    return tt_reader_ok(&b->r);
}

/* The gateway answers the client's; what it sends by itself is answered by nobody. */
static bool disconnect(struct state *s, struct body *b, struct tt_msg *m)
{
    bool sleeps = tt_reader_left(&b->r) > 0, known = !b->forwarded && s->session != UNKNOWN;
    bool client = known ? m->direction == s->client : m->direction == TT_TO_SERVER;
    if (sleeps) {
        uint16_t seconds = tt_read_u16(&b->r);
        tt_put_uint(m, &b->r, F_SLEEP, seconds);
    }
    if (!tt_reader_ok(&b->r)) {
        return false;
    }
    if (client) {
        ask(b, m, 0);
    } else if (b->forwarded || s->leaving || !known) {
        answer(b, m, TYPE_DISCONNECT, 0);
    }
    if (known && client) {
        s->session = sleeps ? ASLEEP : GONE;
        s->leaving = true;
    } else if (known && !s->leaving) {
        s->session = GONE;
    } else if (known) {
        s->leaving = false;
    }
    return true;
}

static bool ping(struct state *s, struct body *b, struct tt_msg *m)
{
    bool own = !b->forwarded && s->session != UNKNOWN;
    if (m->kind == TYPE_PINGREQ) {
        ask(b, m, 0);
        if (tt_reader_left(&b->r)) {
            put_client(b, m);
            s->session = own && s->session == ASLEEP ? AWAKE : s->session;
        }
    } else {
        answer(b, m, TYPE_PINGREQ, 0);
        s->session = own && s->session == AWAKE ? ASLEEP : s->session;
    }
    return true;
}

/* --- Topics ---------------------------------------------------------------------------------- */

static bool enrol(struct state *s, struct body *b, struct tt_msg *m)
{
    uint16_t id = tt_read_u16(&b->r);
    tt_put_uint(m, &b->r, F_TOPIC_ID, id);
    uint16_t msg_id = put_msg_id(b, m, true);
    struct tt_bytes topic = tt_read_rest(&b->r);
    tt_put_bytes(m, &b->r, F_REGISTERED, topic);
    ask(b, m, msg_id);
    if (!tt_reader_ok(&b->r)) {
        return false;
    }
    judge_topic(m, topic, false);
    judge_session(s, b, m);
    if (topic.n) { /* the gateway gives the number at once, the client asks for one */
        topic_keep(s, m, id ? BOUND : REGISTERING, id ? id : msg_id, b->node, topic);
    }
    return true;
}

static bool regack(struct state *s, struct body *b, struct tt_msg *m)
{
    uint16_t id = tt_read_u16(&b->r);
    tt_put_uint(m, &b->r, F_TOPIC_ID, id);
    uint16_t msg_id = put_msg_id(b, m, true);
    uint8_t code = put_code(b, m);
    answer(b, m, TYPE_REGISTER, msg_id);
    if (tt_reader_ok(&b->r)) {
        topic_answered(s, m, REGISTERING, msg_id, b->node, code == 0 ? id : 0);
    }
    return tt_reader_ok(&b->r);
}

/* The topic of a PUBLISH, or what stands for it. */
static void put_topic(struct state *s, struct body *b, struct tt_msg *m, uint8_t type, uint16_t id)
{
    char text[] = "topic/00000";
    uint8_t two[2] = {(uint8_t)(id >> 8), (uint8_t)id};
    struct topic *x = NULL;
    if (type == SHORT) {
        struct tt_bytes topic = made(m, two, 2);
        judge_topic(m, topic, false);
        tt_put_bytes(m, &b->r, F_TOPIC, topic);
        tt_put_bytes(m, &b->r, F_STREAM, topic);
        return;
    }
    if (type == NORMAL) {
        x = topic_find(tt_state_has_more(&s->facts, m), BOUND, id, b->node);
        note(m, !x, s->whole && !b->forwarded ? A_UNKNOWN_TOPIC : A_UNRESOLVED);
    }
    if (x) {
        struct tt_bytes topic = made(m, x->text, x->n);
        tt_put_bytes(m, &b->r, F_TOPIC, topic);
        tt_put_bytes(m, &b->r, F_STREAM, topic);
        return;
    }
    for (unsigned i = 10, v = id; i > 5; i--, v /= 10) {
        text[i] = (char)('0' + v % 10);
    }
    tt_put_bytes(m, &b->r, F_STREAM, made(m, text, sizeof text - 1));
}

static bool publish(struct state *s, struct body *b, struct tt_msg *m)
{
    uint8_t f = put_flags(b, m, FLAG_DUP | FLAG_QOS | FLAG_RETAIN | FLAG_TOPIC);
    unsigned qos = f >> 5 & 3;
    uint16_t id = tt_read_u16(&b->r);
    tt_put_uint(m, &b->r, F_TOPIC_ID, id);
    uint16_t msg_id = put_msg_id(b, m, qos == 1 || qos == 2);
    if (!tt_reader_ok(&b->r)) {
        return false;
    }
    put_topic(s, b, m, f & FLAG_TOPIC, id);
    struct tt_bytes payload = tt_read_rest(&b->r);
    tt_put_bytes(m, &b->r, F_PAYLOAD, payload);
    bool own = !b->forwarded && s->session != UNKNOWN, client = own && m->direction == s->client;
    if (qos == 3) {
        note(m, true, A_UNCONNECTED);
    } else {
        judge_session(s, b, m);
    }
    note(m, own && !client && s->session == ASLEEP, A_TO_SLEEPER);
    if (qos == 1 || qos == 2) {
        ask(b, m, msg_id);
    }
    return true;
}

static bool subscribe(struct state *s, struct body *b, struct tt_msg *m)
{
    bool want = m->kind == TYPE_SUBSCRIBE;
    uint8_t used = want ? FLAG_DUP | FLAG_QOS | FLAG_TOPIC : FLAG_TOPIC;
    uint8_t f = put_flags(b, m, used), type = f & FLAG_TOPIC;
    uint16_t msg_id = put_msg_id(b, m, true);
    struct tt_bytes topic = tt_read_rest(&b->r);
    ask(b, m, msg_id);
    judge_session(s, b, m);
    if (type == PREDEFINED || type == 3) {
        tt_put_bytes(m, &b->r, F_FILTER_HIDDEN, topic);
        if (topic.n < 2) {
            return false;
        }
        tt_put_uint(m, &b->r, F_TOPIC_ID_HIDDEN, (uint64_t)topic.p[0] << 8 | topic.p[1]);
        note(m, topic.n > 2, A_TRAILING);
        return true;
    }
    tt_put_bytes(m, &b->r, F_FILTER, topic);
    judge_topic(m, topic, true);
    note(m, type == SHORT && topic.n > 2, A_TRAILING);
    if (type == SHORT && topic.n < 2) {
        return false;
    }
    if (want && type == NORMAL && topic.n && !holds(topic, '+') && !holds(topic, '#')) {
        topic_keep(s, m, SUBSCRIBING, msg_id, b->node, topic);
    }
    return true;
}

static bool suback(struct state *s, struct body *b, struct tt_msg *m)
{
    put_flags(b, m, FLAG_QOS);
    uint16_t id = tt_read_u16(&b->r);
    tt_put_uint(m, &b->r, F_TOPIC_ID, id);
    uint16_t msg_id = put_msg_id(b, m, true);
    uint8_t code = put_code(b, m);
    answer(b, m, TYPE_SUBSCRIBE, msg_id);
    if (tt_reader_ok(&b->r)) {
        topic_answered(s, m, SUBSCRIBING, msg_id, b->node, code == 0 ? id : 0);
    }
    return tt_reader_ok(&b->r);
}

/* PUBACK refuses any PUBLISH and completes one of QoS 1; PUBREC to PUBCOMP carry on QoS 2. */
static bool acknowledge(struct body *b, struct tt_msg *m)
{
    enum tt_direction asker = (enum tt_direction) !m->direction;
    if (m->kind == TYPE_PUBACK) {
        uint16_t id = tt_read_u16(&b->r);
        tt_put_uint(m, &b->r, F_TOPIC_ID, id);
    }
    uint16_t msg_id = put_msg_id(b, m, m->kind != TYPE_PUBACK);
    if (m->kind == TYPE_PUBACK) {
        put_code(b, m);
    }
    asker = m->kind == TYPE_PUBREL ? (enum tt_direction)m->direction : asker;
    bool last = m->kind == TYPE_PUBACK || m->kind == TYPE_PUBCOMP;
    tt_msg_answer(m, key_of(b, TYPE_PUBLISH, msg_id), asker, last);
    return tt_reader_ok(&b->r);
}

/* --- Wills and gateways ---------------------------------------------------------------------- */

static bool will(struct state *s, struct body *b, struct tt_msg *m)
{
    bool update = m->kind == TYPE_WILLTOPICUPD || m->kind == TYPE_WILLMSGUPD;
    if (update) {
        ask(b, m, 0);
        judge_session(s, b, m);
    } else {
        tt_msg_answer(m, key_of(b, TYPE_CONNECT, 0), (enum tt_direction)m->direction, false);
    }
    if (m->kind == TYPE_WILLMSG || m->kind == TYPE_WILLMSGUPD) {
        struct tt_bytes text = tt_read_rest(&b->r);
        tt_put_bytes(m, &b->r, F_WILL_MESSAGE, text);
        return true;
    }
    if (tt_reader_left(&b->r) == 0) {
        return true; /* deletes the will */
    }
    put_flags(b, m, FLAG_QOS | FLAG_RETAIN);
    struct tt_bytes topic = tt_read_rest(&b->r);
    tt_put_bytes(m, &b->r, F_WILL_TOPIC, topic);
    judge_topic(m, topic, false);
    return true;
}

static bool gateway(struct body *b, struct tt_msg *m)
{
    uint8_t number = tt_read_u8(&b->r);
    tt_put_uint(m, &b->r, m->kind == TYPE_SEARCHGW ? F_SEARCH : F_GATEWAY, number);
    if (m->kind == TYPE_ADVERTISE) {
        uint16_t seconds = tt_read_u16(&b->r);
        tt_put_uint(m, &b->r, F_INTERVAL, seconds);
    } else if (m->kind == TYPE_GWINFO && tt_reader_left(&b->r)) {
        tt_put_bytes(m, &b->r, F_ADDRESS, tt_read_rest(&b->r));
    }
    return tt_reader_ok(&b->r);
}

/* --- Every message --------------------------------------------------------------------------- */

static bool message(struct state *s, struct body *b, struct tt_msg *m)
{
    switch (m->kind) {
    case TYPE_ADVERTISE:
    case TYPE_SEARCHGW:
    case TYPE_GWINFO:
        return gateway(b, m);
    case TYPE_CONNECT:
        return connect(s, b, m);
    case TYPE_CONNACK:
        return connack(s, b, m);
    case TYPE_WILLTOPICREQ:
    case TYPE_WILLMSGREQ:
        tt_msg_answer(m, key_of(b, TYPE_CONNECT, 0), (enum tt_direction) !m->direction, false);
        return true;
    case TYPE_WILLTOPIC:
    case TYPE_WILLMSG:
    case TYPE_WILLTOPICUPD:
    case TYPE_WILLMSGUPD:
        return will(s, b, m);
    case TYPE_WILLTOPICRESP:
    case TYPE_WILLMSGRESP:
        put_code(b, m);
        answer(b, m, m->kind - 1u, 0);
        return tt_reader_ok(&b->r);
    case TYPE_REGISTER:
        return enrol(s, b, m);
    case TYPE_REGACK:
        return regack(s, b, m);
    case TYPE_PUBLISH:
        return publish(s, b, m);
    case TYPE_PUBACK:
    case TYPE_PUBREC:
    case TYPE_PUBREL:
    case TYPE_PUBCOMP:
        return acknowledge(b, m);
    case TYPE_SUBSCRIBE:
    case TYPE_UNSUBSCRIBE:
        return subscribe(s, b, m);
    case TYPE_SUBACK:
        return suback(s, b, m);
    case TYPE_UNSUBACK:
        answer(b, m, TYPE_UNSUBSCRIBE, put_msg_id(b, m, true));
        return tt_reader_ok(&b->r);
    case TYPE_PINGREQ:
    case TYPE_PINGRESP:
        return ping(s, b, m);
    case TYPE_DISCONNECT:
        return disconnect(s, b, m);
    default:
        tt_read_skip(&b->r, tt_reader_left(&b->r));
        note(m, true, A_TYPE);
        return true;
    }
}

/* What forwarders put around a message (5.5); the length is only that of what they put. */
static bool unwrap(struct tt_reader *r, struct tt_msg *m, struct body *b, struct head *h)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (unsigned i = 0; h->type == TYPE_ENCAPSULATED; i++) {
        uint8_t radius = tt_read_u8(r);
        struct tt_bytes node = tt_read_bytes(r, h->length - h->octets - 1);
        if (!tt_reader_ok(r) || i == FORWARDERS) {
            note(m, i == FORWARDERS, A_NESTED);
            return false;
        }
        tt_put_uint(m, r, F_OUTER, h->type);
        tt_put_uint(m, r, F_OUTER_LENGTH, h->length);
        if (i == 0) {
            tt_put_uint(m, r, F_RADIUS, radius & 3u);
            tt_put_bytes(m, r, F_NODE, node);
        }
        for (uint32_t k = 0; k < node.n; k++) {
            hash = (hash ^ node.p[k]) * 16777619u;
        }
        b->node = (uint16_t)(hash ^ hash >> 16);
        b->forwarded = true;
        *h = read_head(r);
        if (h->length == 0) {
            return false;
        }
    }
    return true;
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    struct body b = {.node = 0};
    m->tx_role = TT_TX_ALONE;
    m->kind = KIND_RESERVED;
    struct head h = read_head(r);
    if (h.length == 0 || !unwrap(r, m, &b, &h)) {
        return false;
    }
    uint32_t left = tt_reader_left(r), size = h.length - h.octets;
    m->kind = h.type < KIND_RESERVED ? h.type : KIND_RESERVED;
    tt_put_uint(m, r, F_TYPE, h.type);
    tt_put_uint(m, r, F_LENGTH, h.length);
    note(m, h.octets == 4 && h.length < 256, A_NONMINIMAL);
    note(m, size != left, A_LENGTH);
    b.r = tt_read_sub(r, size < left ? size : left);
    tt_read_skip(r, tt_reader_left(r));
    bool good = message(state, &b, m) && tt_reader_ok(&b.r);
    m->claim = b.forwarded ? 0 : m->claim; /* a forwarder's address is not the client's */
    note(m, good && tt_reader_left(&b.r), A_TRAILING);
    return good;
}

static const struct tt_field_says facts[] = {{F_CLIENT_ID, TT_IS_CLIENT_ID}, {0, TT_NO_FACT}};
static const uint16_t ports[] = {1883, 1884, 1885, 2442, 10000, 0};

const struct tt_dissector tt_dissector_mqttsn = {
    .name = "mqttsn",
    .doc = "MQTT-SN 1.2, also behind forwarders; topics of registered numbers.",
    .kinds = kinds,
    .fields = fields,
    .facts = facts,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .n_anomalies = N_ODDITIES,
    .ports = ports,
    .transport = TT_UDP,
    .state_size = sizeof(struct state),
    .more_size = sizeof(struct topics),
    .max_unit = 65535,
    .probe = probe,
    .confirm = confirm,
    .parse = parse,
};
