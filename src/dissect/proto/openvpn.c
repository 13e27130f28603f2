/* SPDX-License-Identifier: BSD-3-Clause
 *
 * OpenVPN over UDP and TCP (draft-openvpn-wire-protocol): opcode, key, the sessions of both ends.
 * The transaction is the opening of a session; records of its TLS and what is carried are not
 * looked into. Never decrypts.
 */
#include "telltale/dissect.h"

enum {
    SOFT_RESET = 3,
    CONTROL,
    ACKNOWLEDGE,
    DATA,
    CLIENT_RESET,
    SERVER_RESET,
    DATA_2,
    CLIENT_RESET_3,
    CONTROL_WRAPPED,
};
enum { SESSION = 8, SHORTEST = 14, LONGEST = 4096, SEARCHED = 96 };

struct state {
    struct tt_flow_facts facts;
    uint8_t known[2], session[2][SESSION];
};

/* clang-format off */
static const struct tt_name opcodes[] = {
    {1, "hard_reset_client_v1"}, {2, "hard_reset_server_v1"}, {SOFT_RESET, "soft_reset"},
    {CONTROL, "control"}, {ACKNOWLEDGE, "ack"}, {DATA, "data_v1"},
    {CLIENT_RESET, "hard_reset_client_v2"}, {SERVER_RESET, "hard_reset_server_v2"},
    {DATA_2, "data_v2"}, {CLIENT_RESET_3, "hard_reset_client_v3"},
    {CONTROL_WRAPPED, "control_wkc"}, {0, NULL},
};
enum kind { REQUEST, RESPONSE, PACKET };
static const struct tt_name kinds[] = {{REQUEST, "request"}, {RESPONSE, "response"},
                                       {PACKET, "packet"}, {0, NULL}};
enum row { F_OPCODE, F_KEY, F_SESSION, F_PEER, F_AUTHENTICATED, N_ROWS };
static const struct tt_field fields[N_ROWS] = {
    [F_OPCODE] = {"*.opcode", "What it is.", opcodes, NULL, "openvpn.opcode", TT_ENUM, 0,
                  TT_TSHARK_HEX},
    [F_KEY] = {"*.key_id", "Which key.", NULL, NULL, "openvpn.keyid", TT_UINT, 0, TT_TSHARK_HEX},
    [F_SESSION] = {"*.session", "Session of its sender.", NULL, NULL, NULL, TT_BYTES, 0, 0},
    [F_PEER] = {"*.peer_session", "Session of its receiver.", NULL, NULL, NULL, TT_BYTES, 0, 0},
    [F_AUTHENTICATED] = {"*.authenticated", "Control packets are proven by a key of their own.",
                         NULL, NULL, NULL, TT_BOOL, 0, 0},
};
enum oddity { A_MALFORMED, A_OPCODE, A_SESSION, N_ODDITIES };
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Shorter than its kind."},
    [A_OPCODE] = {"unknown_opcode", "Opcode that is not assigned."},
    [A_SESSION] = {"session_changed", "Another session than this end's."},
};
/* clang-format on */

static bool is_reset(uint8_t opcode)
{
    return opcode == CLIENT_RESET || opcode == SERVER_RESET || opcode == CLIENT_RESET_3;
}

/* Where the other end's session stands: behind the acknowledged numbers, which may be behind a
 * proof of any length. Numbers of a reset are the first ones. */
static const uint8_t *find(struct tt_bytes b, const uint8_t session[SESSION])
{
    uint32_t n = b.n < SEARCHED ? b.n : SEARCHED;
    for (uint32_t i = 0; i + SESSION <= n; i++) {
        if (memcmp(b.p + i, session, SESSION) == 0) {
            return b.p + i;
        }
    }
    return NULL;
}

static void open_session(struct state *s, struct tt_reader *r, struct tt_msg *m, uint8_t opcode)
{
    struct tt_bytes rest = {r->p, tt_reader_left(r)};
    bool answer = opcode == SERVER_RESET;
    m->kind = answer ? RESPONSE : REQUEST;
    tt_put_uint(m, r, F_AUTHENTICATED, answer ? rest.n > 17 : rest.n > 5);
    const uint8_t *peer = s->known[!m->direction] ? find(rest, s->session[!m->direction]) : NULL;
    if (answer && peer) {
        tt_put_bytes(m, r, F_PEER, (struct tt_bytes){peer, SESSION});
    }
    if (answer) {
        tt_msg_answer(m, CLIENT_RESET, (enum tt_direction) !m->direction, true);
    } else {
        tt_msg_open(m, CLIENT_RESET);
    }
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    struct state *s = state;
    m->kind = PACKET;
    m->tx_role = TT_TX_NONE;
    if (s->facts.transport != TT_UDP) {
        tt_read_skip(r, 2);
    }
    uint8_t first = tt_read_u8(r), opcode = first >> 3;
    tt_put_uint(m, r, F_OPCODE, opcode);
    tt_put_uint(m, r, F_KEY, first & 7);
    if (opcode == 0 || opcode > CONTROL_WRAPPED) {
        tt_msg_anomaly(m, A_OPCODE);
    } else if (opcode != DATA && opcode != DATA_2) {
        struct tt_bytes session = tt_read_bytes(r, SESSION);
        tt_put_bytes(m, r, F_SESSION, session);
        if (!tt_reader_ok(r)) {
            return false;
        }
        uint8_t *mine = s->session[m->direction];
        if (s->known[m->direction] && !is_reset(opcode) && memcmp(mine, session.p, SESSION) != 0) {
            tt_msg_anomaly(m, A_SESSION);
        }
        memcpy(mine, session.p, SESSION);
        s->known[m->direction] = 1;
        if (is_reset(opcode)) {
            open_session(s, r, m, opcode);
        }
    }
    tt_read_skip(r, tt_reader_left(r));
    return tt_reader_ok(r);
}

/* --- Recognising ----------------------------------------------------------------------------- */

/* The opening of a client without a proof is known in full: session, nothing acknowledged, 0. */
static enum tt_probe packet(struct tt_bytes b)
{
    static const uint8_t nothing[5];
    uint8_t opcode = b.p[0] >> 3;
    bool control = b.n >= SHORTEST && (opcode == CONTROL || is_reset(opcode));
    if (b.n == SHORTEST && b.p[0] == CLIENT_RESET << 3 && memcmp(b.p + 9, nothing, 5) == 0) {
        return TT_PROBE_YES;
    }
    return control && (!is_reset(opcode) || (b.p[0] & 7) == 0) ? TT_PROBE_MAYBE : TT_PROBE_NO;
}

static enum tt_probe probe_datagram(struct tt_bytes b, enum tt_direction d)
{
    (void)d;
    return b.n < SHORTEST ? TT_PROBE_NO : packet(b);
}

static enum tt_probe probe(struct tt_bytes b, enum tt_direction d)
{
    (void)d;
    if (b.n < 3) {
        return b.n == 0 || b.p[0] < LONGEST >> 8 ? TT_PROBE_MAYBE : TT_PROBE_NO;
    }
    uint32_t length = (uint32_t)b.p[0] << 8 | b.p[1];
    if (length < SHORTEST || length > LONGEST) {
        return TT_PROBE_NO;
    }
    if (!is_reset(b.p[2] >> 3) || b.p[2] & 7) {
        return TT_PROBE_NO;
    }
    if (b.n < 2 + SHORTEST) {
        return TT_PROBE_MAYBE;
    }
    return length == SHORTEST ? packet((struct tt_bytes){b.p + 2, SHORTEST}) : TT_PROBE_NO;
}

/* A server's opening names the client's session. */
static bool confirm(struct tt_bytes a, enum tt_direction from_a, struct tt_bytes b,
                    enum tt_direction from_b)
{
    bool opening = a.p[0] >> 3 == CLIENT_RESET || a.p[0] >> 3 == CLIENT_RESET_3;
    return from_a != from_b && opening && b.p[0] >> 3 == SERVER_RESET &&
           find((struct tt_bytes){b.p + 1 + SESSION, b.n - 1 - SESSION}, a.p + 1);
}

static int64_t unit_length(const void *state, struct tt_bytes b, uint32_t seen, enum tt_direction d)
{
    (void)state, (void)seen, (void)d;
    if (b.n < 3) {
        return 0;
    }
    uint32_t length = (uint32_t)b.p[0] << 8 | b.p[1], opcode = b.p[2] >> 3;
    if (length == 0 || opcode == 0 || opcode > CONTROL_WRAPPED) {
        return -1;
    }
    bool data = opcode == DATA || opcode == DATA_2;
    return data ? TT_UNIT_PASS(3, length - 1) : (int64_t)length + 2;
}

static const uint16_t ports[] = {1194, 0};

const struct tt_dissector tt_dissector_openvpn = {
    .name = "openvpn",
    .doc = "OpenVPN: sessions, and that something is carried.",
    .kinds = kinds,
    .fields = fields,
    .n_fields = N_ROWS,
    .anomalies = anomalies,
    .n_anomalies = N_ODDITIES,
    .ports = ports,
    .transport = TT_TCP | TT_UDP,
    .general = true,
    .state_size = sizeof(struct state),
    .max_unit = 65537,
    .probe = probe,
    .probe_datagram = probe_datagram,
    .confirm = confirm,
    .unit_length = unit_length,
    .parse = parse,
};
