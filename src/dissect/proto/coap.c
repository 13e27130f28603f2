/* SPDX-License-Identifier: BSD-3-Clause
 *
 * CoAP over UDP (RFC 7252) and TCP (RFC 8323), with observe (7641), blocks (7959, 9177), FETCH and
 * PATCH (8132), extended tokens (8974), Echo and Request-Tag (9175), OSCORE as far as it is in the
 * open (8613), and LwM2M 1.0 and 1.1 inside (coap_lwm2m.h). Owns the names of their fields and
 * oddities, and for each flow what coap_state.h keeps. Never keeps payload, never decrypts.
 * Where the program tshark 4.0 knows less than the RFCs, rows of their own show what it shows.
 */
#include "dissect/proto/coap_framing.h"
#include "dissect/proto/coap_lwm2m.h"

enum { TCP_MESSAGE_DEFAULT = 1152 };

/* --- Values of options ----------------------------------------------------------------------- */

static uint32_t number_of(struct tt_bytes b)
{
    uint32_t v = 0;
    for (uint32_t i = 0; i < b.n && i < 4; i++) {
        v = v << 8 | b.p[i];
    }
    return v;
}

/* RFC 8613 6.1: flags, partial IV, length and kid context, kid. */
static bool oscore_rows(struct tt_msg *m, struct tt_bytes b, uint64_t *piv, struct tt_bytes *kid)
{
    struct tt_reader r = tt_reader_over(b);
    uint8_t flags = tt_read_u8(&r);
    uint32_t n = flags & 7;
    *piv = UINT64_MAX;
    tt_put_uint(m, &r, F_OSCORE_RESERVED, (flags & 0xe0) != 0);
    tt_put_uint(m, &r, F_OSCORE_HAS_CONTEXT, flags >> 4 & 1);
    tt_put_uint(m, &r, F_OSCORE_HAS_KID, flags >> 3 & 1);
    tt_put_uint(m, &r, F_OSCORE_PIV_LENGTH, n);
    if (n) {
        struct tt_bytes v = tt_read_bytes(&r, n);
        tt_put_bytes(m, &r, F_OSCORE_PIV, v);
        *piv = 0;
        for (uint32_t i = 0; i < v.n; i++) {
            *piv = *piv << 8 | v.p[i];
        }
    }
    if (flags & 0x10) {
        uint8_t length = tt_read_u8(&r);
        tt_put_uint(m, &r, F_OSCORE_CONTEXT_LENGTH, length);
        struct tt_bytes v = tt_read_bytes(&r, length);
        tt_put_bytes(m, &r, F_OSCORE_CONTEXT, v);
    }
    if (flags & 8) {
        *kid = tt_read_rest(&r);
        tt_put_bytes(m, &r, F_OSCORE_KID, *kid);
    }
    return tt_reader_ok(&r) && flags && !(flags & 0xe0) && n < 6 && tt_reader_left(&r) == 0;
}

static void oscore(struct state *s, struct tt_msg *m, struct head *h, struct tt_bytes b)
{
    struct tt_reader good = tt_reader_over(b);
    struct tt_bytes kid = {NULL, 0};
    uint64_t piv = UINT64_MAX;
    h->oscore = true;
    tt_put_uint(m, &good, F_OSCORE, 1);
    if (b.n == 0) {
        return;
    }
    note(m, !oscore_rows(m, b, &piv, &kid), A_OSCORE);
    if (piv == UINT64_MAX || h->again || kid.n == 0) {
        return;
    }
    uint32_t key = mix(kid, 1) | 1;
    unsigned d = m->direction;
    note(m, s->oscore[d].key == key && (uint32_t)piv == s->oscore[d].piv, A_OSCORE_REPLAY);
    s->oscore[d].key = key;
    s->oscore[d].piv = (uint32_t)piv;
}

static void block_value(struct tt_msg *m, const struct tt_reader *r, struct head *h,
                        const struct option *o, struct tt_bytes b)
{
    uint32_t v = number_of(b), szx = v & 7, size = szx == 7 ? 1024 : 16u << szx;
    tt_put_uint(m, r, o->row, v >> 4);
    tt_put_uint(m, r, o->row + 1u, v >> 3 & 1);
    tt_put_uint(m, r, o->row + 2u, size);
    note(m, szx == 7 && h->datagram, A_BLOCK_SIZE);
    if (o->number == 23 || o->number == 27) {
        unsigned which = o->number == 23;
        tt_put_uint(m, r, o->row + 3u, szx);
        h->block[which].is = true;
        h->block[which].num = v >> 4;
        h->block[which].more = v >> 3 & 1;
        h->block[which].szx = (uint8_t)szx;
    }
}

/* Numbers that later parts of the message depend on. */
static void heed(struct state *s, struct tt_msg *m, struct head *h, const struct option *o,
                 uint32_t v)
{
    switch (o->row) {
    case F_OBSERVE:
        h->observe = (int32_t)v;
        note(m, m->kind == REQUEST && (v > 1 || (h->code != GET && h->code != FETCH)),
             A_OBSERVE_PLACE);
        break;
    case F_FORMAT:
        h->format = (int32_t)(v & 0xffff);
        break;
    case F_ACCEPT:
        h->accept = (int32_t)(v & 0xffff);
        break;
    case F_SIZE1:
    case F_SIZE2:
        h->size[o->row == F_SIZE2] = v;
        break;
    case F_NO_RESPONSE:
        h->no_response = (int32_t)(v & 0xff);
        break;
    case F_MAX_MESSAGE_SIZE:
        s->message_max[m->direction] = v;
        break;
    case F_EXTENDED_TOKEN:
        s->token_max[m->direction] = (uint16_t)(v < UINT16_MAX ? v : UINT16_MAX);
        break;
    default:
        break;
    }
}

static void judge_text(struct tt_msg *m, struct tt_bytes b, bool segment)
{
    bool dots = (b.n == 1 && b.p[0] == '.') || (b.n == 2 && b.p[0] == '.' && b.p[1] == '.');
    note(m, dots && segment, A_DOTS);
    uint8_t all = 0;
    for (uint32_t i = 0; i < b.n; i++) {
        all |= b.p[i];
        note(m, b.p[i] == 0, A_NUL);
    }
    note(m, all & 0x80 && !tt_bytes_utf8(b), A_UTF8);
}

/* ep=NAME and the like. */
static void keep_argument(struct head *h, struct tt_bytes b)
{
    static const char names[N_QUERIES][8] = {"ep=", "lt=", "lwm2m=", "b=", "sms="};
    for (unsigned i = 0; i < N_QUERIES; i++) {
        uint32_t n = (uint32_t)strlen(names[i]);
        if (b.n > n && memcmp(b.p, names[i], n) == 0) {
            h->query[i] = (struct tt_bytes){b.p + n, b.n - n};
        }
    }
}

/* The words of one message follow one another. */
static void keep_location(struct tt_msg *m, struct head *h, struct tt_bytes b)
{
    struct tt_bytes slash = word(m, "/", 1), segment = word(m, b.p, b.n);
    h->location.p = h->location.p ? h->location.p : slash.p;
    h->location.n += slash.n + segment.n;
}

static void option_value(struct state *s, struct tt_msg *m, const struct tt_reader *r,
                         struct head *h, const struct option *o, struct tt_bytes b)
{
    uint32_t v;
    switch (o->format) {
    case STRING:
        tt_put_bytes(m, r, o->row, b);
        judge_text(m, b, o->row == F_SEGMENT);
        if (o->row == F_SEGMENT) {
            add_segment(h, b);
        }
        if (o->row == F_QUERY) {
            h->queries = true;
            keep_argument(h, b);
        } else if (o->row == F_LOCATION) {
            keep_location(m, h, b);
        }
        break;
    case BINARY:
        tt_put_bytes(m, r, o->row, b);
        break;
    case NOTHING:
        tt_put_uint(m, r, o->row, 1);
        break;
    case NUMBER:
        if (b.n > 4) {
            break;
        }
        v = number_of(b);
        note(m, b.n && b.p[0] == 0, A_NONMINIMAL);
        tt_put_uint(m, r, o->row, v);
        if (o->row == F_SIZE2) {
            tt_put_uint(m, r, F_SIZE2_LOW, v & 7);
        }
        heed(s, m, h, o, v);
        break;
    case BLOCK_VALUE:
        block_value(m, r, h, o, b);
        break;
    default:
        oscore(s, m, h, b);
    }
}

static void one_option(struct state *s, struct tt_msg *m, const struct tt_reader *r, struct head *h,
                       uint32_t number, struct tt_bytes b)
{
    const struct option *o = option_of(h->datagram ? EMPTY : h->code, number);
    bool again = o && o == h->option && !(o->flags & REPEATS);
    h->option = o;
    note(m, number > UINT16_MAX, A_OPTION_NUMBER);
    note(m, ++h->n_options > OPTIONS_MAX, A_OPTION_COUNT);
    if (!o || o->flags & LATER) {
        tt_put_bytes(m, r, F_UNKNOWN, b);
    }
    if (!o) {
        tt_put_uint(m, r, F_OPT_NUMBER, number);
        tt_put_uint(m, r, F_OPT_CRITICAL, number & 1);
        tt_put_uint(m, r, F_OPT_LENGTH, b.n);
        tt_put_bytes(m, r, F_OPT_VALUE, b);
        note(m, number & 1 && number < 65000, A_OPTION_CRITICAL);
        return;
    }
    note(m, b.n < o->least || b.n > o->most, A_OPTION_LENGTH);
    note(m, again, A_OPTION_REPEATED);
    if (!again) { /* a further one counts as unknown (RFC 7252 5.4.5) */
        option_value(s, m, r, h, o, b);
    }
}

/* True: they end where the payload or the message does. */
static bool options(struct state *s, struct tt_reader *r, struct tt_msg *m, struct head *h)
{
    uint32_t number = 0;
    while (tt_reader_left(r) > 0) {
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

/* --- Payload and blocks ---------------------------------------------------------------------- */

/* Of the body that the payload is a piece of: Block1 in requests, Block2 in responses. */
static void count_body(struct state *s, struct tt_msg *m, const struct tt_reader *r, struct head *h,
                       unsigned which)
{
    uint32_t *body = &s->body[m->direction][which];
    uint32_t num = h->block[which].num, szx = h->block[which].szx, n = h->payload.n;
    uint32_t size = szx == 7 ? 1024 : 16u << szx, offset = num * size;
    bool more = h->block[which].more, bert = szx == 7;
    note(m, more && (bert ? n % 1024 != 0 : n != size), A_BLOCK_LENGTH);
    note(m, h->size[which] && offset + n > h->size[which], A_BLOCK_BEYOND);
    if (h->again) {
        return;
    }
    if (num == 0) {
        *body = LIVE;
    }
    uint32_t had = *body & ~LIVE;
    note(m, *body & LIVE && offset > had, A_BLOCK_ORDER);
    if (!(*body & LIVE) || offset != had) {
        *body = offset < had && more ? *body : 0; /* an older one again is no harm */
        return;
    }
    *body = LIVE | (offset + n);
    if (!more) {
        tt_put_uint(m, r, F_BODY_LENGTH, offset + n);
        *body = 0;
    }
}

static void payload(struct state *s, struct tt_msg *m, const struct tt_reader *r, struct head *h)
{
    unsigned which = m->kind == RESPONSE;
    bool block = h->block[which].is;
    if (h->payload.n == 0) {
        return;
    }
    tt_put_uint(m, r, block ? F_BLOCK_LENGTH : F_PAYLOAD_LENGTH, h->payload.n);
    if (block && h->whole) {
        count_body(s, m, r, h, which);
    }
    if (h->whole) {
        tt_put_bytes(m, r, holds_keys(m, h) ? F_PAYLOAD_SECRET : F_PAYLOAD, h->payload);
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
        tt_read_skip(r, nibble < 13 ? 0 : 1u << (nibble - 13));
        put(m, F_TRANSPORT, TT_TCP);
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
        add_segment(h, (struct tt_bytes){NULL, 0});
    }
    if (m->kind == REQUEST && h->path_n) {
        tt_put_bytes(m, &good, F_PATH, path_text(h));
    }
    pair(s, m, h);
    struct exchange *x = h->x;
    if (m->kind == RESPONSE && x) {
        h->path_n = x->path_length;
        memcpy(h->text + PATH_AT, x->path, x->path_length);
        if (m->unit.n / 2 >= x->octets) {
            tt_put_uint(m, &good, F_AMPLIFICATION, m->unit.n / x->octets);
        }
    }
    if (m->kind == REQUEST || (m->kind == RESPONSE && x)) {
        tt_put_bytes(m, &good, F_STREAM, stream_text(h, m->kind == REQUEST ? h->code : x->method));
    }
}

static bool message(struct state *s, struct tt_reader *r, struct tt_msg *m, bool whole)
{
    struct head h = {.format = -1, .accept = -1, .observe = -1, .no_response = -1};
    h.datagram = s->facts.transport != TT_TCP;
    h.whole = whole;
    h.extra = tt_state_has_more(&s->facts, m);
    h.text = (char *)tt_msg_make(m, PATH_AT + PATH_MAX_OCTETS);
    m->kind = OTHER;
    if (!h.text || !header(s, r, m, &h)) {
        return false;
    }
    judge_code(m, &h);
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
    .doc = "CoAP over UDP and TCP, with LwM2M 1.0 and 1.1.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .n_anomalies = N_ODDITIES,
    .ports = ports,
    .transport = TT_TCP | TT_UDP,
    .state_size = sizeof(struct state),
    .more_size = sizeof(struct extra),
    .max_unit = 1u << 20,
    .probe = probe,
    .probe_datagram = probe_datagram,
    .confirm = confirm,
    .unit_length = unit_length,
    .parse = parse,
    .parse_head = parse_head,
};
