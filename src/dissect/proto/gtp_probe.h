/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How GTP is recognised, part of gtp.c alone: a head whose length is the datagram's, and elements
 * (or a packet of IP) that fill the rest exactly.
 */
#ifndef DISSECT_PROTO_GTP_PROBE_H
#define DISSECT_PROTO_GTP_PROBE_H

#include "dissect/proto/gtp_parts.h"

enum { SLACK = 2048 };

/* Elements that are known and fit, all walked to the end exactly; -1 = they do not. */
static int exact(unsigned version, struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    int good = 0;
    while (tt_reader_left(&in)) {
        uint8_t type = tt_read_u8(&in);
        const struct element *e = version == 1 ? &parts_1[type] : &parts_2[type];
        uint32_t n;
        if (version == 1) {
            n = type < 128 ? fixed_1[type] : type == 141 ? tt_read_u8(&in) : tt_read_u16(&in);
        } else {
            n = tt_read_u16(&in);
            tt_read_skip(&in, 1);
        }
        tt_read_skip(&in, n);
        if ((version == 1 && type < 128 && n == 0) || !tt_reader_ok(&in)) {
            return -1;
        }
        good += e->form != OTHER && n >= e->min && (e->max == 0 || n <= e->max);
    }
    return good;
}

/* A packet of IP whose length is that of the octets. */
static bool is_ip(struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    unsigned first = tt_read_u8(&in);
    bool six = first >> 4 == 6;
    tt_read_skip(&in, six ? 3 : 1);
    unsigned length = tt_read_u16(&in) + (six ? 40u : 0u);
    return tt_reader_ok(&in) && (six || (first >> 4 == 4 && (first & 15) >= 5)) && b.n >= 20 &&
           length == b.n;
}

struct head {
    uint32_t teid, seq;
    uint8_t version, type, question;
    bool numbered;
    struct tt_bytes rest; /* elements, or the user's packet */
};

/* False: no head of versions 1 or 2 that agrees with the datagram. */
static bool read_head(struct tt_bytes b, struct head *h)
{
    struct tt_reader in = tt_reader_over(b);
    unsigned flags = tt_read_u8(&in);
    *h = (struct head){.version = (uint8_t)(flags >> 5), .type = tt_read_u8(&in)};
    uint32_t length = tt_read_u16(&in), left = tt_reader_left(&in);
    const struct message *known = &(h->version == 2 ? messages_2 : messages_1)[h->type];
    bool piggybacked = h->version == 2 && flags & PIGGYBACKED;
    h->question = known->question;
    h->numbered = h->version == 2 || flags & HAS_SEQUENCE;
    if (h->version == 1) {
        h->teid = tt_read_u32(&in);
        left = tt_reader_left(&in);
    }
    bool fits = piggybacked ? length < left : length == left;
    if (!known->known || !fits || (h->version == 2 ? flags & 3 : (flags & 0x18) != 0x10)) {
        return false;
    }
    in = tt_read_sub(&in, length);
    if (h->version == 2) {
        h->teid = flags & HAS_TEID ? tt_read_u32(&in) : 0;
        h->seq = (uint32_t)tt_read_u16(&in) << 8;
        h->seq |= tt_read_u8(&in);
        tt_read_skip(&in, 1);
    } else if (flags & 7) {
        h->seq = tt_read_u16(&in);
        tt_read_skip(&in, 1);
        uint8_t next = tt_read_u8(&in);
        while (flags & HAS_EXTENSIONS && next && tt_reader_left(&in)) {
            uint32_t n = tt_read_u8(&in);
            tt_read_skip(&in, n ? 4 * n - 2 : UINT32_MAX);
            next = tt_read_u8(&in);
        }
    }
    bool good = tt_reader_ok(&in);
    h->rest = tt_read_rest(&in);
    return good && (h->version == 1 || h->version == 2);
}

static enum tt_probe probe(struct tt_bytes b, enum tt_direction direction)
{
    struct head h;
    (void)direction; /* both ends ask */
    if (b.n < 6) {
        return TT_PROBE_NO;
    }
    if (read_head(b, &h)) {
        bool packet = h.version == 1 && h.type == G_PDU;
        int good = packet ? 0 : exact(h.version, h.rest);
        if (good >= 4) {
            return TT_PROBE_YES;
        }
        if (packet ? is_ip(h.rest) : good >= 0) {
            return TT_PROBE_MAYBE;
        }
    }
    /* to the port, what begins like one is one, if it was cut or prolonged a little */
    unsigned version = b.p[0] >> 5, spare = version == 2 ? 3 : version == 1 ? 8 : 0;
    uint32_t length = (uint32_t)b.p[2] << 8 | b.p[3];
    bool known = version == 2 ? messages_2[b.p[1]].known : messages_1[b.p[1]].known;
    bool short_head = version == 1 && b.p[0] & PROTOCOL_TYPE && b.n < 8;
    return version <= 2 && known && !short_head && !(b.p[0] & spare) && length < b.n + SLACK
               ? TT_PROBE_PORT
               : TT_PROBE_NO;
}

/* An answer to the request, another request or packet of the same. */
static bool confirm(struct tt_bytes a, enum tt_direction from_a, struct tt_bytes b,
                    enum tt_direction from_b)
{
    struct head x, y;
    if (!read_head(a, &x) || !read_head(b, &y) || x.version != y.version) {
        return false;
    }
    if (x.version == 1 && x.type == G_PDU && y.type == G_PDU) {
        return from_a != from_b || x.teid == y.teid;
    }
    bool pairs = x.numbered && y.numbered && x.question && y.question;
    if (from_a != from_b) {
        return pairs && x.seq == y.seq && x.type == x.question && y.type != y.question &&
               (y.question == x.type || y.question == ANY_QUESTION);
    }
    return pairs && x.question == y.question && x.type == y.type && x.seq != y.seq;
}

#endif
