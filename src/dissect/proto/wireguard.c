/* SPDX-License-Identifier: BSD-3-Clause
 *
 * WireGuard (the paper of 2020, 5.4): four kinds of datagrams, of which only numbers are in clear.
 * The transaction is a handshake; what is carried is counted by its flow. Never decrypts.
 */
#include "telltale/dissect.h"

enum { INITIATION = 1, RESPONSE, COOKIE, TRANSPORT };

struct state {
    struct tt_flow_facts facts;
};

/* clang-format off */
static const struct tt_name kinds[] = {
    {0, "unknown"}, {INITIATION, "initiation"}, {RESPONSE, "response"}, {COOKIE, "cookie_reply"},
    {TRANSPORT, "transport"}, {0, NULL},
};
enum row { F_TYPE, F_SENDER, F_RECEIVER, F_COUNTER, F_OCTETS, N_ROWS };
static const struct tt_field fields[N_ROWS] = {
    [F_TYPE] = {"*.type", "What it is.", kinds, NULL, "wg.type", TT_ENUM, 0, 0},
    [F_SENDER] = {"*.sender", "Number that its sender chose.", NULL, NULL, "wg.sender", TT_UINT, 0,
                  TT_TSHARK_HEX},
    [F_RECEIVER] = {"*.receiver", "Number that its receiver chose.", NULL, NULL, "wg.receiver",
                    TT_UINT, 0, TT_TSHARK_HEX},
    [F_COUNTER] = {"*.counter", "Number of the datagram.", NULL, NULL, "wg.counter", TT_UINT, 0, 0},
    [F_OCTETS] = {"*.octets", "Octets carried, with what proves them.", NULL, NULL, NULL, TT_UINT,
                  0, 0},
};
enum oddity { A_MALFORMED, A_RESERVED, N_ODDITIES };
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "No kind of datagram, or not of its length."},
    [A_RESERVED] = {"reserved_octets", "Octets that have to be zero are not."},
};
/* clang-format on */

static uint32_t little(struct tt_reader *r)
{
    uint32_t v = tt_read_u32(r);
    return __builtin_bswap32(v);
}

/* Lengths are fixed; what is carried is padded to 16 octets (5.4.6). */
static bool fits(uint8_t type, uint32_t n)
{
    static const uint8_t sizes[] = {[INITIATION] = 148, [RESPONSE] = 92, [COOKIE] = 64};
    return type == TRANSPORT ? n >= 32 && n % 16 == 0
                             : type && type < TRANSPORT && n == sizes[type];
}

static bool parse(void *state, struct tt_reader *r, struct tt_msg *m)
{
    uint32_t size = tt_reader_left(r), reserved, sender = 0;
    uint8_t type = tt_read_u8(r);
    (void)state;
    reserved = (uint32_t)tt_read_u8(r) << 16;
    reserved |= tt_read_u16(r);
    m->kind = fits(type, size) ? type : 0;
    m->tx_role = TT_TX_NONE;
    if (m->kind == 0) {
        return false;
    }
    if (reserved) {
        tt_msg_anomaly(m, A_RESERVED);
    }
    tt_put_uint(m, r, F_TYPE, type);
    if (type == INITIATION || type == RESPONSE) {
        sender = little(r);
        tt_put_uint(m, r, F_SENDER, sender);
    }
    uint32_t receiver = type == INITIATION ? 0 : little(r);
    if (type != INITIATION) {
        tt_put_uint(m, r, F_RECEIVER, receiver);
    }
    if (type == TRANSPORT) {
        uint64_t low = little(r);
        tt_put_uint(m, r, F_COUNTER, low | (uint64_t)little(r) << 32);
        tt_put_uint(m, r, F_OCTETS, tt_reader_left(r));
    }
    if (type == INITIATION) {
        tt_msg_open(m, sender);
    } else if (type != TRANSPORT) { /* behind a cookie the initiator has to ask again */
        tt_msg_answer(m, receiver, (enum tt_direction) !m->direction, true);
    }
    tt_read_skip(r, tt_reader_left(r));
    return true;
}

static enum tt_probe probe(struct tt_bytes b, enum tt_direction d)
{
    (void)d;
    bool may = b.n >= 4 && fits(b.p[0], b.n) && !(b.p[1] | b.p[2] | b.p[3]);
    return may ? TT_PROBE_MAYBE : TT_PROBE_NO;
}

static uint64_t counter_of(struct tt_bytes b)
{
    uint64_t v = 0;
    for (unsigned i = 8; i-- > 0;) {
        v = v << 8 | b.p[8 + i];
    }
    return v;
}

/* An answer names the number of what it answers; datagrams of one session count up. */
static bool confirm(struct tt_bytes a, enum tt_direction from_a, struct tt_bytes b,
                    enum tt_direction from_b)
{
    if (from_a != from_b) {
        if (a.p[0] == TRANSPORT && b.p[0] == TRANSPORT) { /* both have just begun, or count alike */
            return counter_of(a) < 1u << 16 && counter_of(b) < 1u << 16;
        }
        uint32_t at = b.p[0] == RESPONSE ? 8 : 4;
        return a.p[0] == INITIATION && (b.p[0] == RESPONSE || b.p[0] == COOKIE) &&
               memcmp(a.p + 4, b.p + at, 4) == 0;
    }
    uint64_t first = counter_of(a), second = counter_of(b);
    bool session = a.p[0] == TRANSPORT && b.p[0] == TRANSPORT && memcmp(a.p + 4, b.p + 4, 4) == 0;
    return session && second > first && second - first < 64;
}

static const uint16_t ports[] = {51820, 0};

const struct tt_dissector tt_dissector_wireguard = {
    .name = "wireguard",
    .doc = "WireGuard: handshakes, and that something is carried.",
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
    .confirm = confirm,
    .parse = parse,
};
