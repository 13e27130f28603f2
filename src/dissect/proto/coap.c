/* SPDX-License-Identifier: BSD-3-Clause
 *
 * CoAP over UDP (RFC 7252) and TCP (RFC 8323), with observe (7641), blocks (7959, 9177), FETCH and
 * PATCH (8132), extended tokens (8974), Echo and Request-Tag (9175), OSCORE as far as it is in the
 * open (8613), and LwM2M 1.0 and 1.1 inside (coap_lwm2m.h). Owns the names of their fields and
 * oddities, and for each flow what coap_state.h keeps. Never keeps payload, never decrypts.
 * Where the program tshark 4.0 knows less than the RFCs, rows of their own show what it shows.
 */
#include "dissect/proto/coap_body.h"
#include "dissect/proto/coap_read.h"

enum { TCP_MESSAGE_DEFAULT = 1152, ROOM = 16 /* values behind the options */ };

/* True: they end where the payload or the message does. */
static bool options(struct state *s, struct tt_reader *r, struct tt_msg *m, struct head *h)
{
    uint32_t number = 0;
    for (; tt_reader_left(r) > 0; h->n_options++) {
        const uint8_t *p = r->p;
        uint32_t left = tt_reader_left(r) - 1, to = number + (p[0] >> 4), size = p[0] & 15;
        if (p[0] < 0xd0 && size < 13 && to <= 60 && size <= left && !h->special) {
            struct tt_bytes value = {p + 1, size};
            if (usual_option(s, m, h, &options_low[to], value, left - size)) {
                r->p += 1 + size;
                number = to;
                continue;
            }
        }
        uint8_t octet = tt_read_u8(r);
        if (octet == 0xff) {
            tt_put_uint(m, r, F_MARKER, octet);
            h->payload = tt_read_rest(r);
            note(m, h->payload.n == 0 && h->whole, A_EMPTY_PAYLOAD);
            return true;
        }
        if (octet >> 4 == 15 || (octet & 15) == 15) {
            note(m, true, A_OPTION_FORMAT);
            tt_reader_fail(r, TT_READ_INVALID);
            return false;
        }
        number += extended(r, octet >> 4);
        uint32_t length = extended(r, octet & 15);
        struct tt_bytes b = tt_read_bytes(r, length);
        if (!tt_reader_ok(r)) {
            return false;
        }
        one_option(s, m, r, h, number, b);
    }
    return true;
}

/* Of the whole message: how many options, what is in the path. */
static void judge_options(struct tt_msg *m, const struct head *h)
{
    note(m, h->n_options > OPTIONS_MAX, A_OPTION_COUNT);
    if (h->path_n == 0 || (!h->long_path && !path_unsound(h))) {
        return;
    }
    for (unsigned i = 0; i < m->n_values; i++) {
        const struct tt_value *v = &m->values[i];
        if (v->field == F_SEGMENT) {
            judge_text(m, (struct tt_bytes){v->p, v->n}, true);
        }
    }
}

/* --- Payload and blocks ---------------------------------------------------------------------- */

static void payload(struct state *s, struct tt_msg *m, const struct tt_reader *r, struct head *h)
{
    unsigned which = m->kind == RESPONSE;
    bool block = h->block[which].is;
    if (h->payload.n == 0) {
        return;
    }
    bool room = m->n_values < TT_MSG_VALUES - ROOM;
    if (!room) {
        m->overflow = true;
        return;
    }
    put_row(m, block ? F_BLOCK_LENGTH : F_PAYLOAD_LENGTH, TT_UINT, h->payload.n, 0, 0xffff);
    if (block && h->whole) {
        add_block(s, m, r, h, which);
    }
    if (h->whole) {
        bool own = h->payload.p >= m->unit.p && h->payload.p <= m->unit.p + m->unit.n;
        size_t at = own ? (size_t)(h->payload.p - m->unit.p) : 0xffff;
        enum row row = holds_keys(m, h) ? F_PAYLOAD_SECRET : F_PAYLOAD;
        m->outside |= !own;
        m->payload = (int16_t)m->n_values;
        put_row(m, row, TT_STR, (uintptr_t)h->payload.p, h->payload.n,
                at < 0xffff ? (uint16_t)at : 0xffff);
    }
}

/* To the models a body is one message, that which makes it whole: neither its other blocks nor what
 * asks for them is one. */
static void count_once(struct tt_msg *m, const struct head *h)
{
    bool request = m->kind == REQUEST;
    bool further = request && h->block[1].is && h->block[1].num;
    bool goes_on = m->kind == RESPONSE && (h->code == CONTINUE || h->code == INCOMPLETE);
    bool complete = tt_msg_has(m, F_BODY_LENGTH);
    if (further || goes_on || (h->partial && !complete)) {
        m->stream = m->payload = -1;
    }
}

/* --- The message ----------------------------------------------------------------------------- */

static uint8_t kind_of(const struct head *h)
{
    static const uint8_t signals[] = {CSM, PING, PONG, RELEASE, ABORT};
    unsigned class = h->code >> 5;
    if (h->code == EMPTY) {
        return !h->datagram          ? OTHER
               : h->type == ACK_TYPE ? ACK
               : h->type == RST      ? RESET
               : h->type == CON      ? PING
                                     : OTHER;
    }
    if (class == 0 || class == 2 || class == 4 || class == 5) {
        return class ? RESPONSE : REQUEST;
    }
    bool signal = h->code >= CODE_CSM && h->code <= CODE_ABORT && !h->datagram;
    return signal ? signals[h->code - CODE_CSM] : OTHER;
}

static void judge_code(struct tt_msg *m, const struct head *h)
{
    unsigned class = h->code >> 5;
    note(m, class == 1 || class == 3 || class == 6, A_CLASS);
    note(m, class != 1 && class != 3 && class != 6 && !code_known(h->code), A_CODE);
    if (!h->datagram) {
        return;
    }
    note(m, class == 7, A_SIGNALLING);
    bool request = class == 0 && h->code;
    note(m, (request && h->type > NON) || (h->type == RST && h->code), A_TYPE);
    note(m, h->code == EMPTY && h->type == NON, A_TYPE);
}

/* TKL 13 and 14 announce longer tokens (RFC 8974 2.1). */
static void token(struct state *s, struct tt_reader *r, struct tt_msg *m, struct head *h,
                  uint8_t tkl)
{
    uint32_t n = tkl == 13 || tkl == 14 ? extended(r, tkl) : tkl;
    h->token = tt_read_bytes(r, n);
    h->hash = mix(h->token, 0);
    if (tkl > 0) {
        tt_put_bytes(m, r, F_TOKEN, h->token);
    }
    note(m, (tkl > 8 && tkl < 13) || tkl == 15, A_TOKEN_LENGTH);
    bool agreed = !h->datagram && n <= s->token_max[!m->direction];
    note(m, (tkl == 13 || tkl == 14) && !agreed, A_EXTENDED_TOKEN);
}

/* A number of a row that comes once, where there is room: the first values of a message. */
static inline void put(struct tt_msg *m, enum row row, uint64_t number)
{
    struct tt_value *v = &m->values[m->n_values++];
    v->u = number;
    v->n = 0;
    v->field = (uint8_t)row;
    v->type = fields[row].type;
    v->offset = 0xffff;
    m->present[row >> 6] |= (uint64_t)1 << (row & 63);
}

/* What nearly all datagrams begin with: nothing about it is odd. False: it is for header. */
static inline bool usual_header(struct tt_reader *r, struct tt_msg *m, struct head *h)
{
    uint32_t left = tt_reader_left(r);
    const uint8_t *p = r->p;
    if (left < 4 || p[0] >> 6 != 1 || p[1] == EMPTY || p[1] >> 5 == 7 || !code_known(p[1])) {
        return false;
    }
    uint32_t tkl = p[0] & 15, type = p[0] >> 4 & 3, code = p[1], kind = code < 32 ? 0 : 1;
    if (tkl > 8 || left < 4 + tkl || (kind == REQUEST ? type > NON : type == RST)) {
        return false;
    }
    h->type = (uint8_t)type;
    h->code = (uint8_t)code;
    h->mid = (uint16_t)(p[2] << 8 | p[3]);
    h->token = (struct tt_bytes){p + 4, tkl};
    h->hash = mix(h->token, 0);
    r->p += 4 + tkl;
    m->kind = (uint8_t)kind;
    struct tt_value *v = m->values;
#define FIRST(at, row, number)                                                                     \
    v[at] = (struct tt_value){                                                                     \
        .u = (number), .n = 0, .field = (row), .type = fields[row].type, .offset = 0xffff}
    FIRST(0, F_TRANSPORT, TT_UDP);
    FIRST(1, F_VERSION, 1);
    FIRST(2, F_TYPE, type);
    FIRST(3, F_TOKEN_LENGTH, tkl);
    FIRST(4, F_CODE, code);
    FIRST(5, F_METHOD, code);
    v[5].field = kind == REQUEST ? F_METHOD : F_STATUS;
    FIRST(6, F_MID, h->mid);
    FIRST(7, F_TOKEN, 0);
#undef FIRST
    v[7].p = p + 4;
    v[7].n = tkl;
    v[7].offset = 4;
    m->n_values = tkl ? 8 : 7;
    const uint64_t all = 1u << F_TRANSPORT | 1u << F_VERSION | 1u << F_TYPE | 1u << F_TOKEN_LENGTH |
                         1u << F_CODE | 1u << F_MID;
    m->present[0] = all | 1u << (kind == REQUEST ? F_METHOD : F_STATUS) | (tkl ? 1u << F_TOKEN : 0);
    return true;
}

static void name_code(struct tt_msg *m, const struct head *h)
{
    put(m, F_CODE, h->code);
    if ((m->kind == REQUEST || m->kind == RESPONSE) && code_known(h->code)) {
        put(m, m->kind == REQUEST ? F_METHOD : F_STATUS, h->code);
    }
}

/* Octet 0 and the length over TCP, version and type over UDP; code, ID, token. */
static bool header(struct state *s, struct tt_reader *r, struct tt_msg *m, struct head *h)
{
    uint8_t octet = tt_read_u8(r), tkl = octet & 15, nibble = octet >> 4;
    if (!tt_reader_ok(r)) {
        return false;
    }
    if (h->datagram) {
        h->type = nibble & 3;
        put(m, F_TRANSPORT, TT_UDP);
        put(m, F_VERSION, octet >> 6);
        put(m, F_TYPE, h->type);
        note(m, octet >> 6 != 1, A_VERSION);
    } else {
        bool framed = s->facts.transport == TT_MESSAGES; /* WebSocket has the length */
        tt_read_skip(r, framed || nibble < 13 ? 0 : 1u << (nibble - 13));
        put(m, F_TRANSPORT, framed ? TT_MESSAGES : TT_TCP);
        note(m, framed && nibble, A_LENGTH);
        put(m, F_LENGTH, (uint64_t)m->unit.n + m->skipped);
    }
    put(m, F_TOKEN_LENGTH, tkl);
    h->code = tt_read_u8(r);
    if (!tt_reader_ok(r)) {
        return false;
    }
    m->kind = h->datagram && octet >> 6 != 1 ? OTHER : kind_of(h);
    name_code(m, h);
    if (h->datagram) {
        h->mid = tt_read_u16(r);
        if (!tt_reader_ok(r)) {
            return false;
        }
        put(m, F_MID, h->mid);
    }
    token(s, r, m, h, tkl);
    return tt_reader_ok(r);
}

/* What the whole message tells beyond its options. */
static void conclude(struct state *s, struct tt_msg *m, struct head *h)
{
    struct tt_reader good = tt_reader_over(m->unit);
    note(m, h->long_path, A_LONG_PATH);
    if (m->kind == REQUEST && h->path_n == 0 && !h->oscore) {
        add_segment(h, (struct tt_bytes){NULL, 0}, 0);
    }
    bool room = m->n_values < TT_MSG_VALUES - ROOM;
    if (m->kind == REQUEST && h->path_n && room) {
        put_row(m, F_PATH, TT_STR, (uintptr_t)h->text + PATH_AT, h->path_n, 0xffff);
    }
    m->overflow |= !room;
    pair(s, m, h);
    struct exchange *x = h->x;
    if (m->kind == RESPONSE && x) {
        h->path_n = x->path_length;
        memcpy(h->text + PATH_AT, x->path, PATH_KEPT);
        if (x->octets && m->unit.n / 2 >= x->octets) {
            tt_put_uint(m, &good, F_AMPLIFICATION, m->unit.n / x->octets);
        }
    }
    if (room && (m->kind == REQUEST || (m->kind == RESPONSE && x))) {
        struct tt_bytes name = stream_text(h, m->kind == REQUEST ? h->code : x->method);
        m->stream = (int16_t)m->n_values;
        m->outside = true;
        put_row(m, F_STREAM, TT_STR, (uintptr_t)name.p, name.n, 0xffff);
    }
}

static bool message(struct state *s, struct tt_reader *r, struct tt_msg *m, bool whole)
{
    struct head h;
    memset(&h, 0, offsetof(struct head, query));
    h.format = h.accept = h.observe = h.no_response = -1;
    h.datagram = !(s->facts.transport & (TT_TCP | TT_MESSAGES));
    h.whole = whole;
    h.extra = s->facts.more ? tt_state_has_more(&s->facts, m) : NULL;
    h.text = (char *)tt_msg_make(m, PATH_AT + PATH_MAX_OCTETS + SLACK);
    m->kind = OTHER;
    if (!h.text) {
        return false;
    }
    memset(h.text, ' ', PATH_AT);
    if (!h.datagram || !usual_header(r, m, &h)) {
        if (!header(s, r, m, &h)) {
            return false;
        }
        judge_code(m, &h);
        h.special = h.code >= CODE_CSM || m->unit.n > UINT16_MAX;
    }
    if (m->kind != OTHER) {
        recognise(s, m, &h);
    }
    if (h.again) {
        tt_put_uint(m, r, F_RETRANSMISSION, 1);
    }
    if (s->facts.multicast && m->direction == TT_TO_SERVER) {
        tt_put_uint(m, r, F_MULTICAST, 1);
        note(m, h.datagram && h.type == CON, A_GROUP_CON);
    }
    bool good = options(s, r, m, &h);
    judge_options(m, &h);
    note(m, h.code == EMPTY && h.datagram && m->unit.n > 4, A_NOT_EMPTY);
    if (!h.datagram) {
        uint8_t bit = (uint8_t)(CSM_SEEN << m->direction);
        uint32_t most = s->message_max[!m->direction];
        note(m, s->facts.seen_start && !(s->seen & bit) && m->kind != CSM, A_NO_CSM);
        note(m, m->unit.n + m->skipped > (most ? most : TCP_MESSAGE_DEFAULT) && m->kind != CSM,
             A_MESSAGE_SIZE);
        s->seen |= bit;
    }
    if (!good && whole) {
        return false;
    }
    conclude(s, m, &h);
    struct tt_reader sound = tt_reader_over(m->unit);
    payload(s, m, &sound, &h);
    if (h.block[0].is || h.block[1].is) {
        count_once(m, &h);
    }
    if (m->kind == REQUEST || m->kind == RESPONSE) {
        lwm2m(s, m, &h);
    }
    return true;
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    return message(state, r, m, true);
}

static void parse_head(void *state, struct tt_reader *r, struct tt_msg *m)
{
    (void)message(state, r, m, false);
}

static const uint16_t ports[] = {5683, 0};

const struct tt_dissector tt_dissector_coap = {
    .name = "coap",
    .doc = "CoAP over UDP, TCP and WebSocket, with LwM2M 1.0 and 1.1.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .facts = facts,
    .n_anomalies = N_ODDITIES,
    .ports = ports,
    .transport = TT_TCP | TT_UDP,
    .state_size = sizeof(struct state),
    .more_size = sizeof(struct extra),
    .body_size = sizeof(struct body_octets),
    .max_unit = 1u << 20,
    .probe = probe,
    .probe_datagram = probe_datagram,
    .confirm = confirm,
    .unit_length = unit_length,
    .parse = parse,
    .parse_head = parse_head,
};
