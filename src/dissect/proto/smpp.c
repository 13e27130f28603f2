/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SMPP 3.3, 3.4 and 5.0: every command, optional parameter and text. Owns the names of SMPP's
 * fields and oddities and, for each flow, who is bound how, a few open requests and the parts of a
 * few long messages. Each command is a list of steps; what the octets of a text mean is told in
 * dissect/sms.h. Framing, skipping and pairing are the engine's.
 */
#include "dissect/proto/smpp_layout.h"
#include "dissect/proto/smpp_text.h"

enum { HEAD = 16, LENGTH_MAX = 1 << 20, PDU_MAX = 70000 };

/* --- Reading --------------------------------------------------------------------------------- */

static struct tt_bytes text(struct tt_reader *r, struct tt_msg *m, uint32_t max)
{
    uint32_t left = tt_reader_left(r), n = 0;
    bool odd = false;
    while (n < left && r->p[n]) {
        odd |= r->p[n] < 0x20 || r->p[n] > 0x7e;
        n++;
    }
    note(m, n == left, A_UNTERMINATED);
    note(m, n >= max, A_STRING_LENGTH);
    note(m, odd, A_STRING_OCTETS);
    struct tt_bytes b = tt_read_bytes(r, n);
    tt_read_skip(r, 1);
    return b;
}

static void put_text(struct tt_reader *r, struct tt_msg *m, unsigned row, uint32_t max)
{
    struct tt_bytes b = text(r, m, max);
    if (b.n || row == F_SYSTEM_ID || row == F_SOURCE || row == F_DEST) {
        tt_put_bytes(m, r, row, b);
    }
}

/* 7.1.1 of 3.4: YYMMDDhhmmsstnnp. */
static void judge_time(struct tt_msg *m, struct tt_bytes b)
{
    bool good = b.n == 0 || (b.n == 16 && memchr("+-R", b.p[15], 3));
    for (uint32_t i = 0; good && i + 1 < b.n; i++) {
        good = b.p[i] >= '0' && b.p[i] <= '9';
    }
    note(m, !good, A_TIME);
}

static void put_number(struct tt_reader *r, struct tt_msg *m, unsigned row, struct letter *l)
{
    uint8_t v = tt_read_u8(r);
    tt_put_uint(m, r, row, v);
    if (!tt_reader_ok(r)) {
        return;
    }
    const struct tt_name *names = fields[row].names;
    note(m, (names == tons || names == npis) && !named(names, v), A_TON_NPI);
    note(m, row == F_VERSION && v > 0x34 && v != 0x50, A_VERSION);
    note(m, row == F_PRIORITY && v > 4, A_PRIORITY);
    note(m, row == F_REPLACE && v > 1, A_FLAGS);
    if (row == F_CODING) {
        l->coding = v;
        l->coded = true;
    } else if (row == F_PROTOCOL) {
        l->protocol = v;
    }
}

static void put_registered(struct tt_reader *r, struct tt_msg *m)
{
    uint8_t v = tt_read_u8(r);
    tt_put_uint(m, r, F_RECEIPT, v & 3);
    tt_put_uint(m, r, F_ACKNOWLEDGEMENT, v >> 2 & 3);
    tt_put_uint(m, r, F_INTERMEDIATE, v >> 4 & 1);
    note(m, v & 0xe0, A_FLAGS);
}

static void put_class(struct tt_reader *r, struct tt_msg *m, struct letter *l)
{
    uint8_t v = tt_read_u8(r);
    l->esm_class = v;
    tt_put_uint(m, r, F_MODE, v & 3);
    tt_put_uint(m, r, F_TYPE, v >> 2 & 15);
    tt_put_uint(m, r, F_FEATURES, v >> 6);
    note(m, !named(message_types, v >> 2 & 15), A_FLAGS);
}

static void put_message(const struct state *s, struct tt_reader *r, struct tt_msg *m,
                        struct letter *l)
{
    uint8_t n = tt_read_u8(r);
    tt_put_uint(m, r, F_SM_LENGTH, n);
    note(m, n == 255 && s->version != 0x50, A_SM_OVER);
    note(m, tt_reader_ok(r) && n > tt_reader_left(r), A_SM_LENGTH);
    struct tt_bytes b = tt_read_bytes(r, n);
    if (b.n) {
        tt_put_bytes(m, r, F_SHORT, b);
        l->data = b;
        l->short_message = true;
    }
}

static void put_list(struct tt_reader *r, struct tt_msg *m)
{
    uint8_t n = tt_read_u8(r);
    note(m, n == 0 && tt_reader_ok(r), A_NO_DESTINATION);
    for (; n && tt_reader_ok(r); n--) {
        uint8_t flag = tt_read_u8(r);
        tt_put_uint(m, r, F_LIST_FLAG, flag);
        if (flag == 1) {
            put_number(r, m, F_LIST_TON, NULL);
            put_number(r, m, F_LIST_NPI, NULL);
            tt_put_bytes(m, r, F_LIST_ADDRESS, text(r, m, 21));
        } else if (flag == 2) {
            tt_put_bytes(m, r, F_LIST_NAME, text(r, m, 21));
        } else if (tt_reader_ok(r)) {
            note(m, true, A_DEST_FLAG);
            tt_reader_fail(r, TT_READ_INVALID);
        }
    }
}

static void put_failed(struct tt_reader *r, struct tt_msg *m)
{
    for (uint8_t n = tt_read_u8(r); n && tt_reader_ok(r); n--) {
        put_number(r, m, F_FAILED_TON, NULL);
        put_number(r, m, F_FAILED_NPI, NULL);
        tt_put_bytes(m, r, F_FAILED_ADDRESS, text(r, m, 21));
        tt_put_uint(m, r, F_FAILED_STATUS, tt_read_u32(r));
    }
}

static int16_t index_of(const struct tt_msg *m, unsigned row)
{
    for (unsigned i = 0; i < m->n_values; i++) {
        if (m->values[i].field == row) {
            return (int16_t)i;
        }
    }
    return -1;
}

static void special(const struct state *s, struct tt_reader *r, struct tt_msg *m, unsigned which,
                    struct letter *l)
{
    switch (which) {
    case S_ESM:
        put_class(r, m, l);
        break;
    case S_REGISTERED:
        put_registered(r, m);
        break;
    case S_MESSAGE:
        put_message(s, r, m, l);
        break;
    case S_LIST:
        put_list(r, m);
        break;
    case S_FAILED:
        put_failed(r, m);
        break;
    case S_MSC: { /* since version 3 */
        int16_t at = index_of(m, F_HUAWEI_VERSION);
        if (at >= 0 && (m->values[at].u == 3 || m->values[at].u == '3')) {
            put_number(r, m, F_MSC_NOA, l);
            put_number(r, m, F_MSC_NPI, l);
            put_text(r, m, F_MSC, 21);
        }
        break;
    }
    case S_MESSAGES: {
        uint8_t n = tt_read_u8(r);
        tt_put_uint(m, r, F_COUNT, n);
        for (; n && tt_reader_ok(r); n--) {
            tt_put_bytes(m, r, F_IDS, text(r, m, 65));
        }
        break;
    }
    default:
        break;
    }
}

/* A refusal says the same in rows of their own: tshark does not look at its body. */
static unsigned refused_row(unsigned row)
{
    return row == F_SYSTEM_ID    ? F_SYSTEM_ID_REFUSED
           : row == F_MESSAGE_ID ? F_MESSAGE_ID_REFUSED
                                 : row;
}

static void body(const struct state *s, struct tt_reader *r, struct tt_msg *m,
                 const struct step *step, bool refused, struct letter *l)
{
    for (; step->row && tt_reader_ok(r); step++) {
        unsigned row = refused ? refused_row(step->row) : step->row;
        if (row >= N_ROWS) {
            special(s, r, m, row, l);
        } else if (step->max == U32) {
            tt_put_uint(m, r, row, tt_read_u32(r));
        } else if (step->max == U8) {
            put_number(r, m, row, l);
        } else if (row == F_SCHEDULE || row == F_VALIDITY || row == F_FINAL_DATE) {
            struct tt_bytes b = text(r, m, step->max);
            judge_time(m, b);
            if (b.n) {
                tt_put_bytes(m, r, row, b);
            }
        } else {
            put_text(r, m, row, step->max);
        }
    }
}

/* --- Optional parameters --------------------------------------------------------------------- */

static const struct parameter *parameter_of(uint16_t tag)
{
    for (unsigned i = 0; i < N_PARAMETERS; i++) {
        if (parameters[i].tag == tag) {
            return &parameters[i];
        }
    }
    return NULL;
}

/* The parts of those that hold more than one thing. */
static void put_parts(const struct tt_reader *r, struct tt_msg *m, unsigned row, struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    (void)r;
    if (row == T_network_error_code) {
        tt_put_uint(m, &in, F_NETWORK_TYPE, tt_read_u8(&in));
        tt_put_uint(m, &in, F_NETWORK_CODE, tt_read_u16(&in));
    } else if (row == T_broadcast_content_type) {
        tt_put_uint(m, &in, F_CONTENT_NETWORK, tt_read_u8(&in));
        tt_put_uint(m, &in, F_CONTENT_TYPE, tt_read_u16(&in));
    } else if (row == T_broadcast_frequency_interval) {
        tt_put_uint(m, &in, F_INTERVAL_UNIT, tt_read_u8(&in));
        tt_put_uint(m, &in, F_INTERVAL, tt_read_u16(&in));
    } else if (row == T_broadcast_area_identifier) {
        tt_put_uint(m, &in, F_AREA_FORMAT, tt_read_u8(&in));
    } else if (row == T_its_session_info) {
        tt_put_uint(m, &in, F_SESSION, tt_read_u8(&in));
        uint8_t v = tt_read_u8(&in);
        tt_put_uint(m, &in, F_SESSION_SEQUENCE, v >> 1);
        tt_put_uint(m, &in, F_SESSION_END, v & 1);
    }
}

/* What the message itself depends on. */
static void heed(struct letter *l, unsigned row, uint32_t v, struct tt_bytes b)
{
    if (row == T_sar_msg_ref_num) {
        l->reference = (uint16_t)v;
        l->seen |= 1;
    } else if (row == T_sar_total_segments) {
        l->parts = (uint8_t)v;
        l->seen |= 2;
    } else if (row == T_sar_segment_seqnum) {
        l->part = (uint8_t)v;
        l->seen |= 4;
    } else if (row == F_PAYLOAD) {
        l->data = l->short_message ? l->data : b;
        l->payload = b.n > 0;
    }
    l->receipt |= row == T_receipted_message_id || row == F_STATE;
}

static void put_value(const struct tt_reader *r, struct tt_msg *m, const struct parameter *p,
                      struct tt_bytes b, struct letter *l)
{
    struct tt_reader in = tt_reader_over(b);
    uint32_t v = 0;
    note(m, b.n < p->min || b.n > p->max, A_TLV_SIZE);
    note(m, tt_msg_has(m, p->row), A_TLV_TWICE);
    if (p->wire <= W32) {
        v = p->wire == W8 ? tt_read_u8(&in) : p->wire == W16 ? tt_read_u16(&in) : tt_read_u32(&in);
        tt_put_uint(m, &in, p->row, v);
    } else if (p->wire == WTEXT) {
        const uint8_t *nul = b.n ? memchr(b.p, 0, b.n) : NULL;
        uint32_t n = nul ? (uint32_t)(nul - b.p) : b.n;
        note(m, !nul, A_UNTERMINATED);
        tt_put_bytes(m, r, p->row, (struct tt_bytes){b.p, n});
    } else {
        tt_put_bytes(m, r, p->row, b);
        put_parts(r, m, p->row, b);
    }
    if (tt_reader_ok(&in)) {
        heed(l, p->row, v, b);
    }
}

static void put_parameters(struct tt_reader *r, struct tt_msg *m, struct letter *l)
{
    while (tt_reader_left(r) > 0 && tt_reader_ok(r)) {
        uint16_t tag = tt_read_u16(r), n = tt_read_u16(r);
        const struct parameter *p = parameter_of(tag);
        if (!tt_reader_ok(r)) {
            break;
        }
        tt_put_uint(m, r, F_TAG, tag);
        if (p) {
            tt_put_uint(m, r, F_TAG_NAME, tag);
        }
        tt_put_uint(m, r, F_TAG_LENGTH, n);
        struct tt_bytes b = tt_read_bytes(r, n);
        bool vendor = tag >= 0x1400 && tag <= 0x3fff;
        if (p && tt_reader_ok(r)) {
            put_value(r, m, p, b, l);
        } else if (tt_reader_ok(r)) {
            tt_put_bytes(m, r, vendor ? F_TAG_VENDOR : F_TAG_RESERVED, b);
            note(m, !vendor, A_TLV_UNKNOWN);
        }
    }
    note(m, !tt_reader_ok(r), A_TLV_LENGTH);
}

/* 5.0, 4.4.1.1: what a broadcast cannot do without. */
static void judge_missing(struct tt_msg *m)
{
    if (m->kind == 2 * CMD_broadcast_sm) {
        note(m,
             !tt_msg_has(m, T_broadcast_area_identifier) ||
                 !tt_msg_has(m, T_broadcast_content_type) || !tt_msg_has(m, T_broadcast_rep_num) ||
                 !tt_msg_has(m, T_broadcast_frequency_interval),
             A_TLV_MISSING);
    }
}

/* --- Every unit ------------------------------------------------------------------------------ */

/* Whom a message is about: its receiver; where the SMSC delivers, its sender. The name that the
 * SMSC gives itself is no device's. */
static void name(struct tt_msg *m, struct letter *l)
{
    unsigned command = m->kind / 2;
    int16_t from = index_of(m, F_SOURCE), to = index_of(m, F_DEST);
    bool delivered = command == CMD_deliver_sm || command == CMD_alert_notification;
    l->from = from >= 0 ? (struct tt_bytes){m->values[from].p, m->values[from].n} : l->from;
    l->to = to >= 0 ? (struct tt_bytes){m->values[to].p, m->values[to].n} : l->to;
    m->stream = delivered || to < 0 ? from : to;
    if (m->stream >= 0 && m->values[m->stream].n == 0) {
        m->stream = -1;
    }
    if (m->kind % 2 || command == CMD_outbind) {
        m->identity = -1;
    }
}

/* A short message is in it. */
static bool carries(const struct tt_msg *m)
{
    return m->kind == 2 * CMD_submit_sm || m->kind == 2 * CMD_submit_multi ||
           m->kind == 2 * CMD_deliver_sm || m->kind == 2 * CMD_data_sm;
}

/* data_sm goes both ways; a receipt is no message of a device. */
static enum tt_sms_way way_of(const struct state *s, const struct tt_msg *m, const struct letter *l)
{
    unsigned esme = s->known ? s->esme : TT_TO_SERVER, type = l->esm_class >> 2 & 15;
    bool delivered = m->kind == 2 * CMD_deliver_sm;
    if (m->kind == 2 * CMD_data_sm) {
        delivered = m->direction != esme;
    }
    if (!delivered) {
        return TT_SMS_TO_DEVICE;
    }
    return l->receipt || type == 1 || type == 8 ? TT_SMS_NO : TT_SMS_FROM_DEVICE;
}

/* Whose connection it is, and which version it speaks. */
static void learn_bind(struct state *s, const struct tt_msg *m)
{
    int16_t version = index_of(m, F_VERSION), name = index_of(m, F_SYSTEM_ID);
    s->version = version >= 0 ? (uint8_t)m->values[version].u : 0;
    s->account_n = 0;
    if (name >= 0) {
        uint32_t n = m->values[name].n;
        s->account_n = (uint8_t)(n < sizeof s->account ? n : sizeof s->account);
        memcpy(s->account, m->values[name].p, s->account_n);
    }
}

static bool rest(struct state *s, struct tt_reader *r, struct tt_msg *m, uint32_t status,
                 bool whole)
{
    unsigned command = m->kind == KIND_NACK ? OTHER : m->kind / 2u;
    bool response = m->kind % 2 || m->kind == KIND_NACK;
    const struct layout *layout = &layouts[command];
    const struct step *steps = response ? layout->response : layout->request;
    struct letter l = {.data = {NULL, 0}};
    if (tt_reader_left(r) == 0 && (steps->row == 0 || response)) {
        /* deliver_sm_resp has nothing to say; a refusal need not */
        note(m, steps->row && status == 0 && command != CMD_deliver_sm, A_NO_BODY);
        return true;
    }
    note(m, tt_reader_left(r) == 0, A_NO_BODY);
    if (m->kind == KIND_NACK || (command == OTHER && m->kind < 2)) {
        note(m, m->kind == KIND_NACK, A_TRAILING);
        return true;
    }
    body(s, r, m, steps, response && status, &l);
    name(m, &l);
    if (!whole || !tt_reader_ok(r)) {
        return false;
    }
    if (layout->parameters & (response ? TLV_RESP : TLV)) {
        put_parameters(r, m, &l);
    }
    note(m, tt_reader_left(r) > 0, A_TRAILING);
    note(m, l.short_message && l.payload, A_TWO_PAYLOADS);
    judge_missing(m);
    struct tt_reader all = tt_reader_over(m->unit);
    if (s->account_n && carries(m)) {
        struct tt_bytes account = {(const uint8_t *)s->account, s->account_n};
        tt_put_bytes(m, &all, F_ACCOUNT, account);
    }
    l.whole = true;
    if (l.data.n) {
        user_data(s, &all, m, &l);
    }
    m->sms = l.whole && carries(m) ? (uint8_t)way_of(s, m, &l) : TT_SMS_NO;
    if (m->kind == 2 * CMD_bind_receiver || m->kind == 2 * CMD_bind_transmitter ||
        m->kind == 2 * CMD_bind_transceiver) {
        learn_bind(s, m);
    }
    return tt_reader_ok(r);
}

static bool pdu(struct state *s, struct tt_reader *r, struct tt_msg *m, bool whole)
{
    uint32_t length = tt_read_u32(r), id = tt_read_u32(r), status = tt_read_u32(r);
    uint32_t sequence = tt_read_u32(r);
    bool response = id & RESPONSE;
    unsigned command = command_of(id & ~RESPONSE);
    m->tx_role = TT_TX_ALONE;
    if (!tt_reader_ok(r)) {
        return false;
    }
    m->kind = id == RESPONSE ? KIND_NACK : (uint8_t)(2 * command + response);
    tt_put_uint(m, r, F_LENGTH, length);
    tt_put_uint(m, r, F_COMMAND, id);
    if (response || status) {
        tt_put_uint(m, r, response ? F_STATUS : F_STATUS_REQUEST, status);
    }
    tt_put_uint(m, r, F_SEQUENCE, sequence);
    note(m, !named(commands, id) && !(command == OTHER && (id & 0x7fffff00) == 0x10200), A_COMMAND);
    note(m, response && !named(statuses, status) && (status < 0x400 || status > 0x4ff), A_STATUS);
    note(m, !response && status, A_REQUEST_STATUS);
    note(m, (sequence == 0 && m->kind != KIND_NACK) || sequence > INT32_MAX, A_SEQUENCE);
    if (response) {
        answer(s, m, command, sequence);
        learn_response(s, m, command, status);
    } else {
        judge_request(s, m, command);
        learn_request(s, m, command);
        if (command != CMD_outbind && command != CMD_alert_notification) {
            ask(s, m, command, sequence);
        }
    }
    return rest(s, r, m, status, whole);
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    return pdu(state, r, m, true);
}

static void parse_head(void *state, struct tt_reader *r, struct tt_msg *m)
{
    (void)pdu(state, r, m, false);
    note(m, true, A_TOO_LONG);
}

static void gap(void *state, enum tt_direction direction)
{
    struct state *s = state;
    (void)direction;
    memset(s->pending, 0, sizeof s->pending);
    s->lost = s->forget = 1;
}

static uint32_t u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t unit_length(const void *state, struct tt_bytes have, uint32_t seen,
                           enum tt_direction direction)
{
    (void)state, (void)seen, (void)direction;
    if (have.n < 4) {
        return have.n && have.p[0] ? -1 : 0;
    }
    uint32_t n = u32(have.p);
    return n < HEAD || n > LENGTH_MAX ? -1 : (int64_t)n;
}

/* --- Probing --------------------------------------------------------------------------------- */

/* The fixed fields of a body, as far as they are here; complete: nothing more will come. */
static enum tt_probe walk(const struct step *step, struct tt_bytes b, bool complete)
{
    enum { STRING_MAX = 80 };
    struct tt_reader r = tt_reader_over(b);
    for (; step->row && step->row != S_LIST; step++) {
        if (step->max == U32) {
            tt_read_skip(&r, 4);
        } else if (step->max == U8) {
            uint8_t v = tt_read_u8(&r);
            bool odd = step->row < N_ROWS && fields[step->row].names == tons && v > 6;
            odd |= step->row < N_ROWS && fields[step->row].names == npis && v > 18;
            odd |= (step->row == F_VERSION && v > 0x50) || (step->row == F_PRIORITY && v > 4) ||
                   (step->row == F_REPLACE && v > 1);
            if (odd) {
                return TT_PROBE_NO;
            }
            tt_read_skip(&r, step->row == S_MESSAGE ? v : 0);
        } else {
            uint8_t c = 1;
            for (unsigned n = 0; c && tt_reader_left(&r); n++) {
                c = tt_read_u8(&r);
                if ((c && (c < 0x20 || c > 0x7e)) || n > STRING_MAX) {
                    return TT_PROBE_NO;
                }
            }
            if (c) {
                tt_reader_fail(&r, TT_READ_SHORT);
            }
        }
        if (!tt_reader_ok(&r)) {
            return complete ? TT_PROBE_NO : TT_PROBE_MAYBE;
        }
    }
    return TT_PROBE_YES;
}

static bool header_odd(struct tt_bytes b)
{
    uint32_t length = b.n < 4 ? HEAD : u32(b.p), id = b.n < 8 ? RESPONSE : u32(b.p + 4);
    uint32_t status = b.n < 12 ? 0 : u32(b.p + 8), sequence = b.n < HEAD ? 1 : u32(b.p + 12);
    bool vendor = (id & 0x7fffff00) == 0x10200, failed = status >= 0x400 && status <= 0x4ff;
    return (b.n && b.p[0]) || length < HEAD || length > PDU_MAX ||
           (!named(commands, id) && !vendor) || (!(id & RESPONSE) && status) ||
           (!named(statuses, status) && !failed) || sequence > INT32_MAX ||
           (sequence == 0 && id != RESPONSE);
}

static enum tt_probe probe(struct tt_bytes head, enum tt_direction direction)
{
    (void)direction; /* of a flow that is joined later it is a guess */
    if (head.n == 0 || header_odd(head)) {
        return TT_PROBE_NO;
    }
    if (head.n < HEAD) {
        return TT_PROBE_MAYBE;
    }
    uint32_t length = u32(head.p), id = u32(head.p + 4), status = u32(head.p + 8);
    unsigned command = command_of(id & ~RESPONSE);
    const struct layout *layout = &layouts[command];
    const struct step *steps = id & RESPONSE ? layout->response : layout->request;
    bool bare = id == RESPONSE || (command != OTHER && steps->row == 0);
    if (length == HEAD && (bare || id & RESPONSE)) {
        return TT_PROBE_YES;
    }
    if (bare || command == OTHER) {
        return command == OTHER && id != RESPONSE ? TT_PROBE_MAYBE : TT_PROBE_NO;
    }
    bool complete = head.n >= length;
    struct tt_bytes fixed = {head.p + HEAD, (complete ? length : head.n) - HEAD};
    return id & RESPONSE && status ? TT_PROBE_YES : walk(steps, fixed, complete);
}

static const uint16_t ports[] = {2775, 2776, 3550, 0};

const struct tt_dissector tt_dissector_smpp = {
    .name = "smpp",
    .doc = "SMPP 3.3, 3.4 and 5.0.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .n_anomalies = N_ODDITIES,
    .sms = sms_parts,
    .ports = ports,
    .transport = TT_TCP,
    .state_size = sizeof(struct state),
    .more_size = sizeof(struct tt_sms_places),
    .max_unit = PDU_MAX,
    .probe = probe,
    .unit_length = unit_length,
    .parse = parse,
    .parse_head = parse_head,
    .gap = gap,
};
