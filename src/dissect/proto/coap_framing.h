/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where a message of CoAP ends over TCP (RFC 8323 3.2), and whether octets are one, part of coap.c
 * alone. Datagrams have little that is certain: a version of two bits, codes that somebody
 * registered, options that end where they should. So one alone is never proof.
 */
#ifndef DISSECT_PROTO_COAP_FRAMING_H
#define DISSECT_PROTO_COAP_FRAMING_H

#include "dissect/proto/coap_options.h"

enum { OPTIONS_MAX = 64 };

/* A delta or a length: the nibble, and the octets that it announces (RFC 7252 3.1). */
static inline uint32_t extended(struct tt_reader *r, uint8_t nibble)
{
    return nibble < 13 ? nibble : nibble == 13 ? tt_read_u8(r) + 13u : tt_read_u16(r) + 269u;
}

/* RFC 8323 3.2; RFC 8974 2.1 for longer tokens. */
static inline int64_t unit_length(const void *state, struct tt_bytes have, uint32_t seen,
                                  enum tt_direction direction)
{
    (void)state, (void)seen, (void)direction;
    uint8_t nibble = have.n ? have.p[0] >> 4 : 0, tkl = have.n ? have.p[0] & 15 : 0;
    uint32_t ext = nibble < 13 ? 0 : 1u << (nibble - 13);
    uint32_t longer = tkl == 13 ? 1 : tkl == 14 ? 2 : 0;
    if ((tkl > 8 && tkl < 13) || tkl == 15) {
        return -1;
    }
    if (have.n < 2 + ext + longer) {
        return 0;
    }
    static const uint32_t base[4] = {0, 13, 269, 65805};
    int64_t length = nibble < 13 ? nibble : 0;
    for (uint32_t i = 1; i <= ext; i++) {
        length = length << 8 | have.p[i];
    }
    length += nibble < 13 ? 0 : base[nibble - 12];
    uint32_t t = tkl;
    if (longer) {
        const uint8_t *p = have.p + 2 + ext;
        t = longer == 1 ? p[0] + 13u : ((uint32_t)p[0] << 8 | p[1]) + 269u;
    }
    return 2 + (int64_t)ext + longer + t + length;
}

enum { STRANGERS = 4, NEXT_IDS = 64 };

/* Options that end where they should, all known or elective, each of a length that it may have and
 * as often as it may come, and few that nobody knows. */
static inline bool options_fit(unsigned code, struct tt_reader *r, unsigned *count)
{
    uint32_t number = 0, strangers = 0;
    *count = 0;
    while (tt_reader_left(r) > 0) {
        uint8_t octet = tt_read_u8(r);
        if (octet == 0xff) {
            return tt_reader_left(r) > 0;
        }
        if (octet >> 4 == 15 || (octet & 15) == 15) {
            return false;
        }
        uint32_t delta = extended(r, octet >> 4), length = extended(r, octet & 15);
        number += delta;
        const struct option *o = option_of(code, number);
        tt_read_skip(r, length);
        bool strange = o ? length < o->least || length > o->most : number & 1 || number > 65535;
        strange |= number == 0 || (o && delta == 0 && !(o->flags & REPEATS));
        strangers += !o;
        if (!tt_reader_ok(r) || strange || strangers > STRANGERS || ++*count > OPTIONS_MAX) {
            return false;
        }
    }
    return tt_reader_ok(r);
}

enum { CSM_OCTETS = 32 };

/* Streams: CSM comes first each way. Without it a message says too little. */
static inline enum tt_probe probe(struct tt_bytes head, enum tt_direction direction)
{
    int64_t n = unit_length(NULL, head, 0, direction);
    uint8_t nibble = head.n ? head.p[0] >> 4 : 0, tkl = head.n ? head.p[0] & 15 : 0;
    uint32_t at = 1 + (nibble < 13 ? 0 : 1u << (nibble - 13));
    unsigned count, code = head.n > at ? head.p[at] : CODE_CSM;
    if (n < 0 || n > 1 << 20 || !code_known(code) || code == EMPTY) {
        return TT_PROBE_NO;
    }
    if (head.n > at && code == CODE_CSM && (n > CSM_OCTETS || tkl)) {
        return TT_PROBE_NO;
    }
    enum tt_probe hope = code == CODE_CSM ? TT_PROBE_MAYBE : TT_PROBE_PORT;
    if (n == 0 || n > head.n) {
        return hope;
    }
    struct tt_reader r = tt_reader_over((struct tt_bytes){head.p, (uint32_t)n});
    tt_read_skip(&r, at + 1);
    tt_read_skip(&r, tkl > 12 ? extended(&r, tkl) : tkl);
    if (!options_fit(code, &r, &count)) {
        return TT_PROBE_NO;
    }
    return code == CODE_CSM && count ? TT_PROBE_YES : hope;
}

/* Datagrams: never sure alone. */
static inline enum tt_probe probe_datagram(struct tt_bytes b, enum tt_direction direction)
{
    (void)direction;
    unsigned count, type = b.n > 3 ? b.p[0] >> 4 & 3 : 0, code = b.n > 3 ? b.p[1] : EMPTY;
    bool first = b.n && b.p[0] >> 6 == 1 && (b.p[0] & 15) <= 14;
    if (b.n < 4 || !first || !code_known(code) || code >> 5 == 7) {
        return b.n && (b.p[0] < 20 || b.p[0] > 63) ? TT_PROBE_PORT : TT_PROBE_NO; /* 20-63: DTLS */
    }
    struct tt_reader r = tt_reader_over(b);
    tt_read_skip(&r, 4);
    uint8_t tkl = b.p[0] & 15;
    tt_read_skip(&r, tkl > 12 ? extended(&r, tkl) : tkl);
    bool fits = options_fit(code, &r, &count), empty = code == EMPTY;
    bool type_fits = empty ? type != NON && b.n == 4 : code < 32 ? type <= NON : type != RST;
    return fits && type_fits && (tkl <= 8 || tkl >= 13) ? TT_PROBE_MAYBE : TT_PROBE_PORT;
}

/* A second datagram proves the first: it answers it, or is another message of its kind. */
static inline bool confirm(struct tt_bytes a, enum tt_direction from, struct tt_bytes b,
                           enum tt_direction to)
{
    uint32_t n = a.p[0] & 15;
    bool same_token = (b.p[0] & 15) == n && n <= 8 && memcmp(a.p + 4, b.p + 4, n) == 0;
    bool same_id = a.p[2] == b.p[2] && a.p[3] == b.p[3];
    bool response = a.p[1] >> 5 != 0, answer = b.p[1] >> 5 != 0;
    unsigned type = b.p[0] >> 4 & 3;
    if (from != to) {
        bool short_answer = b.p[1] == EMPTY && type >= ACK_TYPE && same_id;
        return short_answer || (!response && answer && same_token && (type != ACK_TYPE || same_id));
    }
    if (a.p[1] == EMPTY || b.p[1] == EMPTY || response != answer || (b.p[0] & 15) != n) {
        return false;
    }
    if (same_id) { /* sent again */
        return n > 0 && a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
    }
    /* One sender numbers its messages one after the other, and its responses have tokens. */
    uint16_t step = (uint16_t)((b.p[2] << 8 | b.p[3]) - (a.p[2] << 8 | a.p[3]));
    return step <= NEXT_IDS && a.n > 4 + n && b.n > 4 + n && (n > 0 || !response);
}

#endif
