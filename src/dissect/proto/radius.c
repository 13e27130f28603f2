/* SPDX-License-Identifier: BSD-3-Clause
 *
 * RADIUS over UDP (RFC 2865, 2866, 2869, 5176, 5997, 6929) with the attributes of 3GPP (TS 29.061,
 * 16.4.7): who is behind an address, what it has used, and what of it could be forged. Owns the
 * names of its fields and oddities and, for each flow, which requests were sent under which
 * identifier. Never knows the shared secret, so no proof is verified here.
 */
#include "dissect/proto/radius_values.h"

enum {
    ACCESS_REQUEST = 1,
    ACCESS_ACCEPT = 2,
    ACCESS_REJECT = 3,
    ACCOUNTING_REQUEST = 4,
    ACCOUNTING_RESPONSE = 5,
    ACCESS_CHALLENGE = 11,
    STATUS_SERVER = 12,
    PROTOCOL_ERROR = 52,
    HEAD = 20,
    PACKET_MAX = 4096,
    PROXIES_MAX = 8,
    PROXY_OCTETS_MAX = 199,
    PADDING = 64,
};

struct state {
    struct tt_flow_facts facts;
};

/* What was asked under an identifier, in the flow's further octets. */
struct asked {
    struct {
        uint32_t fold; /* of the authenticator */
        uint8_t code;  /* of the request, 0 = none yet */
        uint8_t direction, answered, reserved;
    } by_id[256];
};

/* What is told of all attributes together. */
struct packet {
    uint32_t proxies, proxy_octets, attributes, first;
    uint8_t code;
    bool eap, password, chap, misplaced;
};

/* --- Codes ----------------------------------------------------------------------------------- */

/* The request that a code answers, the code itself where it is a request; 0 = neither. */
static uint8_t question_of(uint8_t code)
{
    static const uint8_t questions[64] = {
        [1] = 1,   [2] = 1,   [3] = 1,   [4] = 4,   [5] = 4,   [7] = 7,   [8] = 7,   [9] = 7,
        [11] = 1,  [12] = 12, [21] = 21, [22] = 21, [23] = 23, [24] = 23, [26] = 26, [27] = 26,
        [33] = 33, [34] = 33, [40] = 40, [41] = 40, [42] = 40, [43] = 43, [44] = 43, [45] = 43,
    };
    return code < sizeof questions ? questions[code] : 0;
}

static bool named(const struct tt_name *names, uint64_t v)
{
    while (names->name && names->value != v) {
        names++;
    }
    return names->name != NULL;
}

/* --- Attributes ------------------------------------------------------------------------------ */

/* Octets that tell a secret, or let one be guessed. */
static bool secret(uint8_t type, uint32_t vendor, uint32_t vendor_type)
{
    static const uint8_t types[] = {2, 3, 60, 69, 70, 84, 103, 106, 112, 121, 143};
    bool keys_of_3gpp2 =
        vendor == 5535 && (vendor_type == 3 || vendor_type == 54 || vendor_type == 58);
    return memchr(types, type, sizeof types) || vendor == VENDOR_MICROSOFT || vendor == 24757 ||
           keys_of_3gpp2;
}

struct other {
    uint32_t extended, vendor, vendor_type; /* 0 = none */
    uint8_t type;
};

static void put_other(const struct tt_reader *r, struct tt_msg *m, struct other o,
                      struct tt_bytes b)
{
    uint64_t name =
        o.vendor ? (uint64_t)o.vendor << 16 | o.vendor_type : (uint64_t)o.extended << 8 | o.type;
    tt_put_uint(m, r, F_OTHER, o.type);
    if (o.extended) {
        tt_put_uint(m, r, F_OTHER_EXTENDED, o.extended);
    }
    if (o.vendor) {
        tt_put_uint(m, r, F_OTHER_VENDOR, o.vendor);
    }
    if (o.vendor_type) {
        tt_put_uint(m, r, F_OTHER_VENDOR_TYPE, o.vendor_type);
    }
    if (named(others, name)) {
        tt_put_uint(m, r, F_OTHER_NAME, name);
    }
    bool hidden = secret(o.type, o.vendor, o.vendor_type);
    tt_put_bytes(m, r, hidden ? F_OTHER_SECRET : F_OTHER_VALUE, b);
}

/* True: it may come once, and came before. Nothing of it is lost. */
static bool again(const struct tt_reader *r, struct tt_msg *m, struct attribute a, struct other o,
                  struct tt_bytes b)
{
    bool list = m->hot[a.row].flags & TT_HOT_LIST, twice = tt_msg_has(m, a.row) && !list;
    if (twice) {
        m->repeated = true;
        put_other(r, m, o, b);
    }
    return twice;
}

static bool all_digits(struct tt_bytes b, uint32_t min, uint32_t max)
{
    bool good = b.n >= min && b.n <= max;
    for (uint32_t i = 0; i < b.n; i++) {
        good = good && b.p[i] >= '0' && b.p[i] <= '9';
    }
    return good;
}

/* Are these types, lengths and values, one behind the other? */
static bool adds_up(struct tt_bytes b)
{
    while (b.n >= 2 && b.p[1] >= 2 && b.p[1] <= b.n) {
        b = (struct tt_bytes){b.p + b.p[1], b.n - b.p[1]};
    }
    return b.n == 0;
}

static void vendor_attributes(const struct tt_reader *r, struct tt_msg *m, uint8_t type,
                              struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    uint32_t vendor = tt_read_u32(&in);
    struct tt_bytes rest = {in.p, tt_reader_left(&in)};
    if (!tt_reader_ok(&in) || rest.n == 0 || !adds_up(rest)) {
        /* vendors may have a form of their own (RFC 2865, 5.26) */
        note(m, !tt_reader_ok(&in) || rest.n == 0 || vendor == VENDOR_3GPP, A_VENDOR);
        put_other(r, m, (struct other){.type = type, .vendor = vendor},
                  tt_reader_ok(&in) ? rest : b);
        return;
    }
    while (tt_reader_left(&in)) {
        uint8_t own = tt_read_u8(&in), length = tt_read_u8(&in);
        struct tt_bytes value = tt_read_bytes(&in, length - 2u);
        struct attribute a = mobile[own];
        struct other o = {.type = type, .vendor = vendor, .vendor_type = own};
        if (vendor != VENDOR_3GPP || a.form == OTHER) {
            put_other(r, m, o, value);
            continue;
        }
        note(m, !again(r, m, a, o, value) && !put_value(r, m, a, value), A_VALUE);
        note(m, a.row == F_IMSI && !all_digits(value, 6, 15), A_IMSI);
        note(m, a.row == F_IMEISV && !all_digits(value, 14, 16), A_IMEISV);
    }
}

/* RFC 6929, 2.1 to 2.4. */
static void extended_attribute(const struct tt_reader *r, struct tt_msg *m, uint8_t type,
                               struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    struct other o = {.type = type, .extended = tt_read_u8(&in)};
    if (type >= 245) {
        tt_read_skip(&in, 1); /* whether more follows */
    }
    if (o.extended == 26) {
        o.vendor = tt_read_u32(&in);
        o.vendor_type = tt_read_u8(&in);
    }
    note(m, !tt_reader_ok(&in) || o.extended == 0, A_VALUE);
    put_other(r, m, o, tt_read_rest(&in));
}

static void judge_attribute(struct tt_msg *m, struct packet *p, uint8_t type, struct tt_bytes b)
{
    bool accounting = p->code == ACCOUNTING_REQUEST;
    bool answer = p->code == ACCESS_ACCEPT || p->code == ACCESS_REJECT ||
                  p->code == ACCESS_CHALLENGE || p->code == ACCOUNTING_RESPONSE;
    switch (type) {
    case 2:
    case 3:
        note(m, type == 2 ? b.n == 0 || b.n % 16 || b.n > 128 : b.n != 17, A_PASSWORD);
        note(m, accounting || answer, A_MISPLACED); /* RFC 2865, 5.44; RFC 2866, 4.1 */
        p->password |= type == 2;
        p->chap |= type == 3;
        break;
    case 18:
    case 24:
        note(m, accounting, A_MISPLACED); /* RFC 2866, 4.1 */
        break;
    case 33:
        p->proxies++;
        p->proxy_octets += b.n;
        break;
    case 80:
        note(m, b.n != 16, A_VALUE);
        break;
    default:
        note(m, type == 0 || type == 255, A_TYPE);
        break;
    }
}

static void attribute(const struct tt_reader *r, struct tt_msg *m, struct packet *p, uint8_t type,
                      struct tt_bytes b)
{
    struct attribute a = standard[type];
    p->first = p->attributes++ ? p->first : type;
    judge_attribute(m, p, type, b);
    switch ((enum form)a.form) {
    case OTHER:
        put_other(r, m, (struct other){.type = type}, b);
        break;
    case VENDOR:
        vendor_attributes(r, m, type, b);
        break;
    case EXTENDED_TYPE:
        extended_attribute(r, m, type, b);
        break;
    case EAP:
        if (!p->eap) {
            note(m, b.n && !put_eap(r, m, b), A_VALUE);
        }
        p->eap = true;
        break;
    default:
        if (!again(r, m, a, (struct other){.type = type}, b)) {
            note(m, !put_value(r, m, a, b), A_VALUE);
        }
        break;
    }
}

static void attributes(const struct tt_reader *r, struct tt_msg *m, struct packet *p,
                       struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    while (tt_reader_left(&in)) {
        uint8_t type = tt_read_u8(&in), length = tt_read_u8(&in);
        if (tt_reader_ok(&in) && length < 2) {
            note(m, true, A_SHORT);
            return;
        }
        struct tt_bytes value = tt_read_bytes(&in, length - 2u);
        if (!tt_reader_ok(&in)) {
            note(m, true, A_OVERRUN);
            return;
        }
        attribute(r, m, p, type, value);
    }
}

/* --- Every packet ---------------------------------------------------------------------------- */

static uint64_t value_of(const struct tt_msg *m, unsigned row)
{
    for (unsigned i = 0; i < m->n_values && tt_msg_has(m, row); i++) {
        if (m->values[i].field == row) {
            return m->values[i].u;
        }
    }
    return 0;
}

/* What the counters are with how often they passed 2^32 (RFC 2869, 5.1 and 5.2). */
static void put_volume(const struct tt_reader *r, struct tt_msg *m)
{
    if (tt_msg_has(m, F_INPUT) || tt_msg_has(m, F_INPUT_HIGH)) {
        uint64_t high = value_of(m, F_INPUT_HIGH) & UINT32_MAX;
        tt_put_uint(m, r, F_BYTES_IN, high << 32 | (value_of(m, F_INPUT) & UINT32_MAX));
    }
    if (tt_msg_has(m, F_OUTPUT) || tt_msg_has(m, F_OUTPUT_HIGH)) {
        uint64_t high = value_of(m, F_OUTPUT_HIGH) & UINT32_MAX;
        tt_put_uint(m, r, F_BYTES_OUT, high << 32 | (value_of(m, F_OUTPUT) & UINT32_MAX));
    }
}

static void judge(struct tt_msg *m, const struct packet *p)
{
    bool verified = tt_msg_has(m, F_VERIFIER), request = p->code == ACCESS_REQUEST;
    bool nas = tt_msg_has(m, F_NAS_IP) || tt_msg_has(m, F_NAS_IP6) || tt_msg_has(m, F_NAS);
    bool answer =
             p->code == ACCESS_ACCEPT || p->code == ACCESS_REJECT || p->code == ACCESS_CHALLENGE,
         accounting = p->code == ACCOUNTING_REQUEST;
    note(m, request && p->password && p->chap, A_TWO_PASSWORDS);
    note(m, request && !nas, A_NO_NAS);
    note(m, accounting && !tt_msg_has(m, F_STATUS), A_NO_STATUS);
    note(m, accounting && !tt_msg_has(m, F_SESSION), A_NO_SESSION);
    note(m, (request || p->code == STATUS_SERVER) && !verified, A_UNVERIFIED);
    note(m, answer && !verified, A_ANSWER_UNVERIFIED);
    note(m, answer && verified && p->first != 80, A_NOT_FIRST);
    note(m, p->eap && !verified, A_EAP_UNVERIFIED);
    note(m, p->proxies > PROXIES_MAX, A_PROXIES);
    note(m, p->proxy_octets > PROXY_OCTETS_MAX, A_LONG_PROXY);
}

static void ask(struct state *s, const struct tt_reader *r, struct tt_msg *m, uint8_t code,
                uint8_t id, uint32_t fold)
{
    uint32_t key = (uint32_t)code << 8 | id;
    struct asked *asked = tt_state_more(&s->facts, m);
    m->kind = REQUEST;
    if (asked && asked->by_id[id].code == code && asked->by_id[id].fold == fold &&
        asked->by_id[id].direction == m->direction) {
        tt_put_uint(m, r, F_RETRANSMISSION, true);
        if (!asked->by_id[id].answered) {
            tt_msg_answer(m, key, (enum tt_direction)m->direction, false);
            return;
        }
    }
    if (asked) {
        asked->by_id[id].fold = fold;
        asked->by_id[id].code = code;
        asked->by_id[id].direction = m->direction;
        asked->by_id[id].answered = 0;
    }
    tt_msg_open(m, key);
}

/* Status-Server is answered by Accept or by an accounting response (RFC 5997, 4.2 and 4.3). */
static void answer(struct state *s, struct tt_msg *m, uint8_t question, uint8_t code, uint8_t id)
{
    struct asked *asked = tt_state_has_more(&s->facts, m);
    m->kind = RESPONSE;
    if (asked && asked->by_id[id].code && asked->by_id[id].direction != m->direction) {
        uint8_t open = asked->by_id[id].code;
        bool status =
            open == STATUS_SERVER && (code == ACCESS_ACCEPT || code == ACCOUNTING_RESPONSE);
        question = status || code == PROTOCOL_ERROR ? open : question;
        asked->by_id[id].answered |= question == open;
    }
    tt_msg_answer(m, (uint32_t)question << 8 | id, (enum tt_direction) !m->direction, true);
}

static void pair(struct state *s, const struct tt_reader *r, struct tt_msg *m, uint8_t code,
                 uint8_t id, struct tt_bytes authenticator)
{
    uint8_t question = question_of(code);
    uint32_t fold = 0;
    for (uint32_t i = 0; i < authenticator.n; i++) {
        fold = (fold << 5 | fold >> 27) ^ authenticator.p[i];
    }
    m->kind = UNPAIRED;
    m->tx_role = TT_TX_ALONE;
    if (question && question == code) {
        ask(s, r, m, code, id, fold);
    } else if (question || code == PROTOCOL_ERROR) {
        answer(s, m, question, code, id);
    }
}

/* Whether a session is there from now on, or is over (RFC 2866, 5.1). */
static void claim(struct tt_msg *m, uint8_t code)
{
    enum { START = 1, STOP = 2, INTERIM = 3 };
    uint64_t status = value_of(m, F_STATUS);
    if (code == ACCESS_REJECT || code == ACCESS_CHALLENGE) {
        m->claim = TT_CLAIM_REFUSED;
    } else if (code == ACCOUNTING_REQUEST && status == STOP) {
        m->claim |= TT_CLAIM_ENDS;
    } else if ((code == ACCOUNTING_REQUEST && status != START && status != INTERIM) ||
               (code != ACCOUNTING_REQUEST && code != ACCESS_REQUEST && code != ACCESS_ACCEPT)) {
        m->claim = 0; /* another one's, or nobody's */
    }
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    uint32_t size = tt_reader_left(r);
    uint8_t code = tt_read_u8(r), id = tt_read_u8(r);
    uint32_t length = tt_read_u16(r);
    struct tt_bytes authenticator = tt_read_bytes(r, 16);
    struct packet p = {.code = code};
    m->tx_role = TT_TX_ALONE;
    m->kind = UNPAIRED;
    if (!tt_reader_ok(r)) {
        return false;
    }
    tt_put_uint(m, r, F_CODE, code);
    tt_put_uint(m, r, F_ID, id);
    tt_put_uint(m, r, F_LENGTH, length);
    tt_put_bytes(m, r, F_AUTHENTICATOR, authenticator);
    pair(state, r, m, code, id, authenticator);
    note(m, !named(codes, code) && (code < 250 || code > 254), A_CODE);
    note(m, length < HEAD || length > PACKET_MAX, A_LENGTH);
    note(m, length > size, A_BEYOND);
    note(m, length >= HEAD && length < size, A_TRAILING);
    if (length >= HEAD) {
        struct tt_bytes b = tt_read_bytes(r, (length < size ? length : size) - HEAD);
        attributes(r, m, &p, b);
        put_volume(r, m);
    }
    tt_put_uint(m, r, F_VERIFIED, tt_msg_has(m, F_VERIFIER));
    judge(m, &p);
    if (code != ACCESS_REQUEST && code != ACCOUNTING_REQUEST) {
        m->identity = -1; /* it names another one than the sender */
    }
    claim(m, code);
    tt_read_skip(r, tt_reader_left(r));
    return true;
}

/* --- Recognising ----------------------------------------------------------------------------- */

/* Do the attributes walk exactly to the end, and have most of them the length of their type? */
static bool walks(struct tt_bytes b)
{
    unsigned good = 0, bad = 0;
    if (!adds_up(b)) {
        return false;
    }
    while (b.n) {
        uint8_t type = b.p[0], n = (uint8_t)(b.p[1] - 2);
        enum form form = (enum form)standard[type].form;
        bool four = form == NUMBER || form == NAMED || form == IP4 || form == DATE ||
                    form == TAG_NAMED || form == TAG_NUMBER || form == VLAN;
        if (type == 0 || type == 255 || (form == VENDOR && n < 5)) {
            return false;
        }
        bool fixed = four || form == IP6 || type == 80;
        good += fixed && n == (four ? 4 : 16);
        bad += fixed && n != (four ? 4 : 16);
        b = (struct tt_bytes){b.p + b.p[1], b.n - b.p[1]};
    }
    return bad <= good;
}

static enum tt_probe probe(struct tt_bytes head, enum tt_direction direction)
{
    (void)direction; /* the flow may have begun before the capture */
    uint8_t question = head.n < HEAD ? 0 : question_of(head.p[0]);
    if (question == 0) {
        return TT_PROBE_NO;
    }
    uint32_t length = (uint32_t)head.p[2] << 8 | head.p[3];
    struct tt_bytes whole = {head.p + HEAD, head.n - HEAD};
    bool padded = length > HEAD && length < head.n && head.n - length <= PADDING;
    if (length <= PACKET_MAX && (length == head.n || padded) &&
        walks((struct tt_bytes){whole.p, length - HEAD})) {
        return TT_PROBE_MAYBE;
    }
    /* to the port, a faulty request is one as long as it begins like one */
    bool begins =
        whole.n >= 2 && whole.p[0] && whole.p[0] != 255 && whole.p[1] >= 2 && whole.p[1] <= whole.n;
    return question == head.p[0] && (begins || length == head.n) ? TT_PROBE_PORT : TT_PROBE_NO;
}

/* An answer to the request, or the same kind of packet under another identifier. */
static bool confirm(struct tt_bytes a, enum tt_direction from_a, struct tt_bytes b,
                    enum tt_direction from_b)
{
    if (a.n < HEAD || b.n < HEAD) {
        return false;
    }
    uint8_t question = question_of(a.p[0]);
    bool asks = question == a.p[0], asks_too = question_of(b.p[0]) == b.p[0];
    bool status =
        a.p[0] == STATUS_SERVER && (b.p[0] == ACCESS_ACCEPT || b.p[0] == ACCOUNTING_RESPONSE);
    if (from_a != from_b) {
        return asks && !asks_too && a.p[1] == b.p[1] &&
               (question_of(b.p[0]) == question || status) && memcmp(a.p + 4, b.p + 4, 16) != 0;
    }
    return asks == asks_too && question_of(b.p[0]) == question && a.p[1] != b.p[1] &&
           memcmp(a.p + 4, b.p + 4, 16) != 0;
}

static const uint16_t ports[] = {1812, 1813, 3799, 1645, 1646, 1700, 0};

const struct tt_dissector tt_dissector_radius = {
    .name = "radius",
    .doc = "RADIUS: authentication, accounting, change of authorization; 3GPP attributes.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .facts = facts,
    .n_anomalies = N_ODDITIES,
    .ports = ports,
    .transport = TT_UDP,
    .state_size = sizeof(struct state),
    .more_size = sizeof(struct asked),
    .max_unit = 65535, /* a datagram may be longer than its packet */
    .probe = probe,
    .confirm = confirm,
    .parse = parse,
};
