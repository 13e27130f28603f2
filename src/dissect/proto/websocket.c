/* SPDX-License-Identifier: BSD-3-Clause
 *
 * WebSocket (RFC 6455): the frames of a connection whose upgrade http.c has seen and handed over,
 * from the head of the server's answer on. A frame is a unit, if it is short; of a longer one only
 * the head is, and its payload passes. The payload of messages is what the subprotocol says: a
 * stream of MQTT, messages of CoAP (RFC 8323 8), else whatever its octets prove. Compressed
 * messages (RFC 7692) are told and not read. Where frames begin after a hole is not known.
 */
#include "dissect/http.h"
#include "dissect/proto/websocket_rows.h"

enum { SHORT = 4096, CONTROL_MAX = 125 };
enum subprotocol { UNKNOWN, MQTT, COAP };

/* One direction. */
struct side {
    uint8_t message; /* opcode of the message that goes on, 0 = none */
    uint8_t compressed, closed, told;
    uint8_t need, low, high; /* of a character of text: octets to come, bounds of the next */
    uint8_t blind;           /* not all octets of the text were seen */
};

struct state {
    struct tt_flow_facts facts;
    uint8_t open;   /* the answer was here */
    uint8_t server; /* direction of its frames */
    uint8_t subprotocol, deflate;
    struct side side[2];
};

extern const struct tt_dissector tt_dissector_mqtt, tt_dissector_coap;

static void note(struct tt_msg *m, bool when, enum oddity oddity)
{
    if (when) {
        tt_msg_anomaly(m, oddity);
    }
}

/* The answer to the upgrade: what was agreed on. */
static bool handshake(struct state *s, struct tt_msg *m)
{
    struct tt_reader r = tt_reader_over(m->unit);
    struct tt_http_line line;
    m->after |= TT_AFTER_SILENT;
    s->open = 1;
    s->server = m->direction;
    for (bool first = true; tt_http_line(&r, &line, first); first = false) {
        if (tt_http_is(line.name, "sec-websocket-protocol")) {
            bool mqtt = tt_http_is(line.value, "mqtt") || tt_http_begins(line.value, "mqttv");
            s->subprotocol = mqtt ? MQTT : tt_http_is(line.value, "coap") ? COAP : UNKNOWN;
        } else if (tt_http_is(line.name, "sec-websocket-extensions")) {
            s->deflate |= tt_http_has(line.value, "permessage-deflate");
        }
    }
    return true;
}

/* Octets of the head of a frame and of its payload; 0 = more are needed. */
static uint32_t frame_head(struct tt_bytes b, uint64_t *payload)
{
    uint8_t seven = b.n > 1 ? b.p[1] & 127 : 0;
    uint32_t more = seven == 126 ? 2 : seven == 127 ? 8 : 0, mask = b.n > 1 && b.p[1] & 128 ? 4 : 0;
    *payload = more ? 0 : seven;
    if (b.n < 2 + more) {
        return 0;
    }
    for (uint32_t i = 0; i < more; i++) {
        *payload = *payload << 8 | b.p[2 + i];
    }
    return 2 + more + mask;
}

static bool is_short(uint8_t octet, uint64_t payload)
{
    return payload <= (octet & 8 ? CONTROL_MAX : SHORT);
}

static int64_t unit_length(const void *state, struct tt_bytes have, uint32_t seen,
                           enum tt_direction d)
{
    const struct state *s = state;
    uint64_t payload;
    (void)d;
    if (!s->open) {
        return tt_http_head_length(have, seen);
    }
    uint32_t n = frame_head(have, &payload);
    if (n == 0) {
        return 0;
    }
    if (payload >> 63) {
        return -1;
    }
    return is_short(have.p[0], payload) ? n + (int64_t)payload : n;
}

/* Text goes on: is it UTF-8 so far (RFC 3629)? */
static bool text_goes_on(struct side *x, struct tt_bytes b)
{
    for (uint32_t i = 0; i < b.n; i++) {
        uint8_t c = b.p[i];
        if (x->need) {
            if (c < x->low || c > x->high) {
                return false;
            }
            x->need--;
            x->low = 0x80;
            x->high = 0xbf;
        } else if (c >= 0x80) {
            if (c < 0xc2 || c > 0xf4) {
                return false;
            }
            x->need = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
            x->low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
            x->high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
        }
    }
    return true;
}

static void judge_text(struct side *x, struct tt_msg *m, struct tt_bytes b, bool begins, bool ends,
                       bool whole)
{
    x->need = begins ? 0 : x->need;
    x->blind = (uint8_t)((!begins && x->blind) || !whole || x->compressed);
    if (x->blind) {
        return;
    }
    bool good = text_goes_on(x, b) && (!ends || x->need == 0);
    note(m, !good, A_UTF8);
    x->blind = !good; /* once is enough */
}

/* Section 7.4: 1005, 1006 and 1015 are never sent. */
static void close_frame(struct tt_reader *r, struct tt_msg *m, struct tt_bytes b)
{
    if (b.n == 0) {
        return;
    }
    if (b.n == 1) {
        note(m, true, A_CODE);
        return;
    }
    unsigned code = (unsigned)b.p[0] << 8 | b.p[1];
    struct tt_bytes reason = {b.p + 2, b.n - 2};
    tt_put_uint(m, r, F_CODE, code);
    if (reason.n) {
        tt_put_bytes(m, r, F_REASON, reason);
    }
    bool known = (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
                 (code >= 3000 && code <= 4999);
    note(m, !known, A_CODE);
    note(m, !tt_bytes_utf8(reason), A_UTF8);
}

/* The payload of a message belongs to the subprotocol. */
static void carry(const struct state *s, struct tt_msg *m, struct tt_bytes b, bool ends)
{
    bool coap = s->subprotocol == COAP;
    m->after |= TT_AFTER_INNER;
    m->inner.dissector = coap                     ? &tt_dissector_coap
                         : s->subprotocol == MQTT ? &tt_dissector_mqtt
                                                  : NULL;
    m->inner.octets = b;
    m->inner.how = !coap ? TT_INNER_STREAM : ends ? TT_INNER_LAST : TT_INNER_PART;
}

/* A frame of a message; `whole`: b is all of its payload. */
static void data_frame(struct state *s, struct tt_msg *m, struct tt_bytes b, uint8_t octet,
                       bool whole)
{
    struct side *x = &s->side[m->direction];
    uint8_t opcode = octet & 15;
    bool begins = opcode != CONTINUATION, ends = octet & 0x80;
    note(m, !begins && !x->message, A_NO_START);
    note(m, begins && x->message, A_INTERLEAVED);
    if (begins) {
        x->message = opcode;
        x->compressed = s->deflate && octet & 0x40;
    }
    note(m, octet & 0x70 && !(octet & 0x40 && s->deflate && begins && !(octet & 0x30)), A_RESERVED);
    bool text = x->message == TEXT, known = s->subprotocol != UNKNOWN;
    if (text) {
        judge_text(x, m, b, begins, ends, whole);
    }
    note(m, text && known && begins, A_TEXT);
    note(m, x->compressed && !(x->told & 1), A_COMPRESSED);
    note(m, !text && !known && !(x->told & 2), A_SUBPROTOCOL);
    x->told |= (uint8_t)((x->compressed ? 1 : 0) | (!text && !known ? 2 : 0));
    if (!x->compressed && (!text || known)) {
        carry(s, m, b, ends);
    }
    x->message = ends ? 0 : x->message;
}

/* The payload without its mask; empty when the unit has none of it. */
static struct tt_bytes payload_of(struct tt_reader *r, struct tt_msg *m, bool masked,
                                  struct tt_bytes key)
{
    struct tt_bytes b = tt_read_rest(r);
    uint8_t *out = masked && b.n ? tt_msg_make(m, b.n) : NULL;
    if (!out) {
        return masked ? (struct tt_bytes){b.p, 0} : b;
    }
    for (uint32_t i = 0; i < b.n; i++) {
        out[i] = b.p[i] ^ key.p[i & 3];
    }
    return (struct tt_bytes){out, b.n};
}

static void put_head(struct tt_reader *r, struct tt_msg *m, uint8_t octet, bool masked,
                     uint64_t length)
{
    tt_put_uint(m, r, F_FIN, octet >> 7);
    tt_put_uint(m, r, F_RESERVED, octet >> 4 & 7);
    tt_put_uint(m, r, F_FLAGS, octet & 0xf0);
    tt_put_uint(m, r, F_OPCODE, octet & 15);
    tt_put_uint(m, r, F_MASKED, masked);
    tt_put_uint(m, r, F_LENGTH, length);
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    struct state *s = state;
    uint64_t length;
    if (!s->open) {
        return handshake(s, m);
    }
    uint32_t n = frame_head(m->unit, &length);
    uint8_t octet = tt_read_u8(r), opcode = octet & 15, seven = tt_read_u8(r);
    bool masked = seven & 128, control = opcode & 8, client = m->direction != s->server;
    struct side *x = &s->side[m->direction];
    m->kind = FRAME;
    m->tx_role = TT_TX_ALONE;
    seven &= 127;
    tt_read_skip(r, seven == 126 ? 2 : seven == 127 ? 8 : 0);
    struct tt_bytes key = tt_read_bytes(r, masked ? 4 : 0);
    bool whole = is_short(octet, length);
    if (n == 0 || !tt_reader_ok(r) || (whole && tt_reader_left(r) != length)) {
        return false;
    }
    put_head(r, m, octet, masked, length);
    if (masked) {
        tt_put_uint(m, r, F_MASK,
                    (uint32_t)key.p[0] << 24 | (uint32_t)key.p[1] << 16 | (uint32_t)key.p[2] << 8 |
                        key.p[3]);
        tt_put_bytes(m, r, F_MASK_OCTETS, key);
    }
    struct tt_bytes b = payload_of(r, m, masked, key);
    if (whole && b.n) {
        tt_put_bytes(m, r, F_PAYLOAD, b);
    }
    note(m, client && !masked, A_UNMASKED);
    note(m, !client && masked, A_MASKED);
    note(m, (seven == 126 && length < 126) || (seven == 127 && length < 65536), A_NOT_MINIMAL);
    note(m, (opcode > BINARY && opcode < CLOSE) || opcode > PONG, A_OPCODE);
    note(m, x->closed, A_AFTER_CLOSE);
    if (!whole) {
        m->after |= TT_AFTER_BEHIND;
        m->behind = length;
        m->inner = (struct tt_inner){.masked = masked};
        memcpy(m->inner.mask, key.p, key.n);
    }
    if (control) {
        note(m, !(octet & 0x80), A_FRAGMENTED);
        note(m, octet & 0x70, A_RESERVED);
        note(m, length > CONTROL_MAX, A_LONG);
        x->closed |= opcode == CLOSE;
        if (opcode == CLOSE) {
            close_frame(r, m, b);
        }
    } else if (opcode <= BINARY) {
        data_frame(s, m, b, octet, whole);
    }
    return true;
}

/* Only what HTTP hands over. */
static enum tt_probe probe(struct tt_bytes b, enum tt_direction direction)
{
    (void)b, (void)direction;
    return TT_PROBE_NO;
}

const struct tt_dissector tt_dissector_websocket = {
    .name = "websocket",
    .doc = "WebSocket, and what it carries.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .n_anomalies = N_ODDITIES,
    .transport = TT_TCP,
    .general = true,
    .state_size = sizeof(struct state),
    .max_unit = TT_HTTP_HEAD,
    .probe = probe,
    .unit_length = unit_length,
    .parse = parse,
};
